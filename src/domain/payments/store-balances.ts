import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { Phase, Reason } from './transfer.ts';

/** Times are kept finer than a millisecond: all of the millisecond belongs to its instant. */
const until = (at: EpochMs) => sql`${toRfc3339(at + 1)}::timestamptz`;

/** What an account had at an instant: all of its legs until then, summed. */
export async function sumBalance(db: Queryable, accountId: string, at: EpochMs): Promise<{ postedMinor: bigint; pendingOutMinor: bigint }> {
  const [row] = await db.query<{ posted: string; pending: string }>(sql`
    SELECT (
        (SELECT coalesce(sum(amount), 0) FROM ledger_legs WHERE to_id = ${accountId} AND at < ${until(at)} AND phase IN ('single', 'post'))
        - (SELECT coalesce(sum(amount), 0) FROM ledger_legs WHERE from_id = ${accountId} AND at < ${until(at)} AND phase IN ('single', 'post')))::text AS posted,
      (SELECT coalesce(sum(l.amount), 0) FROM ledger_legs l LEFT JOIN ledger_transfers o ON o.pending_id = l.transfer_id AND o.at < ${until(at)}
       WHERE l.from_id = ${accountId} AND l.at < ${until(at)} AND l.phase = 'pending' AND o.id IS NULL)::text AS pending`);
  return { postedMinor: BigInt(row!.posted), pendingOutMinor: BigInt(row!.pending) };
}

/** What a driver owes, in each currency in which that is something. */
export async function findDebts(db: Queryable, driverId: string): Promise<{ id: string; currency: string; owedMinor: bigint }[]> {
  const accounts = await db.query<{ id: string; currency: string }>(sql`
    SELECT id, currency FROM ledger_accounts WHERE driver_id = ${driverId} AND kind = 'outstanding' ORDER BY currency`);
  const debts = [];
  for (const account of accounts) debts.push({ ...account, owedMinor: -(await sumBalance(db, account.id, LATEST)).postedMinor });
  return debts.filter(({ owedMinor }) => owedMinor > 0n);
}

/** No transfer is later. */
export const LATEST = Date.UTC(9000, 0, 1);

/** A step of a transfer, as one account has it. */
export interface Entry {
  /** of the transfer */
  id: string;
  phase: Phase;
  pendingId: string | null;
  reason: Reason;
  object: string;
  objectId: string;
  metadata: Record<string, string>;
  expiresAt: EpochMs | null;
  /** what came in, or went out (below zero) */
  amountMinor: bigint;
  /** what was promised away, or released again (below zero) */
  heldMinor: bigint;
  at: EpochMs;
}

/** Newest first; `after` and `before` are ids of transfers. */
export interface EntryPage {
  after?: string;
  before?: string;
  limit: number;
}

type EntryRow = Omit<Entry, 'amountMinor' | 'heldMinor'> & { amountMinor: string; heldMinor: string };

export async function listEntries(db: Queryable, accountId: string, page: EntryPage): Promise<Entry[]> {
  const cursor = page.before ?? page.after;
  const place = sql`((SELECT c.at FROM ledger_transfers c WHERE c.id = ${cursor}), ${cursor}::text)`;
  const where = cursor === undefined ? sql`` : page.before === undefined ? sql`AND (at, transfer_id) < ${place}` : sql`AND (at, transfer_id) > ${place}`;
  const order = page.before === undefined ? sql`ORDER BY at DESC, transfer_id DESC` : sql`ORDER BY at, transfer_id`;
  const rows = await db.query<EntryRow>(sql`
    WITH touched AS (
      (SELECT DISTINCT at, transfer_id FROM ledger_legs WHERE from_id = ${accountId} ${where} ${order} LIMIT ${page.limit})
      UNION (SELECT DISTINCT at, transfer_id FROM ledger_legs WHERE to_id = ${accountId} AND phase IN ('single', 'post') AND amount > 0 ${where} ${order} LIMIT ${page.limit})
      ${order} LIMIT ${page.limit})
    SELECT t.id, t.phase, t.pending_id AS "pendingId", t.reason, t.object, t.object_id AS "objectId", t.metadata, t.expires_at AS "expiresAt", t.at,
      sum(CASE WHEN t.phase NOT IN ('single', 'post') THEN 0 WHEN l.to_id = ${accountId} THEN l.amount ELSE -l.amount END)::text AS "amountMinor",
      sum(CASE WHEN l.from_id <> ${accountId} OR t.phase = 'single' THEN 0 WHEN t.phase = 'pending' THEN l.amount ELSE -p.amount END)::text AS "heldMinor"
    FROM touched x JOIN ledger_transfers t ON t.id = x.transfer_id
      JOIN ledger_legs l ON l.transfer_id = t.id AND ${accountId} IN (l.from_id, l.to_id) LEFT JOIN ledger_legs p ON p.transfer_id = t.pending_id AND p.leg = l.leg
    GROUP BY t.id ORDER BY t.at DESC, t.id DESC`);
  return rows.map((row) => ({ ...row, amountMinor: BigInt(row.amountMinor), heldMinor: BigInt(row.heldMinor) }));
}

