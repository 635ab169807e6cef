import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { SandboxNotice } from './notice.ts';

const NOTICE = sql`id, network_id AS "networkId", organisation_id AS "organisationId", driver_id AS "driverId", channel, recipient, kind, text, created_at AS "createdAt"`;

export async function insertNotice(db: Queryable, n: SandboxNotice): Promise<void> {
  await db.query(sql`
    INSERT INTO sandbox_notices (id, network_id, organisation_id, driver_id, channel, recipient, kind, text, created_at)
    VALUES (${n.id}, ${n.networkId}, ${n.organisationId}, ${n.driverId}, ${n.channel}, ${n.recipient}, ${n.kind}, ${n.text}, ${toRfc3339(n.createdAt)}::timestamptz)`);
}

/** Newest first. */
export async function listNotices(
  db: Queryable, organisationId: string, { after, before, driverId, limit }: { after?: string; before?: string; driverId?: string; limit: number },
): Promise<SandboxNotice[]> {
  const where = sql`organisation_id = ${organisationId} ${driverId === undefined ? sql`` : sql`AND driver_id = ${driverId}`}`;
  if (before !== undefined) {
    return (await db.query<SandboxNotice>(sql`SELECT ${NOTICE} FROM sandbox_notices WHERE ${where} AND id > ${before} ORDER BY id ASC LIMIT ${limit}`)).reverse();
  }
  return db.query(sql`SELECT ${NOTICE} FROM sandbox_notices WHERE ${where} ${after === undefined ? sql`` : sql`AND id < ${after}`} ORDER BY id DESC LIMIT ${limit}`);
}

export async function deleteNoticesBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    DELETE FROM sandbox_notices WHERE id IN (
      SELECT id FROM sandbox_notices WHERE network_id = ${networkId} AND created_at < ${toRfc3339(before)}::timestamptz LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id`);
  return rows.length;
}
