/** A problem that somebody states, rather than a network's calendar: the same rules make the same problem of it. */
import { DAY_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import type { Interval } from '../../calendar/index.ts';
import type { AssignmentEvse, AssignmentProblem, AssignmentRequest } from './problem.ts';
import { countInArea, reachIndex } from './reach.ts';
import { timetables, type AssignmentPlace, type AssignmentPolicy } from './timetables.ts';

export interface StatedProblem {
  /** lead times are counted from now, and no slot begins before */
  now: EpochMs;
  locations: readonly StatedLocation[];
  requests: readonly Omit<AssignmentRequest, 'isDue'>[];
}

export interface StatedLocation extends AssignmentPlace {
  policy: AssignmentPolicy;
  evses: readonly (Pick<AssignmentEvse, 'id' | 'connectors'> & {
    /** the policy's buffer is kept free after these … */
    bookings: readonly Interval[];
    /** … and not after these */
    outages: readonly Interval[];
  })[];
}

/** What a stated problem may come to, so that its work and its memory are bounded. */
export const STATED_LIMITS = {
  locations: 10_000,
  evses: 10_000,
  requests: 20_000,
  /** bookings and outages of all EVSEs */
  busyTimes: 500_000,
  /** positions of all polygons and corridors */
  positions: 200_000,
  /** from the first window's start to the last one's end */
  spanMs: 31 * DAY_MS,
  /** steps of their grids in that time, of all EVSEs together */
  steps: 20_000_000,
} as const;

/** From the first window's start, or from now on, to the last one's end. */
export function spanOf({ now, requests }: StatedProblem): Interval {
  const start = requests.reduce((least, { earliestStart }) => Math.min(least, earliestStart), Infinity);
  const end = requests.reduce((most, { latestEnd }) => Math.max(most, latestEnd), now);
  return { start: Math.min(end, Math.max(now, start)), end };
}

/** How many steps of their grids all EVSEs have in the problem's span. */
export function stepsOf(stated: StatedProblem): number {
  const { start, end } = spanOf(stated);
  return stated.locations.reduce((sum, { policy, evses }) => sum + (evses.length * (end - start)) / (policy.slotGridMinutes * MINUTE_MS), 0);
}

/** The problem that the planner would make of the same locations, bookings and wishes; every request is due. */
export function problemOfStated(stated: StatedProblem): AssignmentProblem {
  const { now, locations, requests } = stated;
  const times = timetables(spanOf(stated), now);
  const evses = locations.flatMap((location) => {
    const rules = times.rulesOf(location, location.policy);
    return location.evses.map(({ id, connectors, bookings, outages }): AssignmentEvse => ({
      id, ...rules, connectors, busy: [...bookings.map(({ start, end }) => ({ start, end: end + rules.bufferMs })), ...outages],
    }));
  });
  return {
    grids: times.grids, evses,
    requests: requests.map((request): AssignmentRequest => ({ ...request, earliestStart: Math.max(request.earliestStart, now), isDue: true })),
  };
}

/** How many EVSEs lie in each request's area; 'slow' for an area that is slow by design (GEO-4). */
export function evsesInAreas({ evses, requests }: AssignmentProblem): (number | 'slow')[] {
  const index = reachIndex(evses);
  return requests.map(({ area }) => countInArea(index, area));
}
