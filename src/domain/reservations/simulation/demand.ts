/** What drivers asked for in a time, and what became of it: what a policy is tried on. Plain data. */
import { HOUR_MS, type EpochMs } from '../../../platform/clock/index.ts';
import type { ErrorCode } from '../../../platform/errors/index.ts';
import type { AskedFor } from '../asked-for.ts';
import type { BookingPolicy } from '../policy.ts';

/** How a reservation comes to its end. */
export type Ending = 'used' | 'noShows' | 'cancelledByDriver' | 'cancelledByOperator' | 'holdsExpired' | 'leftUnused' | 'lost';

/** A slot as it was promised. */
export interface GivenSlot {
  evseId: string;
  start: EpochMs;
  end: EpochMs;
}

/** What became of a reservation, as far as it is known. Nothing of it depends on the policy, except when its slot was over. */
export interface Life {
  /** as it was promised first */
  slot: GivenSlot;
  /** moves and extensions, in their order */
  changes: (GivenSlot & { at: EpochMs })[];
  /** when the driver said that they are late, and when they would come */
  delays: { at: EpochMs; expectedArrival: EpochMs }[];
  confirmedAt: EpochMs | null;
  cancelledAt: EpochMs | null;
  cancelledBy: 'driver' | 'operator' | null;
  /** when it was given up, since its EVSE was not to be had and no other was */
  lostAt: EpochMs | null;
  arrivedAt: EpochMs | null;
  leftAt: EpochMs | null;
  /** when its session ended; null when it had not, or there was none */
  departedAt: EpochMs | null;
  endedAs: Ending | 'open';
  /** of the policy that it was made under */
  lateStopMinutes: number;
  changeUntilMinutes: number;
}

/** One request. */
export interface Attempt {
  askedAt: EpochMs;
  locationId: string;
  driverId: string | null;
  asked: AskedFor;
  /** why it was refused; null when it was accepted, and `life` tells what became of it */
  refusedWith: ErrorCode | null;
  life: Life | null;
}

/** What one driver wanted once: the attempts to get it, in their order. Only the last of them can have been accepted. */
export interface Demand {
  attempts: Attempt[];
}

/** A reservation that holds its slot whatever the policy: made before the time that is looked at, or flexible. */
export interface GivenReservation {
  locationId: string;
  driverId: string | null;
  askedAt: EpochMs;
  policy: BookingPolicy;
  life: Life;
}

/** Who was refused and asks again so soon means the same trip, if the new time is one of those that alternatives are offered for. */
const RETRIED_WITHIN_MS = HOUR_MS;
const RETRIED_NEAR_MS = 6 * HOUR_MS;

/**
 * SIM-4: tells retries from new wishes. After a refusal, a request of the same driver is the same demand when it is for the same start,
 * whenever it comes, or when it comes within an hour for a start at most six hours away. Requests without a driver can't be told apart,
 * so each is a demand of its own.
 *
 * @param attempts in the order in which they were asked
 */
export function demandsOf(attempts: readonly Attempt[]): Demand[] {
  const demands: Demand[] = [];
  const open = new Map<string, { byStart: Map<EpochMs, Demand>; latest: Demand | undefined }>();
  for (const attempt of attempts) {
    const known = attempt.driverId === null ? undefined : remember(open, attempt.driverId);
    const found = known?.byStart.get(attempt.asked.start) ?? (isSoonRetry(known?.latest, attempt) ? known?.latest : undefined);
    const demand = found ?? { attempts: [] };
    if (!found) demands.push(demand);
    demand.attempts.push(attempt);
    if (!known) continue;
    if (attempt.refusedWith === null) {
      for (const { asked } of demand.attempts) if (known.byStart.get(asked.start) === demand) known.byStart.delete(asked.start);
      if (known.latest === demand) known.latest = undefined;
    } else {
      known.byStart.set(attempt.asked.start, demand);
      known.latest = demand;
    }
  }
  return demands;
}

function isSoonRetry(demand: Demand | undefined, attempt: Attempt): boolean {
  const last = demand?.attempts.at(-1);
  return last !== undefined && attempt.askedAt - last.askedAt <= RETRIED_WITHIN_MS && Math.abs(attempt.asked.start - last.asked.start) <= RETRIED_NEAR_MS;
}

function remember(open: Map<string, { byStart: Map<EpochMs, Demand>; latest: Demand | undefined }>, driverId: string) {
  const known = open.get(driverId) ?? { byStart: new Map<EpochMs, Demand>(), latest: undefined };
  open.set(driverId, known);
  return known;
}
