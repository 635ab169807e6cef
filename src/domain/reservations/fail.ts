import { releaseBooking } from '../calendar/index.ts';
import type { Context } from '../organisations/index.ts';
import { saveChange } from './events.ts';
import { mustPayFirst } from './policy.ts';
import { isWaiting, LIFE_CYCLE, type Reservation } from './reservation.ts';
import * as store from './store.ts';

/** Ends a reservation whose slot is lost (its booking must be released already). One that was left unpaid says so. */
export async function failReservation(ctx: Context, reservation: Reservation, detail: 'hold_expired' | 'evse_lost' | 'payment_refused'): Promise<Reservation> {
  const unpaid = detail === 'payment_refused' || (detail === 'hold_expired' && mustPayFirst(reservation.policy, reservation.reservedEnd! - reservation.reservedStart!));
  const failedReason = unpaid ? 'payment_failed' : 'other';
  return saveChange(
    ctx, reservation,
    { status: 'failed', failedReason, endedDetail: detail, endedAt: ctx.now, holdExpiresAt: null, noShowAt: null, bookingId: null },
    'reservation.failed',
  );
}

/** RSV-18: the EVSE of a reservation is lost, and no other was found. Undefined when the reservation is over already. */
export async function loseEvse(ctx: Context, id: string): Promise<Reservation | undefined> {
  const reservation = await store.lockReservation(ctx.tx, id);
  if (!reservation || isWaiting(reservation) || LIFE_CYCLE[reservation.status].evse_lost === 'ignored') return undefined;
  await releaseBooking(ctx.tx, reservation.locationId!, reservation.bookingId!, ctx.now);
  return failReservation(ctx, reservation, 'evse_lost');
}
