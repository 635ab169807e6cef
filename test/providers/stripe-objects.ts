/** What the simulated Stripe keeps, and how it answers with it. */
import { randomBytes } from 'node:crypto';

export interface Card {
  id: string;
  object: 'payment_method';
  type: 'card';
  card: { brand: string; last4: string };
  customer: string | null;
  behaviour: Behaviour;
}

/** What becomes of a payment with a card. */
export type Behaviour = 'ok' | 'declined' | 'no_increments' | 'refund_fails' | 'refund_pends';

export interface Charge {
  id: string;
  object: 'charge';
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  captured: boolean;
  currency: string;
  payment_intent: string;
  payment_method_details: { type: 'card'; card: { capture_before: number } };
  metadata: Record<string, string>;
}

export interface Intent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_received: number;
  currency: string;
  status: 'requires_payment_method' | 'requires_capture' | 'processing' | 'succeeded' | 'canceled';
  capture_method: string;
  created: number;
  customer: string | null;
  payment_method: string | null;
  latest_charge: string | null;
  metadata: Record<string, string>;
  setup_future_usage: string | null;
  last_payment_error: { code: string; decline_code: string; message: string; type: string } | null;
  livemode: false;
}

export interface Session {
  id: string;
  object: 'checkout.session';
  status: 'open' | 'complete' | 'expired';
  url: string | null;
  payment_intent: string | null;
  currency: string;
  amount_total: number;
  customer: string | null;
  metadata: Record<string, string>;
  /** what its PaymentIntent will be made with; Stripe does not show it */
  hidden: { captureMethod: string; intentMetadata: Record<string, string>; futureUsage: string | null };
}

export interface RefundObject {
  id: string;
  object: 'refund';
  amount: number;
  currency: string;
  payment_intent: string;
  charge: string;
  metadata: Record<string, string>;
  status: 'pending' | 'succeeded' | 'failed';
}

export interface StripeState {
  sessions: Map<string, Session>;
  intents: Map<string, Intent>;
  charges: Map<string, Charge>;
  cards: Map<string, Card>;
  refunds: Map<string, RefundObject>;
}

export const emptyState = (): StripeState => ({ sessions: new Map(), intents: new Map(), charges: new Map(), cards: new Map(), refunds: new Map() });

export const stripeId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** An error in Stripe's form. */
export class StripeFault extends Error {
  readonly status: number;
  readonly error: object;
  /** a request that was found wrong before anything began leaves nothing under its key */
  readonly isRemembered: boolean;
  constructor(status: number, error: { type: string; code?: string; message: string; param?: string; decline_code?: string }, isRemembered = true) {
    super(error.message);
    this.status = status;
    this.error = error;
    this.isRemembered = isRemembered;
  }
}

export const invalid = (message: string, code?: string, param?: string): StripeFault => new StripeFault(400, { type: 'invalid_request_error', message, code, param }, false);
export const wrongState = (message: string, code: string): StripeFault => new StripeFault(400, { type: 'invalid_request_error', message, code });
export const missing = (what: string, id: string): StripeFault => (
  new StripeFault(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}: '${id}'`, param: 'id' }, false));

/** An object as it is answered: what `expand` names is put in place of its id. */
export function shown(state: StripeState, object: object, expand: readonly string[]): object {
  const copy = structuredClone(object) as Record<string, unknown>;
  delete copy.hidden;
  delete copy.behaviour;
  for (const path of expand) {
    const [field = '', ...rest] = path.split('.');
    if (field === 'data') copy.data = (copy.data as object[]).map((item) => shown(state, item, [rest.join('.')]));
    else if (typeof copy[field] === 'string') copy[field] = shown(state, byId(state, copy[field]), rest.length === 0 ? [] : [rest.join('.')]);
    else if (copy[field] && rest.length > 0) copy[field] = shown(state, copy[field], [rest.join('.')]);
    else if (!(field in copy)) throw invalid(`This property cannot be expanded (${path}).`, undefined, 'expand');
  }
  return copy;
}

function byId({ intents, cards, charges }: StripeState, id: string): object {
  return intents.get(id) ?? cards.get(id) ?? charges.get(id) ?? { id };
}
