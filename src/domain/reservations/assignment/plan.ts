/** Who has what while a plan is being made: every request has one of its options, or none, and no two share a cell. */
import type { FreeWords } from './free-words.ts';
import type { Instance } from './instance.ts';

export const NONE = -1;

export interface Plan {
  instance: Instance;
  /** the option of each request */
  chosen: Int32Array;
  /** the request in each cell */
  occupant: Int32Array;
  /** a bit of each EVSE for each of its cells, set while nobody is in it */
  free: Int32Array;
}

export function emptyPlan(instance: Instance): Plan {
  const chosen = new Int32Array(instance.requests.length).fill(NONE);
  return { instance, chosen, occupant: new Int32Array(instance.cells).fill(NONE), free: new Int32Array(instance.words.words).fill(~0) };
}

/** Gives a request an option that is free, or NONE, instead of what it has. */
export function give(plan: Plan, request: number, option: number): void {
  const before = plan.chosen[request]!;
  if (before !== NONE) leave(plan, before);
  if (option !== NONE) enter(plan, option, request);
  plan.chosen[request] = option;
}

function enter({ instance: { options: { from, to, evse }, words: { bit, shift } }, occupant, free }: Plan, option: number, request: number): void {
  const [at, others] = [shift[evse[option]!]!, ~bit[evse[option]!]!];
  for (let cell = from[option]!, end = to[option]!; cell < end; cell++) {
    occupant[cell] = request;
    free[cell + at]! &= others;
  }
}

function leave({ instance: { options: { from, to, evse }, words: { bit, shift } }, occupant, free }: Plan, option: number): void {
  const [at, own] = [shift[evse[option]!]!, bit[evse[option]!]!];
  for (let cell = from[option]!, end = to[option]!; cell < end; cell++) {
    occupant[cell] = NONE;
    free[cell + at]! |= own;
  }
}

/** Gives everybody what they had in `chosen`. */
export function restore(plan: Plan, chosen: Int32Array): void {
  plan.occupant.fill(NONE);
  plan.free.fill(~0);
  plan.chosen.fill(NONE);
  for (const [request, option] of chosen.entries()) if (option !== NONE) give(plan, request, option);
}

/** Whether nobody, or only the request itself, is in the cells of an option. */
export function isFree({ instance: { options: { from, to } }, occupant }: Plan, option: number, request: number): boolean {
  for (let cell = from[option]!, end = to[option]!; cell < end; cell++) {
    const holder = occupant[cell]!;
    if (holder !== NONE && holder !== request) return false;
  }
  return true;
}

/** The best option of a request that has none, and in which nobody is; NONE if there is none. */
export function firstFree(plan: Plan, request: number): number {
  return freeWithin(plan, request, plan.instance.options.displacementMs, Infinity);
}

/** The same among the options that cost no more than `limit`; they are in the order of their costs. */
export function freeWithin({ instance: { options: { from, to }, words }, occupant, free }: Plan, request: number, cost: Float64Array, limit: number): number {
  const { firstStep, stepOption } = words;
  for (let step = firstStep[request]!, last = firstStep[request + 1]!; step < last && cost[stepOption[step]!]! <= limit; step++) {
    if (!isAnyFree(words, free, step)) continue;
    // One of them is free, or costs more than the limit: this ends within the step.
    for (let option = stepOption[step]!; cost[option]! <= limit; option++) {
      let cell = from[option]!;
      const end = to[option]!;
      while (cell < end && occupant[cell] === NONE) cell++;
      if (cell === end) return option;
    }
    return NONE;
  }
  return NONE;
}

/** Whether there is an option of a step in which nobody is. */
function isAnyFree({ stepProbe, probeFrom, probeTo, probeBits }: FreeWords, free: Int32Array, step: number): boolean {
  for (let probe = stepProbe[step]!, last = stepProbe[step + 1]!; probe < last; probe++) {
    let bits = probeBits[probe]!;
    for (let word = probeFrom[probe]!, end = probeTo[probe]!; word < end && bits !== 0; word++) bits &= free[word]!;
    if (bits !== 0) return true;
  }
  return false;
}

/** The other requests in the cells of an option, each once, in the order of their slots. */
export function holdersOf({ instance: { options: { from, to } }, occupant }: Plan, option: number, request: number): number[] {
  const holders: number[] = [];
  let last = NONE;
  for (let cell = from[option]!, end = to[option]!; cell < end; cell++) {
    const holder = occupant[cell]!;
    if (holder === last || holder === NONE || holder === request) continue;
    holders.push(holder);
    last = holder;
  }
  return holders;
}
