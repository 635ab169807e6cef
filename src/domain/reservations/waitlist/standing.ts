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

/** Where those of these entries stand that wait, by their ids: few queries, however many entries there are. */
export async function standingsOf(ctx: Context, entries: readonly WaitlistEntry[]): Promise<Map<string, Standing>> {
  const waiting = entries.filter(({ status }) => status === 'waiting');
  if (waiting.length === 0) return new Map();
  const queues = waiting.length === 1 ? [] : await store.listQueues(ctx.tx, ctx.network.id, waiting.map(({ id }) => id));
  const ahead = waiting.length === 1 ? [await store.countAhead(ctx.tx, waiting[0]!)] : waiting.map((entry) => countAhead(queues, entry));
  const historyOf = await loadHistories(ctx, waiting, queues);
  return new Map(waiting.map((entry, i) => {
    const position = 1 + ahead[i]!;
    return [entry.id, { position, expectedWait: expectedWait(historyOf(entry), entry, position, ctx.now) }];
  }));
}

/** WTL-9, as the store counts it of one entry; of many it is faster to look once through all who wait. */
function countAhead(queues: readonly store.Queue[], { id, earliestStart, latestEnd }: WaitlistEntry): number {
  const own = queues.find(({ asked }) => asked?.[id] !== undefined);
  if (own === undefined) return 0; // it waits for no EVSE, or waits no longer
  const place = own.asked![id]!;
  const mine = new Set(own.evseIds);
  let ahead = 0;
  for (const { evseIds, places, earliestStarts, latestEnds } of queues) {
    if (!evseIds.some((evseId) => mine.has(evseId))) continue;
    for (let i = 0; i < places.length; i++) if (places[i]! < place && earliestStarts[i]! < latestEnd && latestEnds[i]! > earliestStart) ahead += 1;
  }
  return ahead;
}

const shortestOf = ({ latestEnd, lastStart }: WaitlistEntry): number => latestEnd - lastStart;

/** Entries that wait for the same EVSEs, for as long, have one history. */
async function loadHistories(ctx: Context, waiting: readonly WaitlistEntry[], queues: readonly store.Queue[]): Promise<(entry: WaitlistEntry) => History> {
  const queueOf = new Map(queues.flatMap(({ asked }, i) => Object.keys(asked ?? {}).map((id) => [id, i])));
  const keyOf = (entry: WaitlistEntry): string => `${queueOf.get(entry.id) ?? entry.id} ${shortestOf(entry)}`;
  const first = new Map(waiting.map((entry) => [keyOf(entry), entry]));
  const asked = [...first.values()].map((entry) => ({ entryId: entry.id, shortestMs: shortestOf(entry) }));
  const givenBack = Map.groupBy(await store.listGivenBack(ctx.tx, asked, ctx.now - HISTORY_MS, MOST_GIVEN_BACK), ({ entryId }) => entryId);
  const since = new Map((await store.knownSince(ctx.tx, asked.map(({ entryId }) => entryId))).map(({ entryId, at }) => [entryId, at]));
  return (entry) => {
    const { id } = first.get(keyOf(entry))!;
    return { since: since.get(id) ?? ctx.now, givenBack: givenBack.get(id) ?? [] };
  };
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
