/** Whether an element of a tariff is for a period (PRC-2): all its restrictions hold where the period begins. */
import { DAY_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { offsetSegments } from '../calendar/index.ts';
import type { Fraction } from './decimal.ts';
import type { Period } from './period.ts';
import { DAYS_OF_WEEK, type TariffRestrictions } from './tariff.ts';

/** What a session had come to when a period began. */
export interface SoFar {
  energyWh: Fraction;
  durationS: Fraction;
}

/** Restrictions in a form that is quick to compare. */
export interface PreparedRestrictions {
  given: TariffRestrictions;
  /** ms since local midnight; the end is later than the start, and after midnight where the day is crossed */
  startOfDayMs: number;
  endOfDayMs: number;
  /** local midnight as if the zone were UTC */
  fromDate: number;
  toDate: number;
  days: readonly number[] | undefined;
}

export function prepareRestrictions(given: TariffRestrictions): PreparedRestrictions {
  const start = given.startTime === undefined ? 0 : timeOfDayMs(given.startTime);
  const end = given.endTime === undefined ? DAY_MS : timeOfDayMs(given.endTime);
  return {
    given, startOfDayMs: start, endOfDayMs: end > start ? end : end + DAY_MS,
    fromDate: given.startDate === undefined ? -Infinity : Date.parse(given.startDate), toDate: given.endDate === undefined ? Infinity : Date.parse(given.endDate),
    days: given.daysOfWeek?.map((day) => DAYS_OF_WEEK.indexOf(day)),
  };
}

/** `HH:MM` as ms since midnight. */
export function timeOfDayMs(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}

/** What the clock on the wall shows, as if the zone were UTC. */
export function localMs(at: EpochMs, timeZone: string): number {
  return at + offsetSegments(timeZone, at, at + 1)[0]!.offsetMs;
}

/** @param local the period's beginning, by the clock on the wall (`localMs`) */
export function matches(r: PreparedRestrictions, period: Period, local: number, soFar: SoFar): boolean {
  return matchesClock(r, local) && matchesUse(r.given, soFar) && matchesMeasured(r.given, period);
}

/** An evening that ends after midnight belongs to the day on which that instant lies, as the standard has it. */
function matchesClock({ startOfDayMs, endOfDayMs, fromDate, toDate, days }: PreparedRestrictions, local: number): boolean {
  if (local < fromDate || local >= toDate) return false;
  const day = Math.floor(local / DAY_MS);
  if (days && !days.includes((((day + 3) % 7) + 7) % 7)) return false; // 1 January 1970 was a Thursday
  const time = local - day * DAY_MS;
  return (time >= startOfDayMs && time < endOfDayMs) || time + DAY_MS < endOfDayMs;
}

function matchesUse({ minEnergyWh, maxEnergyWh, minDurationS, maxDurationS }: TariffRestrictions, { energyWh, durationS }: SoFar): boolean {
  return isWithin(energyWh, minEnergyWh, maxEnergyWh) && isWithin(durationS, minDurationS, maxDurationS);
}

function isWithin(value: Fraction, least: number | undefined, below: number | undefined): boolean {
  return (least === undefined || value.compare(least) >= 0) && (below === undefined || value.compare(below) < 0);
}

function matchesMeasured(r: TariffRestrictions, { minCurrentA, maxCurrentA, minPowerW, maxPowerW }: Period): boolean {
  return isAtLeast(minCurrentA, r.minCurrentA) && isBelow(maxCurrentA, r.maxCurrentA) && isAtLeast(minPowerW, r.minPowerW) && isBelow(maxPowerW, r.maxPowerW);
}

const isAtLeast = (measured: number | undefined, least: number | undefined): boolean => least === undefined || measured === undefined || measured >= least;
const isBelow = (measured: number | undefined, below: number | undefined): boolean => below === undefined || measured === undefined || measured < below;
