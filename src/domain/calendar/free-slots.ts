import type { EpochMs } from '../../platform/clock/index.ts';
import { nextOnGrid, slotGrid, type SlotGrid } from './grid.ts';
import { firstEndingAfter, flattenIntervals, mergeIntervals, type FlatIntervals, type Interval } from './intervals.ts';

export interface SlotRequest {
  /** when the location is open, in any order */
  open: readonly Interval[];
  /** bookings with their buffers, outages, occupancy, in any order */
  busy: readonly Interval[];
  /** kept free after the slot, in milliseconds, 0 or more */
  bufferMs: number;
  gridMinutes: number;
  timeZone: string;
  /** in milliseconds of elapsed time, more than 0 */
  durationMs: number;
  /** slots lie wholly within [from, to) */
  from: EpochMs;
  to: EpochMs;
  /** the most slots to list */
  limit: number;
  /** whether slots must end on the grid too, which a change of the clock or a grid that does not divide the day can prevent */
  endsOnGrid?: boolean;
}

/**
 * The starts of free slots, in order. A slot starts on the policy's grid, lies within [from, to) and within one stretch
 * of opening hours, and neither it nor the buffer after it meets anything busy; the buffer may run past closing time.
 * Throws RangeError for a duration, buffer or grid out of range.
 */
export function freeSlots(request: SlotRequest): EpochMs[] {
  const { busy, gridMinutes, timeZone, durationMs, bufferMs, from, to, limit, endsOnGrid = false } = request;
  if (!(durationMs > 0) || !(bufferMs >= 0)) throw new RangeError(`not a duration and buffer: ${durationMs}, ${bufferMs} ms`);
  const plan: SlotPlan = {
    open: mergeIntervals(request.open),
    grid: slotGrid(gridMinutes, timeZone, from, to + 1),
    durationMs,
    bufferMs,
    latestStart: to - durationMs,
    endsOnGrid,
  };
  const flatBusy = flattenIntervals(busy);
  const starts: EpochMs[] = [];
  for (let at = from; starts.length < limit; ) {
    const start = nextFreeSlot(plan, flatBusy, at);
    if (start === undefined) break;
    starts.push(start);
    at = start + 1;
  }
  return starts;
}

/** What is the same for every EVSE under one policy, opening hours and zone, so that many can be asked cheaply. */
export interface SlotPlan {
  /** merged */
  open: readonly Interval[];
  /** as far as the last slot ends */
  grid: SlotGrid;
  durationMs: number;
  bufferMs: number;
  latestStart: EpochMs;
  endsOnGrid: boolean;
}

/**
 * The first free slot that starts at `at` or later, or undefined. A start that is in the way of something jumps to the
 * end of that, so the work is bound by the number of openings and busy intervals, not by the length of time (unless slots
 * must end on the grid and hardly any do).
 */
export function nextFreeSlot(plan: SlotPlan, busy: FlatIntervals, at: EpochMs): EpochMs | undefined {
  const { open, grid, durationMs, bufferMs, latestStart, endsOnGrid } = plan;
  const { times, end } = busy;
  let start = nextOnGrid(grid, at);
  let nextOpen = 0;
  let nextBusy = firstEndingAfter(times, busy.first, end, start);
  while (start <= latestStart) {
    while (nextOpen < open.length && open[nextOpen]!.end < start + durationMs) nextOpen++;
    if (nextOpen === open.length) return undefined;
    while (nextBusy < end && times[nextBusy + 1]! <= start) nextBusy += 2;
    const blocked = nextBusy < end && times[nextBusy]! < start + durationMs + bufferMs;
    if (start < open[nextOpen]!.start) start = nextOnGrid(grid, open[nextOpen]!.start);
    else if (blocked) start = nextOnGrid(grid, times[nextBusy + 1]!);
    else if (endsOnGrid && nextOnGrid(grid, start + durationMs) !== start + durationMs) start = nextOnGrid(grid, start + 1);
    else return start;
  }
  return undefined;
}

/** How much of [from, to) is open and not busy, in milliseconds; grid, duration and buffer do not count here. */
export function freeTimeMs(open: readonly Interval[], { times, first, end: busyEnd }: FlatIntervals, from: EpochMs, to: EpochMs): number {
  let free = 0;
  for (const interval of open) {
    const start = Math.max(interval.start, from);
    const end = Math.min(interval.end, to);
    if (start >= end) continue;
    free += end - start;
    for (let i = firstEndingAfter(times, first, busyEnd, start); i < busyEnd && times[i]! < end; i += 2) {
      free -= Math.min(times[i + 1]!, end) - Math.max(times[i]!, start);
    }
  }
  return free;
}
