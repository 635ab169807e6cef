/** Who is told how charging goes on. */
import { toRfc3339, type EpochMs } from '../../../../platform/clock/index.ts';
import { sql, type Queryable } from '../../../../platform/database/index.ts';

export interface Listener {
  reservationId: string;
  url: string;
  networkId: string;
  failures: number;
}

/** Again for the same URL is once; gives nothing for one too many. */
export async function insertListener(db: Queryable, { reservationId, url, networkId }: Omit<Listener, 'failures'>, { at, most }: { at: EpochMs; most: number }): Promise<void> {
  await db.query(sql`
    INSERT INTO beckn_telemetry (reservation_id, url, network_id, next_at)
    SELECT ${reservationId}, ${url}, ${networkId}, ${toRfc3339(at)}::timestamptz WHERE (SELECT count(*) FROM beckn_telemetry WHERE reservation_id = ${reservationId}) < ${most}
    ON CONFLICT (reservation_id, url) DO UPDATE SET failures = 0, next_at = EXCLUDED.next_at`);
}

/** Those that are due, whose next time is set with it: whoever takes them tells them. */
export async function takeDue(db: Queryable, { now, nextAt, limit }: { now: EpochMs; nextAt: EpochMs; limit: number }): Promise<Listener[]> {
  return db.query<Listener>(sql`
    UPDATE beckn_telemetry SET next_at = ${toRfc3339(nextAt)} WHERE (reservation_id, url) IN (
      SELECT reservation_id, url FROM beckn_telemetry WHERE next_at <= ${toRfc3339(now)} ORDER BY next_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING reservation_id AS "reservationId", url, network_id AS "networkId", failures`);
}

export async function setFailures(db: Queryable, { reservationId, url }: Listener, failures: number): Promise<void> {
  await db.query(sql`UPDATE beckn_telemetry SET failures = ${failures} WHERE reservation_id = ${reservationId} AND url = ${url}`);
}

export async function deleteListener(db: Queryable, { reservationId, url }: Listener): Promise<void> {
  await db.query(sql`DELETE FROM beckn_telemetry WHERE reservation_id = ${reservationId} AND url = ${url}`);
}

/** Something has happened to it: its listeners are told at once. */
export async function setDue(db: Queryable, reservationId: string, now: EpochMs): Promise<void> {
  await db.query(sql`UPDATE beckn_telemetry SET next_at = ${toRfc3339(now)} WHERE reservation_id = ${reservationId} AND next_at > ${toRfc3339(now)}`);
}
