/** All that was paid in a time, for the reconciliation. */
import type { ProviderPayment } from '../../domain/payments/index.ts';
import { SECOND_MS } from '../../platform/clock/index.ts';
import type { Collection, RazorpayClient } from './client.ts';
import { AGREED, NOTE, noteOf, type Order, type Payment } from './entities.ts';
import { truthOfMandate } from './mandate.ts';
import { labelOf, NOTHING, refundsOf } from './truth.ts';

const PAGE = 100;

/** Payments that have money, or hold it. Those on hosted pages have our note once we have seen them; before, their link is asked for. */
export async function* listPayments(client: RazorpayClient, { from, to }: { from: number; to: number }): AsyncIterable<ProviderPayment> {
  for (let skip = 0; ; skip += PAGE) {
    const time = { from: Math.floor(from / SECOND_MS), to: Math.ceil(to / SECOND_MS) };
    const { items } = await client.get<Collection<Payment>>('/payments', { ...time, count: PAGE, skip });
    for (const payment of items) {
      const truth = payment.error_reason === AGREED ? await heldBy(client, payment) : await truthOf(client, payment);
      if (truth) yield truth;
    }
    if (items.length < PAGE) return;
  }
}

async function truthOf(client: RazorpayClient, payment: Payment): Promise<ProviderPayment | undefined> {
  const { id: ref, amount, currency, status, captured } = payment;
  if (!captured && status !== 'authorized') return undefined;
  const base = { ref, currency, paymentId: noteOf(payment, NOTE.payment) ?? await byLink(client, payment), label: labelOf(payment) };
  if (!captured) return { ...base, ...NOTHING, state: 'authorized', authorizedMinor: BigInt(amount) };
  const refunds = payment.amount_refunded > 0 ? await refundsOf(client, ref) : [];
  return { ...base, state: 'captured', authorizedMinor: BigInt(amount), capturedMinor: BigInt(amount), refunds };
}

async function byLink(client: RazorpayClient, { id }: Payment): Promise<string | null> {
  const { payment_links: links } = await client.get<{ payment_links: { reference_id: string }[] }>('/payment_links', { payment_id: id });
  return links[0]?.reference_id ?? null;
}

/** A mandate that was agreed to and not debited yet. */
async function heldBy(client: RazorpayClient, { order_id: orderId }: Payment): Promise<ProviderPayment | undefined> {
  const truth = orderId === null ? undefined : await truthOfMandate(client, await client.get<Order>(`/orders/${orderId}`));
  return truth?.state === 'authorized' ? truth : undefined;
}
