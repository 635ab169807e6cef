/** What is given back once it is billed (PAY-38): the bill stands, so nobody owes it again, and the provider bears it from its promotions. */
import type { Context } from '../organisations/index.ts';
import { openAccount, transfer } from './ledger.ts';
import type { Payment, Refund } from './payment.ts';
import { isBilled } from './store-bills.ts';

/** Whether what is given back of a payment now would be goodwill. */
export async function isGoodwill(ctx: Context, { object, objectId }: Payment): Promise<boolean> {
  return (object === 'reservation' || object === 'session') && isBilled(ctx.tx, objectId);
}

/** Makes up for what settlement gives back, or, when the money was not given back after all, takes that back. */
export async function bearGoodwill(ctx: Context, { organisationId, currency, id: paymentId }: Payment, refund: Refund, way: 'borne' | 'not borne'): Promise<void> {
  if (!refund.isGoodwill) return;
  const of = (kind: 'promotions' | 'settlement') => openAccount(ctx, { kind, currency, organisationId });
  const [promotions, settlement] = [await of('promotions'), await of('settlement')];
  const [from, to] = way === 'borne' ? [promotions, settlement] : [settlement, promotions];
  const legs = [{ fromId: from.id, toId: to.id, amountMinor: refund.amountMinor }];
  await transfer(ctx, { legs, reason: 'compensation', object: 'payment', objectId: paymentId, idempotencyKey: `${refund.id} ${way}` });
}
