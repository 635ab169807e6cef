import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../../platform/database/index.ts';
import type { Occurrence, OccurrenceProblem, OccurrenceStatus, Series, SeriesStatus } from './series.ts';

const SERIES = sql`s.id, s.network_id AS "networkId", s.organisation_id AS "organisationId", s.driver_id AS "driverId", s.status, s.rrule,
  s.starts_local AS "startsLocal", s.time_zone AS "timeZone", s.excluded_dates AS "excludedDates", s.wish, s.version, s.created_at AS "createdAt",
  s.updated_at AS "updatedAt", s.cancelled_at AS "cancelledAt"`;
const OCCURRENCE = sql`o.series_id AS "seriesId", o.date, o.starts_at AS "startsAt", o.status, o.due_at AS "dueAt", o.waits_for_room AS "waitsForRoom",
  o.reservation_id AS "reservationId", r.status AS "reservationStatus", o.problem`;
const OCCURRENCES = sql`series_occurrences o LEFT JOIN reservations r ON r.id = o.reservation_id`;

const instant = (at: EpochMs | null) => (at === null ? null : toRfc3339(at));

export async function insertSeries(db: Queryable, s: Series, occurrences: readonly Occurrence[]): Promise<void> {
  await db.query(sql`
    INSERT INTO reservation_series (id, network_id, organisation_id, driver_id, status, rrule, starts_local, time_zone, excluded_dates, wish, version, created_at, updated_at)
    VALUES (${s.id}, ${s.networkId}, ${s.organisationId}, ${s.driverId}, ${s.status}, ${s.rrule}, ${s.startsLocal}, ${s.timeZone}, ${s.excludedDates}::text[],
      ${json(s.wish)}::jsonb, ${s.version}, ${toRfc3339(s.createdAt)}, ${toRfc3339(s.updatedAt)})`);
  await db.query(sql`
    INSERT INTO series_occurrences (series_id, date, network_id, driver_id, starts_at, status, due_at)
    SELECT ${s.id}, o.date, ${s.networkId}, ${s.driverId}, o.starts_at, o.status, o.due_at
    FROM unnest(${occurrences.map((o) => o.date)}::text[], ${occurrences.map((o) => toRfc3339(o.startsAt))}::timestamptz[], ${occurrences.map((o) => o.status)}::text[],
      ${occurrences.map((o) => instant(o.dueAt))}::timestamptz[]) AS o (date, starts_at, status, due_at)`);
}

export async function findSeries(db: Queryable, id: string): Promise<Series | undefined> {
  return (await db.query<Series>(sql`SELECT ${SERIES} FROM reservation_series s WHERE s.id = ${id}`))[0];
}

/** Locks a series, and with it its occurrences. */
export async function lockSeries(db: Queryable, id: string): Promise<Series | undefined> {
  return (await db.query<Series>(sql`SELECT ${SERIES} FROM reservation_series s WHERE s.id = ${id} FOR UPDATE`))[0];
}

/** Writes what can change of a series. It must be locked. */
export async function updateSeries(db: Queryable, s: Series): Promise<void> {
  await db.query(sql`
    UPDATE reservation_series SET status = ${s.status}, version = ${s.version}, updated_at = ${toRfc3339(s.updatedAt)}, cancelled_at = ${instant(s.cancelledAt)}
    WHERE id = ${s.id}`);
}

