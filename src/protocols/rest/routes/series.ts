/** Series of reservations. What is due of a series is done once its request is committed, and the answer waits for it a little while. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  cancelSeries, createSeries, getSeries, inSeries, listSeries, retryOccurrence, SERIES_STATUSES, settleSeries, skipOccurrence, type SeriesInput,
} from '../../../domain/reservations/series/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { decodeWhat, refuseWithout } from '../encode/asked.ts';
import { isTimeZone } from '../encode/location.ts';
import { encodeOccurrence, encodeSeries, encodeSummary } from '../encode/series.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions, type Settling } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import { EmptyIn } from '../schemas/reservation.ts';
import { LocalDate, OccurrenceOut, SeriesIn, SeriesOut, SeriesSummaryOut } from '../schemas/series.ts';

const tag = 'Series';
const params = Strict({ id: Id('reservationSeries') });
const oneOccurrence = Strict({ id: Id('reservationSeries'), date: LocalDate });
/** How long an answer waits for what is due; the sweeper does the rest. */
const PATIENCE_MS = 5_000;

export function addSeriesRoutes(app: FastifyInstance, options: RestOptions): void {
  const settle = async (body: unknown, { run, requestId, encoding }: Settling) => {
    const { id } = body as { id: string };
    const networkId = await run(async (ctx) => ctx.network.id);
    await settleSeries(options.runtime, { networkId, requestId }, id, PATIENCE_MS);
    return run(async (ctx) => encodeSeries(await getSeries(ctx, id), encoding));
  };
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservation_series', operationId: 'createSeries', tag, summary: 'Reserve a slot again and again',
    description: 'Each occurrence becomes a reservation of its own as soon as its location takes bookings that far ahead. What could not be had says why; the others stand.',
    body: SeriesIn, reply: SeriesOut, creates: true, settle,
    handle: async (ctx, { body, encoding }) => encodeSeries(await createSeries(ctx, decodeSeries(body)), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/reservation_series', operationId: 'listSeries', tag, summary: 'List your series, newest first, without their occurrences',
    query: Strict({ ...pageOf('reservationSeries'), status: Type.Optional(Type.Enum([...SERIES_STATUSES])), driver: Type.Optional(Id('driver')) }), reply: List(SeriesSummaryOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const found = await listSeries(ctx, { ...page, status: query.status, driverId: query.driver });
      return toList(request, page, found.map((one) => ({ ...one, id: one.series.id })), (one) => encodeSummary(one, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/reservation_series/:id', operationId: 'getSeries', tag, summary: 'Read a series with its occurrences', params, reply: SeriesOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeSeries(await getSeries(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservation_series/:id/cancel', operationId: 'cancelSeries', tag, params, body: EmptyIn, reply: SeriesOut, settle,
    summary: 'Cancel a series, and its reservations that have not begun; those past their cut-off say so, and stand',
    handle: async (ctx, { params: { id }, encoding }) => encodeSeries(await cancelSeries(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservation_series/:id/occurrences/:date/skip', operationId: 'skipOccurrence', tag, summary: 'Leave one occurrence out', params: oneOccurrence,
    body: EmptyIn, reply: OccurrenceOut,
    handle: async (ctx, { params: { id, date }, encoding }) => encodeOccurrence(await skipOccurrence(ctx, id, date), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservation_series/:id/occurrences/:date/retry', operationId: 'retryOccurrence', tag, params: oneOccurrence, body: EmptyIn, reply: OccurrenceOut,
    summary: 'Try again to book an occurrence that could not be had',
    handle: async (ctx, { params: { id, date }, encoding }) => encodeOccurrence(await retryOccurrence(ctx, id, date), encoding),
  });
}

function decodeSeries({ rrule, start, time_zone: timeZone, exdates, reservation }: Static<typeof SeriesIn>): SeriesInput {
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new DomainError('invalid_request', 'That time zone is not known.', { errors: [{ pointer: '/time_zone', message: 'must be an IANA time zone' }] });
  }
  return { rrule, start, timeZone, excludedDates: exdates ?? [], wish: decodeEach(reservation) };
}

function decodeEach(body: Static<typeof SeriesIn>['reservation']): SeriesInput['wish'] {
  try {
    const { end: _end, ...what } = decodeWhat(body, undefined, '/duration_minutes');
    const { earliest_start_minutes_before: earliestStartMinutesBefore, latest_end_minutes_after: latestEndMinutesAfter } = body;
    if ('area' in what) return { ...what, earliestStartMinutesBefore, latestEndMinutesAfter, confirm: body.confirm ?? false };
    refuseWithout('/location', { '/earliest_start_minutes_before': earliestStartMinutesBefore, '/latest_end_minutes_after': latestEndMinutesAfter });
    return { ...what, confirm: body.confirm ?? true };
  } catch (error) {
    throw inSeries(error);
  }
}
