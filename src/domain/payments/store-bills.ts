import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { ObjectBill } from './bill.ts';

const instant = (at: EpochMs) => sql`${toRfc3339(at)}::timestamptz`;
const BILL = sql`id, network_id AS "networkId", organisation_id AS "organisationId", operator_id AS "operatorId", driver_id AS "driverId", object, object_id AS "objectId",
  session_id AS "sessionId", currency, content, total AS "totalMinor", carried AS "carriedMinor", outstanding AS "outstandingMinor",
  invoiced ->> 'invoiceId' AS "invoiceId", invoiced ->> 'problem' AS "invoiceProblem", version, created_at AS "createdAt",
  updated_at AS "updatedAt"`;

export async function insertBill(db: Queryable, b: ObjectBill): Promise<void> {
  await db.query(sql`
    INSERT INTO bills (id, network_id, organisation_id, operator_id, driver_id, object, object_id, session_id, currency, content, total, carried, outstanding, version,
      created_at, updated_at)
    VALUES (${b.id}, ${b.networkId}, ${b.organisationId}, ${b.operatorId}, ${b.driverId}, ${b.object}, ${b.objectId}, ${b.sessionId}, ${b.currency},
      ${json(b.content)}::jsonb, ${b.totalMinor}, ${b.carriedMinor}, ${b.outstandingMinor}, ${b.version}, ${instant(b.createdAt)}, ${instant(b.updatedAt)})`);
}

/** Locks a bill that waits for its invoice, whose payments are settled, of those that nobody is working on. What was invoiced of it before is still told. */
export async function lockToInvoice(db: Queryable, networkId: string): Promise<ObjectBill | undefined> {
  return (await db.query<ObjectBill>(sql`
    SELECT ${BILL} FROM bills b WHERE network_id = ${networkId} AND (invoiced IS NULL OR invoiced ->> 'wanted' = 'true') AND NOT EXISTS (
      SELECT 1 FROM payments p JOIN payment_calls c ON c.payment_id = p.id AND c.status IN ('waiting', 'sent') WHERE p.object_id = b.object_id)
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`))[0];
}

export async function setInvoiced(db: Queryable, id: string, invoiced: { invoiceId: string | null; problem: string | null; wanted?: true }): Promise<void> {
  await db.query(sql`UPDATE bills SET invoiced = ${json(invoiced)}::jsonb WHERE id = ${id}`);
}

/** The row must be locked. */
export async function updateBill(db: Queryable, b: ObjectBill): Promise<void> {
  await db.query(sql`
    UPDATE bills SET session_id = ${b.sessionId}, content = ${json(b.content)}::jsonb, total = ${b.totalMinor}, carried = ${b.carriedMinor}, outstanding = ${b.outstandingMinor},
      version = ${b.version}, updated_at = ${instant(b.updatedAt)}
    WHERE id = ${b.id}`);
}

export async function findBill(db: Queryable, id: string): Promise<ObjectBill | undefined> {
  return (await db.query<ObjectBill>(sql`SELECT ${BILL} FROM bills WHERE id = ${id}`))[0];
}

export async function lockBillOf(db: Queryable, object: ObjectBill['object'], objectId: string): Promise<ObjectBill | undefined> {
  return (await db.query<ObjectBill>(sql`SELECT ${BILL} FROM bills WHERE object = ${object} AND object_id = ${objectId} FOR UPDATE`))[0];
}

/** Those of a driver of which something was written down as owed, newest first; the latest of them. */
export async function findOwing(db: Queryable, driverId: string, currency: string): Promise<ObjectBill[]> {
  return db.query<ObjectBill>(sql`SELECT ${BILL} FROM bills WHERE driver_id = ${driverId} AND currency = ${currency} AND outstanding > 0 ORDER BY id DESC LIMIT 100`);
}

export interface BillListing {
  networkId: string;
  /** of this provider or operator */
  partyId?: string;
  driverId?: string;
  objectId?: string;
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listBills(db: Queryable, q: BillListing): Promise<ObjectBill[]> {
  const where = sql`network_id = ${q.networkId} ${q.partyId === undefined ? sql`` : sql`AND (organisation_id = ${q.partyId} OR operator_id = ${q.partyId})`}
    ${q.driverId === undefined ? sql`` : sql`AND driver_id = ${q.driverId}`} ${q.objectId === undefined ? sql`` : sql`AND ${q.objectId} IN (object_id, session_id)`}`;
  if (q.before !== undefined) return (await db.query<ObjectBill>(sql`SELECT ${BILL} FROM bills WHERE ${where} AND id > ${q.before} ORDER BY id LIMIT ${q.limit}`)).reverse();
  return db.query<ObjectBill>(sql`SELECT ${BILL} FROM bills WHERE ${where} ${q.after === undefined ? sql`` : sql`AND id < ${q.after}`} ORDER BY id DESC LIMIT ${q.limit}`);
}

/** Whether an object was billed. */
export async function isBilled(db: Queryable, objectId: string): Promise<boolean> {
  return (await db.query(sql`SELECT 1 FROM bills WHERE object_id = ${objectId} LIMIT 1`)).length > 0;
}
