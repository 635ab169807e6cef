/** The door of the REST protocol: `/v1/…`, its documentation, its event stream and its webhooks. */
import type { FastifyInstance } from 'fastify';
import type { SearchKeeper } from '../../domain/search/index.ts';
import { touchKeys, type Runtime } from '../../domain/organisations/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Config } from '../../platform/config/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { Metrics } from '../../platform/metrics/index.ts';
import { addDocs } from './docs.ts';
import { RFC3339 } from './encode/encoding.ts';
import { IDEMPOTENCY_KEPT_HOURS } from './idempotency.ts';
import { pathOf, sendProblem, toDomainError, toProblem } from './problem.ts';
import { createRateLimiter } from './rate-limit.ts';
import { addCalendarRoutes } from './routes/calendar.ts';
import { addDriverRoutes } from './routes/drivers.ts';
import { addEventRoutes } from './routes/events.ts';
import { addLocationRoutes } from './routes/locations.ts';
import { addOrganisationRoutes } from './routes/organisation.ts';
import { addReservationRoutes } from './routes/reservations.ts';
import { addSandboxRoutes } from './routes/sandbox.ts';
import { addSearchRoutes, type SearchOptions } from './routes/search.ts';
import { addPolicyRoutes, addSlotRoutes } from './routes/slots.ts';
import { addStreamRoute } from './routes/stream.ts';
import { deleteOldIdempotencyKeys } from './store.ts';
import { useStrictValidation } from './validation.ts';

export interface RestDependencies {
  config: Config;
  log: Log;
  metrics: Metrics;
  runtime: Runtime;
  keeper: SearchKeeper;
  publicNetworkId: string;
}

const HOUSEKEEPING_MS = 30_000;

/** Puts the whole protocol on the server. */
export async function addRest(app: FastifyInstance, { config, log, metrics, runtime, keeper, publicNetworkId }: RestDependencies): Promise<void> {
  const usedKeys = new Set<string>();
  const options: SearchOptions = {
    runtime, keeper, publicNetworkId,
    limiter: createRateLimiter({ perKey: config.PLUGTIME_RATE_LIMIT_PER_MINUTE, perAddress: config.PLUGTIME_PUBLIC_RATE_LIMIT_PER_MINUTE }),
    onKeyUsed: (keyId) => void usedKeys.add(keyId),
    onRefusal: (code) => metrics.refusals.inc({ code }),
    onSearched: (seconds) => metrics.searchSeconds.observe(seconds),
  };
  useStrictValidation(app);
  useProblems(app, options, log);
  await addDocs(app);
  addSearchRoutes(app, options);
  addSlotRoutes(app, options);
  addReservationRoutes(app, options);
  addLocationRoutes(app, options);
  addPolicyRoutes(app, options);
  addCalendarRoutes(app, options);
  addDriverRoutes(app, options);
  addSandboxRoutes(app, options);
  addEventRoutes(app, options);
  addOrganisationRoutes(app, options);
  const streams = addStreamRoute(app, options);
  const housekeeping = setInterval(() => {
    const used = [...usedKeys];
    usedKeys.clear();
    const work = used.length > 0 ? touchKeys(runtime.database, used) : Promise.resolve();
    work.then(() => deleteOldIdempotencyKeys(runtime.database, IDEMPOTENCY_KEPT_HOURS)).catch((error: Error) => log.warn({ err: error }, 'housekeeping failed'));
  }, HOUSEKEEPING_MS);
  app.addHook('preClose', () => {
    clearInterval(housekeeping);
    streams.closeAll();
  });
}

function useProblems(app: FastifyInstance, options: SearchOptions, log: Log): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const refusal = toDomainError(error);
    if (refusal.code === 'internal' || refusal.code === 'unavailable') log.error({ err: error, request_id: request.id }, 'request failed');
    options.onRefusal(refusal.code);
    return sendProblem(reply, toProblem(refusal, { id: request.id, path: pathOf(request) }, RFC3339));
  });
  app.setNotFoundHandler((request, reply) => {
    const problem = toProblem(new DomainError('not_found', `There is no ${request.method} ${pathOf(request)}.`), { id: request.id, path: pathOf(request) }, RFC3339);
    return sendProblem(reply, problem);
  });
}
