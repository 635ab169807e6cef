import type { StoredEvent } from '../../../platform/events/index.ts';
import type { WebhookDelivery, WebhookEndpoint } from '../webhooks/index.ts';
import { RFC3339, type Encoding } from './encoding.ts';
import { encodeEvent } from './event.ts';

/** The body that an organisation is sent: what Standard Webhooks recommends (`type`, `timestamp`, `data`), and the rest of the event. */
export function encodeWebhookBody(event: StoredEvent, { organisationId }: { organisationId: string }): object {
  const timestamp = RFC3339.time(event.occurredAt);
  if (event.object === 'webhook_endpoint') return {
    type: event.type, timestamp, id: event.id, object: 'event', data: { object: { id: event.objectId, object: 'webhook_endpoint' } },
  };
  const viewer = { actor: { kind: 'key', keyId: 'webhook', organisationId, roles: [], scopes: [] }, now: event.occurredAt } as const;
  return { ...encodeEvent(event, viewer, RFC3339), timestamp };
}

export function encodeEndpoint(e: WebhookEndpoint, { time, timeOrNull }: Encoding) {
  return {
    id: e.id, object: 'webhook_endpoint', url: e.url, event_types: e.eventTypes, description: e.description, status: e.status, disabled_reason: e.disabledReason,
    secret_hint: e.secretHint, previous_secret_expires_at: timeOrNull(e.previousSecretExpiresAt), version: e.version, created: time(e.createdAt), updated: time(e.updatedAt),
  };
}

export function encodeDelivery(d: WebhookDelivery, { time, timeOrNull }: Encoding) {
  return {
    id: d.id, object: 'webhook_delivery', webhook_endpoint: d.endpointId, event: d.eventId, event_type: d.eventType, status: d.status, replay_of: d.replayOf, attempts: d.attempts,
    next_attempt_at: timeOrNull(d.nextAttemptAt), created: time(d.createdAt), updated: time(d.updatedAt),
    log: d.log.map((attempt) => ({
      attempt: attempt.attempt, at: time(attempt.at), status: attempt.status, failure: attempt.failure, detail: attempt.detail, duration_ms: Math.round(attempt.durationMs),
      response_start: attempt.responseStart,
    })),
  };
}
