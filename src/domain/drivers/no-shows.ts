/** DRV-3: reservations that were not used are counted in a row, and lead to a ban. Pure. */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { Driver } from './driver.ts';

export type NoShowCount = Pick<Driver, 'consecutiveNoShows' | 'bannedUntil'>;

/** After one more reservation that was not used: at `consecutive` of them the driver is banned for `banMinutes`, and the row begins anew. */
export function afterNoShow({ consecutiveNoShows, bannedUntil }: NoShowCount, ban: { consecutive: number; banMinutes: number } | null, now: EpochMs): NoShowCount {
  const counted = consecutiveNoShows + 1;
  if (ban === null || counted < ban.consecutive) return { consecutiveNoShows: counted, bannedUntil };
  return { consecutiveNoShows: 0, bannedUntil: now + ban.banMinutes * MINUTE_MS };
}

export function isBanned({ bannedUntil }: Pick<Driver, 'bannedUntil'>, now: EpochMs): boolean {
  return bannedUntil !== null && bannedUntil > now;
}
