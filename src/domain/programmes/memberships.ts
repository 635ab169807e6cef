/** Drivers become members, and are ones. */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { getDriver, listVehicles, lockDriver, type Driver } from '../drivers/index.ts';
import { requireSender, sendNotice, toE164 } from '../notices/index.ts';
import { audit, requireAccess, type Context } from '../organisations/index.ts';
import { hashOtp, isOtp, newOtp, OTP_TRIES } from '../otps/index.ts';
import { countClaim } from './claims.ts';
import { tellMembership } from './events.ts';
import { plainPlate } from './plate.ts';
import type { Member, Membership, Programme, Unlock } from './programme.ts';
import { getProgramme } from './programmes.ts';
import * as members from './store.ts';
import * as store from './store-memberships.ts';

const OTP_STANDS_MINUTES = 5;

export type Claim = { phone: string } | { memberNumber: string };

/**
 * What came of a claim or of a password. What is wrong is told and not thrown: it has to be counted, which a refusal would undo; the
 * protocol refuses when that is committed.
 */
export type Outcome =
  | { membership: Membership; expiresAt?: EpochMs; triesLeft?: number } | { refused: 'not_a_member' | 'otp_expired' } | { refused: 'otp_wrong'; triesLeft: number };

/**
 * Claims that a driver is a member (PGM-2, PGM-3): it is active at once, or pending until the password that was sent is given back. Who
 * is one already stays it; who is pending is sent another password. Throws `rate_limited`, `no_notice_sender` and `invalid_request`.
 */
export async function claimMembership(ctx: Context, driverId: string, programmeId: string, claim: Claim): Promise<Outcome> {
  await writable(ctx, driverId);
  const programme = await getProgramme(ctx, programmeId);
  if (programme.retiredAt !== null) throw notFound('programme', programmeId);
  const unlock = unlockOf(ctx, programme, claim);
  const claimed = 'phone' in claim ? phoneOf(claim.phone) : claim.memberNumber;
  if (unlock === 'otp') requireSender(ctx, 'sms');
  const driver = (await lockDriver(ctx.tx, driverId))!;
  // Before the membership, as who removes a member has it: else each could wait for the other.
  const member = await members.holdMember(ctx.tx, programmeId, 'phone' in claim ? { phone: claimed } : { memberNumber: claimed });
  const known = await store.findStanding(ctx.tx, driverId, programmeId);
  if (known?.status === 'active') return { membership: known };
  await countClaim(ctx, driverId, unlock === 'member_number' ? `${programmeId} ${claimed}` : claimed);
  if (unlock === 'otp') return pendingFor(ctx, driver, programme, { phone: claimed, member: await withVehicle(ctx, driverId, member), known });
  if (!member) return { refused: 'not_a_member' };
  const membership = await activated(ctx, known ?? newMembership(ctx, driver, programmeId, unlock), { memberId: member.id, recognisedBy: unlock }, known === undefined);
  return { membership };
}

/** PGM-5: gives a password back. Answers what is so already where the membership is active. */
export async function verifyMembership(ctx: Context, driverId: string, id: string, otp: string): Promise<Outcome> {
  await writable(ctx, driverId);
  const memberId = (await store.findMembership(ctx.tx, id))?.memberId ?? null;
  const isRegistered = memberId !== null && (await members.isRegistered(ctx.tx, memberId));
  const membership = await store.lockMembership(ctx.tx, id);
  if (membership?.driverId !== driverId || membership.status === 'ended') throw notFound('membership', id);
  if (membership.status === 'active') return { membership };
  const sent = await store.findOtp(ctx.tx, id);
  if (!sent || sent.expiresAt <= ctx.now || sent.tries >= OTP_TRIES) return { refused: 'otp_expired' };
  await store.setTries(ctx.tx, id, sent.tries + 1);
  const isRight = await isOtp(otp, sent);
  if (!isRight || !isRegistered || membership.memberId !== memberId) return { refused: 'otp_wrong', triesLeft: OTP_TRIES - sent.tries - 1 };
  await store.deleteOtp(ctx.tx, id);
  return { membership: await activated(ctx, membership, { memberId, recognisedBy: 'otp' }, false) };
}

/** Those of a driver that have not ended, newest first. */
export async function listMemberships(ctx: Context, driverId: string): Promise<Membership[]> {
  const driver = await getDriver(ctx, driverId);
  requireAccess(ctx, 'membership.read', { organisationId: driver.organisationId, driverId });
  return store.listStanding(ctx.tx, driverId);
}

export async function endMembership(ctx: Context, driverId: string, id: string): Promise<void> {
  await writable(ctx, driverId);
  const membership = await store.lockMembership(ctx.tx, id);
  if (membership?.driverId !== driverId || membership.status === 'ended') throw notFound('membership', id);
  const ended: Membership = { ...membership, status: 'ended', version: membership.version + 1, updatedAt: ctx.now };
  await store.deleteOtp(ctx.tx, id);
  await store.updateMembership(ctx.tx, ended);
  await tellMembership(ctx, 'membership.ended', ended);
  await audit(ctx, 'membership.end', 'membership', id);
}

