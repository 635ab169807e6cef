import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../../platform/database/index.ts';
import type { Interval } from '../../calendar/index.ts';
import type { WaitlistEntry, WaitlistStatus } from './entry.ts';

const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/** Columns of their own, for what is looked for or due; everything else of an entry lies in `details`. */
const COLUMNS = [
  'id', 'networkId', 'organisationId', 'driverId', 'status', 'earliestStart', 'lastStart', 'latestEnd', 'lapses', 'reservationId', 'metadata', 'version', 'createdAt', 'updatedAt',
] as const satisfies (keyof WaitlistEntry)[];
type Details = Omit<WaitlistEntry, (typeof COLUMNS)[number]>;
type Row = Pick<WaitlistEntry, (typeof COLUMNS)[number]> & { details: Details };

const ENTRY = sql`w.id, w.network_id AS "networkId", w.organisation_id AS "organisationId", w.driver_id AS "driverId", w.status, w.earliest_start AS "earliestStart",
  w.last_start AS "lastStart", w.latest_end AS "latestEnd", w.lapses, w.reservation_id AS "reservationId", w.details, w.metadata, w.version, w.created_at AS "createdAt",
  w.updated_at AS "updatedAt"`;
const toEntry = ({ details, ...row }: Row): WaitlistEntry => ({ ...details, ...row });

function detailsOf(entry: WaitlistEntry): Details {
  const details: Partial<WaitlistEntry> = { ...entry };
  for (const column of COLUMNS) delete details[column];
  return details as Details;
}

/** Adds an entry, which is looked for at once. */
export async function insertEntry(db: Queryable, w: WaitlistEntry, evseIds: readonly string[]): Promise<void> {
  await db.query(sql`
    INSERT INTO waitlist_entries (id, network_id, organisation_id, driver_id, status, earliest_start, last_start, latest_end, lapses, reservation_id, details, metadata, version,
      created_at, updated_at, evse_ids, look_at)
    VALUES (${w.id}, ${w.networkId}, ${w.organisationId}, ${w.driverId}, ${w.status}, ${instant(w.earliestStart)}, ${instant(w.lastStart)}, ${instant(w.latestEnd)}, ${w.lapses},
      ${w.reservationId}, ${json(detailsOf(w))}::jsonb, ${json(w.metadata)}::jsonb, ${w.version}, ${instant(w.createdAt)}, ${instant(w.updatedAt)},
      ${[...evseIds]}::text[], ${instant(w.createdAt)})`);
}

/** Writes what can change of an entry; one that waits again is looked for at once. It must be locked. */
export async function updateEntry(db: Queryable, w: WaitlistEntry): Promise<void> {
  await db.query(sql`
    UPDATE waitlist_entries SET status = ${w.status}, lapses = ${w.lapses}, reservation_id = ${w.reservationId}, details = ${json(detailsOf(w))}::jsonb, version = ${w.version},
      updated_at = ${instant(w.updatedAt)}, look_at = ${instant(w.status === 'waiting' ? w.updatedAt : null)}
    WHERE id = ${w.id}`);
}

export async function findEntry(db: Queryable, id: string): Promise<WaitlistEntry | undefined> {
  return (await db.query<Row>(sql`SELECT ${ENTRY} FROM waitlist_entries w WHERE w.id = ${id}`)).map(toEntry)[0];
}

export async function lockEntry(db: Queryable, id: string): Promise<WaitlistEntry | undefined> {
  return (await db.query<Row>(sql`SELECT ${ENTRY} FROM waitlist_entries w WHERE w.id = ${id} FOR UPDATE`)).map(toEntry)[0];
}

export interface EntryListing {
  networkId: string;
  organisationId?: string;
  driverId?: string;
  status?: WaitlistStatus;
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listEntries(db: Queryable, o: EntryListing): Promise<WaitlistEntry[]> {
  const where = sql`w.network_id = ${o.networkId} ${o.organisationId === undefined ? sql`` : sql`AND w.organisation_id = ${o.organisationId}`}
    ${o.driverId === undefined ? sql`` : sql`AND w.driver_id = ${o.driverId}`} ${o.status === undefined ? sql`` : sql`AND w.status = ${o.status}`}`;
  if (o.before !== undefined) {
    const rows = await db.query<Row>(sql`SELECT ${ENTRY} FROM waitlist_entries w WHERE ${where} AND w.id > ${o.before} ORDER BY w.id ASC LIMIT ${o.limit}`);
    return rows.reverse().map(toEntry);
  }
  const rows = await db.query<Row>(sql`
    SELECT ${ENTRY} FROM waitlist_entries w WHERE ${where} ${o.after === undefined ? sql`` : sql`AND w.id < ${o.after}`} ORDER BY w.id DESC LIMIT ${o.limit}`);
  return rows.map(toEntry);
}

/** How many live entries a driver has. Certain only while the driver's row is locked. */
export async function countOfDriver(db: Queryable, driverId: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`SELECT count(*)::int AS n FROM waitlist_entries WHERE driver_id = ${driverId} AND status IN ('waiting', 'offered')`);
  return row!.n;
}

