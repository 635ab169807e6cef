/** How a session begins and ends, whoever says so: what it does to its EVSE, its reservation and the calendar, and what it comes to. */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import {
  ASSUMED_OCCUPANCY_MS, endOccupancy, insertFreedTime, insertOccupancy, listBookings, lockEvses, noticeConflicts, resolveConflictsBy, type Booking,
} from '../calendar/index.ts';
import type { Context } from '../organisations/index.ts';
import { completeReservation, markInUse, policyInForce, walkInEnd, walkInHorizon, type Reservation } from '../reservations/index.ts';
import { findEvse, loadLocation, reportEvseStatus, type Location } from '../stations/index.ts';
import { billSession } from './bill.ts';
import { emitSession } from './events.ts';
import { tellCaptured } from './seed-events.ts';
import { isRunning, type Session } from './session.ts';
import * as store from './store.ts';

export type NewSession = Pick<Session, 'organisationId' | 'evseId' | 'connectorId' | 'driverId' | 'reservationId' | 'endsBy' | 'type' | 'status'>
  & Partial<Pick<Session, 'stationId' | 'startedAt' | 'startBy' | 'tokenUid' | 'remoteStartId' | 'targets' | 'checkAt' | 'guestHash'>>;

export function newSession(ctx: Context, location: Location, given: NewSession): Session {
  return {
    stationId: null, startedAt: ctx.now, startBy: null, tokenUid: null, remoteStartId: null, targets: null, checkAt: null, guestHash: null, ...given,
    id: newId('session'), networkId: ctx.network.id, operatorId: location.operatorId, locationId: location.id, endedAt: null, endedReason: null, energyWh: 0,
    isInterrupted: false, interruptedAt: null, paymentId: null, holdBack: null, limitNote: null, repriceAt: null, parkedSince: null, overstayToldAt: null, trackingHash: null,
    cost: null, version: 1, createdAt: ctx.now, updatedAt: ctx.now,
  };
}

/** Writes a session down. Throws `evse_occupied` where another vehicle is being served. */
export async function addSession(ctx: Context, session: Session): Promise<void> {
  if (!(await store.insertSession(ctx.tx, session))) throw new DomainError('evse_occupied', 'Another vehicle is being served there.');
}

/** A session, which is written down as started, takes its EVSE and its reservation, which is locked. */
export async function occupy(ctx: Context, session: Session, reservation: Reservation | undefined): Promise<void> {
  await insertOccupancy(ctx.tx, {
    id: newId('occupancy'), locationId: session.locationId, evseId: session.evseId, sessionId: session.id, reservationId: session.reservationId, startsAt: session.startedAt,
    expectedEndAt: reservation ? reservation.reservedEnd : session.endsBy, endsAt: null,
  }, ctx.now);
  await reportEvseStatus(ctx, session.evseId, 'CHARGING');
  await emitSession(ctx, 'session.started', session);
  if (reservation) await markInUse(ctx, reservation, session.id);
  else await noticeConflicts(ctx);
}

export interface SessionEnd {
  at: EpochMs;
  reason: string | null;
  energyWh?: number;
}

/**
 * Ends a session that has begun, in the order of locks: its reservation, its EVSE, itself (SES-6, SES-8). Undefined when it is over already.
 *
 * @param change what else becomes of it
 */
export async function finish(ctx: Context, id: string, end: SessionEnd): Promise<Session | undefined> {
  const { reservationId, evseId } = (await store.findSession(ctx.tx, id))!;
  const reservation = reservationId === null ? undefined : await completeReservation(ctx, reservationId);
  await lockEvses(ctx.tx, [evseId]);
  const session = (await store.lockSession(ctx.tx, id))!;
  if (!isRunning(session)) return undefined;
  const ended: Session = {
    ...session, status: 'ended', endedAt: Math.max(session.startedAt, end.at), endedReason: end.reason, energyWh: end.energyWh ?? session.energyWh, checkAt: null,
    isInterrupted: false, interruptedAt: null, holdBack: null, version: session.version + 1, updatedAt: ctx.now,
  };
  await freeEvse(ctx, session);
  const location = (await loadLocation(ctx.tx, session.locationId))!;
  const billed = withOvershoot({ ...ended, cost: await billSession(ctx, ended, location, reservation) });
  await store.updateSession(ctx.tx, billed);
  await emitSession(ctx, 'session.ended', billed);
  await tellCaptured(ctx, billed);
  return billed;
}

