import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../../platform/database/index.ts';
import type { Attempt, DeliveryStatus, WebhookDelivery } from './delivery.ts';
import type { Secrets } from './signature.ts';
import { pageByIdDescending, type Page } from './store.ts';

const DELIVERY = sql`id, endpoint_id AS "endpointId", event_id AS "eventId", event_type AS "eventType", body, status, attempts,
  next_attempt_at AS "nextAttemptAt", log, replay_of AS "replayOf", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Inserts deliveries and tells the ids of those that are new: an event that an endpoint has got already is left out, unless it is a replay. */
export async function insertDeliveries(db: Queryable, deliveries: readonly WebhookDelivery[]): Promise<Set<string>> {
  const rows = deliveries.map((delivery) => ({
    ...delivery, nextAttemptAt: delivery.nextAttemptAt === null ? null : toRfc3339(delivery.nextAttemptAt), createdAt: toRfc3339(delivery.createdAt),
  }));
  const inserted = await db.query<{ id: string }>(sql`
    INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, body, status, next_attempt_at, log, replay_of, created_at, updated_at)
    SELECT d->>'id', d->>'endpointId', d->>'eventId', d->>'eventType', d->>'body', d->>'status', (d->>'nextAttemptAt')::timestamptz, d->'log',
           d->>'replayOf', (d->>'createdAt')::timestamptz, (d->>'createdAt')::timestamptz
    FROM jsonb_array_elements(${json(rows)}::jsonb) AS t(d)
    ON CONFLICT (endpoint_id, event_id) WHERE replay_of IS NULL DO NOTHING RETURNING id`);
  return new Set(inserted.map(({ id }) => id));
}

/** A delivery to an endpoint of that organisation which is not deleted. */
export async function findDelivery(db: Queryable, organisationId: string, id: string): Promise<WebhookDelivery | undefined> {
  return (await db.query<WebhookDelivery>(sql`
    SELECT ${DELIVERY} FROM webhook_deliveries
    WHERE id = ${id} AND endpoint_id IN (SELECT id FROM webhook_endpoints WHERE organisation_id = ${organisationId} AND deleted_at IS NULL)`))[0];
}

export async function listDeliveries(db: Queryable, endpointId: string, page: Page & { status?: DeliveryStatus }): Promise<WebhookDelivery[]> {
  const ofStatus = page.status === undefined ? sql`` : sql`AND status = ${page.status}`;
  return pageByIdDescending(db, sql`SELECT ${DELIVERY} FROM webhook_deliveries WHERE endpoint_id = ${endpointId} ${ofStatus}`, page);
}

/** What an attempt needs to know. */
export interface Claim extends Secrets {
  deliveryId: string;
  attempt: number;
  /** how often this attempt was begun, this time included */
  sends: number;
  eventId: string;
  body: string;
  endpointId: string;
  networkId: string;
  url: string;
  isEnabled: boolean;
}

/** Begins an attempt, and writes down that it did. Undefined when its outcome is known already. */
export async function claimAttempt(db: Queryable, deliveryId: string, attempt: number): Promise<Claim | undefined> {
  return (await db.query<Claim>(sql`
    UPDATE webhook_deliveries d SET sends = sends + 1 FROM webhook_endpoints e
    WHERE d.id = ${deliveryId} AND d.status = 'pending' AND d.attempts = ${attempt - 1} AND e.id = d.endpoint_id
    RETURNING d.id AS "deliveryId", d.attempts + 1 AS attempt, d.sends, d.event_id AS "eventId", d.body,
      e.id AS "endpointId", e.network_id AS "networkId", e.url, (e.status = 'enabled' AND e.deleted_at IS NULL) AS "isEnabled",
      e.secret, e.previous_secret AS "previousSecret", e.previous_secret_expires_at AS "previousSecretExpiresAt"`))[0];
}

/** Writes down the outcome of an attempt; false when another run of it was faster. */
export async function recordAttempt(
  db: Queryable, deliveryId: string, entry: Attempt, next: { status: DeliveryStatus; nextAttemptAt: EpochMs | undefined; now: EpochMs },
): Promise<boolean> {
  const rows = await db.query(sql`
    UPDATE webhook_deliveries SET attempts = ${entry.attempt}, sends = 0, status = ${next.status}, log = log || ${json([entry])}::jsonb,
      next_attempt_at = ${next.nextAttemptAt === undefined ? null : toRfc3339(next.nextAttemptAt)}::timestamptz, updated_at = ${toRfc3339(next.now)}
    WHERE id = ${deliveryId} AND status = 'pending' AND attempts = ${entry.attempt - 1} RETURNING id`);
  return rows.length === 1;
}

/** of the events, which deliveries are made from */
export const READER = 'webhooks';

export async function ensureReader(db: Queryable): Promise<void> {
  await db.query(sql`INSERT INTO event_readers (name, position) VALUES (${READER}, 0) ON CONFLICT (name) DO NOTHING`);
}

/** An endpoint as the fan-out needs it. */
export interface Listener {
  id: string;
  networkId: string;
  organisationId: string;
  eventTypes: string[];
}

export async function hasListeners(db: Queryable): Promise<boolean> {
  return (await db.query(sql`SELECT 1 AS one FROM webhook_endpoints WHERE status = 'enabled' AND deleted_at IS NULL LIMIT 1`)).length > 0;
}

/** Enabled endpoints in these networks: of these organisations, or of all where something public happened. */
export async function listListeners(db: Queryable, of: { networkIds: string[]; organisationIds: string[] | 'all' }): Promise<Listener[]> {
  return db.query(sql`
    SELECT id, network_id AS "networkId", organisation_id AS "organisationId", event_types AS "eventTypes" FROM webhook_endpoints
    WHERE status = 'enabled' AND deleted_at IS NULL AND network_id = ANY(${of.networkIds}::text[])
    ${of.organisationIds === 'all' ? sql`` : sql`AND organisation_id = ANY(${of.organisationIds}::text[])`} ORDER BY id`);
}
