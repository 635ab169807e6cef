import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  containsInterval, firstEndingAfter, flattenIntervals, intersectIntervals, mergeIntervals, overlapsFlat, overlapsOf, subtractIntervals, totalMs, type Interval,
} from './intervals.ts';

const SPAN = 60;
const intervalArbitrary = fc.record({ start: fc.integer({ min: 0, max: SPAN }), end: fc.integer({ min: 0, max: SPAN }) });
const intervalsArbitrary = fc.array(intervalArbitrary, { maxLength: 12 });

/** The instants that belong to any of the intervals. */
function instantsOf(intervals: readonly Interval[]): number[] {
  return Array.from({ length: SPAN + 1 }, (_, at) => at).filter((at) => intervals.some(({ start, end }) => start <= at && at < end));
}

function expectMerged(intervals: readonly Interval[]): void {
  for (const [i, { start, end }] of intervals.entries()) {
    expect(start).toBeLessThan(end);
    if (i > 0) expect(start).toBeGreaterThan(intervals[i - 1]!.end);
  }
}

describe('intervals (CAL-T1)', () => {
  it('CAL-T1 merges to sorted, disjoint, not touching intervals with the same instants', () => {
    expect(mergeIntervals([{ start: 5, end: 7 }, { start: 1, end: 3 }, { start: 3, end: 5 }, { start: 9, end: 9 }, { start: 12, end: 10 }])).toEqual([
      { start: 1, end: 7 },
    ]);
    fc.assert(fc.property(intervalsArbitrary, (intervals) => {
      const before = structuredClone(intervals);
      const merged = mergeIntervals(intervals);
      expectMerged(merged);
      expect(instantsOf(merged)).toEqual(instantsOf(intervals));
      expect(intervals).toEqual(before);
    }));
  });

  it('CAL-T1 subtracts and intersects instant by instant', () => {
    fc.assert(fc.property(intervalsArbitrary.map(mergeIntervals), intervalsArbitrary.map(mergeIntervals), (a, b) => {
      const inB = new Set(instantsOf(b));
      const left = subtractIntervals(a, b);
      const both = intersectIntervals(a, b);
      expectMerged(left);
      expectMerged(both);
      expect(instantsOf(left)).toEqual(instantsOf(a).filter((at) => !inB.has(at)));
      expect(instantsOf(both)).toEqual(instantsOf(a).filter((at) => inB.has(at)));
      expect(totalMs(left) + totalMs(both)).toBe(totalMs(a));
    }));
  });

  it('CAL-T1 contains an interval when all of its instants belong', () => {
    fc.assert(fc.property(intervalsArbitrary.map(mergeIntervals), intervalArbitrary, (merged, wanted) => {
      const instants = new Set(instantsOf(merged));
      expect(containsInterval(merged, wanted)).toBe(instantsOf([wanted]).every((at) => instants.has(at)));
    }));
  });

  it('CAL-T1 finds the instants that at least so many of them share', () => {
    const touching = [{ start: 1, end: 3 }, { start: 3, end: 5 }, { start: 2, end: 4 }, { start: 2, end: 2 }];
    expect(overlapsOf(touching, 2)).toEqual([{ start: 2, end: 4 }]);
    expect(overlapsOf(touching, 3)).toEqual([]);
    fc.assert(fc.property(intervalsArbitrary, fc.integer({ min: 1, max: 4 }), (intervals, count) => {
      const shared = overlapsOf(intervals, count);
      expectMerged(shared);
      const depth = (at: number) => intervals.filter(({ start, end }) => start <= at && at < end).length;
      expect(instantsOf(shared)).toEqual(Array.from({ length: SPAN + 1 }, (_, at) => at).filter((at) => depth(at) >= count));
    }));
  });

  it('CAL-T1 finds in flat form what it finds in objects', () => {
    fc.assert(fc.property(intervalsArbitrary, intervalArbitrary.filter(({ start, end }) => start < end), (intervals, wanted) => {
      const flat = flattenIntervals(intervals);
      const instants = new Set(instantsOf(intervals));
      expect(overlapsFlat(flat, wanted.start, wanted.end)).toBe(instantsOf([wanted]).some((at) => instants.has(at)));
      const merged = mergeIntervals(intervals);
      const index = merged.findIndex(({ end }) => end > wanted.start);
      expect(firstEndingAfter(flat.times, 0, flat.end, wanted.start)).toBe(index < 0 ? flat.end : 2 * index);
      const among = Float64Array.of(-9, -8, ...flat.times, SPAN + 1, SPAN + 9);
      expect(overlapsFlat({ times: among, first: 2, end: 2 + flat.end }, wanted.start, wanted.end)).toBe(overlapsFlat(flat, wanted.start, wanted.end));
    }));
  });
});
