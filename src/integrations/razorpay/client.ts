/** Razorpay's HTTP interface (https://razorpay.com/docs/api): JSON, basic authentication, and what its errors mean here. */
import { ProviderRefusal } from '../../domain/payments/index.ts';

/** A job must end within a minute, and makes several calls one after the other. */
const TIMEOUT_MS = 8_000;
const API_URL = 'https://api.razorpay.com';

export interface RazorpayClient {
  get<T>(path: string, query?: Record<string, string | number>): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH', path: string, body?: object, headers?: Record<string, string>): Promise<T>;
}

export interface Collection<T> {
  items: T[];
}

/** @param apiUrl another server that speaks Razorpay's API: a local one, for tests */
export function openClient(keyId: string, keySecret: string, apiUrl: string = API_URL): RazorpayClient {
  const authorization = `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`;
  const call = async <T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> => {
    const response = await fetch(new URL(`/v1${path}`, apiUrl), {
      method, headers: { authorization, ...(body ? { 'content-type': 'application/json' } : {}), ...headers }, body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw errorOf(response.status, await response.text());
    return await response.json() as T;
  };
  return {
    get: (path, query = {}) => {
      const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
      return call('GET', search === '' ? path : `${path}?${search}`);
    },
    send: (method, path, body, headers) => call(method, path, body, headers),
  };
}

interface ErrorBody {
  error?: { code?: string; description?: string; reason?: string | null };
}

/** What is no answer about the payment, though it comes with the code of one: a wrong key of ours, the same key for something else. */
const OURS_TO_MEND = /authentication failed$|api \{?key|key\/secret|api key|idempotency key/i;

/** Only a request that was found wrong has surely moved nothing; all else leaves open what happened. */
function errorOf(status: number, text: string): Error {
  const { code, description = 'no reason was given', reason } = parsed(text).error ?? {};
  const isFinal = (status === 400 || status === 404) && code === 'BAD_REQUEST_ERROR' && !OURS_TO_MEND.test(description);
  if (isFinal) return new ProviderRefusal(reason && reason !== 'NA' && reason !== 'input_validation_failed' ? reason : 'bad_request', description);
  return new Error(`Razorpay answered ${status}: ${description}`);
}

function parsed(text: string): ErrorBody {
  try {
    return JSON.parse(text) as ErrorBody;
  } catch {
    return {};
  }
}

/** Undefined where Razorpay knows nothing under that id. */
export async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ProviderRefusal && /does not exist|not a valid id|not found/i.test(error.message)) return undefined;
    throw error;
  }
}
