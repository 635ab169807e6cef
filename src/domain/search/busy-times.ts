import type { EpochMs } from '../../platform/clock/index.ts';
import type { FlatIntervals } from '../calendar/index.ts';
import type { EvseTable } from './tables.ts';

/** The busy times of all EVSEs in one long row of numbers; each EVSE has a stretch of it, or none. */
export interface BusyStore {
  times: Float64Array;
  length: number;
  /** numbers that belong to no EVSE any more */
  unused: number;
}

const UNUSED_KEPT = 8_192;

export function createBusyStore(): BusyStore {
  return { times: new Float64Array(), length: 0, unused: 0 };
}

export function busyOf({ times }: BusyStore, { busyFirst, busyCount }: EvseTable, evse: number): FlatIntervals {
  const first = busyFirst[evse]!;
  return { times, first, end: first + busyCount[evse]! };
}

/** Replaces the busy times of an EVSE, in its old place if they fit there. */
export function writeBusy(store: BusyStore, evses: EvseTable, evse: number, { times, first, end }: FlatIntervals): void {
  const count = end - first;
  const old = evses.busyCount[evse]!;
  if (count > old) {
    store.unused += old;
    evses.busyFirst[evse] = store.length;
    reserve(store, count);
  } else {
    store.unused += old - count;
  }
  store.times.set(times.subarray(first, end), evses.busyFirst[evse]);
  evses.busyCount[evse] = count;
  if (store.unused > UNUSED_KEPT && 2 * store.unused > store.length) tidyBusy(store, evses);
}

/** Gives back the busy times of an EVSE and tells them, if there are any. */
export function takeBusy(store: BusyStore, evses: EvseTable, evse: number): FlatIntervals | undefined {
  const { times, first, end } = busyOf(store, evses, evse);
  if (first === end) return undefined;
  store.unused += end - first;
  evses.busyCount[evse] = 0;
  return { times: times.slice(first, end), first: 0, end: end - first };
}

/** Writes the row anew in the order of the EVSEs, with nothing unused in it. */
export function tidyBusy(store: BusyStore, evses: EvseTable): void {
  const times = new Float64Array(store.length - store.unused);
  let length = 0;
  for (let evse = 0; evse < evses.length; evse++) {
    const { first, end } = busyOf(store, evses, evse);
    times.set(store.times.subarray(first, end), length);
    evses.busyFirst[evse] = length;
    length += end - first;
  }
  Object.assign(store, { times, length, unused: 0 });
}

/** Forgets what ended by `instant`. */
export function pruneStore(store: BusyStore, evses: EvseTable, instant: EpochMs): void {
  for (let evse = 0; evse < evses.length; evse++) {
    const { times, first, end } = busyOf(store, evses, evse);
    let kept = first;
    while (kept < end && times[kept + 1]! <= instant) kept += 2;
    store.unused += kept - first;
    evses.busyFirst[evse] = kept;
    evses.busyCount[evse] = end - kept;
  }
  tidyBusy(store, evses);
}

function reserve(store: BusyStore, count: number): void {
  store.length += count;
  if (store.times.length >= store.length) return;
  const larger = new Float64Array(Math.max(64, store.length, Math.ceil(store.times.length * 1.5)));
  larger.set(store.times);
  store.times = larger;
}
