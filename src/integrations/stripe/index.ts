/** Stripe as a payment provider: its hosted page, and cards that drivers have saved there. */
import { ProviderRefusal, type PaymentProvider } from '../../domain/payments/index.ts';
import { toStripeAmount } from './amounts.ts';
import { answered, keyed, openClient } from './client.ts';
import { find, intentBehind, listPayments } from './find.ts';
import { readNotice } from './notice.ts';
import { startHosted, startSaved } from './start.ts';
import { PAYMENT_KEY, REFUND_KEY, truthOfIntent, WITH_INTENT } from './truth.ts';

export interface StripeOptions {
  /** sk_test_… or rk_test_… for the sandbox, sk_live_… or rk_live_… */
  secretKey: string;
  /** whsec_… */
  webhookSecret: string;
  /** another server that speaks Stripe's API */
  apiUrl?: string;
  /** where drivers are sent after they have paid when nobody named a place */
  homeUrl(): string;
}

export function stripeProvider({ secretKey, webhookSecret, apiUrl, homeUrl }: StripeOptions): PaymentProvider {
  const client = openClient(secretKey, apiUrl);
  /** What a change of a PaymentIntent left behind, under the reference that the payment is known by. */
  const truthAfter = async (ref: string, intentId: string) => {
    const intent = await answered(client.paymentIntents.retrieve(intentId, { expand: WITH_INTENT }));
    return { ...(await truthOfIntent(client, intent)), ref };
  };
  const needIntent = async (ref: string): Promise<string> => {
    const intentId = await intentBehind(client, ref);
    if (intentId === undefined) throw new ProviderRefusal('not_paid_yet', 'Nobody has paid on the page yet.');
    return intentId;
  };
  return {
    id: 'stripe', mode: /^[a-z]+_live_/.test(secretKey) ? 'live' : 'sandbox', methods: ['payment_link', 'saved_method'], canHold: ['payment_link', 'saved_method'],
    start: (request) => (request.method === 'saved_method' ? startSaved(client, request) : startHosted(client, request, homeUrl())),
    capture: async ({ ref, idempotencyKey, amountMinor, currency }) => {
      const intentId = await needIntent(ref);
      await keyed(idempotencyKey, (options) => client.paymentIntents.capture(intentId, { amount_to_capture: toStripeAmount(amountMinor, currency) }, options));
      return truthAfter(ref, intentId);
    },
    increase: async ({ ref, idempotencyKey, amountMinor, currency }) => {
      const intentId = await needIntent(ref);
      await keyed(idempotencyKey, (options) => client.paymentIntents.incrementAuthorization(intentId, { amount: toStripeAmount(amountMinor, currency) }, options));
      return truthAfter(ref, intentId);
    },
    cancel: async ({ ref, paymentId, idempotencyKey, currency }) => {
      const intentId = await intentBehind(client, ref);
      if (intentId === undefined) {
        await keyed(idempotencyKey, (options) => client.checkout.sessions.expire(ref, {}, options));
        return { ref, paymentId, state: 'cancelled', currency, authorizedMinor: 0n, capturedMinor: 0n, refunds: [] };
      }
      await keyed(idempotencyKey, (options) => client.paymentIntents.cancel(intentId, {}, options));
      return truthAfter(ref, intentId);
    },
    refund: async ({ ref, paymentId, refundId, idempotencyKey, amountMinor, currency }) => {
      const intentId = await needIntent(ref);
      const metadata = { [PAYMENT_KEY]: paymentId, [REFUND_KEY]: refundId };
      await keyed(idempotencyKey, (options) => client.refunds.create({ payment_intent: intentId, amount: toStripeAmount(amountMinor, currency), metadata }, options));
      return truthAfter(ref, intentId);
    },
    find: (by) => find(client, by),
    readNotice: (headers, body) => readNotice(client, webhookSecret, headers, body),
    list: (time) => listPayments(client, time),
  };
}
