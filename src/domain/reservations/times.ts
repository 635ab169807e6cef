/** From what a driver asks for (a time, an energy, an amount) to a slot that the policy offers. Pure. */
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { containsInterval, isOnGrid, nextOnGrid, openIntervals, slotGrid, type Interval } from '../calendar/index.ts';
import type { Location } from '../stations/index.ts';
import type { BookingPolicy } from './policy.ts';

/** How long a driver wants to stay: said in one of these ways. */
export interface Wish {
  end?: EpochMs;
  durationMinutes?: number;
  energyWh?: number;
  /** what may be spent, and what a kWh costs, in the same currency; the price is a decimal in major units */
  amount?: { amountMinor: number; pricePerKwhMinor: number };
}

/** Longer than any policy offers; the end of what takes longer may lie beyond the end of time. */
const MUCH_TOO_LONG_MS = 400 * DAY_MS;

/** The energy that a wish comes to, in Wh; undefined when it is said in time. */
export function wantedEnergyWh(wish: Wish): number | undefined {
  if (wish.energyWh !== undefined) return wish.energyWh;
  return wish.amount && Math.floor((wish.amount.amountMinor * 1000) / wish.amount.pricePerKwhMinor);
}

/**
 * RSV-T3: the end of a slot that begins at `start`. A wish in energy takes what it takes at this power, rounded up to the
 * grid and to the shortest duration that is offered; so does a duration. Throws `duration_not_allowed` for what takes years.
 */
export function slotEnd(start: EpochMs, wish: Wish, powerW: number, policy: BookingPolicy, timeZone: string): EpochMs {
  if (wish.end !== undefined) return wish.end;
  const energyWh = wantedEnergyWh(wish);
  const wantedMs = energyWh === undefined ? (wish.durationMinutes ?? policy.minDurationMinutes) * MINUTE_MS : Math.ceil((energyWh / powerW) * HOUR_MS);
  if (wantedMs > MUCH_TOO_LONG_MS) throw durationNotAllowed(policy, wantedMs);
  const atLeast = start + Math.max(wantedMs, policy.minDurationMinutes * MINUTE_MS);
  return nextOnGrid(slotGrid(policy.slotGridMinutes, timeZone, atLeast, atLeast + 2 * DAY_MS), atLeast);
}

/** The smallest duration in whole grid steps that a wish comes to; for listing slots, whose starts are still open. */
export function wishedDurationMs(wish: Wish, powerW: number, policy: BookingPolicy): number {
  const energyWh = wantedEnergyWh(wish);
  const wantedMs = energyWh === undefined ? (wish.durationMinutes ?? policy.minDurationMinutes) * MINUTE_MS : Math.ceil((energyWh / powerW) * HOUR_MS);
  const gridMs = policy.slotGridMinutes * MINUTE_MS;
  return Math.ceil(Math.max(wantedMs, policy.minDurationMinutes * MINUTE_MS) / gridMs) * gridMs;
}

/** What a slot must be by policy and opening hours; throws the DomainError that names the first rule it breaks. */
export function requireOfferedSlot(location: Pick<Location, 'openingTimes' | 'timeZone'>, policy: BookingPolicy, slot: Interval, now: EpochMs): void {
  requireOrder(slot);
  requireLead(policy, slot, now);
  requireDuration(policy, slot);
  requireGrid(location.timeZone, policy, slot);
  requireOpen(location, slot);
}

/** The same of a slot that keeps its start, which need not be in time for being booked anew. */
export function requireSlotOfSameStart(location: Pick<Location, 'openingTimes' | 'timeZone'>, policy: BookingPolicy, slot: Interval): void {
  requireOrder(slot);
  requireDuration(policy, slot);
  requireGrid(location.timeZone, policy, slot);
  requireOpen(location, slot);
}

export function requireOrder({ start, end }: Interval): void {
  if (end <= start) throw new DomainError(
    'invalid_time_range', 'The end must come after the start.', { errors: [{ pointer: '/ideal_end', message: 'must come after ideal_start' }] },
  );
}

function requireLead(policy: BookingPolicy, { start }: Interval, now: EpochMs): void {
  if (start < now) throw new DomainError('time_in_past', 'The slot would begin in the past.', { errors: [{ pointer: '/ideal_start', message: 'must not lie in the past' }] });
  if (start < now + policy.minLeadMinutes * MINUTE_MS) {
    throw new DomainError('lead_time_not_allowed', `Slots here are booked at least ${policy.minLeadMinutes} minutes ahead.`, { min_lead_minutes: policy.minLeadMinutes });
  }
  if (start > now + policy.maxLeadMinutes * MINUTE_MS) {
    throw new DomainError('lead_time_not_allowed', `Slots here are booked at most ${policy.maxLeadMinutes} minutes ahead.`, { max_lead_minutes: policy.maxLeadMinutes });
  }
}

function requireDuration(policy: BookingPolicy, { start, end }: Interval): void {
  const minutes = (end - start) / MINUTE_MS;
  if (minutes >= policy.minDurationMinutes && minutes <= policy.maxDurationMinutes) return;
  throw durationNotAllowed(policy, end - start);
}

function durationNotAllowed({ minDurationMinutes, maxDurationMinutes }: BookingPolicy, durationMs: number): DomainError {
  const detail = `Slots here last ${minDurationMinutes} to ${maxDurationMinutes} minutes; that one would last ${durationMs / MINUTE_MS}.`;
  return new DomainError('duration_not_allowed', detail, { min_duration_minutes: minDurationMinutes, max_duration_minutes: maxDurationMinutes });
}

function requireGrid(timeZone: string, policy: BookingPolicy, { start, end }: Interval): void {
  const off = [start, end].find((at) => !isOnGrid(at, policy.slotGridMinutes, timeZone));
  if (off === undefined) return;
  throw new DomainError('off_grid', `Slots here begin and end on a grid of ${policy.slotGridMinutes} minutes from midnight (${timeZone}).`, {
    slot_grid_minutes: policy.slotGridMinutes, time_zone: timeZone,
  });
}

function requireOpen({ openingTimes, timeZone }: Pick<Location, 'openingTimes' | 'timeZone'>, slot: Interval): void {
  if (containsInterval(openIntervals(openingTimes, timeZone, slot.start, slot.end), slot)) return;
  throw new DomainError('outside_opening_hours', 'The location is not open all through that time.', { time_zone: timeZone });
}
