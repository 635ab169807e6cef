import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { Notice, NoticeStatus } from './notice.ts';

const NOTICE = sql`id, network_id AS "networkId", organisation_id AS "organisationId", driver_id AS "driverId", channel, recipient,
  push_subscription_id AS "pushSubscriptionId", kind, language, title, text, about, status, begun, attempts, failure, send_before AS "sendBefore", created_at AS "createdAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

export async function insertNotices(db: Queryable, notices: readonly Notice[]): Promise<void> {
  const rows = notices.map((n) => ({ ...n, createdAt: toRfc3339(n.createdAt), sendBefore: n.sendBefore === null ? null : toRfc3339(n.sendBefore) }));
  await db.query(sql`
    INSERT INTO notices (id, network_id, organisation_id, driver_id, channel, recipient, push_subscription_id, kind, language, title, text, about, status, send_before, created_at)
    SELECT n->>'id', n->>'networkId', n->>'organisationId', n->>'driverId', n->>'channel', n->>'recipient', n->>'pushSubscriptionId', n->>'kind', n->>'language', n->>'title',
      n->>'text', n->>'about', n->>'status', (n->>'sendBefore')::timestamptz, (n->>'createdAt')::timestamptz
    FROM jsonb_array_elements(${json(rows)}::jsonb) AS t(n)`);
}

/** Newest first. */
export async function listOutbox(
  db: Queryable, organisationId: string, { after, before, driverId, limit }: { after?: string; before?: string; driverId?: string; limit: number },
): Promise<Notice[]> {
  const where = sql`organisation_id = ${organisationId} AND status = 'outbox' ${driverId === undefined ? sql`` : sql`AND driver_id = ${driverId}`}`;
  if (before !== undefined) {
    return (await db.query<Notice>(sql`SELECT ${NOTICE} FROM notices WHERE ${where} AND id > ${before} ORDER BY id ASC LIMIT ${limit}`)).reverse();
  }
  return db.query(sql`SELECT ${NOTICE} FROM notices WHERE ${where} ${after === undefined ? sql`` : sql`AND id < ${after}`} ORDER BY id DESC LIMIT ${limit}`);
}

/** How many messages a driver has been written since then. */
export async function countNotices(db: Queryable, driverId: string, since: EpochMs): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`SELECT count(*)::int AS count FROM notices WHERE driver_id = ${driverId} AND created_at > ${instant(since)}`);
  return row!.count;
}

/** Notes that a driver is told something; false when they were told it before. */
export async function insertTold(db: Queryable, told: { driverId: string; dedupeKey: string; networkId: string; at: EpochMs }): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO told_drivers (driver_id, dedupe_key, network_id, at) VALUES (${told.driverId}, ${told.dedupeKey}, ${told.networkId}, ${instant(told.at)})
    ON CONFLICT (driver_id, dedupe_key) DO NOTHING RETURNING driver_id`);
  return rows.length === 1;
}

/** Begins an attempt; undefined when its outcome is known, or another attempt's turn has come. */
export async function beginAttempt(db: Queryable, id: string, attempt: number): Promise<Notice | undefined> {
  return (await db.query<Notice>(sql`
    UPDATE notices SET begun = begun + 1 WHERE id = ${id} AND status = 'pending' AND attempts = ${attempt - 1} RETURNING ${NOTICE}`))[0];
}

/** Writes the outcome of an attempt down; false when it is known already. What is over keeps neither recipient nor text (NTC-8). */
export async function endAttempt(db: Queryable, id: string, attempt: number, { status, failure }: { status: NoticeStatus; failure: string | null }): Promise<boolean> {
  const isOver = status !== 'pending';
  const rows = await db.query(sql`
    UPDATE notices SET attempts = ${attempt}, begun = 0, status = ${status}, failure = ${failure}, recipient = CASE WHEN ${isOver} THEN NULL ELSE recipient END,
      title = CASE WHEN ${isOver} THEN NULL ELSE title END, text = CASE WHEN ${isOver} THEN NULL ELSE text END
    WHERE id = ${id} AND status = 'pending' AND attempts = ${attempt - 1} RETURNING id`);
  return rows.length === 1;
}

export async function deleteNoticesBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    DELETE FROM notices WHERE id IN (
      SELECT id FROM notices WHERE network_id = ${networkId} AND created_at < ${instant(before)} AND status <> 'pending' LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id`);
  return rows.length;
}

export async function deleteToldBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    DELETE FROM told_drivers WHERE (driver_id, dedupe_key) IN (
      SELECT driver_id, dedupe_key FROM told_drivers WHERE network_id = ${networkId} AND at < ${instant(before)} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING driver_id`);
  return rows.length;
}
