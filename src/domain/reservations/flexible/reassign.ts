import { releaseBooking, type Booking } from '../../calendar/index.ts';
import type { Context } from '../../organisations/index.ts';
import { assignInWorker } from '../assignment/index.ts';
import { saveChange } from '../events.ts';
import type { Reservation } from '../reservation.ts';
import { slotOf } from './decide.ts';
import { problemOf } from './problem-of.ts';

/** RSV-23: a flexible reservation that has lost its EVSE is assigned again, somewhere in its area and its window. Whether it could be. */
export async function reassign(ctx: Context, reservation: Reservation, old: Booking, movedBecause: NonNullable<Reservation['movedBecause']>): Promise<boolean> {
  if (reservation.wish === null || reservation.latestEnd <= ctx.now) return false;
  const [result] = (await assignInWorker(await problemOf(ctx, [reservation], () => true), { effort: 'quick' })).results;
  if (result?.outcome !== 'assigned') return false;
  const slot = await slotOf(ctx, reservation, result);
  if (!slot) return false;
  await releaseBooking(ctx.tx, old.locationId, old.id, ctx.now);
  const feeMinor = Math.min(reservation.reservationFeeMinor, slot.reservationFeeMinor ?? 0); // never dearer than what was agreed
  await saveChange(ctx, reservation, { ...slot, reservationFeeMinor: feeMinor, movedBecause }, 'reservation.moved');
  return true;
}
