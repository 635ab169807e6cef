/** The door of the REST protocol: `/v1/…`, its documentation, its event stream and its webhooks. */
import type { FastifyInstance } from 'fastify';
import type { NetworkPorts } from '../../domain/external/index.ts';
import type { SearchKeeper } from '../../domain/search/index.ts';
import type { Providers } from '../../domain/payments/index.ts';
import type { SessionWatch } from '../../domain/sessions/index.ts';
import { touchKeys, type Runtime } from '../../domain/organisations/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Config } from '../../platform/config/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { Metrics } from '../../platform/metrics/index.ts';
import { createOutbound } from '../../platform/outbound/index.ts';
import { useJsonBodies } from './bodies.ts';
import { addDocs } from './docs.ts';
import { encodeWebhookBody } from './encode/webhook.ts';
import { IDEMPOTENCY_KEPT_HOURS } from './idempotency.ts';
import { noteMethods, type MethodsOf } from './methods.ts';
import { pathOf, sendProblem, toDomainError, toProblem } from './problem.ts';
import { createRateLimiter } from './rate-limit.ts';
import { encodingOf } from './route.ts';
import { addBankStatementRoutes } from './routes/bank-statements.ts';
import { addCalendarFeedRoutes } from './routes/calendar-feeds.ts';
import { addCalendarRoutes } from './routes/calendar.ts';
import { addChargerRoutes } from './routes/chargers.ts';
import { addDriverRoutes } from './routes/drivers.ts';
import { addDynamicCodeRoutes } from './routes/dynamic-codes.ts';
import { addEventRoutes } from './routes/events.ts';
import { addGuestRoutes, guestOptions } from './routes/guests.ts';
import { addExternalRoutes } from './routes/external.ts';
import { addInvoiceLinkRoutes } from './routes/invoice-links.ts';
import { addInvoiceRoutes } from './routes/invoices.ts';
import { addLedgerRoutes } from './routes/ledger.ts';
import { addLocationRoutes } from './routes/locations.ts';
import { addOnboardingRoutes } from './routes/onboarding.ts';
import { addStationOperationRoutes } from './routes/station-operations.ts';
import { addNoticeRoutes } from './routes/notices.ts';
import { addOrganisationRoutes } from './routes/organisation.ts';
import { addNoticeRoute } from './routes/payment-notices.ts';
import { addOutstandingRoutes } from './routes/outstanding.ts';
import { addPaymentMethodRoutes } from './routes/payment-methods.ts';
import { addPaymentRoutes } from './routes/payments.ts';
import { addPriceRoutes } from './routes/prices.ts';
import { addProgrammeRoutes } from './routes/programmes.ts';
import { addRatingRoutes } from './routes/ratings.ts';
import { addReservationRoutes } from './routes/reservations.ts';
import { addSeriesRoutes } from './routes/series.ts';
import { addQuarantineRoutes } from './routes/quarantine.ts';
import { addSessionRoutes } from './routes/sessions.ts';
import { addSessionReadingRoutes } from './routes/session-readings.ts';
import { addSessionStreams } from './routes/session-streams.ts';
import { addSandboxRoutes } from './routes/sandbox.ts';
import { addSearchRoutes, type SearchOptions } from './routes/search.ts';
import { addPolicyRoutes, addSlotRoutes } from './routes/slots.ts';
import { addSimulationRoute } from './routes/simulation.ts';
import { addStartCodeRoutes } from './routes/start-codes.ts';
import { addStartPages } from './routes/start-pages.ts';
import { addStreamRoute } from './routes/stream.ts';
import { addSupportRoutes } from './routes/support.ts';
import { addTokenRoutes } from './routes/tokens.ts';
import { addTrackingRoutes } from './routes/tracking.ts';
import { addTopUpRoutes } from './routes/top-ups.ts';
import { addWaitlistRoutes } from './routes/waitlist.ts';
import { addWalletRoutes } from './routes/wallets.ts';
import { addWebhookRoutes } from './routes/webhooks.ts';
import { deleteOldIdempotencyKeys } from './store.ts';
import { useStrictValidation } from './validation.ts';
import { startWebhookDelivery, startWebhookFanOut, WEBHOOK_JOB_KINDS } from './webhooks/index.ts';

export { encodeAssignmentAnswer } from './encode/assignment-answer.ts';
export { parseAssignmentProblem } from './encode/assignment-problem.ts';
export { encodeSimulation, parseSimulation } from './encode/simulation.ts';
export { refuseMalformed } from './problem.ts';

export interface RestDependencies {
  config: Config;
  log: Log;
  metrics: Metrics;
  runtime: Runtime;
  keeper: SearchKeeper;
  sessionWatch: SessionWatch;
  publicNetworkId: string;
  providers: Providers;
  networkPorts: NetworkPorts;
}

const HOUSEKEEPING_MS = 30_000;

