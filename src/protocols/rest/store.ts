import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';

/** What a request was answered, kept so that its repetition gets the same. */
export interface StoredAnswer {
  status: number;
  body: unknown;
}

/** Writes the key; waits for another transaction that is writing it. False when it is there already. */
export async function insertIdempotencyKey(db: Queryable, scope: string, key: string, requestSha256: string): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO idempotency_keys (scope, key, request_sha256, created_at) VALUES (${scope}, ${key}, ${requestSha256}, clock_timestamp())
    ON CONFLICT DO NOTHING RETURNING key`);
  return rows.length === 1;
}

export async function findIdempotencyKey(db: Queryable, scope: string, key: string): Promise<{ requestSha256: string; status: number | null; body: unknown } | undefined> {
  return (await db.query<{ requestSha256: string; status: number | null; body: unknown }>(sql`
    SELECT request_sha256 AS "requestSha256", status, body FROM idempotency_keys WHERE scope = ${scope} AND key = ${key}`))[0];
}

export function completeIdempotencyKey(tx: Transaction, scope: string, key: string, answer: StoredAnswer): void {
  tx.send(sql`UPDATE idempotency_keys SET status = ${answer.status}, body = ${json(answer.body)}::jsonb WHERE scope = ${scope} AND key = ${key}`);
}

export async function deleteOldIdempotencyKeys(db: Queryable, hours: number): Promise<void> {
  await db.query(sql`DELETE FROM idempotency_keys WHERE created_at < clock_timestamp() - make_interval(hours => ${hours}::int)`);
}