/** How many live entries an organisation has, counted up to a limit. Certain only while the organisation's row is locked. */
export async function countOfOrganisation(db: Queryable, organisationId: string, limit: number): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    SELECT count(*)::int AS n FROM (SELECT 1 FROM waitlist_entries WHERE organisation_id = ${organisationId} AND status IN ('waiting', 'offered') LIMIT ${limit}) live`);
  return row!.n;
}

/** Ids of entries that wait for any of these EVSEs and whose windows touch the time, in the order in which they are asked (WTL-7). */
export async function listWaitingFor(db: Queryable, networkId: string, evseIds: readonly string[], { start, end }: Interval, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    SELECT id FROM waitlist_entries
    WHERE network_id = ${networkId} AND status = 'waiting' AND evse_ids && ${[...evseIds]}::text[] AND earliest_start < ${instant(end)} AND latest_end > ${instant(start)}
    ORDER BY lapses, created_at, id LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/** How many entries that wait go before this one and want what it wants: an EVSE that both could use, in windows that touch (WTL-9). */
export async function countAhead(db: Queryable, w: Pick<WaitlistEntry, 'id' | 'networkId' | 'lapses' | 'createdAt' | 'earliestStart' | 'latestEnd'>): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    SELECT count(*)::int AS n FROM waitlist_entries o
    WHERE o.network_id = ${w.networkId} AND o.status = 'waiting' AND o.evse_ids && (SELECT evse_ids FROM waitlist_entries WHERE id = ${w.id})
      AND o.earliest_start < ${instant(w.latestEnd)} AND o.latest_end > ${instant(w.earliestStart)}
      AND (o.lapses, o.created_at, o.id) < (${w.lapses}, ${instant(w.createdAt)}, ${w.id})`);
  return row!.n;
}

/** Entries that wait for the same EVSEs. Of each its place in the order in which all are asked (WTL-7), and its window. */
export interface Queue {
  evseIds: string[];
  places: number[];
  earliestStarts: EpochMs[];
  latestEnds: EpochMs[];
  /** the places of the entries that were asked about, by their ids; null when none of them is here */
  asked: Record<string, number> | null;
}

/** Everybody who waits for an EVSE that one of these entries waits for, in a time that touches theirs. */
export async function listQueues(db: Queryable, networkId: string, entryIds: readonly string[]): Promise<Queue[]> {
  return db.query(sql`
    WITH asked AS MATERIALIZED (SELECT * FROM waitlist_entries WHERE id = ANY(${[...entryIds]}::text[])),
    queue AS (
      SELECT o.id, o.evse_ids, o.earliest_start, o.latest_end, (row_number() OVER (ORDER BY o.lapses, o.created_at, o.id))::int AS place
      FROM waitlist_entries o
      WHERE o.network_id = ${networkId} AND o.status = 'waiting' AND o.evse_ids && (SELECT array_agg(DISTINCT evse_id) FROM asked, unnest(asked.evse_ids) AS evse_id)
        AND o.earliest_start < (SELECT max(latest_end) FROM asked) AND o.latest_end > (SELECT min(earliest_start) FROM asked))
    SELECT evse_ids AS "evseIds", array_agg(place) AS places, array_agg(extract(epoch FROM earliest_start)::float8 * 1000) AS "earliestStarts",
      array_agg(extract(epoch FROM latest_end)::float8 * 1000) AS "latestEnds", jsonb_object_agg(id, place) FILTER (WHERE id = ANY(${[...entryIds]}::text[])) AS asked
    FROM queue GROUP BY evse_ids`);
}

