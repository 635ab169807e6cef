/** Starting without a key: by whoever stands at a connector (SES-33). The page at `/charge/{id}` does what is done here. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import Type, { type Static } from 'typebox';
import type { Runtime } from '../../../domain/organisations/index.ts';
import {
  estimateWalkIn, readGuestSession, startAsGuest, stopAsGuest, TRACKING_TOKEN_PATTERN, walkInOffer, type GuestSession, type WalkInWish,
} from '../../../domain/sessions/index.ts';
import type { Transaction } from '../../../platform/database/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { encodeGuestSession, encodeWalkInEstimate, encodeWalkInOffer } from '../encode/guests.ts';
import { encodePdf } from '../encode/invoice/pdf.ts';
import { originOf } from '../public-url.ts';
import { addRoute, answerOnce, bearerOf, contextOf, encodingOf, IDEMPOTENCY_KEY, identify, sendAnswer, TIME_FORMAT, type RestOptions } from '../route.ts';
import { Id, ProblemSchema, Strict } from '../schemas/common.ts';
import { GuestSessionIn, GuestSessionOut, GuestStartedOut, WalkInOfferOut, WishQuery } from '../schemas/guests.ts';
import { PDF } from '../schemas/invoice.ts';
import { EmptyIn } from '../schemas/reservation.ts';

const tag = 'Guests';

export interface GuestOptions {
  publicUrl: string | undefined;
  /** counts a start against the caller's address; throws `rate_limited` */
  takeStart(request: FastifyRequest): Promise<void>;
}

/** The address is a secret: it is neither kept on the way, nor found by search engines, nor told to where a document leads. */
const SECRET_HEADERS = { 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer' };
const HOUR_SECONDS = 3_600;

export function guestOptions({ publicUrl, startsPerHour }: { publicUrl: string | undefined; startsPerHour: number }): GuestOptions {
  const limiter = new RateLimiterMemory({ points: startsPerHour, duration: HOUR_SECONDS });
  return {
    publicUrl,
    takeStart: async ({ ip }) => {
      await limiter.consume(ip).catch((state: unknown) => {
        if (!(state instanceof RateLimiterRes)) throw state;
        throw new DomainError('rate_limited', `No more than ${startsPerHour} starts an hour.`, { retryAfterSeconds: Math.ceil(state.msBeforeNext / 1000) });
      });
    },
  };
}

export function addGuestRoutes(app: FastifyInstance, options: RestOptions, guests: GuestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/connectors/:id/walk_in', operationId: 'getWalkInOffer', tag, isPublic: true, params: Strict({ id: Id('connector') }), query: WishQuery,
    summary: 'What somebody is told who stands at a connector: whether they can begin, and what it costs', reply: WalkInOfferOut,
    description: 'With `amount`, `energy_wh` or `duration_minutes` the `estimate` is of that, else of charging until the vehicle is full.',
    handle: async (ctx, { params: { id }, query, encoding }) => {
      const offer = await walkInOffer(ctx, id);
      return encodeWalkInOffer(offer, offer.rules ? estimateWalkIn(ctx, offer, decodeWish(query)) : null, encoding);
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/guest_sessions', operationId: 'startGuestSession', tag, isPublic: true, body: GuestSessionIn, reply: GuestStartedOut, creates: true,
    summary: 'Start charging as a guest: who pays at `payment.url` is charged there',
    description: 'Nothing is told to the station before the money is held. Who has not paid within five minutes, or does not plug in within two, is cancelled and given all back.',
    handle: async (ctx, { body, request, encoding }) => {
      await guests.takeStart(request);
      const { connector: connectorId, email, phone, language, totp, return_url: returnUrl, ...wish } = body;
      const pageOf = guestPages(guests, request);
      const { session, payment, estimate, token } = await startAsGuest(ctx, {
        connectorId, wish: decodeWish(wish), email, phone, languages: language === undefined ? [] : [language], scan: { totp }, returnUrl: (secret) => returnUrl ?? pageOf(secret),
      });
      const page = pageOf(token);
      return { ...encodeGuestSession({ session, payment, invoice: undefined }, `${page}/receipt`, encoding), estimate: encodeWalkInEstimate(estimate), secret_url: page };
    },
    settle: async (body, { encoding }) => {
      const started = body as Static<typeof GuestStartedOut>;
      const { live, payment, invoice } = await waitForPaymentPage(options.runtime, started.secret_url.split('/').at(-1)!);
      return { ...started, ...encodeGuestSession({ session: live.session, payment, invoice }, `${started.secret_url}/receipt`, encoding) };
    },
  });
  addTokenRoutes(app, options, guests);
}

