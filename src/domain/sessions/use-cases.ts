/**
 * Sessions of a sandbox network, started and ended by a call in the place of a charger. What they do to reservations and to
 * the calendar is what a charger's transactions will do.
 */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import {
  ASSUMED_OCCUPANCY_MS, endOccupancy, insertFreedTime, insertOccupancy, listBookings, lockEvses, noticeConflicts, resolveConflictsBy, type Booking,
} from '../calendar/index.ts';
import { getDriver, lockDriver } from '../drivers/index.ts';
import { actingOrganisation, may, requireAccess, rolesOf, type Context } from '../organisations/index.ts';
import { completeReservation, lockForChange, markInUse, policyInForce, requireCovered, requirePossible, walkInEnd, walkInHorizon,
  type Reservation } from '../reservations/index.ts';
import { findEvse, getLocationOf, loadLocation, reportEvseStatus, type Location } from '../stations/index.ts';
import { billSession } from './bill.ts';
import type { Session } from './session.ts';
import * as store from './store.ts';

export interface StartInput {
  evseId?: string;
  connectorId?: string;
  reservationId?: string;
  driverId?: string;
}

/** Starts a session on a reservation, or of a walk-in at an EVSE. Sandbox only. */
export async function startSession(ctx: Context, input: StartInput): Promise<Session> {
  if (ctx.network.mode !== 'sandbox') throw new DomainError('test_mode_only', 'Sessions are started by chargers here.');
  return input.reservationId === undefined ? startWalkIn(ctx, input) : startReserved(ctx, input.reservationId, input);
}

async function startReserved(ctx: Context, reservationId: string, input: StartInput): Promise<Session> {
  const reservation = await lockForChange(ctx, reservationId);
  requireAccess(ctx, 'session.simulate', reservation);
  requirePossible(reservation, 'session_start');
  if (reservation.sessionId !== null) throw new DomainError('invalid_state', 'A session has been started on it already.', { session: reservation.sessionId });
  if (input.evseId !== undefined && input.evseId !== reservation.evseId) {
    throw new DomainError('invalid_request', 'The reservation is for another EVSE.', { errors: [{ pointer: '/evse', message: `must be ${reservation.evseId}` }] });
  }
  if (reservation.driverId !== null) await lockDriver(ctx.tx, reservation.driverId); // before the EVSE: see the order of locks in the calendar
  await lockEvses(ctx.tx, [reservation.evseId!]);
  await requireItsTime(ctx, reservation);
  await requireCovered(ctx, reservation);
  const location = await placeOf(ctx, reservation);
  const session = newSession(ctx, location, {
    organisationId: reservation.organisationId, evseId: reservation.evseId!, connectorId: reservation.connectorId, driverId: reservation.driverId, reservationId,
    endsBy: reservation.reservedEnd! + reservation.policy.lateStopMinutes * MINUTE_MS,
  });
  await begin(ctx, session, reservation.reservedEnd);
  await markInUse(ctx, reservation, session.id);
  return session;
}

/** SES-7: where the session begins. The EVSE, whose row is locked, may have been taken out of the network since it was promised. */
async function placeOf(ctx: Context, { locationId, evseId }: Reservation): Promise<Location> {
  const location = (await loadLocation(ctx.tx, locationId!))!;
  if (!findEvse(location, evseId!)) throw new DomainError('evse_not_bookable', 'That EVSE has been taken out of the network.', { evse: evseId });
  return location;
}

/** RSV-16: not before the early start, nor while that time is promised to somebody else; not after the end. */
async function requireItsTime(ctx: Context, { policy, reservedStart, reservedEnd, locationId, evseId, id }: Reservation): Promise<void> {
  const earliest = reservedStart! - policy.earlyStartMinutes * MINUTE_MS;
  if (ctx.now < earliest) throw new DomainError('too_early', 'The slot has not begun yet.', { earliest: new Date(earliest).toISOString() });
  if (ctx.now >= reservedEnd!) throw new DomainError('invalid_state', 'The slot is over.');
  if (ctx.now >= reservedStart!) return;
  const before = await listBookings(ctx.tx, locationId!, [evseId!], ctx.now, reservedStart!);
  const stands = (booking: Booking) => booking.endsAt > ctx.now && (booking.kind !== 'hold' || booking.holdExpiresAt! > ctx.now);
  if (before.some((booking) => booking.reservationId !== id && stands(booking))) throw new DomainError('too_early', 'The EVSE is promised to somebody else until then.');
}

