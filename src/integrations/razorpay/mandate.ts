/**
 * One-time mandates of UPI: the bank blocks an amount, and we debit as much or less of it, once; the rest is unblocked
 * (https://razorpay.com/docs/payments/payment-gateway/s2s-integration/recurring-payments/upi-otm). The driver agrees by a payment that fails
 * on purpose and leaves a token; the debit is another order, paid with that token. What an order's `amount` is beside `max_amount` Razorpay
 * does not say: both are the same here. Nor does it show the `link` of the intent flow for mandates: it is used where it comes.
 */
import { ProviderRefusal, type ChangeRequest, type ProviderPayment, type StartRequest } from '../../domain/payments/index.ts';
import { DAY_MS, processNow, SECOND_MS } from '../../platform/clock/index.ts';
import { orNothing, type RazorpayClient } from './client.ts';
import { AGREED, NOTE, noteOf, type Order, type Payment, type Token } from './entities.ts';
import { capturedTruth, failureOf, labelOf, NOTHING, paymentsOf } from './truth.ts';
import { askDriver, flowOf, orderByReceipt, orderUnder, withdrawOrder, type UpiSettings } from './upi.ts';

/** How long an amount may stay blocked. Banks keep to it; of most merchants Razorpay would take far more. */
const MANDATE_DAYS = 30;
export const MANDATE = 'mandate';

/** The order that a mandate is debited by. */
export const debitReceipt = (paymentId: string): string => `${paymentId}-debit`;

export async function startMandate(client: RazorpayClient, settings: UpiSettings, request: StartRequest): Promise<ProviderPayment> {
  const { paymentId, currency } = request;
  const amount = Number(request.amountMinor);
  const payer = { name: 'Plugtime', email: settings.payerEmail, contact: settings.payerPhone, fail_existing: '0' };
  const { id: customerId } = await client.send<{ id: string }>('POST', '/customers', payer);
  const notes = { [NOTE.payment]: paymentId, [NOTE.kind]: MANDATE, [NOTE.flow]: flowOf(settings, request) };
  const order = await orderUnder(client, paymentId, {
    amount, currency, customer_id: customerId, method: 'upi', notes,
    token: { max_amount: amount, expire_at: Math.floor((processNow() + MANDATE_DAYS * DAY_MS) / SECOND_MS), frequency: 'one_time' },
  });
  return askDriver(client, settings, request, order, notes, { customer_id: customerId, recurring: '1' });
}

/** What became of a mandate: the attempt that left a token, that token, and the debit, as far as there are any. */
interface Mandate {
  order: Order;
  attempts: Payment[];
  agreed?: Payment;
  token?: Token;
  debit?: Payment;
}

async function readMandate(client: RazorpayClient, order: Order): Promise<Mandate> {
  const attempts = await paymentsOf(client, order.id);
  const withToken = attempts.filter(({ token_id: token }) => token);
  const agreed = withToken.find(({ error_reason: reason }) => reason === AGREED) ?? withToken.findLast(({ error_reason: reason }) => reason === null);
  const token = agreed && await orNothing(client.get<Token>(`/customers/${agreed.customer_id}/tokens/${agreed.token_id}`));
  const debitOrder = agreed && order.receipt !== null ? await orderByReceipt(client, debitReceipt(order.receipt)) : undefined;
  const debit = debitOrder && (await paymentsOf(client, debitOrder.id)).at(-1);
  return { order, attempts, agreed, token, debit };
}

export async function truthOfMandate(client: RazorpayClient, order: Order): Promise<ProviderPayment> {
  return truthOf(client, await readMandate(client, order));
}

