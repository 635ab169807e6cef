import { toRfc3339 } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { Token } from './token.ts';

const TOKEN = sql`id, network_id AS "networkId", organisation_id AS "organisationId", driver_id AS "driverId", kind, uid, group_uid AS "groupUid", label,
  is_blocked AS "isBlocked", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** False when the uid is taken, or the driver's app has one. */
export async function insertToken(db: Queryable, t: Token): Promise<boolean> {
  return (await db.query(sql`
    INSERT INTO tokens (id, network_id, organisation_id, driver_id, kind, uid, group_uid, label, is_blocked, created_at, updated_at)
    VALUES (${t.id}, ${t.networkId}, ${t.organisationId}, ${t.driverId}, ${t.kind}, ${t.uid}, ${t.groupUid}, ${t.label}, ${t.isBlocked}, ${toRfc3339(t.createdAt)},
      ${toRfc3339(t.updatedAt)})
    ON CONFLICT DO NOTHING RETURNING id`)).length === 1;
}

export async function findTokenByUid(db: Queryable, networkId: string, uid: string): Promise<Token | undefined> {
  return (await db.query<Token>(sql`SELECT ${TOKEN} FROM tokens WHERE network_id = ${networkId} AND uid = ${uid}`))[0];
}

export async function findToken(db: Queryable, id: string): Promise<Token | undefined> {
  return (await db.query<Token>(sql`SELECT ${TOKEN} FROM tokens WHERE id = ${id}`))[0];
}

export async function listTokensOf(db: Queryable, driverId: string): Promise<Token[]> {
  return db.query(sql`SELECT ${TOKEN} FROM tokens WHERE driver_id = ${driverId} ORDER BY id`);
}

export async function updateToken(db: Queryable, t: Token): Promise<void> {
  await db.query(sql`UPDATE tokens SET label = ${t.label}, is_blocked = ${t.isBlocked}, updated_at = ${toRfc3339(t.updatedAt)} WHERE id = ${t.id}`);
}

export async function deleteToken(db: Queryable, id: string): Promise<void> {
  await db.query(sql`DELETE FROM tokens WHERE id = ${id}`);
}
