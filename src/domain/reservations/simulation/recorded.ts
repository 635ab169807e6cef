/** What happened in fact, counted as a replay counts. */
import type { ErrorCode } from '../../../platform/errors/index.ts';
import type { Demand, Ending } from './demand.ts';

export interface Recorded extends Record<Ending | 'open', number> {
  requests: number;
  /** requests that only repeated another one after its refusal */
  retries: number;
  accepted: number;
  refused: Partial<Record<ErrorCode, number>>;
}

export function recordedOf(demands: readonly Demand[]): Recorded {
  const recorded: Recorded = {
    requests: demands.length, retries: 0, accepted: 0, refused: {},
    used: 0, noShows: 0, cancelledByDriver: 0, cancelledByOperator: 0, holdsExpired: 0, leftUnused: 0, lost: 0, open: 0,
  };
  for (const { attempts } of demands) {
    const { refusedWith, life } = attempts.at(-1)!;
    recorded.retries += attempts.length - 1;
    if (refusedWith !== null) recorded.refused[refusedWith] = (recorded.refused[refusedWith] ?? 0) + 1;
    else recorded.accepted += 1;
    if (life) recorded[life.endedAs] += 1;
  }
  return recorded;
}
