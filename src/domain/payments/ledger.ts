/** The ledger: accounts, and transfers between them. Whoever calls this has made sure that the caller may. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import type { Context } from '../organisations/index.ts';
import { isCurrency } from '../pricing/index.ts';
import { LEAST_BALANCE, type Account, type AccountKey, type LimitedBalance } from './account.ts';
import * as store from './store.ts';
import { applyLegs, checkLegs, isSameTransfer, type Leg, type Reason, type RecordedLeg, type Transfer, type TransferDraft } from './transfer.ts';
import { walletEvent } from './wallet.ts';

/**
 * The account of that kind, currency and owner; it is made when there is none yet.
 *
 * @param leastBalanceMinor what it may not go below, for one that is made; else what its kind says
 */
export async function openAccount(ctx: Context, key: AccountKey, leastBalanceMinor: bigint | null = LEAST_BALANCE[key.kind] ?? null): Promise<Account> {
  if (!isCurrency(key.currency)) {
    throw new DomainError('invalid_request', `No currency has the code "${key.currency}".`, { errors: [{ pointer: '/currency', message: 'must be a currency of ISO 4217' }] });
  }
  const find = () => store.findAccount(ctx.tx, ctx.network.id, key);
  const known = await find();
  if (known) return known;
  await store.insertAccount(ctx.tx, {
    id: newId('ledgerAccount'), networkId: ctx.network.id, kind: key.kind, currency: key.currency, organisationId: key.organisationId ?? null, driverId: key.driverId ?? null,
    leastBalanceMinor, createdAt: ctx.now,
  });
  return (await find())!; // ours, or that of whoever was quicker
}

export interface TransferInput {
  legs: readonly Leg[];
  reason: Reason;
  object: string;
  objectId: string;
  idempotencyKey: string;
  metadata?: Record<string, string>;
}

/** Moves money at once. The same again under its idempotency key is the first (PAY-4). */
export function transfer(ctx: Context, input: TransferInput): Promise<Transfer> {
  return record(ctx, { metadata: {}, ...input, phase: 'single', pendingId: null, expiresAt: null });
}

/** Promises money: it can't be taken by another, and is not there yet either. It is ended by `post` or `voidPending`. */
export function pend(ctx: Context, input: TransferInput & { expiresAt?: EpochMs }): Promise<Transfer> {
  return record(ctx, { metadata: {}, ...input, phase: 'pending', pendingId: null, expiresAt: input.expiresAt ?? null });
}

export interface OutcomeInput {
  pendingId: string;
  idempotencyKey: string;
  metadata?: Record<string, string>;
}

/**
 * Moves what was promised, or less, leg by leg; the rest is released (PAY-3).
 *
 * @param amountsMinor of each leg; without it, all
 * @throws `not_found`, `invalid_state` for what is not pending any more, `amount_out_of_range` for more than was promised
 */
export async function post(ctx: Context, { amountsMinor, ...input }: OutcomeInput & { amountsMinor?: readonly bigint[] }): Promise<Transfer> {
  const pending = await loadPending(ctx, input.pendingId);
  if (amountsMinor && amountsMinor.length !== pending.legs.length) {
    throw new DomainError('invalid_request', `That transfer has ${pending.legs.length} legs.`, { errors: [{ pointer: '/amounts', message: `must be ${pending.legs.length}` }] });
  }
  const legs = pending.legs.map((leg, i) => ({ ...leg, amountMinor: amountsMinor?.[i] ?? leg.amountMinor }));
  const over = legs.findIndex(({ amountMinor }, i) => amountMinor > pending.legs[i]!.amountMinor);
  if (over !== -1) throw new DomainError('amount_out_of_range', `Only ${pending.legs[over]!.amountMinor} minor units are held, not ${legs[over]!.amountMinor}.`);
  return end(ctx, pending, { ...input, phase: 'post', legs });
}

/** Releases all that was promised. Throws `not_found`, and `invalid_state` for what is not pending any more. */
export async function voidPending(ctx: Context, input: OutcomeInput): Promise<Transfer> {
  const pending = await loadPending(ctx, input.pendingId);
  return end(ctx, pending, { ...input, phase: 'void', legs: pending.legs });
}

function end(ctx: Context, pending: Transfer, { metadata = {}, ...outcome }: OutcomeInput & { phase: 'post' | 'void'; legs: readonly Leg[] }): Promise<Transfer> {
  const { reason, object, objectId } = pending;
  return record(ctx, { ...outcome, metadata, reason, object, objectId, expiresAt: null }, pending.legs);
}

