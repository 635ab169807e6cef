import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { Payment, PaymentStatus, Refund } from './payment.ts';

const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;
const PAYMENT = sql`id, network_id AS "networkId", organisation_id AS "organisationId", driver_id AS "driverId", object, object_id AS "objectId", method, provider, timing,
  capture, currency, amount AS "amountMinor", carried AS "carriedMinor", wallet_amount AS "walletAmountMinor", authorized AS "authorizedMinor", captured AS "capturedMinor",
  refunded AS "refundedMinor", status, details, reference, provider_ref AS "providerRef", expires_at AS "expiresAt", holds, told, wants_look_up AS "wantsLookUp", metadata,
  version, created_at AS "createdAt", updated_at AS "updatedAt"`;

export async function insertPayment(db: Queryable, p: Payment): Promise<void> {
  await db.query(sql`
    INSERT INTO payments (id, network_id, organisation_id, driver_id, object, object_id, method, provider, timing, capture, currency, amount, carried, wallet_amount,
      authorized, captured, refunded, status, details, reference, provider_ref, expires_at, holds, told, wants_look_up, metadata, version, created_at, updated_at)
    VALUES (${p.id}, ${p.networkId}, ${p.organisationId}, ${p.driverId}, ${p.object}, ${p.objectId}, ${p.method}, ${p.provider}, ${p.timing}, ${p.capture}, ${p.currency},
      ${p.amountMinor}, ${p.carriedMinor}, ${p.walletAmountMinor}, ${p.authorizedMinor}, ${p.capturedMinor}, ${p.refundedMinor}, ${p.status}, ${json(p.details)}::jsonb,
      ${p.reference}, ${p.providerRef}, ${instant(p.expiresAt)}, ${json(p.holds)}::jsonb, ${p.told}, ${p.wantsLookUp}, ${json(p.metadata)}::jsonb, ${p.version},
      ${instant(p.createdAt)}, ${instant(p.updatedAt)})`);
}

/** By what a terminal of the organisation's calls it. */
export async function findOfTerminal(db: Queryable, organisationId: string, providerRef: string): Promise<Payment | undefined> {
  return (await db.query<Payment>(sql`SELECT ${PAYMENT} FROM payments WHERE organisation_id = ${organisationId} AND provider_ref = ${providerRef} AND method = 'terminal'`))[0];
}

/** The row must be locked. */
export async function updatePayment(db: Queryable, p: Payment): Promise<void> {
  await db.query(sql`
    UPDATE payments SET object_id = ${p.objectId}, authorized = ${p.authorizedMinor}, captured = ${p.capturedMinor}, refunded = ${p.refundedMinor}, status = ${p.status},
      details = ${json(p.details)}::jsonb, provider_ref = ${p.providerRef}, expires_at = ${instant(p.expiresAt)}, holds = ${json(p.holds)}::jsonb, told = ${p.told},
      wants_look_up = ${p.wantsLookUp}, version = ${p.version}, updated_at = ${instant(p.updatedAt)}
    WHERE id = ${p.id}`);
}

export async function findPayment(db: Queryable, id: string): Promise<Payment | undefined> {
  return (await db.query<Payment>(sql`SELECT ${PAYMENT} FROM payments WHERE id = ${id}`))[0];
}

export async function findPayments(db: Queryable, ids: readonly string[]): Promise<Payment[]> {
  return db.query<Payment>(sql`SELECT ${PAYMENT} FROM payments WHERE id = ANY(${[...ids]}::text[])`);
}

export async function lockPayment(db: Queryable, id: string): Promise<Payment | undefined> {
  return (await db.query<Payment>(sql`SELECT ${PAYMENT} FROM payments WHERE id = ${id} FOR UPDATE`))[0];
}

export async function findPaymentsOf(db: Queryable, networkId: string, objectId: string): Promise<Payment[]> {
  return db.query<Payment>(sql`SELECT ${PAYMENT} FROM payments WHERE object_id = ${objectId} AND network_id = ${networkId} ORDER BY id`);
}

/** Locks all payments for an object, in the order of their ids. */
export async function lockPaymentsOf(db: Queryable, networkId: string, objectId: string): Promise<Payment[]> {
  return db.query<Payment>(sql`SELECT ${PAYMENT} FROM payments WHERE object_id = ${objectId} AND network_id = ${networkId} ORDER BY id FOR UPDATE`);
}