async function startWalkIn(ctx: Context, input: StartInput): Promise<Session> {
  if (input.evseId === undefined) throw new DomainError(
    'invalid_request', 'Say which EVSE, or which reservation.', { errors: [{ pointer: '/evse', message: 'is required, or reservation' }] },
  );
  const location = await getLocationOf(ctx, 'evse', input.evseId);
  const organisationId = actingOrganisation(ctx);
  requireAccess(ctx, 'session.simulate', { operatorId: location.operatorId, organisationId });
  if (input.driverId !== undefined) await getDriver(ctx, input.driverId);
  const { policy } = await policyInForce(ctx, location);
  await lockEvses(ctx.tx, [input.evseId]);
  const promised = (await listBookings(ctx.tx, location.id, [input.evseId], ctx.now, walkInHorizon(policy, ctx.now)))
    .filter(({ kind, holdExpiresAt }) => kind !== 'hold' || holdExpiresAt! > ctx.now);
  const endsBy = walkInEnd(policy, promised.map(({ startsAt: start, endsAt: end }) => ({ start, end })), ctx.now);
  const connector = findEvse(location, input.evseId)!.connectors.find((candidate) => input.connectorId === undefined || candidate.id === input.connectorId);
  if (!connector) throw input.connectorId === undefined ? new DomainError('evse_not_bookable', 'That EVSE has no connector.') : notFound('connector', input.connectorId);
  const session = newSession(ctx, location, {
    organisationId: organisationId!, evseId: input.evseId, connectorId: connector.id, driverId: input.driverId ?? null, reservationId: null, endsBy,
  });
  await begin(ctx, session, endsBy);
  await noticeConflicts(ctx);
  return session;
}

async function begin(ctx: Context, session: Session, expectedEndAt: EpochMs | null): Promise<void> {
  if (!(await store.insertSession(ctx.tx, session))) throw new DomainError('evse_occupied', 'Another vehicle is being served there.');
  await insertOccupancy(ctx.tx, {
    id: newId('occupancy'), locationId: session.locationId, evseId: session.evseId, sessionId: session.id, reservationId: session.reservationId, startsAt: ctx.now, expectedEndAt,
    endsAt: null,
  }, ctx.now);
  await reportEvseStatus(ctx, session.evseId, 'CHARGING');

  await emitSession(ctx, 'session.started', session);
}

function newSession(
  ctx: Context, location: Location, given: Pick<Session, 'organisationId' | 'evseId' | 'connectorId' | 'driverId' | 'reservationId' | 'endsBy'>,
): Session {
  return {
    ...given, id: newId('session'), networkId: ctx.network.id, operatorId: location.operatorId, locationId: location.id, status: 'started', startedAt: ctx.now, endedAt: null,
    energyWh: 0, cost: null, version: 1, createdAt: ctx.now, updatedAt: ctx.now,
  };
}

/** Ends a session of the sandbox with the energy that the meter would have shown. Its reservation is completed. */
export async function endSession(ctx: Context, id: string, input: { energyWh?: number } = {}): Promise<Session> {
  if (ctx.network.mode !== 'sandbox') throw new DomainError('test_mode_only', 'Sessions are ended by chargers here.');
  const found = await getSession(ctx, id);
  requireAccess(ctx, 'session.simulate', found);
  const ended = await finish(ctx, id, input.energyWh);
  if (!ended) throw new DomainError('invalid_state', 'The session is over already.');
  return ended;
}

