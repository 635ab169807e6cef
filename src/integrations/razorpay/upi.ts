/**
 * UPI asked for by the server (https://razorpay.com/docs/payments/payment-gateway/s2s-integration/payment-methods/upi), which Razorpay enables
 * for an account on request: `intent` gives a link that opens the driver's UPI app, `collect` sends a request to their UPI address. NPCI has
 * ended collect on 28 February 2026 but for few kinds of merchants.
 */
import type { ProviderPayment, StartRequest } from '../../domain/payments/index.ts';
import type { Collection, RazorpayClient } from './client.ts';
import { NOTE, withNote, type Notes, type Order } from './entities.ts';
import { NOTHING } from './truth.ts';

/** How UPI is asked for, and whom Razorpay is told to be paying: it wants an address and a number, and of drivers we keep neither. */
export interface UpiSettings {
  flow: 'intent' | 'collect';
  payerEmail: string;
  payerPhone: string;
}

export async function orderByReceipt(client: RazorpayClient, receipt: string): Promise<Order | undefined> {
  const { items } = await client.get<Collection<Order>>('/orders', { receipt });
  return items.find((order) => order.receipt === receipt);
}

/** The order under a receipt, made when there is none. Razorpay knows no idempotency key for orders, but can look for a receipt. */
export async function orderUnder(client: RazorpayClient, receipt: string, order: object): Promise<Order> {
  return await orderByReceipt(client, receipt) ?? client.send<Order>('POST', '/orders', { ...order, receipt });
}

/** Which flow a request gets: there is no collecting without an address. */
export function flowOf({ flow }: UpiSettings, { upiAddress }: Pick<StartRequest, 'upiAddress'>): UpiSettings['flow'] {
  return upiAddress === undefined ? 'intent' : flow;
}

/** A payment that is taken as soon as the driver agrees. */
export async function startUpi(client: RazorpayClient, settings: UpiSettings, request: StartRequest): Promise<ProviderPayment> {
  const { paymentId, amountMinor, currency } = request;
  const notes = { [NOTE.payment]: paymentId, [NOTE.kind]: 'payment', [NOTE.flow]: flowOf(settings, request) };
  const order = await orderUnder(client, paymentId, { amount: Number(amountMinor), currency, notes, payment: { capture: 'automatic', capture_options: CAPTURE_OPTIONS } });
  return askDriver(client, settings, request, order, notes, {});
}

/** Authorised within 12 minutes: captured at once. Later: by us, else given back after 5 days (7200 minutes), the most there is. */
const CAPTURE_OPTIONS = { automatic_expiry_period: 12, manual_expiry_period: 7_200, refund_speed: 'optimum' };

/** Asks the driver to pay an order, or to agree to a mandate of it. */
export async function askDriver(
  client: RazorpayClient, settings: UpiSettings, request: StartRequest, order: Order, notes: Notes, more: { customer_id?: string; recurring?: '1' },
): Promise<ProviderPayment> {
  const { paymentId, currency, description, upiAddress } = request;
  const flow = flowOf(settings, request);
  const upi = flow === 'intent' ? { flow } : { flow, vpa: upiAddress };
  const { link } = await client.send<{ razorpay_payment_id: string; link?: string }>('POST', '/payments/create/upi', {
    amount: order.amount, currency, order_id: order.id, email: settings.payerEmail, contact: settings.payerPhone, method: 'upi', description, notes, upi, ...more,
  });
  return { ref: order.id, paymentId, state: 'pending', currency, ...NOTHING, ...(link === undefined ? {} : { url: link }) };
}

/** Razorpay can't take an order back: it is noted on it that nothing is expected any more. What is paid all the same is told as such. */
export function withdrawOrder(client: RazorpayClient, order: Order): Promise<Order> {
  return client.send<Order>('PATCH', `/orders/${order.id}`, { notes: withNote(order, NOTE.withdrawn, 'true') });
}
