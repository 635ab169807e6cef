/** Wallets that are topped up by themselves when they become low (PAY-45). */
import { DomainError } from '../../platform/errors/index.ts';
import { getDriver } from '../drivers/index.ts';
import { audit, requireAccess, type Context } from '../organisations/index.ts';
import type { AutoTopUp } from './auto-top-up.ts';
import { REST_MS } from './end-top-up.ts';
import { requirePaymentMethod } from './payment-methods.ts';
import * as store from './store-auto-top-ups.ts';
import { beginTopUp } from './top-ups.ts';
import { requireCurrency } from './wallets.ts';

/** Undefined where nobody has set one. Throws `not_found` for no such driver. */
export async function getAutoTopUp(ctx: Context, driverId: string, currency: string): Promise<AutoTopUp | undefined> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'payment.read', { organisationId, driverId });
  requireCurrency(currency);
  return store.findAutoTopUp(ctx.tx, driverId, currency);
}

export interface AutoTopUpInput {
  active: boolean;
  /** else the driver's default one */
  paymentMethodId?: string;
  amountMinor: bigint;
  belowMinor: bigint;
}

/** Sets it; one that rests after a failure goes on at once. Throws `not_found`, `payment_method_not_offered` where nothing is saved. */
export async function setAutoTopUp(ctx: Context, driverId: string, currency: string, input: AutoTopUpInput): Promise<AutoTopUp> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'payment.create', { organisationId, driverId });
  requireCurrency(currency);
  // One top-up is then always enough: no series of charges can follow from one that is too small.
  if (input.amountMinor < input.belowMinor) {
    const wrong = { pointer: '/amount', message: 'must not be less than below' };
    throw new DomainError('invalid_request', 'A top-up fills the wallet up to what it is to have at least.', { errors: [wrong] });
  }
  const { id: paymentMethodId } = await requirePaymentMethod(ctx, driverId, input.paymentMethodId);
  const set = await store.putAutoTopUp(ctx.tx, { ...input, driverId, currency, organisationId, networkId: ctx.network.id, paymentMethodId, updatedAt: ctx.now });
  await audit(ctx, 'auto_top_up.set', 'driver', driverId, { currency, active: input.active, payment_method: paymentMethodId, amount: Number(input.amountMinor),
    below: Number(input.belowMinor) });
  return set;
}

/** Begins the top-up of one wallet that is low, as its driver has said; not on the way of a test clock, on which no provider could answer. Gives how many. */
export async function topUpLowWallet(ctx: Context): Promise<number> {
  const low = await store.lockLow(ctx.tx, ctx.network.id, ctx.now);
  if (!low) return 0;
  const { driverId, organisationId, currency, amountMinor, paymentMethodId } = low;
  try {
    await ctx.tx.savepoint(() => beginTopUp(ctx, {
      driverId, organisationId, currency, amountMinor, walletAmountMinor: amountMinor, type: 'auto', method: 'saved_method', paymentMethodId, metadata: {},
    }));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await store.restAutoTopUp(ctx.tx, { driverId, currency, until: ctx.now + REST_MS, failure: error.message, at: ctx.now });
  }
  return 1;
}
