import type { Context } from '../organisations/index.ts';
import { saveChange } from './events.ts';
import { paymentDueMinor } from './policy.ts';
import type { Reservation } from './reservation.ts';

/** Ends a pending reservation whose slot is lost (its booking must be released already). One that was left unpaid says so. */
export async function failReservation(ctx: Context, reservation: Reservation, detail: 'hold_expired' | 'evse_lost'): Promise<Reservation> {
  const unpaid = detail === 'hold_expired' && paymentDueMinor(reservation.policy, reservation.reservedEnd! - reservation.reservedStart!) > 0;
  const failedReason = unpaid ? 'payment_failed' : 'other';
  return saveChange(ctx, reservation, { status: 'failed', failedReason, endedDetail: detail, endedAt: ctx.now, holdExpiresAt: null, bookingId: null }, 'reservation.failed');
}
