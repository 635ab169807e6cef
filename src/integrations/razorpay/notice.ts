/** Razorpay's webhooks: HMAC-SHA256 of the body as it came, under the webhook's secret (https://razorpay.com/docs/webhooks/validate-test). They have no age. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { NoticeRefused, type PaymentProvider } from '../../domain/payments/index.ts';
import { NOTE, noteOf, type Notes } from './entities.ts';

interface Entity {
  id: string;
  order_id?: string | null;
  reference_id?: string;
  notes?: Notes;
}

interface Event {
  payload?: Partial<Record<'payment' | 'order' | 'payment_link' | 'refund', { entity: Entity }>>;
}

/** Throws `NoticeRefused`. Events of tokens alone don't tell whose they are; the payment that made the token is told of as `payment.failed`. */
export function readNotice(secret: string, headers: Record<string, string | undefined>, body: string): ReturnType<PaymentProvider['readNotice']> {
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(headers['x-razorpay-signature'] ?? '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new NoticeRefused('The notice is not signed by Razorpay.');
  const { payment, order, payment_link: link, refund } = eventOf(body).payload ?? {};
  const entities = [link, order, payment, refund].flatMap((part) => (part ? [part.entity] : []));
  const paymentId = link?.entity.reference_id ?? entities.map((entity) => noteOf(entity, NOTE.payment)).find((id) => id !== undefined);
  const ref = link?.entity.id ?? order?.entity.id ?? payment?.entity.order_id ?? undefined;
  return { ...(paymentId === undefined ? {} : { paymentId }), ...(ref === undefined ? {} : { ref }) };
}

function eventOf(body: string): Event {
  try {
    return JSON.parse(body) as Event;
  } catch {
    throw new NoticeRefused('The notice is no event of Razorpay.');
  }
}
