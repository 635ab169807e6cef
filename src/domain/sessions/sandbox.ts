/**
 * Sessions of a sandbox network, started and ended by a call in the place of a charger. What they do to reservations and to
 * the calendar is what a charger's transactions do.
 */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import type { EpochMs } from '../../platform/clock/index.ts';
import { lockEvses } from '../calendar/index.ts';
import { getDriver, lockDriver } from '../drivers/index.ts';
import { actingOrganisation, requireAccess, type Context } from '../organisations/index.ts';
import { lockForChange, requireCovered, requirePossible } from '../reservations/index.ts';
import { findEvse, getLocationOf } from '../stations/index.ts';
import { saveSession } from './events.ts';
import { addSession, endOfSlot, finish, newSession, occupy, placeOf, requireItsTime, requireRoomToWalkIn } from './life.ts';
import { getSession } from './read.ts';
import type { Session } from './session.ts';
import * as store from './store.ts';

export interface SandboxStart {
  evseId?: string;
  connectorId?: string;
  reservationId?: string;
  driverId?: string;
}

/** Starts a session on a reservation, or of a walk-in at an EVSE. Sandbox only. */
export async function startSandboxSession(ctx: Context, input: SandboxStart): Promise<Session> {
  if (ctx.network.mode !== 'sandbox') throw new DomainError('test_mode_only', 'Sessions are started by chargers here.');
  return input.reservationId === undefined ? startWalkIn(ctx, input) : startReserved(ctx, input.reservationId, input);
}

async function startReserved(ctx: Context, reservationId: string, input: SandboxStart): Promise<Session> {
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
    endsBy: endOfSlot(reservation), type: 'sandbox', status: 'started',
  });
  await addSession(ctx, session);
  await occupy(ctx, session, reservation);
  return session;
}

async function startWalkIn(ctx: Context, input: SandboxStart): Promise<Session> {
  if (input.evseId === undefined) throw new DomainError(
    'invalid_request', 'Say which EVSE, or which reservation.', { errors: [{ pointer: '/evse', message: 'is required, or reservation' }] },
  );
  const location = await getLocationOf(ctx, 'evse', input.evseId);
  const organisationId = actingOrganisation(ctx);
  requireAccess(ctx, 'session.simulate', { operatorId: location.operatorId, organisationId });
  if (input.driverId !== undefined) await getDriver(ctx, input.driverId);
  await lockEvses(ctx.tx, [input.evseId]);
  const endsBy = await requireRoomToWalkIn(ctx, location, input.evseId);
  const connector = findEvse(location, input.evseId)!.connectors.find((candidate) => input.connectorId === undefined || candidate.id === input.connectorId);
  if (!connector) throw input.connectorId === undefined ? new DomainError('evse_not_bookable', 'That EVSE has no connector.') : notFound('connector', input.connectorId);
  const session = newSession(ctx, location, {
    organisationId: organisationId!, evseId: input.evseId, connectorId: connector.id, driverId: input.driverId ?? null, reservationId: null, endsBy, type: 'sandbox',
    status: 'started',
  });
  await addSession(ctx, session);
  await occupy(ctx, session, undefined);
  return session;
}

/** Ends a session of the sandbox with the energy that the meter would have shown. Its reservation is completed. */
export async function endSandboxSession(ctx: Context, id: string, input: { energyWh?: number } = {}): Promise<Session> {
  if (ctx.network.mode !== 'sandbox') throw new DomainError('test_mode_only', 'Sessions are ended by chargers here.');
  const found = await getSession(ctx, id);
  requireAccess(ctx, 'session.simulate', found);
  if (found.type !== 'sandbox') throw new DomainError('invalid_state', 'A charger takes part in that session: stop it.', { status: found.status });
  const ended = await finish(ctx, id, { at: ctx.now, reason: null, energyWh: input.energyWh });
  if (!ended) throw new DomainError('invalid_state', 'The session is over already.');
  return ended;
}

/**
 * Ends sandbox sessions that had to be over, in the place of their charger, or gives them the time that their slot was extended by.
 * Returns how many, of at most `limit`. One that waits for locks must hold none of another session: the sweeper takes one at a time.
 *
 * @param past so many of those that are due are left out
 */
export async function sweepSandboxSessions(ctx: Context, limit: number, past = 0): Promise<number> {
  if (ctx.network.mode !== 'sandbox') return 0;
  const overdue = await store.listOverdue(ctx.tx, ctx.network.id, ctx.now, limit, past);
  for (const session of overdue) {
    const extendedTo = await endOfItsSlot(ctx, session);
    if (extendedTo !== undefined && extendedTo > ctx.now) await postpone(ctx, session.id, extendedTo);
    else await finish(ctx, session.id, { at: ctx.now, reason: 'slot_end' }); // another sweeper may have been faster
  }
  return overdue.length;
}

async function postpone(ctx: Context, id: string, endsBy: EpochMs): Promise<void> {
  const session = (await store.lockSession(ctx.tx, id))!;
  if (session.status === 'started') await saveSession(ctx, session, { endsBy }, 'session.updated');
}

/** A reservation may have been extended since its session began. Undefined when its driver has said that they leave. */
export async function endOfItsSlot(ctx: Context, session: Session): Promise<EpochMs | undefined> {
  if (session.reservationId === null) return undefined;
  const reservation = await lockForChange(ctx, session.reservationId);
  return reservation.leftAt === null ? endOfSlot(reservation) : undefined;
}

/** The next instant after the context's time at which a session of the sandbox has to be over. */
export async function nextSandboxDeadline(ctx: Context): Promise<EpochMs | undefined> {
  return ctx.network.mode === 'sandbox' ? store.nextEnd(ctx.tx, ctx.network.id, ctx.now) : undefined;
}
