/** Links by which a session is followed without a key. Logs and metrics have the route's pattern, never its address. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import {
  endTracking, makeTracking, readTracked, TRACKING_TOKEN_PATTERN, validUntilOf, type SessionWatch, type TrackedSession,
} from '../../../domain/sessions/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { RFC3339 } from '../encode/encoding.ts';
import { encodeTracked } from '../encode/sessions.ts';
import { sendPage } from '../page-shell.ts';
import { originOf } from '../public-url.ts';
import { addRoute, bearerOf, encodingOf, identify, TIME_FORMAT, type RestOptions } from '../route.ts';
import { Deleted, Id, ProblemSchema, Strict } from '../schemas/common.ts';
import { EmptyIn } from '../schemas/reservation.ts';
import { TrackedOut, TrackingOut } from '../schemas/sessions.ts';
import { openStreams, streamCounter, type Streams } from '../sse.ts';
import { noTrackingPage, trackingPage, type TrackedState } from '../tracking-page.ts';
import { streamSession } from './session-streams.ts';

const tag = 'Sessions';
/** Streams of one link, and of one address, at a time, in this process. */
const MOST_OF_LINK = 50;
const MOST_OF_ADDRESS = 20;
/** The address is a secret: it is neither kept on the way, nor found by search engines, nor told to where a page leads. */
const HEADERS = { 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer' };

export function addTrackingRoutes(app: FastifyInstance, options: RestOptions, { watch, publicUrl }: { watch: SessionWatch; publicUrl: string | undefined }): Streams {
  const params = Strict({ id: Id('session') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/sessions/:id/tracking', operationId: 'createSessionTracking', tag, params, body: EmptyIn, reply: TrackingOut, creates: true,
    summary: 'Make a link by which anybody follows the session, in the place of the one before',
    handle: async (ctx, { params: { id }, request }) => {
      return { object: 'session_tracking', session: id, secret_url: `${originOf(publicUrl, request)}/track/${await makeTracking(ctx, id)}` };
    },
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/sessions/:id/tracking', operationId: 'deleteSessionTracking', tag, params, reply: Deleted, summary: 'End the link by which a session is followed',
    handle: async (ctx, { params: { id } }) => {
      await endTracking(ctx, id);
      return { id, object: 'session_tracking', deleted: true };
    },
  });
  addPage(app, options);
  return addReadRoutes(app, options, watch);
}

const params = Strict({ token: Type.String({ pattern: `^${TRACKING_TOKEN_PATTERN}$`, description: 'the secret' }) });
const tokenOf = (request: FastifyRequest): string => (request.params as { token: string }).token;

function addReadRoutes(app: FastifyInstance, options: RestOptions, watch: SessionWatch): Streams {
  const streams = openStreams();
  const [perLink, perAddress] = [streamCounter(MOST_OF_LINK), streamCounter(MOST_OF_ADDRESS)];
  const shared = { onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
    await options.limiter.take(request, reply);
    const secret = bearerOf(request);
    if (secret !== undefined) await identify(options, request, options.runtime.database, secret); // one that is wrong is refused, as everywhere
    void reply.headers(HEADERS);
  } };
  app.route({
    method: 'GET', url: '/v1/track/:token', ...shared,
    schema: {
      operationId: 'getTrackedSession', tags: [tag], summary: 'A session, by its secret link', security: [{}], params, querystring: Strict({}), headers: TIME_FORMAT,
      response: { 200: TrackedOut, '4xx': ProblemSchema },
    },
    handler: async (request) => encodeTracked(await readTracked(options.runtime, tokenOf(request)), encodingOf(request)),
  });
  app.route({
    method: 'GET', url: '/v1/track/:token/stream', ...shared,
    schema: {
      operationId: 'streamTrackedSession', tags: [tag], summary: 'A session, by its secret link, as it changes (server-sent events)', security: [{}], params,
      description: 'Each message is a `state`: what is known now first, then each change. After the last comes `ended`.',
      querystring: Strict({}), headers: TIME_FORMAT, produces: ['text/event-stream'], response: { 200: Type.String(), '4xx': ProblemSchema },
    },
    handler: async (request, reply) => {
      const encoding = encodingOf(request);
      const tracked = await readTracked(options.runtime, tokenOf(request));
      const { id: sessionId, networkId, trackingHash } = tracked.live.session;
      const [ofLink, ofAddress] = [perLink.take(sessionId), perAddress.take(request.ip)];
      const release = (): void => [ofLink, ofAddress].forEach((one) => one?.());
      if (!ofLink || !ofAddress) {
        release();
        throw new DomainError('rate_limited', 'Too many streams at a time.', { retryAfterSeconds: 10 });
      }
      streams.keep(streamSession(request, reply, watch, {
        networkId, sessionId,
        encode: (live) => (live.session.trackingHash === trackingHash ? encodeTracked({ ...tracked, live, validUntil: validUntilOf(live.session) }, encoding) : undefined),
      }), release);
      return reply;
    },
  });
  return streams;
}

function addPage(app: FastifyInstance, options: RestOptions): void {
  app.route({
    method: 'GET', url: '/track/:token', schema: { hide: true },
    onRequest: (request, reply) => options.limiter.take(request, reply),
    handler: async (request, reply) => {
      const tracked = await readTracked(options.runtime, tokenOf(request)).catch((error: unknown): TrackedSession | undefined => {
        if (error instanceof DomainError && error.code === 'not_found') return undefined;
        throw error;
      });
      if (!tracked) return sendPage(reply, 404, noTrackingPage);
      const state = encodeTracked(tracked, RFC3339) as TrackedState; // with times as text
      return sendPage(reply, 200, (nonce) => trackingPage(state, { nonce, streamUrl: `../v1/track/${tokenOf(request)}/stream` }));
    },
  });
}
