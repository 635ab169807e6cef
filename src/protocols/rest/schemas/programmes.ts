/** Programmes, their members, and the memberships of drivers. */
import Type from 'typebox';
import { MEMBERSHIP_STATUSES, PROGRAMME_KINDS, UNLOCKS } from '../../../domain/programmes/index.ts';
import { Id, InstantOut, Nullable, Strict } from './common.ts';

const optional = Type.Optional;
const text = (maxLength: number, description?: string) => Type.String({ minLength: 1, maxLength, ...(description ? { description } : {}) });
const Phone = text(30, 'with its country code, like +91 98765 43210');
const MemberNumber = text(64, 'as the programme has it');

const name = text(200, 'as drivers read it');
const description = Nullable(text(1_000));
const unlockedBy = Type.Array(Type.Enum([...UNLOCKS]), {
  minItems: 1, maxItems: UNLOCKS.length, uniqueItems: true, description: 'of a loyalty programme: phone and member_number unless told; of a fleet otp alone',
});
export const ProgrammeIn = Strict({
  kind: Type.Enum([...PROGRAMME_KINDS]), ref: text(36, 'your own id of it'), name, description: optional(description), unlocked_by: optional(unlockedBy),
});
export const ProgrammePatch = Type.Partial(Strict({ name, description, unlocked_by: unlockedBy }), { additionalProperties: false, minProperties: 1 });
export const ProgrammeOut = Type.Object({
  id: Id('programme'), object: Type.Literal('programme'), operator_id: Id('organisation'), kind: Type.Enum([...PROGRAMME_KINDS]), ref: Type.String(), name: Type.String(),
  description: Nullable(Type.String()), unlocked_by: Type.Array(Type.Enum([...UNLOCKS])), version: Type.Integer(), created: InstantOut, updated: InstantOut,
  deleted_at: Nullable(InstantOut),
});

const MOST_AT_ONCE = 1_000;
const Member = Strict({
  phone: optional(Phone), member_number: optional(MemberNumber), license_plate: optional(text(20, 'in a fleet: only with a vehicle of that plate')),
}, { description: 'with a phone in a fleet, with a phone or a member_number elsewhere' });
export const MembersIn = Strict({ members: Type.Array(Member, { minItems: 1, maxItems: MOST_AT_ONCE }) });
const memberName = { id: Id('programmeMember'), phone: Phone, member_number: MemberNumber };
export const MemberNamesIn = Strict({
  members: Type.Array(Type.Partial(Strict(memberName), { additionalProperties: false, minProperties: 1, maxProperties: 1 }), { minItems: 1, maxItems: MOST_AT_ONCE }),
});
export const MembersAdded = Type.Object({
  object: Type.Literal('members_added'), programme: Id('programme'), added: Type.Integer(),
  known: Type.Integer({ description: 'were registered already, and are left as they are' }),
});
export const MembersRemoved = Type.Object({ object: Type.Literal('members_removed'), programme: Id('programme'), removed: Type.Integer() });
export const MemberOut = Type.Object({
  id: Id('programmeMember'), object: Type.Literal('programme_member'), programme: Id('programme'), phone: Nullable(Type.String({ description: 'E.164' })),
  member_number: Nullable(Type.String()), license_plate: Nullable(Type.String()), created: InstantOut,
});

export const MembershipIn = Strict({ programme: Id('programme'), phone: optional(Phone), member_number: optional(MemberNumber) }, { description: 'with phone or member_number' });
export const OtpIn = Strict({ otp: Type.String({ pattern: String.raw`^\d{6}$`, description: 'the password that was sent' }) });
export const MembershipOut = Type.Object({
  id: Id('membership'), object: Type.Literal('membership'), driver: Id('driver'), programme: Id('programme'), status: Type.Enum([...MEMBERSHIP_STATUSES]),
  recognised_by: Type.Enum([...UNLOCKS]), version: Type.Integer(), created: InstantOut, updated: InstantOut, activated_at: Nullable(InstantOut),
  otp_expires_at: Nullable(InstantOut), otp_tries_left: Nullable(Type.Integer({ description: 'where a password was just asked for' })),
});
