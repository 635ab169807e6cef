import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';

/** A reservation whose driver may be reminded and was not yet. */
const UNTOLD = sql`
  FROM reservations r JOIN driver_contacts c ON c.driver_id = r.driver_id
  WHERE r.status = 'confirmed' AND r.no_show_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM told_drivers t
    WHERE t.driver_id = r.driver_id AND t.dedupe_key = 'reservation_reminder:' || r.id || ':' || (extract(epoch FROM r.reserved_start) * 1000)::bigint::text)`;

/** Reservations of which it is time to remind, or was, the earliest first. */
export async function listToRemind(db: Queryable, networkId: string, now: EpochMs, limit: number): Promise<{ id: string; remindAt: EpochMs }[]> {
  const at = sql`${toRfc3339(now)}::timestamptz`;
  return db.query(sql`
    SELECT r.id, r.reserved_start - make_interval(mins => c.reminder_minutes) AS "remindAt" ${UNTOLD} AND r.network_id = ${networkId}
      AND r.reserved_start <= ${at} + make_interval(mins => (SELECT max(reminder_minutes) FROM driver_contacts WHERE network_id = ${networkId}))
      AND r.reserved_start <= ${at} + make_interval(mins => c.reminder_minutes)
    ORDER BY r.reserved_start, r.id LIMIT ${limit}`);
}

/** The next time after then at which somebody is to be reminded. */
export async function nextReminder(db: Queryable, networkId: string, after: EpochMs): Promise<EpochMs | undefined> {
  const at = sql`${toRfc3339(after)}::timestamptz`;
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(r.reserved_start - make_interval(mins => c.reminder_minutes)) AS at ${UNTOLD} AND r.network_id = ${networkId} AND r.reserved_start > ${at}
      AND r.reserved_start - make_interval(mins => c.reminder_minutes) > ${at}`);
  return row?.at ?? undefined;
}
