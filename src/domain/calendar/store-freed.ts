import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import { OVERSTAY_NOTICE_MS } from './booking.ts';

const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/** Time of an EVSE that nothing stands against any more. */
export interface FreedTime {
  locationId: string;
  evseId: string;
  startsAt: EpochMs;
  endsAt: EpochMs;
}

/** Writes down that time has become free, for those who wait for it; what is over already is nobody's. */
export async function insertFreedTime(db: Queryable, { locationId, evseId, startsAt, endsAt }: FreedTime, now: EpochMs): Promise<void> {
  if (endsAt <= now) return;
  await db.query(sql`
    INSERT INTO freed_times (location_id, evse_id, starts_at, ends_at)
    VALUES (${locationId}, ${evseId}, ${instant(Math.max(startsAt, now))}, ${instant(endsAt)})`);
}

/** CAL-14: tells those who have lost their EVSE of what has become free in a network: their conflicts are looked after again. Returns how many times were told. */
export async function tellFreedTimes(db: Queryable, networkId: string, now: EpochMs): Promise<number> {
  const rows = await db.query(sql`
    UPDATE freed_times SET is_told = true WHERE id IN (
      SELECT f.id FROM freed_times f JOIN locations l ON l.id = f.location_id WHERE NOT f.is_told AND l.network_id = ${networkId}
      ORDER BY f.id LIMIT 1000 FOR UPDATE OF f SKIP LOCKED)
    RETURNING id`);
  if (rows.length === 0) return 0;
  await db.query(sql`
    UPDATE conflicts SET settle_at = ${instant(now)} WHERE id IN (
      SELECT id FROM conflicts WHERE network_id = ${networkId} AND status = 'open' AND settle_at > ${instant(now)} ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)`);
  return rows.length;
}

/** Takes the oldest freed time of a network that has been told, off the queue. */
export async function takeFreedTime(db: Queryable, networkId: string): Promise<FreedTime | undefined> {
  return (await db.query<FreedTime>(sql`
    DELETE FROM freed_times WHERE id = (
      SELECT f.id FROM freed_times f JOIN locations l ON l.id = f.location_id WHERE f.is_told AND l.network_id = ${networkId} ORDER BY f.id LIMIT 1 FOR UPDATE OF f SKIP LOCKED)
    RETURNING location_id AS "locationId", evse_id AS "evseId", starts_at AS "startsAt", ends_at AS "endsAt"`))[0];
}

/** Whether there is a freed time of a network that has not been given to anybody yet. */
export async function hasFreedTime(db: Queryable, networkId: string): Promise<boolean> {
  return (await db.query(sql`SELECT 1 AS one FROM freed_times f JOIN locations l ON l.id = f.location_id WHERE l.network_id = ${networkId} LIMIT 1`)).length > 0;
}

/** A conflict of a reservation that somebody is to look after. */
export interface DueConflict {
  id: string;
  bookingId: string;
  reservationId: string;
  cause: 'outage' | 'occupancy';
}

export async function listDueConflicts(db: Queryable, networkId: string, now: EpochMs, limit: number): Promise<DueConflict[]> {
  return db.query(sql`
    SELECT id, booking_id AS "bookingId", reservation_id AS "reservationId", cause FROM conflicts
    WHERE network_id = ${networkId} AND status = 'open' AND settle_at <= ${instant(now)} AND reservation_id IS NOT NULL ORDER BY settle_at, id LIMIT ${limit}`);
}

/** Says when a conflict is looked after next; null: never. */
export async function settleLater(db: Queryable, id: string, at: EpochMs | null): Promise<void> {
  await db.query(sql`UPDATE conflicts SET settle_at = ${instant(at)} WHERE id = ${id}`);
}

/** The next instant after `now` at which a conflict of the network is to be looked after. */
export async function nextSettling(db: Queryable, networkId: string, now: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(settle_at) AS at FROM conflicts WHERE network_id = ${networkId} AND status = 'open' AND settle_at > ${instant(now)} AND reservation_id IS NOT NULL`);
  return row?.at ?? undefined;
}

/** The next instant after `now` at which a car that is there comes into somebody's way (see `listUnnoticedCollisions`). */
export async function nextCollision(db: Queryable, networkId: string, now: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(c.at) + interval '1 millisecond' AS at FROM (
      SELECT b.starts_at - CASE WHEN o.expected_end_at IS NULL THEN make_interval(secs => ${OVERSTAY_NOTICE_MS / 1000}) ELSE interval '0' END AS at
      FROM occupancies o JOIN locations l ON l.id = o.location_id
      JOIN bookings b ON b.location_id = o.location_id AND b.evse_id = o.evse_id AND b.released_at IS NULL AND b.ends_at > ${instant(now)}
        AND b.kind <> 'block' AND b.reservation_id IS DISTINCT FROM o.reservation_id
      WHERE o.ends_at IS NULL AND l.network_id = ${networkId}) c WHERE c.at >= ${instant(now)}`);
  return row?.at ?? undefined;
}

/** Whether a fact stands against a promise. */
export async function isContested(db: Queryable, bookingId: string): Promise<boolean> {
  return (await db.query(sql`SELECT 1 AS one FROM conflicts WHERE booking_id = ${bookingId} AND status = 'open' LIMIT 1`)).length > 0;
}
