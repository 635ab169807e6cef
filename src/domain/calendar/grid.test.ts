import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS, toRfc3339 } from '../../platform/clock/index.ts';
import { gridStarts, isOnGrid } from './grid.ts';
import { clockReading, instantOf, minutesWhere, oddMoment } from './time-samples.ts';

const times = (from: string, to: string, gridMinutes: number, timeZone: string): string[] =>
  gridStarts(Date.parse(from), Date.parse(to), gridMinutes, timeZone).map(toRfc3339);

describe('gridStarts', () => {
  it('CAL-T5 CAL-T6 equals a look at the local clock, minute by minute, on days on which clocks change', () => {
    const sample = fc.record({ moment: oddMoment(), lengthMinutes: fc.integer({ min: 0, max: 2_500 }), gridMinutes: fc.integer({ min: 1, max: 1_440 }) });
    const grids = fc.constantFrom(1, 7, 10, 15, 20, 30, 45, 50, 60, 90, 120, 1_440);
    fc.assert(fc.property(sample, grids, fc.boolean(), ({ moment: { timeZone, at }, lengthMinutes, gridMinutes }, usual, odd) => {
      const step = odd ? gridMinutes : usual;
      const to = at + lengthMinutes * MINUTE_MS;
      const expected = minutesWhere(at, to, (minute) => clockReading(minute, timeZone).minute % step === 0);
      expect(gridStarts(at, to, step, timeZone)).toEqual(expected);
    }), { numRuns: 300 });
  });

  it('CAL-T5 is anchored in local midnight, also where the zone is half an hour off, and starts afresh each day', () => {
    expect(times('2026-11-20T00:10+05:30', '2026-11-20T03:00+05:30', 60, 'Asia/Kolkata')).toEqual(['2026-11-19T19:30:00.000Z', '2026-11-19T20:30:00.000Z']);
    expect(times('2026-11-20T22:00Z', '2026-11-21T02:00Z', 50, 'UTC')).toEqual([
      '2026-11-20T22:30:00.000Z', '2026-11-20T23:20:00.000Z', '2026-11-21T00:00:00.000Z', '2026-11-21T00:50:00.000Z', '2026-11-21T01:40:00.000Z',
    ]);
  });

  it('CAL-T6 skips readings that do not exist and offers repeated ones both times', () => {
    expect(times('2026-03-29T00:00Z', '2026-03-29T02:00Z', 30, 'Europe/Berlin')).toEqual([
      '2026-03-29T00:00:00.000Z', '2026-03-29T00:30:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-29T01:30:00.000Z',
    ]);
    expect(times('2026-03-29T00:00Z', '2026-03-29T03:00Z', 120, 'Europe/Berlin')).toEqual(['2026-03-29T02:00:00.000Z']);
    expect(times('2026-10-25T00:00Z', '2026-10-25T03:00Z', 120, 'Europe/Berlin')).toEqual(['2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z']);
    expect(times('2018-11-03T12:00-03:00', '2018-11-04T12:00-02:00', 1_440, 'America/Sao_Paulo')).toEqual([]);
    expect(gridStarts(instantOf('2011-12-29T00:00', 'Pacific/Apia'), instantOf('2012-01-01T00:00', 'Pacific/Apia'), 1_440, 'Pacific/Apia')).toHaveLength(2);
  });

  it('CAL-T5 finds at most the given number and says whether one instant lies on the grid', () => {
    const midnight = instantOf('2026-11-20T00:00', 'Asia/Kolkata');
    expect(gridStarts(midnight, midnight + 400 * DAY_MS, 15, 'Asia/Kolkata', 3)).toEqual([0, 15, 30].map((minutes) => midnight + minutes * MINUTE_MS));
    expect(gridStarts(midnight, midnight, 15, 'Asia/Kolkata')).toEqual([]);
    expect(isOnGrid(midnight + 45 * MINUTE_MS, 15, 'Asia/Kolkata')).toBe(true);
    expect(isOnGrid(midnight + 45 * MINUTE_MS + 1, 15, 'Asia/Kolkata')).toBe(false);
    expect(isOnGrid(midnight + 45 * MINUTE_MS, 60, 'UTC')).toBe(false);
  });

  it('CAL-T5 refuses grids that are none', () => {
    for (const bad of [0, -15, 1.5, 1_441, Number.NaN]) expect(() => gridStarts(0, DAY_MS, bad, 'UTC')).toThrow(RangeError);
  });
});
