/** An offer is a reservation; whatever becomes of it, its entry follows in the same transaction. */
import type { Context } from '../../organisations/index.ts';
import { paymentDueMinor } from '../policy.ts';
import type { Reservation } from '../reservation.ts';
import { WAITLIST_LIFE, WAITLIST_LIMITS, type Offer, type WaitlistEntry, type WaitlistEvent } from './entry.ts';
import { saveEntry } from './events.ts';
import * as store from './store-waitlist.ts';

/**
 * Takes the entry along that a changed reservation is an offer to. The reservation is locked, and nobody changes an entry that is offered
 * without that lock, so this waits for nobody who waits for the caller.
 */
export async function followOffer(ctx: Context, before: Reservation, after: Reservation): Promise<void> {
  if (before.status !== 'pending' || before.waitlistEntryId === null || (after.status === 'pending' && after.bookingId === before.bookingId)) return;
  const entry = await store.lockEntry(ctx.tx, before.waitlistEntryId);
  if (entry?.reservationId !== after.id) return;
  const event = eventOf(entry, after);
  const status = WAITLIST_LIFE[entry.status][event];
  if (status === 'refused' || status === 'ignored') return;
  await saveEntry(ctx, entry, { status, ...CHANGES[event]?.(entry, after, ctx) }, TYPES[event]!);
}

function eventOf({ lapses }: WaitlistEntry, { status, endedDetail, cancelledBy }: Reservation): WaitlistEvent {
  if (status === 'pending') return 'offer_moved';
  if (status === 'confirmed') return 'claim';
  if (status === 'cancelled' && cancelledBy === 'driver') return 'skip';
  if (endedDetail !== 'hold_expired') return 'withdraw';
  return lapses + 1 < WAITLIST_LIMITS.lapses ? 'lapse' : 'last_lapse';
}

const TYPES: Partial<Record<WaitlistEvent, string>> = {
  claim: 'waitlist_entry.claimed', skip: 'waitlist_entry.skipped', lapse: 'waitlist_entry.lapsed', last_lapse: 'waitlist_entry.lapsed', withdraw: 'waitlist_entry.withdrawn',
  offer_moved: 'waitlist_entry.offer_moved',
};

const NO_OFFER = { reservationId: null, offer: null } as const;
const CHANGES: Partial<Record<WaitlistEvent, (entry: WaitlistEntry, reservation: Reservation, ctx: Context) => Partial<WaitlistEntry>>> = {
  claim: (_entry, _reservation, { now }) => ({ endedAt: now }),
  skip: ({ skipped, offer }) => ({ ...NO_OFFER, skipped: [...skipped, { locationId: offer!.locationId, start: offer!.start, end: offer!.end }] }),
  lapse: ({ lapses }) => ({ ...NO_OFFER, lapses: lapses + 1 }),
  last_lapse: ({ lapses }, _reservation, { now }) => ({ ...NO_OFFER, lapses: lapses + 1, endedAt: now }),
  withdraw: () => NO_OFFER,
  offer_moved: (_entry, reservation) => ({ offer: offerOf(reservation) }),
};

/** What a pending reservation offers. */
export function offerOf(reservation: Reservation): Offer {
  const [start, end] = [reservation.reservedStart!, reservation.reservedEnd!];
  return {
    locationId: reservation.locationId!, stationId: reservation.stationId!, evseId: reservation.evseId!, connectorId: reservation.connectorId!, start, end,
    claimBy: reservation.holdExpiresAt!, reservationFeeMinor: reservation.reservationFeeMinor, dueMinor: paymentDueMinor(reservation.policy, end - start),
    currency: reservation.currency,
  };
}
