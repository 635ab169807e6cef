/** What a driver owes, where it comes from, and paying it (PAY-47, PAY-48). */
import { DomainError } from '../../platform/errors/index.ts';
import { getDriver, lockDriver } from '../drivers/index.ts';
import { requireAccess, type Context } from '../organisations/index.ts';
import { beginPayment, type PaymentDraft } from './begin.ts';
import type { ObjectBill } from './bill.ts';
import { debtOf, returnOverpaid } from './debt.ts';
import { debtAccount } from './money.ts';
import type { Payment } from './payment.ts';
import { findDebts } from './store-balances.ts';
import { findOwing } from './store-bills.ts';
import { findPaymentsOf } from './store-payments.ts';
import { requireCurrency } from './wallets.ts';

export interface Outstanding {
  /** the account of the ledger */
  id: string;
  driverId: string;
  currency: string;
  owedMinor: bigint;
  /** the bills that it comes from, newest first, and how much of each is owed still */
  bills: { bill: ObjectBill; owedMinor: bigint }[];
}

/** In the order of currencies; none in which nothing is owed. Throws `not_found`. */
export async function listOutstanding(ctx: Context, driverId: string): Promise<Outstanding[]> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'payment.read', { organisationId, driverId });
  const found: Outstanding[] = [];
  for (const { id, currency, owedMinor } of await findDebts(ctx.tx, driverId)) {
    found.push({ id, driverId, currency, owedMinor, bills: attributeDebt(owedMinor, await findOwing(ctx.tx, driverId, currency)) });
  }
  return found;
}

/** Whatever was paid of a debt has paid the oldest bills: what is left is of the newest ones. */
export function attributeDebt<B extends Pick<ObjectBill, 'outstandingMinor'>>(owedMinor: bigint, newestFirst: readonly B[]): { bill: B; owedMinor: bigint }[] {
  let left = owedMinor;
  return newestFirst.flatMap((bill) => {
    const part = bill.outstandingMinor < left ? bill.outstandingMinor : left;
    left -= part;
    return part > 0n ? [{ bill, owedMinor: part }] : [];
  });
}

export interface OutstandingPayment extends Pick<PaymentDraft, 'method' | 'provider' | 'details' | 'paymentMethodId' | 'saves' | 'metadata'> {
  /** all that is owed, unless told */
  amountMinor?: bigint;
}

/** Begins a payment of what a driver owes. Throws `not_found`, `invalid_state` where nothing is owed or one is under way, `amount_out_of_range` for more than is owed. */
export async function payOutstanding(ctx: Context, driverId: string, currency: string, { amountMinor, ...way }: OutstandingPayment): Promise<Payment> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'payment.create', { organisationId, driverId });
  requireCurrency(currency);
  await lockDriver(ctx.tx, driverId); // one payment of a debt begins at a time
  const debtor = { organisationId, driverId, currency };
  const owedMinor = await debtOf(ctx, debtor);
  const amount = amountMinor ?? owedMinor;
  if (owedMinor === 0n) throw new DomainError('invalid_state', 'Nothing is owed in that currency.', { status: 'paid' });
  if (amount <= 0n || amount > owedMinor) {
    throw new DomainError('amount_out_of_range', `${owedMinor} minor units are owed.`, { errors: [{ pointer: '/amount', message: `must be 1 to ${owedMinor}` }] });
  }
  const { id: objectId } = await debtAccount(ctx, debtor);
  const pending = (await findPaymentsOf(ctx.tx, ctx.network.id, objectId)).find(({ status }) => status === 'pending');
  if (pending) throw new DomainError('invalid_state', 'A payment of it is under way: wait for it, or cancel it.', { status: pending.status, payment: pending.id });
  return beginPayment(ctx, { ...way, ...debtor, object: 'outstanding', objectId, timing: 'post_fulfillment', amountMinor: amount, isFinal: true });
}

/** What was paid twice (with the next order, say, while this was under way) goes into the wallet. */
export async function followOutstanding(ctx: Context, payment: Payment): Promise<void> {
  await returnOverpaid(ctx, payment, { object: 'payment', objectId: payment.id });
}
