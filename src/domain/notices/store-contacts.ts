import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { Contact, PushSubscription } from './contact.ts';

const CONTACT = sql`driver_id AS "driverId", network_id AS "networkId", organisation_id AS "organisationId", phone, email, languages, reminder_minutes AS "reminderMinutes",
  channels, created_at AS "createdAt", updated_at AS "updatedAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/** Leaves the one that is there. */
export async function insertContact(db: Queryable, c: Contact): Promise<void> {
  await db.query(sql`
    INSERT INTO driver_contacts (driver_id, network_id, organisation_id, phone, email, languages, reminder_minutes, channels, created_at, updated_at)
    VALUES (${c.driverId}, ${c.networkId}, ${c.organisationId}, ${c.phone}, ${c.email}, ${[...c.languages]}::text[], ${c.reminderMinutes}, ${json(c.channels)}::jsonb,
      ${instant(c.createdAt)}, ${instant(c.updatedAt)})
    ON CONFLICT (driver_id) DO NOTHING`);
}

export async function updateContact(db: Queryable, c: Contact): Promise<void> {
  await db.query(sql`
    UPDATE driver_contacts SET phone = ${c.phone}, email = ${c.email}, languages = ${[...c.languages]}::text[], reminder_minutes = ${c.reminderMinutes},
      channels = ${json(c.channels)}::jsonb, updated_at = ${instant(c.updatedAt)}
    WHERE driver_id = ${c.driverId}`);
}

export async function findContact(db: Queryable, driverId: string): Promise<Contact | undefined> {
  return (await db.query<Contact>(sql`SELECT ${CONTACT} FROM driver_contacts WHERE driver_id = ${driverId}`))[0];
}

export async function lockContact(db: Queryable, driverId: string): Promise<Contact | undefined> {
  return (await db.query<Contact>(sql`SELECT ${CONTACT} FROM driver_contacts WHERE driver_id = ${driverId} FOR UPDATE`))[0];
}

/** Those of these drivers who may be reached at all. */
export async function listReachable(db: Queryable, driverIds: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`SELECT driver_id AS id FROM driver_contacts WHERE driver_id = ANY(${[...driverIds]}::text[])`);
  return rows.map(({ id }) => id);
}

const SUBSCRIPTION = sql`id, driver_id AS "driverId", endpoint, p256dh, auth, expires_at AS "expiresAt", created_at AS "createdAt"`;

export async function putPushSubscription(db: Queryable, s: PushSubscription): Promise<void> {
  await db.query(sql`
    INSERT INTO push_subscriptions (id, driver_id, endpoint, p256dh, auth, expires_at, created_at)
    VALUES (${s.id}, ${s.driverId}, ${s.endpoint}, ${s.p256dh}, ${s.auth}, ${instant(s.expiresAt)}, ${instant(s.createdAt)})
    ON CONFLICT (id) DO UPDATE SET p256dh = EXCLUDED.p256dh, auth = EXCLUDED.auth, expires_at = EXCLUDED.expires_at`);
}

export async function listPushSubscriptions(db: Queryable, driverId: string): Promise<PushSubscription[]> {
  return db.query(sql`SELECT ${SUBSCRIPTION} FROM push_subscriptions WHERE driver_id = ${driverId} ORDER BY id DESC LIMIT 1000`);
}

export async function findPushSubscription(db: Queryable, id: string): Promise<PushSubscription | undefined> {
  return (await db.query<PushSubscription>(sql`SELECT ${SUBSCRIPTION} FROM push_subscriptions WHERE id = ${id}`))[0];
}

/** @returns whether it was there */
export async function deletePushSubscription(db: Queryable, driverId: string, id: string): Promise<boolean> {
  return (await db.query(sql`DELETE FROM push_subscriptions WHERE id = ${id} AND driver_id = ${driverId} RETURNING id`)).length === 1;
}
