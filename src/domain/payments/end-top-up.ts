/** What a payment means for the top-up that it is for (PAY-43). */
import { HOUR_MS } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import { isEnded, type Payment } from './payment.ts';
import { restAutoTopUp } from './store-auto-top-ups.ts';
import * as store from './store-top-ups.ts';
import { topUpEvent, type TopUp } from './top-up.ts';

/** How long a wallet is not topped up by itself after that has failed. */
export const REST_MS = HOUR_MS;

/** Takes note of a change of the payment, in the transaction of the change: the top-up is completed once. */
export async function endTopUp(ctx: Context, payment: Payment): Promise<void> {
  if (!isEnded(payment.status)) return;
  const topUp = await store.lockTopUp(ctx.tx, payment.objectId);
  const status = payment.status === 'succeeded' ? 'completed' : 'failed';
  if (!topUp || topUp.status === 'completed' || topUp.status === status) return;
  const changed: TopUp = { ...topUp, status, creditedMinor: creditedBy(payment), version: topUp.version + 1, updatedAt: ctx.now };
  await store.updateTopUp(ctx.tx, changed);
  await ctx.emit(topUpEvent(changed));
  if (topUp.type === 'auto' && status === 'failed') {
    await restAutoTopUp(ctx.tx, { ...topUp, until: ctx.now + REST_MS, failure: payment.details.failure?.message ?? payment.status, at: ctx.now });
  }
}

/** The bonus is for who has paid all. */
export function creditedBy({ capturedMinor, amountMinor, walletAmountMinor }: Pick<Payment, 'capturedMinor' | 'amountMinor' | 'walletAmountMinor'>): bigint {
  return capturedMinor < amountMinor ? capturedMinor : capturedMinor + (walletAmountMinor ?? amountMinor) - amountMinor;
}
