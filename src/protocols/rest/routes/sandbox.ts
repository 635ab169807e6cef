import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { advanceTestClock } from '../../../domain/deadlines/index.ts';
import { readClock } from '../../../domain/organisations/index.ts';
import { endSandboxSession, startSandboxSession } from '../../../domain/sessions/index.ts';
import { encodeSession } from '../encode/sessions.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, InstantIn, InstantOut, Strict } from '../schemas/common.ts';
import { SessionOut } from '../schemas/sessions.ts';
import { parseInstant } from '../times.ts';

const ClockOut = Type.Object({ object: Type.Literal('test_clock'), now: InstantOut, advanceable: Type.Boolean() });

export function addSandboxRoutes(app: FastifyInstance, options: RestOptions): void {
  const session = Strict({ id: Id('session') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/sandbox/sessions', operationId: 'startSandboxSession', tag: 'Sandbox', creates: true, reply: SessionOut,
    summary: 'Start a session in the place of a charger: on a reservation, or as a walk-in at an EVSE',
    body: Type.Partial(
      Strict({ reservation: Id('reservation'), evse: Id('evse'), connector: Id('connector'), driver: Id('driver') }),
      { additionalProperties: false, minProperties: 1 },
    ),
    handle: async (ctx, { body, encoding }) => encodeSession(await startSandboxSession(ctx, {
      reservationId: body.reservation, evseId: body.evse, connectorId: body.connector, driverId: body.driver,
    }), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/sandbox/sessions/:id/end', operationId: 'endSandboxSession', tag: 'Sandbox', summary: 'End a session in the place of a charger', params: session,
    body: Type.Union([Type.Partial(Strict({ energy_wh: Type.Integer({ minimum: 0, maximum: 10_000_000 }) }), { additionalProperties: false }), Type.Null()]), reply: SessionOut,
    handle: async (ctx, { params, body, encoding }) => encodeSession(await endSandboxSession(ctx, params.id, { energyWh: body?.energy_wh }), encoding),
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
