import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { Refusal } from './refusal.ts';

export async function insertRefusals(db: Queryable, refusals: readonly Refusal[]): Promise<void> {
  const rows = refusals.map(({ askedAt, ...refusal }) => ({ ...refusal, askedAt: toRfc3339(askedAt) }));
  await db.query(sql`
    INSERT INTO refusals (network_id, operator_id, location_id, driver_id, code, asked_at, asked)
    SELECT r->>'networkId', r->>'operatorId', r->>'locationId', r->>'driverId', r->>'code', (r->>'askedAt')::timestamptz, r->'asked'
    FROM jsonb_array_elements(${json(rows)}::jsonb) WITH ORDINALITY AS t(r, n) ORDER BY n`);
}

export async function deleteRefusalsBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    DELETE FROM refusals WHERE seq IN (
      SELECT seq FROM refusals WHERE network_id = ${networkId} AND asked_at < ${toRfc3339(before)}::timestamptz ORDER BY asked_at LIMIT ${limit})
    RETURNING seq`);
  return rows.length;
}
