import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { ALWAYS_OPEN, type OpeningTimes } from '../stations/location.ts';
import { checkOpeningTimes, isOpenAt, openIntervals } from './opening-hours.ts';
import { clockReading, instantOf, minutesWhere, oddMoment } from './time-samples.ts';

function regular(...periods: [weekday: number, begin: string, end: string][]): OpeningTimes {
  return {
    ...ALWAYS_OPEN,
    twentyFourSeven: false,
    regularHours: periods.map(([weekday, periodBegin, periodEnd]) => ({ weekday, periodBegin, periodEnd })),
  };
}

function opened(times: OpeningTimes, timeZone: string, from: string, to: string): string[] {
  return openIntervals(times, timeZone, Date.parse(from), Date.parse(to)).map(({ start, end }) => `${toRfc3339(start)}/${toRfc3339(end)}`);
}

function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** The rule in its plainest form: look at the clock on the wall, and at the sign on the door. */
function opensAt(times: OpeningTimes, timeZone: string, at: EpochMs): boolean {
  const within = (periods: OpeningTimes['exceptionalClosings']): boolean => periods.some(({ periodBegin, periodEnd }) => periodBegin <= at && at < periodEnd);
  if (within(times.exceptionalClosings)) return false;
  if (times.twentyFourSeven || within(times.exceptionalOpenings)) return true;
  const { weekday, minute } = clockReading(at, timeZone);
  return times.regularHours.some((period) => {
    const begin = minutesOf(period.periodBegin);
    const end = minutesOf(period.periodEnd) || 1_440;
    if (begin < end) return weekday === period.weekday && begin <= minute && minute < end;
    return (weekday === period.weekday && begin <= minute) || (weekday === (period.weekday % 7) + 1 && minute < end);
  });
}

const timeOfDay = fc.integer({ min: 0, max: 96 }).map((quarters) => {
  const [hours, minutes] = [Math.floor(quarters / 4), (quarters % 4) * 15];
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
});
const regularHoursArbitrary = fc.array(
  fc.record({ weekday: fc.integer({ min: 1, max: 7 }), periodBegin: timeOfDay.filter((text) => text !== '24:00'), periodEnd: timeOfDay }),
  { maxLength: 10 },
);

function exceptionalNear(at: EpochMs): fc.Arbitrary<OpeningTimes['exceptionalClosings']> {
  const instant = fc.integer({ min: -1_000, max: 2_000 }).map((minutes) => at + minutes * MINUTE_MS);
  return fc.array(fc.record({ periodBegin: instant, periodEnd: instant }), { maxLength: 3 });
}

