/** What is done to a series and its occurrences after it was made. */
import { DomainError, notFound } from '../../../platform/errors/index.ts';
import type { Context } from '../../organisations/index.ts';
import { cancelReservation } from '../change.ts';
import { isFinal } from '../reservation.ts';
import { bookOccurrence, save } from './book.ts';
import { saveSeries } from './events.ts';
import { lockForChange, type SeriesWithOccurrences } from './read.ts';
import { shownStatus, type Occurrence, type OccurrenceStatus, type Series } from './series.ts';
import * as store from './store.ts';

/**
 * Cancels a series: nothing more is booked for it. Its reservations that have not begun are due to be cancelled from then on, each in
 * a transaction of its own (SER-8).
 */
export async function cancelSeries(ctx: Context, id: string): Promise<SeriesWithOccurrences> {
  const series = await lockForChange(ctx, id);
  requireActive(series);
  await store.cancelOccurrences(ctx.tx, id, ctx.now);
  const cancelled = await saveSeries(ctx, series, { status: 'cancelled', cancelledAt: ctx.now }, 'reservation_series.cancelled');
  return { series: cancelled, occurrences: await store.listOccurrences(ctx.tx, [id]) };
}

/** SER-9: leaves an occurrence out, and cancels its reservation where it has one; while that is refused, it stays. */
export async function skipOccurrence(ctx: Context, id: string, date: string): Promise<Occurrence> {
  const { series, occurrence } = await lockOne(ctx, id, date, ['scheduled', 'reserved', 'unavailable']);
  const { reservationId, reservationStatus } = occurrence;
  if (occurrence.startsAt <= ctx.now) throw new DomainError('invalid_state', 'That occurrence is over, or has begun.', { status: shownStatus(occurrence) });
  const isLive = reservationStatus !== null && !isFinal(reservationStatus);
  const cancelled = isLive ? await cancelReservation(ctx, reservationId!, { reason: 'occurrence_skipped' }) : undefined;
  const skipped = await save(ctx, {
    ...occurrence, status: 'excepted', dueAt: null, waitsForRoom: false, problem: null, reservationStatus: cancelled?.status ?? reservationStatus,
  });
  await saveSeries(ctx, series, {}, 'reservation_series.occurrence_skipped', skipped);
  return skipped;
}

/** SER-10: tries at once to book what could not be had, or what waits. It is unavailable again, or waits on, when it still can't be had. */
export async function retryOccurrence(ctx: Context, id: string, date: string): Promise<Occurrence> {
  const { series, occurrence } = await lockOne(ctx, id, date, ['scheduled', 'unavailable']);
  return bookOccurrence(ctx, series, occurrence);
}

async function lockOne(ctx: Context, id: string, date: string, from: readonly OccurrenceStatus[]): Promise<{ series: Series; occurrence: Occurrence }> {
  const series = await lockForChange(ctx, id);
  const occurrence = await store.lockOccurrence(ctx.tx, id, date);
  if (!occurrence) throw notFound('occurrence', date);
  requireActive(series);
  const status = shownStatus(occurrence);
  if (!from.includes(status)) throw new DomainError('invalid_state', `An occurrence that is ${status} can not do that.`, { status });
  return { series, occurrence };
}

function requireActive({ status }: Series): void {
  if (status !== 'active') throw new DomainError('invalid_state', 'The series is cancelled.', { status });
}
