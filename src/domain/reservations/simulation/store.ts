import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { sql, type Queryable } from '../../../platform/database/index.ts';
import type { ErrorCode } from '../../../platform/errors/index.ts';
import type { Interval } from '../../calendar/index.ts';
import type { AskedFor } from '../asked-for.ts';
import type { BookingPolicy } from '../policy.ts';
import type { Reservation } from '../reservation.ts';
import type { Elsewhere, PlaceFacts } from './world.ts';

const instant = (at: EpochMs) => sql`${toRfc3339(at)}::timestamptz`;
const ms = (field: string) => sql`(r.details->>${field}::text)::float8`;
/** Whatever lies in a time: `start` belongs to it, `end` does not. */
const within = ({ start, end }: Interval) => sql`>= ${instant(start)} AND r.created_at < ${instant(end)}`;

/** The live locations of an operator, at most so many. */
export async function listLocationIds(db: Queryable, operatorId: string, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`SELECT id FROM locations WHERE operator_id = ${operatorId} AND retired_at IS NULL ORDER BY id LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/** How many requests, and how many vehicles, there were; no more than `limit` are counted of each kind. */
export async function countDemand(db: Queryable, locationIds: readonly string[], period: Interval, limit: number): Promise<{ requests: number; occupancies: number }> {
  const ids = sql`ANY(${[...locationIds]}::text[])`;
  const [row] = await db.query<{ requests: number; occupancies: number }>(sql`
    SELECT (SELECT count(*) FROM (SELECT 1 FROM reservations r WHERE r.location_id = ${ids} AND r.created_at ${within(period)} LIMIT ${limit}) made)::int
      + (SELECT count(*) FROM (SELECT 1 FROM refusals f WHERE f.location_id = ${ids} AND f.asked_at >= ${instant(period.start)}
          AND f.asked_at < ${instant(period.end)} LIMIT ${limit}) refused)::int AS requests,
      (SELECT count(*) FROM (SELECT 1 FROM occupancies o JOIN evses e ON e.id = o.evse_id WHERE e.location_id = ${ids} AND o.starts_at >= ${instant(period.start)}
          LIMIT ${limit}) there)::int AS occupancies`);
  return row!;
}

/** What of a reservation a replay needs. */
export type MadeRow = Pick<Reservation, 'id' | 'mode' | 'status' | 'driverId' | 'createdAt' | 'version' | 'idealStart' | 'idealEnd' | 'confirmedAt' | 'endedAt' | 'endedDetail'
  | 'cancelledBy' | 'leftAt' | 'sessionStartedAt'> & {
    locationId: string;
    evseId: string;
    reservedStart: EpochMs;
    reservedEnd: EpochMs;
    askedFor: AskedFor | null;
    /** of a flexible one: when it got its slot */
    decidedAt: EpochMs | null;
    lateStopMinutes: number;
    changeUntilMinutes: number;
    /** where it is needed whole */
    policy: BookingPolicy | null;
  };

const made = (policy: ReturnType<typeof sql>) => sql`r.id, r.mode, r.status, r.driver_id AS "driverId", r.location_id AS "locationId", r.evse_id AS "evseId",
  r.created_at AS "createdAt", r.version, r.reserved_start AS "reservedStart", r.reserved_end AS "reservedEnd", ${ms('idealStart')} AS "idealStart",
  ${ms('idealEnd')} AS "idealEnd", ${ms('confirmedAt')} AS "confirmedAt", ${ms('endedAt')} AS "endedAt", r.details->>'endedDetail' AS "endedDetail",
  r.details->>'cancelledBy' AS "cancelledBy", ${ms('leftAt')} AS "leftAt", ${ms('sessionStartedAt')} AS "sessionStartedAt", r.details->'askedFor' AS "askedFor",
  (r.details->'assignment'->>'decidedAt')::float8 AS "decidedAt", (r.policy->>'lateStopMinutes')::int AS "lateStopMinutes",
  (r.policy->>'changeUntilMinutes')::int AS "changeUntilMinutes", ${policy} AS policy`;

/** Exact reservations that were made in the period. */
export async function listMade(db: Queryable, locationIds: readonly string[], period: Interval): Promise<MadeRow[]> {
  return db.query(sql`
    SELECT ${made(sql`NULL::jsonb`)} FROM reservations r
    WHERE r.location_id = ANY(${[...locationIds]}::text[]) AND r.created_at ${within(period)} AND r.mode = 'exact' ORDER BY r.created_at, r.id`);
}

/** Reservations that stand in the period whatever is asked in it: made before and not over at its beginning, or flexible and given a slot. */
export async function listGiven(db: Queryable, locationIds: readonly string[], period: Interval): Promise<MadeRow[]> {
  return db.query(sql`
    SELECT ${made(sql`r.policy`)} FROM reservations r
    WHERE r.location_id = ANY(${[...locationIds]}::text[]) AND r.created_at < ${instant(period.end)} AND (r.created_at < ${instant(period.start)} OR r.mode = 'flexible')
      AND coalesce(${ms('endedAt')}, 'infinity') > ${period.start}::float8 AND r.evse_id IS NOT NULL ORDER BY r.created_at, r.id`);
}

export interface RefusedRow {
  locationId: string;
  driverId: string | null;
  code: ErrorCode;
  askedAt: EpochMs;
  asked: AskedFor;
}

export async function listRefused(db: Queryable, locationIds: readonly string[], { start, end }: Interval): Promise<RefusedRow[]> {
  return db.query(sql`
    SELECT location_id AS "locationId", driver_id AS "driverId", code, asked_at AS "askedAt", asked FROM refusals
    WHERE location_id = ANY(${[...locationIds]}::text[]) AND asked_at >= ${instant(start)} AND asked_at < ${instant(end)} ORDER BY asked_at, seq`);
}

/** A later version of a reservation, as the event told of it. */
export interface VersionRow {
  reservationId: string;
  type: string;
  at: EpochMs;
  evseId: string;
  reservedStart: EpochMs;
  reservedEnd: EpochMs;
  expectedArrival: EpochMs | null;
}

/** Versions of these reservations that came with events of these types, in their order. */
export async function listVersions(db: Queryable, reservationIds: readonly string[], types: readonly string[]): Promise<VersionRow[]> {
  return db.query(sql`
    SELECT object_id AS "reservationId", type, occurred_at AS at, data->>'evseId' AS "evseId", (data->>'reservedStart')::float8 AS "reservedStart",
      (data->>'reservedEnd')::float8 AS "reservedEnd", (data->>'expectedArrival')::float8 AS "expectedArrival"
    FROM events WHERE object_id = ANY(${[...reservationIds]}::text[]) AND type = ANY(${[...types]}::text[]) AND data->>'evseId' IS NOT NULL
    ORDER BY object_id, object_version`);
}

/** No-shows in a row and bans of drivers as they were at a time; a driver of whom nothing had been told is missing. */
export async function listDriversAt(db: Queryable, driverIds: readonly string[], at: EpochMs): Promise<{ id: string; consecutiveNoShows: number; bannedUntil: EpochMs | null }[]> {
  return db.query(sql`
    SELECT DISTINCT ON (object_id) object_id AS id, (data->>'consecutiveNoShows')::int AS "consecutiveNoShows", (data->>'bannedUntil')::float8 AS "bannedUntil"
    FROM events WHERE object_id = ANY(${[...driverIds]}::text[]) AND object = 'driver' AND occurred_at < ${instant(at)} ORDER BY object_id, object_version DESC`);
}

/** What these drivers had at other locations, or still without one, in a time. */
export async function listElsewhere(db: Queryable, driverIds: readonly string[], locationIds: readonly string[], { start, end }: Interval): Promise<Elsewhere[]> {
  return db.query(sql`
    SELECT r.driver_id AS "driverId", r.created_at AS "madeAt", ${ms('endedAt')} AS "endedAt", ${ms('sessionStartedAt')} AS "arrivedAt",
      coalesce(r.details->>'endedDetail' = 'no_show', false) AS "isNoShow", nullif(r.policy->'noShowBan', 'null') AS "noShowBan"
    FROM reservations r
    WHERE r.driver_id = ANY(${[...driverIds]}::text[]) AND r.created_at < ${instant(end)} AND coalesce(${ms('endedAt')}, 'infinity') > ${start}::float8
      AND (r.location_id IS NULL OR r.location_id <> ALL(${[...locationIds]}::text[]))
    ORDER BY r.created_at, r.id`);
}

type At<T> = T & { locationId: string };

export async function listBlocks(db: Queryable, locationIds: readonly string[], { start, end }: Interval): Promise<At<PlaceFacts['blocks'][number]>[]> {
  return db.query(sql`
    SELECT location_id AS "locationId", evse_id AS "evseId", starts_at AS start, ends_at AS "end", created_at AS "madeAt", released_at AS "removedAt" FROM bookings
    WHERE location_id = ANY(${[...locationIds]}::text[]) AND kind = 'block' AND ends_at > ${instant(start)} AND created_at < ${instant(end)}
      AND (released_at IS NULL OR released_at > ${instant(start)}) ORDER BY created_at, id`);
}

export async function listOutages(db: Queryable, locationIds: readonly string[], { start, end }: Interval): Promise<At<PlaceFacts['outages'][number]>[]> {
  return db.query(sql`
    SELECT location_id AS "locationId", evse_id AS "evseId", starts_at AS "startsAt", expected_end_at AS "expectedEndAt", ends_at AS "endsAt", created_at AS "createdAt"
    FROM outages WHERE evse_id IN (SELECT id FROM evses WHERE location_id = ANY(${[...locationIds]}::text[])) AND created_at < ${instant(end)}
      AND (ends_at IS NULL OR ends_at > ${instant(start)}) ORDER BY created_at, id`);
}

export async function listWalkIns(db: Queryable, locationIds: readonly string[], { start, end }: Interval): Promise<At<PlaceFacts['walkIns'][number]>[]> {
  return db.query(sql`
    SELECT location_id AS "locationId", evse_id AS "evseId", starts_at AS "startsAt", expected_end_at AS "expectedEndAt", ends_at AS "endsAt" FROM occupancies
    WHERE evse_id IN (SELECT id FROM evses WHERE location_id = ANY(${[...locationIds]}::text[])) AND reservation_id IS NULL AND starts_at < ${instant(end)}
      AND (ends_at IS NULL OR ends_at > ${instant(start)}) ORDER BY starts_at, id`);
}
