import type { EpochMs } from '../../platform/clock/index.ts';

/** A half-open range of time: `start` belongs to it, `end` does not. It is empty unless `start < end`. */
export interface Interval {
  start: EpochMs;
  end: EpochMs;
}

/**
 * Brings intervals into the form that every other function here wants and gives: sorted, disjoint, not even touching,
 * none empty. Empty and reversed ones are dropped.
 */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
  const merged: Interval[] = [];
  for (const { start, end } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** What is left of `whole` when `taken` is cut out. Both merged; so is the result. */
export function subtractIntervals(whole: readonly Interval[], taken: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let next = 0;
  for (const { start, end } of whole) {
    while (next < taken.length && taken[next]!.end <= start) next++;
    let from = start;
    for (let i = next; i < taken.length && taken[i]!.start < end; i++) {
      if (from < taken[i]!.start) left.push({ start: from, end: taken[i]!.start });
      from = Math.max(from, taken[i]!.end);
    }
    if (from < end) left.push({ start: from, end });
  }
  return left;
}

/** What lies in both. Both merged; so is the result. */
export function intersectIntervals(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const both: Interval[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const one = a[i]!;
    const other = b[j]!;
    const start = Math.max(one.start, other.start);
    const end = Math.min(one.end, other.end);
    if (start < end) both.push({ start, end });
    if (one.end < other.end) i++;
    else j++;
  }
  return both;
}

/** Whether the whole of `wanted` lies in `merged`. An empty interval lies in everything. */
export function containsInterval(merged: readonly Interval[], wanted: Interval): boolean {
  if (wanted.start >= wanted.end) return true;
  return merged.some(({ start, end }) => start <= wanted.start && wanted.end <= end);
}

/** When at least `count` (1 or more) of the intervals, in any order, have an instant in common. The result is merged. */
export function overlapsOf(intervals: readonly Interval[], count: number): Interval[] {
  const edges = intervals
    .filter(({ start, end }) => start < end)
    .flatMap(({ start, end }) => [{ at: start, change: 1 }, { at: end, change: -1 }])
    .sort((a, b) => a.at - b.at || b.change - a.change);
  const found: Interval[] = [];
  let depth = 0;
  let since = 0;
  for (const { at, change } of edges) {
    if (depth + change === count && change === 1) since = at;
    if (depth === count && change === -1) found.push({ start: since, end: at });
    depth += change;
  }
  return mergeIntervals(found);
}

/** How long merged intervals are together, in milliseconds. */
export function totalMs(merged: readonly Interval[]): number {
  return merged.reduce((sum, { start, end }) => sum + end - start, 0);
}

/**
 * Merged intervals as a row of numbers (start, end, start, end …): what `times` holds from position `first` up to `end`,
 * both even. Where hundreds of thousands of EVSEs are asked, one long row for all of them is far smaller and faster than
 * objects, since it stays together in memory.
 */
export interface FlatIntervals {
  times: Float64Array;
  first: number;
  end: number;
}

/** Merges any intervals into flat form. */
export function flattenIntervals(intervals: readonly Interval[]): FlatIntervals {
  const merged = mergeIntervals(intervals);
  const times = new Float64Array(2 * merged.length);
  for (const [i, { start, end }] of merged.entries()) {
    times[2 * i] = start;
    times[2 * i + 1] = end;
  }
  return { times, first: 0, end: times.length };
}

/** The position of the first of flat intervals that ends after `at`; `end` when none does. */
export function firstEndingAfter(times: Float64Array, first: number, end: number, at: EpochMs): number {
  let low = first >> 1;
  let high = end >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[2 * middle + 1]! <= at) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}

/** Whether any flat interval shares an instant with [from, to). */
export function overlapsFlat({ times, first, end }: FlatIntervals, from: EpochMs, to: EpochMs): boolean {
  const next = firstEndingAfter(times, first, end, from);
  return next < end && times[next]! < to;
}
