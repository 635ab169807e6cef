import { give, NONE } from './plan.ts';
import type { AssignmentRequest } from './problem.ts';
import type { Search } from './search.ts';

/** ASG-8: among requests that are alike, who was made first gets the best of what they have together. */
export function settleEquals(search: Search): void {
  const { chosen, instance: { first } } = search;
  for (const alike of groupsOfEquals(search)) {
    const had = alike.map((request) => (chosen[request] === NONE ? Infinity : chosen[request]! - first[request]!)).sort((a, b) => a - b);
    for (const request of alike) give(search, request, NONE);
    for (const [i, request] of alike.entries()) if (had[i]! < Infinity) give(search, request, first[request]! + had[i]!);
  }
}

/** Requests that ask for the same have the same options in the same order; each group in the order of who goes first. */
function groupsOfEquals(search: Search): number[][] {
  search.equals ??= [...Map.groupBy(search.instance.requests.keys(), (r) => whatIsAsked(search.instance.requests[r]!)).values()].filter((group) => group.length > 1);
  return search.equals;
}

function whatIsAsked({ area, connectorStandards, minPowerW, vehicle, need, idealStart, earliestStart, latestEnd, priority, isDue, notAtLocationIds }: AssignmentRequest): string {
  return JSON.stringify([area, connectorStandards, minPowerW, vehicle, need, idealStart, earliestStart, latestEnd, priority, isDue, notAtLocationIds]);
}
