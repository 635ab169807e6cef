/** Programmes, their members, and memberships between REST's words and the domain's. */
import type { Static } from 'typebox';
import type { Claim, Member, MemberInput, MemberName, Membership, Outcome, Programme } from '../../../domain/programmes/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { MemberNamesIn, MembershipIn, MembersIn } from '../schemas/programmes.ts';
import type { Encoding } from './encoding.ts';

export function encodeProgramme(p: Programme, { time, timeOrNull }: Encoding) {
  return {
    id: p.id, object: 'programme', operator_id: p.operatorId, kind: p.kind, ref: p.ref, name: p.name, description: p.description, unlocked_by: p.unlockedBy, version: p.version,
    created: time(p.createdAt), updated: time(p.updatedAt), deleted_at: timeOrNull(p.retiredAt),
  };
}

export function decodeMembers({ members }: Static<typeof MembersIn>): MemberInput[] {
  return members.map(({ phone, member_number: memberNumber, license_plate: licensePlate }) => ({ phone, memberNumber, licensePlate }));
}

export function decodeMemberNames({ members }: Static<typeof MemberNamesIn>): MemberName[] {
  return members.map(({ id, phone, member_number: memberNumber }) => ({ id, phone, memberNumber }));
}

export function encodeMember(m: Member, { time }: Encoding) {
  return {
    id: m.id, object: 'programme_member', programme: m.programmeId, phone: m.phone, member_number: m.memberNumber, license_plate: m.licensePlate, created: time(m.createdAt),
  };
}

export function decodeClaim({ phone, member_number: memberNumber }: Static<typeof MembershipIn>): Claim {
  if ((phone === undefined) === (memberNumber === undefined)) {
    throw new DomainError('invalid_request', 'Say phone or member_number.', { errors: [{ pointer: '/phone', message: 'is required, or member_number' }] });
  }
  return phone === undefined ? { memberNumber: memberNumber! } : { phone };
}

export function encodeMembership(m: Membership, { time, timeOrNull }: Encoding, otp: { expiresAt?: number; triesLeft?: number } = {}) {
  return {
    id: m.id, object: 'membership', driver: m.driverId, programme: m.programmeId, status: m.status, recognised_by: m.recognisedBy, version: m.version, created: time(m.createdAt),
    updated: time(m.updatedAt), activated_at: timeOrNull(m.activatedAt), otp_expires_at: timeOrNull(otp.expiresAt), otp_tries_left: otp.triesLeft ?? null,
  };
}

/** A refusal is an answer until it is committed that it was tried; `refuse` makes it one. */
export function encodeOutcome(outcome: Outcome, encoding: Encoding) {
  if (!('refused' in outcome)) return encodeMembership(outcome.membership, encoding, outcome);
  return { refused: outcome.refused, ...('triesLeft' in outcome ? { otp_tries_left: outcome.triesLeft } : {}) };
}

const REFUSALS = {
  not_a_member: 'Nobody is registered there with that phone or member number.', otp_wrong: 'That is not the password that was sent last.',
  otp_expired: 'A password stands for 5 minutes and 5 tries: ask for another one.',
};

/** Throws what an outcome refuses, once that it was tried is committed; gives back any other answer. */
export function refuse(body: unknown): unknown {
  const { refused, ...details } = body as { refused?: keyof typeof REFUSALS };
  if (refused !== undefined) throw new DomainError(refused, REFUSALS[refused], details);
  return body;
}
