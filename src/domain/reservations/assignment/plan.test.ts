import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInstance } from './instance.ts';
import { emptyPlan, firstFree, freeWithin, give, isFree, NONE, restore } from './plan.ts';
import { randomFrom } from './random.ts';
import { plainProblem, townArbitrary } from './samples.ts';

/** More EVSEs than a word has bits, all alike. */
const crowdedPlace = fc.integer({ min: 30, max: 70 }).map((evses) => plainProblem(evses, Array.from({ length: 2 * evses }, (_, i) => (
  { id: `request-${i}`, ideal: 15 * (4 + (i % 5)), long: 15 * (1 + (i % 3)), flexible: 15 * (i % 4) }))));

const problems = fc.oneof(crowdedPlace, townArbitrary(40, 25).map(({ problem }) => problem));

describe('a plan', () => {
  it('ASG-1 finds the best option that is free, as one after the other would tell, whatever was given and taken back', () => {
    fc.assert(fc.property(problems, fc.integer(), (problem, seed) => {
      const instance = createInstance(problem);
      const { first, options: { displacementMs } } = instance;
      const [plan, random] = [emptyPlan(instance), randomFrom(seed)];
      for (let step = 0; step < 4 * problem.requests.length; step++) {
        const request = random.below(problem.requests.length);
        give(plan, request, NONE);
        if (step % 50 === 49) restore(plan, plan.chosen.slice());
        const open = Array.from({ length: first[request + 1]! - first[request]! }, (_, i) => first[request]! + i).filter((option) => isFree(plan, option, request));
        const limit = random.below(60) * 60_000;
        expect(firstFree(plan, request)).toBe(open[0] ?? NONE);
        expect(freeWithin(plan, request, displacementMs, limit)).toBe(open.find((option) => displacementMs[option]! <= limit) ?? NONE);
        if (open.length > 0 && random.next() < 0.8) give(plan, request, open[random.below(open.length)]!);
      }
    }), { numRuns: 150 });
  });
});
