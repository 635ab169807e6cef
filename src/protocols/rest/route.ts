/**
 * How a route is written: what it takes and answers as schemas, and a handler that gets the context of one transaction.
 * Everything that all routes share (key, transaction, idempotency, problems, time format) happens here, once.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static, type TObject, type TSchema } from 'typebox';
import { authenticate, contextAt, openContext, type Actor, type Context, type Runtime } from '../../domain/organisations/index.ts';
import type { Queryable, Transaction } from '../../platform/database/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { RFC3339, UNIX_SECONDS, type Encoding } from './encode/encoding.ts';
import { withIdempotency } from './idempotency.ts';
import type { StoredAnswer } from './store.ts';
import { pathOf, toProblem } from './problem.ts';
import type { RateLimiter } from './rate-limit.ts';
import { ProblemSchema } from './schemas/common.ts';

export interface RestOptions {
  runtime: Runtime;
  /** the network that callers without a key see */
  publicNetworkId: string;
  limiter: RateLimiter;
  /** told of every key that was used */
  onKeyUsed(keyId: string): void;
  onRefusal(code: string): void;
}

export interface RouteInput<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  encoding: Encoding;
  request: FastifyRequest;
}

export interface RouteSpec<P extends TObject, Q extends TObject, B extends TSchema> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  /** callers without a key are let in; the access table still decides what they see */
  isPublic?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  /** the answer; its status is 200, or 201 for a POST that `creates` */
  reply: TSchema;
  creates?: boolean;
  /** answers text of another type than JSON; `handle` gives it as a string */
  text?: { type: string; headers: Record<string, string> };
  /** answers bytes, of one of these types; they are made of what `handle` gives, once its transaction has ended */
  bytes?: { types: readonly string[]; headers: Record<string, string>; make(body: unknown): Promise<{ type: string; bytes: Buffer }> };
  handle(ctx: Context, input: RouteInput<Static<P>, Static<Q>, Static<B>>): Promise<unknown>;
  /** what is still to be done once that is committed, in transactions of its own, before the answer is sent; gives the body as it is then */
  settle?(body: unknown, after: Settling): Promise<unknown>;
}

export interface Settling {
  requestId: string;
  encoding: Encoding;
  /** runs in a transaction of its own, in the context of the caller */
  run<T>(work: (ctx: Context) => Promise<T>): Promise<T>;
}

export const IDEMPOTENCY_KEY = Type.Object({
  'idempotency-key': Type.Optional(Type.String({
    minLength: 1, maxLength: 255, description: 'The same key with the same request gets the same answer, also while the first is running.',
  })),
});
export const TIME_FORMAT = Type.Object({
  'plugtime-time-format': Type.Optional(Type.String({ enum: ['rfc3339', 'unix'], description: 'How times are written in the answer; `unix` is whole seconds.' })),
});

/** Parameters that are not documented are refused, also where there are none. */
const NO_QUERY = Type.Object({}, { additionalProperties: false });

/** Declares a route on the server. Its schemas are also what the OpenAPI document is made from. */
export function addRoute<P extends TObject, Q extends TObject, B extends TSchema>(app: FastifyInstance, options: RestOptions, spec: RouteSpec<P, Q, B>): void {
  const isPost = spec.method === 'POST';
  const status = spec.creates ? 201 : 200;
  const headers = isPost ? Type.Interface([IDEMPOTENCY_KEY, TIME_FORMAT], {}) : TIME_FORMAT;
  app.route({
    method: spec.method,
    url: spec.url,
    schema: {
      operationId: spec.operationId, tags: [spec.tag], summary: spec.summary, ...(spec.description ? { description: spec.description } : {}),
      security: spec.isPublic ? [{}, { apiKey: [] }] : [{ apiKey: [] }],
      headers, ...(spec.params ? { params: spec.params } : {}), querystring: spec.query ?? NO_QUERY, ...(spec.body ? { body: spec.body } : {}),
      ...(spec.text || spec.bytes ? { produces: spec.bytes ? [...spec.bytes.types] : [spec.text!.type] } : {}), response: { [status]: spec.reply, '4xx': ProblemSchema },
    },
    onRequest: async (request, reply) => {
      await options.limiter.take(request, reply);
      if (!spec.isPublic) requireKey(request);
    },
    handler: async (request, reply) => {
      const encoding = encodingOf(request);
      const input = { params: request.params as Static<P>, query: request.query as Static<Q>, body: request.body as Static<B>, encoding, request };
      const answer = await answerRequest(options, request, isPost, encoding, async (ctx) => ({ status, body: await spec.handle(ctx, input) }));
      if (spec.text) return reply.type(`${spec.text.type}; charset=utf-8`).headers(spec.text.headers).serializer(String).send(answer.body);
      if (spec.bytes) {
        const { type, bytes } = await spec.bytes.make(answer.body);
        return reply.type(type).headers(spec.bytes.headers).send(bytes);
      }
      return sendAnswer(reply, spec.settle && answer.status < 300 ? { ...answer, body: await spec.settle(answer.body, settling(options, request, encoding)) } : answer);
    },
  });
}

