/** What is due of series. Idempotent: an occurrence is due until the transaction that acted on it has committed. */
import { processNow, type EpochMs } from '../../../platform/clock/index.ts';
import { isPassing } from '../../../platform/database/index.ts';
import { inContext, type Context, type Runtime } from '../../organisations/index.ts';
import { bookOccurrence, cancelOccurrence, putOff } from './book.ts';
import * as store from './store.ts';

export interface SeriesSweep {
  /** that one alone */
  seriesId?: string;
  /** so many of those that are due are left out */
  past?: number;
  /** is told of failures that are the program's own, once what was done instead is committed */
  onFailure?(failure: unknown): void;
}

/** Books or cancels occurrences of the context's network that are due, at most so many. Returns how many; those at which it failed are among them (SER-14). */
export async function sweepSeries(ctx: Context, limit: number, { seriesId, past = 0, onFailure = () => undefined }: SeriesSweep = {}): Promise<number> {
  const due = (await store.lockDueOccurrences(ctx.tx, ctx.network.id, ctx.now, limit + past, seriesId)).slice(past);
  for (const { seriesId: id, date } of due) {
    const series = (await store.lockSeries(ctx.tx, id))!;
    const occurrence = (await store.lockOccurrence(ctx.tx, id, date))!;
    try {
      await ctx.tx.savepoint(() => (occurrence.status === 'scheduled' ? bookOccurrence : cancelOccurrence)(ctx, series, occurrence));
    } catch (failure) {
      if (isPassing(failure)) throw failure;
      await putOff(ctx, series, occurrence);
      ctx.tx.afterCommit(() => onFailure(failure));
    }
  }
  return due.length;
}

/** The next instant after the context's time at which there will be something to sweep. */
export async function nextSeriesDeadline(ctx: Context): Promise<EpochMs | undefined> {
  return store.nextDueAt(ctx.tx, ctx.network.id, ctx.now);
}

/** While the sweeper has the series, which it gives back after each occurrence. */
const PAUSE_MS = 20;

/**
 * Does what is due of one series now, one occurrence a transaction, so that none waits for another and a crash loses none of those that
 * are done. Gives up after `patienceMs`; the sweeper does the rest.
 */
export async function settleSeries(runtime: Runtime, where: { networkId: string; requestId?: string }, seriesId: string, patienceMs: number): Promise<void> {
  const until = processNow() + patienceMs;
  const caller = { ...where, actor: { kind: 'system' } } as const;
  while (processNow() < until) {
    const { done, isMore } = await inContext(runtime, caller, async (ctx) => {
      const swept = await sweepSeries(ctx, 1, { seriesId });
      return { done: swept, isMore: await store.hasDueOccurrences(ctx.tx, seriesId, ctx.now) };
    });
    if (!isMore) return;
    if (done === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