/** Puts the whole protocol on the server. */
export async function addRest(app: FastifyInstance, dependencies: RestDependencies): Promise<void> {
  const { config, log, metrics, runtime, keeper, sessionWatch, publicNetworkId, providers, networkPorts } = dependencies;
  const usedKeys = new Set<string>();
  const options: SearchOptions = {
    runtime, keeper, publicNetworkId, networkPorts,
    limiter: createRateLimiter({ perKey: config.PLUGTIME_RATE_LIMIT_PER_MINUTE, perAddress: config.PLUGTIME_PUBLIC_RATE_LIMIT_PER_MINUTE }),
    onKeyUsed: (keyId) => void usedKeys.add(keyId),
    onRefusal: (code) => metrics.refusals.inc({ code }),
    onSearched: (seconds) => metrics.searchSeconds.observe(seconds),
  };
  const guests = guestOptions({ publicUrl: config.PLUGTIME_PUBLIC_URL, startsPerHour: config.PLUGTIME_GUEST_STARTS_PER_HOUR });
  useJsonBodies(app);
  useStrictValidation(app);
  useProblems(app, options, log, noteMethods(app));
  await addDocs(app);
  addSearchRoutes(app, options);
  addSlotRoutes(app, options);
  addReservationRoutes(app, options);
  addExternalRoutes(app, options);
  addSeriesRoutes(app, options);
  addWaitlistRoutes(app, options);
  addLocationRoutes(app, options);
  addStartCodeRoutes(app, options, { publicUrl: config.PLUGTIME_PUBLIC_URL });
  addDynamicCodeRoutes(app, options, { publicUrl: config.PLUGTIME_PUBLIC_URL });
  addChargerRoutes(app, options);
  addOnboardingRoutes(app, options);
  addStationOperationRoutes(app, options);
  addPolicyRoutes(app, options);
  addPriceRoutes(app, options);
  addSimulationRoute(app, options);
  addCalendarRoutes(app, options);
  addDriverRoutes(app, options);
  addNoticeRoutes(app, options, { allowPrivate: config.PLUGTIME_OUTBOUND_ALLOW_PRIVATE, publicKey: config.PLUGTIME_VAPID_PUBLIC_KEY });
  addTokenRoutes(app, options);
  addCalendarFeedRoutes(app, options, { publicUrl: config.PLUGTIME_PUBLIC_URL });
  addProgrammeRoutes(app, options);
  addWalletRoutes(app, options);
  addInvoiceRoutes(app, options);
  addInvoiceLinkRoutes(app, options, { publicUrl: config.PLUGTIME_PUBLIC_URL });
  addPaymentRoutes(app, options);
  addLedgerRoutes(app, options);
  addPaymentMethodRoutes(app, options);
  addTopUpRoutes(app, options);
  addOutstandingRoutes(app, options);
  addBankStatementRoutes(app, options);
  addNoticeRoute(app, options, providers);
  addSessionRoutes(app, options);
  addGuestRoutes(app, options, guests);
  addStartPages(app, options, guests);
  addSessionReadingRoutes(app, options);
  addQuarantineRoutes(app, options);
  addRatingRoutes(app, options);
  addSupportRoutes(app, options);
  addSandboxRoutes(app, options);
  addEventRoutes(app, options);
  addOrganisationRoutes(app, options);
  addWebhookRoutes(app, options, { allowPrivate: config.PLUGTIME_OUTBOUND_ALLOW_PRIVATE });
  const streams = [
    addStreamRoute(app, options), addSessionStreams(app, options, sessionWatch),
    addTrackingRoutes(app, options, { watch: sessionWatch, publicUrl: config.PLUGTIME_PUBLIC_URL }),
  ];
  const housekeeping = keepHouse(runtime, usedKeys, log);
  app.addHook('preClose', () => {
    clearInterval(housekeeping);
    for (const { closeAll } of streams) closeAll();
  });
}

/** Notes which keys were used, and forgets answers that nobody asks for again. */
function keepHouse({ database }: Runtime, usedKeys: Set<string>, log: Log): NodeJS.Timeout {
  return setInterval(() => {
    const used = [...usedKeys];
    usedKeys.clear();
    const work = used.length > 0 ? touchKeys(database, used) : Promise.resolve();
    work.then(() => deleteOldIdempotencyKeys(database, IDEMPOTENCY_KEPT_HOURS)).catch((error: Error) => log.warn({ err: error }, 'housekeeping failed'));
  }, HOUSEKEEPING_MS);
}

/** The jobs that this protocol enqueues. */
export const REST_JOB_KINDS: readonly string[] = WEBHOOK_JOB_KINDS;

/** Time that a receiver of webhooks has for its answer, which Standard Webhooks asks to be 15 to 30 seconds. */
const WEBHOOK_TIMEOUT_MS = 15_000;
const WEBHOOK_MOST_RESPONSE_BYTES = 64_000;

/** Turns events into webhooks and sends them, until it is stopped. */
export async function startRestWorkers(runtime: Runtime, config: Config, onError: (error: Error) => void): Promise<{ stop(): Promise<void> }> {
  const outbound = createOutbound({ allowPrivate: config.PLUGTIME_OUTBOUND_ALLOW_PRIVATE, timeoutMs: WEBHOOK_TIMEOUT_MS, maxResponseBytes: WEBHOOK_MOST_RESPONSE_BYTES });
  await startWebhookDelivery(runtime, { outbound });
  const fanOut = await startWebhookFanOut(runtime, { encodeEvent: encodeWebhookBody, onError });
  return {
    stop: async () => {
      await fanOut.stop();
      await outbound.close();
    },
  };
}

function useProblems(app: FastifyInstance, options: SearchOptions, log: Log, methodsOf: MethodsOf): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const refusal = toDomainError(error);
    if (refusal.code === 'internal' || refusal.code === 'unavailable') log.error({ err: error, request_id: request.id }, 'request failed');
    options.onRefusal(refusal.code);
    return sendProblem(reply, toProblem(refusal, { id: request.id, path: pathOf(request) }, encodingOf(request)));
  });
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const methods = methodsOf(path);
    if (methods.length > 0) void reply.header('allow', methods.join(', '));
    const refusal = methods.length === 0 ? new DomainError('not_found', `There is no ${path}.`)
      : new DomainError('method_not_allowed', `${path} is not offered with ${request.method}.`);
    options.onRefusal(refusal.code);
    return sendProblem(reply, toProblem(refusal, { id: request.id, path }, encodingOf(request)));
  });
}
