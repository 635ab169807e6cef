import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { TopUp } from './top-up.ts';

const instant = (at: EpochMs) => sql`${toRfc3339(at)}::timestamptz`;
const TOP_UP = sql`id, network_id AS "networkId", organisation_id AS "organisationId", driver_id AS "driverId", type, currency, amount AS "amountMinor",
  wallet_amount AS "walletAmountMinor", credited AS "creditedMinor", status, payment_id AS "paymentId", metadata, version, created_at AS "createdAt", updated_at AS "updatedAt"`;

export async function insertTopUp(db: Queryable, t: TopUp): Promise<void> {
  await db.query(sql`
    INSERT INTO top_ups (id, network_id, organisation_id, driver_id, type, currency, amount, wallet_amount, credited, status, payment_id, metadata, version, created_at, updated_at)
    VALUES (${t.id}, ${t.networkId}, ${t.organisationId}, ${t.driverId}, ${t.type}, ${t.currency}, ${t.amountMinor}, ${t.walletAmountMinor}, ${t.creditedMinor}, ${t.status},
      ${t.paymentId}, ${json(t.metadata)}::jsonb, ${t.version}, ${instant(t.createdAt)}, ${instant(t.updatedAt)})`);
}

export async function findTopUp(db: Queryable, id: string): Promise<TopUp | undefined> {
  return (await db.query<TopUp>(sql`SELECT ${TOP_UP} FROM top_ups WHERE id = ${id}`))[0];
}

export async function lockTopUp(db: Queryable, id: string): Promise<TopUp | undefined> {
  return (await db.query<TopUp>(sql`SELECT ${TOP_UP} FROM top_ups WHERE id = ${id} FOR UPDATE`))[0];
}

/** The row must be locked. */
export async function updateTopUp(db: Queryable, t: TopUp): Promise<void> {
  await db.query(sql`UPDATE top_ups SET credited = ${t.creditedMinor}, status = ${t.status}, version = ${t.version}, updated_at = ${instant(t.updatedAt)} WHERE id = ${t.id}`);
}

export interface TopUpListing {
  networkId: string;
  organisationId?: string;
  driverId?: string;
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listTopUps(db: Queryable, q: TopUpListing): Promise<TopUp[]> {
  const only = (column: ReturnType<typeof sql>, value: string | undefined) => (value === undefined ? sql`` : sql`AND ${column} = ${value}`);
  const where = sql`network_id = ${q.networkId} ${only(sql`organisation_id`, q.organisationId)} ${only(sql`driver_id`, q.driverId)}`;
  if (q.before !== undefined) return (await db.query<TopUp>(sql`SELECT ${TOP_UP} FROM top_ups WHERE ${where} AND id > ${q.before} ORDER BY id LIMIT ${q.limit}`)).reverse();
  return db.query<TopUp>(sql`SELECT ${TOP_UP} FROM top_ups WHERE ${where} ${q.after === undefined ? sql`` : sql`AND id < ${q.after}`} ORDER BY id DESC LIMIT ${q.limit}`);
}
