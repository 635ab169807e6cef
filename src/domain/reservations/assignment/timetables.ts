/** What the rules of a location come to within a stretch of time, for each of its EVSEs. */
import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { nextOnGrid, openIntervals, slotGrid, type Interval } from '../../calendar/index.ts';
import type { Location } from '../../stations/index.ts';
import type { BookingPolicy } from '../policy.ts';
import type { AssignmentEvse } from './problem.ts';

export type AssignmentPlace = Pick<Location, 'id' | 'coordinates' | 'timeZone' | 'openingTimes'>;
export type AssignmentPolicy = Pick<
  BookingPolicy, 'slotGridMinutes' | 'bufferMinutes' | 'minDurationMinutes' | 'maxDurationMinutes' | 'minLeadMinutes' | 'maxLeadMinutes'
>;
/** All of an EVSE that its location says. */
export type PlaceRules = Omit<AssignmentEvse, 'id' | 'connectors' | 'busy'>;

export interface Timetables {
  /** one for each policy grid and time zone that was asked for */
  grids: EpochMs[][];
  rulesOf(location: AssignmentPlace, policy: AssignmentPolicy): PlaceRules;
}

/** Timetables from the start of a range of time to its end; lead times are counted from `now`. */
export function timetables(range: Interval, now: EpochMs): Timetables {
  const grids: EpochMs[][] = [];
  const known = new Map<string, number>();
  const gridOf = (gridMinutes: number, timeZone: string): number => {
    const key = `${gridMinutes} ${timeZone}`;
    const index = known.get(key) ?? grids.push(instantsOf(gridMinutes, timeZone, range)) - 1;
    known.set(key, index);
    return index;
  };
  return {
    grids,
    rulesOf: ({ id, coordinates, timeZone, openingTimes }, policy) => ({
      locationId: id, latitude: coordinates.latitude, longitude: coordinates.longitude, grid: gridOf(policy.slotGridMinutes, timeZone),
      bufferMs: policy.bufferMinutes * MINUTE_MS, minDurationMs: policy.minDurationMinutes * MINUTE_MS, maxDurationMs: policy.maxDurationMinutes * MINUTE_MS,
      earliestStart: now + policy.minLeadMinutes * MINUTE_MS, latestStart: now + policy.maxLeadMinutes * MINUTE_MS,
      open: openIntervals(openingTimes, timeZone, range.start, range.end),
    }),
  };
}

function instantsOf(gridMinutes: number, timeZone: string, range: Interval): EpochMs[] {
  const grid = slotGrid(gridMinutes, timeZone, range.start, range.end + MINUTE_MS);
  const instants: EpochMs[] = [];
  for (let at = nextOnGrid(grid, range.start); at <= range.end; at = nextOnGrid(grid, at + 1)) instants.push(at);
  return instants;
}
