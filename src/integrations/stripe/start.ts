/** How a payment begins at Stripe: on its hosted page, or with what the driver has saved there. */
import type Stripe from 'stripe';
import type { ProviderPayment, StartRequest } from '../../domain/payments/index.ts';
import { toStripeAmount } from './amounts.ts';
import { answered, keyed } from './client.ts';
import { PAYMENT_KEY, truthOfIntent, truthOfSession, WITH_INTENT } from './truth.ts';

/** Raising what is held takes a wish beforehand; who can't have it gets none, and the raising is refused. */
const MAY_GROW = { card: { request_incremental_authorization: 'if_available' } } as const;

/**
 * A Checkout Session. Until when it can be paid is not told to Stripe, which takes no less than half an hour and counts in real time,
 * whatever a test clock says: a payment that is too late is withdrawn by us, and after a day by Stripe.
 *
 * @param homeUrl where drivers are sent afterwards when the request names no place
 */
export async function startHosted(client: Stripe, request: StartRequest, homeUrl: string): Promise<ProviderPayment> {
  const { paymentId, currency, description, saves, customerId } = request;
  const isHeld = request.capture === 'manual';
  const unitAmount = toStripeAmount(request.amountMinor, currency);
  const customer = saves && customerId !== undefined ? await customerOf(client, customerId) : undefined;
  const metadata = { [PAYMENT_KEY]: paymentId };
  const returnUrl = request.returnUrl ?? homeUrl;
  const session = await keyed(request.idempotencyKey, (options) => client.checkout.sessions.create({
    mode: 'payment', client_reference_id: paymentId, metadata, success_url: returnUrl, cancel_url: returnUrl,
    line_items: [{ quantity: 1, price_data: { currency: currency.toLowerCase(), unit_amount: unitAmount, product_data: { name: description } } }],
    payment_intent_data: { capture_method: isHeld ? 'manual' : 'automatic', description, metadata, ...(saves ? { setup_future_usage: 'off_session' } : {}) },
    ...(isHeld ? { payment_method_options: MAY_GROW } : {}),
    ...(customer === undefined ? {} : { customer }), ...(saves && customer === undefined ? { customer_creation: 'always' } : {}),
  }, options));
  return truthOfSession(client, session);
}

/** Stripe's customer, who groups what a driver saves. Made once more after a day, which does no harm: what is saved knows its own. */
async function customerOf(client: Stripe, driverId: string): Promise<string> {
  return (await keyed(`${driverId} customer`, (options) => client.customers.create({ metadata: { plugtime_driver: driverId } }, options))).id;
}

/** A PaymentIntent without the driver. A decline throws `ProviderRefusal`. */
export async function startSaved(client: Stripe, request: StartRequest): Promise<ProviderPayment> {
  const { paymentId, currency, description, instrument } = request;
  const amount = toStripeAmount(request.amountMinor, currency);
  const isHeld = request.capture === 'manual';
  const owner = (await answered(client.paymentMethods.retrieve(instrument!))).customer;
  const customer = typeof owner === 'string' ? owner : owner?.id;
  const intent = await keyed(request.idempotencyKey, (options) => client.paymentIntents.create({
    amount, currency: currency.toLowerCase(), payment_method: instrument!, confirm: true, off_session: true, description, metadata: { [PAYMENT_KEY]: paymentId },
    capture_method: isHeld ? 'manual' : 'automatic', automatic_payment_methods: { enabled: true, allow_redirects: 'never' }, expand: WITH_INTENT,
    ...(isHeld ? { payment_method_options: MAY_GROW } : {}), ...(customer === undefined ? {} : { customer }),
  }, options), () => intentOfCustomer(client, customer, paymentId));
  return truthOfIntent(client, intent);
}

/** Among the newest of a customer: unlike a search, a list has what was made this moment. */
async function intentOfCustomer(client: Stripe, customer: string | undefined, paymentId: string): Promise<Stripe.PaymentIntent | undefined> {
  if (customer === undefined) return undefined;
  const { data } = await answered(client.paymentIntents.list({ customer, limit: 100, expand: WITH_INTENT.map((field) => `data.${field}`) }));
  return data.find(({ metadata }) => metadata[PAYMENT_KEY] === paymentId);
}
