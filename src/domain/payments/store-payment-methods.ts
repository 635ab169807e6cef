import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { PaymentMethod } from './payment-method.ts';

const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;
const METHOD = sql`id, network_id AS "networkId", organisation_id AS "organisationId", driver_id AS "driverId", provider, provider_ref AS "providerRef", label,
  preferred_at AS "preferredAt", removed_at AS "removedAt", version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Those that a driver has now: the default one first, then from the oldest on. */
export async function findOfDriver(db: Queryable, driverId: string): Promise<PaymentMethod[]> {
  return db.query<PaymentMethod>(sql`
    SELECT ${METHOD} FROM payment_methods WHERE driver_id = ${driverId} AND removed_at IS NULL ORDER BY preferred_at DESC NULLS LAST, id`);
}

/** Adds it, or brings one that was removed before `since` back; undefined when it is there, or was removed later. */
export async function insertOrRevive(db: Queryable, m: PaymentMethod, since: EpochMs): Promise<PaymentMethod | undefined> {
  return (await db.query<PaymentMethod>(sql`
    INSERT INTO payment_methods AS old (id, network_id, organisation_id, driver_id, provider, provider_ref, label, preferred_at, removed_at, version, created_at, updated_at)
    VALUES (${m.id}, ${m.networkId}, ${m.organisationId}, ${m.driverId}, ${m.provider}, ${m.providerRef}, ${m.label}, NULL, NULL, ${m.version}, ${instant(m.createdAt)},
      ${instant(m.updatedAt)})
    ON CONFLICT (driver_id, provider, provider_ref) DO UPDATE
      SET removed_at = NULL, preferred_at = NULL, label = EXCLUDED.label, version = old.version + 1, updated_at = EXCLUDED.updated_at
      WHERE old.removed_at < ${instant(since)}
    RETURNING ${METHOD}`))[0];
}

/** One that is not removed. */
export async function findByRef(db: Queryable, { driverId, provider, providerRef }: PaymentMethod): Promise<PaymentMethod | undefined> {
  return (await db.query<PaymentMethod>(sql`
    SELECT ${METHOD} FROM payment_methods WHERE driver_id = ${driverId} AND provider = ${provider} AND provider_ref = ${providerRef} AND removed_at IS NULL`))[0];
}

export async function lockMethod(db: Queryable, id: string): Promise<PaymentMethod | undefined> {
  return (await db.query<PaymentMethod>(sql`SELECT ${METHOD} FROM payment_methods WHERE id = ${id} FOR UPDATE`))[0];
}

/** The row must be locked. */
export async function updateMethod(db: Queryable, m: PaymentMethod): Promise<void> {
  await db.query(sql`
    UPDATE payment_methods SET preferred_at = ${instant(m.preferredAt)}, removed_at = ${instant(m.removedAt)}, version = ${m.version}, updated_at = ${instant(m.updatedAt)}
    WHERE id = ${m.id}`);
}