/** Lets one process at a time offer a location's time, until the end of its transaction; whether it is this one. Never waits. */
export async function tryLockOffers(db: Queryable, locationId: string): Promise<boolean> {
  const [row] = await db.query<{ isMine: boolean }>(sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${`waitlist ${locationId}`}, 0)) AS "isMine"`);
  return row!.isMine;
}

/** Has entries looked for now that missed what was offered, since somebody was in the way. Never waits. */
export async function lookNow(db: Queryable, ids: readonly string[], now: EpochMs): Promise<void> {
  await db.query(sql`
    UPDATE waitlist_entries SET look_at = ${instant(now)} WHERE id IN (
      SELECT id FROM waitlist_entries WHERE id = ANY(${[...ids]}::text[]) AND status = 'waiting' ORDER BY id FOR UPDATE SKIP LOCKED)`);
}

/**
 * Writes, beside the versions of an entry that waits and is locked, what it waits for and when that is looked through again. Once in a
 * transaction: another write of the same row would have its driver's row checked again, and wait for who makes a reservation.
 */
export async function lookLater(db: Queryable, id: string, evseIds: readonly string[], at: EpochMs): Promise<void> {
  await db.query(sql`UPDATE waitlist_entries SET evse_ids = ${[...evseIds]}::text[], look_at = ${instant(at)} WHERE id = ${id} AND status = 'waiting'`);
}

/** Locks entries of a network whose window is over; never waits for one that is being worked on. */
export async function lockPassed(db: Queryable, networkId: string, now: EpochMs, limit: number): Promise<WaitlistEntry[]> {
  const rows = await db.query<Row>(sql`
    SELECT ${ENTRY} FROM waitlist_entries w WHERE w.network_id = ${networkId} AND w.status = 'waiting' AND w.last_start <= ${instant(now)}
    ORDER BY w.last_start LIMIT ${limit} FOR UPDATE SKIP LOCKED`);
  return rows.map(toEntry);
}

/** Locks entries of a network that are to be looked for, the first in order first; one of them where it is named. Never waits. */
export async function lockDueLooks(db: Queryable, networkId: string, now: EpochMs, limit: number, id?: string): Promise<WaitlistEntry[]> {
  const rows = await db.query<Row>(sql`
    SELECT ${ENTRY} FROM waitlist_entries w
    WHERE w.network_id = ${networkId} AND w.status = 'waiting' AND w.look_at <= ${instant(now)} ${id === undefined ? sql`` : sql`AND w.id = ${id}`}
    ORDER BY w.lapses, w.created_at, w.id LIMIT ${limit} FOR UPDATE SKIP LOCKED`);
  return rows.map(toEntry);
}

/** The next instant after `now` at which an entry of the network is due. */
export async function nextDueEntry(db: Queryable, networkId: string, now: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT least(
      (SELECT min(look_at) FROM waitlist_entries WHERE network_id = ${networkId} AND status = 'waiting' AND look_at > ${instant(now)}),
      (SELECT min(last_start) FROM waitlist_entries WHERE network_id = ${networkId} AND status = 'waiting' AND last_start > ${instant(now)})) AS at`);
  return row?.at ?? undefined;
}

/** Since when the first of the locations that an entry waits at has been there, for each of these entries; null where it waits at none. */
export async function knownSince(db: Queryable, entryIds: readonly string[]): Promise<{ entryId: string; at: EpochMs | null }[]> {
  return db.query(sql`
    SELECT w.id AS "entryId", (SELECT min(l.created_at) FROM evses e JOIN locations l ON l.id = e.location_id WHERE e.id = ANY(w.evse_ids)) AS at
    FROM waitlist_entries w WHERE w.id = ANY(${[...entryIds]}::text[])`);
}

/** Time that was given back before it ended. */
export interface GivenBack {
  at: EpochMs;
  /** what was left of it then */
  start: EpochMs;
  end: EpochMs;
}

/**
 * When drivers cancelled what was confirmed at the EVSEs that an entry waits for, since then and long enough before the end: for each of these
 * entries at most so many, the newest first.
 */
export async function listGivenBack(
  db: Queryable, wanted: readonly { entryId: string; shortestMs: number }[], since: EpochMs, limit: number,
): Promise<(GivenBack & { entryId: string })[]> {
  return db.query(sql`
    SELECT w.id AS "entryId", given.at, given.start, given.end
    FROM unnest(${wanted.map(({ entryId }) => entryId)}::text[], ${wanted.map(({ shortestMs }) => shortestMs / 1000)}::float8[]) AS asked (id, shortest_seconds)
    JOIN waitlist_entries w ON w.id = asked.id
    CROSS JOIN LATERAL (
      SELECT b.released_at AS at, greatest(b.starts_at, b.released_at) AS start, b.ends_at AS end
      FROM bookings b JOIN reservations r ON r.id = b.reservation_id
      WHERE b.evse_id = ANY(w.evse_ids) AND b.kind = 'booked' AND b.released_at >= ${instant(since)}
        AND b.ends_at - greatest(b.starts_at, b.released_at) >= make_interval(secs => asked.shortest_seconds) AND r.status = 'cancelled' AND r.updated_at = b.released_at
      ORDER BY b.released_at DESC LIMIT ${limit}) given`);
}