describe('openIntervals', () => {
  it('CAL-T2 equals a look at the local clock, minute by minute, on days on which clocks change', () => {
    const sample = oddMoment().chain((moment) => fc.record({
      moment: fc.constant(moment),
      lengthMinutes: fc.integer({ min: 1, max: 2_000 }),
      times: fc.record({
        twentyFourSeven: fc.boolean().map((always) => always && moment.at % 3 === 0),
        regularHours: regularHoursArbitrary,
        exceptionalOpenings: exceptionalNear(moment.at),
        exceptionalClosings: exceptionalNear(moment.at),
      }),
    }));
    fc.assert(fc.property(sample, ({ moment: { timeZone, at }, lengthMinutes, times }) => {
      const to = at + lengthMinutes * MINUTE_MS;
      const found = openIntervals(times, timeZone, at, to);
      const minutes = found.flatMap(({ start, end }) => minutesWhere(start, end, () => true));
      expect(minutes).toEqual(minutesWhere(at, to, (minute) => opensAt(times, timeZone, minute)));
      for (const [i, { start }] of found.entries()) if (i > 0) expect(start).toBeGreaterThan(found[i - 1]!.end);
    }), { numRuns: 300 });
  });

  it('CAL-T2 loses the skipped hour in spring and has the repeated one twice in autumn', () => {
    const nights = regular([7, '01:00', '04:00']);
    expect(opened(nights, 'Europe/Berlin', '2026-03-28T20:00Z', '2026-03-29T20:00Z')).toEqual(['2026-03-29T00:00:00.000Z/2026-03-29T02:00:00.000Z']);
    expect(opened(nights, 'Europe/Berlin', '2026-10-24T20:00Z', '2026-10-25T20:00Z')).toEqual(['2026-10-24T23:00:00.000Z/2026-10-25T03:00:00.000Z']);
    expect(opened(regular([7, '02:15', '02:45']), 'Europe/Berlin', '2026-03-29T00:00Z', '2026-03-30T00:00Z')).toEqual([]);
    expect(opened(regular([7, '02:15', '02:45']), 'Europe/Berlin', '2026-10-25T00:00Z', '2026-10-26T00:00Z')).toEqual([
      '2026-10-25T00:15:00.000Z/2026-10-25T00:45:00.000Z', '2026-10-25T01:15:00.000Z/2026-10-25T01:45:00.000Z',
    ]);
  });

  it('CAL-T2 knows half-hour changes and a day that never was', () => {
    const day = regular([7, '00:00', '24:00']);
    const lordHowe = openIntervals(day, 'Australia/Lord_Howe', Date.parse('2026-10-02T00:00Z'), Date.parse('2026-10-06T00:00Z'));
    expect(lordHowe.map(({ start, end }) => (end - start) / HOUR_MS)).toEqual([23.5]);
    const fridays = regular([5, '00:00', '24:00']);
    expect(opened(fridays, 'Pacific/Apia', '2011-12-28T00:00Z', '2012-01-02T00:00Z')).toEqual([]);
  });

  it('CAL-T3 runs over midnight, takes 24:00 and 00:00 as midnight, and equal times as 24 hours', () => {
    const zone = 'Asia/Kolkata';
    const open = (times: OpeningTimes): string[] => opened(times, zone, '2026-11-20T00:00+05:30', '2026-11-23T00:00+05:30');
    expect(open(regular([5, '22:00', '02:00']))).toEqual(['2026-11-20T16:30:00.000Z/2026-11-20T20:30:00.000Z']);
    expect(open(regular([4, '22:00', '02:00']))).toEqual(['2026-11-19T18:30:00.000Z/2026-11-19T20:30:00.000Z']);
    expect(open(regular([5, '12:00', '24:00'], [6, '00:00', '01:00']))).toEqual(['2026-11-20T06:30:00.000Z/2026-11-20T19:30:00.000Z']);
    expect(open(regular([5, '12:00', '00:00']))).toEqual(open(regular([5, '12:00', '24:00'])));
    expect(open(regular([6, '08:00', '08:00']))).toEqual(['2026-11-21T02:30:00.000Z/2026-11-22T02:30:00.000Z']);
    expect(open(regular([7, '22:00', '02:00'], [1, '00:00', '01:00']))).toEqual(['2026-11-22T16:30:00.000Z/2026-11-22T18:30:00.000Z']);
  });

  it('CAL-T4 adds exceptional openings, and takes closings from the rule and from them', () => {
    const at = (hour: number): EpochMs => Date.parse('2026-11-20T00:00Z') + hour * HOUR_MS;
    const times: OpeningTimes = {
      ...regular([5, '08:00', '12:00']),
      exceptionalOpenings: [{ periodBegin: at(11), periodEnd: at(16) }, { periodBegin: at(22), periodEnd: at(23) }],
      exceptionalClosings: [{ periodBegin: at(9), periodEnd: at(10) }, { periodBegin: at(15), periodEnd: at(22.5) }],
    };
    expect(openIntervals(times, 'UTC', at(0), at(24))).toEqual([
      { start: at(8), end: at(9) }, { start: at(10), end: at(15) }, { start: at(22.5), end: at(23) },
    ]);
    expect(openIntervals({ ...times, twentyFourSeven: true }, 'UTC', at(8), at(24))).toEqual([
      { start: at(8), end: at(9) }, { start: at(10), end: at(15) }, { start: at(22.5), end: at(24) },
    ]);
    expect([isOpenAt(times, 'UTC', at(9) - 1), isOpenAt(times, 'UTC', at(9)), isOpenAt(times, 'UTC', at(10))]).toEqual([true, false, true]);
  });

  it('CAL-T2 is open around the clock where it says so, and closed where it names no hours', () => {
    const from = instantOf('2026-03-29T00:00', 'Europe/Berlin');
    expect(openIntervals(ALWAYS_OPEN, 'Europe/Berlin', from, from + 1)).toEqual([{ start: from, end: from + 1 }]);
    expect(openIntervals(ALWAYS_OPEN, 'Europe/Berlin', from, from)).toEqual([]);
    expect(openIntervals(regular(), 'Europe/Berlin', from, from + HOUR_MS)).toEqual([]);
  });

  it('CAL-T3 refuses times, weekdays and periods that are none', () => {
    for (const bad of ['24:01', '8:00', '08:60', '25:00', '', '08:00:00']) expect(() => checkOpeningTimes(regular([1, bad, '12:00'])), bad).toThrow(RangeError);
    for (const weekday of [0, 8, 1.5, -1]) expect(() => checkOpeningTimes(regular([weekday, '08:00', '12:00']))).toThrow(RangeError);
    expect(() => openIntervals(regular([1, '08:00', '12:00']), 'Mars/Olympus', 0, 1)).toThrow(RangeError);
    for (const periodEnd of [0, 5]) {
      expect(() => checkOpeningTimes({ ...ALWAYS_OPEN, exceptionalClosings: [{ periodBegin: 5, periodEnd }] })).toThrow(RangeError);
      expect(() => checkOpeningTimes({ ...ALWAYS_OPEN, exceptionalOpenings: [{ periodBegin: 5, periodEnd }] })).toThrow(RangeError);
    }
  });
});