export interface AccountNow {
  id: string;
  kind: string;
  currency: string;
  driverId: string | null;
  postedMinor: bigint;
  pendingOutMinor: bigint;
}

/** An organisation's accounts with what they have, newest first. */
export async function listAccountsOf(db: Queryable, networkId: string, organisationId: string, page: EntryPage): Promise<AccountNow[]> {
  const isBack = page.before !== undefined;
  const where = isBack ? sql`AND a.id > ${page.before}` : page.after === undefined ? sql`` : sql`AND a.id < ${page.after}`;
  const rows = await db.query<Pick<AccountNow, 'id' | 'kind' | 'currency' | 'driverId'>>(sql`
    SELECT a.id, a.kind, a.currency, a.driver_id AS "driverId" FROM ledger_accounts a WHERE a.network_id = ${networkId} AND a.organisation_id = ${organisationId} ${where}
    ${isBack ? sql`ORDER BY a.id` : sql`ORDER BY a.id DESC`} LIMIT ${page.limit}`);
  const ordered = isBack ? rows.reverse() : rows;
  const found: AccountNow[] = [];
  for (const row of ordered) found.push({ ...row, ...(await sumBalance(db, row.id, Date.UTC(9000, 0, 1))) });
  return found;
}

/** What all accounts of a kind and currency have together. */
export interface TrialRow {
  kind: string;
  currency: string;
  accounts: number;
  postedMinor: bigint;
  pendingOutMinor: bigint;
}

export async function sumByKind(db: Queryable, networkId: string): Promise<TrialRow[]> {
  const rows = await db.query<Omit<TrialRow, 'postedMinor' | 'pendingOutMinor'> & { posted: string; pending: string }>(sql`
    SELECT a.kind, a.currency, count(DISTINCT a.id)::int AS accounts, coalesce(sum(e.posted), 0)::text AS posted, coalesce(sum(e.pending), 0)::text AS pending
    FROM ledger_accounts a LEFT JOIN (
      SELECT to_id AS account_id, sum(amount) AS posted, 0 AS pending FROM ledger_legs WHERE phase IN ('single', 'post') GROUP BY to_id
      UNION ALL SELECT from_id, -sum(amount), 0 FROM ledger_legs WHERE phase IN ('single', 'post') GROUP BY from_id
      UNION ALL SELECT l.from_id, 0, sum(l.amount) FROM ledger_legs l LEFT JOIN ledger_transfers o ON o.pending_id = l.transfer_id
        WHERE l.phase = 'pending' AND o.id IS NULL GROUP BY l.from_id
    ) e ON e.account_id = a.id
    WHERE a.network_id = ${networkId} GROUP BY a.kind, a.currency ORDER BY a.currency, a.kind`);
  return rows.map(({ posted, pending, ...row }) => ({ ...row, postedMinor: BigInt(posted), pendingOutMinor: BigInt(pending) }));
}

/** An account with a limit whose balance is not what its legs come to, or below the limit. */
export interface WrongBalance {
  accountId: string;
  leastBalanceMinor: bigint;
  keptMinor: bigint | null;
  summedMinor: bigint;
  keptPendingOutMinor: bigint | null;
  summedPendingOutMinor: bigint;
}

export async function findWrongBalances(db: Queryable, networkId: string, limit: number): Promise<WrongBalance[]> {
  const rows = await db.query<{ id: string; least: bigint; kept: bigint | null; summed: string; keptPending: bigint | null; summedPending: string }>(sql`
    SELECT a.id, a.least_balance AS least, b.posted AS kept, coalesce(e.posted, 0)::text AS summed, b.pending_out AS "keptPending",
      coalesce(e.pending, 0)::text AS "summedPending"
    FROM ledger_accounts a LEFT JOIN ledger_balances b ON b.account_id = a.id LEFT JOIN (
      SELECT account_id, sum(posted) AS posted, sum(pending) AS pending FROM (
        SELECT to_id AS account_id, amount AS posted, 0 AS pending FROM ledger_legs WHERE phase IN ('single', 'post')
        UNION ALL SELECT from_id, -amount, 0 FROM ledger_legs WHERE phase IN ('single', 'post')
        UNION ALL SELECT l.from_id, 0, l.amount FROM ledger_legs l LEFT JOIN ledger_transfers o ON o.pending_id = l.transfer_id WHERE l.phase = 'pending' AND o.id IS NULL
      ) each_leg GROUP BY account_id
    ) e ON e.account_id = a.id
    WHERE a.network_id = ${networkId} AND a.least_balance IS NOT NULL AND (b.account_id IS NULL OR b.posted <> coalesce(e.posted, 0)
      OR b.pending_out <> coalesce(e.pending, 0) OR coalesce(e.posted, 0) - coalesce(e.pending, 0) < a.least_balance)
    ORDER BY a.id LIMIT ${limit}`);
  return rows.map(({ id, least, kept, summed, keptPending, summedPending }) => ({
    accountId: id, leastBalanceMinor: least, keptMinor: kept, summedMinor: BigInt(summed), keptPendingOutMinor: keptPending, summedPendingOutMinor: BigInt(summedPending),
  }));
}
