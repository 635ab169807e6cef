/** The two things that are done to an occurrence when it is due: booking it, and cancelling its reservation with its series. */
import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { actorFor, type Context } from '../../organisations/index.ts';
import { cancelReservation } from '../change.ts';
import { createReservation } from '../create.ts';
import { saveSeries } from './events.ts';
import { inputAt, type Occurrence, type OccurrenceProblem, type Series } from './series.ts';
import * as store from './store.ts';

/** Holds are short: so much later there may be room for another one. */
const HOLDS_RETRIED_MS = 15 * MINUTE_MS;
/** After a failure of our own: after a minute, two, four, … */
const FAILURE_RETRIED_MS = MINUTE_MS;
const FAILURE_RETRIED_AT_MOST_MS = 6 * HOUR_MS;

/**
 * Books a scheduled occurrence, in the name of who made the series, through the one door that every reservation comes by. What
 * can't be had for now is scheduled anew (SER-5, SER-6); what can't be had at all becomes unavailable. Series and occurrence must be locked.
 */
export async function bookOccurrence(ctx: Context, series: Series, occurrence: Occurrence): Promise<Occurrence> {
  const acting = await asMaker(ctx, series);
  try {
    const { id, status } = await ctx.tx.savepoint(() => createReservation(acting, { ...inputAt(series.wish, occurrence.startsAt, ctx.now), seriesId: series.id }));
    return await save(ctx, { ...occurrence, status: 'reserved', dueAt: null, waitsForRoom: false, reservationId: id, reservationStatus: status, problem: null });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return afterRefusal(ctx, series, occurrence, error);
  }
}

async function afterRefusal(ctx: Context, series: Series, occurrence: Occurrence, refusal: DomainError): Promise<Occurrence> {
  const next = occurrence.startsAt <= ctx.now ? undefined : await nextTry(ctx, series, occurrence, refusal);
  if (next !== undefined) {
    const waitsForRoom = refusal.code === 'too_many_active_reservations';
    const problem = refusal.code === 'lead_time_not_allowed' ? null : problemOf(refusal);
    if (waitsForRoom) await store.waitForRoom(ctx.tx, series.id, ctx.now, next, problem!); // the others that are due would be refused the same
    return save(ctx, { ...occurrence, status: 'scheduled', dueAt: next, waitsForRoom, problem });
  }
  // What it had waited for all the while says more than that it is too late now.
  const isTooLate = refusal.code === 'lead_time_not_allowed' || refusal.code === 'time_in_past';
  const problem = (isTooLate ? occurrence.problem : null) ?? problemOf(refusal);
  const unavailable = await save(ctx, { ...occurrence, status: 'unavailable', dueAt: null, waitsForRoom: false, problem });
  await saveSeries(ctx, series, {}, 'reservation_series.occurrence_unavailable', unavailable);
  return unavailable;
}

/** When another try can succeed: later than now, and no later than the start. Undefined when waiting does not help. */
async function nextTry(ctx: Context, series: Series, { startsAt }: Occurrence, { code, details }: DomainError): Promise<EpochMs | undefined> {
  if (code === 'lead_time_not_allowed' && typeof details.max_lead_minutes === 'number') return startsAt - details.max_lead_minutes * MINUTE_MS;
  if (code === 'too_many_active_reservations') return Math.min((await store.nextEndOfDriver(ctx.tx, series.driverId!, ctx.now)) ?? startsAt, startsAt);
  if (code === 'hold_limit_reached') return Math.min(ctx.now + HOLDS_RETRIED_MS, startsAt);
  const bannedUntil = code === 'driver_banned' ? Date.parse(String(details.banned_until)) : Infinity;
  return bannedUntil < startsAt ? bannedUntil : undefined;
}

/**
 * SER-8: cancels the reservation of an occurrence whose series is cancelled, through the one use case that cancels. What is refused
 * (past the cut-off) stands, and the occurrence says why. Series and occurrence must be locked.
 */
export async function cancelOccurrence(ctx: Context, series: Series, occurrence: Occurrence): Promise<Occurrence> {
  const acting = await asMaker(ctx, series);
  try {
    const { status } = await ctx.tx.savepoint(() => cancelReservation(acting, occurrence.reservationId!, { reason: 'series_cancelled' }));
    return await save(ctx, { ...occurrence, status: 'cancelled', dueAt: null, reservationStatus: status });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return save(ctx, { ...occurrence, dueAt: null, problem: problemOf(error) });
  }
}

/**
 * SER-14: an occurrence at which we have failed ourselves is tried again later and later, at the latest when it begins; then there is no point
 * in it any more. It says so meanwhile. Series and occurrence must be locked.
 */
export async function putOff(ctx: Context, series: Series, occurrence: Occurrence): Promise<Occurrence> {
  const { problem: before, startsAt, status } = occurrence;
  const tries = 1 + (before?.code === 'internal' ? Number(before.details.tries) : 0);
  const problem: OccurrenceProblem = { code: 'internal', detail: 'Something went wrong on our side.', details: { tries } };
  const delayMs = Math.min(FAILURE_RETRIED_MS * 2 ** (tries - 1), FAILURE_RETRIED_AT_MOST_MS);
  if (startsAt > ctx.now) return save(ctx, { ...occurrence, dueAt: Math.min(ctx.now + delayMs, startsAt), waitsForRoom: false, problem });
  if (status !== 'scheduled') return save(ctx, { ...occurrence, dueAt: null, problem });
  const unavailable = await save(ctx, { ...occurrence, status: 'unavailable', dueAt: null, waitsForRoom: false, problem });
  await saveSeries(ctx, series, {}, 'reservation_series.occurrence_unavailable', unavailable);
  return unavailable;
}

export async function save(ctx: Context, occurrence: Occurrence): Promise<Occurrence> {
  await store.updateOccurrence(ctx.tx, occurrence);
  return occurrence;
}

function problemOf({ code, message, details }: DomainError): OccurrenceProblem {
  return { code, detail: message, details };
}

async function asMaker(ctx: Context, series: Series): Promise<Context> {
  return ctx.as({ actor: await actorFor(ctx, series.organisationId, series.id) });
}
