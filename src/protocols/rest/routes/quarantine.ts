/** What stations have told that fits no transaction: people decide. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { listQuarantined, resolveQuarantined, type QuarantinedMessage } from '../../../domain/sessions/index.ts';
import type { Encoding } from '../encode/encoding.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, InstantOut, List, Nullable, pageOf, Strict } from '../schemas/common.ts';

const QuarantinedOut = Type.Object({
  id: Id('quarantinedMessage'), object: Type.Literal('quarantined_message'), charging_station: Id('station'), action: Type.String(),
  payload: Type.Object({}, { additionalProperties: true, description: 'as the station said it' }), reason: Type.Enum(['transaction_unknown']), received: InstantOut,
  resolved: Nullable(InstantOut),
});

export function addQuarantineRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/quarantined_messages', operationId: 'listQuarantinedMessages', tag: 'Stations', query: Strict(pageOf('quarantinedMessage')),
    summary: 'List what your stations have told of transactions that nobody knows, newest first', reply: List(QuarantinedOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listQuarantined(ctx, page), (found) => encodeQuarantined(found, encoding));
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/quarantined_messages/:id/resolve', operationId: 'resolveQuarantinedMessage', tag: 'Stations', params: Strict({ id: Id('quarantinedMessage') }),
    summary: 'Say that you have done what was to be done about it', reply: QuarantinedOut,
    handle: async (ctx, { params, encoding }) => encodeQuarantined(await resolveQuarantined(ctx, params.id), encoding),
  });
}

function encodeQuarantined(m: QuarantinedMessage, { time, timeOrNull }: Encoding) {
  return {
    id: m.id, object: 'quarantined_message', charging_station: m.stationId, action: m.action, payload: m.payload, reason: m.reason, received: time(m.receivedAt),
    resolved: timeOrNull(m.resolvedAt),
  };
}
