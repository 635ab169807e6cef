/**
 * What happens to a reservation whose EVSE is lost at its time: out of order, closed, or kept by a car that stays. It moves to a
 * backup EVSE or a sibling; a flexible one is assigned again in its area; else, when its time comes near, it fails and its driver is
 * told. Each conflict is looked after when it is noticed, when time becomes free, and a last time before the slot.
 */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { findBooking, listDueConflicts, nextCollision, nextSettling, releaseBooking, settleLater, type Booking, type DueConflict } from '../calendar/index.ts';
import { loadVehicle } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { loadLocation, type Location } from '../stations/index.ts';
import { saveChange } from './events.ts';
import { failReservation } from './fail.ts';
import { reassign } from './flexible/reassign.ts';
import { noShowDeadline, type Reservation } from './reservation.ts';
import * as store from './store.ts';
import { retakeSlot } from './take-slot.ts';
import { candidatesOrNone, type Candidate } from './target.ts';

/** How often a slot that a car still stands on is looked after. */
const STANDING_CAR_MS = MINUTE_MS;

/** Conflicts that are due and looked through for one whose reservation nobody is working on. */
const LOOKED_THROUGH = 20;

/**
 * Looks after one conflict that is due; no more, since whoever waits for locks must hold none of another reservation.
 *
 * @param past so many of those that are due are left out
 * @returns 1, or 0 when none was due
 */
export async function settleConflict(ctx: Context, past = 0): Promise<number> {
  for (const conflict of (await listDueConflicts(ctx.tx, ctx.network.id, ctx.now, LOOKED_THROUGH + past)).slice(past)) {
    const [reservation] = await store.lockFreeReservations(ctx.tx, [conflict.reservationId]);
    if (!reservation) continue;
    await settle(ctx, reservation, conflict);
    return 1;
  }
  return 0;
}

/** The next instant after the context's time at which a conflict is to be looked after. */
export async function nextSettlingOf(ctx: Context): Promise<EpochMs | undefined> {
  return nextSettling(ctx.tx, ctx.network.id, ctx.now);
}

/** And at which a car that stays comes into somebody's way. */
export async function nextCollisionOf(ctx: Context): Promise<EpochMs | undefined> {
  return nextCollision(ctx.tx, ctx.network.id, ctx.now);
}

async function settle(ctx: Context, reservation: Reservation, conflict: DueConflict): Promise<void> {
  const old = reservation.bookingId === conflict.bookingId ? await findBooking(ctx.tx, reservation.locationId!, conflict.bookingId) : undefined;
  const stands = old !== undefined && reservation.sessionId === null && ctx.now < reservation.reservedEnd!;
  if (!stands) return settleLater(ctx.tx, conflict.id, null);
  const moves = reservation.policy.onFault === 'move_else_refund';
  if (moves && ((await moveNearby(ctx, reservation, old, conflict)) || (await reassign(ctx, reservation, old, conflict.cause)))) return;
  if (conflict.cause === 'occupancy') return settleLater(ctx.tx, conflict.id, ctx.now + STANDING_CAR_MS); // the car may go yet: see `expireUnused`
  const decidedAt = reservation.reservedStart! - ctx.settings.assignLeadMs;
  if (ctx.now < decidedAt) return settleLater(ctx.tx, conflict.id, decidedAt);
  await releaseBooking(ctx.tx, old.locationId, old.id, ctx.now);
  await failReservation(ctx, reservation, 'evse_lost');
}

/** RSV-22: the same slot at another EVSE of the location, the policy's backups first. */
async function moveNearby(ctx: Context, reservation: Reservation, old: Booking, { cause }: DueConflict): Promise<boolean> {
  const location = await loadLocation(ctx.tx, reservation.locationId!);
  if (!location || location.retiredAt !== undefined) return false;
  const slot = { start: reservation.reservedStart!, end: reservation.reservedEnd! };
  for (const candidate of await replacements(ctx, location, reservation)) {
    const wish = { location, policy: reservation.policy, reservationId: reservation.id, holdExpiresAt: reservation.holdExpiresAt };
    const booking = await retakeSlot(ctx, wish, old, { candidate, slot });
    if (!booking) continue;
    const { evse, connector } = candidate;
    const noShowAt = reservation.noShowAt === null ? null : noShowDeadline(reservation.policy, slot.start, slot.end, reservation.expectedArrival);
    await saveChange(ctx, reservation, {
      bookingId: booking.id, evseId: evse.id, stationId: evse.stationId, connectorId: connector.id, movedBecause: cause, noShowAt,
    }, 'reservation.moved');
    return true;
  }
  return false;
}

/** Other EVSEs of the location that fit, the policy's backups first, then in the order of their ids. */
async function replacements(ctx: Context, location: Location, reservation: Reservation): Promise<Candidate[]> {
  const vehicle = reservation.vehicleId === null ? undefined : await loadVehicle(ctx.tx, reservation.vehicleId);
  const { backupEvseUids } = reservation.policy;
  const rank = ({ evse }: Candidate): number => (backupEvseUids.includes(evse.uid) ? backupEvseUids.indexOf(evse.uid) : backupEvseUids.length);
  return candidatesOrNone(location, { connectorStandards: reservation.connectorStandards }, vehicle)
    .filter(({ evse }) => evse.id !== reservation.evseId).sort((a, b) => rank(a) - rank(b));
}