async function truthOf(client: RazorpayClient, { order, attempts, agreed, token, debit }: Mandate): Promise<ProviderPayment> {
  const base = { ref: order.id, paymentId: noteOf(order, NOTE.payment) ?? order.receipt, currency: order.currency };
  const held = { ...base, authorizedMinor: BigInt(order.amount), capturedMinor: 0n, refunds: [] };
  if (debit?.captured) return { ...(await capturedTruth(client, base, [debit])), authorizedMinor: held.authorizedMinor };
  const status = token?.recurring_details.status;
  const capturableUntil = token?.expired_at ? { capturableUntil: token.expired_at * SECOND_MS } : {};
  if (status === 'confirmed' || status === 'paused' || debit?.status === 'created' || debit?.status === 'authorized') {
    return { ...held, state: 'authorized', label: labelOf(agreed!), ...capturableUntil };
  }
  if (status === 'rejected') {
    const message = token?.recurring_details.failure_reason ?? 'The driver did not agree.';
    return { ...base, ...NOTHING, state: 'failed', failure: { code: 'mandate_rejected', message } };
  }
  if (debit) return { ...base, ...NOTHING, state: 'cancelled', failure: failureOf(debit) };
  if (noteOf(order, NOTE.withdrawn) !== undefined || status === 'cancelled' || status === 'cancellation_initiated') return { ...base, ...NOTHING, state: 'cancelled' };
  if (status === undefined && agreed?.error_reason === AGREED) return { ...base, ...NOTHING, state: 'cancelled' }; // Razorpay forgets tokens that were used up or ran out
  if (attempts.length > 0 && attempts.every((attempt) => attempt.status === 'failed' && attempt.error_reason !== AGREED)) {
    return { ...base, ...NOTHING, state: 'failed', failure: failureOf(attempts.at(-1)!) };
  }
  return { ...base, ...NOTHING, state: 'pending' };
}

/** Debits so much of what is blocked. Throws while the debit is under way, so that it is asked for again; there is never a second one. */
export async function captureMandate(client: RazorpayClient, settings: UpiSettings, order: Order, request: ChangeRequest): Promise<ProviderPayment> {
  const mandate = await readMandate(client, order);
  const { agreed, token } = mandate;
  if (!mandate.debit && (!agreed || token?.recurring_details.status !== 'confirmed')) throw new ProviderRefusal('mandate_not_confirmed', 'There is no mandate that stands.');
  if (!mandate.debit) await askForDebit(client, settings, mandate, request);
  const after = mandate.debit ? mandate : await readMandate(client, order);
  if (after.debit?.status === 'failed') throw new ProviderRefusal(failureOf(after.debit).code, failureOf(after.debit).message);
  if (!after.debit?.captured) throw new Error(`the debit of ${request.paymentId} is under way`);
  return truthOf(client, after);
}

async function askForDebit(client: RazorpayClient, settings: UpiSettings, { agreed, token }: Mandate, { paymentId, amountMinor, currency }: ChangeRequest): Promise<void> {
  const notes = { [NOTE.payment]: paymentId, [NOTE.kind]: 'debit' };
  const order = await orderUnder(client, debitReceipt(paymentId), { amount: Number(amountMinor), currency, payment_capture: true, notes });
  if (BigInt(order.amount) !== amountMinor) throw new ProviderRefusal('debit_begun', `A debit of ${order.amount} paise was begun before, and there can be one only.`);
  await client.send('POST', '/payments/create/recurring', {
    email: settings.payerEmail, contact: settings.payerPhone, amount: order.amount, currency, order_id: order.id, customer_id: agreed!.customer_id, token: token!.id,
    recurring: true, description: `Debit of ${paymentId}`, notes,
  });
}

/** Gives up what is blocked, or what was asked for. */
export async function cancelMandate(client: RazorpayClient, order: Order): Promise<ProviderPayment> {
  const { agreed, token, debit: debited } = await readMandate(client, order);
  if (debited) throw new ProviderRefusal('debited', 'The mandate was debited already.');
  if (agreed && token && ['initiated', 'confirmed', 'paused'].includes(token.recurring_details.status)) {
    await client.send('PUT', `/customers/${agreed.customer_id}/tokens/${token.id}/cancel`);
  }
  return truthOfMandate(client, await withdrawOrder(client, order));
}
