import { audit, type Context } from '../../../domain/organisations/index.ts';
import { processNow } from '../../../platform/clock/index.ts';
import { DomainError, notFound } from '../../../platform/errors/index.ts';
import { findEvent, type StoredEvent } from '../../../platform/events/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import type { DeliveryStatus, WebhookDelivery } from './delivery.ts';
import { pendingDelivery, type EncodeEvent } from './encode.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { enqueueAttempt } from './enqueue.ts';
import * as deliveries from './store-deliveries.ts';
import * as store from './store.ts';
import { readEndpoint, requireOrganisation } from './use-cases.ts';

/** The type of the event that a test fire sends; no other event has it, and none of it is kept in the log of events. */
export const TEST_EVENT_TYPE = 'webhook.test';

/** What was sent to one of the caller's endpoints and what came of it, newest first. */
export async function listDeliveries(ctx: Context, endpointId: string, page: store.Page & { status?: DeliveryStatus }): Promise<WebhookDelivery[]> {
  await readEndpoint(ctx, endpointId);
  return deliveries.listDeliveries(ctx.tx, endpointId, page);
}

export async function readDelivery(ctx: Context, id: string): Promise<WebhookDelivery> {
  const delivery = await deliveries.findDelivery(ctx.tx, requireOrganisation(ctx, 'webhook.read'), id);
  if (!delivery) throw notFound('webhook delivery', id);
  return delivery;
}

/** Sends a synthetic `webhook.test` event to the endpoint, whatever types it wants. Fails with `invalid_state` when it is disabled. */
export async function testFire(ctx: Context, encodeEvent: EncodeEvent, endpointId: string): Promise<WebhookDelivery> {
  const endpoint = await requireEnabled(ctx, endpointId);
  const { organisationId } = endpoint;
  const event: StoredEvent = {
    id: newId('event'), position: 0, networkId: endpoint.networkId, type: TEST_EVENT_TYPE, object: 'webhook_endpoint', objectId: endpoint.id,
    objectVersion: endpoint.version, isPublic: false, audience: [organisationId], touches: [], data: { ...endpoint },
    requestId: ctx.requestId ?? null, occurredAt: ctx.now,
  };
  const body = JSON.stringify(encodeEvent(event, { organisationId }) ?? { type: event.type });
  const delivery = await send(ctx, pendingDelivery({ endpointId, eventId: event.id, eventType: event.type, body }, processNow()));
  await audit(ctx, 'webhook_endpoint.test', 'webhook_endpoint', endpointId, { deliveryId: delivery.id });
  return delivery;
}

/**
 * Sends the event of a delivery once more, in a delivery of its own with a schedule of its own. Body and `webhook-id` are
 * those of the first time, so a receiver that has it already can tell. Fails with `invalid_state` when the endpoint is disabled.
 */
export async function replayDelivery(ctx: Context, encodeEvent: EncodeEvent, id: string): Promise<WebhookDelivery> {
  const organisationId = requireOrganisation(ctx, 'webhook.write');
  const original = await deliveries.findDelivery(ctx.tx, organisationId, id);
  if (!original) throw notFound('webhook delivery', id);
  const { endpointId, eventId, eventType } = original;
  await requireEnabled(ctx, endpointId);
  const body = original.body ?? (await encodeAgain(ctx, encodeEvent, eventId, organisationId));
  const delivery = await send(ctx, pendingDelivery({ endpointId, eventId, eventType, body, replayOf: id }, processNow()));
  await audit(ctx, 'webhook_delivery.replay', 'webhook_delivery', id, { deliveryId: delivery.id });
  return delivery;
}

async function encodeAgain(ctx: Context, encodeEvent: EncodeEvent, eventId: string, organisationId: string): Promise<string> {
  const event = await findEvent(ctx.tx, eventId, { networkId: ctx.network.id, organisationId });
  const body = event && encodeEvent(event, { organisationId });
  if (!body) throw notFound('event', eventId);
  return JSON.stringify(body);
}

async function send(ctx: Context, delivery: WebhookDelivery): Promise<WebhookDelivery> {
  await deliveries.insertDeliveries(ctx.tx, [delivery]);
  await enqueueAttempt(ctx.jobs, ctx.tx, { deliveryId: delivery.id, attempt: 1 });
  return delivery;
}

/** The endpoint, locked, so that it is not disabled between this look and the commit. */
async function requireEnabled(ctx: Context, id: string): Promise<WebhookEndpoint> {
  const endpoint = await store.lockEndpoint(ctx.tx, requireOrganisation(ctx, 'webhook.write'), id);
  if (!endpoint) throw notFound('webhook endpoint', id);
  if (endpoint.status !== 'enabled') {
    const { status, disabledReason } = endpoint;
    throw new DomainError('invalid_state', 'The endpoint is disabled. Enable it first.', { status, disabledReason });
  }
  return endpoint;
}
