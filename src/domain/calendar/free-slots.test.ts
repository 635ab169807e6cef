import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { freeSlots, freeTimeMs, type SlotRequest } from './free-slots.ts';
import { flattenIntervals, mergeIntervals, type Interval } from './intervals.ts';
import { clockReading, minutesWhere, oddMoment } from './time-samples.ts';

const covers = (intervals: readonly Interval[], at: EpochMs): boolean => intervals.some(({ start, end }) => start <= at && at < end);

/** Every minute of the window is tried, and for each every minute of the slot and of the buffer is looked at. */
function slotsByMinute(request: SlotRequest): EpochMs[] {
  const { open, busy, bufferMs, gridMinutes, timeZone, durationMs, from, to, limit, endsOnGrid } = request;
  const isFree = (start: EpochMs): boolean => {
    if (start + durationMs > to || clockReading(start, timeZone).minute % gridMinutes !== 0) return false;
    if (endsOnGrid === true && clockReading(start + durationMs, timeZone).minute % gridMinutes !== 0) return false;
    const slot = minutesWhere(start, start + durationMs, () => true);
    const kept = minutesWhere(start, start + durationMs + bufferMs, () => true);
    return slot.every((at) => covers(open, at)) && !kept.some((at) => covers(busy, at));
  };
  return minutesWhere(from, to, isFree).slice(0, limit);
}

function intervalsNear(at: EpochMs, maxLength: number): fc.Arbitrary<Interval[]> {
  const interval = fc.record({ start: fc.integer({ min: -200, max: 1_500 }), minutes: fc.integer({ min: 0, max: 300 }) });
  return fc.array(interval.map(({ start, minutes }) => ({ start: at + start * MINUTE_MS, end: at + (start + minutes) * MINUTE_MS })), { maxLength });
}

const requestArbitrary: fc.Arbitrary<SlotRequest> = oddMoment().chain(({ timeZone, at }) => fc.record({
  open: fc.oneof(fc.constant([{ start: at - HOUR_MS, end: at + 40 * HOUR_MS }]), intervalsNear(at, 6)),
  busy: intervalsNear(at, 6),
  bufferMs: fc.constantFrom(0, 5, 15, 30).map((minutes) => minutes * MINUTE_MS),
  gridMinutes: fc.constantFrom(5, 15, 30, 50, 60),
  timeZone: fc.constant(timeZone),
  durationMs: fc.integer({ min: 1, max: 150 }).map((minutes) => minutes * MINUTE_MS),
  from: fc.constant(at),
  to: fc.integer({ min: 0, max: 1_200 }).map((minutes) => at + minutes * MINUTE_MS),
  limit: fc.constantFrom(1, 3, 1_000),
  endsOnGrid: fc.constantFrom(true, false, undefined),
}));

const BASE = Date.parse('2026-11-20T00:00+05:30');
const AFTERNOON: SlotRequest = {
  open: [{ start: BASE + 8 * HOUR_MS, end: BASE + 16 * HOUR_MS }],
  busy: [{ start: BASE + 13 * HOUR_MS, end: BASE + 14 * HOUR_MS }],
  bufferMs: 0,
  gridMinutes: 15,
  timeZone: 'Asia/Kolkata',
  durationMs: 45 * MINUTE_MS,
  from: BASE + 12 * HOUR_MS,
  to: BASE + 24 * HOUR_MS,
  limit: 100,
};
const clockTimes = (request: SlotRequest): string[] =>
  freeSlots(request).map((start) => toRfc3339(start - BASE).slice(11, 16));

