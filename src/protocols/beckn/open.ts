/** Beckn as the configuration wants it. */
import type { NetworkPort } from '../../domain/external/index.ts';
import type { Runtime } from '../../domain/organisations/index.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../platform/clock/index.ts';
import { ConfigError, type Config } from '../../platform/config/index.ts';
import { createOutbound, type Outbound } from '../../platform/outbound/index.ts';
import { appHandlersOf, createBecknPort, TRANSLATIONS } from './app/index.ts';
import { createExchange, forget, startLooking, type BecknSettings, type Exchange, type HandlerTable, type Looking } from './exchange/index.ts';
import type { Services } from './catalogue.ts';
import { followOrders } from './follow.ts';
import { createTelemetry, handlersOf, tellersOf } from './handlers/index.ts';
import { createPublishing, type CatalogService } from './publish/index.ts';
import { forgetPeople } from './store-orders.ts';
import { createDirectory, dediRegistry, fileRegistry, lookupRegistry, type Registry } from './registry/index.ts';
import { privateKey, publicKey, type SigningIdentity } from './signing/index.ts';

export interface BecknParts {
  runtime: Runtime;
  config: Config;
  /** the network that messages are about */
  networkId: string;
  /** this server's address, once it listens */
  serverUrl(): string;
  onError(error: Error): void;
  keeper: Services['keeper'];
  /** in place of ours, for tests */
  handlers?: HandlerTable;
}

