import type { Instance } from './instance.ts';
import { emptyPlan, firstFree, NONE, place, type Plan } from './plan.ts';

/** The plan that everything else has to be better than: who must end first chooses first, and takes the best that is free. */
export function greedyPlan(instance: Instance): Plan {
  const plan = emptyPlan(instance);
  fillGreedily(plan, instance.requests.map((_, r) => r));
  return plan;
}

/** Gives requests that have nothing what is free, higher priorities first and then by deadline. */
export function fillGreedily(plan: Plan, requests: readonly number[]): void {
  const { requests: all } = plan.instance;
  const order = requests.filter((r) => plan.chosen[r] === NONE)
    .sort((a, b) => all[b]!.priority - all[a]!.priority || all[a]!.latestEnd - all[b]!.latestEnd || a - b);
  for (const r of order) {
    const option = firstFree(plan, r);
    if (option !== NONE) place(plan, r, option);
  }
}
