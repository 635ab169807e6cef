import { json, sql, type Database, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { EpochMs } from '../../platform/clock/index.ts';

/** A payment in the books of the sandbox provider. */
export interface SandboxPayment {
  ref: string;
  paymentId: string;
  currency: string;
  amountMinor: bigint;
  capture: 'manual' | 'automatic';
  description: string;
  returnUrl: string | null;
  state: 'pending' | 'authorized' | 'captured' | 'failed' | 'cancelled';
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refunds: { ref: string; refundId: string; amountMinor: string }[];
  failure: { code: string; message: string } | null;
  label: string | null;
  instrument: string | null;
  saves: boolean;
  createdAt: EpochMs;
}

const PAYMENT = sql`ref, payment_id AS "paymentId", currency, amount AS "amountMinor", capture, description, return_url AS "returnUrl", state, authorized AS "authorizedMinor",
  captured AS "capturedMinor", refunds, failure, label, instrument, saves, created_at AS "createdAt"`;

/** Adds a payment; nothing happens when ours is there already. */
export async function insert(db: Queryable, p: Omit<SandboxPayment, 'createdAt'>): Promise<void> {
  await db.query(sql`
    INSERT INTO sandbox_payments (ref, payment_id, currency, amount, capture, description, return_url, state, authorized, captured, refunds, failure, label, instrument, saves)
    VALUES (${p.ref}, ${p.paymentId}, ${p.currency}, ${p.amountMinor}, ${p.capture}, ${p.description}, ${p.returnUrl}, ${p.state}, ${p.authorizedMinor}, ${p.capturedMinor},
      ${json(p.refunds)}::jsonb, ${p.failure === null ? null : json(p.failure)}::jsonb, ${p.label}, ${p.instrument}, ${p.saves})
    ON CONFLICT DO NOTHING`);
}

export async function findByPayment(db: Queryable, paymentId: string): Promise<SandboxPayment | undefined> {
  return (await db.query<SandboxPayment>(sql`SELECT ${PAYMENT} FROM sandbox_payments WHERE payment_id = ${paymentId}`))[0];
}

export async function findByRef(db: Queryable, ref: string): Promise<SandboxPayment | undefined> {
  return (await db.query<SandboxPayment>(sql`SELECT ${PAYMENT} FROM sandbox_payments WHERE ref = ${ref}`))[0];
}

/** Locks a payment for a change; what `work` gives is written. */
export async function change(database: Database, ref: string, work: (p: SandboxPayment,
  tx: Transaction) => Promise<SandboxPayment> | SandboxPayment): Promise<SandboxPayment | undefined> {
  return database.transaction(async (tx) => {
    const [before] = await tx.query<SandboxPayment>(sql`SELECT ${PAYMENT} FROM sandbox_payments WHERE ref = ${ref} FOR UPDATE`);
    if (!before) return undefined;
    const p = await work(before, tx);
    await tx.query(sql`
      UPDATE sandbox_payments SET state = ${p.state}, authorized = ${p.authorizedMinor}, captured = ${p.capturedMinor}, refunds = ${json(p.refunds)}::jsonb,
        failure = ${p.failure === null ? null : json(p.failure)}::jsonb, label = ${p.label}, instrument = ${p.instrument} WHERE ref = ${ref}`);
    return p;
  });
}

/** Payments of a time, in pages by their ref. */
export async function list(db: Queryable, time: { from: string; to: string }, after: string, limit: number): Promise<SandboxPayment[]> {
  return db.query<SandboxPayment>(sql`
    SELECT ${PAYMENT} FROM sandbox_payments WHERE created_at >= ${time.from}::timestamptz AND created_at < ${time.to}::timestamptz AND ref > ${after} ORDER BY ref LIMIT ${limit}`);
}
