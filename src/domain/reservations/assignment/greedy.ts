import type { Instance } from './instance.ts';
import { emptyPlan, firstFree, give, NONE, type Plan } from './plan.ts';

/** The plan that everything else has to be better than: higher priorities first, then whose window ends first; each takes the best that is free. */
export function greedyPlan(instance: Instance): Plan {
  const plan = emptyPlan(instance);
  for (const [from, to] of priorityClasses(instance)) fillGreedily(plan, from, to);
  return plan;
}

/** Gives requests `from` up to `to`, as far as they have nothing, what is free. */
export function fillGreedily(plan: Plan, from: number, to: number): void {
  const { requests } = plan.instance;
  const order = Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) => requests[a]!.latestEnd - requests[b]!.latestEnd || a - b);
  for (const request of order) if (plan.chosen[request] === NONE) give(plan, request, firstFree(plan, request));
}

/** A range of requests: all that have one priority. */
export type PriorityClass = [from: number, to: number];

/** The highest priority first. */
export function priorityClasses({ requests }: Instance): PriorityClass[] {
  const classes: PriorityClass[] = [];
  for (const [r, { priority }] of requests.entries()) {
    const last = classes.at(-1);
    if (last !== undefined && requests[last[0]]!.priority === priority) last[1] = r + 1;
    else classes.push([r, r + 1]);
  }
  return classes;
}
