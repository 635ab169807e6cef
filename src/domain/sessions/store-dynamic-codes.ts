import { toRfc3339 } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { DynamicCode } from './dynamic-code.ts';

const CODE = sql`evse_id AS "evseId", station_id AS "stationId", network_id AS "networkId", operator_id AS "operatorId", secret, validity_seconds AS "validitySeconds", length,
  is_required AS "isRequired", url_template AS "urlTemplate", status, command_id AS "commandId", version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Adds it, or puts it in the place of the one before. */
export async function saveDynamicCode(db: Queryable, c: DynamicCode): Promise<void> {
  await db.query(sql`
    INSERT INTO dynamic_codes (evse_id, station_id, network_id, operator_id, secret, validity_seconds, length, is_required, url_template, status, command_id, version, created_at,
      updated_at)
    VALUES (${c.evseId}, ${c.stationId}, ${c.networkId}, ${c.operatorId}, ${c.secret}, ${c.validitySeconds}, ${c.length}, ${c.isRequired}, ${c.urlTemplate}, ${c.status},
      ${c.commandId}, ${c.version}, ${toRfc3339(c.createdAt)}, ${toRfc3339(c.updatedAt)})
    ON CONFLICT (evse_id) DO UPDATE SET secret = excluded.secret, validity_seconds = excluded.validity_seconds, length = excluded.length, is_required = excluded.is_required,
      url_template = excluded.url_template, status = excluded.status, command_id = excluded.command_id, version = excluded.version, updated_at = excluded.updated_at`);
}

export async function findDynamicCode(db: Queryable, evseId: string): Promise<DynamicCode | undefined> {
  return (await db.query<DynamicCode>(sql`SELECT ${CODE} FROM dynamic_codes WHERE evse_id = ${evseId}`))[0];
}

export async function lockDynamicCode(db: Queryable, evseId: string): Promise<DynamicCode | undefined> {
  return (await db.query<DynamicCode>(sql`SELECT ${CODE} FROM dynamic_codes WHERE evse_id = ${evseId} FOR UPDATE`))[0];
}

export async function deleteDynamicCode(db: Queryable, evseId: string): Promise<void> {
  await db.query(sql`DELETE FROM dynamic_codes WHERE evse_id = ${evseId}`);
}

/** Uses a password; false where it was used before. Those that can't come again are forgotten. */
export async function useCode(db: Queryable, evseId: string, { code, at, forgetBefore }: { code: string; at: number; forgetBefore: number }): Promise<boolean> {
  await db.query(sql`DELETE FROM dynamic_code_uses WHERE evse_id = ${evseId} AND used_at < ${toRfc3339(forgetBefore)}::timestamptz`);
  const rows = await db.query(sql`
    INSERT INTO dynamic_code_uses (evse_id, code, used_at) VALUES (${evseId}, ${code}, ${toRfc3339(at)}) ON CONFLICT DO NOTHING RETURNING evse_id`);
  return rows.length === 1;
}
