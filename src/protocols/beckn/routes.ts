/** Where messages come in: `/beckn/{action}` for the network, or `/beckn/webhook/{token}` for an adapter. Bodies are kept as bytes, since those are signed. */
import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { receive, type Exchange, type Incoming, type Reply } from './exchange/index.ts';
import { addFeedbackForm } from './feedback-form.ts';
import { Refused, REASONS } from './refusal.ts';
import { answerChallenge, requireSignedBy } from './registry/index.ts';
import { addTrackingRoute } from './track.ts';
import { parseBody } from './wire/index.ts';

interface ReadBody {
  bytes: Buffer;
  isTooLarge: boolean;
}

const NO_BODY: ReadBody = { bytes: Buffer.alloc(0), isTooLarge: false };
/** Messages of one address in a minute that may fail to prove whose they are, before none of it is looked at any more: each may cost a look-up. */
const FAILURES_A_MINUTE = 300;

export function addBecknRoutes(app: FastifyInstance, exchange: Exchange): void {
  const { settings: { adapter, bodyLimitBytes } } = exchange;
  addTrackingRoute(app, exchange);
  addFeedbackForm(app, exchange);
  const bodies = new WeakMap<FastifyRequest, ReadBody>();
  const failures = new RateLimiterMemory({ points: FAILURES_A_MINUTE, duration: 60 });
  const take = async (request: FastifyRequest, sent: FastifyReply, incoming: Pick<Incoming, 'path' | 'isFromAdapter'>): Promise<FastifyReply> => {
    const { bytes, isTooLarge } = bodies.get(request) ?? NO_BODY;
    const isLimited = ((await failures.get(request.ip))?.remainingPoints ?? 1) <= 0;
    const answer = await receive(exchange, { ...incoming, bytes, isTooLarge, isLimited, headers: request.headers });
    if (answer.status === 401) await failures.consume(request.ip).catch(() => undefined);
    if (isTooLarge) void sent.header('connection', 'close');
    return send(sent, answer);
  };
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (request, payload, parsed) => {
      readBody(payload, bodyLimitBytes).then((read) => {
        bodies.set(request, read);
        parsed(null, undefined);
      }, (error: Error) => parsed(error, undefined));
    });
    const hidden = { schema: { hide: true } };
    if (adapter) {
      const isOurs = (request: FastifyRequest): boolean => isSame((request.params as { token: string }).token, adapter.webhookToken);
      scope.post('/beckn/webhook/:token', hidden, async (request, sent) => (isOurs(request) ? take(request, sent, { isFromAdapter: true }) : sent.callNotFound()));
      scope.post('/beckn/webhook/:token/*', hidden, async (request, sent) => (
        isOurs(request) ? take(request, sent, { isFromAdapter: true, path: (request.params as { '*': string })['*'] }) : sent.callNotFound()));
    } else {
      scope.post('/beckn/on_subscribe', hidden, (request, sent) => send(sent, challengeReply(exchange, bodies.get(request) ?? NO_BODY, request.headers.authorization)));
      // The candidate publishes discover as GET with a body, which servers don't read by themselves.
      scope.get('/beckn/discover', { ...hidden, exposeHeadRoute: false }, async (request, sent) => {
        bodies.set(request, await readBody(request.raw, bodyLimitBytes));
        return take(request, sent, { path: 'discover' });
      });
      scope.post('/beckn/*', hidden, async (request, sent) => take(request, sent, { path: (request.params as { '*': string })['*'] }));
    }
    done();
  });
}

const send = (sent: FastifyReply, { status, headers, body }: Reply): FastifyReply => (
  sent.code(status).headers(headers).type('application/json; charset=utf-8').serializer(String).send(body));

/** Reads up to the limit; what lies beyond it is left where it is. */
async function readBody(payload: IncomingMessage, limit: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) return { bytes: Buffer.concat(chunks), isTooLarge: true };
  }
  return { bytes: Buffer.concat(chunks), isTooLarge: false };
}

/** The registry's challenge, and its notices of our status, which carry one too. */
function challengeReply({ settings, now }: Exchange, { bytes }: ReadBody, signature: string | undefined): Reply {
  const { encryptionKey, registryEncryptionKey, registrySigningKey, skewSeconds } = settings;
  try {
    if (registrySigningKey) requireSignedBy(registrySigningKey, bytes, signature, { now: now(), skewSeconds });
    return { status: 200, headers: {}, body: JSON.stringify(answerChallenge(parseBody(bytes), encryptionKey, registryEncryptionKey)) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { status: REASONS[error.reason], headers: {}, body: JSON.stringify({ error: { message: error.message } }) };
  }
}

function isSame(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
