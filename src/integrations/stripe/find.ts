/** Asking Stripe what it knows. */
import type Stripe from 'stripe';
import { ProviderRefusal, type PaymentProvider, type ProviderPayment } from '../../domain/payments/index.ts';
import { HOUR_MS } from '../../platform/clock/index.ts';
import { answered, orNothing } from './client.ts';
import { PAYMENT_KEY, truthOfIntent, truthOfSession, WITH_INTENT } from './truth.ts';

const isSession = (ref: string): boolean => ref.startsWith('cs_');
const WITH_LISTED_INTENT = WITH_INTENT.map((field) => `data.${field}`);

/**
 * The truth about a payment. Without Stripe's id for it, a PaymentIntent is looked for by ours. A Checkout Session whose id was lost can't
 * be looked for, and need not be: nobody knows its address, and to begin it again under its key gives it back.
 */
export async function find(client: Stripe, { paymentId, ref, createdAt }: Parameters<PaymentProvider['find']>[0]): Promise<ProviderPayment | undefined> {
  if (ref !== null && isSession(ref)) {
    const session = await orNothing(client.checkout.sessions.retrieve(ref, { expand: ['payment_intent', ...WITH_INTENT.map((field) => `payment_intent.${field}`)] }));
    return session && truthOfSession(client, session);
  }
  const intent = ref === null ? await intentOf(client, paymentId, createdAt) : await orNothing(client.paymentIntents.retrieve(ref, { expand: WITH_INTENT }));
  return intent && truthOfIntent(client, intent);
}

/** Stripe's search is up to a minute late, and there is none for merchants in India, where the list is gone through. */
async function intentOf(client: Stripe, paymentId: string, createdAt: number): Promise<Stripe.PaymentIntent | undefined> {
  try {
    const query = `metadata['${PAYMENT_KEY}']:'${paymentId}'`;
    return (await answered(client.paymentIntents.search({ query, limit: 1, expand: WITH_LISTED_INTENT }))).data[0];
  } catch (error) {
    if (!(error instanceof ProviderRefusal)) throw error;
  }
  for await (const intent of listed(client, { gte: Math.floor((createdAt - HOUR_MS) / 1_000) })) {
    if (intent.metadata[PAYMENT_KEY] === paymentId) return intent;
  }
  return undefined;
}

async function* listed(client: Stripe, created: Stripe.RangeQueryParam): AsyncIterable<Stripe.PaymentIntent> {
  let after: string | undefined;
  do {
    const page = await answered(client.paymentIntents.list({ created, limit: 100, expand: WITH_LISTED_INTENT, ...(after === undefined ? {} : { starting_after: after }) }));
    yield* page.data;
    after = page.has_more ? page.data.at(-1)!.id : undefined;
  } while (after !== undefined);
}

/** All PaymentIntents of a time: until a driver pays on a hosted page, Stripe has none. */
export async function* listPayments(client: Stripe, { from, to }: { from: number; to: number }): AsyncIterable<ProviderPayment> {
  for await (const intent of listed(client, { gte: Math.floor(from / 1_000), lt: Math.ceil(to / 1_000) })) yield truthOfIntent(client, intent);
}

/** The PaymentIntent behind a reference; undefined while a hosted page waits for the driver. */
export async function intentBehind(client: Stripe, ref: string): Promise<string | undefined> {
  if (!isSession(ref)) return ref;
  const { status, payment_intent: intent } = await answered(client.checkout.sessions.retrieve(ref));
  return status === 'complete' && intent !== null ? (typeof intent === 'string' ? intent : intent.id) : undefined;
}