describe('freeSlots', () => {
  it('CAL-T7 equals trying every minute', () => {
    fc.assert(fc.property(requestArbitrary, (request) => {
      expect(freeSlots(request)).toEqual(slotsByMinute(request));
    }), { numRuns: 300 });
  });

  it('CAL-T7 lists slots between bookings and until closing time', () => {
    expect(clockTimes(AFTERNOON)).toEqual(['12:00', '12:15', '14:00', '14:15', '14:30', '14:45', '15:00', '15:15']);
    expect(clockTimes({ ...AFTERNOON, limit: 3 })).toEqual(['12:00', '12:15', '14:00']);
  });

  it('CAL-T7 keeps the buffer after the slot free, but not after closing time', () => {
    expect(clockTimes({ ...AFTERNOON, bufferMs: 10 * MINUTE_MS })).toEqual(['12:00', '14:00', '14:15', '14:30', '14:45', '15:00', '15:15']);
  });

  it('CAL-T7 offers in a window as long as the slot only that very slot', () => {
    const from = BASE + 12 * HOUR_MS + 15 * MINUTE_MS;
    expect(clockTimes({ ...AFTERNOON, from, to: from + 45 * MINUTE_MS })).toEqual(['12:15']);
    expect(clockTimes({ ...AFTERNOON, from: from + MINUTE_MS, to: from + 46 * MINUTE_MS })).toEqual([]);
    expect(clockTimes({ ...AFTERNOON, from, to: from + 44 * MINUTE_MS })).toEqual([]);
  });

  it('CAL-T8 counts elapsed time: an hour is an hour on the night in which the clock changes', () => {
    const night: Interval = { start: Date.parse('2026-10-25T00:00Z'), end: Date.parse('2026-10-25T02:00Z') };
    const request: SlotRequest = {
      open: [night], busy: [], bufferMs: 0, gridMinutes: 60, timeZone: 'Europe/Berlin', durationMs: HOUR_MS, from: night.start, to: night.end, limit: 9,
    };
    expect(freeSlots(request)).toEqual([night.start, night.start + HOUR_MS]);
    expect(freeSlots({ ...request, endsOnGrid: true })).toEqual([night.start, night.start + HOUR_MS]);
    expect(freeSlots({ ...request, endsOnGrid: true, to: night.start + HOUR_MS })).toEqual([night.start]);
    expect(freeSlots({ ...request, durationMs: 2 * HOUR_MS })).toEqual([night.start]);
  });

  it('CAL-T7 offers, where asked, only slots that end on the grid too', () => {
    const night: Interval = { start: Date.parse('2026-10-03T14:00Z'), end: Date.parse('2026-10-03T19:00Z') };
    const request: SlotRequest = {
      open: [night], busy: [], bufferMs: 0, gridMinutes: 60, timeZone: 'Australia/Lord_Howe', durationMs: 2 * HOUR_MS, from: night.start, to: night.end, limit: 9,
    };
    // The clock goes from 02:00 to 02:30: whoever starts at 00:00 ends at 02:30, and at 01:00 at 03:30.
    expect(freeSlots(request).map(toRfc3339)).toEqual(['2026-10-03T14:30:00.000Z', '2026-10-03T16:00:00.000Z', '2026-10-03T17:00:00.000Z']);
    expect(freeSlots({ ...request, endsOnGrid: true }).map(toRfc3339)).toEqual(['2026-10-03T16:00:00.000Z', '2026-10-03T17:00:00.000Z']);
  });

  it('CAL-T7 refuses durations and buffers that are none', () => {
    for (const durationMs of [0, -1, Number.NaN]) expect(() => freeSlots({ ...AFTERNOON, durationMs })).toThrow(RangeError);
    expect(() => freeSlots({ ...AFTERNOON, bufferMs: -1 })).toThrow(RangeError);
  });

  it('CAL-T7 treats an end that is not known as never', () => {
    expect(clockTimes({ ...AFTERNOON, busy: [{ start: BASE + 13 * HOUR_MS, end: Infinity }] })).toEqual(['12:00', '12:15']);
  });
});

describe('freeTimeMs', () => {
  it('CAL-T9 equals counting the minutes that are open and not busy', () => {
    fc.assert(fc.property(requestArbitrary, ({ open, busy, from, to }) => {
      const counted = minutesWhere(from, to, (at) => covers(open, at) && !covers(busy, at)).length;
      expect(freeTimeMs(mergeIntervals(open), flattenIntervals(busy), from, to)).toBe(counted * MINUTE_MS);
    }));
  });
});