export interface Beckn {
  exchange: Exchange;
  /** by which drivers of ours buy from other providers */
  port: NetworkPort;
  /** starts answering and delivering what lies in the database */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 15_000;
const MOST_RESPONSE_BYTES = 1_000_000;
/** Longer than any signature lives, so that what is forgotten can't be replayed. */
const KEPT_MS = 30 * DAY_MS;

/** Undefined where no subscriber id is configured. Throws a ConfigError for what is configured by halves. */
export function openBeckn({ runtime, config, networkId, serverUrl, onError, keeper, handlers }: BecknParts): Beckn | undefined {
  const subscriberId = config.PLUGTIME_BECKN_SUBSCRIBER_ID;
  if (subscriberId === undefined) return undefined;
  const outboundFor = (allowPrivate: boolean): Outbound => createOutbound({ allowPrivate, timeoutMs: TIMEOUT_MS, maxResponseBytes: MOST_RESPONSE_BYTES });
  const outbound = outboundFor(config.PLUGTIME_OUTBOUND_ALLOW_PRIVATE);
  const configured = outboundFor(true); // for URLs that the configuration names
  const settings = settingsOf(config, subscriberId, networkId, serverUrl);
  const directory = createDirectory(registriesOf(config, configured, settings.identity));
  const telemetry = createTelemetry(runtime, outbound, onError);
  const services: Services = {
    keeper, telemetry, publicUrl: serverUrl, becknUrl: settings.url, startAddress: settings.startAddress, subscriberId,
    wantsConfirmOtp: config.PLUGTIME_BECKN_CONFIRM_OTP, wantsStartOtp: config.PLUGTIME_BECKN_START_OTP,
    bank: { code: config.PLUGTIME_BECKN_BANK_CODE, account: config.PLUGTIME_BECKN_BANK_ACCOUNT },
    support: { phone: config.PLUGTIME_BECKN_SUPPORT_PHONE, email: config.PLUGTIME_BECKN_SUPPORT_EMAIL },
  };
  const exchange = createExchange({ runtime, settings, directory, handlers: handlers ?? withApp(handlersOf(services)), outbound, adapterOutbound: configured, onError });
  const service = serviceOf(config);
  const publishing = service && createPublishing(exchange, service);
  let housekeeping: NodeJS.Timeout | undefined;
  const clean = async (): Promise<void> => {
    await forget(runtime.database, exchange.now() - KEPT_MS);
    await forgetPeople(runtime.database, exchange.now() - config.PLUGTIME_BECKN_KEEP_PEOPLE_DAYS * DAY_MS);
  };
  let looking: Looking | undefined;
  let following: ReturnType<typeof followOrders> | undefined;
  return {
    exchange, port: createBecknPort(exchange),
    start: async () => {
      looking = startLooking(exchange);
      telemetry.start();
      await publishing?.start();
      if (!handlers) following = followOrders(exchange, tellersOf(services));
      housekeeping = setInterval(() => void clean().catch(onError), HOUR_MS);
    },
    stop: async () => {
      clearInterval(housekeeping);
      await looking?.stop();
      await publishing?.stop();
      await telemetry.stop();
      await following?.stop();
      await exchange.settled();
      await outbound.close();
      await configured.close();
    },
  };
}

/** Callbacks are the app's, beside the requests that are the provider's. */
function withApp(provider: HandlerTable): HandlerTable {
  const app = Object.values(TRANSLATIONS).map((translation) => [translation.generation, { ...provider[translation.generation], ...appHandlersOf(translation) }] as const);
  return { ...provider, ...Object.fromEntries(app) };
}

/** Where catalogues are published to, where that is configured. */
function serviceOf(config: Config): CatalogService | undefined {
  const { PLUGTIME_BECKN_CATALOG_URL: url, PLUGTIME_BECKN_CATALOG_ID: subscriberId, PLUGTIME_BECKN_CATALOG_DOMAIN: domain, PLUGTIME_BECKN_CATALOG_SECONDS: seconds } = config;
  if (url === undefined) return undefined;
  if (subscriberId === undefined) throw new ConfigError(['PLUGTIME_BECKN_CATALOG_ID: is needed with PLUGTIME_BECKN_CATALOG_URL, to know whose answers count']);
  return { url, subscriberId, domain, debounceMs: seconds * SECOND_MS };
}

/** BKC-19: as printed codes have it, which REST makes: on the address by which people know this server, and on none that may be another tomorrow. */
function startAddressOf({ PLUGTIME_PUBLIC_URL: publicUrl }: Config): BecknSettings['startAddress'] {
  return publicUrl === undefined ? undefined : (connectorId) => `${publicUrl.replace(/\/$/, '')}/charge/${connectorId}`;
}

function settingsOf(config: Config, subscriberId: string, networkId: string, serverUrl: () => string): BecknSettings {
  const adapterUrl = config.PLUGTIME_BECKN_ADAPTER_URL;
  const webhookToken = config.PLUGTIME_BECKN_WEBHOOK_TOKEN;
  const [keyId, signingKey] = [config.PLUGTIME_BECKN_KEY_ID, config.PLUGTIME_BECKN_SIGNING_KEY];
  const problems: string[] = [];
  if (adapterUrl === undefined && keyId === undefined) problems.push('PLUGTIME_BECKN_KEY_ID: is needed to sign messages');
  if (adapterUrl === undefined && signingKey === undefined) problems.push('PLUGTIME_BECKN_SIGNING_KEY: is needed to sign messages');
  if (adapterUrl !== undefined && webhookToken === undefined) problems.push('PLUGTIME_BECKN_WEBHOOK_TOKEN: is needed with PLUGTIME_BECKN_ADAPTER_URL');
  const registries = [config.PLUGTIME_BECKN_REGISTRY_FILE, config.PLUGTIME_BECKN_REGISTRY_URL, config.PLUGTIME_BECKN_DEDI_URL];
  if (adapterUrl === undefined && registries.every((one) => one === undefined)) {
    problems.push('PLUGTIME_BECKN_REGISTRY_URL, PLUGTIME_BECKN_DEDI_URL or PLUGTIME_BECKN_REGISTRY_FILE: one is needed to verify messages');
  }
  const key = <T>(name: keyof Config, read: () => T): T | undefined => {
    try {
      return config[name] === undefined ? undefined : read();
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const signing = key('PLUGTIME_BECKN_SIGNING_KEY', () => privateKey('ed25519', signingKey!));
  const encryptionKey = key('PLUGTIME_BECKN_ENCRYPTION_KEY', () => privateKey('x25519', config.PLUGTIME_BECKN_ENCRYPTION_KEY!));
  const registryEncryptionKey = key('PLUGTIME_BECKN_REGISTRY_ENCRYPTION_KEY', () => publicKey('x25519', config.PLUGTIME_BECKN_REGISTRY_ENCRYPTION_KEY!));
  const registrySigningKey = key('PLUGTIME_BECKN_REGISTRY_SIGNING_KEY', () => publicKey('ed25519', config.PLUGTIME_BECKN_REGISTRY_SIGNING_KEY!));
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    networkId, subscriberId, url: () => (config.PLUGTIME_BECKN_URL ?? `${serverUrl()}/beckn`).replace(/\/+$/, ''),
    startAddress: startAddressOf(config),
    skewSeconds: config.PLUGTIME_BECKN_CLOCK_SKEW_SECONDS, bodyLimitBytes: config.PLUGTIME_BECKN_BODY_LIMIT_BYTES, candidateForm: config.PLUGTIME_BECKN_ACK_FORM,
    requestsPerMinute: config.PLUGTIME_RATE_LIMIT_PER_MINUTE,
    identity: signing && keyId !== undefined && adapterUrl === undefined ? { subscriberId, keyId, key: signing } : undefined,
    adapter: adapterUrl === undefined ? undefined : { url: adapterUrl, webhookToken: webhookToken! }, encryptionKey, registryEncryptionKey,
    registrySigningKey,
  };
}

/** In the order in which they are asked. */
function registriesOf(config: Config, outbound: Outbound, identity: SigningIdentity | undefined): Registry[] {
  const { PLUGTIME_BECKN_REGISTRY_FILE: file, PLUGTIME_BECKN_REGISTRY_URL: lookup, PLUGTIME_BECKN_DEDI_URL: dedi } = config;
  return [
    ...(file === undefined ? [] : [fileRegistry(file)]), ...(lookup === undefined ? [] : [lookupRegistry(lookup, outbound, identity)]),
    ...(dedi === undefined ? [] : [dediRegistry(dedi, config.PLUGTIME_BECKN_DEDI_REGISTRY, outbound)]),
  ];
}
