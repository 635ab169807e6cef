import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Sql, type Transaction } from '../../platform/database/index.ts';
import type { Account, AccountKey, LimitedBalance } from './account.ts';
import type { RecordedLeg, Transfer, TransferDraft } from './transfer.ts';

const ACCOUNT = sql`id, network_id AS "networkId", kind, currency, organisation_id AS "organisationId", driver_id AS "driverId", least_balance AS "leastBalanceMinor",
  created_at AS "createdAt"`;

export async function findAccount(db: Queryable, networkId: string, { kind, currency, organisationId, driverId }: AccountKey): Promise<Account | undefined> {
  return (await db.query<Account>(sql`
    SELECT ${ACCOUNT} FROM ledger_accounts
    WHERE network_id = ${networkId} AND kind = ${kind} AND currency = ${currency}
      AND ${organisationId === undefined ? sql`organisation_id IS NULL` : sql`organisation_id = ${organisationId}`}
      AND ${driverId === undefined ? sql`driver_id IS NULL` : sql`driver_id = ${driverId}`}`))[0];
}

/** Adds an account; waits for another transaction that is adding it. Nothing happens when it is there already. */
export async function insertAccount(db: Queryable, a: Account): Promise<void> {
  await db.query(sql`
    INSERT INTO ledger_accounts (id, network_id, kind, currency, organisation_id, driver_id, least_balance, created_at)
    VALUES (${a.id}, ${a.networkId}, ${a.kind}, ${a.currency}, ${a.organisationId}, ${a.driverId}, ${a.leastBalanceMinor}, ${toRfc3339(a.createdAt)})
    ON CONFLICT DO NOTHING`);
}

export async function findAccounts(db: Queryable, ids: readonly string[]): Promise<Account[]> {
  return db.query<Account>(sql`SELECT ${ACCOUNT} FROM ledger_accounts WHERE id = ANY(${[...ids]}::text[])`);
}

const BALANCE = sql`account_id AS "accountId", least_balance AS "leastBalanceMinor", posted AS "postedMinor", pending_out AS "pendingOutMinor", version`;

/** Locks what those of the accounts have that have a limit, in the order of their ids. */
export async function lockBalances(db: Queryable, accountIds: readonly string[]): Promise<LimitedBalance[]> {
  return db.query<LimitedBalance>(sql`SELECT ${BALANCE} FROM ledger_balances WHERE account_id = ANY(${[...accountIds]}::text[]) ORDER BY account_id FOR UPDATE`);
}

/**
 * Adds a transfer, without its legs; waits for another transaction that adds one under its key. Its time is now, but later than whatever
 * the accounts that have a limit, and are locked, have seen before: their entries have one order.
 *
 * @returns its time; undefined when its key is taken, or the pending transfer that it ends has its outcome
 */
export async function insertTransfer(
  db: Queryable, t: TransferDraft & { id: string; networkId: string }, now: EpochMs, accountIds: readonly string[],
): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs }>(sql`
    INSERT INTO ledger_transfers (id, network_id, phase, pending_id, leg_count, reason, object, object_id, idempotency_key, metadata, expires_at, at)
    SELECT ${t.id}::text, ${t.networkId}::text, ${t.phase}::text, ${t.pendingId}::text, ${t.legs.length}::int, ${t.reason}::text, ${t.object}::text, ${t.objectId}::text,
      ${t.idempotencyKey}::text, ${json(t.metadata)}::jsonb, ${t.expiresAt === null ? null : toRfc3339(t.expiresAt)}::timestamptz,
      greatest(${toRfc3339(now)}::timestamptz, max(last_at) + interval '1 microsecond')
    FROM ledger_balances WHERE account_id = ANY(${[...accountIds]}::text[])
    ON CONFLICT DO NOTHING RETURNING at`);
  return row?.at;
}

/** Adds all legs of a transfer, in their order. */
export function insertLegs(tx: Transaction, transferId: string, legs: readonly RecordedLeg[]): void {
  tx.send(sql`
    INSERT INTO ledger_legs (transfer_id, leg, phase, from_id, to_id, currency, amount, at)
    SELECT t.id, l.leg, t.phase, l.from_id, l.to_id, l.currency, l.amount::bigint, t.at
    FROM ledger_transfers t, unnest(${legs.map(({ fromId }) => fromId)}::text[], ${legs.map(({ toId }) => toId)}::text[],
      ${legs.map(({ currency }) => currency)}::text[], ${legs.map(({ amountMinor }) => amountMinor.toString())}::text[]) WITH ORDINALITY AS l(from_id, to_id, currency, amount, leg)
    WHERE t.id = ${transferId}`);
}

type TransferRow = Omit<Transfer, 'legs'> & { legs: (Omit<RecordedLeg, 'amountMinor'> & { amountMinor: string })[] };
const TRANSFER = sql`t.id, t.network_id AS "networkId", t.phase, t.pending_id AS "pendingId", t.reason, t.object, t.object_id AS "objectId",
  t.idempotency_key AS "idempotencyKey", t.metadata, t.expires_at AS "expiresAt", t.at,
  (SELECT jsonb_agg(jsonb_build_object('fromId', l.from_id, 'toId', l.to_id, 'currency', l.currency, 'amountMinor', l.amount::text) ORDER BY l.leg)
   FROM ledger_legs l WHERE l.transfer_id = t.id) AS legs`;

async function transfersOf(db: Queryable, statement: Sql): Promise<Transfer[]> {
  const rows = await db.query<TransferRow>(statement);
  return rows.map((row) => ({ ...row, legs: row.legs.map((leg) => ({ ...leg, amountMinor: BigInt(leg.amountMinor) })) }));
}

export async function findTransfer(db: Queryable, networkId: string, id: string): Promise<Transfer | undefined> {
  return (await transfersOf(db, sql`SELECT ${TRANSFER} FROM ledger_transfers t WHERE t.id = ${id} AND t.network_id = ${networkId}`))[0];
}

export async function findTransferByKey(db: Queryable, networkId: string, idempotencyKey: string): Promise<Transfer | undefined> {
  return (await transfersOf(db, sql`SELECT ${TRANSFER} FROM ledger_transfers t WHERE t.network_id = ${networkId} AND t.idempotency_key = ${idempotencyKey}`))[0];
}

/** How a pending transfer ended, if it has. */
export async function findOutcome(db: Queryable, pendingId: string): Promise<Transfer | undefined> {
  return (await transfersOf(db, sql`SELECT ${TRANSFER} FROM ledger_transfers t WHERE t.pending_id = ${pendingId}`))[0];
}

/** All that was moved on account of an object, oldest first. */
export async function findTransfersAbout(db: Queryable, networkId: string, object: string, objectId: string): Promise<Transfer[]> {
  return transfersOf(db, sql`
    SELECT ${TRANSFER} FROM ledger_transfers t WHERE t.network_id = ${networkId} AND t.object = ${object} AND t.object_id = ${objectId} ORDER BY t.at, t.id`);
}
