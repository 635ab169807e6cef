/** A plan that is being changed for the better: what things cost, and the way back from a change that does not pay. */
import type { Instance } from './instance.ts';
import { give, type Plan } from './plan.ts';
import type { Random } from './random.ts';

export interface Search extends Plan {
  random: Random;
  /** of each option: its displacement in minutes, and a hair for the distance */
  cost: Float64Array;
  /** what it costs to leave a request without a slot; Infinity when that must not be */
  penalty: Float64Array;
  /** how many slots of others are tried for one that was displaced and finds nothing free */
  chainTries: number;
  /** what was changed and may be undone: a request and what it had, in turns */
  journal: number[];
  /** room for those who are in the way of a move */
  holders: Int32Array;
  /** requests that are alike, once they are known */
  equals?: number[][];
}

/** Weighs less than any step of a grid, as long as a city is meant. */
const MINUTES_PER_METRE = 1e-6;

export function createSearch(plan: Plan, random: Random): Search {
  const { instance, chosen, occupant } = plan;
  return { ...plan, random, cost: costsOf(instance), penalty: new Float64Array(chosen.length), chainTries: 0, journal: [], holders: new Int32Array(occupant.length) };
}

function costsOf({ options }: Instance): Float64Array {
  return options.displacementMs.map((ms, option) => ms / 60_000 + options.distanceM[option]! * MINUTES_PER_METRE);
}

/** Changes what a request has, so that it can be undone. */
export function change(search: Search, request: number, option: number): void {
  search.journal.push(request, search.chosen[request]!);
  give(search, request, option);
}

/** Undoes changes, the last one first, until the journal is as long as it was. */
export function undo(search: Search, length: number = 0): void {
  const { journal } = search;
  while (journal.length > length) {
    const option = journal.pop()!;
    give(search, journal.pop()!, option);
  }
}
