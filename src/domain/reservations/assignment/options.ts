/** The slots that a request could have if nobody else wanted any. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import { flattenIntervals, mergeIntervals, overlapsFlat, type FlatIntervals, type Interval } from '../../calendar/index.ts';
import type { AssignmentEvse, AssignmentProblem, AssignmentRequest } from './problem.ts';
import type { Reach } from './reach.ts';

/** The calendar of an EVSE, prepared for many questions. */
export interface EvseTimes {
  evse: AssignmentEvse;
  grid: readonly EpochMs[];
  closed: FlatIntervals;
  busy: FlatIntervals;
}

/** One slot; `from`, `end` and `to` are places in the grid of its EVSE: where it begins and ends, and before which no other may begin. */
export interface SlotOption {
  reach: Reach;
  from: number;
  end: number;
  to: number;
  displacementMs: number;
}

export function evseTimes(problem: AssignmentProblem): EvseTimes[] {
  return problem.evses.map((evse) => ({
    evse, grid: problem.grids[evse.grid]!, closed: flattenIntervals(evse.open === undefined ? [] : complement(evse.open)), busy: flattenIntervals(evse.busy),
  }));
}

function complement(open: readonly Interval[]): Interval[] {
  const merged = mergeIntervals(open);
  return [...merged, { start: Infinity, end: Infinity }].map(({ start }, i) => ({ start: merged[i - 1]?.end ?? -Infinity, end: start }));
}

/** The first place in a sorted list whose value is `at` or more. */
export function firstNotBefore(sorted: readonly number[], at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Starts on the grids that are equally far from the ideal one: at most one before and one after it, on each grid. */
interface Step {
  displacementMs: number;
  starts: { grid: readonly EpochMs[]; place: number }[];
}

function stepsAround(grids: Iterable<readonly EpochMs[]>, { idealStart, earliestStart, latestEnd }: AssignmentRequest): Step[] {
  const steps = new Map<number, Step>();
  for (const grid of grids) {
    for (let place = firstNotBefore(grid, earliestStart); place < grid.length && grid[place]! < latestEnd; place++) {
      const displacementMs = Math.abs(grid[place]! - idealStart);
      const step = steps.get(displacementMs);
      if (step) step.starts.push({ grid, place });
      else steps.set(displacementMs, { displacementMs, starts: [{ grid, place }] });
    }
  }
  return [...steps.values()].sort((a, b) => a.displacementMs - b.displacementMs);
}

/**
 * Visits the options of a request, the best first (ASG-5): the least displacement, then the nearest; ends when `visit` says false.
 * The rules are those of `times.ts` and of the calendar's free slots (ASG-2).
 */
export function visitOptions(times: readonly EvseTimes[], request: AssignmentRequest, reaches: readonly Reach[], visit: (option: SlotOption) => boolean): void {
  for (const { displacementMs, starts } of stepsAround(new Set(reaches.map(({ evse }) => times[evse]!.grid)), request)) {
    for (const reach of reaches) {
      const at = times[reach.evse]!;
      for (const { grid, place } of starts) {
        if (grid !== at.grid) continue;
        const end = endPlace(at, reach, request, place);
        if (end === undefined || !isFree(at, grid[place]!, grid[end]!)) continue;
        if (!visit({ reach, from: place, end, to: firstNotBefore(grid, grid[end]! + at.evse.bufferMs), displacementMs })) return;
      }
    }
  }
}

/** Where in the grid a slot ends that begins at `place`; undefined when the policy or the window does not allow it. */
export function endPlace({ evse, grid }: EvseTimes, { durationMs }: Reach, { earliestStart, latestEnd }: AssignmentRequest, place: number): number | undefined {
  const start = grid[place]!;
  if (start < earliestStart || start < evse.earliestStart || start > evse.latestStart) return undefined;
  const end = firstNotBefore(grid, start + Math.max(durationMs, evse.minDurationMs));
  return end < grid.length && grid[end]! <= latestEnd && grid[end]! - start <= evse.maxDurationMs ? end : undefined;
}

function isFree({ evse, closed, busy }: EvseTimes, start: EpochMs, end: EpochMs): boolean {
  return !overlapsFlat(closed, start, end) && !overlapsFlat(busy, start, end + evse.bufferMs);
}

/** Whether an EVSE offers a slot, free or not, whose start is as far from the ideal one as `accept` wants it. */
export function offersStart(at: EvseTimes, reach: Reach, request: AssignmentRequest, accept: (displacementMs: number) => boolean): boolean {
  const { grid } = at;
  for (let place = firstNotBefore(grid, request.earliestStart); place < grid.length && grid[place]! < request.latestEnd; place++) {
    if (accept(Math.abs(grid[place]! - request.idealStart)) && endPlace(at, reach, request, place) !== undefined) return true;
  }
  return false;
}
