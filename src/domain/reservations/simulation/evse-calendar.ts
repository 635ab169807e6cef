/** The calendar of one EVSE in a replay: promises, and facts as far as they are known at the moment. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import type { Interval } from '../../calendar/index.ts';

/** What drivers are promised. `keptUntil` is the end and the buffer after it. */
export interface Promised extends Interval {
  keptUntil: EpochMs;
}

/** A block, an outage, or a vehicle that is there, with a reservation or without. */
export interface Fact {
  start: EpochMs;
  /** until when it is taken to last, as far as anybody can know at that moment */
  endSeenAt(now: EpochMs): EpochMs;
  kind: 'block' | 'outage' | 'reserved' | 'walk_in';
}

export interface EvseCalendar {
  /** in the order of their start */
  promises: Promised[];
  /** no promise was ever longer; so far back it has to be looked for those that touch a time */
  longestMs: number;
  facts: Set<Fact>;
}

export function emptyCalendar(): EvseCalendar {
  return { promises: [], longestMs: 0, facts: new Set() };
}

export function addPromise(calendar: EvseCalendar, promise: Promised): void {
  calendar.promises.splice(firstFrom(calendar.promises, promise.start), 0, promise);
  calendar.longestMs = Math.max(calendar.longestMs, promise.keptUntil - promise.start);
}

export function removePromise({ promises }: EvseCalendar, promise: Promised): void {
  for (let i = firstFrom(promises, promise.start); i < promises.length && promises[i]!.start === promise.start; i++) {
    if (promises[i] === promise) return void promises.splice(i, 1);
  }
}

/** Promises that touch [start, end), with their buffers. */
export function promisesWithin({ promises, longestMs }: EvseCalendar, { start, end }: Interval): Promised[] {
  const found: Promised[] = [];
  for (let i = firstFrom(promises, start - longestMs); i < promises.length && promises[i]!.start < end; i++) {
    if (promises[i]!.keptUntil > start) found.push(promises[i]!);
  }
  return found;
}

/** Whether nobody else has the EVSE then, as far as is known at `now`. `own` is a promise that does not count, `ownFact` a fact. */
export function isFree(calendar: EvseCalendar, wanted: Interval, now: EpochMs, own?: Promised, ownFact?: Fact): boolean {
  if (promisesWithin(calendar, wanted).some((promise) => promise !== own)) return false;
  for (const fact of calendar.facts) {
    if (fact !== ownFact && fact.start < wanted.end && fact.endSeenAt(now) > wanted.start) return false;
  }
  return true;
}

/** The position of the first promise that starts at `at` or later. */
function firstFrom(promises: readonly Promised[], at: EpochMs): number {
  let low = 0;
  let high = promises.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (promises[middle]!.start < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