/** Where a guest's page is. */
export function guestPages({ publicUrl }: GuestOptions, request: FastifyRequest): (token: string) => string {
  const origin = originOf(publicUrl, request);
  return (token) => `${origin}/charging/${token}`;
}

/** Throws `invalid_request` for more than one wish. */
export function decodeWish({ amount, energy_wh: energyWh, duration_minutes: durationMinutes }: Static<typeof WishQuery>): WalkInWish {
  if ([amount, energyWh, durationMinutes].filter((one) => one !== undefined).length > 1) {
    throw new DomainError('invalid_request', 'One of them at a time.', { errors: [{ pointer: '/', message: 'has more than one of amount, energy_wh and duration_minutes' }] });
  }
  return { amountMinor: amount === undefined ? undefined : BigInt(amount), energyWh, durationMinutes };
}

const PATIENCE_MS = 3_000;
const LOOK_MS = 60;

/** The provider's page is waited for; after that it is asked for again. */
export async function waitForPaymentPage(runtime: Runtime, token: string): Promise<GuestSession> {
  let guest = await readGuestSession(runtime, token);
  for (let waited = 0; guest.payment?.status === 'pending' && guest.payment.details.url === undefined && waited < PATIENCE_MS; waited += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    guest = await readGuestSession(runtime, token);
  }
  return guest;
}

function addTokenRoutes(app: FastifyInstance, options: RestOptions, guests: GuestOptions): void {
  const { runtime } = options;
  const shared = {
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      await options.limiter.take(request, reply);
      const secret = bearerOf(request);
      if (secret !== undefined) await identify(options, request, runtime.database, secret); // one that is wrong is refused, as everywhere
      void reply.headers(SECRET_HEADERS);
    },
  };
  const params = Strict({ token: Type.String({ pattern: `^${TRACKING_TOKEN_PATTERN}$`, description: 'the secret' }) });
  const schema = { tags: [tag], security: [{}], params, querystring: Strict({}) };
  const tokenOf = (request: FastifyRequest): string => (request.params as { token: string }).token;
  const receiptOf = (request: FastifyRequest): string => `${guestPages(guests, request)(tokenOf(request))}/receipt`;
  const answer = async (request: FastifyRequest) => {
    const { live, payment, invoice } = await readGuestSession(runtime, tokenOf(request));
    return encodeGuestSession({ session: live.session, payment, invoice }, receiptOf(request), encodingOf(request));
  };
  app.route({
    method: 'GET', url: '/v1/guest_sessions/:token', ...shared, handler: answer,
    schema: {
      ...schema, operationId: 'getGuestSession', summary: 'A session, for the guest who began it', headers: TIME_FORMAT, response: { 200: GuestSessionOut, '4xx': ProblemSchema },
    },
  });
  app.route({
    method: 'POST', url: '/v1/guest_sessions/:token/stop', ...shared,
    schema: {
      ...schema, operationId: 'stopGuestSession', summary: 'Stop charging, or take back what has not begun', body: EmptyIn,
      headers: Type.Interface([IDEMPOTENCY_KEY, TIME_FORMAT], {}),
      description: 'Once it is over nothing happens. Where parking costs, a session ends when the vehicle is unplugged: 409 `stop_not_offered`.',
      response: { 200: GuestSessionOut, '4xx': ProblemSchema },
    },
    handler: async (request, reply) => {
      const encoding = encodingOf(request);
      const receiptUrl = receiptOf(request);
      const work = async (tx: Transaction) => ({ status: 200, body: encodeGuestSession(await stopAsGuest(runtime, tx, tokenOf(request)), receiptUrl, encoding) });
      return sendAnswer(reply, await runtime.database.transaction(async (tx) => {
        const { actor } = await contextOf(options, request, tx);
        return answerOnce(options, request, encoding, tx, actor, () => work(tx));
      }));
    },
  });
  app.route({
    method: 'GET', url: '/charging/:token/receipt', ...shared,
    schema: { hide: true },
    handler: async (request, reply) => {
      const { invoice } = await readGuestSession(runtime, tokenOf(request));
      if (!invoice) throw new DomainError('not_found', 'It is not written yet.');
      return reply.type(PDF).header('content-disposition', `inline; filename="${invoice.number.replaceAll('/', '-')}.pdf"`).send(await encodePdf(invoice));
    },
  });
}