async function freeEvse(ctx: Context, session: Session): Promise<void> {
  const occupancy = await endOccupancy(ctx.tx, session.id, ctx.now);
  if (occupancy) {
    await resolveConflictsBy(ctx, occupancy.id);
    await insertFreedTime(ctx.tx, { ...occupancy, startsAt: ctx.now, endsAt: occupancy.expectedEndAt ?? ctx.now + ASSUMED_OCCUPANCY_MS }, ctx.now);
  }
  if (session.type !== 'sandbox') return; // a charger tells by itself what its connector does
  const location = (await loadLocation(ctx.tx, session.locationId))!;
  const evse = location.retiredAt === undefined ? findEvse(location, session.evseId) : undefined;
  if (evse?.status === 'CHARGING') await reportEvseStatus(ctx, evse.id, 'AVAILABLE');
}

/** SES-17: how far it went over the limit that it was ended for is written down. */
export function withOvershoot(session: Session): Session {
  const { limitNote, cost } = session;
  if (limitNote?.limitMinor === undefined || cost === null) return session;
  return { ...session, limitNote: { ...limitNote, overshootMinor: Math.max(0, cost.totalMinor - limitNote.limitMinor) } };
}

/** SES-7: where the session begins. The EVSE, whose row is locked, may have been taken out of the network since it was promised. */
export async function placeOf(ctx: Context, { locationId, evseId }: Reservation): Promise<Location> {
  const location = (await loadLocation(ctx.tx, locationId!))!;
  if (!findEvse(location, evseId!)) throw new DomainError('evse_not_bookable', 'That EVSE has been taken out of the network.', { evse: evseId });
  return location;
}

/** RSV-16: not before the early start, nor while that time is promised to somebody else; not after the end. */
export async function requireItsTime(ctx: Context, { policy, reservedStart, reservedEnd, locationId, evseId, id }: Reservation): Promise<void> {
  const earliest = reservedStart! - policy.earlyStartMinutes * MINUTE_MS;
  if (ctx.now < earliest) throw new DomainError('too_early', 'The slot has not begun yet.', { earliest: new Date(earliest).toISOString() });
  if (ctx.now >= reservedEnd!) throw new DomainError('invalid_state', 'The slot is over.');
  if (ctx.now >= reservedStart!) return;
  const before = await listBookings(ctx.tx, locationId!, [evseId!], ctx.now, reservedStart!);
  const stands = (booking: Booking) => booking.endsAt > ctx.now && (booking.kind !== 'hold' || booking.holdExpiresAt! > ctx.now);
  if (before.some((booking) => booking.reservationId !== id && stands(booking))) throw new DomainError('too_early', 'The EVSE is promised to somebody else until then.');
}

/** SES-3, SES-4: until when somebody who walks in may charge at an EVSE, which is locked; null when nothing ends it. */
export async function requireRoomToWalkIn(ctx: Context, location: Location, evseId: string): Promise<EpochMs | null> {
  const { policy } = await policyInForce(ctx, location);
  const promised = (await listBookings(ctx.tx, location.id, [evseId], ctx.now, walkInHorizon(policy, ctx.now)))
    .filter(({ kind, holdExpiresAt }) => kind !== 'hold' || holdExpiresAt! > ctx.now);
  return walkInEnd(policy, promised.map(({ startsAt: start, endsAt: end }) => ({ start, end })), ctx.now);
}

/** SES-5 */
export const endOfSlot = ({ reservedEnd, policy }: Reservation): EpochMs => reservedEnd! + policy.lateStopMinutes * MINUTE_MS;
