import { explainPlan } from './explain.ts';
import { findPlan } from './find-plan.ts';
import { createInstance } from './instance.ts';
import { neighbourhoods } from './neighbourhoods.ts';
import type { Assignment, AssignmentOptions, AssignmentProblem, AssignmentResult } from './problem.ts';

/**
 * Assigns EVSEs and times to requests: as many as possible, then with the least displacement in all, then the nearest (ASG-3).
 * The same problem gets the same answer, in whatever order it is listed (ASG-6). Throws `invalid_request` for areas that are slow
 * by design (GEO-4).
 */
export function assign(problem: AssignmentProblem, options: AssignmentOptions = {}): Assignment {
  return inOrderOf(problem, neighbourhoods(problem).flatMap((part) => solveNeighbourhood(part, options)));
}

/** Solves one neighbourhood as a whole; results in an order of their own. */
export function solveNeighbourhood(problem: AssignmentProblem, { effort = 'quick', seed = 1 }: AssignmentOptions = {}): AssignmentResult[] {
  return explainPlan(findPlan(createInstance(problem), effort, seed));
}

/** The results of all parts, in the order of the problem's requests. */
export function inOrderOf({ requests }: AssignmentProblem, results: readonly AssignmentResult[]): Assignment {
  const byId = new Map(results.map((result) => [result.requestId, result]));
  const ordered = requests.map(({ id }) => byId.get(id)!);
  const assigned = ordered.filter((result) => result.outcome === 'assigned');
  return { results: ordered, assigned: assigned.length, totalDisplacementMs: assigned.reduce((sum, { displacementMs }) => sum + displacementMs, 0) };
}
