import { createNetwork, listNetworks, type Network } from '../domain/organisations/index.ts';
import { oneProcessAtATime, type Database } from '../platform/database/index.ts';

const NETWORKS_LOCK = 0x6e657477; // "netw"

/** The network of a mode; it is made when there is none yet, by one process. */
export async function ensureNetwork(database: Database, mode: Network['mode']): Promise<Network> {
  const find = async (): Promise<Network | undefined> => (await listNetworks(database)).find((network) => network.mode === mode);
  const create = () => database.transaction((tx) => createNetwork(tx, mode === 'live' ? 'Live network' : 'Sandbox', mode));
  return (await find()) ?? oneProcessAtATime(database, NETWORKS_LOCK, async () => (await find()) ?? create());
}

/** What callers without a key see: the sandbox of a demo, else the live network. */
export async function publicNetwork(database: Database, isDemo: boolean): Promise<Network> {
  return ensureNetwork(database, isDemo ? 'sandbox' : 'live');
}
