/** What Stripe says of a payment, in our words. */
import type Stripe from 'stripe';
import type { ProviderPayment, ProviderRefund } from '../../domain/payments/index.ts';
import { fromStripeAmount } from './amounts.ts';
import { answered } from './client.ts';

/** Under these our ids stand in Stripe's metadata. */
export const PAYMENT_KEY = 'plugtime_payment';
export const REFUND_KEY = 'plugtime_refund';

/** What has to come along with a PaymentIntent. */
export const WITH_INTENT = ['payment_method', 'latest_charge'];

/** Of a Checkout Session that was asked for with its PaymentIntent. Stripe makes that only when the driver pays. */
export async function truthOfSession(client: Stripe, session: Stripe.Checkout.Session): Promise<ProviderPayment> {
  const { id: ref, status, url } = session;
  const intent = typeof session.payment_intent === 'string' ? undefined : session.payment_intent ?? undefined;
  const base = { ref, paymentId: session.metadata?.[PAYMENT_KEY] ?? null };
  if (status === 'complete' && intent) return { ...(await truthOfIntent(client, intent)), ...base };
  const currency = session.currency!.toUpperCase();
  const nothing = { ...base, currency, authorizedMinor: 0n, capturedMinor: 0n, refunds: [] };
  if (status === 'expired') return { ...nothing, state: 'cancelled' };
  return { ...nothing, state: 'pending', ...(url === null ? {} : { url }) };
}

/** Of a PaymentIntent that was asked for with `WITH_INTENT`. */
export async function truthOfIntent(client: Stripe, intent: Stripe.PaymentIntent): Promise<ProviderPayment> {
  const currency = intent.currency.toUpperCase();
  const isCaptured = intent.amount_received > 0;
  const isHeld = intent.status === 'requires_capture';
  const method = typeof intent.payment_method === 'string' ? undefined : intent.payment_method ?? undefined;
  const label = method && labelOf(method);
  const error = intent.last_payment_error;
  const capturableUntil = isHeld ? capturableUntilOf(intent) : undefined;
  return {
    ref: intent.id, paymentId: intent.metadata[PAYMENT_KEY] ?? null, state: isCaptured ? 'captured' : stateOf(intent), currency,
    authorizedMinor: isCaptured || isHeld ? fromStripeAmount(isHeld ? intent.amount_capturable : intent.amount, currency) : 0n,
    capturedMinor: fromStripeAmount(intent.amount_received, currency), refunds: isCaptured ? await refundsOf(client, intent.id) : [],
    ...(label === undefined ? {} : { label }),
    ...(method && label !== undefined && intent.setup_future_usage === 'off_session' && (isCaptured || isHeld) ? { instrument: { ref: method.id, label } } : {}),
    ...(capturableUntil === undefined ? {} : { capturableUntil }),
    ...(error ? { failure: { code: error.decline_code ?? error.code ?? error.type, message: error.message ?? 'The payment was declined.' } } : {}),
  };
}

function stateOf({ status }: Stripe.PaymentIntent): ProviderPayment['state'] {
  if (status === 'requires_capture') return 'authorized';
  if (status === 'canceled') return 'cancelled';
  return status === 'requires_payment_method' ? 'failed' : 'pending';
}

/** Stripe lets go of it then, by itself. */
function capturableUntilOf({ latest_charge: charge }: Stripe.PaymentIntent): number | undefined {
  const seconds = typeof charge === 'string' ? undefined : charge?.payment_method_details?.card?.capture_before;
  return seconds === undefined ? undefined : seconds * 1_000;
}

const BRANDS: Record<string, string> = { amex: 'American Express', diners: 'Diners Club', jcb: 'JCB', unionpay: 'UnionPay', eftpos_au: 'eftpos' };
const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1).replaceAll('_', ' ')}`;

/** "Visa •••• 4242" */
export function labelOf({ card, type }: Stripe.PaymentMethod): string {
  return card ? `${BRANDS[card.brand] ?? capitalised(card.brand)} •••• ${card.last4}` : capitalised(type);
}

async function refundsOf(client: Stripe, intentId: string): Promise<ProviderRefund[]> {
  const refunds = await answered(client.refunds.list({ payment_intent: intentId, limit: 100 }).autoPagingToArray({ limit: 10_000 }));
  return refunds.map(refundTruth).reverse();
}

function refundTruth({ id, amount, currency, metadata, status }: Stripe.Refund): ProviderRefund {
  const state = status === 'succeeded' ? 'succeeded' : status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
  return { ref: id, refundId: metadata?.[REFUND_KEY] ?? null, amountMinor: fromStripeAmount(amount, currency.toUpperCase()), state };
}
