/** Charging sessions: seed 003, and what a driver's app needs besides. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { paymentsOf } from '../../../domain/payments/index.ts';
import {
  getSession, listSessions, liveOf, pauseSession, resumeSession, setTargets, startByOtp, startSession, stopSession, type Session, type StartInput, type Targets,
} from '../../../domain/sessions/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { encodeLive, encodeSession, encodeStarted } from '../encode/sessions.ts';
import { toList, toPage } from '../paging.ts';
import { waitForPayment } from '../paying.ts';
import { RestRefusal } from '../problem.ts';
import { addRoute, type RestOptions, type Settling } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import { LiveOut, SessionIn, SessionOut, StartedOut, TargetsIn } from '../schemas/sessions.ts';

const tag = 'Sessions';

export function addSessionRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('session') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/sessions', operationId: 'startSession', tag, summary: 'Start charging', body: SessionIn, reply: StartedOut, creates: true,
    description: 'Its station is asked to; it is `created` until that charges, and `cancelled` when it has not within 120 seconds. What a wallet lacks is told with status 405.',
    handle: async (ctx, { body: { user, driver = user, connector: connectorId, reservation: reservationId, targets, payment, type, otp }, encoding }) => {
      if (user !== undefined && driver !== user) throw new DomainError('invalid_request', 'Two drivers.', { errors: [{ pointer: '/user', message: 'is another than driver' }] });
      const input: StartInput = {
        type, connectorId, reservationId, driverId: driver, targets: targets && decodeTargets(targets),
        payment: payment && decodePayment(type, payment),
      };
      if (otp !== undefined) {
        if (reservationId === undefined) throw withoutReservation();
        const outcome = await startByOtp(ctx, otp, { ...input, reservationId });
        return 'refused' in outcome ? outcome : encodeStarted(outcome.session, await paymentOf(ctx, outcome.session), encoding);
      }
      const session = await asSeed(startSession(ctx, input));
      return encodeStarted(session, await paymentOf(ctx, session), encoding);
    },
    settle: settlePage,
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/sessions', operationId: 'listSessions', tag, summary: 'List sessions, newest first', reply: List(SessionOut),
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
    method: 'GET', url: '/v1/sessions/:id', operationId: 'getSession', tag, summary: 'Read a session', params, reply: SessionOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeSession(await getSession(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/sessions/:id/live', operationId: 'getLiveSession', tag, summary: 'Read what is known of a session now', params, reply: LiveOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeLive(await liveOf(ctx, await getSession(ctx, id)), encoding),
  });
  addControlRoutes(app, options);
}

function addControlRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('session') });
  const controls = [
    { name: 'pause', run: pauseSession, summary: 'Let no energy flow; `paused` once that was seen' }, { name: 'resume', run: resumeSession, summary: 'Let energy flow again' },
  ] as const;
  for (const { name, run, summary } of controls) {
    for (const method of ['GET', 'POST'] as const) {
      addRoute(app, options, {
        method, url: `/v1/sessions/:id/${name}`, operationId: `${name}Session${method === 'GET' ? 'ByGet' : ''}`, tag, params,
        summary: method === 'GET' ? `${summary} (as seed 003 has it)` : summary,
        reply: SessionOut, handle: async (ctx, { params: { id }, encoding }) => encodeSession(await run(ctx, id), encoding), settle: settleHold,
      });
    }
  }
  addRoute(app, options, {
    method: 'POST', url: '/v1/sessions/:id/stop', operationId: 'stopSession', tag, params, reply: SessionOut, summary: 'Stop charging, or take back what has not begun',
    description: 'Where the tariff has a PARKING_TIME component, a session ends when the vehicle is unplugged: 409 `stop_not_offered`.',
    handle: async (ctx, { params: { id }, encoding }) => encodeSession(await stopSession(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'PUT', url: '/v1/sessions/:id/targets', operationId: 'setSessionTargets', tag, params, body: TargetsIn, reply: SessionOut, summary: 'Say what a session stops at',
    handle: async (ctx, { params: { id }, body, encoding }) => encodeSession(await setTargets(ctx, id, decodeTargets(body)), encoding),
  });
}

function decodePayment(type: StartInput['type'], p: NonNullable<Static<typeof SessionIn>['payment']>): NonNullable<StartInput['payment']> {
  const wrong = (pointer: string, message: string) => new DomainError('invalid_request', 'That does not go together.', { errors: [{ pointer, message }] });
  const isTerminal = p.method === 'terminal';
  if (isTerminal && type !== 'terminal') throw wrong('/payment/method', 'goes with the type terminal');
  if (isTerminal !== (p.reference !== undefined)) throw wrong('/payment/reference', 'goes with terminal');
  if (isTerminal !== (p.currency !== undefined)) throw wrong('/payment/currency', 'goes with terminal');
  return {
    method: p.method, amountMinor: BigInt(p.amount), paymentMethodId: p.payment_method, returnUrl: p.return_url,
    ...(isTerminal ? { terminal: { reference: p.reference!, currency: p.currency!.toUpperCase() } } : {}),
  };
}

function decodeTargets({ energy_wh: energyWh, cost: costMinor, duration_minutes: durationMinutes, soc_percent: socPercent }: Static<typeof TargetsIn>): Targets {
  return { energyWh, costMinor, durationMinutes, socPercent };
}

const withoutReservation = () => new DomainError('invalid_request', 'A password is for a reservation.', { errors: [{ pointer: '/otp', message: 'goes with reservation' }] });

/** Seed 003's clients look for this status. */
const SEED_STATUS = 405;
const SEED_CODES = new Set(['wallet_missing', 'minimum_balance_missing', 'currency_mismatch']);

async function asSeed(work: Promise<Session>): Promise<Session> {
  return work.catch((error: unknown) => {
    throw error instanceof DomainError && SEED_CODES.has(error.code) ? new RestRefusal(error, SEED_STATUS) : error;
  });
}

async function paymentOf(ctx: Context, { id, paymentId }: Session) {
  return paymentId === null ? undefined : (await paymentsOf(ctx, id)).find((payment) => payment.id === paymentId);
}

/** The page on which it is paid is waited for; a password that was wrong is refused, now that the try is committed. */
async function settlePage(body: unknown, after: Settling): Promise<unknown> {
  const { refused, triesLeft } = body as { refused?: 'otp_wrong' | 'otp_expired'; triesLeft?: number };
  if (refused !== undefined) throw new DomainError(refused, 'That is not the password that stands.', triesLeft === undefined ? {} : { otp_tries_left: triesLeft });
  const { id, payment } = body as Static<typeof StartedOut>;
  if (payment?.status !== 'pending') return body;
  await waitForPayment(after, payment['_id']);
  return after.run(async (ctx) => {
    const session = await getSession(ctx, id);
    return encodeStarted(session, await paymentOf(ctx, session), after.encoding);
  });
}

const PATIENCE_MS = 5_000;
const LOOK_MS = 100;

/** What the station does is waited for; after that it comes as an event. Throws `invalid_state` where the station can't. */
async function settleHold(body: unknown, after: Settling): Promise<unknown> {
  const { id, held_back: before } = body as Static<typeof SessionOut>;
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    const session = await after.run((ctx) => getSession(ctx, id));
    if (before === 'pausing' && session.status === 'started' && session.holdBack === null) throw new DomainError('invalid_state', 'That station can not pause a session.');
    if (session.holdBack !== before) return encodeSession(session, after.encoding);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return body;
}
