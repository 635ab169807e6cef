import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { requireOfferedSlot, requireSlotOfSameStart } from '../times.ts';
import { isShareReached } from '../walk-in-share.ts';
import type { Booked } from './booked.ts';
import type { GivenSlot } from './demand.ts';
import { isFree } from './evse-calendar.ts';
import { calendarOf, driversSlots } from './world.ts';

/** Whether a reservation gets another slot, as a move or an extension would. `before` is the slot that it had in fact. */
export function mayChange(booked: Booked, before: GivenSlot, next: GivenSlot, now: EpochMs): boolean {
  const { policy, place } = booked;
  const isMove = next.start !== booked.start || next.evseId !== booked.evseId;
  if (isMove && !isInTime(booked, before, now)) return false;
  if (!isOffered(booked, next, now)) return false;
  if (policy.walkInSharePercent > 0 && isShareReached(driversSlots(place, next, booked), place.location, policy, next)) return false;
  const wanted = { start: next.start, end: next.end + policy.bufferMinutes * MINUTE_MS };
  return isFree(calendarOf(place, next.evseId), wanted, now, booked, booked.vehicle);
}

/** A move that came after the cut-off of its own policy was the operator's, who has none. */
function isInTime({ policy, life, start }: Booked, before: GivenSlot, now: EpochMs): boolean {
  const isByOperator = now > before.start - life.changeUntilMinutes * MINUTE_MS;
  return isByOperator || now <= start - policy.changeUntilMinutes * MINUTE_MS;
}

function isOffered({ policy, place: { location }, start }: Booked, next: GivenSlot, now: EpochMs): boolean {
  try {
    if (next.start === start) requireSlotOfSameStart(location, policy, next);
    else requireOfferedSlot(location, policy, next, now);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
