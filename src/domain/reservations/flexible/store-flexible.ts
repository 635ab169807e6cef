import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../../platform/database/index.ts';
import type { Box } from '../../geography/index.ts';
import type { Outlook } from './wish.ts';

const instant = (at: EpochMs) => sql`${toRfc3339(at)}::timestamptz`;

/** Places of live, published locations within boxes. */
export async function listPlaces(db: Queryable, networkId: string, boxes: readonly Box[], limit: number): Promise<{ id: string; latitude: number; longitude: number }[]> {
  return db.query(sql`
    SELECT DISTINCT l.id, l.latitude, l.longitude FROM locations l
    JOIN jsonb_to_recordset(${json(boxes)}::jsonb) AS b("minLatitude" float8, "maxLatitude" float8, "minLongitude" float8, "maxLongitude" float8)
      ON l.latitude BETWEEN b."minLatitude" AND b."maxLatitude" AND l.longitude BETWEEN b."minLongitude" AND b."maxLongitude"
    WHERE l.network_id = ${networkId} AND l.retired_at IS NULL AND l.publish ORDER BY l.id LIMIT ${limit}`);
}

/** Ids of the reservations of a network that wait for their assignment and whose windows touch a time, those that are due first. */
export async function listWaiting(db: Queryable, networkId: string, from: EpochMs, to: EpochMs, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    SELECT id FROM reservations WHERE network_id = ${networkId} AND assign_at IS NOT NULL
      AND (details->>'earliestStart')::float8 < ${to} AND (details->>'latestEnd')::float8 > ${from} ORDER BY assign_at, id LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/** Waiting reservations that want a plan now: those that are due, and those that no plan has seen since `seenBy`; with their windows. */
export async function listUnplanned(db: Queryable, networkId: string, now: EpochMs, seenBy: EpochMs, limit: number): Promise<
  { id: string; isDue: boolean; earliestStart: EpochMs; latestEnd: EpochMs }[]
> {
  return db.query(sql`
    SELECT id, assign_at <= ${instant(now)} AS "isDue", (details->>'earliestStart')::float8 AS "earliestStart", (details->>'latestEnd')::float8 AS "latestEnd"
    FROM reservations WHERE network_id = ${networkId} AND assign_at IS NOT NULL AND (assign_at <= ${instant(now)} OR outlook IS NULL OR (outlook->>'plannedAt')::float8 < ${seenBy})
    ORDER BY assign_at, id LIMIT ${limit}`);
}

/** Writes what a plan says of reservations that still wait, beside their versions. One that somebody is working on, or has changed, is left alone. */
export async function saveOutlooks(db: Queryable, rows: readonly { id: string; version: number; outlook: Outlook }[]): Promise<void> {
  await db.query(sql`
    WITH told AS (SELECT * FROM jsonb_to_recordset(${json(rows)}::jsonb) AS t(id text, version int, outlook jsonb)),
    free AS (SELECT id FROM reservations WHERE id IN (SELECT id FROM told) AND assign_at IS NOT NULL ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE reservations r SET outlook = told.outlook FROM told, free WHERE r.id = told.id AND free.id = told.id AND r.version = told.version`);
}

/** How many of an organisation's reservations wait, counted up to a limit. */
export async function countWaiting(db: Queryable, organisationId: string, limit: number): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    SELECT count(*)::int AS n FROM (SELECT 1 FROM reservations WHERE organisation_id = ${organisationId} AND assign_at IS NOT NULL LIMIT ${limit}) waiting`);
  return row!.n;
}

/** What the assignment has to know of drivers: losses in a row, and active reservations. */
export async function listStandings(db: Queryable, driverIds: readonly string[]): Promise<{ driverId: string; losses: number; active: number }[]> {
  return db.query(sql`
    SELECT d.id AS "driverId", d.consecutive_losses AS losses,
      (SELECT count(*)::int FROM reservations r WHERE r.driver_id = d.id AND r.status IN ('pending', 'confirmed')) AS active
    FROM drivers d WHERE d.id = ANY(${[...driverIds]}::text[])`);
}

/**
 * Claims parts of the map for a holder, all or none of them; by the database's own time, since nobody's test clock moves it. Waits for nobody
 * who decides there (`keepCells`), as who decides may want what the caller has.
 *
 * @returns whether the holder has them all now; when not, the transaction must be undone.
 */
export async function claimCells(db: Queryable, networkId: string, cells: readonly string[], holder: string, seconds: number): Promise<boolean> {
  await db.query(sql`
    DELETE FROM assignment_leases WHERE network_id = ${networkId} AND cell IN (
      SELECT cell FROM assignment_leases WHERE network_id = ${networkId} AND cell = ANY(${[...cells]}::text[]) AND expires_at <= clock_timestamp()
      ORDER BY cell FOR UPDATE SKIP LOCKED)`);
  const rows = await db.query(sql`
    INSERT INTO assignment_leases (network_id, cell, holder, expires_at)
    SELECT ${networkId}, cell, ${holder}, clock_timestamp() + make_interval(secs => ${seconds}) FROM unnest(${[...cells]}::text[]) AS cell ORDER BY cell
    ON CONFLICT (network_id, cell) DO NOTHING RETURNING cell`);
  return rows.length === cells.length;
}

/** How many parts of the map a holder still has, which nobody takes until the end of the transaction. Waits for who is taking them. */
export async function keepCells(db: Queryable, networkId: string, holder: string): Promise<number> {
  return (await db.query(sql`SELECT 1 AS one FROM assignment_leases WHERE network_id = ${networkId} AND holder = ${holder} ORDER BY cell FOR SHARE`)).length;
}

/** Takes them from whoever has them; waits for those who are deciding there. */
export async function releaseAllCells(db: Queryable, networkId: string): Promise<void> {
  await db.query(sql`
    DELETE FROM assignment_leases WHERE network_id = ${networkId} AND cell IN (
      SELECT cell FROM assignment_leases WHERE network_id = ${networkId} ORDER BY cell FOR UPDATE)`);
}

/** Keeps a holder's parts for so long from now. */
export async function renewCells(db: Queryable, networkId: string, holder: string, seconds: number): Promise<void> {
  await db.query(sql`
    UPDATE assignment_leases SET expires_at = clock_timestamp() + make_interval(secs => ${seconds}) WHERE network_id = ${networkId} AND cell IN (
      SELECT cell FROM assignment_leases WHERE network_id = ${networkId} AND holder = ${holder} ORDER BY cell FOR NO KEY UPDATE) AND holder = ${holder}`);
}

/**
 * The next instant after `now` at which a reservation that waits is to be decided, or, where its slot was not to be had then, for the last
 * time: so much later.
 */
export async function nextAssignment(db: Queryable, networkId: string, now: EpochMs, lastTryAfterMs: number): Promise<EpochMs | undefined> {
  const lastTry = sql`assign_at + make_interval(secs => ${lastTryAfterMs / 1000})`;
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(CASE WHEN assign_at > ${instant(now)} THEN assign_at ELSE ${lastTry} END) AS at FROM reservations
    WHERE network_id = ${networkId} AND assign_at IS NOT NULL AND ${lastTry} > ${instant(now)}`);
  return row?.at ?? undefined;
}

export async function releaseCells(db: Queryable, networkId: string, holder: string): Promise<void> {
  await db.query(sql`DELETE FROM assignment_leases WHERE network_id = ${networkId} AND holder = ${holder}`);
}
