import type { Context } from '../organisations/index.ts';
import { resolveConflictsOf } from '../calendar/index.ts';
import { isFinal, type Reservation } from './reservation.ts';
import * as store from './store.ts';
import { wakeWaitingOccurrence } from './store-waiting.ts';
import { followOffer } from './waitlist/follow.ts';

/** Writes a changed reservation as its next version and appends the event that tells of it. The row must be locked. */
export async function saveChange(ctx: Context, before: Reservation, change: Partial<Reservation>, eventType: string): Promise<Reservation> {
  const after: Reservation = { ...before, ...change, ...moneyToDo(before, change), version: before.version + 1, updatedAt: ctx.now };
  store.updateReservation(ctx.tx, after);
  await emitReservation(ctx, eventType, after, before);
  if (before.bookingId !== null && (after.bookingId !== before.bookingId || isFinal(after.status))) {
    await resolveConflictsOf(ctx, before.bookingId, isFinal(after.status) ? after.status : 'moved');
  }
  await followOffer(ctx, before, after);
  if (isFinal(after.status) && after.driverId !== null) await wakeWaitingOccurrence(ctx.tx, after.driverId, ctx.now);
  return after;
}

/** RSV-M4: one that is over is billed where a fee was due or something was paid: afterwards, in a transaction of its own. What a session costs, its end bills. */
function moneyToDo(before: Reservation, { status, money = before.money }: Partial<Reservation>): Pick<Reservation, 'money'> {
  if (status === undefined || !isFinal(status) || before.sessionId !== null) return { money };
  const isDue = money != null || (before.status === 'confirmed' && (before.reservationFeeMinor > 0 || before.policy.noShowFeeMinor > 0));
  return { money: isDue ? 'to_bill' : null };
}

export async function emitReservation(ctx: Context, type: string, reservation: Reservation, before?: Reservation): Promise<void> {
  const touches = [reservation.evseId, before?.evseId].filter((id) => id != null);
  await ctx.emit({
    type, object: 'reservation', objectId: reservation.id, objectVersion: reservation.version, isPublic: false,
    audience: [...new Set([reservation.organisationId, reservation.operatorId].filter((id) => id !== null))], touches: [...new Set(touches)], data: reservation,
  });
}
