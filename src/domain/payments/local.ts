/** Payments that need nobody outside: of a wallet, of a terminal, by bank transfer. They happen in the transaction that wants them. */
import type { Context } from '../organisations/index.ts';
import { changePayment } from './change-payment.ts';
import { holdMoney, releaseMoney, takeMoney } from './money.ts';
import type { Payment } from './payment.ts';

/** Holds all of it. Throws `insufficient_funds`. */
export async function authoriseLocally(ctx: Context, payment: Payment): Promise<Payment> {
  const holds = await holdMoney(ctx, payment, payment.amountMinor);
  return changePayment(ctx, payment, { status: 'authorized', authorizedMinor: payment.amountMinor, holds, expiresAt: null }, 'payment.authorized');
}

/** Takes so much, of what is held or of what has come in, and releases the rest. */
export async function captureLocally(ctx: Context, payment: Payment, amountMinor: bigint): Promise<Payment> {
  await takeMoney(ctx, payment, amountMinor);
  const capturedMinor = payment.capturedMinor + amountMinor;
  const authorizedMinor = payment.authorizedMinor < capturedMinor ? capturedMinor : payment.authorizedMinor;
  return changePayment(ctx, payment, { status: 'succeeded', capturedMinor, authorizedMinor, holds: [], expiresAt: null }, 'payment.captured');
}

export async function releaseLocally(ctx: Context, payment: Payment): Promise<Payment> {
  await releaseMoney(ctx, payment);
  return changePayment(ctx, payment, { status: 'cancelled', holds: [], expiresAt: null }, 'payment.cancelled');
}
