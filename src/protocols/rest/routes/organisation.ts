import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  actingOrganisation, issueKey, listAudit, listKeys, ownOrganisation, revokeKey, SCOPES, updateOwnOrganisation, type ApiKey, type AuditEntry, type Organisation,
} from '../../../domain/organisations/index.ts';
import type { Encoding } from '../encode/encoding.ts';
import { decodeSupportContact } from '../encode/feedback.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, InstantOut, List, Nullable, pageOf, Strict } from '../schemas/common.ts';
import { SupportContactIn, SupportContactOut } from '../schemas/feedback.ts';

const tag = 'Organisation';
const MinimumBalance = Type.Integer({
  minimum: 0, maximum: 1_000_000_000, description: 'what a wallet must have before a session that it pays for begins, in minor units of its currency',
});
const OrganisationOut = Type.Object({
  id: Id('organisation'), object: Type.Literal('organisation'), name: Type.String(), slug: Type.String(), roles: Type.Array(Type.Enum(['operator', 'provider'])),
  country_code: Nullable(Type.String()), party_id: Nullable(Type.String()), max_active_holds: Type.Integer(),
  minimum_balance_to_start_session: MinimumBalance, support_contact: SupportContactOut, livemode: Type.Boolean(), created: InstantOut,
});
const keyFields = {
  id: Id('apiKey'), object: Type.Literal('api_key'), name: Type.String(), kind: Type.Enum(['secret', 'restricted', 'driver']),
  hint: Type.String({ description: 'its last characters' }),
  scopes: Type.Array(Type.Enum([...SCOPES])), driver: Nullable(Id('driver')), created: InstantOut, last_used_at: Nullable(InstantOut), revoked_at: Nullable(InstantOut),
};
const KeyOut = Type.Object(keyFields);
export const IssuedKeyOut = Type.Object({ ...keyFields, secret: Type.String({ description: 'shown this once' }) });
const KeyIn = Strict({
  name: Type.String({ minLength: 1, maxLength: 100 }), kind: Type.Optional(Type.Enum(['secret', 'restricted'], { default: 'restricted' })),
  scopes: Type.Optional(Type.Array(Type.Enum([...SCOPES]), { minItems: 1, maxItems: 50, description: 'of a restricted key' })),
});
const AuditOut = Type.Object({
  id: Id('audit'), object: Type.Literal('audit_entry'), actor: Type.String(), action: Type.String(), object_type: Type.String(), object_id: Type.String(),
  changes: Type.Object({}, { additionalProperties: true }), request_id: Nullable(Type.String()), created: InstantOut,
});

const { limit, after } = pageOf('audit');

export function addOrganisationRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/organisation', operationId: 'getOrganisation', tag, summary: 'Your organisation', reply: OrganisationOut,
    handle: async (ctx, { encoding }) => encodeOrganisation(await ownOrganisation(ctx), ctx.network.mode === 'live', encoding),
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/organisation', operationId: 'updateOrganisation', tag,
    summary: "Change what a provider asks of its drivers' wallets, or how an operator's support is reached",
    body: Type.Partial(Strict({ minimum_balance_to_start_session: MinimumBalance, support_contact: SupportContactIn }), { additionalProperties: false, minProperties: 1 }),
    reply: OrganisationOut,
    handle: async (ctx, { body: { minimum_balance_to_start_session: minimum, support_contact: contact }, encoding }) => encodeOrganisation(
      await updateOwnOrganisation(ctx, {
        ...(minimum === undefined ? {} : { minimumBalanceMinor: BigInt(minimum) }), ...(contact ? { supportContact: decodeSupportContact(contact) } : {}),
      }), ctx.network.mode === 'live', encoding,
    ),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/api_keys', operationId: 'createApiKey', tag, summary: 'Make an API key', description: 'It can have no scope that your own key lacks.', body: KeyIn,
    reply: IssuedKeyOut, creates: true,
    handle: async (ctx, { body, encoding }) => {
      const { key, secret } = await issueKey(ctx, actingOrganisation(ctx) ?? '', { name: body.name, kind: body.kind ?? 'restricted', scopes: body.scopes });
      return { ...encodeKey(key, encoding), secret };
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/api_keys', operationId: 'listApiKeys', tag, summary: 'List your API keys, without their secrets', reply: List(KeyOut),
    handle: async (ctx, { request, encoding }) => toList(request, { limit: 1001 }, await listKeys(ctx), (key) => encodeKey(key, encoding)),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/api_keys/:id/revoke', operationId: 'revokeApiKey', tag, summary: 'Revoke an API key, at once', params: Strict({ id: Id('apiKey') }),
    body: Type.Union([Type.Object({}, { additionalProperties: false }), Type.Null()]), reply: KeyOut,
    handle: async (ctx, { params, encoding }) => encodeKey(await revokeKey(ctx, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/audit_log', operationId: 'listAuditLog', tag, summary: 'Who changed what, newest first',
    query: Strict({ limit, after, object_id: Type.Optional(Type.String({ maxLength: 60 })) }), reply: List(AuditOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const entries = await listAudit(ctx, { before: page.after, objectId: query.object_id, limit: page.limit });
      return toList(request, page, entries, (entry) => encodeAudit(entry, encoding));
    },
  });
}

function encodeOrganisation(o: Organisation, livemode: boolean, { time }: Encoding) {
  return {
    id: o.id, object: 'organisation', name: o.name, slug: o.slug, roles: o.roles, country_code: o.countryCode, party_id: o.partyId, max_active_holds: o.maxActiveHolds,
    minimum_balance_to_start_session: Number(o.minimumBalanceMinor), support_contact: o.supportContact, livemode, created: time(o.createdAt),
  };
}

export function encodeKey(key: ApiKey, { time, timeOrNull }: Encoding) {
  return {
    id: key.id, object: 'api_key', name: key.name, kind: key.kind, hint: key.hint, scopes: key.scopes, driver: key.driverId, created: time(key.createdAt),
    last_used_at: timeOrNull(key.lastUsedAt), revoked_at: timeOrNull(key.revokedAt),
  };
}

function encodeAudit(entry: AuditEntry, { time }: Encoding) {
  return {
    id: entry.id, object: 'audit_entry', actor: entry.actor, action: entry.action, object_type: entry.object, object_id: entry.objectId, changes: entry.changes,
    request_id: entry.requestId, created: time(entry.at),
  };
}
