/** The running program: database, events, jobs, search index, sweeper, HTTP. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { startExternalWorker, type NetworkPorts } from '../domain/external/index.ts';
import { startSweeper } from '../domain/deadlines/index.ts';
import type { Runtime } from '../domain/organisations/index.ts';
import { startPaymentWorker } from '../domain/payments/index.ts';
import { startNoticeDelivery } from '../domain/notices/index.ts';
import { startTelling } from '../domain/telling/index.ts';
import { createSessionWatch } from '../domain/sessions/index.ts';
import { startSearchKeeper, type SearchKeeper } from '../domain/search/index.ts';
import { addSandboxPages, newNoticeSecret, openNoticeSenders, openProviders, startSandboxNotices } from '../integrations/index.ts';
import type { Config } from '../platform/config/index.ts';
import { answersWithin, type Database } from '../platform/database/index.ts';
import { lastPosition } from '../platform/events/index.ts';
import { createHttpServer, drain } from '../platform/http/index.ts';
import type { Log } from '../platform/log/index.ts';
import { createMetrics } from '../platform/metrics/index.ts';
import { addBecknRoutes, BECKN_KIND, openBeckn, type Exchange, type HandlerTable } from '../protocols/beckn/index.ts';
import { isStationUpgrade, openSecurePort, startCentralSystem } from '../protocols/ocpp/index.ts';
import { addRest, refuseMalformed, startRestWorkers } from '../protocols/rest/index.ts';
import { publicNetwork } from './networks.ts';
import { openDatabase } from './open.ts';
import { startRuntime } from './runtime.ts';

export interface App {
  url: string;
  /** where charging stations connect over TLS, where that is configured */
  securePort?: number;
  http: FastifyInstance;
  runtime: Runtime;
  keeper: SearchKeeper;
  /** where a subscriber id is configured */
  beckn?: Exchange;
  /** by which drivers buy in networks of others */
  networkPorts: NetworkPorts;
  /** Lets requests in flight finish, then stops everything; safe to call twice. */
  stop(): Promise<void>;
}

export interface AppOptions {
  config: Config;
  log: Log;
  /** callers without a key see the sandbox */
  isDemo: boolean;
  /** nothing happens by itself when its time comes: whoever drives it sweeps, or moves the test clock */
  isDrivenByHand?: boolean;
  /** an open, migrated database, instead of the one that the configuration names; it is not closed at the end */
  database?: Database;
  /** of Beckn, in place of ours */
  becknHandlers?: HandlerTable;
  /** other networks that drivers can use, besides ours, for tests */
  networkPorts?: NetworkPorts;
  /** runs before the server listens (loads the demo network) */
  prepare?(runtime: Runtime): Promise<void>;
}

/** Starts the program and returns when it serves. What had been opened is closed again when something fails. */
export async function startApp({ config, log, isDemo, isDrivenByHand = false, prepare, database: given, becknHandlers,
  networkPorts: morePorts = new Map() }: AppOptions): Promise<App> {
  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  const onError = (error: Error): void => log.error({ err: error }, 'background failure');
  try {
    const { database, close } = given ? { database: given, close: () => undefined } : await openDatabase(config, onError);
    closers.push(close);
    const noticeSecret = newNoticeSecret();
    const server = { url: config.PLUGTIME_PUBLIC_URL ?? '' };
    const providers = openProviders({ config, database, noticeSecret, publicUrl: () => server.url });
    const { senders, close: closeSenders } = openNoticeSenders(config);
    closers.push(closeSenders);
    const runtime = await startRuntime(database, config, { onError, onWarning: (text) => log.warn(text) }, providers);
    closers.push(() => runtime.stop());
    const network = await publicNetwork(database, isDemo);
    await prepare?.(runtime);
    const keeper = await startSearchKeeper(runtime, onError);
    closers.push(() => keeper.stop());
    const metrics = createMetrics({ indexedConnectors: () => keeper.size().connectors, isNatsConnected: runtime.isNatsConnected });
    if (!isDrivenByHand) {
      const sweeper = startSweeper(runtime, { intervalMs: config.PLUGTIME_SWEEP_INTERVAL_MS, onSwept: (count) => metrics.sweptDeadlines.inc(count), onError });
      closers.push(() => sweeper.stop());
      const telling = startTelling(runtime, { onError });
      closers.push(() => telling.stop());
    }
    await startNoticeDelivery(runtime, { senders, onFailed: (failed) => log.warn(failed, 'a message could not be sent') });
    await startPaymentWorker(runtime, providers);
    await startSandboxNotices(runtime, providers, noticeSecret);
    const workers = await startRestWorkers(runtime, config, onError);
    closers.push(() => workers.stop());
    const beckn = openBeckn({ runtime, config, networkId: network.id, serverUrl: () => server.url, onError, keeper, handlers: becknHandlers });
    if (beckn) {
      closers.push(() => beckn.stop());
      await beckn.start();
    }
    const networkPorts: NetworkPorts = new Map([...beckn ? [[BECKN_KIND, beckn.port] as const] : [], ...morePorts]);
    await startExternalWorker(runtime, networkPorts);
    metrics.eventPosition.set(await lastPosition(database));
    closers.push(runtime.events.follow((events) => {
      if (events.length > 0) metrics.eventPosition.set(events.at(-1)!.position);
    }));
    let ready = false;
    const http = createHttpServer({ config, log, metrics, isReady: async () => ready && (await answersWithin(database, 2_000)), refuseMalformed, isUpgrade: isStationUpgrade });
    const sessionWatch = createSessionWatch(runtime, { onError });
    closers.push(() => sessionWatch.stop());
    await addRest(http, { config, log, metrics, runtime, keeper, sessionWatch, publicNetworkId: network.id, providers, networkPorts });
    addSandboxPages(http, runtime);
    if (beckn) addBecknRoutes(http, beckn.exchange);
    const stations = startCentralSystem(runtime, config, { onError, onReadings: sessionWatch.noteReadings });
    closers.push(() => stations.stop());
    http.server.on('upgrade', stations.upgrade);
    http.addHook('preClose', () => stations.stop());
    const securePort = await openSecurePort(config, stations.upgrade, onError);
    closers.push(async () => {
      await stations.stop(); // it waits for its sockets
      await securePort?.stop();
    });
    closers.push(() => drain(http));
    await http.listen({ host: config.HOST, port: config.PORT });
    server.url = urlOf(http, config);
    ready = true;
    return { url: server.url, securePort: securePort?.port, http, runtime, keeper, beckn: beckn?.exchange, networkPorts, stop: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function urlOf(http: FastifyInstance, config: Config): string {
  if (config.PLUGTIME_PUBLIC_URL) return config.PLUGTIME_PUBLIC_URL.replace(/\/$/, '');
  const { port } = http.server.address() as AddressInfo;
  const host = config.HOST === '0.0.0.0' || config.HOST === '::' ? 'localhost' : config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return `http://${host}:${port}`;
}
