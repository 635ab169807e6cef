import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';

/** Payments that a provider was asked to begin in a time, oldest first. By the database's clock: a test clock moves that of payments, not the provider's. */
export async function findBegun(db: Queryable, provider: string, from: EpochMs, to: EpochMs): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    SELECT DISTINCT c.payment_id AS id FROM payment_calls c JOIN payments p ON p.id = c.payment_id
    WHERE p.provider = ${provider} AND c.action = 'start' AND c.created_at >= ${toRfc3339(from)}::timestamptz AND c.created_at < ${toRfc3339(to)}::timestamptz ORDER BY 1`);
  return rows.map(({ id }) => id);
}

/** What the world outside has given for a payment and not got back, and what it has promised, by the ledger. */
export async function sumOutside(db: Queryable, paymentId: string): Promise<{ takenMinor: bigint; heldMinor: bigint }> {
  const [row] = await db.query<{ taken: string; held: string }>(sql`
    WITH legs AS (
      SELECT l.*, f.kind AS from_kind, t.kind AS to_kind, x.id AS transfer FROM ledger_transfers x JOIN ledger_legs l ON l.transfer_id = x.id
        JOIN ledger_accounts f ON f.id = l.from_id JOIN ledger_accounts t ON t.id = l.to_id WHERE x.object = 'payment' AND x.object_id = ${paymentId})
    SELECT
      (SELECT coalesce(sum(CASE WHEN from_kind = 'outside' THEN amount ELSE 0 END) - sum(CASE WHEN to_kind = 'outside' THEN amount ELSE 0 END), 0)
       FROM legs WHERE phase IN ('single', 'post'))::text AS taken,
      (SELECT coalesce(sum(amount), 0) FROM legs WHERE phase = 'pending' AND from_kind = 'outside'
         AND NOT EXISTS (SELECT FROM ledger_transfers o WHERE o.pending_id = legs.transfer))::text AS held`);
  return { takenMinor: BigInt(row!.taken), heldMinor: BigInt(row!.held) };
}
