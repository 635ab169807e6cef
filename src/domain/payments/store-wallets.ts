import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { Account } from './account.ts';
import type { Reason } from './transfer.ts';
import type { WalletBalance } from './wallet.ts';

/** Money that came into an account, or went out (below zero). */
export interface Movement {
  /** of the transfer */
  id: string;
  reason: Reason;
  object: string;
  objectId: string;
  amountMinor: bigint;
  at: EpochMs;
}

/** What was moved between two instants, the second not included; oldest first. */
export async function listMovements(db: Queryable, accountId: string, from: EpochMs, to: EpochMs, limit: number): Promise<Movement[]> {
  const rows = await db.query<Omit<Movement, 'amountMinor'> & { amountMinor: string }>(sql`
    SELECT t.id, t.reason, t.object, t.object_id AS "objectId", t.at, sum(m.amount)::text AS "amountMinor"
    FROM (
      SELECT transfer_id, amount FROM ledger_legs
      WHERE to_id = ${accountId} AND at >= ${toRfc3339(from)}::timestamptz AND at < ${toRfc3339(to)}::timestamptz AND phase IN ('single', 'post')
      UNION ALL SELECT transfer_id, -amount FROM ledger_legs
      WHERE from_id = ${accountId} AND at >= ${toRfc3339(from)}::timestamptz AND at < ${toRfc3339(to)}::timestamptz AND phase IN ('single', 'post')
    ) m JOIN ledger_transfers t ON t.id = m.transfer_id
    GROUP BY t.id HAVING sum(m.amount) <> 0 ORDER BY t.at, t.id LIMIT ${limit}`);
  return rows.map((row) => ({ ...row, amountMinor: BigInt(row.amountMinor) }));
}

const WALLET = sql`a.id, a.network_id AS "networkId", a.kind, a.currency, a.organisation_id AS "organisationId", a.driver_id AS "driverId",
  a.least_balance AS "leastBalanceMinor", a.created_at AS "createdAt", b.posted AS "postedMinor", b.pending_out AS "pendingOutMinor", b.version, b.last_at AS "lastAt"`;

/** The wallets that a driver has, one, or one for each currency, in the order of these. */
export async function findWallets(db: Queryable, driverId: string, currency?: string): Promise<(Account & WalletBalance)[]> {
  return db.query<Account & WalletBalance>(sql`
    SELECT ${WALLET} FROM ledger_accounts a JOIN ledger_balances b ON b.account_id = a.id
    WHERE a.driver_id = ${driverId} AND a.kind = 'wallet' ${currency === undefined ? sql`` : sql`AND a.currency = ${currency}`} ORDER BY a.currency`);
}
