import type { EpochMs } from '../../../platform/clock/index.ts';
import { likelihoodOf, type AssignmentResult } from '../assignment/index.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import type { Outlook } from './wish.ts';

/** RSV-F3: what a plan says of those in it that are not decided yet. */
export function outlooksOf({ problem, waiting }: Neighbourhood, results: readonly AssignmentResult[], now: EpochMs): Map<string, Outlook> {
  const undecided = new Map(problem.requests.filter(({ isDue }) => !isDue).map((request) => [request.id, request]));
  const decidedAt = new Map(waiting.map(({ id, assignAt }) => [id, assignAt]));
  const outlooks = new Map<string, Outlook>();
  for (const result of results) {
    const request = undecided.get(result.requestId);
    if (!request) continue;
    const isPlanned = result.outcome === 'assigned';
    const tried = isPlanned ? result.why.tried : result.tried;
    outlooks.set(result.requestId, { likelihood: likelihoodOf(result, (decidedAt.get(result.requestId) ?? request.earliestStart) - now), isPlanned, plannedAt: now, tried });
  }
  return outlooks;
}
