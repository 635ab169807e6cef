/** What a driver without a reservation may do at an EVSE. Pure. */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Interval } from '../calendar/index.ts';
import type { BookingPolicy } from './policy.ts';

/** How far ahead a promise stands in the way of a walk-in. */
export function walkInHorizon(policy: BookingPolicy, now: EpochMs): EpochMs {
  return now + policy.maxDurationMinutes * MINUTE_MS;
}

/**
 * RSV-P4, RSV-P15: until when a walk-in that begins now may charge; null when nothing ends it.
 *
 * @param promised what is promised at the EVSE up to the horizon, without the buffers, in the order of the start
 * Throws `walk_in_not_offered` where there are bookings only, and `slot_unavailable` for a promise that stands now or comes up.
 */
export function walkInEnd(policy: BookingPolicy, promised: readonly Interval[], now: EpochMs): EpochMs | null {
  if (policy.mode === 'booking_only') throw new DomainError('walk_in_not_offered', 'This location takes bookings only.');
  const next = promised.find(({ end }) => end > now);
  if (next === undefined) return null;
  if (next.start <= now) throw new DomainError('slot_unavailable', 'The EVSE is promised to somebody else now.');
  if (policy.walkInIntoSlot === 'refuse') {
    throw new DomainError('slot_unavailable', 'A booked slot comes up at that EVSE.', { next_slot_starts: new Date(next.start).toISOString() });
  }
  return policy.walkInIntoSlot === 'limit' ? next.start : null;
}
