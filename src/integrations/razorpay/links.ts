/** Payment links: Razorpay's hosted page (https://razorpay.com/docs/api/payments/payment-links). What is paid there is captured at once. */
import { ProviderRefusal, type ProviderPayment, type StartRequest } from '../../domain/payments/index.ts';
import { MINUTE_MS, processNow, SECOND_MS } from '../../platform/clock/index.ts';
import type { RazorpayClient } from './client.ts';
import { NOTE, type PaymentLink } from './entities.ts';
import { truthOfLink } from './truth.ts';

/** Razorpay takes no link that ends sooner. */
const SHORTEST_MINUTES = 16;

/** There is one link to a reference: begun again, it is the same. */
export async function startLink(client: RazorpayClient, request: StartRequest): Promise<ProviderPayment> {
  const { paymentId, currency, description, returnUrl, expiresAt } = request;
  const expireBy = expiresAt === undefined ? undefined : Math.floor(Math.max(expiresAt, processNow() + SHORTEST_MINUTES * MINUTE_MS) / SECOND_MS);
  try {
    const link = await client.send<PaymentLink>('POST', '/payment_links', {
      amount: Number(request.amountMinor), currency, accept_partial: false, reference_id: paymentId, description, notes: { [NOTE.payment]: paymentId },
      notify: { sms: false, email: false }, reminder_enable: false,
      ...(returnUrl === undefined ? {} : { callback_url: returnUrl, callback_method: 'get' }), ...(expireBy === undefined ? {} : { expire_by: expireBy }),
    });
    return await truthOfLink(client, link);
  } catch (error) {
    const known = error instanceof ProviderRefusal ? await linkByReference(client, paymentId) : undefined;
    if (!known) throw error;
    return truthOfLink(client, known);
  }
}

export async function linkByReference(client: RazorpayClient, paymentId: string): Promise<PaymentLink | undefined> {
  const { payment_links: links } = await client.get<{ payment_links: PaymentLink[] }>('/payment_links', { reference_id: paymentId });
  return links.find(({ reference_id: reference }) => reference === paymentId);
}
