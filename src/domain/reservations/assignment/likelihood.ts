import { HOUR_MS } from '../../../platform/clock/index.ts';
import type { AssignmentResult } from './problem.ts';

/**
 * Fitted to what became of pending requests in simulated days with 0.6 to 1.2 times the demand that fits, made six hours ahead on
 * average, where each was planned for every quarter of an hour; the benchmark holds it against other such days.
 */
const OF_PLANNED = { base: 2.97, open: 4.4, hours: -1.03, openHours: -1.89, onlyOne: 0.65 };
/** Who waits longer than this has no worse chances. */
const MOST_HOURS = 3;
const OF_LOSERS = 0.05;

/**
 * How likely a pending request gets a slot in the end (0 to 1), by what the current plan has for it: a planned one the more, the
 * more of its options nobody else has and the less time is left for others to ask (ASG-12).
 * @param msUntilDecision 0 or less: this plan decides
 */
export function likelihoodOf(result: AssignmentResult, msUntilDecision: number): number {
  if (msUntilDecision <= 0) return result.outcome === 'assigned' ? 1 : 0;
  if (result.outcome === 'unassigned') return result.tried.evsesOffering === 0 ? 0 : OF_LOSERS;
  const open = Math.log2(result.openOptions);
  const hours = Math.log2(1 + Math.min(MOST_HOURS, msUntilDecision / HOUR_MS));
  const { base, open: perOpen, hours: perHour, openHours, onlyOne } = OF_PLANNED;
  const logOdds = base + perOpen * open + perHour * hours + openHours * open * hours + (result.openOptions === 1 ? onlyOne : 0);
  return 1 / (1 + Math.exp(-logOdds));
}
