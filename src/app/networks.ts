import { createNetwork, listNetworks, type Network } from '../domain/organisations/index.ts';
import type { Database } from '../platform/database/index.ts';

/** The network of a mode; it is made when there is none yet. */
export async function ensureNetwork(database: Database, mode: Network['mode']): Promise<Network> {
  const known = (await listNetworks(database)).find((network) => network.mode === mode);
  return known ?? database.transaction((tx) => createNetwork(tx, mode === 'live' ? 'Live network' : 'Sandbox', mode));
}

/** What callers without a key see: the sandbox of a demo, else the live network. */
export async function publicNetwork(database: Database, isDemo: boolean): Promise<Network> {
  return ensureNetwork(database, isDemo ? 'sandbox' : 'live');
}
