import { DAY_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { OpeningTimes, RegularHours } from '../stations/index.ts';
import { intersectIntervals, mergeIntervals, subtractIntervals, type Interval } from './intervals.ts';
import { offsetSegments } from './zone-offsets.ts';

/** Opening hours of one weekday, as milliseconds after local midnight. */
type DayHours = Interval[];

interface CompiledHours {
  /** by weekday, Monday first */
  week: DayHours[];
  openings: Interval[];
  closings: Interval[];
}

// Opening times are plain data that nobody changes in place, so an object is parsed once.
const compiled = new WeakMap<OpeningTimes, CompiledHours>();

/**
 * When a location is open within [from, to), as merged intervals (OCPI Hours). It is open at an instant when the reading
 * of its local clock lies in a period of that weekday, so a period loses the hour that is skipped in spring and has the
 * hour that is repeated in autumn twice. Exceptional openings add to the rule; exceptional closings take away from both.
 * Throws RangeError for times that are not `HH:MM`, weekdays that are not 1 to 7 and unknown zones.
 */
export function openIntervals(openingTimes: OpeningTimes, timeZone: string, from: EpochMs, to: EpochMs): Interval[] {
  if (from >= to) return [];
  const whole = [{ start: from, end: to }];
  const { twentyFourSeven, exceptionalOpenings, exceptionalClosings } = openingTimes;
  if (twentyFourSeven && exceptionalClosings.length === 0) return whole;
  const hours = compile(openingTimes);
  const regular = twentyFourSeven ? whole : regularIntervals(hours.week, timeZone, from, to);
  const withOpenings =
    exceptionalOpenings.length === 0 ? regular : mergeIntervals([...regular, ...intersectIntervals(hours.openings, whole)]);
  return subtractIntervals(withOpenings, hours.closings);
}

/** Whether a location is open at an instant; the rule is that of {@link openIntervals}. */
export function isOpenAt(openingTimes: OpeningTimes, timeZone: string, at: EpochMs): boolean {
  return openIntervals(openingTimes, timeZone, at, at + 1).length > 0;
}

/** Throws RangeError when the opening times can't be understood, so that bad data is met where it enters. */
export function checkOpeningTimes(openingTimes: OpeningTimes): void {
  compile(openingTimes);
  const { exceptionalOpenings, exceptionalClosings } = openingTimes;
  for (const { periodBegin, periodEnd } of [...exceptionalOpenings, ...exceptionalClosings]) {
    if (periodEnd <= periodBegin) throw new RangeError('an exceptional period ends before it begins');
  }
}

function compile(openingTimes: OpeningTimes): CompiledHours {
  const known = compiled.get(openingTimes);
  if (known !== undefined) return known;
  const hours: CompiledHours = {
    week: compileWeek(openingTimes.regularHours),
    openings: mergeIntervals(openingTimes.exceptionalOpenings.map(toInterval)),
    closings: mergeIntervals(openingTimes.exceptionalClosings.map(toInterval)),
  };
  compiled.set(openingTimes, hours);
  return hours;
}

function toInterval({ periodBegin, periodEnd }: OpeningTimes['exceptionalClosings'][number]): Interval {
  return { start: periodBegin, end: periodEnd };
}

function compileWeek(regularHours: readonly RegularHours[]): DayHours[] {
  const week: DayHours[] = Array.from({ length: 7 }, () => []);
  for (const { weekday, periodBegin, periodEnd } of regularHours) {
    const today = week[weekday - 1];
    if (today === undefined) throw new RangeError(`not a weekday from 1 (Monday) to 7: ${weekday}`);
    const begin = parseTimeOfDay(periodBegin);
    const end = parseTimeOfDay(periodEnd) || DAY_MS;
    if (begin < end) {
      today.push({ start: begin, end });
    } else {
      today.push({ start: begin, end: DAY_MS });
      week[weekday % 7]!.push({ start: 0, end });
    }
  }
  return week.map((day) => mergeIntervals(day));
}

/** `HH:MM`, 00:00 to 24:00, as milliseconds after midnight. */
function parseTimeOfDay(text: string): number {
  const match = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/.exec(text);
  if (match === null) throw new RangeError(`not a time of day (HH:MM): ${text}`);
  return match[1] === undefined ? DAY_MS : (Number(match[1]) * 60 + Number(match[2])) * MINUTE_MS;
}

/** Within a segment of even clock, the local reading is a straight line, so days and times are plain arithmetic there. */
function regularIntervals(week: readonly DayHours[], timeZone: string, from: EpochMs, to: EpochMs): Interval[] {
  const found: Interval[] = [];
  for (const segment of offsetSegments(timeZone, from, to)) {
    const localFrom = Math.max(segment.start, from) + segment.offsetMs;
    const localTo = Math.min(segment.end, to) + segment.offsetMs;
    for (let day = Math.floor(localFrom / DAY_MS); day * DAY_MS < localTo; day++) {
      for (const { start, end } of week[weekdayOf(day)]!) {
        const low = Math.max(day * DAY_MS + start, localFrom);
        const high = Math.min(day * DAY_MS + end, localTo);
        if (low < high) append(found, low - segment.offsetMs, high - segment.offsetMs);
      }
    }
  }
  return found;
}

/** Adds an interval that starts no earlier than the last one ends. */
function append(intervals: Interval[], start: EpochMs, end: EpochMs): void {
  const last = intervals.at(-1);
  if (last?.end === start) last.end = end;
  else intervals.push({ start, end });
}

/** Monday is 0; the first day of 1970 was a Thursday. */
function weekdayOf(dayNumber: number): number {
  return (((dayNumber + 3) % 7) + 7) % 7;
}
