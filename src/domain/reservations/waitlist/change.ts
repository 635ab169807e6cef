/** What a driver does with a place in the waitlist. Each is one use case in one transaction. */
import { DomainError } from '../../../platform/errors/index.ts';
import type { Context } from '../../organisations/index.ts';
import { cancelReservation, confirmReservation } from '../change.ts';
import { WAITLIST_LIMITS } from './entry.ts';
import { saveEntry } from './events.ts';
import { getWaitlistEntry, lockForChange, requirePossible, withStanding, type WaitlistEntryNow } from './read.ts';

/** WTL-6: takes the offer: its reservation is confirmed. Fails with `payment_required` while something has to be paid first. */
export async function claimOffer(ctx: Context, id: string, input: { paymentMethod?: string } = {}): Promise<WaitlistEntryNow> {
  const entry = await lockForChange(ctx, id);
  requirePossible(entry, 'claim');
  await confirmReservation(ctx, entry.reservationId!, input);
  return getWaitlistEntry(ctx, id);
}

/** WTL-8: gives the offer to the next one, and waits on, with the same place, for another time. */
export async function skipOffer(ctx: Context, id: string): Promise<WaitlistEntryNow> {
  const entry = await lockForChange(ctx, id);
  requirePossible(entry, 'skip');
  if (entry.skipped.length >= WAITLIST_LIMITS.skips) {
    throw new DomainError('invalid_state', `An entry skips ${WAITLIST_LIMITS.skips} offers; claim this one, or leave.`, { status: entry.status, max_skips: WAITLIST_LIMITS.skips });
  }
  await cancelReservation(ctx, entry.reservationId!, { reason: 'offer_skipped' });
  return getWaitlistEntry(ctx, id);
}

/** WTL-2: waits no longer; what was offered is free for the next one. */
export async function leaveWaitlist(ctx: Context, id: string): Promise<WaitlistEntryNow> {
  const entry = await lockForChange(ctx, id);
  requirePossible(entry, 'leave');
  const left = await saveEntry(ctx, entry, { status: 'left', endedAt: ctx.now, reservationId: null, offer: null }, 'waitlist_entry.left');
  if (entry.reservationId !== null) await cancelReservation(ctx, entry.reservationId, { reason: 'waitlist_left' });
  return withStanding(ctx, left);
}
