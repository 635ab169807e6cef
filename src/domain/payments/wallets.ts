/** Drivers' wallets: what is in them and what has happened to them, for whoever may see it; and how money gets in and out. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { getDriver, mergeMetadata, type Driver } from '../drivers/index.ts';
import { audit, requireAccess, type Context } from '../organisations/index.ts';
import { isCurrency } from '../pricing/index.ts';
import { balanceOf } from './balances.ts';
import { openAccount, pend, post, transfer, voidPending, type OutcomeInput } from './ledger.ts';
import { listEntries, type Entry, type EntryPage } from './store-balances.ts';
import { findWallets, listMovements, type Movement } from './store-wallets.ts';
import type { Leg, Reason, Transfer } from './transfer.ts';
import { walletOf, type Wallet } from './wallet.ts';

/** All wallets that a driver has, in the order of their currencies. Throws `not_found`. */
export async function listWallets(ctx: Context, driverId: string): Promise<Wallet[]> {
  await readable(ctx, driverId);
  return (await findWallets(ctx.tx, driverId)).map((found) => walletOf(found, found));
}

/** A driver's wallet in a currency; one that nothing has ever been in is empty, and is not made by that (PAY-10). Throws `not_found`. */
export async function getWallet(ctx: Context, driverId: string, currency: string): Promise<Wallet> {
  const { organisationId } = await readable(ctx, driverId);
  requireCurrency(currency);
  const [found] = await findWallets(ctx.tx, driverId, currency);
  if (found) return walletOf(found, found);
  return { id: null, driverId, organisationId, currency, balanceMinor: 0n, heldMinor: 0n, version: 0, createdAt: null, updatedAt: null };
}

/** What has happened to a wallet, newest first. */
export async function listWalletEntries(ctx: Context, driverId: string, currency: string, page: EntryPage): Promise<Entry[]> {
  const { id } = await getWallet(ctx, driverId, currency);
  return id === null ? [] : listEntries(ctx.tx, id, page);
}

export interface Statement {
  wallet: Wallet;
  from: EpochMs;
  to: EpochMs;
  openingMinor: bigint;
  movements: Movement[];
  closingMinor: bigint;
}

const MOST_MOVEMENTS = 10_000;

/** PAY-13: what came in and went out from an instant up to another, and what there was before and after. */
export async function walletStatement(
  ctx: Context, driverId: string, currency: string, { from, to }: { from: EpochMs; to: EpochMs }, most = MOST_MOVEMENTS,
): Promise<Statement> {
  if (from >= to) throw new DomainError('invalid_time_range', 'A statement ends after it begins.', { errors: [{ pointer: '?to', message: 'must be later than from' }] });
  const wallet = await getWallet(ctx, driverId, currency);
  if (wallet.id === null) return { wallet, from, to, openingMinor: 0n, movements: [], closingMinor: 0n };
  const { postedMinor: openingMinor } = await balanceOf(ctx, wallet.id, from - 1);
  const movements = await listMovements(ctx.tx, wallet.id, from, to, most + 1);
  if (movements.length > most) throw new DomainError('invalid_time_range', `A statement has ${most} lines at most: ask for a shorter time.`);
  return { wallet, from, to, openingMinor, movements, closingMinor: movements.reduce((sum, { amountMinor }) => sum + amountMinor, openingMinor) };
}

export interface TestCredit {
  /** what is paid */
  paidMinor: bigint;
  /** what gets into the wallet; the same unless told */
  creditedMinor?: bigint;
  metadata?: Record<string, string>;
}

/** PAY-14: puts money that nobody has paid into a wallet, for tests. Throws `test_mode_only` in a live network. */
export async function addTestCredit(ctx: Context, driverId: string, currency: string, { paidMinor, creditedMinor = paidMinor, metadata = {} }: TestCredit): Promise<Wallet> {
  const driver = await getDriver(ctx, driverId);
  requireAccess(ctx, 'wallet.add_test_credit', { organisationId: driver.organisationId, driverId });
  if (ctx.network.mode !== 'sandbox') throw new DomainError('test_mode_only', 'Money that nobody has paid exists in a sandbox network only.');
  requireCurrency(currency);
  const id = newId('ledgerTransfer');
  const credited = await creditWallet(ctx, driver, {
    currency, paidMinor, creditedMinor, reason: 'test_credit', object: 'driver', objectId: driverId, idempotencyKey: `test credit ${id}`, metadata: mergeMetadata({}, metadata),
  });
  await audit(ctx, 'wallet.test_credit', 'driver', driverId, { transfer: credited.id, currency, amount: Number(paidMinor), wallet_amount: Number(creditedMinor) });
  return getWallet(ctx, driverId, currency);
}

