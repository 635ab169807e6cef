/** What happens to reservations when their time comes. Idempotent; any process may do it. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { isContested as isPromiseContested, lockConflicts, noticeConflicts, releaseBooking } from '../calendar/index.ts';
import { clearNoShows, countNoShow, lockDriver } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { saveChange } from './events.ts';
import { failReservation } from './fail.ts';
import { freeTheRest } from './change.ts';
import type { Reservation } from './reservation.ts';
import * as store from './store.ts';

/**
 * Ends what is due in the context's network, at most so many: holds that nobody confirmed, reservations that nobody used. Returns how many.
 *
 * @param past so many of those that are due are left out
 */
export async function sweepReservations(ctx: Context, limit: number, past = 0): Promise<number> {
  const due = (await store.lockDueReservations(ctx.tx, ctx.network.id, ctx.now, limit + past)).slice(past, past + limit);
  // Before any booking is released: who makes a reservation holds its driver's row while it waits for bookings.
  for (const driverId of [...new Set(due.flatMap((reservation) => reservation.driverId ?? []))].sort()) await lockDriver(ctx.tx, driverId);
  if (due.length > 0) await lockConflicts(ctx.tx, due.flatMap((reservation) => reservation.bookingId ?? []));
  if (due.some(({ status }) => status === 'confirmed')) await noticeConflicts(ctx); // who could not come has not failed to (RSV-24)
  for (const reservation of due) {
    if (reservation.status === 'pending') await expireHold(ctx, reservation);
    else await expireUnused(ctx, reservation);
  }
  return due.length;
}

/** The next instant after the context's time at which a hold ends or somebody has not come. */
export async function nextReservationDeadline(ctx: Context): Promise<EpochMs | undefined> {
  return store.nextDeadline(ctx.tx, ctx.network.id, ctx.now);
}

async function expireHold(ctx: Context, reservation: Reservation): Promise<void> {
  await releaseBooking(ctx.tx, reservation.locationId!, reservation.bookingId!, ctx.now);
  await failReservation(ctx, reservation, 'hold_expired');
}

/**
 * RSV-15: nobody came: the slot is free, the fee is owed, the driver's no-shows are counted. Who could not come, since something stood
 * against the promise, is not to blame (RSV-24).
 */
async function expireUnused(ctx: Context, reservation: Reservation): Promise<void> {
  const isContested = await isPromiseContested(ctx.tx, reservation.bookingId!);
  await releaseBooking(ctx.tx, reservation.locationId!, reservation.bookingId!, ctx.now);
  if (isContested) return void (await failReservation(ctx, reservation, 'evse_lost'));
  await saveChange(ctx, reservation, {
    status: 'expired', endedDetail: 'no_show', endedAt: ctx.now, noShowAt: null, bookingId: null, noShowFeeMinor: reservation.policy.noShowFeeMinor,
  }, 'reservation.expired');
  const driver = reservation.driverId === null ? undefined : await lockDriver(ctx.tx, reservation.driverId);
  if (driver) await countNoShow(ctx, driver, reservation.policy.noShowBan);
}

/** Its driver is there and about to charge: the slot is not lost before a start may fail. The row must be locked. */
export async function keepForStart(ctx: Context, reservation: Reservation, until: EpochMs): Promise<Reservation> {
  if (reservation.noShowAt === null || reservation.noShowAt > until) return reservation;
  return saveChange(ctx, reservation, { noShowAt: until + 1 }, 'reservation.updated');
}

/** A session has begun on the reservation (which is locked and confirmed). */
export async function markInUse(ctx: Context, reservation: Reservation, sessionId: string): Promise<Reservation> {
  const driver = reservation.driverId === null ? undefined : await lockDriver(ctx.tx, reservation.driverId);
  if (driver) await clearNoShows(ctx, driver);
  return saveChange(ctx, reservation, { sessionId, sessionStartedAt: ctx.now, noShowAt: null }, 'reservation.in_use');
}

/** The session on the reservation has ended: so has the reservation, and what is left of its slot is free. */
export async function completeReservation(ctx: Context, id: string): Promise<Reservation | undefined> {
  const reservation = await store.lockReservation(ctx.tx, id);
  if (reservation?.status !== 'confirmed') return undefined;
  const rest = await freeTheRest(ctx, reservation);
  return saveChange(ctx, reservation, { status: 'completed', endedAt: ctx.now, noShowAt: null, bookingId: rest?.id ?? null }, 'reservation.completed');
}
