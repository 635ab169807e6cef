import { assign, type AssignmentProblem, type AssignmentResult, type Effort } from '../../src/domain/reservations/assignment/index.ts';
import { checkPlan } from './check.ts';
import { MINUTE_MS } from './draw.ts';

export interface Cost {
  cpuSeconds: number;
  wallSeconds: number;
}

export interface Solved extends Cost {
  accepted: number;
  meanMinutes: number;
  results: readonly AssignmentResult[];
}

/** What a piece of work takes of the processor, by all threads of this process, and of time. */
export function costOf<T>(work: () => T): Cost & { done: T } {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const done = work();
  const { user, system } = process.cpuUsage(cpu);
  return { done, cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - wall) / 1_000 };
}

/** Solves a problem, and throws where the plan is not one. */
export function solve(problem: AssignmentProblem, effort: Effort): Solved {
  const { done: { results, assigned, totalDisplacementMs }, ...cost } = costOf(() => assign(problem, { effort }));
  checkPlan(problem, results);
  return { ...cost, results, accepted: assigned, meanMinutes: totalDisplacementMs / assigned / MINUTE_MS };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
