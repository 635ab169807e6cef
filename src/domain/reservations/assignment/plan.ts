/** Who has what while a plan is being made: every request has one of its options, or none, and no two share a cell. */
import type { Instance } from './instance.ts';

export const NONE = -1;

export interface Plan {
  instance: Instance;
  /** the option of each request */
  chosen: Int32Array;
  /** the request in each cell */
  occupant: Int32Array;
}

export function emptyPlan(instance: Instance): Plan {
  return { instance, chosen: new Int32Array(instance.requests.length).fill(NONE), occupant: new Int32Array(instance.cells).fill(NONE) };
}

/** Gives a request an option that is free, or NONE, instead of what it has. */
export function give({ instance: { options: { from, to } }, chosen, occupant }: Plan, request: number, option: number): void {
  const before = chosen[request]!;
  if (before !== NONE) for (let cell = from[before]!, end = to[before]!; cell < end; cell++) occupant[cell] = NONE;
  if (option !== NONE) for (let cell = from[option]!, end = to[option]!; cell < end; cell++) occupant[cell] = request;
  chosen[request] = option;
}

/** Gives everybody what they had in `chosen`. */
export function restore(plan: Plan, chosen: Int32Array): void {
  plan.occupant.fill(NONE);
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

/** The best option of a request that is free for it, NONE if there is none; looked for among the options before `before`. */
export function firstFree(plan: Plan, request: number, before: number = plan.instance.first[request + 1]!): number {
  for (let option = plan.instance.first[request]!; option < before; option++) if (isFree(plan, option, request)) return option;
  return NONE;
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
