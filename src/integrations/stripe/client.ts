/** Stripe's own client, and what its errors mean here. */
import Stripe from 'stripe';
import { ProviderRefusal } from '../../domain/payments/index.ts';

/** A job must end within a minute, and makes up to three calls one after the other. */
const TIMEOUT_MS = 15_000;

/** @param apiUrl another server that speaks Stripe's API: a local one, for tests */
export function openClient(secretKey: string, apiUrl?: string): Stripe {
  const url = apiUrl === undefined ? undefined : new URL(apiUrl);
  const isPlain = url?.protocol === 'http:';
  return new Stripe(secretKey, {
    maxNetworkRetries: 0, // the journal tries again, after it has asked for the truth
    timeout: TIMEOUT_MS, telemetry: false,
    ...(url === undefined ? {} : { protocol: isPlain ? 'http' : 'https', host: url.hostname, port: url.port || (isPlain ? 80 : 443) }),
  });
}

/** Makes a call. Throws `ProviderRefusal` for a no that is final, and for all else an error that leaves open what happened. */
export async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw translated(error);
  }
}

const MOST_KEYS = 5;

/**
 * Makes a call that moves something, once per key. Stripe keeps the answer to a key for a day, even that of a failure of its own
 * (https://docs.stripe.com/api/idempotent_requests): when it repeats such a one, or says that the key was used with other parameters (a
 * process that died had another address to send drivers back to), the call is made under another key. By then the journal has asked for
 * the truth, and it has not happened; `before` looks once more where that answer may be some seconds old.
 */
export async function keyed<T>(key: string, call: (options: Stripe.RequestOptions) => Promise<T>, before?: () => Promise<T | undefined>): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await call({ idempotencyKey: turn === 1 ? key : `${key}-${turn}` });
    } catch (error) {
      if (!isSpent(error) || turn === MOST_KEYS) throw translated(error);
    }
    const found = await before?.();
    if (found !== undefined) return found;
  }
}

/** Whether nothing good can come of that key any more. */
function isSpent(error: unknown): boolean {
  if (error instanceof Stripe.errors.StripeIdempotencyError) return true;
  return error instanceof Stripe.errors.StripeError && (error.statusCode ?? 0) >= 500 && error.headers?.['idempotent-replayed'] === 'true';
}

/** Undefined where Stripe knows nothing under that id. */
export async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing') return undefined;
    throw translated(error);
  }
}

/** Only what a person needs is taken over: Stripe's errors hold the payment, with what is private in it. */
function translated(error: unknown): Error {
  if (!(error instanceof Stripe.errors.StripeError)) return error as Error;
  const { code, decline_code: decline, message, statusCode, requestId } = error;
  if (error instanceof Stripe.errors.StripeCardError) return new ProviderRefusal(decline || code || 'card_declined', message);
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return new ProviderRefusal(code ?? 'invalid_request', message);
  const answer = statusCode === undefined ? 'did not answer' : `answered ${statusCode}`;
  return new Error(`Stripe ${answer}${requestId === undefined ? '' : ` to ${requestId}`}: ${message}`);
}
