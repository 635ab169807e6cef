import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { sql, type Queryable, type Sql } from '../../../platform/database/index.ts';
import type { DisabledReason, WebhookEndpoint } from './endpoint.ts';

const ENDPOINT = sql`id, network_id AS "networkId", organisation_id AS "organisationId", url, event_types AS "eventTypes", description, status,
  disabled_reason AS "disabledReason", right(secret, 4) AS "secretHint",
  CASE WHEN previous_secret_expires_at > clock_timestamp() THEN previous_secret_expires_at END AS "previousSecretExpiresAt",
  version, created_at AS "createdAt", updated_at AS "updatedAt"`;

export interface Page {
  /** the id after which to go on: older ones follow */
  after?: string;
  /** the id before which to end: newer ones */
  before?: string;
  limit: number;
}

/** Newest first: rows after a cursor are older, rows before it newer. `select` ends inside its WHERE. */
export async function pageByIdDescending<T extends { id: string }>(db: Queryable, select: Sql, page: Page): Promise<T[]> {
  if (page.before !== undefined) {
    return (await db.query<T>(sql`${select} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query<T>(sql`${select} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}

/**
 * How many endpoints an organisation has. Its row is locked until the end of the transaction, so that two calls can't both
 * find room for the last.
 */
export async function countEndpointsLocked(db: Queryable, organisationId: string): Promise<number> {
  await db.query(sql`SELECT 1 AS one FROM organisations WHERE id = ${organisationId} FOR NO KEY UPDATE`);
  const [row] = await db.query<{ n: number }>(sql`
    SELECT count(*)::int AS n FROM webhook_endpoints WHERE organisation_id = ${organisationId} AND deleted_at IS NULL`);
  return row!.n;
}

export async function insertEndpoint(db: Queryable, e: WebhookEndpoint, secret: string): Promise<void> {
  await db.query(sql`
    INSERT INTO webhook_endpoints (id, network_id, organisation_id, url, event_types, description, status, secret, version, created_at, updated_at)
    VALUES (${e.id}, ${e.networkId}, ${e.organisationId}, ${e.url}, ${e.eventTypes}::text[], ${e.description}, ${e.status}, ${secret}, ${e.version},
      ${toRfc3339(e.createdAt)}, ${toRfc3339(e.updatedAt)})`);
}

/** An endpoint of that organisation which is not deleted. */
export async function findEndpoint(db: Queryable, organisationId: string, id: string): Promise<WebhookEndpoint | undefined> {
  return (await db.query<WebhookEndpoint>(sql`
    SELECT ${ENDPOINT} FROM webhook_endpoints WHERE id = ${id} AND organisation_id = ${organisationId} AND deleted_at IS NULL`))[0];
}

/** The same, locked until the end of the transaction (deliveries of it may still be added). */
export async function lockEndpoint(db: Queryable, organisationId: string, id: string): Promise<WebhookEndpoint | undefined> {
  return (await db.query<WebhookEndpoint>(sql`
    SELECT ${ENDPOINT} FROM webhook_endpoints WHERE id = ${id} AND organisation_id = ${organisationId} AND deleted_at IS NULL FOR NO KEY UPDATE`))[0];
}

export async function listEndpoints(db: Queryable, organisationId: string, page: Page): Promise<WebhookEndpoint[]> {
  const select = sql`SELECT ${ENDPOINT} FROM webhook_endpoints WHERE organisation_id = ${organisationId} AND deleted_at IS NULL`;
  return pageByIdDescending(db, select, page);
}

/** @param startsAfresh forgets how long it has been failing: it is switched on again, or leads elsewhere now. */
export async function updateEndpoint(db: Queryable, e: WebhookEndpoint, startsAfresh: boolean): Promise<void> {
  await db.query(sql`
    UPDATE webhook_endpoints SET url = ${e.url}, event_types = ${e.eventTypes}::text[], description = ${e.description}, status = ${e.status},
      disabled_reason = ${e.disabledReason}, version = ${e.version}, updated_at = ${toRfc3339(e.updatedAt)}
      ${startsAfresh ? sql`, failing_since = NULL` : sql``}
    WHERE id = ${e.id}`);
}

/** A new secret; the one it replaces stays live for a while, the one before that no longer. */
export async function replaceSecret(db: Queryable, id: string, secret: string, previousExpiresAt: EpochMs, now: EpochMs): Promise<void> {
  await db.query(sql`
    UPDATE webhook_endpoints SET previous_secret = secret, previous_secret_expires_at = ${toRfc3339(previousExpiresAt)}, secret = ${secret},
      version = version + 1, updated_at = ${toRfc3339(now)}
    WHERE id = ${id}`);
}

/** Deletes an endpoint but for its row, which its deliveries refer to; its secrets go. */
export async function deleteEndpoint(db: Queryable, id: string, now: EpochMs): Promise<void> {
  await db.query(sql`
    UPDATE webhook_endpoints SET deleted_at = ${toRfc3339(now)}, updated_at = ${toRfc3339(now)}, version = version + 1,
      secret = '', previous_secret = NULL, previous_secret_expires_at = NULL
    WHERE id = ${id}`);
}

/** Disables an endpoint if it is enabled and still leads to that URL; tells whether it did. */
export async function disableEndpoint(db: Queryable, id: string, url: string, reason: DisabledReason, now: EpochMs): Promise<boolean> {
  const rows = await db.query(sql`
    UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = ${reason}, version = version + 1, updated_at = ${toRfc3339(now)}
    WHERE id = ${id} AND url = ${url} AND status = 'enabled' AND deleted_at IS NULL RETURNING id`);
  return rows.length === 1;
}

export async function noteSuccess(db: Queryable, id: string): Promise<void> {
  await db.query(sql`UPDATE webhook_endpoints SET failing_since = NULL WHERE id = ${id} AND failing_since IS NOT NULL`);
}

/** Remembers the first failure since the last success of calls to that URL. */
export async function noteFailure(db: Queryable, id: string, url: string, at: EpochMs): Promise<void> {
  await db.query(sql`UPDATE webhook_endpoints SET failing_since = ${toRfc3339(at)} WHERE id = ${id} AND url = ${url} AND failing_since IS NULL`);
}

export async function isFailingSince(db: Queryable, id: string, before: EpochMs): Promise<boolean> {
  const rows = await db.query(sql`SELECT 1 AS one FROM webhook_endpoints WHERE id = ${id} AND failing_since <= ${toRfc3339(before)}::timestamptz`);
  return rows.length > 0;
}
