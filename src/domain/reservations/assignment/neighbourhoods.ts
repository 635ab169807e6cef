import type { AssignmentProblem } from './problem.ts';
import { reachesOf, reachIndex } from './reach.ts';
import { compareText } from './instance.ts';

/**
 * Splits a problem into those that have nothing to do with each other: requests, and the EVSEs that they could use, belong
 * together when a chain of shared EVSEs joins them (ASG-7). Each part also holds the EVSEs that lie in one of its areas and
 * fit nobody in it, so that it can tell so; EVSEs in nobody's area are in no part. Throws `invalid_request` as areas do (GEO-4).
 */
export function neighbourhoods(problem: AssignmentProblem): AssignmentProblem[] {
  const index = reachIndex(problem.evses);
  const groups = disjointSets(problem.evses.length + problem.requests.length);
  for (const [r, request] of problem.requests.entries()) {
    for (const { evse } of reachesOf(index, request).fitting) groups.join(problem.evses.length + r, evse);
  }
  const requestsOf = new Map<number, number[]>();
  for (let r = 0; r < problem.requests.length; r++) {
    const group = groups.find(problem.evses.length + r);
    const together = requestsOf.get(group);
    if (together) together.push(r);
    else requestsOf.set(group, [r]);
  }
  const parts = [...requestsOf.values()].map((together): AssignmentProblem => {
    const requests = together.map((r) => problem.requests[r]!);
    const near = new Set(requests.flatMap((request) => reachesOf(index, request).inArea));
    return { grids: problem.grids, requests, evses: [...near].sort((a, b) => a - b).map((e) => problem.evses[e]!) };
  });
  const key = (part: AssignmentProblem): string => part.requests.reduce((least, { id }) => (id < least ? id : least), part.requests[0]!.id);
  return parts.map((part) => ({ part, key: key(part) })).sort((a, b) => compareText(a.key, b.key)).map(({ part }) => part);
}

function disjointSets(count: number) {
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const find = (member: number): number => {
    let at = member;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  return {
    find,
    join: (a: number, b: number): void => {
      const [one, other] = [find(a), find(b)];
      parent[Math.max(one, other)] = Math.min(one, other);
    },
  };
}
