import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type ConnectionError, type FastifyInstance } from 'fastify';
import type {} from '@fastify/swagger';
import { processNow } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { newId } from '../ids/index.ts';
import type { Log } from '../log/index.ts';
import type { Metrics } from '../metrics/index.ts';

export interface HttpOptions {
  config: Config;
  log: Log;
  metrics: Metrics;
  /** whether the process is ready to serve; `/readyz` says so */
  isReady(): Promise<boolean>;
  /** requests that ask for another protocol on their connection, and get it; `upgrade` events are told of them alone */
  isUpgrade?(request: IncomingMessage): boolean;
  /** the answer to what is no HTTP request, so that no route can give it */
  refuseMalformed(requestId: string): { contentType: string; body: string };
}

/** Time that requests in flight are given at a shutdown. */
const DRAIN_MS = 10_000;

/** The bare server: request ids, one log line and one measurement a request, health, metrics, a shutdown that drains. Protocols are plugins on it. */
export function createHttpServer({ config, log, metrics, isReady, isUpgrade, refuseMalformed }: HttpOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    logger: false,
    http: { shouldUpgradeCallback: isUpgrade ?? (() => false) },
    bodyLimit: config.PLUGTIME_BODY_LIMIT_BYTES,
    trustProxy: config.PLUGTIME_TRUST_PROXY,
    genReqId: () => newId('request'),
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    requestTimeout: 60_000,
    // a path that can't be decoded, or is too long: refused like everything else
    frameworkErrors: (error, request, reply) => void app.errorHandler(error, request, reply),
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, refuseMalformed),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const seconds = reply.elapsedTime / 1000;
    metrics.httpRequests.inc({ method: request.method, route, status: reply.statusCode });
    metrics.httpSeconds.observe({ method: request.method, route }, seconds);
    const quiet = route === '/healthz' || route === '/readyz' || route === '/metrics';
    log[quiet ? 'debug' : 'info']({ request_id: request.id, method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 }, 'request');
    done();
  });
  let closing = false;
  app.addHook('preClose', () => void (closing = true));
  app.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const ready = !closing && (await isReady());
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : closing ? 'closing' : 'starting' });
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  return app;
}

function answerMalformed(error: ConnectionError, socket: Socket, refuse: HttpOptions['refuseMalformed']): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy();
  const requestId = newId('request');
  const { contentType, body } = refuse(requestId);
  socket.end(`HTTP/1.1 400 Bad Request\r\ncontent-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\n`
    + `connection: close\r\n\r\n${body}`);
}

/** Stops taking requests, lets those in flight finish (up to ten seconds), then closes what is left. */
export async function drain(app: FastifyInstance): Promise<void> {
  const started = processNow();
  const force = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS - (processNow() - started));
  try {
    await app.close();
  } finally {
    clearTimeout(force);
  }
}
