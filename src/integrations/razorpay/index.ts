/** Razorpay as a payment provider, for India: payment links, and UPI asked for by the server, with one-time mandates that hold an amount. */
import { ProviderRefusal, type PaymentProvider, type ProviderPayment } from '../../domain/payments/index.ts';
import { openClient, orNothing, type RazorpayClient } from './client.ts';
import { NOTE, noteOf, type Order, type Payment, type PaymentLink } from './entities.ts';
import { linkByReference, startLink } from './links.ts';
import { listPayments } from './list.ts';
import { cancelMandate, captureMandate, debitReceipt, MANDATE, startMandate, truthOfMandate } from './mandate.ts';
import { readNotice } from './notice.ts';
import { paymentsOf, paymentsOfLink, truthOfLink, truthOfOrder } from './truth.ts';
import { orderByReceipt, startUpi, withdrawOrder, type UpiSettings } from './upi.ts';

export interface RazorpayOptions {
  /** rzp_test_… for the sandbox, rzp_live_… */
  keyId: string;
  keySecret: string;
  webhookSecret: string;
  /** another server that speaks Razorpay's API */
  apiUrl?: string;
  /** where Razorpay lets the account ask for UPI by itself; else there are payment links only */
  upi?: UpiSettings;
}

const CURRENCY = 'INR';
const isLink = (ref: string): boolean => ref.startsWith('plink_');
const isMandate = (order: Order): boolean => noteOf(order, NOTE.kind) === MANDATE;

export function razorpayProvider({ keyId, keySecret, webhookSecret, apiUrl, upi }: RazorpayOptions): PaymentProvider {
  const client = openClient(keyId, keySecret, apiUrl);
  const truthOf = (order: Order): Promise<ProviderPayment> => (isMandate(order) ? truthOfMandate(client, order) : truthOfOrder(client, order));
  const getOrder = (ref: string) => client.get<Order>(`/orders/${ref}`);
  const getLink = (ref: string) => client.get<PaymentLink>(`/payment_links/${ref}`);
  const look = async (ref: string): Promise<ProviderPayment> => (isLink(ref) ? truthOfLink(client, await getLink(ref)) : truthOf(await getOrder(ref)));
  const findLost = async (paymentId: string): Promise<ProviderPayment | undefined> => {
    const order = upi && await orderByReceipt(client, paymentId);
    if (!order) {
      const link = await linkByReference(client, paymentId);
      return link && truthOfLink(client, link);
    }
    const truth = await truthOf(order);
    // the link of an intent is told once: when that answer was lost, the driver has to be asked again
    return truth.state === 'pending' && noteOf(order, NOTE.flow) === 'intent' ? undefined : truth;
  };
  return {
    id: 'razorpay', mode: keyId.startsWith('rzp_live_') ? 'live' : 'sandbox',
    methods: upi ? ['payment_link', 'upi_transfer'] : ['payment_link'], canHold: upi ? ['upi_transfer'] : [],
    start: async (request) => {
      if (request.currency !== CURRENCY) throw new ProviderRefusal('currency_not_supported', `Razorpay is asked for ${CURRENCY} only.`);
      if (request.method === 'payment_link') return startLink(client, request);
      return request.capture === 'manual' ? startMandate(client, upi!, request) : startUpi(client, upi!, request);
    },
    capture: async (request) => {
      const order = isLink(request.ref) ? undefined : await getOrder(request.ref);
      if (!order || !upi || !isMandate(order)) throw new ProviderRefusal('nothing_held', 'Razorpay captures that by itself.');
      return captureMandate(client, upi, order, request);
    },
    cancel: async ({ ref }) => {
      if (isLink(ref)) return truthOfLink(client, await client.send<PaymentLink>('POST', `/payment_links/${ref}/cancel`));
      const order = await getOrder(ref);
      if (isMandate(order)) return cancelMandate(client, order);
      if (order.status === 'paid') throw new ProviderRefusal('paid', 'It is paid already.');
      return truthOfOrder(client, await withdrawOrder(client, order));
    },
    refund: async ({ ref, paymentId, refundId, amountMinor, idempotencyKey }) => {
      const body = { amount: Number(amountMinor), speed: 'optimum', receipt: refundId, notes: { [NOTE.payment]: paymentId, [NOTE.refund]: refundId } };
      await client.send('POST', `/payments/${await paidAs(client, ref)}/refund`, body, { 'x-refund-idempotency': idempotencyKey });
      return look(ref);
    },
    find: async ({ paymentId, ref }) => {
      if (ref === null) return findLost(paymentId);
      return orNothing(look(ref));
    },
    readNotice: (headers, body) => readNotice(webhookSecret, headers, body),
    list: (time) => listPayments(client, time),
  };
}

/** Razorpay's payment that the money came by; of a mandate, the debit. */
async function paidAs(client: RazorpayClient, ref: string): Promise<string> {
  const paid = (await attemptsOf(client, ref)).find(({ captured }) => captured);
  if (!paid) throw new ProviderRefusal('not_captured', 'Nothing of it was captured.');
  return paid.id;
}

async function attemptsOf(client: RazorpayClient, ref: string): Promise<Payment[]> {
  if (isLink(ref)) return paymentsOfLink(client, await client.get<PaymentLink>(`/payment_links/${ref}`));
  const order = await client.get<Order>(`/orders/${ref}`);
  const paid = isMandate(order) ? await orderByReceipt(client, debitReceipt(order.receipt!)) : order;
  return paid ? paymentsOf(client, paid.id) : [];
}
