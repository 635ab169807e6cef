/** What happens to payments when their time is over (PAY-28). */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import { requestCall, requestLookUp } from './calls.ts';
import { changePayment } from './change-payment.ts';
import { releaseLocally } from './local.ts';
import { isRemote } from './payment.ts';
import * as store from './store-payments.ts';

/** One that nobody has paid in time is withdrawn; of one that was authorised, its provider is asked whether that still holds. Gives how many. */
export async function expirePayments(ctx: Context): Promise<number> {
  const payment = await store.lockExpired(ctx.tx, ctx.network.id, ctx.now);
  if (!payment) return 0;
  if (!isRemote(payment.method) && payment.status === 'authorized') {
    await releaseLocally(ctx, payment);
  } else if (payment.status === 'pending') {
    const expired = await changePayment(ctx, payment, { status: 'expired', expiresAt: null }, 'payment.expired');
    if (isRemote(payment.method) && !(await requestCall(ctx, expired, 'cancel'))) await requestLookUp(ctx, expired);
  } else {
    const asked = { ...payment, expiresAt: null };
    await store.updatePayment(ctx.tx, asked);
    await requestLookUp(ctx, asked);
  }
  return 1;
}

/** The next instant after the context's time at which a payment's time is over. */
export function nextPaymentExpiry(ctx: Context): Promise<EpochMs | undefined> {
  return store.nextExpiry(ctx.tx, ctx.network.id, ctx.now);
}
