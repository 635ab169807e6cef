import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { Scope } from './scopes.ts';
import type { KeyActor, Network } from './context.ts';
import type { ApiKey } from './key.ts';
import type { Organisation } from './organisation.ts';

const ORGANISATION = sql`id, network_id AS "networkId", slug, name, roles, country_code AS "countryCode", party_id AS "partyId",
  max_active_holds AS "maxActiveHolds", minimum_balance AS "minimumBalanceMinor", support_contact AS "supportContact", version, created_at AS "createdAt"`;
const KEY = sql`id, organisation_id AS "organisationId", name, kind, hint, scopes, driver_id AS "driverId", created_at AS "createdAt",
  last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;

export async function insertNetwork(db: Queryable, network: Network & { name: string }): Promise<void> {
  await db.query(sql`INSERT INTO networks (id, name, mode, created_at) VALUES (${network.id}, ${network.name}, ${network.mode}, clock_timestamp())`);
}

export async function listNetworks(db: Queryable): Promise<(Network & { name: string; clockOffsetMs: number })[]> {
  return db.query(sql`SELECT id, name, mode, clock_offset_ms::float8 AS "clockOffsetMs" FROM networks ORDER BY id`);
}

/** Locks the network's clock, so that one caller at a time moves it, and reads it. */
export async function lockClock(db: Queryable, networkId: string): Promise<EpochMs> {
  const [row] = await db.query<{ now: bigint }>(sql`
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + clock_offset_ms AS now FROM networks WHERE id = ${networkId} FOR NO KEY UPDATE`);
  return Number(row!.now);
}

/** Keeps the test clock from being moved (see `lockClock`); whether it could. Never waits where that is said. */
export async function keepClock(db: Queryable, networkId: string, neverWaits: boolean): Promise<boolean> {
  return (await db.query(sql`SELECT 1 AS one FROM networks WHERE id = ${networkId} FOR SHARE ${neverWaits ? sql`SKIP LOCKED` : sql``}`)).length > 0;
}

/** Moves the test clock and returns the network's new version; the row is locked until the end of the transaction. */
export async function moveClock(db: Queryable, networkId: string, byMs: number): Promise<number> {
  const [row] = await db.query<{ version: number }>(sql`
    UPDATE networks SET clock_offset_ms = clock_offset_ms + ${byMs}::bigint, version = version + 1 WHERE id = ${networkId} AND mode = 'sandbox' RETURNING version`);
  return row!.version;
}

export async function insertOrganisation(db: Queryable, o: Organisation): Promise<void> {
  await db.query(sql`
    INSERT INTO organisations (id, network_id, slug, name, roles, country_code, party_id, max_active_holds, minimum_balance, support_contact, version, created_at)
    VALUES (${o.id}, ${o.networkId}, ${o.slug}, ${o.name}, ${o.roles}::text[], ${o.countryCode}, ${o.partyId}, ${o.maxActiveHolds}, ${o.minimumBalanceMinor},
      ${json(o.supportContact)}::jsonb, ${o.version}, ${toRfc3339(o.createdAt)})`);
}

export async function updateOrganisation(db: Queryable, o: Organisation): Promise<void> {
  await db.query(sql`
    UPDATE organisations SET minimum_balance = ${o.minimumBalanceMinor}, support_contact = ${json(o.supportContact)}::jsonb, version = ${o.version} WHERE id = ${o.id}`);
}

/** Locks the organisation's row, for rules that count what it has. */
export async function lockOrganisation(db: Queryable, id: string): Promise<void> {
  await db.query(sql`SELECT 1 AS one FROM organisations WHERE id = ${id} FOR NO KEY UPDATE`);
}

export async function findOrganisation(db: Queryable, id: string): Promise<Organisation | undefined> {
  return (await db.query<Organisation>(sql`SELECT ${ORGANISATION} FROM organisations WHERE id = ${id}`))[0];
}

export async function findOrganisationBySlug(db: Queryable, networkId: string, slug: string): Promise<Organisation | undefined> {
  return (await db.query<Organisation>(sql`SELECT ${ORGANISATION} FROM organisations WHERE network_id = ${networkId} AND slug = ${slug}`))[0];
}

export async function listOrganisations(db: Queryable, networkId?: string): Promise<Organisation[]> {
  return db.query(sql`SELECT ${ORGANISATION} FROM organisations ${networkId === undefined ? sql`` : sql`WHERE network_id = ${networkId}`} ORDER BY id`);
}

export async function insertKey(db: Queryable, key: ApiKey, secretSha256: string): Promise<void> {
  await db.query(sql`
    INSERT INTO api_keys (id, organisation_id, name, kind, secret_sha256, hint, scopes, driver_id, created_at)
    VALUES (${key.id}, ${key.organisationId}, ${key.name}, ${key.kind}, ${secretSha256}, ${key.hint}, ${key.scopes}::text[], ${key.driverId}, ${toRfc3339(key.createdAt)})`);
}

export async function listKeys(db: Queryable, organisationId: string): Promise<ApiKey[]> {
  return db.query(sql`SELECT ${KEY} FROM api_keys WHERE organisation_id = ${organisationId} ORDER BY id DESC LIMIT 1000`);
}

/** Revokes a key of the organisation; undefined when it has none of that id. Revoking twice keeps the first time. */
export async function revokeKey(db: Queryable, organisationId: string, id: string, now: EpochMs): Promise<ApiKey | undefined> {
  return (await db.query<ApiKey>(sql`
    UPDATE api_keys SET revoked_at = coalesce(revoked_at, ${toRfc3339(now)}::timestamptz) WHERE id = ${id} AND organisation_id = ${organisationId} RETURNING ${KEY}`))[0];
}

/** The live key with that hash, whose use it is, and the network's time: all that a request needs to begin. */
export async function findKeyByHash(db: Queryable, secretSha256: string): Promise<{ actor: KeyActor; network: Network; now: EpochMs } | undefined> {
  const [row] = await db.query<{
    id: string; organisationId: string; roles: KeyActor['roles']; scopes: Scope[]; driverId: string | null; networkId: string; mode: Network['mode']; now: bigint;
  }>(sql`
    SELECT k.id, k.organisation_id AS "organisationId", o.roles, k.scopes, k.driver_id AS "driverId", n.id AS "networkId", n.mode,
           (extract(epoch FROM clock_timestamp()) * 1000)::bigint + n.clock_offset_ms AS now
    FROM api_keys k JOIN organisations o ON o.id = k.organisation_id JOIN networks n ON n.id = o.network_id
    WHERE k.secret_sha256 = ${secretSha256} AND k.revoked_at IS NULL`);
  if (!row) return undefined;
  const { id, organisationId, roles, scopes, driverId } = row;
  const actor: KeyActor = { kind: 'key', keyId: id, organisationId, roles, scopes, ...(driverId === null ? {} : { driverId }) };
  return { actor, network: { id: row.networkId, mode: row.mode }, now: Number(row.now) };
}

/** Notes that keys were used. Several processes do so at once, hence the order of the locks. */
export async function touchKeys(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query(sql`
    UPDATE api_keys SET last_used_at = clock_timestamp()
    WHERE id IN (SELECT id FROM api_keys WHERE id = ANY(${[...ids]}::text[]) ORDER BY id FOR NO KEY UPDATE)`);
}

export interface AuditEntry {
  id: string;
  networkId: string;
  organisationId: string | null;
  actor: string;
  action: string;
  object: string;
  objectId: string;
  changes: unknown;
  requestId: string | null;
  at: EpochMs;
}

export function insertAudit(tx: Transaction, e: AuditEntry): void {
  tx.send(sql`
    INSERT INTO audit_log (id, network_id, organisation_id, actor, action, object, object_id, changes, request_id, at)
    VALUES (${e.id}, ${e.networkId}, ${e.organisationId}, ${e.actor}, ${e.action}, ${e.object}, ${e.objectId}, ${json(e.changes)}::jsonb, ${e.requestId}, ${toRfc3339(e.at)})`);
}

/** An organisation's own entries, newest first, before the one with the id `before`. */
export async function listAudit(db: Queryable, organisationId: string, options: { before?: string; objectId?: string; limit: number }): Promise<AuditEntry[]> {
  return db.query(sql`
    SELECT id, network_id AS "networkId", organisation_id AS "organisationId", actor, action, object, object_id AS "objectId", changes,
           request_id AS "requestId", at
    FROM audit_log WHERE organisation_id = ${organisationId}
    ${options.before === undefined ? sql`` : sql`AND id < ${options.before}`} ${options.objectId === undefined ? sql`` : sql`AND object_id = ${options.objectId}`}
    ORDER BY id DESC LIMIT ${options.limit}`);
}
