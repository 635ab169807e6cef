/** All judges of a history together. They know what was acknowledged, and what the tables hold; nothing of how it came about. */
import { judgeEvents } from '../support/events-oracle.ts';
import { MINUTE } from '../support/world.ts';
import type { Facts } from './facts.ts';
import type { History } from './history.ts';
import { judgeAnswers, judgeRows } from './judge-answers.ts';
import { causeJudges } from './judge-causes.ts';
import { countJudges } from './judge-counts.ts';
import { judgeBookings, PROMISES } from './judge-promises.ts';
import { slotJudges } from './judge-slots.ts';
import { timeJudges } from './judge-times.ts';
import { judgeOffers, waitlistJudges } from './judge-waitlist.ts';
import { replay, type Finding } from './replay.ts';

/** What must hold at every moment. */
export function judge(facts: Facts, { calls, network, moves }: Pick<History, 'calls' | 'network' | 'moves'>): Finding[] {
  const judges = [PROMISES, slotJudges(facts), countJudges(facts), causeJudges(facts, calls, network.startsAt + MINUTE), waitlistJudges(), timeJudges(moves)];
  return [...replay(facts, judges), ...judgeBookings(facts), ...judgeRows(facts), ...judgeAnswers(facts, calls), ...judgeOffers(facts)];
}

/** And what must hold of the order of all events once each has its place in it. */
export const judgeOrder = ({ events, lastPosition }: Facts): Finding[] => judgeEvents(events, lastPosition).map((says) => ({ about: [], says }));
