import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { addToken, listTokens, removeToken, updateToken, type Token } from '../../../domain/drivers/index.ts';
import type { Encoding } from '../encode/encoding.ts';
import { toList } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Deleted, Id, InstantOut, List, Nullable, Strict } from '../schemas/common.ts';

const tag = 'Drivers';
const Label = Nullable(Type.String({ minLength: 1, maxLength: 100 }));
const TokenOut = Type.Object({
  id: Id('token'), object: Type.Literal('token'), driver: Id('driver'), type: Type.Enum(['app', 'rfid']), uid: Type.String(), label: Nullable(Type.String()),
  blocked: Type.Boolean(), created: InstantOut, updated: InstantOut,
});

export function addTokenRoutes(app: FastifyInstance, options: RestOptions): void {
  const driver = Strict({ id: Id('driver') });
  const token = Strict({ id: Id('token') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers/:id/tokens', operationId: 'addToken', tag, summary: 'Register a card that a driver shows to charging stations', params: driver,
    body: Strict({
      uid: Type.String({ pattern: '^[!-~]{1,36}$', description: 'what the station reads, in any case; stations with OCPP 1.6 read 20 characters at most' }),
      label: Type.Optional(Label),
    }),
    reply: TokenOut, creates: true, handle: async (ctx, { params, body, encoding }) => encodeToken(await addToken(ctx, params.id, body), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/tokens', operationId: 'listTokens', tag, summary: 'List what a driver shows to charging stations', params: driver, reply: List(TokenOut),
    handle: async (ctx, { params, request, encoding }) => toList(request, { limit: 1001 }, await listTokens(ctx, params.id), (found) => encodeToken(found, encoding)),
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/tokens/:id', operationId: 'updateToken', tag, summary: 'Block a card, or let it count again', params: token,
    body: Type.Partial(Strict({ label: Label, blocked: Type.Boolean() }), { additionalProperties: false }), reply: TokenOut,
    handle: async (ctx, { params, body, encoding }) => encodeToken(await updateToken(ctx, params.id, { label: body.label, isBlocked: body.blocked }), encoding),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/tokens/:id', operationId: 'removeToken', tag, summary: 'Remove a card', params: token, reply: Deleted,
    handle: async (ctx, { params }) => {
      await removeToken(ctx, params.id);
      return { id: params.id, object: 'token', deleted: true };
    },
  });
}

function encodeToken(t: Token, { time }: Encoding) {
  return {
    id: t.id, object: 'token', driver: t.driverId, type: t.kind, uid: t.uid, label: t.label, blocked: t.isBlocked, created: time(t.createdAt), updated: time(t.updatedAt),
  };
}
