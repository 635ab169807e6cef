/** The best plan by trying all of them; for problems so small that this ends. */
import { createInstance } from './instance.ts';
import { emptyPlan, give, isFree, NONE, type Plan } from './plan.ts';
import { priorityClasses } from './greedy.ts';
import type { AssignmentProblem } from './problem.ts';

/** How many of each priority get a slot, the highest first, and at what displacement in all: ASG-3 and ASG-4 say which is better. */
export interface Quality {
  counts: number[];
  displacementMs: number;
}

export function bestQuality(problem: AssignmentProblem): Quality {
  const plan = emptyPlan(createInstance(problem));
  const { instance } = plan;
  let best = qualityOf(plan);
  const tryFrom = (request: number): void => {
    if (request === instance.requests.length) {
      const quality = qualityOf(plan);
      if (compare(quality, best) > 0) best = quality;
      return;
    }
    tryFrom(request + 1);
    for (let option = instance.first[request]!; option < instance.first[request + 1]!; option++) {
      if (!isFree(plan, option, request)) continue;
      give(plan, request, option);
      tryFrom(request + 1);
      give(plan, request, NONE);
    }
  };
  tryFrom(0);
  return best;
}

function qualityOf({ instance, chosen }: Plan): Quality {
  const has = [...chosen];
  return {
    counts: priorityClasses(instance).map(([from, to]) => has.slice(from, to).filter((option) => option !== NONE).length),
    displacementMs: has.reduce((sum, option) => sum + (option === NONE ? 0 : instance.options.displacementMs[option]!), 0),
  };
}

/** More than 0 when the first is better. */
export function compare(a: Quality, b: Quality): number {
  const i = a.counts.findIndex((count, k) => count !== b.counts[k]);
  return i < 0 ? b.displacementMs - a.displacementMs : a.counts[i]! - b.counts[i]!;
}
