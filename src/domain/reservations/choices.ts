/** From a request to the slots that would do for it. Pure. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Interval } from '../calendar/index.ts';
import type { Location } from '../stations/index.ts';
import type { BookingPolicy } from './policy.ts';
import type { Candidate } from './target.ts';
import { requireOfferedSlot, requireOrder, slotEnd, type Wish } from './times.ts';

/** A candidate and the slot that it would be taken for; slots may differ where the duration comes from the power. */
export interface Choice {
  candidate: Candidate;
  slot: Interval;
}

/** RSV-P4: throws `booking_not_offered` where there are walk-ins only. */
export function requireBookings(policy: BookingPolicy): void {
  if (policy.mode === 'walk_in_only') throw new DomainError('booking_not_offered', 'This location is open to walk-ins only.');
}

/**
 * The slot at each candidate. Where the duration comes from the power, candidates that break a rule are left out while others
 * keep it; throws the rule that the first one breaks when all do.
 */
export function choicesFor(
  location: Pick<Location, 'openingTimes' | 'timeZone'>, policy: BookingPolicy, wish: Wish & { start: EpochMs }, candidates: readonly Candidate[], now: EpochMs,
): Choice[] {
  const choices: Choice[] = [];
  let refusal: unknown;
  if (wish.end !== undefined) requireOrder({ start: wish.start, end: wish.end });
  for (const candidate of candidates) {
    try {
      const slot = { start: wish.start, end: slotEnd(wish.start, wish, candidate.powerW, policy, location.timeZone) };
      requireOfferedSlot(location, policy, slot, now);
      choices.push({ candidate, slot });
    } catch (error) {
      refusal ??= error;
    }
  }
  if (choices.length === 0) throw refusal;
  return choices;
}

/** The time that a request may come to need, whichever choice is taken. */
export function widestOf(choices: readonly Choice[]): Interval {
  return { start: choices[0]!.slot.start, end: Math.max(...choices.map(({ slot }) => slot.end)) };
}

/** Until when a hold that is made now waits to be confirmed (RSV-4). */
export function holdEnd(policy: BookingPolicy, start: EpochMs, now: EpochMs): EpochMs {
  return Math.min(now + policy.holdMinutes * 60_000, start + policy.noShowMinutes * 60_000);
}
