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

/** Gives a request, which has nothing, an option that is free. */
export function place({ instance: { options }, chosen, occupant }: Plan, request: number, option: number): void {
  chosen[request] = option;
  occupant.fill(request, options.from[option], options.to[option]);
}

/** Whether nobody, or only the request itself, is in the cells of an option. */
export function isFree({ instance: { options }, occupant }: Plan, option: number, request: number): boolean {
  for (let cell = options.from[option]!, to = options.to[option]!; cell < to; cell++) {
    if (occupant[cell] !== NONE && occupant[cell] !== request) return false;
  }
  return true;
}

/** The best option of a request that is free for it, NONE if there is none; looked for among the options before `before`. */
export function firstFree(plan: Plan, request: number, before: number = plan.instance.first[request + 1]!): number {
  for (let option = plan.instance.first[request]!; option < before; option++) if (isFree(plan, option, request)) return option;
  return NONE;
}

/** The other requests in the cells of an option, each once, in the order of their slots. */
export function holdersOf({ instance: { options }, occupant }: Plan, option: number, request: number): number[] {
  const holders: number[] = [];
  for (let cell = options.from[option]!, to = options.to[option]!; cell < to; cell++) {
    const holder = occupant[cell]!;
    if (holder !== NONE && holder !== request && holder !== holders.at(-1)) holders.push(holder);
  }
  return holders;
}
