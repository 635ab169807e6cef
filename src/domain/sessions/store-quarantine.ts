import { toRfc3339 } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { QuarantinedMessage } from './quarantined-message.ts';

const MESSAGE = sql`id, network_id AS "networkId", operator_id AS "operatorId", station_id AS "stationId", action, payload, reason, received_at AS "receivedAt",
  resolved_at AS "resolvedAt"`;

export async function insertQuarantined(db: Queryable, m: QuarantinedMessage): Promise<void> {
  await db.query(sql`
    INSERT INTO quarantined_messages (id, network_id, operator_id, station_id, action, payload, reason, received_at)
    VALUES (${m.id}, ${m.networkId}, ${m.operatorId}, ${m.stationId}, ${m.action}, ${json(m.payload)}::jsonb, ${m.reason}, ${toRfc3339(m.receivedAt)})`);
}

export async function findQuarantined(db: Queryable, id: string): Promise<QuarantinedMessage | undefined> {
  return (await db.query<QuarantinedMessage>(sql`SELECT ${MESSAGE} FROM quarantined_messages WHERE id = ${id}`))[0];
}

/** Newest first. */
export async function listQuarantined(db: Queryable, operatorId: string, page: { after?: string; before?: string; limit: number }): Promise<QuarantinedMessage[]> {
  const select = sql`SELECT ${MESSAGE} FROM quarantined_messages WHERE operator_id = ${operatorId} AND resolved_at IS NULL`;
  if (page.before !== undefined) return (await db.query<QuarantinedMessage>(sql`${select} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  return db.query(sql`${select} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}

export async function resolveQuarantined(db: Queryable, m: QuarantinedMessage): Promise<void> {
  await db.query(sql`UPDATE quarantined_messages SET resolved_at = ${m.resolvedAt === null ? null : toRfc3339(m.resolvedAt)}::timestamptz WHERE id = ${m.id}`);
}