export interface WalletCredit {
  currency: string;
  /** what was paid for it, and what gets into the wallet, at least as much: the difference is a bonus */
  paidMinor: bigint;
  creditedMinor: bigint;
  reason: Reason;
  object: string;
  objectId: string;
  idempotencyKey: string;
  metadata?: Record<string, string>;
}

/** PAY-11: puts what was paid into a wallet, and a bonus from the provider's promotions. The wallet is made when there is none yet. */
export async function creditWallet(ctx: Context, driver: Pick<Driver, 'id' | 'organisationId'>, credit: WalletCredit): Promise<Transfer> {
  const { currency, paidMinor, creditedMinor, ...input } = credit;
  if (creditedMinor < paidMinor || creditedMinor <= 0n) {
    const wrong = creditedMinor < paidMinor ? { pointer: '/wallet_amount', message: 'must not be less than amount' } : { pointer: '/amount', message: 'must be more than 0' };
    throw new DomainError('invalid_request', 'A wallet gets what was paid, or more.', { errors: [wrong] });
  }
  const { organisationId } = driver;
  const wallet = await openAccount(ctx, { kind: 'wallet', currency, organisationId, driverId: driver.id });
  const legFrom = async (kind: 'outside' | 'promotions', amountMinor: bigint): Promise<Leg[]> => (
    amountMinor === 0n ? [] : [{ fromId: (await openAccount(ctx, { kind, currency, organisationId })).id, toId: wallet.id, amountMinor }]);
  return transfer(ctx, { ...input, legs: [...await legFrom('outside', paidMinor), ...await legFrom('promotions', creditedMinor - paidMinor)] });
}

/** PAY-34: the operator gives a driver whom it has let down something into their wallet. Once for an object. */
export async function compensate(
  ctx: Context, driver: Pick<Driver, 'id' | 'organisationId'>, given: { operatorId: string; currency: string; amountMinor: bigint; object: string; objectId: string },
): Promise<Transfer> {
  const { operatorId, currency, amountMinor, object, objectId } = given;
  const from = await openAccount(ctx, { kind: 'promotions', currency, organisationId: operatorId });
  const to = await openAccount(ctx, { kind: 'wallet', currency, organisationId: driver.organisationId, driverId: driver.id });
  const legs = [{ fromId: from.id, toId: to.id, amountMinor }];
  return transfer(ctx, { legs, reason: 'compensation', object, objectId, idempotencyKey: `compensation for ${objectId}` });
}

export interface WalletHold {
  driverId: string;
  currency: string;
  amountMinor: bigint;
  reason: Reason;
  /** `session` or `reservation`, and its id */
  object: string;
  objectId: string;
  idempotencyKey: string;
  expiresAt?: EpochMs;
}

/**
 * PAY-12: holds money of a wallet for something that is not paid yet; whoever calls has made sure that the caller may. It is ended by
 * `captureHold` or `releaseHold`. Throws `insufficient_funds`.
 */
export async function holdFromWallet(ctx: Context, { driverId, currency, amountMinor, ...input }: WalletHold): Promise<Transfer> {
  requireCurrency(currency);
  const [wallet] = await findWallets(ctx.tx, driverId, currency);
  if (!wallet) throw new DomainError('insufficient_funds', 'Nothing has ever been in that wallet.', { available: 0 });
  const settlement = await openAccount(ctx, { kind: 'settlement', currency, organisationId: wallet.organisationId! });
  return pend(ctx, { ...input, legs: [{ fromId: wallet.id, toId: settlement.id, amountMinor }] });
}

/** PAY-12: takes so much of what is held, and releases the rest; nothing of it is a release. Throws `invalid_state` when it has ended, `amount_out_of_range` for more. */
export function captureHold(ctx: Context, { amountMinor, ...input }: OutcomeInput & { amountMinor: bigint }): Promise<Transfer> {
  return amountMinor === 0n ? voidPending(ctx, input) : post(ctx, { ...input, amountsMinor: [amountMinor] });
}

/** PAY-12: releases all that is held. Throws `invalid_state` when it has ended. */
export function releaseHold(ctx: Context, input: OutcomeInput): Promise<Transfer> {
  return voidPending(ctx, input);
}

async function readable(ctx: Context, driverId: string): Promise<Driver> {
  const driver = await getDriver(ctx, driverId);
  requireAccess(ctx, 'wallet.read', { organisationId: driver.organisationId, driverId });
  return driver;
}

/** Throws `invalid_request`. */
export function requireCurrency(currency: string, pointer = '{currency}'): void {
  if (isCurrency(currency)) return;
  throw new DomainError('invalid_request', `No currency has the code "${currency}".`, { errors: [{ pointer, message: 'must be a currency of ISO 4217' }] });
}
