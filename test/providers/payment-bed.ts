/** Payments through providers on a real database, without the HTTP server: calls are made when the test says so. */
import { createDriver } from '../../src/domain/drivers/index.ts';
import { createNetwork, createOrganisation, inContext, SCOPES, type Actor, type Context } from '../../src/domain/organisations/index.ts';
import {
  beginPayment, getPayment, takeNotice, trialBalance, type Payment, type PaymentDraft, type PaymentProvider, type PaymentWithRefunds,
} from '../../src/domain/payments/index.ts';
import { makeCall } from '../../src/domain/payments/work.ts';
import { startRuntime, type RunningRuntime } from '../../src/app/runtime.ts';
import { configuredProviders } from '../../src/integrations/configured.ts';
import { readConfig, type Config } from '../../src/platform/config/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import type { TestDatabase } from '../support/databases.ts';
import type { Notice } from './simulator.ts';

export interface PaymentBed {
  db: TestDatabase;
  runtime: RunningRuntime;
  networkId: string;
  organisationId: string;
  driverId: string;
  providers: Map<string, PaymentProvider>;
  /** runs as the organisation's key */
  run<T>(work: (ctx: Context) => Promise<T>): Promise<T>;
  begin(draft: Partial<PaymentDraft> & Pick<PaymentDraft, 'method' | 'currency'>): Promise<Payment>;
  read(id: string): Promise<PaymentWithRefunds>;
  /** makes each call that has not ended once, by these providers if not by its own; gives what was thrown */
  work(providers?: ReadonlyMap<string, PaymentProvider>): Promise<Error[]>;
  /** makes calls until none is left; throws when that takes too long */
  finish(): Promise<void>;
  notify(providerId: string, ...notices: Notice[]): Promise<boolean[]>;
  /** what the outside world has given and not got back, by the ledger, and whether all is balanced */
  taken(currency: string): Promise<{ takenMinor: bigint; isBalanced: boolean }>;
  close(): Promise<void>;
}

/** Those that settings name, by their ids. */
export function providersOf(config: Config): Map<string, PaymentProvider> {
  return new Map(configuredProviders(config, () => 'https://plugtime.example').map((provider) => [provider.id, provider]));
}

const MOST_ROUNDS = 40;
let objects = 0;

export async function openPaymentBed(open: () => Promise<TestDatabase>, providers: Map<string, PaymentProvider>): Promise<PaymentBed> {
  const db = await open();
  const { database } = db;
  const config = readConfig({ PLUGTIME_LOG: 'silent', ...(db.url === undefined ? {} : { DATABASE_URL: db.url }) });
  const onError = (error: Error): void => void process.stderr.write(`${error.stack}\n`);
  const runtime = await startRuntime(database, config, { onError, onWarning: () => undefined }, providers);
  const { id: networkId } = await database.transaction((tx) => createNetwork(tx, 'Payments', 'sandbox'));
  const asSystem = <T>(work: (ctx: Context) => Promise<T>): Promise<T> => inContext(runtime, { networkId, actor: { kind: 'system' } }, work);
  const { id: organisationId } = await asSystem((ctx) => createOrganisation(ctx, { slug: 'emsp', name: 'eMSP', roles: ['provider'] }));
  const actor: Actor = { kind: 'key', keyId: 'key_of_a_test', organisationId, roles: ['provider'], scopes: SCOPES };
  const run: PaymentBed['run'] = (work) => inContext(runtime, { networkId, actor }, work);
  const { id: driverId } = await run((ctx) => createDriver(ctx, {}));
  const unfinished = async (): Promise<string[]> => (
    await database.query<{ id: string }>(sql`SELECT id FROM payment_calls WHERE status IN ('waiting', 'sent') ORDER BY created_at, id`)).map(({ id }) => id);
  const work: PaymentBed['work'] = async (by = providers) => {
    const errors: Error[] = [];
    for (const id of await unfinished()) await makeCall(runtime, by, id).catch((error: Error) => void errors.push(error));
    return errors;
  };
  return {
    db, runtime, networkId, organisationId, driverId, providers, run, work,
    begin: (draft) => run((ctx) => beginPayment(ctx, {
      organisationId, driverId, object: 'session', objectId: `ses_${++objects}`, timing: 'pre_order', amountMinor: 55_000n, isFinal: false, ...draft,
    })),
    read: (id) => run((ctx) => getPayment(ctx, id)),
    finish: async () => {
      for (let round = 0; (await unfinished()).length > 0; round++) {
        const errors = await work();
        if (round > MOST_ROUNDS) throw new Error(`calls do not end: ${errors.map(({ message }) => message).join('; ')}`);
      }
    },
    notify: async (providerId, ...notices) => {
      const taken: boolean[] = [];
      for (const { headers, body } of notices) taken.push(await takeNotice(runtime, providers, providerId, headers, body));
      return taken;
    },
    taken: async (currency) => {
      const { rows, unbalanced, wrong } = await trialBalance(database, networkId);
      const outside = rows.find((row) => row.kind === 'outside' && row.currency === currency)?.postedMinor ?? 0n;
      return { takenMinor: -outside, isBalanced: unbalanced.length === 0 && wrong.length === 0 };
    },
    close: async () => {
      await runtime.stop();
      await db.close();
    },
  };
}
