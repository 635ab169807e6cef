/** What requests that pay have in common: how a way to pay is read, and how the answer of a payment provider is waited for. */
import type { Static } from 'typebox';
import { getPayment, type PaymentWithRefunds } from '../../domain/payments/index.ts';
import { lookAtPayment, wayToPay, type PayInput } from '../../domain/reservations/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { encodePayment } from './encode/payments.ts';
import { encodeReservation } from './encode/reservation.ts';
import type { Settling } from './route.ts';
import type { PaymentIn, PaymentOut } from './schemas/payments.ts';
import type { ReservationOut } from './schemas/reservation.ts';

/** Throws `invalid_request` for words that do not go together. */
export function decodeWay(body: Omit<Static<typeof PaymentIn>, 'amount'>): Omit<PayInput, 'amountMinor'> {
  const { method, provider, return_url: returnUrl, upi_address: upiAddress, payment_method: paymentMethodId, save_payment_method: saves, metadata } = body;
  if (method !== 'upi_transfer' && upiAddress !== undefined) throw without('Only a UPI transfer goes to a UPI address.', '/upi_address', 'upi_transfer');
  if (method !== 'saved_method' && paymentMethodId !== undefined) throw without('Only a saved method is named.', '/payment_method', 'saved_method');
  const details = { ...(returnUrl === undefined ? {} : { returnUrl }), ...(upiAddress === undefined ? {} : { upiAddress }) };
  return { method, provider, details, paymentMethodId, saves, metadata };
}

const without = (detail: string, pointer: string, method: string) => new DomainError('invalid_request', detail, { errors: [{ pointer, message: `goes with ${method}` }] });

/** The answer of a provider to what a payment has asked it is waited for. */
export async function settlePayment(body: unknown, after: Settling): Promise<unknown> {
  const { id, is_busy: isBusy } = body as Static<typeof PaymentOut>;
  return isBusy ? encodePayment(await waitForPayment(after, id), after.encoding) : body;
}

/** How long an answer waits for a provider, and how often it looks. */
const PATIENCE_MS = 3_000;
const LOOK_MS = 60;

/** The answer of a provider is waited for; after that it comes as an event, and the payment says `is_busy`. */
export async function waitForPayment({ run }: Settling, id: string): Promise<PaymentWithRefunds> {
  let payment = await run((ctx) => getPayment(ctx, id));
  for (let waited = 0; payment.isBusy && waited < PATIENCE_MS; waited += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    payment = await run((ctx) => getPayment(ctx, id));
  }
  return payment;
}

/**
 * RSV-M9: a reservation that a saved method is paying is answered as it is once that has ended. One that was declined keeps its hold until that ends.
 * Throws `payment_failed` where it was asked to be paid now.
 */
export async function settlePaid(body: Static<typeof ReservationOut>, after: Settling, unless: 'must_be_paid' | 'may_fail'): Promise<unknown> {
  const { id, status, payment_method: paymentMethod } = body;
  if (status !== 'pending' || wayToPay(paymentMethod)?.method !== 'saved_method') return body;
  const { payment: begun } = await after.run((ctx) => lookAtPayment(ctx, id));
  if (begun?.method !== 'saved_method') return body;
  await waitForPayment(after, begun.id);
  return after.run(async (ctx) => {
    const { reservation, payment } = await lookAtPayment(ctx, id);
    if (unless === 'must_be_paid' && payment?.status === 'failed') {
      const { code, message } = payment.details.failure ?? { code: 'declined', message: 'It was declined.' };
      throw new DomainError('payment_failed', message, { payment: payment.id, failure: code });
    }
    return encodeReservation(ctx, reservation, after.encoding);
  });
}
