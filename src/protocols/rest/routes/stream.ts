/** `GET /v1/events/stream`: server-sent events. A reader that comes back with `Last-Event-ID` misses nothing and gets nothing twice. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { DomainError } from '../../../platform/errors/index.ts';
import { lastPosition, readEvents, type EventFilter } from '../../../platform/events/index.ts';
import { encodeEvent } from '../encode/event.ts';
import { RFC3339 } from '../encode/encoding.ts';
import { bearerOf, identify, type RestOptions } from '../route.ts';
import { ProblemSchema, Strict } from '../schemas/common.ts';
import { openStream, streamCounter, type Streams } from '../sse.ts';
import { EventTypes, visibleTo } from './events.ts';

const HEARTBEAT_MS = 15_000;
const BATCH = 200;
/** Streams of one organisation at a time, in this process. */
const MOST_STREAMS = 100;

const Query = Strict({
  type: Type.Optional(EventTypes),
  since: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: 'a position, where Last-Event-ID can not be sent' })),
});

export function addStreamRoute(app: FastifyInstance, options: RestOptions): Streams {
  const open = new Set<() => void>();
  const counter = streamCounter(MOST_STREAMS);
  app.route({
    method: 'GET', url: '/v1/events/stream',
    schema: {
      operationId: 'streamEvents', tags: ['Events'], summary: 'Events as they happen (server-sent events)', security: [{ apiKey: [] }], querystring: Query,
      description: 'Each message has the event\'s position as its `id`, its type as `event` and the event as `data`. Without `Last-Event-ID` the stream begins now.',
      headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) }),
      produces: ['text/event-stream'], response: { 200: Type.String(), '4xx': ProblemSchema },
    },
    onRequest: (request, reply) => options.limiter.take(request, reply),
    handler: async (request, reply) => {
      const secret = bearerOf(request);
      if (secret === undefined) throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
      const caller = await identify(options, request, options.runtime.database, secret);
      const { type, since } = request.query as { type?: string | string[]; since?: string };
      const filter: EventFilter = { ...visibleTo(caller), types: type === undefined ? undefined : [type].flat() };
      const release = counter.take(caller.actor.organisationId);
      if (!release) throw new DomainError('rate_limited', `No more than ${MOST_STREAMS} streams at a time.`, { retryAfterSeconds: 10 });
      const last = request.headers['last-event-id'] ?? since;
      const from = typeof last === 'string' ? Number(last) : await lastPosition(options.runtime.database).catch((error: Error) => {
        release();
        throw error;
      });
      const stop = startStream(options, request, reply, { from, filter, viewer: { actor: caller.actor, now: caller.now } });
      open.add(stop.close);
      void stop.ended.finally(() => {
        open.delete(stop.close);
        release();
      });
      return reply;
    },
  });
  return { closeAll: () => open.forEach((close) => close()) };
}

function startStream(
  options: RestOptions, request: FastifyRequest, reply: FastifyReply, { from, filter, viewer }: { from: number; filter: EventFilter; viewer: Parameters<typeof encodeEvent>[1] },
): { close(): void; ended: Promise<void> } {
  const stream = openStream(request, reply);
  let wake: () => void = () => undefined;
  void stream.closed.then(() => wake());
  let seen = from; // what others may see is not read again and again
  const unfollow = options.runtime.events.follow((events) => {
    seen = events.at(-1)?.position ?? seen;
    if (events.length > 0) wake();
  });
  const run = async (): Promise<void> => {
    let position = from;
    while (!stream.isClosed()) {
      const woken = new Promise<void>((resolve) => (wake = resolve)); // before reading: what comes meanwhile wakes it
      const seenBefore = seen;
      const events = await readEvents(options.runtime.database, { after: position, limit: BATCH }, filter);
      for (const event of events) {
        await stream.write(`id: ${event.position}\nevent: ${event.type}\ndata: ${JSON.stringify(encodeEvent(event, viewer, RFC3339))}\n\n`);
        position = event.position;
      }
      if (events.length === BATCH || stream.isClosed()) continue;
      position = Math.max(position, seenBefore);
      const timer = setTimeout(() => {
        void stream.write(': alive\n\n');
        wake();
      }, HEARTBEAT_MS);
      await woken;
      clearTimeout(timer);
    }
  };
  const ended = run().catch(() => undefined).finally(() => {
    unfollow();
    stream.end();
  });
  return { close: () => stream.end(), ended };
}
