/** A request, asked of a policy and of a calendar in a replay: the rules of `createReservation`, without its database. */
import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { choicesFor, requireBookings, widestOf } from '../choices.ts';
import { requireRoomOf } from '../driver-room.ts';
import { findCandidates } from '../target.ts';
import { isShareReached } from '../walk-in-share.ts';
import type { Attempt, GivenSlot } from './demand.ts';
import { isFree } from './evse-calendar.ts';
import { calendarOf, driversSlots, type DriverState, type Place } from './world.ts';

/** The slot that the request gets; throws the DomainError that it is refused with. */
export function ask(place: Place, { asked, refusedWith }: Attempt, driver: DriverState | undefined, now: EpochMs): GivenSlot {
  const { location, policy } = place;
  requireBookings(policy);
  const choices = choicesFor(location, policy, asked, findCandidates(location, asked, asked.vehicle), now);
  if (driver) requireRoomOf(driver, driver.active, policy.maxActivePerDriver, now);
  // No policy decides how many holds an organisation may have.
  if (refusedWith === 'hold_limit_reached') throw new DomainError('hold_limit_reached', 'There were too many holds.');
  const widest = widestOf(choices);
  if (policy.walkInSharePercent > 0 && isShareReached(driversSlots(place, widest), location, policy, widest)) {
    throw new DomainError('walk_in_share_reached', 'The rest is kept for walk-ins.');
  }
  const bufferMs = policy.bufferMinutes * MINUTE_MS;
  const taken = choices.find(({ candidate, slot }) => isFree(calendarOf(place, candidate.evse.id), { start: slot.start, end: slot.end + bufferMs }, now));
  if (!taken) throw new DomainError('slot_unavailable', 'No EVSE that fits is free then.');
  return { evseId: taken.candidate.evse.id, ...taken.slot };
}
