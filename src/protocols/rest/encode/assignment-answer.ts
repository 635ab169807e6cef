import type { Assigned, Assignment, AssignmentProblem, AssignmentResult, Effort, KeptFrom } from '../../../domain/reservations/index.ts';
import { MINUTE_MS } from '../../../platform/clock/index.ts';
import { RFC3339 } from './encoding.ts';
import { encodeTried } from './reservation.ts';

/** The answer to a problem, in the words in which a decided reservation tells of its assignment. */
export function encodeAssignmentAnswer(problem: AssignmentProblem, { results, assigned, totalDisplacementMs }: Assignment, how: { effort: Effort; seed: number }) {
  const locationOf = new Map(problem.evses.map(({ id, locationId }) => [id, locationId]));
  const slots = results.filter((result): result is Assigned => result.outcome === 'assigned');
  return {
    object: 'assignment', ...how, requests: results.length, assigned, unassigned: results.length - assigned, total_displacement_minutes: totalDisplacementMs / MINUTE_MS,
    total_distance_m: slots.reduce((sum, { distanceM }) => sum + distanceM, 0), results: results.map((result) => encodeResult(result, locationOf)),
  };
}

function encodeResult(result: AssignmentResult, locationOf: ReadonlyMap<string, string>) {
  if (result.outcome === 'unassigned') {
    return { request: result.requestId, outcome: result.outcome, reason: result.reason, tried: encodeTried(result.tried), lost_to: result.lostTo };
  }
  const { requestId, outcome, evseId, connectorId, start, end, displacementMs, distanceM, openOptions, why } = result;
  return {
    request: requestId, outcome, location_id: locationOf.get(evseId)!, evse: evseId, connector: connectorId, reserved_start: RFC3339.time(start), reserved_end: RFC3339.time(end),
    displacement_minutes: displacementMs / MINUTE_MS, distance_m: distanceM, rank: why.rank, open_slots: openOptions, tried: encodeTried(why.tried),
    kept_from_better_time: encodeKept(why.time), kept_from_nearer_place: encodeKept(why.place),
  };
}

function encodeKept(kept: KeptFrom | undefined) {
  return kept === undefined ? null : { unavailable: kept.unavailable, taken: kept.taken, by: kept.by };
}
