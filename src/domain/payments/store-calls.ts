import type { EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';

export const ACTIONS = ['start', 'increase', 'capture', 'cancel', 'refund', 'look_up'] as const;
export type Action = (typeof ACTIONS)[number];

/** A call to a provider: written down before it is made. */
export interface PaymentCall {
  id: string;
  networkId: string;
  paymentId: string;
  refundId: string | null;
  action: Action;
  amountMinor: bigint | null;
  status: 'waiting' | 'sent' | 'done' | 'refused';
  attempts: number;
  error: string | null;
  createdAt: EpochMs;
  sentAt: EpochMs | null;
  endedAt: EpochMs | null;
}

const CALL = sql`id, network_id AS "networkId", payment_id AS "paymentId", refund_id AS "refundId", action, amount AS "amountMinor", status, attempts, error,
  created_at AS "createdAt", sent_at AS "sentAt", ended_at AS "endedAt"`;

/** False when the payment has a call that has not ended. The payment must be locked. */
export async function insertCall(db: Queryable, c: Pick<PaymentCall, 'id' | 'networkId' | 'paymentId' | 'refundId' | 'action' | 'amountMinor'>): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO payment_calls (id, network_id, payment_id, refund_id, action, amount, status, created_at)
    VALUES (${c.id}, ${c.networkId}, ${c.paymentId}, ${c.refundId}, ${c.action}, ${c.amountMinor}, 'waiting', clock_timestamp())
    ON CONFLICT DO NOTHING RETURNING id`);
  return rows.length === 1;
}

/** Notes that a call is about to be made (again); undefined when it has ended. */
export async function claimCall(db: Queryable, id: string): Promise<PaymentCall | undefined> {
  return (await db.query<PaymentCall>(sql`
    UPDATE payment_calls SET status = 'sent', attempts = attempts + 1, sent_at = clock_timestamp() WHERE id = ${id} AND status IN ('waiting', 'sent') RETURNING ${CALL}`))[0];
}

/** False when it has ended already. */
export async function endCall(db: Queryable, id: string, status: 'done' | 'refused', error: string | null): Promise<boolean> {
  const rows = await db.query(sql`
    UPDATE payment_calls SET status = ${status}, error = ${error}, ended_at = clock_timestamp() WHERE id = ${id} AND status IN ('waiting', 'sent') RETURNING id`);
  return rows.length === 1;
}

export async function noteCallError(db: Queryable, id: string, error: string): Promise<void> {
  await db.query(sql`UPDATE payment_calls SET error = ${error} WHERE id = ${id}`);
}

/** Calls of several payments that have not ended. */
export async function findUnfinished(db: Queryable, paymentIds: readonly string[]): Promise<PaymentCall[]> {
  return db.query<PaymentCall>(sql`SELECT ${CALL} FROM payment_calls WHERE payment_id = ANY(${[...paymentIds]}::text[]) AND status IN ('waiting', 'sent') ORDER BY id`);
}

/** Calls that nobody seems to be making: their job was given up. By the database's clock, since calls happen in real time. */
export async function findStuck(db: Queryable, networkId: string, seconds: number, limit: number): Promise<PaymentCall[]> {
  return db.query<PaymentCall>(sql`
    SELECT ${CALL} FROM payment_calls WHERE network_id = ${networkId} AND status IN ('waiting', 'sent')
      AND coalesce(sent_at, created_at) < clock_timestamp() - make_interval(secs => ${seconds}::int) ORDER BY created_at LIMIT ${limit}`);
}

/** A payment of which an answer is waited for, and that nobody has asked for during so many seconds: its provider's notice may never come. */
export async function findSilent(db: Queryable, networkId: string, seconds: number): Promise<string | undefined> {
  const [row] = await db.query<{ id: string }>(sql`
    SELECT w.id FROM (
      SELECT p.id FROM payments p WHERE p.network_id = ${networkId} AND p.status = 'pending' AND p.provider IS NOT NULL
      UNION SELECT p.id FROM payment_refunds r JOIN payments p ON p.id = r.payment_id
        WHERE r.status = 'pending' AND p.network_id = ${networkId} AND p.provider IS NOT NULL
    ) w WHERE NOT EXISTS (SELECT 1 FROM payment_calls c WHERE c.payment_id = w.id
      AND (c.status IN ('waiting', 'sent') OR c.created_at > clock_timestamp() - make_interval(secs => ${seconds}::int)))
    ORDER BY w.id LIMIT 1`);
  return row?.id;
}

/** What providers have refused to do with several payments, or failed at: a refund that did not come through is not asked for again and again. */
export async function findRefused(db: Queryable, paymentIds: readonly string[]): Promise<{ paymentId: string; action: 'capture' | 'cancel' | 'refund' }[]> {
  return db.query(sql`
    SELECT payment_id AS "paymentId", action FROM payment_calls
    WHERE payment_id = ANY(${[...paymentIds]}::text[]) AND status = 'refused' AND action IN ('capture', 'cancel', 'refund')
    UNION SELECT payment_id, 'refund' FROM payment_refunds WHERE payment_id = ANY(${[...paymentIds]}::text[]) AND status = 'failed'`);
}
