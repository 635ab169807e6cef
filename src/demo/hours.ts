/** Opening hours as the demo network's sites write them. India has one time zone and no daylight saving, so offsets are fixed. */
import { ALWAYS_OPEN, type OpeningTimes } from '../domain/stations/index.ts';
import { HOUR_MS } from '../platform/clock/index.ts';

type ExceptionalPeriods = OpeningTimes['exceptionalClosings'];

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
export const MONDAY_TO_SATURDAY = [1, 2, 3, 4, 5, 6];

/** The years for which the sites have told their exceptions. */
const TOLD_YEARS = [2026, 2027, 2028, 2029, 2030];

/** The same hours on each of the days. @param begin `HH:MM` @param end `HH:MM`, `24:00` for midnight @param weekdays 1 (Monday) to 7 */
export function openFrom(begin: string, end: string, weekdays: number[] = EVERY_DAY): OpeningTimes {
  return { ...ALWAYS_OPEN, twentyFourSeven: false, regularHours: weekdays.map((weekday) => ({ weekday, periodBegin: begin, periodEnd: end })) };
}

/** A period of every year. @param begin `MM-DDTHH:MM` in Indian time @param durationHours 24 for a day */
export function everyYear(begin: string, durationHours: number): ExceptionalPeriods {
  return TOLD_YEARS.map((year) => {
    const periodBegin = Date.parse(`${year}-${begin}:00+05:30`);
    return { periodBegin, periodEnd: periodBegin + durationHours * HOUR_MS };
  });
}

/** The three national holidays, on which offices are closed the whole day. */
export function nationalHolidays(): ExceptionalPeriods {
  return ['01-26T00:00', '08-15T00:00', '10-02T00:00'].flatMap((begin) => everyYear(begin, 24));
}
