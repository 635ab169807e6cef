/** The search for a better plan: random moves, of which the bad ones are taken ever more seldom (simulated annealing). */
import { fillGreedily, type PriorityClass } from './greedy.ts';
import { takeOption } from './move.ts';
import { firstFree, NONE, restore } from './plan.ts';
import type { Search } from './search.ts';
import { createTally, isBetter, type Tally } from './tally.ts';

/**
 * One more request with a slot is worth this many minutes of displacement: so much that hardly a bad move is taken that leaves one
 * out, while any other is at first. Left out for one another, though, requests change all the time.
 */
const WORTH_MINUTES = 2_000;
/** … and how often then what is free is looked for, rather than what others have. */
const FREE_SHARE = 0.3;
const STEPS_PER_COOLING = 256;

/** Of classes this many above the one that is searched for, requests may take turns in being left out; of those further above nobody is. */
const CLASSES_IN_TURN = 2;
/** More than there are requests of a lower class in any neighbourhood. */
const WORTH_OF_CLASS = 1e5;

/** How is searched. */
export interface Work {
  /** moves */
  steps: number;
  /** how many ways one who is displaced tries to displace in turn */
  chainTries: number;
  /** at first a move that costs so many minutes is taken in one of e cases, and at last */
  hotMinutes: number;
  coldMinutes: number;
  /** how often it is tried to find something for one who has nothing, as long as there is one */
  waitingShare: number;
}

/**
 * Improves the plan for the requests of one priority, `classes[current]`; of those above as many as before keep a slot, if not the
 * same, and those below have none yet. The plan is never left worse than it was.
 */
export function anneal(search: Search, classes: readonly PriorityClass[], current: number, { steps, chainTries, hotMinutes, coldMinutes, waitingShare }: Work): void {
  search.chainTries = chainTries;
  setPenalties(search, classes, current);
  fillGreedily(search, ...classes[current]!);
  const tally = createTally(search, classes.slice(0, current + 1));
  if (tally.movable.length === 0) return;
  let best = { ...tally.standing(), chosen: search.chosen.slice() };
  const keepBetter = (): void => {
    const standing = tally.standing();
    if (isBetter(standing, best)) best = { ...standing, chosen: search.chosen.slice() };
  };
  let heat = hotMinutes;
  for (let step = 0; step < steps; step++) {
    if (step % STEPS_PER_COOLING === 0) heat = hotMinutes * (coldMinutes / hotMinutes) ** (step / steps);
    tryMove(search, tally, heat, waitingShare);
    // As seldom as it takes, since a copy takes as long as there are requests.
    if (step % tally.movable.length === 0) keepBetter();
  }
  keepBetter();
  restore(search, best.chosen);
}

function setPenalties({ penalty }: Search, classes: readonly PriorityClass[], current: number): void {
  for (const [i, [from, to]] of classes.slice(0, current + 1).entries()) {
    const above = current - i;
    penalty.fill(above > CLASSES_IN_TURN ? Infinity : WORTH_MINUTES * WORTH_OF_CLASS ** above, from, to);
  }
}

function tryMove(search: Search, tally: Tally, heat: number, waitingShare: number): void {
  const { random, chosen, journal, instance: { first } } = search;
  const isWaiting = tally.waiting.length > 0 && random.next() < waitingShare;
  const request = isWaiting ? tally.waiting[random.below(tally.waiting.length)]! : tally.movable[random.below(tally.movable.length)]!;
  const free = chosen[request] === NONE && random.next() < FREE_SHARE ? firstFree(search, request) : NONE;
  const option = free === NONE ? first[request]! + random.below(first[request + 1]! - first[request]!) : free;
  if (option === chosen[request]) return;
  const cost = takeOption(search, request, option, -heat * Math.log(1 - random.next()));
  if (cost === undefined) return;
  tally.note(journal);
  journal.length = 0;
}