async function loadPending(ctx: Context, id: string): Promise<Transfer> {
  const found = await getTransfer(ctx, id);
  if (found.phase !== 'pending') throw new DomainError('invalid_state', 'That transfer was never pending.', { status: found.phase });
  return found;
}

/** Undoes what a transfer has moved, by another one the other way (PAY-8); once, unless under another key. */
export async function correct(ctx: Context, transferId: string, idempotencyKey = `correction of ${transferId}`): Promise<Transfer> {
  const wrong = await getTransfer(ctx, transferId);
  const legs = wrong.legs.filter(({ amountMinor }) => amountMinor > 0n).map(({ fromId, toId, amountMinor }) => ({ fromId: toId, toId: fromId, amountMinor }));
  if (wrong.phase === 'pending' || wrong.phase === 'void' || legs.length === 0) throw new DomainError('invalid_state', 'That transfer has moved nothing.', { status: wrong.phase });
  return transfer(ctx, { legs: legs.reverse(), reason: 'correction', object: 'ledger_transfer', objectId: transferId, idempotencyKey });
}

/** Throws `not_found`. */
export async function getTransfer(ctx: Context, id: string): Promise<Transfer> {
  const found = await store.findTransfer(ctx.tx, ctx.network.id, id);
  if (!found) throw notFound('transfer', id);
  return found;
}

/** All that was moved on account of an object, oldest first. */
export function transfersAbout(ctx: Context, object: string, objectId: string): Promise<Transfer[]> {
  return store.findTransfersAbout(ctx.tx, ctx.network.id, object, objectId);
}

/** Writes one transfer down: locks what has a limit, looks whether it can be, and leaves the last word to the database. */
async function record(ctx: Context, draft: TransferDraft, pendingLegs: readonly Leg[] = []): Promise<Transfer> {
  checkLegs(draft.legs, draft.phase);
  const ids = [...new Set(draft.legs.flatMap(({ fromId, toId }) => [fromId, toId]))];
  const row = { ...draft, id: newId('ledgerTransfer'), networkId: ctx.network.id };
  const [found, balances, at] = await Promise.all([
    store.findAccounts(ctx.tx, ids), store.lockBalances(ctx.tx, ids), store.insertTransfer(ctx.tx, row, ctx.now, ids),
  ]);
  if (at === undefined) return repeated(ctx, draft);
  const accounts = new Map(found.map((account) => [account.id, account]));
  const legs = draft.legs.map((leg) => withCurrency(ctx, leg, accounts));
  const after = applyLegs(new Map(balances.map((balance) => [balance.accountId, balance])), draft, pendingLegs);
  store.insertLegs(ctx.tx, row.id, legs);
  await tellWallets(ctx, accounts, after, at);
  return { ...row, legs, at };
}

/** What stands under that key, when it is the same; else why it can't be. */
async function repeated(ctx: Context, draft: TransferDraft): Promise<Transfer> {
  const first = await store.findTransferByKey(ctx.tx, ctx.network.id, draft.idempotencyKey);
  if (first && isSameTransfer(first, draft)) return first;
  if (first) throw new DomainError('idempotency_key_reused', 'That idempotency key belongs to another transfer.');
  const outcome = await store.findOutcome(ctx.tx, draft.pendingId!);
  throw new DomainError('invalid_state', `That transfer was ${outcome?.phase === 'void' ? 'voided' : 'posted'} already.`, { status: outcome?.phase });
}

/** PAY-1: both accounts are there, in this network, and of one currency. */
function withCurrency(ctx: Context, { fromId, toId, amountMinor }: Leg, accounts: ReadonlyMap<string, Account>): RecordedLeg {
  const [from, to] = [fromId, toId].map((id) => {
    const account = accounts.get(id);
    if (account?.networkId !== ctx.network.id) throw notFound('account', id);
    return account;
  }) as [Account, Account];
  if (from.currency !== to.currency) throw new DomainError('currency_mismatch', `${from.currency} can not become ${to.currency} on the way.`);
  return { fromId, toId, amountMinor, currency: from.currency };
}

async function tellWallets(ctx: Context, accounts: ReadonlyMap<string, Account>, after: ReadonlyMap<string, LimitedBalance>, at: EpochMs): Promise<void> {
  const events = [...after.values()].flatMap((balance) => {
    const account = accounts.get(balance.accountId)!;
    return account.kind === 'wallet' ? [walletEvent(account, { ...balance, version: balance.version + 1, lastAt: at })] : [];
  });
  if (events.length > 0) await ctx.emit(...events);
}
