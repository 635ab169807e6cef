/** What a bill comes to beyond what was collected is charged to the same instrument, without the driver (PAY-46). */
import { HOUR_MS } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Context } from '../organisations/index.ts';
import { beginPayment } from './begin.ts';
import type { Payment } from './payment.ts';
import { findOfDriver } from './store-payment-methods.ts';
import { findWallets } from './store-wallets.ts';

/** How long a saved method that asks for its driver after all is waited for; then it is owed. */
const PATIENCE_MS = HOUR_MS;

/** How much more each of the payments' instruments can be charged, up to so much: what is available in a wallet, anything by a method that is saved. */
export async function chargeableOf(ctx: Context, payments: readonly Payment[], mostMinor: bigint): Promise<ReadonlyMap<string, bigint>> {
  const chargeable = new Map<string, bigint>();
  for (const { id, method, driverId, currency, details, capturedMinor, holds } of payments) {
    if (driverId === null || (capturedMinor === 0n && holds.length === 0)) continue;
    if (method === 'wallet') {
      const [wallet] = await findWallets(ctx.tx, driverId, currency);
      chargeable.set(id, wallet ? wallet.postedMinor - wallet.pendingOutMinor : 0n);
    } else if (details.paymentMethodId !== undefined) {
      const isThere = (await findOfDriver(ctx.tx, driverId)).some((saved) => saved.id === details.paymentMethodId);
      if (isThere) chargeable.set(id, mostMinor);
    }
  }
  return chargeable;
}

/** Begins another payment of the same instrument for the same object; false when that is refused. */
export async function chargeAgain(ctx: Context, payment: Payment, amountMinor: bigint): Promise<boolean> {
  const { organisationId, driverId, object, objectId, currency, method, details } = payment;
  try {
    await ctx.tx.savepoint(() => beginPayment(ctx, {
      organisationId, driverId, object, objectId, currency, amountMinor, timing: 'post_fulfillment', isFinal: true, details: { furtherTo: payment.id },
      ...(method === 'wallet' ? { method } : { method: 'saved_method', paymentMethodId: details.paymentMethodId, expiresAt: ctx.now + PATIENCE_MS }),
    }));
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
