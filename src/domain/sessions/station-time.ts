/** What a station's times are worth (SES-12): stations that were away tell of the past, and some have clocks that are wrong. Pure. */
import { DAY_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';

/** Clocks differ by so much without being wrong. */
const TOLERANCE_MS = MINUTE_MS;
/** No station keeps what has happened for longer. */
const LONGEST_AWAY_MS = 30 * DAY_MS;

/**
 * What is to be added to the times of a transaction: 0 where its start can be what its station says, what its clock is known to be wrong by where it can be that, else
 * what makes it now.
 *
 * @param known.skewMs how far the station's clock is ahead, as it told last
 * @param known.notBefore it can't have begun earlier: somebody has asked for it then
 */
export function clockOffset(said: EpochMs | undefined, now: EpochMs, { skewMs = 0, notBefore = -Infinity }: { skewMs?: number; notBefore?: EpochMs }): number {
  if (said === undefined) return 0;
  const offset = Math.abs(skewMs) > TOLERANCE_MS ? -skewMs : 0;
  const at = said + offset;
  const canBe = at <= now + TOLERANCE_MS && at >= now - LONGEST_AWAY_MS && at >= notBefore - TOLERANCE_MS;
  return canBe ? offset : now - said;
}

/** When something of a transaction happened: never before it began, never later than now. A clock that was put right meanwhile is believed. */
export function happenedAt(said: EpochMs | undefined, now: EpochMs, { clockOffsetMs, startedAt }: { clockOffsetMs: number; startedAt: EpochMs }): EpochMs {
  if (said === undefined) return now;
  const candidates = [said + clockOffsetMs, said].filter((at) => at >= startedAt - TOLERANCE_MS && at <= now + TOLERANCE_MS);
  return Math.min(now, Math.max(startedAt, candidates[0] ?? now));
}
