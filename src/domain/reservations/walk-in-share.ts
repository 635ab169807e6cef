/** RSV-7: of a location's EVSEs a share is never booked at the same time. Buffers are not bookings, and holds count until they are gone. */
import { DomainError } from '../../platform/errors/index.ts';
import { listDriversSlots, lockLocationHours, overlapsOf, type Interval } from '../calendar/index.ts';
import type { Context } from '../organisations/index.ts';
import { evsesOf, isBookable, type Location } from '../stations/index.ts';
import type { BookingPolicy } from './policy.ts';

/** When as many EVSEs of the location are booked as may be, within a time. `without` is a booking that does not count (the caller's own). */
export async function fullTimes(ctx: Context, location: Location, policy: BookingPolicy, range: Interval, without?: string): Promise<Interval[]> {
  if (policy.walkInSharePercent === 0) return [];
  return fullTimesAmong(await listDriversSlots(ctx.tx, location.id, range.start, range.end, without), location, policy, range);
}

/** The same, where what drivers have been promised at the location in that time is known. Pure. */
export function fullTimesAmong(driversSlots: readonly Interval[], location: Location, policy: BookingPolicy, range: Interval): Interval[] {
  if (policy.walkInSharePercent === 0) return [];
  const bookable = mostBookable(location, policy);
  return bookable === 0 ? [range] : overlapsOf(driversSlots, bookable);
}

/** Whether a slot would be one too many. Pure. */
export function isShareReached(driversSlots: readonly Interval[], location: Location, policy: BookingPolicy, slot: Interval): boolean {
  return fullTimesAmong(driversSlots, location, policy, slot).some((full) => full.start < slot.end && full.end > slot.start);
}

/**
 * Throws `walk_in_share_reached` when the slot would be one too many. The hours of the slot are locked, since no constraint
 * can count.
 */
export async function requireWalkInShare(
  ctx: Context, location: Location, policy: BookingPolicy, slot: Interval, alternatives: () => Promise<unknown>, without?: string,
): Promise<void> {
  if (policy.walkInSharePercent === 0) return;
  await lockLocationHours(ctx.tx, location.id, slot.start, slot.end);
  if (!isShareReached(await listDriversSlots(ctx.tx, location.id, slot.start, slot.end, without), location, policy, slot)) return;
  const evses = bookableEvses(location);
  throw new DomainError('walk_in_share_reached', `Of ${evses} EVSEs, ${evses - mostBookable(location, policy)} are kept for walk-ins.`, {
    walk_in_share_percent: policy.walkInSharePercent, alternatives: await alternatives(),
  });
}

function bookableEvses(location: Location): number {
  return evsesOf(location).filter(isBookable).length;
}

/** So many of a location's EVSEs may be booked at once. */
export function mostBookable(location: Location, policy: BookingPolicy): number {
  return Math.floor((bookableEvses(location) * (100 - policy.walkInSharePercent)) / 100);
}
