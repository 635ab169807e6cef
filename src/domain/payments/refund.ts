/** Giving money back (PAY-23). */
import { newId } from '../../platform/ids/index.ts';
import type { Context } from '../organisations/index.ts';
import { requestCall } from './calls.ts';
import { changePayment } from './change-payment.ts';
import { openAccount, transfer } from './ledger.ts';
import { bearGoodwill } from './goodwill.ts';
import { giveBack } from './money.ts';
import { isRemote, type Payment, type Refund } from './payment.ts';
import * as store from './store-payments.ts';

/**
 * Gives so much of a payment back, the way that it came: at once where it is ours to give, else through the provider. The payment
 * must be locked, and no call of it be under way.
 */
export async function refundPayment(ctx: Context, payment: Payment, amountMinor: bigint, reason: string, isGoodwill = false): Promise<Refund> {
  const isAtOnce = !isRemote(payment.method);
  const draft: Refund = {
    id: newId('refund'), paymentId: payment.id, amountMinor, status: isAtOnce ? 'succeeded' : 'pending', reason, providerRef: null, transferId: null, isGoodwill,
    createdAt: ctx.now, updatedAt: ctx.now,
  };
  await bearGoodwill(ctx, payment, draft, 'borne');
  const { id: transferId } = await giveBack(ctx, payment, draft, isAtOnce ? 'at_once' : 'promise');
  const refund = { ...draft, transferId };
  await store.insertRefund(ctx.tx, refund);
  if (isAtOnce) {
    await changePayment(ctx, payment, { refundedMinor: payment.refundedMinor + amountMinor }, 'payment.refunded');
  } else if (!(await requestCall(ctx, payment, 'refund', { amountMinor, refundId: refund.id }))) throw new Error(`a call of ${payment.id} is under way while it is to be refunded`);
  return refund;
}

/** PAY-24: what the provider would not give back goes into the driver's wallet; without a driver, the provider owes it to its customer. */
export async function creditInstead(ctx: Context, payment: Payment, amountMinor: bigint): Promise<void> {
  const { organisationId, driverId, currency } = payment;
  const refund: Refund = {
    id: newId('refund'), paymentId: payment.id, amountMinor, status: 'succeeded', reason: driverId === null ? 'by_hand' : 'into_wallet', providerRef: null, transferId: null,
    isGoodwill: false,
    createdAt: ctx.now, updatedAt: ctx.now,
  };
  const from = await openAccount(ctx, { kind: 'settlement', currency, organisationId });
  const to = await openAccount(ctx, driverId === null ? { kind: 'outside', currency, organisationId } : { kind: 'wallet', currency, organisationId, driverId });
  const given = await transfer(ctx, {
    legs: [{ fromId: from.id, toId: to.id, amountMinor }], reason: 'refund', object: 'payment', objectId: payment.id, idempotencyKey: `${refund.id} given back`,
  });
  await store.insertRefund(ctx.tx, { ...refund, transferId: given.id });
  await changePayment(ctx, payment, { refundedMinor: payment.refundedMinor + amountMinor }, 'payment.refunded');
}
