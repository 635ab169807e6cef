/** The moves of the search: a request takes a slot, and who was in the way moves on. */
import { freeWithin, NONE, type Plan } from './plan.ts';
import { change, undo, type Search } from './search.ts';

/**
 * Gives `request` an option whoever holds it. Each holder takes the best that is free, or has a third one move to something free,
 * or is left without a slot.
 * @param most what the change may cost
 * @returns what it cost; undefined when it would have cost more, and nothing is changed. The journal tells what is changed.
 */
export function takeOption(search: Search, request: number, option: number, most: number): number | undefined {
  const { chosen, cost, penalty, instance: { first, options: { from, to } }, occupant, journal, holders } = search;
  const before = chosen[request]!;
  let spent = cost[option]! - (before === NONE ? penalty[request]! : cost[before]!);
  // What the holders pay at least: each takes its very best.
  let ahead = 0;
  let count = 0;
  for (let cell = from[option]!, end = to[option]!; cell < end; cell++) {
    const holder = occupant[cell]!;
    if (holder === NONE || holder === request || (count > 0 && holder === holders[count - 1])) continue;
    holders[count++] = holder;
    ahead += cost[first[holder]!]! - cost[chosen[holder]!]!;
  }
  if (spent + ahead > most) return undefined;
  const start = journal.length;
  for (let i = 0; i < count; i++) change(search, holders[i]!, NONE);
  change(search, request, option);
  for (let i = 0; i < count; i++) {
    const had = cost[journal[start + 2 * i + 1]!]!;
    ahead -= cost[first[holders[i]!]!]! - had;
    const paid = settle(search, holders[i]!, most - spent - ahead + had, request);
    if (paid === undefined) {
      undo(search, start);
      return undefined;
    }
    spent += paid - had;
  }
  return spent;
}

/** Finds a place for one that was displaced; `limit` is what it may cost. Gives what it costs, undefined when it is more. */
function settle(search: Search, request: number, limit: number, mover: number): number | undefined {
  const { cost, penalty, random } = search;
  const free = freeWithin(search, request, cost, limit);
  if (free !== NONE) {
    change(search, request, free);
    return cost[free]!;
  }
  for (let i = 0; i < search.chainTries; i++) {
    const paid = pushOn(search, request, limit, mover, random.next());
    if (paid !== undefined) return paid;
  }
  return penalty[request]! <= limit ? penalty[request]! : undefined;
}

/** One option, chosen by `draw`, is taken from its only holder, who moves to something free; both together stay within the limit. */
function pushOn(search: Search, request: number, limit: number, mover: number, draw: number): number | undefined {
  const { chosen, cost, instance: { first }, journal } = search;
  const option = first[request]! + Math.floor(draw * (first[request + 1]! - first[request]!));
  if (cost[option]! > limit) return undefined;
  const holder = onlyHolder(search, option);
  if (holder === NONE || holder === mover) return undefined;
  const had = cost[chosen[holder]!]!;
  const start = journal.length;
  change(search, holder, NONE);
  change(search, request, option);
  const free = freeWithin(search, holder, cost, limit - cost[option]! + had);
  if (free === NONE) {
    undo(search, start);
    return undefined;
  }
  change(search, holder, free);
  return cost[option]! + cost[free]! - had;
}

/** The one request in an option's cells; NONE when there is none, or more. */
export function onlyHolder({ instance: { options: { from, to } }, occupant }: Plan, option: number): number {
  let holder = NONE;
  for (let cell = from[option]!, end = to[option]!; cell < end; cell++) {
    if (occupant[cell] === NONE || occupant[cell] === holder) continue;
    if (holder !== NONE) return NONE;
    holder = occupant[cell]!;
  }
  return holder;
}
