/** What becomes of a session, as it happens (server-sent events). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { getSession, type LiveSession, type SessionWatch } from '../../../domain/sessions/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { encodeLive } from '../encode/sessions.ts';
import { contextOf, encodingOf, requireKey, TIME_FORMAT, type RestOptions } from '../route.ts';
import { Id, ProblemSchema, Strict } from '../schemas/common.ts';
import { openStream, openStreams, streamCounter, type SseStream, type Streams } from '../sse.ts';

const HEARTBEAT_MS = 15_000;
/** Streams of one organisation, or of one driver's own key, at a time, in this process. */
const MOST_STREAMS = 500;
const MOST_OF_DRIVER = 10;

export function addSessionStreams(app: FastifyInstance, options: RestOptions, watch: SessionWatch): Streams {
  const streams = openStreams();
  const perOrganisation = streamCounter(MOST_STREAMS);
  const perDriver = streamCounter(MOST_OF_DRIVER);
  app.route({
    method: 'GET', url: '/v1/sessions/:id/stream',
    schema: {
      operationId: 'streamSession', tags: ['Sessions'], summary: 'What is known of a session, as it changes (server-sent events)', security: [{ apiKey: [] }],
      description: 'Each message is a `state`, as `GET …/live` answers it: what is known now first, then each change. After the last comes `ended`.',
      params: Strict({ id: Id('session') }), querystring: Strict({}), headers: TIME_FORMAT, produces: ['text/event-stream'], response: { 200: Type.String(), '4xx': ProblemSchema },
    },
    onRequest: async (request, reply) => {
      await options.limiter.take(request, reply);
      requireKey(request);
    },
    handler: async (request, reply) => {
      const encoding = encodingOf(request);
      const { session, actor } = await options.runtime.database.transaction(async (tx) => {
        const ctx = await contextOf(options, request, tx);
        return { session: await getSession(ctx, (request.params as { id: string }).id), actor: ctx.actor };
      });
      const { organisationId = '', driverId } = actor.kind === 'key' ? actor : {};
      const release = driverId === undefined ? perOrganisation.take(organisationId) : perDriver.take(driverId);
      if (!release) throw tooMany();
      const stream = streamSession(request, reply, watch, { networkId: session.networkId, sessionId: session.id, encode: (live) => encodeLive(live, encoding) });
      streams.keep(stream, release);
      return reply;
    },
  });
  return streams;
}

const tooMany = () => new DomainError('rate_limited', 'Too many streams at a time.', { retryAfterSeconds: 10 });

interface Shown {
  networkId: string;
  sessionId: string;
  /** undefined where the reader is to see no more */
  encode(live: LiveSession): object | undefined;
}

/** Of changes that a slow reader did not take yet, the newest is sent. */
export function streamSession(request: FastifyRequest, reply: FastifyReply, watch: SessionWatch, { networkId, sessionId, encode }: Shown): SseStream {
  const stream = openStream(request, reply);
  let last = '';
  let waiting: string | undefined;
  let isOver = false;
  let sending: Promise<void> | undefined;
  const send = async (): Promise<void> => {
    while (waiting !== undefined) {
      const data = waiting;
      waiting = undefined;
      await stream.write(`event: state\ndata: ${data}\n\n`);
    }
    sending = undefined;
    if (!isOver) return;
    await stream.write('event: ended\ndata: {}\n\n');
    stream.end();
  };
  const unwatch = watch.watch(networkId, sessionId, {
    state: (live) => {
      const shown = encode(live);
      if (!shown) return stream.end();
      const data = JSON.stringify(shown);
      if (data === last) return;
      last = waiting = data;
      sending ??= send();
    },
    ended: () => {
      isOver = true;
      sending ??= send();
    },
  });
  const timer = setInterval(() => void stream.write(': alive\n\n'), HEARTBEAT_MS);
  void stream.closed.then(() => {
    clearInterval(timer);
    unwatch();
  });
  return stream;
}
