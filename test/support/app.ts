import { startApp, type App } from '../../src/app/serve.ts';
import { loadDemo } from '../../src/demo/index.ts';
import type { NetworkPorts } from '../../src/domain/external/index.ts';
import { inContext, issueKey, listNetworks, listOrganisations, type Network, type Organisation } from '../../src/domain/organisations/index.ts';
import { ensureNetwork } from '../../src/app/networks.ts';
import { readConfig, type Config } from '../../src/platform/config/index.ts';
import type { HandlerTable } from '../../src/protocols/beckn/index.ts';
import { createLog } from '../../src/platform/log/index.ts';
import { apiOf, type Api } from './api.ts';
import type { TestDatabase } from './databases.ts';

export interface TestApp extends App {
  network: Network;
  /** without a key */
  anybody: Api;
  /** with a fresh secret key of the organisation with that slug: `demo` (operator and provider), `hakki-charge` (operator), `daari` (provider), … */
  as(slug: string): Promise<Api>;
  keyOf(slug: string): Promise<string>;
  organisation(slug: string): Promise<Organisation>;
}

/** The whole program on a test database, with the demo network, on a free port. Rate limits are far away unless configured. */
export async function startTestApp(
  testDatabase: TestDatabase, settings: Partial<Record<keyof Config, string>> = {}, { isDrivenByHand = false, becknHandlers, networkPorts }: {
    isDrivenByHand?: boolean; becknHandlers?: HandlerTable; networkPorts?: NetworkPorts } = {},
): Promise<TestApp> {
  const config = readConfig({
    PORT: '0', PLUGTIME_LOG: process.env.TEST_LOG ?? 'silent', PLUGTIME_RATE_LIMIT_PER_MINUTE: '1000000', PLUGTIME_PUBLIC_RATE_LIMIT_PER_MINUTE: '1000000',
    PLUGTIME_GUEST_STARTS_PER_HOUR: '1000000',
    PLUGTIME_OUTBOUND_ALLOW_PRIVATE: 'true', PLUGTIME_ADJUST_STATIONS: 'false', ...(testDatabase.url ? { DATABASE_URL: testDatabase.url } : {}), ...settings,
  });
  const app = await startApp({
    config, log: createLog(config), isDemo: true, isDrivenByHand, becknHandlers, networkPorts, database: testDatabase.database,
    prepare: async (runtime) => void (await loadDemo(runtime, await ensureNetwork(runtime.database, 'sandbox'))),
  });
  const { database } = app.runtime;
  const network = (await listNetworks(database)).find(({ mode }) => mode === 'sandbox')!;
  const organisation = async (slug: string): Promise<Organisation> => {
    const found = (await listOrganisations(database, network.id)).find((candidate) => candidate.slug === slug);
    if (!found) throw new Error(`no organisation "${slug}"`);
    return found;
  };
  const keyOf = async (slug: string): Promise<string> => {
    const { id } = await organisation(slug);
    const { secret } = await inContext(app.runtime, { networkId: network.id, actor: { kind: 'system' } }, (ctx) => issueKey(ctx, id, { name: 'test', kind: 'secret' }));
    return secret;
  };
  return { ...app, network, anybody: apiOf(app.url), keyOf, organisation, as: async (slug) => apiOf(app.url, await keyOf(slug)) };
}
