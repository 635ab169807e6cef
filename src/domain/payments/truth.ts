/**
 * What follows from what a provider says of a payment (PAY-21): only what is new is moved in the ledger. Providers are believed about
 * money, whatever was thought here before; an answer that is older than what is known changes nothing.
 */
import { newId } from '../../platform/ids/index.ts';
import type { Context } from '../organisations/index.ts';
import { changePayment } from './change-payment.ts';
import { bearGoodwill, isGoodwill } from './goodwill.ts';
import { endGivingBack, giveBack, holdMoney, releaseMoney, takeMoney, undoGivingBack } from './money.ts';
import { heldMinor, type Payment, type PaymentDetails, type PaymentStatus, type Refund } from './payment.ts';
import { savePaymentMethod } from './payment-methods.ts';
import type { ProviderPayment, ProviderRefund } from './provider.ts';
import * as store from './store-payments.ts';

/** Applies it to the payment, which must be locked. Throws for one of another currency, which no provider of ours may say. */
export async function applyTruth(ctx: Context, payment: Payment, truth: ProviderPayment): Promise<Payment> {
  if (truth.currency !== payment.currency) throw new Error(`${payment.id} is in ${payment.currency}, and its provider says ${truth.currency}`);
  const known = await noteWords(ctx, payment, truth);
  const paid = await applyMoney(ctx, known, truth);
  return applyRefunds(ctx, paid, truth.refunds);
}

/** What it is called there, and what a person may see of it. */
async function noteWords(ctx: Context, payment: Payment, truth: ProviderPayment): Promise<Payment> {
  const { url, label = truth.instrument?.label, failure, instrument } = truth;
  const isPending = truth.state === 'pending';
  const details: PaymentDetails = { ...payment.details };
  if (isPending && url !== undefined) details.url = url;
  if (!isPending) delete details.url;
  if (label !== undefined) details.label = label;
  if (instrument && details.saves) details.paymentMethodId = await savePaymentMethod(ctx, payment, instrument);
  if (failure !== undefined && truth.state !== 'captured') details.failure = failure;
  const isSame = payment.providerRef === truth.ref && JSON.stringify(details) === JSON.stringify(payment.details);
  return isSame ? payment : changePayment(ctx, payment, { providerRef: truth.ref, details, told: payment.told }, 'payment.updated');
}

async function applyMoney(ctx: Context, payment: Payment, truth: ProviderPayment): Promise<Payment> {
  const capturedMore = truth.capturedMinor - payment.capturedMinor;
  if (capturedMore > 0n) {
    await takeMoney(ctx, payment, capturedMore);
    const authorizedMinor = max(payment.authorizedMinor, truth.authorizedMinor, truth.capturedMinor);
    return changePayment(ctx, payment, { status: 'succeeded', capturedMinor: truth.capturedMinor, authorizedMinor, holds: [], expiresAt: null }, 'payment.captured');
  }
  if (truth.state === 'authorized' && truth.authorizedMinor > payment.authorizedMinor && payment.capturedMinor === 0n) return authorise(ctx, payment, truth);
  const ended = endOf(payment, truth);
  if (ended === undefined) return payment;
  await releaseMoney(ctx, payment);
  return changePayment(ctx, payment, { status: ended, holds: [], expiresAt: null }, `payment.${ended}`);
}

async function authorise(ctx: Context, payment: Payment, truth: ProviderPayment): Promise<Payment> {
  const expiresAt = truth.capturableUntil ?? null;
  const holds = await holdMoney(ctx, { ...payment, expiresAt }, truth.authorizedMinor - payment.authorizedMinor);
  return changePayment(ctx, payment, { status: 'authorized', authorizedMinor: truth.authorizedMinor, holds, expiresAt }, 'payment.authorized');
}

/** How it has ended without money, if it has and that is new. What was authorised once can't fail any more, but be withdrawn. */
function endOf(payment: Payment, { state }: ProviderPayment): PaymentStatus | undefined {
  const isOpen = payment.status === 'pending' || payment.status === 'authorized';
  if (!isOpen || (state !== 'failed' && state !== 'cancelled')) return undefined;
  return heldMinor(payment) > 0n ? 'cancelled' : state;
}

async function applyRefunds(ctx: Context, payment: Payment, truths: readonly ProviderRefund[]): Promise<Payment> {
  if (truths.length === 0) return payment;
  let changed = payment;
  const known = await store.findRefunds(ctx.tx, [payment.id]);
  for (const truth of truths) {
    const refund = known.find(({ id, providerRef }) => id === truth.refundId || providerRef === truth.ref);
    changed = refund ? await endRefund(ctx, changed, refund, truth) : await noteForeignRefund(ctx, changed, truth);
  }
  return changed;
}

/** PAY-23: a refund of ours succeeds or fails; one that had succeeded can still fail, when the bank that it went to sends it back. */
export async function endRefund(ctx: Context, payment: Payment, refund: Refund, { state, ref }: Pick<ProviderRefund, 'state' | 'ref'>): Promise<Payment> {
  if (refund.status === 'succeeded' && state === 'failed') {
    await store.updateRefund(ctx.tx, { ...refund, status: 'failed', updatedAt: ctx.now });
    await undoGivingBack(ctx, payment, refund);
    await bearGoodwill(ctx, payment, refund, 'not borne');
    return changePayment(ctx, payment, { refundedMinor: payment.refundedMinor - refund.amountMinor }, 'payment.refund_failed');
  }
  if (refund.status !== 'pending') return payment;
  const changed: Refund = { ...refund, providerRef: ref, updatedAt: ctx.now, status: state };
  await store.updateRefund(ctx.tx, changed);
  if (state === 'pending') return payment;
  await endGivingBack(ctx, refund, state === 'succeeded' ? 'post' : 'void');
  if (state === 'failed') await bearGoodwill(ctx, payment, refund, 'not borne');
  const refundedMinor = payment.refundedMinor + (state === 'succeeded' ? refund.amountMinor : 0n);
  return changePayment(ctx, payment, { refundedMinor }, state === 'succeeded' ? 'payment.refunded' : 'payment.refund_failed');
}

/** Somebody has given money back at the provider, without us. */
async function noteForeignRefund(ctx: Context, payment: Payment, truth: ProviderRefund): Promise<Payment> {
  if (truth.state !== 'succeeded') return payment;
  const refund: Refund = {
    id: newId('refund'), paymentId: payment.id, amountMinor: truth.amountMinor, status: 'succeeded', reason: 'by_provider', providerRef: truth.ref, transferId: null,
    isGoodwill: await isGoodwill(ctx, payment),
    createdAt: ctx.now, updatedAt: ctx.now,
  };
  await bearGoodwill(ctx, payment, refund, 'borne');
  const given = await giveBack(ctx, payment, refund, 'at_once');
  await store.insertRefund(ctx.tx, { ...refund, transferId: given.id });
  return changePayment(ctx, payment, { refundedMinor: payment.refundedMinor + truth.amountMinor }, 'payment.refunded');
}

const max = (...amounts: bigint[]): bigint => amounts.reduce((most, amount) => (amount > most ? amount : most));