export async function findByProviderRef(db: Queryable, provider: string, ref: string): Promise<Payment | undefined> {
  return (await db.query<Payment>(sql`SELECT ${PAYMENT} FROM payments WHERE provider = ${provider} AND provider_ref = ${ref}`))[0];
}

/** Locks an organisation's payments with these references, in the order of their ids. */
export async function lockByReferences(db: Queryable, networkId: string, organisationId: string, references: readonly string[]): Promise<Payment[]> {
  return db.query<Payment>(sql`
    SELECT ${PAYMENT} FROM payments WHERE network_id = ${networkId} AND organisation_id = ${organisationId} AND reference = ANY(${[...references]}::text[])
    ORDER BY id FOR UPDATE`);
}

export interface PaymentListing {
  networkId: string;
  organisationId?: string;
  driverId?: string;
  objectId?: string;
  status?: PaymentStatus;
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listPayments(db: Queryable, q: PaymentListing): Promise<Payment[]> {
  const only = (column: ReturnType<typeof sql>, value: string | undefined) => (value === undefined ? sql`` : sql`AND ${column} = ${value}`);
  const where = sql`network_id = ${q.networkId} ${only(sql`organisation_id`, q.organisationId)} ${only(sql`driver_id`, q.driverId)} ${only(sql`object_id`, q.objectId)}
    ${only(sql`status`, q.status)}`;
  if (q.before !== undefined) {
    return (await db.query<Payment>(sql`SELECT ${PAYMENT} FROM payments WHERE ${where} AND id > ${q.before} ORDER BY id LIMIT ${q.limit}`)).reverse();
  }
  return db.query<Payment>(sql`SELECT ${PAYMENT} FROM payments WHERE ${where} ${q.after === undefined ? sql`` : sql`AND id < ${q.after}`} ORDER BY id DESC LIMIT ${q.limit}`);
}

/** A payment whose change nobody has looked at: any of the oldest, so that one that can't be looked at keeps no others from it. */
export async function findUntold(db: Queryable, networkId: string): Promise<Payment | undefined> {
  return (await db.query<Payment>(sql`
    SELECT * FROM (SELECT ${PAYMENT} FROM payments WHERE network_id = ${networkId} AND NOT told ORDER BY id LIMIT 20) oldest ORDER BY random() LIMIT 1`))[0];
}

/** Locks a payment whose time is over. */
export async function lockExpired(db: Queryable, networkId: string, now: EpochMs): Promise<Payment | undefined> {
  return (await db.query<Payment>(sql`
    SELECT ${PAYMENT} FROM payments WHERE network_id = ${networkId} AND status IN ('pending', 'authorized') AND expires_at <= ${instant(now)}
    ORDER BY expires_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`))[0];
}

export async function nextExpiry(db: Queryable, networkId: string, after: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(expires_at) AS at FROM payments WHERE network_id = ${networkId} AND status IN ('pending', 'authorized') AND expires_at > ${instant(after)}`);
  return row?.at ?? undefined;
}

const REFUND = sql`id, payment_id AS "paymentId", amount AS "amountMinor", status, reason, provider_ref AS "providerRef",
  transfer_id AS "transferId", is_goodwill AS "isGoodwill", created_at AS "createdAt",
  updated_at AS "updatedAt"`;

export async function insertRefund(db: Queryable, r: Refund): Promise<void> {
  await db.query(sql`
    INSERT INTO payment_refunds (id, payment_id, amount, status, reason, provider_ref, transfer_id, is_goodwill, created_at, updated_at)
    VALUES (${r.id}, ${r.paymentId}, ${r.amountMinor}, ${r.status}, ${r.reason}, ${r.providerRef}, ${r.transferId}, ${r.isGoodwill}, ${instant(r.createdAt)},
      ${instant(r.updatedAt)})`);
}

export async function updateRefund(db: Queryable, r: Refund): Promise<void> {
  await db.query(sql`UPDATE payment_refunds SET status = ${r.status}, provider_ref = ${r.providerRef}, updated_at = ${instant(r.updatedAt)} WHERE id = ${r.id}`);
}

/** Those of several payments, oldest first. */
export async function findRefunds(db: Queryable, paymentIds: readonly string[]): Promise<Refund[]> {
  return db.query<Refund>(sql`SELECT ${REFUND} FROM payment_refunds WHERE payment_id = ANY(${[...paymentIds]}::text[]) ORDER BY id`);
}

export async function markTold(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query(sql`UPDATE payments SET told = true WHERE id = ANY(${[...ids]}::text[]) AND NOT told`);
}
