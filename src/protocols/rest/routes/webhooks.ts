import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { encodeDelivery, encodeEndpoint, encodeWebhookBody } from '../encode/webhook.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Deleted, Id, InstantOut, List, Nullable, pageOf, Strict } from '../schemas/common.ts';
import { EmptyIn } from '../schemas/reservation.ts';
import {
  createEndpoint, DEFAULT_SECRET_OVERLAP_MS, deleteEndpoint, listDeliveries, listEndpoints, MAX_DESCRIPTION_CHARS, MAX_EVENT_TYPES, MAX_SECRET_OVERLAP_MS, readDelivery,
  readEndpoint, replayDelivery, rotateSecret, testFire, updateEndpoint, type UrlSettings,
} from '../webhooks/index.ts';

const tag = 'Webhooks';
const optional = Type.Optional;
const url = Type.String({ minLength: 1, maxLength: 2000, description: 'https, and reachable from the public internet' });
const EventTypesIn = Type.Array(
  Type.String({ minLength: 1, maxLength: 100 }),
  { minItems: 1, maxItems: MAX_EVENT_TYPES, description: '`*`, `reservation.confirmed`, `reservation.*`' },
);
const description = Nullable(Type.String({ maxLength: MAX_DESCRIPTION_CHARS }));
const status = Type.Enum(['enabled', 'disabled']);
const fields = {
  id: Id('webhookEndpoint'), object: Type.Literal('webhook_endpoint'), url: Type.String(), event_types: Type.Array(Type.String()), description: Nullable(Type.String()), status,
  disabled_reason: Nullable(Type.Enum(['by_owner', 'gone', 'failing'])), secret_hint: Type.String(), previous_secret_expires_at: Nullable(InstantOut), version: Type.Integer(),
  created: InstantOut, updated: InstantOut,
};
const EndpointOut = Type.Object(fields);
const WithSecret = Type.Object({ ...fields, secret: Type.String({ description: 'signs what is sent; shown this once' }) });
const DeliveryOut = Type.Object({
  id: Id('webhookDelivery'), object: Type.Literal('webhook_delivery'), webhook_endpoint: Id('webhookEndpoint'), event: Id('event'), event_type: Type.String(),
  status: Type.Enum(['pending', 'succeeded', 'failed']), replay_of: Nullable(Id('webhookDelivery')), attempts: Type.Integer(), next_attempt_at: Nullable(InstantOut),
  created: InstantOut, updated: InstantOut,
  log: Type.Array(Type.Object({
    attempt: Type.Integer(), at: InstantOut, status: Nullable(Type.Integer()), failure: Nullable(Type.String()), detail: Nullable(Type.String()), duration_ms: Type.Integer(),
    response_start: Nullable(Type.String()),
  })),
});

export function addWebhookRoutes(app: FastifyInstance, options: RestOptions, settings: UrlSettings): void {
  const endpoint = Strict({ id: Id('webhookEndpoint') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/webhook_endpoints', operationId: 'createWebhookEndpoint', tag, summary: 'Have events sent to a URL', reply: WithSecret, creates: true,
    description: 'Signed by Standard Webhooks. Private addresses are refused, also after DNS resolution.',
    body: Strict({ url, event_types: EventTypesIn, description: optional(description) }),
    handle: async (ctx, { body, encoding }) => {
      const { endpoint: made, secret } = await createEndpoint(ctx, settings, { url: body.url, eventTypes: body.event_types, description: body.description });
      return { ...encodeEndpoint(made, encoding), secret };
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/webhook_endpoints', operationId: 'listWebhookEndpoints', tag, summary: 'List your endpoints, newest first',
    query: Strict(pageOf('webhookEndpoint')), reply: List(EndpointOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listEndpoints(ctx, page), (item) => encodeEndpoint(item, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/webhook_endpoints/:id', operationId: 'getWebhookEndpoint', tag, summary: 'Read an endpoint', params: endpoint, reply: EndpointOut,
    handle: async (ctx, { params, encoding }) => encodeEndpoint(await readEndpoint(ctx, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/webhook_endpoints/:id', operationId: 'updateWebhookEndpoint', tag, summary: 'Change an endpoint, switch it off or on',
    params: endpoint, reply: EndpointOut,
    body: Type.Partial(Strict({ url, event_types: EventTypesIn, description, status }), { additionalProperties: false, minProperties: 1 }),
    handle: async (ctx, { params, body, encoding }) => encodeEndpoint(await updateEndpoint(ctx, settings, params.id, {
      url: body.url, eventTypes: body.event_types, description: body.description, status: body.status,
    }), encoding),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/webhook_endpoints/:id', operationId: 'deleteWebhookEndpoint', tag, summary: 'Delete an endpoint', params: endpoint, reply: Deleted,
    handle: async (ctx, { params }) => {
      await deleteEndpoint(ctx, params.id);
      return { id: params.id, object: 'webhook_endpoint', deleted: true };
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/webhook_endpoints/:id/rotate_secret', operationId: 'rotateWebhookSecret', tag, summary: 'Make a new secret; the old one signs too for a while',
    params: endpoint, reply: WithSecret,
    body: Nullable(Type.Partial(Strict({
      overlap_seconds: Type.Integer({ minimum: 0, maximum: MAX_SECRET_OVERLAP_MS / 1000, default: DEFAULT_SECRET_OVERLAP_MS / 1000 }),
    }), { additionalProperties: false })),
    handle: async (ctx, { params, body, encoding }) => {
      const overlapMs = body?.overlap_seconds === undefined ? undefined : body.overlap_seconds * 1000;
      const { endpoint: rotated, secret } = await rotateSecret(ctx, params.id, overlapMs);
      return { ...encodeEndpoint(rotated, encoding), secret };
    },
  });
  addDeliveryRoutes(app, options);
}

function addDeliveryRoutes(app: FastifyInstance, options: RestOptions): void {
  const endpoint = Strict({ id: Id('webhookEndpoint') });
  const delivery = Strict({ id: Id('webhookDelivery') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/webhook_endpoints/:id/test', operationId: 'testWebhookEndpoint', tag, summary: 'Send a `webhook.test` event now', params: endpoint, body: EmptyIn,
    reply: DeliveryOut, creates: true,
    handle: async (ctx, { params, encoding }) => encodeDelivery(await testFire(ctx, encodeWebhookBody, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/webhook_endpoints/:id/deliveries', operationId: 'listWebhookDeliveries', tag, summary: 'What was sent, and what came of it, newest first',
    params: endpoint, query: Strict({ ...pageOf('webhookDelivery'), status: optional(Type.Enum(['pending', 'succeeded', 'failed'])) }), reply: List(DeliveryOut),
    handle: async (ctx, { params, query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listDeliveries(ctx, params.id, { ...page, status: query.status }), (item) => encodeDelivery(item, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/webhook_deliveries/:id', operationId: 'getWebhookDelivery', tag, summary: 'Read a delivery and its attempts', params: delivery, reply: DeliveryOut,
    handle: async (ctx, { params, encoding }) => encodeDelivery(await readDelivery(ctx, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/webhook_deliveries/:id/replay', operationId: 'replayWebhookDelivery', tag, summary: 'Send it again', params: delivery,
    body: EmptyIn, reply: DeliveryOut,
    creates: true,
    handle: async (ctx, { params, encoding }) => encodeDelivery(await replayDelivery(ctx, encodeWebhookBody, params.id), encoding),
  });
}
