/** A network of its own on a database, with accounts for clients to move money between, and what a process needs to do so. */
import { contextAt, createNetwork, createOrganisation, type Context, type Runtime } from '../../src/domain/organisations/index.ts';
import { createDriver } from '../../src/domain/drivers/index.ts';
import { openAccount, type AccountKind } from '../../src/domain/payments/index.ts';
import { openPostgres, type Database } from '../../src/platform/database/index.ts';
import { startEventLog, type EventLog } from '../../src/platform/events/index.ts';
import type { Till } from './operations.ts';

export interface Stage {
  networkId: string;
  tills: Till[];
}

export interface Hand {
  database: Database;
  /** runs in one transaction, as the system, in the network's time */
  run<T>(networkId: string, work: (ctx: Context) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The ledger enqueues no jobs and takes no notes. */
const none = (): never => {
  throw new Error('the ledger has no use for that');
};

/** The ledger in a process of its own: database and events as the program has them, nothing else. */
export async function openHand(url: string, maxConnections: number): Promise<Hand> {
  let isClosing = false;
  const onError = (error: Error): void => {
    if (!isClosing) throw error; // what was closed may be taken away before it has heard of it
  };
  const database = await openPostgres({ url, maxConnections, prepare: true, onError });
  const events: EventLog = await startEventLog(database, onError);
  const runtime: Runtime = {
    database, events, settings: { assignLeadMs: 0, providers: [], allowOpenStations: false, stationAwayMs: 300_000, faultMs: 300_000, armLeadMs: 60_000,
      startWithinMs: 120_000, adjustsStations: false, noticeChannels: [], startOtpMs: null },
    notes: { take: none } as unknown as Runtime['notes'], jobs: { enqueue: none } as unknown as Runtime['jobs'],
  };
  return {
    database,
    run: (networkId, work) => database.transaction((tx) => work(contextAt(runtime, { networkId, actor: { kind: 'system' } }, tx, 'sandbox', Date.now()))),
    close: async () => {
      isClosing = true;
      await events.stop();
      await database.close();
    },
  };
}

/** Makes the accounts: so many wallets in each of two currencies, and those of the provider. */
export async function makeStage(hand: Hand, wallets: number): Promise<Stage> {
  const { id: networkId } = await hand.database.transaction((tx) => createNetwork(tx, 'Ledger', 'sandbox'));
  const tills = await hand.run(networkId, async (system) => {
    const { id: organisationId } = await createOrganisation(system, { slug: 'ledger', name: 'Ledger', roles: ['provider'] });
    const ctx = system.as({ actor: { kind: 'key', keyId: 'key_ledger', organisationId, roles: ['provider'], scopes: ['drivers:write'] } });
    const drivers: string[] = [];
    for (let i = 0; i < wallets; i++) drivers.push((await createDriver(ctx, {})).id);
    const till = async (currency: string): Promise<Till> => {
      const of = async (kind: AccountKind, driverId?: string) => (await openAccount(ctx, { kind, currency, organisationId, driverId })).id;
      const made = [];
      for (const driver of drivers) made.push(await of('wallet', driver));
      return { wallets: made, outside: await of('outside'), promotions: await of('promotions'), settlement: await of('settlement'), tax: await of('tax') };
    };
    return [await till('EUR'), await till('INR')];
  });
  return { networkId, tills };
}