/** PGM-7: where a driver is a member now; whoever calls has made sure that the caller may know. */
export async function membershipsOf(ctx: Context, driverId: string): Promise<{ id: string; programmeId: string }[]> {
  return store.listActive(ctx.tx, driverId);
}

/** PGM-7: the programmes that a driver is a member of now, as offers name them. */
export async function programmesOf(ctx: Context, driverId: string): Promise<string[]> {
  return (await membershipsOf(ctx, driverId)).map(({ programmeId }) => programmeId);
}

async function writable(ctx: Context, driverId: string): Promise<void> {
  const driver = await getDriver(ctx, driverId);
  requireAccess(ctx, 'membership.write', { organisationId: driver.organisationId, driverId });
}

/** PGM-2, PGM-3: a provider knows its drivers' phone numbers; what a driver's own key tells has to be shown. */
function unlockOf(ctx: Context, { kind, unlockedBy }: Programme, claim: Claim): Unlock {
  const isDriver = ctx.actor.kind === 'key' && ctx.actor.driverId !== undefined;
  if ('memberNumber' in claim && unlockedBy.includes('member_number')) return 'member_number';
  if ('phone' in claim && unlockedBy.includes('phone') && !isDriver) return 'phone';
  if ('phone' in claim && (unlockedBy.includes('otp') || unlockedBy.includes('phone'))) return 'otp';
  const pointer = 'phone' in claim ? '/phone' : '/member_number';
  throw new DomainError('invalid_request', `That ${kind} programme is unlocked otherwise.`, { errors: [{ pointer, message: `is not what unlocks it: ${unlockedBy.join(', ')}` }] });
}

function phoneOf(text: string): string {
  const phone = toE164(text);
  if (phone !== undefined) return phone;
  const message = 'must be a phone number with its country code, like +91 98765 43210';
  throw new DomainError('invalid_request', 'That is no phone number.', { errors: [{ pointer: '/phone', message }] });
}

/** PGM-9 */
async function withVehicle(ctx: Context, driverId: string, member: Member | undefined): Promise<Member | undefined> {
  if (!member || member.licensePlate === null) return member;
  const plates = (await listVehicles(ctx, driverId)).map(({ licensePlate }) => plainPlate(licensePlate ?? ''));
  return plates.includes(member.licensePlate) ? member : undefined;
}

/** PGM-4: all is the same whether somebody is registered or not, but that only who is gets the password. */
async function pendingFor(
  ctx: Context, driver: Driver, programme: Programme, { phone, member, known }: { phone: string; member: Member | undefined; known: Membership | undefined },
): Promise<Outcome> {
  const otp = newOtp();
  const before = known ?? newMembership(ctx, driver, programme.id, 'otp');
  const membership: Membership = { ...before, memberId: member?.id ?? null, version: known ? known.version + 1 : 1, updatedAt: ctx.now };
  await (known ? store.updateMembership(ctx.tx, membership) : store.insertMembership(ctx.tx, membership));
  const expiresAt = ctx.now + OTP_STANDS_MINUTES * MINUTE_MS;
  await store.putOtp(ctx.tx, membership.id, { ...await hashOtp(otp), expiresAt });
  const { id: driverId, organisationId } = driver;
  const values = { otp, programme: programme.name, minutes: OTP_STANDS_MINUTES };
  if (member) {
    await sendNotice(ctx, { channel: 'sms', recipient: phone, driverId, organisationId, kind: 'membership_otp', values, about: membership.id, sendBefore: expiresAt });
  }
  await tellMembership(ctx, 'membership.requested', membership);
  await audit(ctx, 'membership.request', 'membership', membership.id, { programme: programme.id });
  return { membership, expiresAt, triesLeft: OTP_TRIES };
}

function newMembership(ctx: Context, driver: Driver, programmeId: string, recognisedBy: Unlock): Membership {
  return {
    id: newId('membership'), networkId: ctx.network.id, organisationId: driver.organisationId, driverId: driver.id, programmeId, memberId: null, status: 'pending', recognisedBy,
    version: 0, createdAt: ctx.now, updatedAt: ctx.now, activatedAt: null,
  };
}

async function activated(ctx: Context, before: Membership, by: Pick<Membership, 'memberId' | 'recognisedBy'>, isNew: boolean): Promise<Membership> {
  const membership: Membership = { ...before, ...by, status: 'active', version: before.version + 1, updatedAt: ctx.now, activatedAt: ctx.now };
  await (isNew ? store.insertMembership(ctx.tx, membership) : store.updateMembership(ctx.tx, membership));
  await tellMembership(ctx, 'membership.activated', membership);
  await audit(ctx, 'membership.activate', 'membership', membership.id, { programme: membership.programmeId, by: membership.recognisedBy });
  return membership;
}
