import { DomainError, notFound } from '../../../platform/errors/index.ts';
import { actingOrganisation, may, requireAccess, type Context } from '../../organisations/index.ts';
import { ownersOf, type Occurrence, type Series, type SeriesStatus } from './series.ts';
import * as store from './store.ts';

export interface SeriesWithOccurrences {
  series: Series;
  occurrences: Occurrence[];
}

export async function getSeries(ctx: Context, id: string): Promise<SeriesWithOccurrences> {
  const series = requireVisible(ctx, id, await store.findSeries(ctx.tx, id));
  return { series, occurrences: await store.listOccurrences(ctx.tx, [id]) };
}

/** The series, locked until the end of the transaction, when the caller may change it. */
export async function lockForChange(ctx: Context, id: string): Promise<Series> {
  const series = requireVisible(ctx, id, await store.lockSeries(ctx.tx, id));
  requireAccess(ctx, 'series.change', ownersOf(series));
  return series;
}

function requireVisible(ctx: Context, id: string, series: Series | undefined): Series {
  if (series?.networkId === ctx.network.id && may(ctx, 'series.read', ownersOf(series))) return series;
  if (ctx.actor.kind === 'public') throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  throw notFound('series', id);
}

export interface SeriesQuery {
  driverId?: string;
  status?: SeriesStatus;
  after?: string;
  before?: string;
  limit: number;
}

/** The caller's own series, newest first, each with its occurrences. */
export async function listSeries(ctx: Context, query: SeriesQuery): Promise<SeriesWithOccurrences[]> {
  const own = actingOrganisation(ctx);
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  requireAccess(ctx, 'series.read', ownersOf({ organisationId: own ?? '', driverId: ownDriverId ?? null }));
  if (ownDriverId !== undefined && query.driverId !== undefined && query.driverId !== ownDriverId) return [];
  const scope = ownDriverId === undefined ? { organisationId: own } : { driverId: ownDriverId };
  const found = await store.listSeries(ctx.tx, { ...query, ...scope, networkId: ctx.network.id });
  const occurrences = Map.groupBy(await store.listOccurrences(ctx.tx, found.map(({ id }) => id)), ({ seriesId }) => seriesId);
  return found.map((series) => ({ series, occurrences: occurrences.get(series.id) ?? [] }));
}
