/** How an entry stands: its place among those who want the same, and how long that took in the past. Guesses, beside its versions. */
import { DAY_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import type { Context } from '../../organisations/index.ts';
import { HISTORY_MS, type WaitlistEntry } from './entry.ts';
import * as store from './store-waitlist.ts';

export interface ExpectedWait {
  /** until an offer, where there was one on at least one of those days */
  minutes: number | null;
  /** of the last 28, those that tell: on which the place was there, and the same window, so long ahead, is over by now */
  days: number;
  /** and those of them on which it would have been offered something */
  daysWithOffer: number;
}

export interface Standing {
  /** 1: nobody goes before it */
  position: number;
  expectedWait: ExpectedWait;
}

export interface History {
  /** since when it tells anything */
  since: EpochMs;
  givenBack: readonly store.GivenBack[];
}

/** Cancellations that are looked at; of more, the newest. */
const MOST_GIVEN_BACK = 5_000;

/** Where an entry stands; undefined when it does not wait. */
export async function standingOf(ctx: Context, entry: WaitlistEntry): Promise<Standing | undefined> {
  if (entry.status !== 'waiting') return undefined;
  const position = 1 + (await store.countAhead(ctx.tx, entry));
  const shortestMs = entry.latestEnd - entry.lastStart;
  const givenBack = await store.listGivenBack(ctx.tx, entry.id, ctx.now - HISTORY_MS, shortestMs, MOST_GIVEN_BACK);
  const since = (await store.knownSince(ctx.tx, entry.id)) ?? ctx.now;
  return { position, expectedWait: expectedWait({ since, givenBack }, entry, position, ctx.now) };
}

/**
 * WTL-10: had it waited at this time of any of the last 28 days, for the same window of that day: after how long would enough time have been
 * given back for it and all before it? The middle of the days on which that was so. Days whose window is not over yet, or on which nothing
 * could be booked there, tell nothing.
 */
export function expectedWait(
  { since, givenBack }: History, { earliestStart, lastStart, latestEnd }: Pick<WaitlistEntry, 'earliestStart' | 'lastStart' | 'latestEnd'>, position: number, now: EpochMs,
): ExpectedWait {
  const shortestMs = latestEnd - lastStart;
  const waits: number[] = [];
  let days = 0;
  for (let back = DAY_MS; back <= HISTORY_MS; back += DAY_MS) {
    if (lastStart - back > now || now - back < since) continue;
    days += 1;
    const [from, to] = [now - back, lastStart - back];
    const offers = givenBack.filter(({ at, start, end }) =>
      at > from && at <= to && Math.min(end, latestEnd - back) - Math.max(start, earliestStart - back) >= shortestMs);
    const enough = offers.map(({ at }) => at).sort((a, b) => a - b)[position - 1];
    if (enough !== undefined) waits.push(enough - from);
  }
  return { minutes: waits.length === 0 ? null : Math.ceil(median(waits) / MINUTE_MS), days, daysWithOffer: waits.length };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
