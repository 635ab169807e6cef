/** What happens in a history, all chosen beforehand: when, what kind of thing, and the dice with which its object is chosen once it is known what there is. */
import type { Random } from '../support/random.ts';
import { HOUR, MINUTE } from '../support/world.ts';
import { WEEK } from './network.ts';
import { LOOK, OF_DRIVERS } from './steps-of-drivers.ts';
import { OF_OPERATORS } from './steps-of-operators.ts';
import { LOOK_AT_OFFERS, OF_THOSE_WHO_WAIT } from './steps-of-waiting.ts';
import type { Action } from './stage.ts';

export const ACTIONS: Record<string, Action> = {
  ...OF_DRIVERS, ...OF_OPERATORS, ...OF_THOSE_WHO_WAIT, look: LOOK, lookAtOffers: LOOK_AT_OFFERS,
};
const DECK = Object.entries(ACTIONS).flatMap(([name, { weight }]) => Array<string>(weight).fill(name));

export interface PlannedStep {
  name: string;
  /** seed of the choice of its object and of what is said */
  dice: number;
  /** the process that is asked */
  process: number;
  /** made again under the same key, at the next process */
  again: boolean;
}

/** A visit to an instant: the clock is moved there, and things are done, one after the other or all at once. */
export interface Visit {
  /** ms after the beginning of the week, at the latest */
  at: number;
  /** sooner, when a reservation begins before: so long after its start */
  afterStartMs: number | undefined;
  /** before the others */
  looks: PlannedStep[];
  steps: PlannedStep[];
  /** all steps at once, and the clock moved by so much while they are under way */
  burst: { advanceMs: number | undefined } | undefined;
  /** a process that is killed so long after a burst has begun */
  kill: { process: number; afterMs: number } | undefined;
  /** the tables are looked at afterwards */
  checkpoint: boolean;
}

export function planVisits(random: Random, { visits, kills }: { visits: number; kills: number }): Visit[] {
  const instants = planInstants(random, visits);
  const killedAt = new Set(Array.from({ length: kills }, (_, i) => Math.floor(((i + 0.2 + 0.6 * random.next()) * visits) / kills)));
  return instants.map((at, i) => planVisit(random.fork(), at, killedAt.has(i), i === Math.floor(visits / 2)));
}

/** Jumps of minutes, of an hour or two, and now and then of half a day, that are a week together. */
function planInstants(random: Random, visits: number): number[] {
  const minutes = (): number => (random.percent(55) ? 5 + random.below(40) : random.percent(75) ? 45 + random.below(120) : 240 + random.below(480));
  const jumps = Array.from({ length: visits }, () => minutes() * MINUTE);
  const stretch = WEEK / jumps.reduce((sum, jump) => sum + jump, 0);
  let at = 0;
  return jumps.map((jump) => Math.round((at += jump * stretch) / MINUTE) * MINUTE);
}

function planVisit(random: Random, at: number, isKill: boolean, checkpoint: boolean): Visit {
  const isBurst = isKill || random.percent(20);
  const count = isBurst ? 6 + random.below(10) : random.below(11);
  const step = (name: string): PlannedStep => ({ name, dice: random.below(2 ** 31), process: random.below(2), again: random.percent(12) });
  return {
    at, checkpoint, afterStartMs: random.percent(60) ? random.below(12) * MINUTE : undefined,
    looks: [step('look'), step('look'), step('lookAtOffers')], steps: Array.from({ length: count }, () => step(random.pick(DECK))),
    burst: isBurst ? { advanceMs: random.percent(50) ? (5 + random.below(120)) * MINUTE : undefined } : undefined,
    kill: isKill ? { process: random.below(2), afterMs: random.below(random.percent(50) ? 30 : 150) } : undefined,
  };
}

/** The longest that anything of the week lasts beyond it. */
export const AFTERMATH = 12 * HOUR;
