/** Holding more than was agreed first, where what is paid for has grown (PAY-35). */
import type { Context } from '../organisations/index.ts';
import { requestCall } from './calls.ts';
import { changePayment } from './change-payment.ts';
import { holdMoney } from './money.ts';
import { heldMinor, type Payment } from './payment.ts';
import { findWallets } from './store-wallets.ts';

/**
 * Holds so much more with a payment for the same object that is authorised: of a wallet at once, at a provider that can by a call. Where none can, nothing happens:
 * the settlement collects the difference. The object must be locked, and its payments too.
 */
export async function raiseHold(ctx: Context, payments: readonly Payment[], byMinor: bigint): Promise<void> {
  for (const payment of payments.filter(({ status, holds }) => status === 'authorized' && holds.length > 0)) {
    const isDone = payment.method === 'wallet' ? await holdMoreOfWallet(ctx, payment, byMinor) : await askForMore(ctx, payment, byMinor);
    if (isDone) return;
  }
}

async function holdMoreOfWallet(ctx: Context, payment: Payment, byMinor: bigint): Promise<boolean> {
  const [wallet] = await findWallets(ctx.tx, payment.driverId!, payment.currency);
  if (!wallet || wallet.postedMinor - wallet.pendingOutMinor < byMinor) return false;
  const holds = await holdMoney(ctx, payment, byMinor);
  await changePayment(ctx, payment, { authorizedMinor: payment.authorizedMinor + byMinor, holds }, 'payment.authorized');
  return true;
}

async function askForMore(ctx: Context, payment: Payment, byMinor: bigint): Promise<boolean> {
  const canIncrease = ctx.settings.providers.some(({ id, canIncrease: can }) => id === payment.provider && can);
  return canIncrease && requestCall(ctx, payment, 'increase', { amountMinor: heldMinor(payment) + byMinor });
}