/** Undefined when the session has ended already. */
async function finish(ctx: Context, id: string, energyWh?: number): Promise<Session | undefined> {
  // The reservation is locked first, then the EVSE, then the session, as at the start.
  const { reservationId, evseId } = (await store.findSession(ctx.tx, id))!;
  const reservation = reservationId === null ? undefined : await completeReservation(ctx, reservationId);
  await lockEvses(ctx.tx, [evseId]);
  const session = (await store.lockSession(ctx.tx, id))!;
  if (session.status !== 'started') return undefined;
  const ended: Session = {
    ...session, status: 'ended', endedAt: ctx.now, energyWh: energyWh ?? session.energyWh, version: session.version + 1, updatedAt: ctx.now,
  };
  const occupancy = await endOccupancy(ctx.tx, id, ctx.now);
  if (occupancy) {
    await resolveConflictsBy(ctx, occupancy.id);
    await insertFreedTime(ctx.tx, { ...occupancy, startsAt: ctx.now, endsAt: occupancy.expectedEndAt ?? ctx.now + ASSUMED_OCCUPANCY_MS }, ctx.now);
  }
  const location = (await loadLocation(ctx.tx, session.locationId))!;
  const evse = location.retiredAt === undefined ? findEvse(location, session.evseId) : undefined;
  if (evse?.status === 'CHARGING') await reportEvseStatus(ctx, evse.id, 'AVAILABLE');
  const billed: Session = { ...ended, cost: await billSession(ctx, ended, location, reservation) };
  await store.updateSession(ctx.tx, billed);
  await emitSession(ctx, 'session.ended', billed);
  return billed;
}

/**
 * Ends sandbox sessions that had to be over, in the place of their charger, or gives them the time that their slot was extended by.
 * Returns how many, of at most `limit`. One that waits for locks must hold none of another session: the sweeper takes one at a time.
 *
 * @param past so many of those that are due are left out
 */
export async function sweepSessions(ctx: Context, limit: number, past = 0): Promise<number> {
  if (ctx.network.mode !== 'sandbox') return 0;
  const overdue = await store.listOverdue(ctx.tx, ctx.network.id, ctx.now, limit, past);
  for (const session of overdue) {
    const extendedTo = await endOfItsSlot(ctx, session);
    if (extendedTo !== undefined && extendedTo > ctx.now) await postpone(ctx, session.id, extendedTo);
    else await finish(ctx, session.id); // another sweeper may have been faster
  }
  return overdue.length;
}

async function postpone(ctx: Context, id: string, endsBy: EpochMs): Promise<void> {
  const session = (await store.lockSession(ctx.tx, id))!;
  if (session.status !== 'started') return;
  const postponed: Session = { ...session, endsBy, version: session.version + 1, updatedAt: ctx.now };
  await store.updateSession(ctx.tx, postponed);
  await emitSession(ctx, 'session.updated', postponed);
}

/** A reservation may have been extended since its session began. */
async function endOfItsSlot(ctx: Context, session: Session): Promise<EpochMs | undefined> {
  if (session.reservationId === null) return undefined;
  const reservation = await lockForChange(ctx, session.reservationId);
  return reservation.leftAt === null ? reservation.reservedEnd! + reservation.policy.lateStopMinutes * MINUTE_MS : undefined;
}

/** The next instant after the context's time at which a session of the sandbox has to be over. */
export async function nextSessionDeadline(ctx: Context): Promise<EpochMs | undefined> {
  return ctx.network.mode === 'sandbox' ? store.nextEnd(ctx.tx, ctx.network.id, ctx.now) : undefined;
}

export async function getSession(ctx: Context, id: string): Promise<Session> {
  const session = await store.findSession(ctx.tx, id);
  if (session?.networkId === ctx.network.id && may(ctx, 'session.read', session)) return session;
  if (ctx.actor.kind === 'public') throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  throw notFound('session', id);
}

export async function listSessions(ctx: Context, query: Omit<store.SessionListing, 'networkId' | 'organisationId' | 'operatorId' | 'partyId'>): Promise<Session[]> {
  const own = actingOrganisation(ctx);
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  requireAccess(ctx, 'session.read', { operatorId: own, organisationId: own, driverId: ownDriverId });
  if (ownDriverId !== undefined && query.driverId !== undefined && query.driverId !== ownDriverId) return [];
  const isDriver = rolesOf(ctx.actor).includes('driver');
  return store.listSessions(ctx.tx, { ...query, networkId: ctx.network.id, ...(isDriver ? { driverId: ownDriverId } : { partyId: own }) });
}

async function emitSession(ctx: Context, type: string, session: Session): Promise<void> {
  await ctx.emit({
    type, object: 'session', objectId: session.id, objectVersion: session.version, isPublic: false, audience: [...new Set([session.organisationId, session.operatorId])],
    touches: [session.evseId], data: session,
  });
}
