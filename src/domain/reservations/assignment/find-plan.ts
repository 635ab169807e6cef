import { anneal, type Work } from './anneal.ts';
import { greedyPlan, priorityClasses } from './greedy.ts';
import type { Instance } from './instance.ts';
import { emptyPlan, NONE, type Plan } from './plan.ts';
import { polish, type LastWork } from './polish.ts';
import type { Effort } from './problem.ts';
import { randomFrom } from './random.ts';
import { createSearch } from './search.ts';

/** First what brings in the most requests, whatever the displacement, and then what brings them nearer to their wishes. */
const BRING_IN = { hotMinutes: 200, coldMinutes: 8, waitingShare: 0.9 };
const BRING_NEARER = { hotMinutes: 12, coldMinutes: 1, waitingShare: 0.2 };

/** Moves for each request, and those at the end; a quarter of a millisecond and three a request, or so. */
const WORK: Record<Exclude<Effort, 'greedy'>, { phases: readonly Work[]; last: LastWork }> = {
  quick: { phases: [{ ...BRING_IN, steps: 150, chainTries: 2 }, { ...BRING_NEARER, steps: 50, chainTries: 2 }], last: { passes: 4, chainTries: 0 } },
  thorough: { phases: [{ ...BRING_IN, steps: 1_500, chainTries: 8 }, { ...BRING_NEARER, steps: 400, chainTries: 4 }], last: { passes: 10, chainTries: 12 } },
};

/** Fewer requests are searched as long as these. */
const LEAST_REQUESTS = 10;
/** More than so many in one neighbourhood are searched quickly, whatever the effort, and not for longer than so many moves: some seconds. */
const MOST_THOROUGH = 1_600;
const MOST_STEPS = 1_500_000;

/** The best plan that an effort finds, never worse than the greedy one (ASG-10). */
export function findPlan(instance: Instance, effort: Effort, seed: number): Plan {
  const greedy = greedyPlan(instance);
  if (effort === 'greedy' || isPerfect(greedy)) return greedy;
  const { phases, last } = WORK[instance.requests.length > MOST_THOROUGH ? 'quick' : effort];
  const search = createSearch(emptyPlan(instance), randomFrom(seed));
  const classes = priorityClasses(instance);
  const share = Math.min(1, MOST_STEPS / instance.requests.length / phases.reduce((sum, { steps }) => sum + steps, 0));
  for (const [i, [from, to]] of classes.entries()) {
    for (const phase of phases) anneal(search, classes, i, { ...phase, steps: Math.ceil(Math.max(LEAST_REQUESTS, to - from) * phase.steps * share) });
  }
  polish(search, last);
  if (compareQuality(search, greedy) >= 0) return search;
  const polished = createSearch(greedy, randomFrom(seed));
  polish(polished, last);
  return polished;
}

/** Whether everybody has the very best of their options, so that there is nothing to search for. */
function isPerfect({ chosen, instance: { first } }: Plan): boolean {
  return chosen.every((option, r) => (option === NONE ? first[r] === first[r + 1] : option === first[r]));
}

/** More than 0 when the first plan is better (ASG-3, ASG-4), less when the second is. */
function compareQuality(a: Plan, b: Plan): number {
  for (const [from, to] of priorityClasses(a.instance)) {
    const more = countIn(a, from, to) - countIn(b, from, to);
    if (more !== 0) return more;
  }
  const { displacementMs, distanceM } = a.instance.options;
  return sumOf(b, displacementMs) - sumOf(a, displacementMs) || sumOf(b, distanceM) - sumOf(a, distanceM);
}

function countIn({ chosen }: Plan, from: number, to: number): number {
  return chosen.subarray(from, to).reduce((count, option) => count + (option === NONE ? 0 : 1), 0);
}

function sumOf({ chosen }: Plan, column: Int32Array | Float64Array): number {
  return chosen.reduce((sum, option) => sum + (option === NONE ? 0 : column[option]!), 0);
}
