import type { Context } from '../../organisations/index.ts';
import type { Occurrence, Series } from './series.ts';
import * as store from './store.ts';

/** What an event of a series tells: the series, and the occurrence that it is about, if it is about one. */
export type SeriesEventData = Series & { occurrence: Occurrence | null };

/** Writes a changed series as its next version and appends the event that tells of it. The series must be locked. */
export async function saveSeries(ctx: Context, before: Series, change: Partial<Series>, eventType: string, occurrence?: Occurrence): Promise<Series> {
  const after: Series = { ...before, ...change, version: before.version + 1, updatedAt: ctx.now };
  await store.updateSeries(ctx.tx, after);
  await emitSeries(ctx, eventType, after, occurrence);
  return after;
}

export async function emitSeries(ctx: Context, type: string, series: Series, occurrence: Occurrence | null = null): Promise<void> {
  const data: SeriesEventData = { ...series, occurrence };
  await ctx.emit({
    type, object: 'reservation_series', objectId: series.id, objectVersion: series.version, isPublic: false, audience: [series.organisationId], touches: [], data,
  });
}
