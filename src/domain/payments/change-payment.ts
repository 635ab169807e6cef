import type { Context } from '../organisations/index.ts';
import { endTopUp } from './end-top-up.ts';
import { paymentEvent, type Payment } from './payment.ts';
import * as store from './store-payments.ts';

/** Writes a change of a payment, which is locked, as its next version, and tells it. What it pays for is to look at it (`told`), unless the change says otherwise. */
export async function changePayment(ctx: Context, payment: Payment, change: Partial<Payment>, eventType: string): Promise<Payment> {
  const changed: Payment = { ...payment, told: false, ...change, version: payment.version + 1, updatedAt: ctx.now };
  await store.updatePayment(ctx.tx, changed);
  await ctx.emit(paymentEvent(eventType, changed));
  if (changed.object === 'top_up') await endTopUp(ctx, changed);
  return changed;
}
