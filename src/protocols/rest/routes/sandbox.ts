import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { advanceTestClock } from '../../../domain/deadlines/index.ts';
import { readClock } from '../../../domain/organisations/index.ts';
import { endSession, getSession, listSessions, startSession } from '../../../domain/sessions/index.ts';
import { encodeSession } from '../encode/calendar.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, InstantIn, InstantOut, List, Nullable, pageOf, Strict } from '../schemas/common.ts';
import { parseInstant } from '../times.ts';

const SessionOut = Type.Object({
  id: Id('session'), object: Type.Literal('session'), status: Type.Enum(['created', 'started', 'paused', 'ended', 'cancelled']), operator_id: Id('organisation'),
  location_id: Id('location'), evse: Id('evse'), connector: Nullable(Id('connector')), driver: Nullable(Id('driver')), reservation: Nullable(Id('reservation')),
  started_at: InstantOut, ends_by: Nullable(InstantOut), ended_at: Nullable(InstantOut), energy_wh: Type.Integer(),
  cost: Nullable(Type.Object({ bill: Id('bill'), currency: Type.String(), total: Type.Integer() }, { description: 'once it has ended, where it has a price' })),
    version: Type.Integer(),
  created: InstantOut, updated: InstantOut,
});
const ClockOut = Type.Object({ object: Type.Literal('test_clock'), now: InstantOut, advanceable: Type.Boolean() });

export function addSandboxRoutes(app: FastifyInstance, options: RestOptions): void {
  const session = Strict({ id: Id('session') });
  addRoute(app, options, {
    method: 'GET', url: '/v1/sessions', operationId: 'listSessions', tag: 'Sessions', summary: 'List sessions, newest first', reply: List(SessionOut),
    query: Strict({
      ...pageOf('session'), status: Type.Optional(Type.Enum(['created', 'started', 'paused', 'ended', 'cancelled'])), reservation: Type.Optional(Id('reservation')),
      driver: Type.Optional(Id('driver')),
    }),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const found = await listSessions(ctx, { ...page, status: query.status, reservationId: query.reservation, driverId: query.driver });
      return toList(request, page, found, (item) => encodeSession(item, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/sessions/:id', operationId: 'getSession', tag: 'Sessions', summary: 'Read a session', params: session, reply: SessionOut,
    handle: async (ctx, { params, encoding }) => encodeSession(await getSession(ctx, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/sandbox/sessions', operationId: 'startSandboxSession', tag: 'Sandbox', creates: true, reply: SessionOut,
    summary: 'Start a session in the place of a charger: on a reservation, or as a walk-in at an EVSE',
    body: Type.Partial(
      Strict({ reservation: Id('reservation'), evse: Id('evse'), connector: Id('connector'), driver: Id('driver') }),
      { additionalProperties: false, minProperties: 1 },
    ),
    handle: async (ctx, { body, encoding }) => encodeSession(await startSession(ctx, {
      reservationId: body.reservation, evseId: body.evse, connectorId: body.connector, driverId: body.driver,
    }), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/sandbox/sessions/:id/end', operationId: 'endSandboxSession', tag: 'Sandbox', summary: 'End a session in the place of a charger', params: session,
    body: Type.Union([Type.Partial(Strict({ energy_wh: Type.Integer({ minimum: 0, maximum: 10_000_000 }) }), { additionalProperties: false }), Type.Null()]), reply: SessionOut,
    handle: async (ctx, { params, body, encoding }) => encodeSession(await endSession(ctx, params.id, { energyWh: body?.energy_wh }), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/test_clock', operationId: 'getTestClock', tag: 'Sandbox', summary: "The network's time", reply: ClockOut,
    handle: async (ctx, { encoding }) => ({ object: 'test_clock', now: encoding.time(readClock(ctx)), advanceable: ctx.network.mode === 'sandbox' }),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/test_clock/advance', operationId: 'advanceTestClock', tag: 'Sandbox',
    summary: "Move the sandbox's clock forward; what becomes due happens on the way",
    body: Type.Partial(Strict({ to: InstantIn('to this time'), by_seconds: Type.Integer({ minimum: 0, maximum: 34_560_000, description: 'or by so much' }) }), {
      additionalProperties: false, minProperties: 1, maxProperties: 1,
    }),
    reply: ClockOut,
    handle: async (ctx, { body, encoding }) => {
      const target = body.to === undefined ? { byMs: (body.by_seconds ?? 0) * 1000 } : { to: parseInstant(body.to, '/to') };
      return { object: 'test_clock', now: encoding.time(await advanceTestClock(ctx, target)), advanceable: true };
    },
  });
}
