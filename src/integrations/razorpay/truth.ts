/** What Razorpay says of a payment, in our words. We know it by its order, or by its payment link. */
import { ProviderRefusal, type ProviderPayment, type ProviderRefund } from '../../domain/payments/index.ts';
import type { Collection, RazorpayClient } from './client.ts';
import { NOTE, noteOf, withNote, type Order, type Payment, type PaymentLink, type Refund } from './entities.ts';

const MOST_IN_A_PAGE = 100;

export function paymentsOf(client: RazorpayClient, orderId: string): Promise<Payment[]> {
  return client.get<Collection<Payment>>(`/orders/${orderId}/payments`).then(({ items }) => items);
}

/** Those that were captured: a link knows no others. */
export function paymentsOfLink(client: RazorpayClient, { payments }: PaymentLink): Promise<Payment[]> {
  return Promise.all((payments ?? []).map(({ payment_id: id }) => client.get<Payment>(`/payments/${id}`)));
}

export async function truthOfLink(client: RazorpayClient, link: PaymentLink): Promise<ProviderPayment> {
  const attempts = link.order_id ? await paymentsOf(client, link.order_id) : await paymentsOfLink(client, link);
  const base = { ref: link.id, paymentId: link.reference_id, currency: link.currency };
  const taken = await takenOf(client, attempts, link.reference_id);
  if (taken.length > 0) return capturedTruth(client, base, taken);
  if (link.status === 'cancelled' || link.status === 'expired') return { ...base, ...NOTHING, state: 'cancelled' };
  return { ...base, ...NOTHING, state: 'pending', url: link.short_url }; // one that was declined can be tried again on the page
}

/** Of an order that is paid at once. */
export async function truthOfOrder(client: RazorpayClient, order: Order): Promise<ProviderPayment> {
  const attempts = await paymentsOf(client, order.id);
  const base = { ref: order.id, paymentId: noteOf(order, NOTE.payment) ?? order.receipt, currency: order.currency };
  const taken = await takenOf(client, attempts, base.paymentId);
  if (taken.length > 0) return capturedTruth(client, base, taken);
  if (noteOf(order, NOTE.withdrawn) !== undefined) return { ...base, ...NOTHING, state: 'cancelled' };
  const failed = attempts.at(-1);
  if (attempts.length > 0 && attempts.every(({ status }) => status === 'failed')) return { ...base, ...NOTHING, state: 'failed', failure: failureOf(failed!) };
  return { ...base, ...NOTHING, state: 'pending' };
}

export const NOTHING = { authorizedMinor: 0n, capturedMinor: 0n, refunds: [] };

export function failureOf({ error_reason: reason, error_code: code, error_description: message }: Payment): { code: string; message: string } {
  return { code: reason ?? code ?? 'failed', message: message ?? 'The payment failed.' };
}

/**
 * The attempts that brought money. One that came late is only authorised, whatever its order asks for
 * (https://razorpay.com/docs/payments/payments/late-authorisation): it is captured, or Razorpay would give it back after some days.
 * What was paid by link has no note of ours yet, and gets it, so that webhooks about it tell whose it is.
 */
async function takenOf(client: RazorpayClient, attempts: readonly Payment[], paymentId: string | null): Promise<Payment[]> {
  const taken: Payment[] = [];
  for (const attempt of attempts) {
    const payment = attempt.status === 'authorized' ? await captureLate(client, attempt) : attempt;
    if (!payment?.captured) continue;
    taken.push(payment);
    if (paymentId === null || noteOf(payment, NOTE.payment) !== undefined) continue;
    await client.send('PATCH', `/payments/${payment.id}`, { notes: withNote(payment, NOTE.payment, paymentId) });
  }
  return taken;
}

async function captureLate(client: RazorpayClient, { id, amount, currency }: Payment): Promise<Payment | undefined> {
  try {
    return await client.send<Payment>('POST', `/payments/${id}/capture`, { amount, currency });
  } catch (error) {
    if (error instanceof ProviderRefusal) return undefined; // its order is paid already: Razorpay gives it back
    throw error;
  }
}

export async function capturedTruth(client: RazorpayClient, base: Pick<ProviderPayment, 'ref' | 'paymentId' | 'currency'>, taken: readonly Payment[]): Promise<ProviderPayment> {
  const capturedMinor = taken.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const refunds: ProviderRefund[] = [];
  for (const { id } of taken) refunds.push(...await refundsOf(client, id));
  return { ...base, state: 'captured', authorizedMinor: capturedMinor, capturedMinor, refunds, label: labelOf(taken[0]!) };
}

export async function refundsOf(client: RazorpayClient, paymentId: string): Promise<ProviderRefund[]> {
  const found: Refund[] = [];
  for (let skip = 0; ; skip += MOST_IN_A_PAGE) {
    const { items } = await client.get<Collection<Refund>>(`/payments/${paymentId}/refunds`, { count: MOST_IN_A_PAGE, skip });
    found.push(...items);
    if (items.length < MOST_IN_A_PAGE) break;
  }
  return found.map((refund) => ({
    ref: refund.id, refundId: noteOf(refund, NOTE.refund) ?? null, amountMinor: BigInt(refund.amount),
    state: refund.status === 'processed' ? 'succeeded' : refund.status === 'failed' ? 'failed' : 'pending',
  }));
}

/** "UPI gaurav@okbank", "Card" */
export function labelOf({ method, vpa }: Payment): string {
  return method === 'upi' ? `UPI${vpa ? ` ${vpa}` : ''}` : `${method.charAt(0).toUpperCase()}${method.slice(1)}`;
}
