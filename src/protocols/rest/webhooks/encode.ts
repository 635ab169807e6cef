import type { EpochMs } from '../../../platform/clock/index.ts';
import type { StoredEvent } from '../../../platform/events/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import type { WebhookDelivery } from './delivery.ts';

/**
 * Writes an event down as the JSON body that one organisation is sent (`{ type, timestamp, data }` in Standard Webhooks).
 * Undefined when that organisation has nothing to see in it.
 */
export type EncodeEvent = (event: StoredEvent, viewer: { organisationId: string }) => object | undefined;

type DeliveryInput = Pick<WebhookDelivery, 'endpointId' | 'eventId' | 'eventType' | 'body'> & { replayOf?: string };

/** A delivery that waits for its first attempt. */
export function pendingDelivery(input: DeliveryInput, now: EpochMs): WebhookDelivery {
  return {
    replayOf: null, ...input, id: newId('webhookDelivery'), status: 'pending', attempts: 0, nextAttemptAt: now, log: [],
    createdAt: now, updatedAt: now,
  };
}

/** A delivery of an event that could not be encoded: it is there to be seen, and to be replayed once that is mended. */
export function unencodedDelivery(endpointId: string, event: StoredEvent, now: EpochMs): WebhookDelivery {
  const detail = 'The event could not be written down; nothing was sent. Replay it later.';
  return {
    ...pendingDelivery({ endpointId, eventId: event.id, eventType: event.type, body: null }, now), status: 'failed', nextAttemptAt: null,
    log: [{ attempt: 0, at: now, status: null, failure: 'encoding', detail, durationMs: 0, responseStart: null }],
  };
}
