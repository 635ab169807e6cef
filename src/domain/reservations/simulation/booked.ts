/** A reservation in a replay: its state, and what its end leaves behind. */
import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { reservationFeeMinor, type BookingPolicy } from '../policy.ts';
import type { Ending, GivenSlot, Life } from './demand.ts';
import { removePromise, type Fact, type Promised } from './evse-calendar.ts';
import { addIncome, type Income } from './tally.ts';
import { calendarOf, type DriverState, type Place } from './world.ts';

export interface Booked extends Promised {
  place: Place;
  evseId: string;
  /** its place's; of one that is given, the one that it was made under */
  policy: BookingPolicy;
  driver: DriverState | undefined;
  life: Life;
  /** whether it answers a request of the period; else it only holds its slot */
  isCounted: boolean;
  status: 'pending' | 'confirmed' | 'over';
  holdExpiresAt: EpochMs | null;
  noShowAt: EpochMs | null;
  expectedArrival: EpochMs | null;
  /** the slot that it had in fact by now; where a change was refused it is another */
  inFact: GivenSlot;
  /** while it is there */
  vehicle: Fact | undefined;
  departsAt: EpochMs | null;
  usedFrom: EpochMs | null;
  usedUntil: EpochMs | null;
  /** until when its slot was kept, once that is over */
  bookedUntil: EpochMs | null;
}

/** Ends a reservation; what is left of its slot is free, with a buffer after what was used. */
export function finish(booked: Booked, now: EpochMs, ending: Ending): void {
  if (ending === 'used') freeTheRest(booked, now);
  else removePromise(calendarOf(booked.place, booked.evseId), booked);
  booked.bookedUntil = Math.max(booked.start, Math.min(booked.end, now));
  booked.status = 'over';
  booked.noShowAt = null;
  if (booked.driver) booked.driver.active -= 1;
  count(booked, ending);
}

/** Shortens the promise to now and the buffer; what had not begun is given back whole. */
export function freeTheRest(booked: Booked, now: EpochMs): void {
  if (now >= booked.end) return;
  if (now <= booked.start) {
    removePromise(calendarOf(booked.place, booked.evseId), booked);
    booked.end = booked.keptUntil = booked.start;
    return;
  }
  booked.end = now;
  booked.keptUntil = Math.min(booked.keptUntil, now + booked.policy.bufferMinutes * MINUTE_MS);
}

export function feeOf({ policy, start, end }: Booked): number {
  return reservationFeeMinor(policy, end - start);
}

export function count({ isCounted, place }: Booked, name: Ending | 'open' | 'changesRefused' | 'cancellationsRefused'): void {
  if (isCounted) place.tally[name] += 1;
}

export function earn({ isCounted, place, policy }: Booked, kind: keyof Income, amountMinor: number): void {
  if (isCounted) addIncome(place.tally, policy.fee.currency, kind, amountMinor);
}
