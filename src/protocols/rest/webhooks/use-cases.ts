import { actingOrganisation, audit, ownersOfCaller, requireAccess, type Action, type Context } from '../../../domain/organisations/index.ts';
import { processNow } from '../../../platform/clock/index.ts';
import { DomainError, notFound } from '../../../platform/errors/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import { checkUrlForm } from '../../../platform/outbound/index.ts';
import {
  checkEventTypes, DEFAULT_SECRET_OVERLAP_MS, MAX_DESCRIPTION_CHARS, MAX_ENDPOINTS, MAX_SECRET_OVERLAP_MS, newWebhookSecret, type WebhookEndpoint,
} from './endpoint.ts';
import * as store from './store.ts';

/** What of the installation's configuration webhooks depend on. */
export interface UrlSettings {
  /** private addresses and plain http may be called: for tests and development only */
  allowPrivate: boolean;
}

export interface EndpointInput {
  url: string;
  eventTypes: string[];
  description?: string | null;
}

export interface EndpointChanges {
  url?: string;
  eventTypes?: string[];
  description?: string | null;
  status?: WebhookEndpoint['status'];
}

/** An endpoint with its secret in full, as it is shown this once. */
export interface WithSecret {
  endpoint: WebhookEndpoint;
  secret: string;
}

/**
 * Adds an endpoint, enabled, and returns its secret, this once. Fails with `url_not_allowed`, `invalid_request`, and with
 * `invalid_state` when the organisation has as many as it may.
 */
export async function createEndpoint(ctx: Context, settings: UrlSettings, input: EndpointInput): Promise<WithSecret> {
  const organisationId = requireOrganisation(ctx, 'webhook.write');
  checkUrlForm(input.url, settings);
  checkDescription(input.description);
  const eventTypes = checkEventTypes(input.eventTypes);
  if ((await store.countEndpointsLocked(ctx.tx, organisationId)) >= MAX_ENDPOINTS) {
    throw new DomainError('invalid_state', `An organisation has ${MAX_ENDPOINTS} webhook endpoints at most. Delete one first.`);
  }
  const secret = newWebhookSecret();
  const endpoint: WebhookEndpoint = {
    id: newId('webhookEndpoint'), networkId: ctx.network.id, organisationId, url: input.url, eventTypes, description: input.description ?? null,
    status: 'enabled', disabledReason: null, secretHint: secret.slice(-4), previousSecretExpiresAt: null, version: 1,
    createdAt: ctx.now, updatedAt: ctx.now,
  };
  await store.insertEndpoint(ctx.tx, endpoint, secret);
  await audit(ctx, 'webhook_endpoint.create', 'webhook_endpoint', endpoint.id, { url: endpoint.url, eventTypes });
  return { endpoint, secret };
}

/** One of the caller's endpoints, without its secret. */
export async function readEndpoint(ctx: Context, id: string): Promise<WebhookEndpoint> {
  const endpoint = await store.findEndpoint(ctx.tx, requireOrganisation(ctx, 'webhook.read'), id);
  if (!endpoint) throw notFound('webhook endpoint', id);
  return endpoint;
}

/** The caller's endpoints, newest first. */
export async function listEndpoints(ctx: Context, page: store.Page): Promise<WebhookEndpoint[]> {
  return store.listEndpoints(ctx.tx, requireOrganisation(ctx, 'webhook.read'), page);
}

/** Changes what is given and leaves the rest. Deliveries that are on their way go to the new URL. */
export async function updateEndpoint(ctx: Context, settings: UrlSettings, id: string, changes: EndpointChanges): Promise<WebhookEndpoint> {
  const endpoint = await lockOwn(ctx, id);
  if (changes.url !== undefined) checkUrlForm(changes.url, settings);
  checkDescription(changes.description);
  const { url = endpoint.url, description = endpoint.description, status = endpoint.status } = changes;
  const changed: WebhookEndpoint = {
    ...endpoint, url, description, status, eventTypes: changes.eventTypes === undefined ? endpoint.eventTypes : checkEventTypes(changes.eventTypes),
    disabledReason: status === 'enabled' ? null : (endpoint.disabledReason ?? 'by_owner'), version: endpoint.version + 1, updatedAt: ctx.now,
  };
  await store.updateEndpoint(ctx.tx, changed, url !== endpoint.url || status !== endpoint.status);
  const { eventTypes } = changed;
  await audit(ctx, 'webhook_endpoint.update', 'webhook_endpoint', id, { url, eventTypes, description, status });
  return changed;
}

/** Deletes an endpoint; what is on its way to it is not sent any more. */
export async function deleteEndpoint(ctx: Context, id: string): Promise<void> {
  await lockOwn(ctx, id);
  await store.deleteEndpoint(ctx.tx, id, ctx.now);
  await audit(ctx, 'webhook_endpoint.delete', 'webhook_endpoint', id);
}

/**
 * Makes a new secret and returns it, this once. For `overlapMs` of real time (0 to 7 days; 24 hours unless told) deliveries
 * carry a signature by the old secret as well, so that a receiver can change over without losing any. A secret before the
 * old one ends at once: two are live at most.
 */
export async function rotateSecret(ctx: Context, id: string, overlapMs: number = DEFAULT_SECRET_OVERLAP_MS): Promise<WithSecret> {
  if (!Number.isInteger(overlapMs) || overlapMs < 0 || overlapMs > MAX_SECRET_OVERLAP_MS) {
    throw new DomainError('invalid_request', `The old secret can stay valid for 0 to ${MAX_SECRET_OVERLAP_MS / 1000} seconds.`);
  }
  await lockOwn(ctx, id);
  const secret = newWebhookSecret();
  await store.replaceSecret(ctx.tx, id, secret, processNow() + overlapMs, ctx.now);
  await audit(ctx, 'webhook_endpoint.rotate_secret', 'webhook_endpoint', id, { overlapMs });
  return { endpoint: await readEndpointUnchecked(ctx, id), secret };
}

/** The organisation that acts, when it may. Throws `unauthenticated` or `forbidden`. */
export function requireOrganisation(ctx: Context, action: Extract<Action, `webhook.${string}`>): string {
  requireAccess(ctx, action, ownersOfCaller(ctx));
  const organisationId = actingOrganisation(ctx);
  if (organisationId === undefined) throw new DomainError('forbidden', 'Webhooks belong to an organisation: use a key of it.');
  return organisationId;
}

async function lockOwn(ctx: Context, id: string): Promise<WebhookEndpoint> {
  const endpoint = await store.lockEndpoint(ctx.tx, requireOrganisation(ctx, 'webhook.write'), id);
  if (!endpoint) throw notFound('webhook endpoint', id);
  return endpoint;
}

async function readEndpointUnchecked(ctx: Context, id: string): Promise<WebhookEndpoint> {
  return (await store.findEndpoint(ctx.tx, actingOrganisation(ctx) ?? '', id))!;
}

function checkDescription(description: string | null | undefined): void {
  if (description == null || description.length <= MAX_DESCRIPTION_CHARS) return;
  const message = `must have ${MAX_DESCRIPTION_CHARS} characters at most`;
  throw new DomainError('invalid_request', `The description ${message}.`, { errors: [{ pointer: '/description', message }] });
}