export interface SeriesListing {
  networkId: string;
  organisationId?: string;
  driverId?: string;
  status?: SeriesStatus;
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listSeries(db: Queryable, o: SeriesListing): Promise<Series[]> {
  const where = sql`s.network_id = ${o.networkId} ${o.organisationId === undefined ? sql`` : sql`AND s.organisation_id = ${o.organisationId}`}
    ${o.driverId === undefined ? sql`` : sql`AND s.driver_id = ${o.driverId}`} ${o.status === undefined ? sql`` : sql`AND s.status = ${o.status}`}`;
  if (o.before !== undefined) {
    const rows = await db.query<Series>(sql`SELECT ${SERIES} FROM reservation_series s WHERE ${where} AND s.id > ${o.before} ORDER BY s.id ASC LIMIT ${o.limit}`);
    return rows.reverse();
  }
  return db.query<Series>(sql`
    SELECT ${SERIES} FROM reservation_series s WHERE ${where} ${o.after === undefined ? sql`` : sql`AND s.id < ${o.after}`} ORDER BY s.id DESC LIMIT ${o.limit}`);
}

/** All occurrences of these series, in their order. */
export async function listOccurrences(db: Queryable, seriesIds: readonly string[]): Promise<Occurrence[]> {
  return db.query<Occurrence>(sql`SELECT ${OCCURRENCE} FROM ${OCCURRENCES} WHERE o.series_id = ANY(${[...seriesIds]}::text[]) ORDER BY o.series_id, o.starts_at`);
}

/** Locks one occurrence of a series that is locked. */
export async function lockOccurrence(db: Queryable, seriesId: string, date: string): Promise<Occurrence | undefined> {
  return (await db.query<Occurrence>(sql`SELECT ${OCCURRENCE} FROM ${OCCURRENCES} WHERE o.series_id = ${seriesId} AND o.date = ${date} FOR UPDATE OF o`))[0];
}

/** Writes what can change of an occurrence. It must be locked. */
export async function updateOccurrence(db: Queryable, o: Occurrence): Promise<void> {
  await db.query(sql`
    UPDATE series_occurrences SET status = ${o.status}, due_at = ${instant(o.dueAt)}, waits_for_room = ${o.waitsForRoom}, reservation_id = ${o.reservationId},
      problem = ${o.problem === null ? null : json(o.problem)}::jsonb
    WHERE series_id = ${o.seriesId} AND date = ${o.date}`);
}

/** Locks occurrences that are due, with their series, the earliest first; leaves out what somebody else works on. */
export async function lockDueOccurrences(db: Queryable, networkId: string, now: EpochMs, limit: number, seriesId?: string): Promise<{ seriesId: string; date: string }[]> {
  return db.query(sql`
    SELECT o.series_id AS "seriesId", o.date FROM series_occurrences o JOIN reservation_series s ON s.id = o.series_id
    WHERE o.network_id = ${networkId} AND o.due_at <= ${toRfc3339(now)}::timestamptz ${seriesId === undefined ? sql`` : sql`AND o.series_id = ${seriesId}`}
    ORDER BY o.due_at, o.starts_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`);
}

export async function hasDueOccurrences(db: Queryable, seriesId: string, now: EpochMs): Promise<boolean> {
  return (await db.query(sql`SELECT 1 AS one FROM series_occurrences WHERE series_id = ${seriesId} AND due_at <= ${toRfc3339(now)}::timestamptz LIMIT 1`)).length > 0;
}

/** The next instant after `now` at which an occurrence of the network is due. */
export async function nextDueAt(db: Queryable, networkId: string, now: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(due_at) AS at FROM series_occurrences WHERE network_id = ${networkId} AND due_at > ${toRfc3339(now)}::timestamptz`);
  return row?.at ?? undefined;
}

/** Of a series that is cancelled: what is scheduled is not booked any more, and what is reserved and has not begun is to be cancelled now. */
export async function cancelOccurrences(db: Queryable, seriesId: string, now: EpochMs): Promise<void> {
  const cancelled: OccurrenceStatus = 'cancelled';
  await db.query(sql`
    UPDATE series_occurrences SET status = ${cancelled}, due_at = NULL, waits_for_room = false, problem = NULL WHERE series_id = ${seriesId} AND status = 'scheduled'`);
  await db.query(sql`
    UPDATE series_occurrences o SET due_at = ${toRfc3339(now)}::timestamptz FROM reservations r
    WHERE o.series_id = ${seriesId} AND o.status = 'reserved' AND r.id = o.reservation_id AND r.status IN ('pending', 'confirmed')
      AND o.starts_at > ${toRfc3339(now)}::timestamptz`);
}

/** What is due of a series waits until then (or its start), or until its driver has room. */
export async function waitForRoom(db: Queryable, seriesId: string, now: EpochMs, until: EpochMs, problem: OccurrenceProblem): Promise<void> {
  await db.query(sql`
    UPDATE series_occurrences SET due_at = least(${toRfc3339(until)}::timestamptz, starts_at), waits_for_room = true, problem = ${json(problem)}::jsonb
    WHERE series_id = ${seriesId} AND status = 'scheduled' AND due_at <= ${toRfc3339(now)}::timestamptz AND starts_at > ${toRfc3339(now)}::timestamptz`);
}

/** The first instant after `now` at which the slot of one of a driver's active reservations is over. */
export async function nextEndOfDriver(db: Queryable, driverId: string, now: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(reserved_end) AS at FROM reservations WHERE driver_id = ${driverId} AND status IN ('pending', 'confirmed') AND reserved_end > ${toRfc3339(now)}::timestamptz`);
  return row?.at ?? undefined;
}
