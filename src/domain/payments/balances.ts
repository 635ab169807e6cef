/** What accounts have and had, entry by entry and all together. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Queryable } from '../../platform/database/index.ts';
import { notFound } from '../../platform/errors/index.ts';
import { actingOrganisation, ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import { findAccounts } from './store.ts';
import { findWrongBalances, LATEST, listAccountsOf, listEntries, sumBalance, sumByKind, type AccountNow, type Entry, type EntryPage, type TrialRow,
  type WrongBalance } from './store-balances.ts';

/**
 * What an account has, in minor units, and how much of it is promised away; or had, at an instant of the past. What accounts without a limit
 * had is settled once all transactions that began by then have ended.
 */
export function balanceOf(ctx: Context, accountId: string, at: EpochMs = Number.MAX_SAFE_INTEGER): Promise<{ postedMinor: bigint; pendingOutMinor: bigint }> {
  return sumBalance(ctx.tx, accountId, Math.min(at, LATEST));
}

/** What has happened to an account, newest first. */
export function entriesOf(ctx: Context, accountId: string, page: EntryPage): Promise<Entry[]> {
  return listEntries(ctx.tx, accountId, page);
}

/** The caller's organisation's own accounts, with what they have. */
export function listAccounts(ctx: Context, page: EntryPage): Promise<AccountNow[]> {
  requireAccess(ctx, 'ledger.read', ownersOfCaller(ctx));
  return listAccountsOf(ctx.tx, ctx.network.id, actingOrganisation(ctx)!, page);
}

/** One of the caller's organisation's accounts, with what it has, or had at an instant. Throws `not_found`. */
export async function getAccount(ctx: Context, id: string, at?: EpochMs): Promise<AccountNow> {
  requireAccess(ctx, 'ledger.read', ownersOfCaller(ctx));
  const [account] = await findAccounts(ctx.tx, [id]);
  if (account?.networkId !== ctx.network.id || account.organisationId !== actingOrganisation(ctx)) throw notFound('account', id);
  const { kind, currency, driverId } = account;
  return { id, kind, currency, driverId, ...(await balanceOf(ctx, id, at)) };
}

/** What has happened to one of them, newest first. Throws `not_found`. */
export async function listAccountEntries(ctx: Context, id: string, page: EntryPage): Promise<Entry[]> {
  await getAccount(ctx, id);
  return entriesOf(ctx, id, page);
}

export interface TrialBalance {
  rows: TrialRow[];
  /** currencies in which not all that was taken was given */
  unbalanced: { currency: string; sumMinor: bigint }[];
  /** accounts with a limit whose balance is wrong; the first of them */
  wrong: WrongBalance[];
}

const MOST_WRONG = 100;

/** PAY-9: all of a network's accounts, by kind and currency. */
export async function trialBalance(db: Queryable, networkId: string): Promise<TrialBalance> {
  const rows = await sumByKind(db, networkId);
  const sums = new Map<string, bigint>();
  for (const { currency, postedMinor } of rows) sums.set(currency, (sums.get(currency) ?? 0n) + postedMinor);
  const unbalanced = [...sums].filter(([, sumMinor]) => sumMinor !== 0n).map(([currency, sumMinor]) => ({ currency, sumMinor }));
  return { rows, unbalanced, wrong: await findWrongBalances(db, networkId, MOST_WRONG) };
}
