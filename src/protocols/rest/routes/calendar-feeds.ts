import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { endCalendarFeed, FEED_TOKEN_PATTERN, makeCalendarFeed, readCalendarFeed } from '../../../domain/reservations/feed/index.ts';
import { encodeCalendarFeed } from '../encode/calendar-feed.ts';
import { originOf } from '../public-url.ts';
import { addRoute, bearerOf, identify, type RestOptions } from '../route.ts';
import { Deleted, Id, InstantOut, ProblemSchema, Strict } from '../schemas/common.ts';
import { EmptyIn } from '../schemas/reservation.ts';

const tag = 'Drivers';
const driver = Strict({ id: Id('driver') });
const FeedOut = Type.Object({
  object: Type.Literal('calendar_feed'), driver: Id('driver'), created: InstantOut,
  secret_url: Type.String({ description: 'for a calendar app to subscribe to; whoever has it reads the feed. Shown this once' }),
});
/** Apps may show what they have for so long, and then ask whether it has changed. */
const CACHE_CONTROL = 'private, max-age=300';

export function addCalendarFeedRoutes(app: FastifyInstance, options: RestOptions, { publicUrl }: { publicUrl: string | undefined }): void {
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers/:id/calendar_feed', operationId: 'createCalendarFeed', tag, params: driver, body: EmptyIn, reply: FeedOut, creates: true,
    summary: "Make a driver's calendar feed, or give it another address",
    handle: async (ctx, { params, request, encoding }) => {
      const { driverId, token, createdAt } = await makeCalendarFeed(ctx, params.id);
      return { object: 'calendar_feed', driver: driverId, created: encoding.time(createdAt), secret_url: `${originOf(publicUrl, request)}/v1/calendar_feeds/${token}.ics` };
    },
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/drivers/:id/calendar_feed', operationId: 'deleteCalendarFeed', tag, summary: "End a driver's calendar feed", params: driver, reply: Deleted,
    handle: async (ctx, { params }) => {
      await endCalendarFeed(ctx, params.id);
      return { id: params.id, object: 'calendar_feed', deleted: true };
    },
  });
  addReadRoute(app, options);
}

/** The address is the secret, so it is asked for without a key. Logs and metrics have the route's pattern, never its address. */
function addReadRoute(app: FastifyInstance, options: RestOptions): void {
  app.route({
    method: 'GET', url: '/v1/calendar_feeds/:file',
    schema: {
      operationId: 'getCalendarFeed', tags: [tag], summary: "A driver's reservations as iCalendar, by its secret address", security: [{}],
      description: 'Answers an `ETag`; sent back as `If-None-Match`, it is answered with 304 while nothing has changed.',
      params: Strict({ file: Type.String({ pattern: `^${FEED_TOKEN_PATTERN}\\.ics$`, description: 'the secret, and .ics' }) }), querystring: Strict({}),
      produces: ['text/calendar'], response: { 200: Type.String(), '4xx': ProblemSchema },
    },
    onRequest: (request, reply) => options.limiter.take(request, reply),
    handler: async (request, reply) => {
      const secret = bearerOf(request);
      if (secret !== undefined) await identify(options, request, options.runtime.database, secret); // one that is wrong is refused, as everywhere
      const { file } = request.params as { file: string };
      const text = encodeCalendarFeed(await readCalendarFeed(options.runtime, file.slice(0, -'.ics'.length)));
      const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
      void reply.headers({ etag, 'cache-control': CACHE_CONTROL });
      if (request.headers['if-none-match']?.split(',').some((known) => known.trim().replace(/^W\//, '') === etag)) return reply.code(304).send();
      return reply.type('text/calendar; charset=utf-8').header('content-disposition', 'inline; filename="charging.ics"').serializer(String).send(text);
    },
  });
}
