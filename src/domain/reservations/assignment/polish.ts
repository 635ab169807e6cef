/** What is done to a plan at the end, so that nothing better lies at hand: nobody is asked to lose by it. */
import { priorityClasses } from './greedy.ts';
import { onlyHolder, takeOption } from './move.ts';
import { firstFree, freeWithin, give, NONE } from './plan.ts';
import type { Search } from './search.ts';
import { settleEquals } from './settle-equals.ts';

/** Costs what no plan costs, in minutes: a request without a slot, and less than which every change is fine. */
const WORTH_MINUTES = 1e9;
const ANY_COST = 1e15;
/** Less than a metre's worth; sums of costs are no more exact. */
const LEAST_GAIN = 5e-7;

/** How often everybody is asked what they could have better, and how many ways one who is displaced for it tries to displace in turn. */
export interface LastWork {
  passes: number;
  chainTries: number;
}

/** Ends where no request can be given a slot, or a better one, that is free; before that, others move for it, without loss to its equals or betters. */
export function polish(search: Search, { passes, chainTries }: LastWork): void {
  const classes = priorityClasses(search.instance);
  do {
    for (const [from, to] of classes) {
      for (let pass = 0; pass < passes && improveAll(search, from, to, chainTries); pass++) settleEquals(search);
    }
    while (takeFree(search));
    settleEquals(search);
  } while (classes.some(([from, to]) => helpAll(search, from, to)));
}

/** Whether anybody who has a slot got a better one that was free. */
function takeFree(search: Search): boolean {
  const { chosen, cost } = search;
  let isBetter = false;
  for (let request = 0; request < chosen.length; request++) {
    const had = chosen[request]!;
    if (had === NONE) continue;
    give(search, request, NONE);
    const free = freeWithin(search, request, cost, cost[had]! - LEAST_GAIN);
    give(search, request, free === NONE ? had : free);
    if (free !== NONE) isBetter = true;
  }
  return isBetter;
}

/** Whether anybody got a better slot, or one who waits a slot that is better than what an equal had until then. */
function improveAll(search: Search, from: number, to: number, chainTries: number): boolean {
  search.chainTries = chainTries;
  search.penalty.fill(Infinity);
  let isBetter = false;
  for (let request = from; request < to; request++) {
    if (search.chosen[request] === NONE ? replaceEqual(search, request, from, to) : improve(search, request)) isBetter = true;
  }
  return isBetter;
}

function improve(search: Search, request: number): boolean {
  const { chosen, instance: { first }, journal } = search;
  for (let option = first[request]!; option < chosen[request]!; option++) {
    if (takeOption(search, request, option, -LEAST_GAIN) === undefined) continue;
    journal.length = 0;
    return true;
  }
  return false;
}

function replaceEqual(search: Search, request: number, from: number, to: number): boolean {
  const { chosen, cost, instance: { first } } = search;
  for (let option = first[request]!; option < first[request + 1]!; option++) {
    const holder = onlyHolder(search, option);
    if (holder < from || holder >= to || cost[option]! > cost[chosen[holder]!]! - LEAST_GAIN) continue;
    give(search, holder, NONE);
    give(search, request, option);
    return true;
  }
  return false;
}

/** Whether anybody who waits got a slot: what is free, or what those of lower priority have (ASG-4). */
function helpAll(search: Search, from: number, to: number): boolean {
  const { chosen, penalty } = search;
  search.chainTries = 0;
  penalty.fill(Infinity, 0, to).fill(0, to);
  let isHelped = false;
  for (let request = from; request < to; request++) {
    if (chosen[request] === NONE && help(search, request, to < chosen.length)) isHelped = true;
  }
  return isHelped;
}

function help(search: Search, request: number, areLower: boolean): boolean {
  const { instance: { first }, journal, penalty } = search;
  const free = firstFree(search, request);
  if (free !== NONE || !areLower) {
    give(search, request, free);
    return free !== NONE;
  }
  penalty[request] = WORTH_MINUTES;
  let option = first[request]!;
  while (option < first[request + 1]! && takeOption(search, request, option, ANY_COST) === undefined) option += 1;
  penalty[request] = Infinity;
  journal.length = 0;
  return option < first[request + 1]!;
}