function settling(options: RestOptions, request: FastifyRequest, encoding: Encoding): Settling {
  const { database } = options.runtime;
  return { requestId: request.id, encoding, run: (work) => database.transaction(async (tx) => work(await contextOf(options, request, tx))) };
}

export function requireKey(request: FastifyRequest): void {
  if (bearerOf(request) === undefined) throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
}

/** How the caller wants its times written. */
export function encodingOf(request: FastifyRequest): Encoding {
  return request.headers['plugtime-time-format'] === 'unix' ? UNIX_SECONDS : RFC3339;
}

type Answer = StoredAnswer & { replayed?: boolean };

export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.replayed) void reply.header('idempotency-replayed', 'true');
  const isProblem = answer.status >= 400;
  return reply.code(answer.status).type(isProblem ? 'application/problem+json' : 'application/json; charset=utf-8').send(JSON.stringify(answer.body));
}

/** Runs the work in one transaction, in the context of the caller. */
async function answerRequest(
  options: RestOptions, request: FastifyRequest, isPost: boolean, encoding: Encoding, work: (ctx: Context) => Promise<StoredAnswer>,
): Promise<Answer> {
  const { database } = options.runtime;
  return database.transaction(async (tx) => {
    const ctx = await contextOf(options, request, tx);
    return isPost ? answerOnce(options, request, encoding, tx, ctx.actor, () => work(ctx)) : work(ctx);
  });
}

/** Does the work, or, where the caller has sent that Idempotency-Key before, answers what it was answered then. */
export async function answerOnce(
  options: RestOptions, request: FastifyRequest, encoding: Encoding, tx: Transaction, actor: Actor, work: () => Promise<StoredAnswer>,
): Promise<Answer> {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || actor.kind !== 'key') return work();
  const same = { method: request.method, url: request.url, body: request.body ?? null };
  const caller = { scope: actor.driverId ?? actor.organisationId, key, apiKey: bearerOf(request)! };
  return withIdempotency(tx, caller, same, () => refusalAsAnswer(options, request, encoding, tx, work));
}

/** With an idempotency key a refusal is an answer like any other: what was done is undone, and the refusal is stored. */
async function refusalAsAnswer(options: RestOptions, request: FastifyRequest, encoding: Encoding, tx: Transaction, work: () => Promise<StoredAnswer>): Promise<StoredAnswer> {
  try {
    return await tx.savepoint(work);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    options.onRefusal(error.code);
    const problem = toProblem(error, { id: request.id, path: pathOf(request) }, encoding);
    return { status: problem.status, body: problem };
  }
}

export async function contextOf(options: RestOptions, request: FastifyRequest, tx: Transaction): Promise<Context> {
  const secret = bearerOf(request);
  if (secret === undefined) return openContext(options.runtime, { networkId: options.publicNetworkId, actor: { kind: 'public' }, requestId: request.id }, tx);
  const { actor, network, now } = await identify(options, request, tx, secret);
  return contextAt(options.runtime, { networkId: network.id, actor, requestId: request.id }, tx, network.mode, now);
}

/** Who presents the key; throws `unauthenticated` when it is no live key. */
export async function identify(
  options: RestOptions, request: FastifyRequest, db: Queryable, secret: string,
): Promise<NonNullable<Awaited<ReturnType<typeof authenticate>>>> {
  const caller = await authenticate(db, secret);
  if (!caller) throw new DomainError('unauthenticated', 'That API key is not known, or was revoked.');
  options.limiter.trust(request);
  options.onKeyUsed(caller.actor.keyId);
  return caller;
}

/** The key of a request; an Authorization header of another kind is refused rather than overlooked. */
export function bearerOf(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  if (request.raw.headersDistinct.authorization!.length > 1) throw new DomainError('unauthenticated', 'Send one key, not several.');
  const match = /^Bearer +(\S+)$/i.exec(authorization);
  if (!match) throw new DomainError('unauthenticated', 'The Authorization header must read "Bearer " and an API key.');
  return match[1];
}
