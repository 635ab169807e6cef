import type { PriorityClass } from './greedy.ts';
import { NONE } from './plan.ts';
import type { Search } from './search.ts';

/** How good a plan is: how many of each priority have a slot, the highest first, and what the slots cost together. */
export interface Standing {
  counts: readonly number[];
  cost: number;
}

export function isBetter(a: Standing, b: Standing): boolean {
  for (const [i, count] of a.counts.entries()) if (count !== b.counts[i]) return count > b.counts[i]!;
  return a.cost < b.cost;
}

/** What a search needs to know of its plan at every step, kept up to date rather than counted. */
export interface Tally {
  /** the requests that can be moved */
  movable: readonly number[];
  /** who of them has nothing */
  waiting: readonly number[];
  standing(): Standing;
  /** takes a change into account, by the journal that led to it */
  note(journal: readonly number[]): void;
}

/** About the requests of some priorities; who must keep a slot and has none is out of it. */
export function createTally({ chosen, cost, penalty, instance: { first } }: Search, classes: readonly PriorityClass[]): Tally {
  const counts = classes.map(() => 0);
  const movable: number[] = [];
  const waiting: number[] = [];
  const classOf = classes.flatMap(([from, to], i) => Array.from({ length: to - from }, () => i));
  const place = new Int32Array(classOf.length).fill(NONE);
  const counted = new Int32Array(classOf.length).fill(NONE);
  let sum = 0;
  for (let r = 0; r < classOf.length; r++) {
    if (first[r] === first[r + 1] || (penalty[r] === Infinity && chosen[r] === NONE)) continue;
    movable.push(r);
    startWaiting(r);
    update(r);
  }
  return { movable, waiting, standing: () => ({ counts: [...counts], cost: sum }), note };

  function note(journal: readonly number[]): void {
    for (let i = 0; i < journal.length; i += 2) update(journal[i]!);
  }

  function update(request: number): void {
    const [before, after] = [counted[request]!, chosen[request]!];
    if (before === after) return;
    counted[request] = after;
    if (before === NONE) stopWaiting(request);
    if (after === NONE) startWaiting(request);
    counts[classOf[request]!]! += (before === NONE ? 1 : 0) - (after === NONE ? 1 : 0);
    sum += (after === NONE ? 0 : cost[after]!) - (before === NONE ? 0 : cost[before]!);
  }

  function startWaiting(request: number): void {
    place[request] = waiting.push(request) - 1;
  }

  function stopWaiting(request: number): void {
    const last = waiting.pop()!;
    if (last === request) return;
    waiting[place[request]!] = last;
    place[last] = place[request]!;
  }
}
