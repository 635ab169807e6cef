/** Whom operators register in their programmes (PGM-1). Phone numbers are in no audit entry and no refusal (PGM-8). */
import { DomainError, type FieldError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { toE164 } from '../notices/index.ts';
import { audit, requireAccess, type Context } from '../organisations/index.ts';
import { tellMembership } from './events.ts';
import { plainPlate } from './plate.ts';
import type { Member, Programme } from './programme.ts';
import { getProgramme, lockOwn } from './programmes.ts';
import * as store from './store.ts';
import * as memberships from './store-memberships.ts';

const MOST_MEMBERS = 1_000_000;

export interface MemberInput {
  phone?: string;
  memberNumber?: string;
  licensePlate?: string;
}

/** By one of these. */
export type MemberName = { id?: string; phone?: string; memberNumber?: string };

/** Registers members; those whose phone number or member number is there already are left as they are. Throws `invalid_request`, and registers nobody then. */
export async function addMembers(ctx: Context, programmeId: string, inputs: readonly MemberInput[]): Promise<{ added: number; known: number }> {
  const programme = await lockOwn(ctx, programmeId);
  const members = inputs.map((input) => memberOf(ctx, programme, input));
  const errors = inputs.flatMap((input, i) => wrongMember(programme, input, members[i]!, `/members/${i}`));
  if (errors.length > 0) throw new DomainError('invalid_request', 'Some of these can not be registered.', { errors });
  if ((await store.countMembers(ctx.tx, programmeId)) + members.length > MOST_MEMBERS) throw new DomainError('invalid_state', `A programme has ${MOST_MEMBERS} members at most.`);
  const added = await store.insertMembers(ctx.tx, members);
  await audit(ctx, 'programme.add_members', 'programme', programmeId, { added });
  return { added, known: members.length - added };
}

/** Registers these no more, and ends the memberships that came of them (PGM-7). Who is not registered is passed over. */
export async function removeMembers(ctx: Context, programmeId: string, names: readonly MemberName[]): Promise<{ removed: number }> {
  await lockOwn(ctx, programmeId);
  const of = (key: keyof MemberName) => names.map((name) => name[key]).filter((value) => value !== undefined);
  const phones = of('phone').map((phone) => toE164(phone)).filter((phone) => phone !== undefined);
  const removed = await store.deleteMembers(ctx.tx, programmeId, { ids: of('id'), phones, memberNumbers: of('memberNumber') });
  for (const membership of await memberships.endOfMembers(ctx.tx, removed, ctx.now)) await tellMembership(ctx, 'membership.ended', membership);
  await audit(ctx, 'programme.remove_members', 'programme', programmeId, { removed: removed.length });
  return { removed: removed.length };
}

/** For the operator alone, newest first. */
export async function listMembers(ctx: Context, programmeId: string, page: { after?: string; before?: string; limit: number }): Promise<Member[]> {
  requireAccess(ctx, 'programme.read_members', await getProgramme(ctx, programmeId));
  return store.listMembers(ctx.tx, programmeId, page);
}

function memberOf(ctx: Context, programme: Programme, { phone, memberNumber, licensePlate }: MemberInput): Member {
  return {
    id: newId('programmeMember'), programmeId: programme.id, phone: (phone === undefined ? undefined : toE164(phone)) ?? null, memberNumber: memberNumber ?? null,
    licensePlate: licensePlate === undefined ? null : plainPlate(licensePlate), createdAt: ctx.now,
  };
}

function wrongMember({ kind }: Programme, input: MemberInput, { phone, licensePlate }: Member, here: string): FieldError[] {
  if (input.phone !== undefined && phone === null) return [{ pointer: `${here}/phone`, message: 'must be a phone number with its country code, like +91 98765 43210' }];
  if (kind === 'fleet' && phone === null) return [{ pointer: `${here}/phone`, message: 'is required in a fleet: the password is sent there' }];
  if (kind === 'loyalty' && phone === null && input.memberNumber === undefined) return [{ pointer: here, message: 'must have a phone or a member_number' }];
  if (kind === 'loyalty' && licensePlate !== null) return [{ pointer: `${here}/license_plate`, message: 'belongs to a fleet' }];
  return licensePlate === '' ? [{ pointer: `${here}/license_plate`, message: 'must have letters or digits' }] : [];
}
