/** Stripe's webhooks: signed, and no older than five minutes (https://docs.stripe.com/webhooks/signature). */
import Stripe from 'stripe';
import { NoticeRefused, type PaymentProvider } from '../../domain/payments/index.ts';
import { PAYMENT_KEY } from './truth.ts';

const TOLERANCE_SECONDS = 300;

/** What of an event's object tells the payment: Sessions, PaymentIntents, Charges and Refunds have it in their metadata. */
interface About {
  id?: string;
  metadata?: Record<string, string> | null;
  payment_intent?: string | { id: string } | null;
}

/** Throws `NoticeRefused`. */
export function readNotice(client: Stripe, secret: string, headers: Record<string, string | undefined>, body: string): ReturnType<PaymentProvider['readNotice']> {
  const object = verified(client, secret, headers['stripe-signature'], body).data.object as About;
  const paymentId = object.metadata?.[PAYMENT_KEY];
  const intent = typeof object.payment_intent === 'string' ? object.payment_intent : object.payment_intent?.id;
  const ref = object.id?.startsWith('cs_') ? object.id : intent ?? object.id;
  return { ...(paymentId === undefined ? {} : { paymentId }), ...(ref === undefined ? {} : { ref }) };
}

function verified(client: Stripe, secret: string, signature: string | undefined, body: string): Stripe.Event {
  try {
    return client.webhooks.constructEvent(body, signature ?? '', secret, TOLERANCE_SECONDS);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) throw new NoticeRefused('The notice is not signed by Stripe, or too old.');
    throw new NoticeRefused('The notice is no event of Stripe.');
  }
}
