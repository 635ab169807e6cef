/** Seed 003 names two events of payments otherwise than the rest of the world: they are told under both names. */
import type { Context } from '../organisations/index.ts';
import { paymentEvent, paymentsOf, type Payment } from '../payments/index.ts';
import type { Session } from './session.ts';

export async function tellAsSeed(ctx: Context, payment: Payment, type: 'payment_authorized' | 'session.payment.captured'): Promise<void> {
  await ctx.emit(paymentEvent(type, payment));
}

/** Of a session that is billed: that what was held for it has been captured. */
export async function tellCaptured(ctx: Context, { id, paymentId }: Session): Promise<void> {
  const payment = paymentId === null ? undefined : (await paymentsOf(ctx, id)).find((one) => one.id === paymentId);
  if (payment && payment.capturedMinor > 0n) await tellAsSeed(ctx, payment, 'session.payment.captured');
}
