/** For tests of the ledger: accounts of a network that are made by the word. */
import { openAccount, transfer, type Account, type AccountKind, type TransferInput } from '../../src/domain/payments/index.ts';
import type { Context } from '../../src/domain/organisations/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import type { Party, World } from './world.ts';

let keys = 0;

/** A transfer's words, with a key of its own. */
export function about(legs: TransferInput['legs'], more: Partial<TransferInput> = {}): TransferInput {
  keys += 1;
  return { legs, reason: 'charging', object: 'session', objectId: 'ses_test', idempotencyKey: `test ${keys}`, ...more };
}

/** A provider's accounts, and its driver's wallet with so much in it; each time others. */
export async function openTill(w: World, inWalletMinor = 0n, currency = 'EUR'): Promise<Till> {
  const provider = await w.addOrganisation({ roles: ['provider'] });
  const driver = await w.driver(provider);
  const organisationId = provider.organisation.id;
  return w.asSystem(async (ctx) => {
    const of = (kind: AccountKind) => openAccount(ctx, { kind, currency, organisationId });
    const till = {
      provider, driver, wallet: await openAccount(ctx, { kind: 'wallet', currency, organisationId, driverId: driver.id }),
      outside: await of('outside'), settlement: await of('settlement'), tax: await of('tax'), promotions: await of('promotions'),
    };
    if (inWalletMinor > 0n) await put(ctx, till, inWalletMinor);
    return till;
  });
}

export interface Till extends Record<'wallet' | 'outside' | 'settlement' | 'tax' | 'promotions', Account> {
  provider: Party;
  driver: Awaited<ReturnType<World['driver']>>;
}

async function put(ctx: Context, { outside, wallet }: Till, amountMinor: bigint): Promise<void> {
  await transfer(ctx, about([{ fromId: outside.id, toId: wallet.id, amountMinor }], { reason: 'top_up' }));
}

/** How many rows the ledger has. */
export async function ledgerRows({ db }: World): Promise<Record<string, number>> {
  const [row] = await db.database.query<Record<string, number>>(sql`
    SELECT (SELECT count(*) FROM ledger_accounts)::int AS accounts, (SELECT count(*) FROM ledger_transfers)::int AS transfers, (SELECT count(*) FROM ledger_legs)::int AS legs`);
  return row!;
}
