import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError, type ErrorCode } from '../../../platform/errors/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import { actingOrganisation, type Context } from '../../organisations/index.ts';
import { createReservation } from '../create.ts';
import { requireReachable } from '../flexible/reachable.ts';
import { requireSoundArea } from '../flexible/wish.ts';
import { locate } from '../locate.ts';
import { emitSeries } from './events.ts';
import { expandRule, parseRule, type RuleDay } from './rule.ts';
import { inputAt, type Occurrence, type Series, type SeriesWish } from './series.ts';
import * as store from './store.ts';

export interface SeriesInput {
  rrule: string;
  /** on the clock of the zone, without an offset */
  start: string;
  /** IANA; the location's when it is not said */
  timeZone?: string;
  excludedDates: string[];
  wish: SeriesWish;
}

/**
 * Makes a series with all its occurrences scheduled, each for the moment at which its location takes bookings that far ahead, which may be now.
 * They are booked after this is committed, one by one (SER-4). Fails with `invalid_request` for a rule that is not taken, and with what
 * stands against every occurrence, whenever it is.
 */
export async function createSeries(ctx: Context, input: SeriesInput): Promise<{ series: Series; occurrences: Occurrence[] }> {
  const place = await placeOf(ctx, input.wish).catch((error: unknown) => {
    throw inSeries(error);
  });
  const timeZone = input.timeZone ?? place.timeZone;
  const start = readStart(input.start);
  const days = expandRule(parseRule(input.rrule), start, timeZone, ctx.now);
  if (days[0]!.startsAt < ctx.now) throw new DomainError(
    'time_in_past', 'The first occurrence lies in the past.', { errors: [{ pointer: '/start', message: 'must not lie in the past' }] },
  );
  const excluded = new Set(input.excludedDates);
  const booked = days.filter(({ date }) => !excluded.has(date));
  if (booked.length === 0) throw new DomainError(
    'invalid_request', 'Nothing is left of the rule.', { errors: [{ pointer: '/exdates', message: 'leave no occurrence' }] },
  );
  const wish = { ...input.wish, driverId: input.wish.driverId ?? (ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined) };
  const dueAt = ({ startsAt }: RuleDay): EpochMs => Math.max(ctx.now, startsAt - place.maxLeadMinutes * MINUTE_MS);
  await rehearse(ctx.as({ now: dueAt(booked[0]!) }), wish, booked[0]!);

  const series: Series = {
    id: newId('reservationSeries'), networkId: ctx.network.id, organisationId: actingOrganisation(ctx)!, driverId: wish.driverId ?? null, status: 'active',
    rrule: input.rrule, startsLocal: start.toString(), timeZone, excludedDates: [...excluded].sort(), wish, version: 1, createdAt: ctx.now, updatedAt: ctx.now, cancelledAt: null,
  };
  const occurrences = days.map((day): Occurrence => ({
    seriesId: series.id, ...day, ...(excluded.has(day.date) ? { status: 'excepted', dueAt: null } : { status: 'scheduled', dueAt: dueAt(day) }), waitsForRoom: false,
    reservationId: null, reservationStatus: null, problem: null,
  }));
  await store.insertSeries(ctx.tx, series, occurrences);
  await emitSeries(ctx, 'reservation_series.created', series);
  return { series, occurrences };
}

/** The zone of the place, or of one in the area, and how far ahead slots are booked there. */
async function placeOf(ctx: Context, wish: SeriesWish): Promise<{ timeZone: string; maxLeadMinutes: number }> {
  if (!('area' in wish)) {
    const { location, inForce } = await locate(ctx, wish);
    return { timeZone: location.timeZone, maxLeadMinutes: inForce.policy.maxLeadMinutes };
  }
  requireSoundArea(wish.area);
  const reachable = await requireReachable(ctx, wish.area);
  return { timeZone: reachable[0]!.location.timeZone, maxLeadMinutes: Math.max(...reachable.map(({ policy }) => policy.maxLeadMinutes)) };
}

function readStart(text: string): Temporal.PlainDateTime {
  try {
    return Temporal.PlainDateTime.from(text);
  } catch {
    throw new DomainError('invalid_request', 'There is no such day.', { errors: [{ pointer: '/start', message: 'must be a day and a time of the calendar' }] });
  }
}

/** Refusals that one occurrence can meet and another not: they are no reason against the series. */
const OF_ONE_OCCURRENCE: readonly ErrorCode[] = [
  'slot_unavailable', 'walk_in_share_reached', 'outside_opening_hours', 'lead_time_not_allowed', 'too_many_active_reservations', 'driver_banned', 'hold_limit_reached',
];

class Rehearsed extends Error {}

/**
 * SER-3: books the first occurrence at the time when it will be due, and undoes it: what is refused there whatever the day (a place that is
 * not there, a vehicle that does not fit, times off the grid, somebody else's driver) is refused of the series.
 */
async function rehearse(ctx: Context, wish: SeriesWish, { startsAt }: RuleDay): Promise<void> {
  try {
    await ctx.tx.savepoint(async () => {
      await createReservation(ctx, inputAt('area' in wish ? { ...wish, confirm: false } : wish, startsAt, ctx.now));
      throw new Rehearsed();
    });
  } catch (error) {
    if (error instanceof Rehearsed) return;
    if (error instanceof DomainError && OF_ONE_OCCURRENCE.includes(error.code)) return;
    throw inSeries(error);
  }
}

/** What times are called in a series. */
const TIMES: Record<string, string> = {
  '/ideal_start': '/start', '/earliest_start': '/reservation/earliest_start_minutes_before', '/latest_end': '/reservation/latest_end_minutes_after',
};

/** The same refusal, of fields that lie deeper in a series. */
export function inSeries(error: unknown): unknown {
  if (!(error instanceof DomainError) || !error.details.errors) return error;
  const errors = error.details.errors.map(({ pointer, message }) => ({ pointer: TIMES[pointer] ?? `/reservation${pointer}`, message }));
  return new DomainError(error.code, error.message, { ...error.details, errors });
}
