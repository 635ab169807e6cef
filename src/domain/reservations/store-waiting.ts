import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';

/**
 * A reservation of the driver has ended: of the occurrences of series that wait for room, the first is due. Never waits for one that
 * is being worked on: that one finds the room by itself, or at its own deadline.
 */
export async function wakeWaitingOccurrence(db: Queryable, driverId: string, now: EpochMs): Promise<void> {
  await db.query(sql`
    UPDATE series_occurrences SET due_at = ${toRfc3339(now)}::timestamptz WHERE (series_id, date) IN (
      SELECT series_id, date FROM series_occurrences WHERE driver_id = ${driverId} AND waits_for_room AND due_at > ${toRfc3339(now)}::timestamptz
      ORDER BY starts_at LIMIT 1 FOR UPDATE SKIP LOCKED)`);
}
