/** How payments stand in the ledger: what is held, what is taken, what is given back. Each step has a key of its own, so that it happens once. */
import type { Context } from '../organisations/index.ts';
import type { Account } from './account.ts';
import { creditedBy } from './end-top-up.ts';
import { openAccount, pend, post, transfer, voidPending } from './ledger.ts';
import { heldMinor, type HeldPart, type Payment, type Refund } from './payment.ts';
import type { Reason, Transfer } from './transfer.ts';
import { creditWallet } from './wallets.ts';

type Money = Pick<Payment, 'id' | 'organisationId' | 'driverId' | 'object' | 'method' | 'currency' | 'holds' | 'authorizedMinor' | 'capturedMinor' | 'amountMinor'
  | 'walletAmountMinor' | 'expiresAt'>;

const about = (p: Money) => ({ object: 'payment', objectId: p.id });
const reasonOf = ({ object }: Money): Reason => (object === 'top_up' || object === 'outstanding' ? object : 'charging');

/** Where it comes from: the driver's wallet, or the world outside. */
function sourceOf(ctx: Context, { method, organisationId, driverId, currency }: Money): Promise<Account> {
  return method === 'wallet' ? openAccount(ctx, { kind: 'wallet', currency, organisationId, driverId: driverId! }) : openAccount(ctx, { kind: 'outside', currency,
    organisationId });
}

/** Where it goes: what the driver owed, or what is still to be divided. */
function targetOf(ctx: Context, { object, organisationId, driverId, currency }: Money): Promise<Account> {
  return object === 'outstanding' ? debtAccount(ctx, { organisationId, driverId, currency }) : openAccount(ctx, { kind: 'settlement', currency, organisationId });
}

/** What a driver owes, or, without a driver, the organisation itself: below zero. */
export function debtAccount(ctx: Context, { organisationId, driverId, currency }: Pick<Payment, 'organisationId' | 'driverId' | 'currency'>): Promise<Account> {
  return openAccount(ctx, { kind: 'outstanding', currency, organisationId, ...(driverId === null ? {} : { driverId }) });
}

/** Holds so much more; gives all that is held then. Throws `insufficient_funds` for a wallet that has less. */
export async function holdMoney(ctx: Context, p: Money, amountMinor: bigint): Promise<HeldPart[]> {
  const [from, to] = [await sourceOf(ctx, p), await targetOf(ctx, p)];
  const held = await pend(ctx, {
    ...about(p), legs: [{ fromId: from.id, toId: to.id, amountMinor }], reason: reasonOf(p), idempotencyKey: `${p.id} authorised beyond ${p.authorizedMinor}`,
    ...(p.expiresAt === null ? {} : { expiresAt: p.expiresAt }),
  });
  return [...p.holds, { transferId: held.id, amountMinor: String(amountMinor) }];
}

/** Takes so much more: what is held first, of which the rest is released, then what comes without having been held. */
export async function takeMoney(ctx: Context, p: Money, amountMinor: bigint): Promise<void> {
  let left = amountMinor;
  for (const { transferId, amountMinor: held } of p.holds) {
    const part = left < BigInt(held) ? left : BigInt(held);
    left -= part;
    const outcome = { pendingId: transferId, idempotencyKey: `${p.id} end of ${transferId}` };
    await (part === 0n ? voidPending(ctx, outcome) : post(ctx, { ...outcome, amountsMinor: [part] }));
  }
  if (left > 0n) await takeUnheld(ctx, p, left, `${p.id} captured beyond ${p.capturedMinor + amountMinor - left}`);
}

async function takeUnheld(ctx: Context, p: Money, amountMinor: bigint, idempotencyKey: string): Promise<void> {
  if (p.object === 'top_up') {
    const bonus = creditedBy({ ...p, capturedMinor: p.capturedMinor + amountMinor }) - creditedBy(p) - amountMinor;
    await creditWallet(ctx, { id: p.driverId!, organisationId: p.organisationId }, {
      ...about(p), currency: p.currency, paidMinor: amountMinor, creditedMinor: amountMinor + bonus, reason: 'top_up', idempotencyKey,
    });
    return;
  }
  const [from, to] = [await sourceOf(ctx, p), await targetOf(ctx, p)];
  await transfer(ctx, { ...about(p), legs: [{ fromId: from.id, toId: to.id, amountMinor }], reason: reasonOf(p), idempotencyKey });
}

/** Releases all that is held. */
export async function releaseMoney(ctx: Context, p: Money): Promise<void> {
  if (heldMinor(p) > 0n) await takeMoney(ctx, p, 0n);
}

/** Gives back at once, or, where a provider has to do it first, promises to. */
export async function giveBack(ctx: Context, p: Money, { id, amountMinor }: Pick<Refund, 'id' | 'amountMinor'>, step: 'promise' | 'at_once'): Promise<Transfer> {
  const isOfWallet = p.object === 'top_up';
  const [from, to] = [
    isOfWallet ? await openAccount(ctx, { kind: 'wallet', currency: p.currency, organisationId: p.organisationId, driverId: p.driverId! }) : await targetOf(ctx, p),
    await sourceOf(ctx, p),
  ];
  const input = { ...about(p), legs: [{ fromId: from.id, toId: to.id, amountMinor }], reason: 'refund' as const, idempotencyKey: `${id} given back` };
  return step === 'promise' ? pend(ctx, input) : transfer(ctx, input);
}

/** What was given back has come back: the bank that it went to would not have it. */
export async function undoGivingBack(ctx: Context, p: Money, { id, amountMinor }: Refund): Promise<void> {
  const isOfWallet = p.object === 'top_up';
  const [from, to] = [
    await sourceOf(ctx, p),
    isOfWallet ? await openAccount(ctx, { kind: 'wallet', currency: p.currency, organisationId: p.organisationId, driverId: p.driverId! }) : await targetOf(ctx, p),
  ];
  await transfer(ctx, { ...about(p), legs: [{ fromId: from.id, toId: to.id, amountMinor }], reason: 'correction', idempotencyKey: `${id} came back` });
}

export async function endGivingBack(ctx: Context, { id, transferId }: Refund, step: 'post' | 'void'): Promise<void> {
  const outcome = { pendingId: transferId!, idempotencyKey: `${id} ended` };
  await (step === 'post' ? post(ctx, outcome) : voidPending(ctx, outcome));
}
