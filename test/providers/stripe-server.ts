/**
 * A local server that speaks as much of Stripe's API as Plugtime uses, strictly: what it does not know it refuses in Stripe's words. It is a
 * simulator: its state is in memory, and no money moves. `npx plugtime`, pointed at it by STRIPE_API_URL, can be tried without an account.
 */
import { createHmac } from 'node:crypto';
import { mapAt, namesOf, parseForm, textAt, type Params } from './form.ts';
import { matchRoute, payPage, startSimulator, type Call, type Notice, type Reply, type Routes, type Simulator } from './simulator.ts';
import {
  emptyState, invalid, missing, nowSeconds, shown, stripeId, StripeFault, wrongState, type Behaviour, type Card, type Charge, type Intent, type RefundObject, type Session,
  type StripeState,
} from './stripe-objects.ts';

export interface StripeServerOptions {
  secretKey?: string;
  webhookSecret?: string;
  port?: number;
  /** where notices are sent as they happen; else they are kept only */
  webhookUrl?: string;
  /** as for merchants in India */
  hasNoSearch?: boolean;
}

export interface StripeServer extends Simulator {
  state: StripeState;
  secretKey: string;
  webhookSecret: string;
  /** all that it has told of, oldest first, signed now or so many seconds ago */
  notices(agoSeconds?: number): Notice[];
  saveCard(card?: { brand?: string; last4?: string; customer?: string; behaviour?: Behaviour }): Card;
  /** a driver pays on the page */
  pay(sessionId: string, behaviour?: Behaviour): void;
  /** somebody gives money back without us */
  refundByHand(intentId: string, amount: number): RefundObject;
  settleRefunds(status: 'succeeded' | 'failed'): void;
  /** the bank lets go of what is held */
  letGo(intentId: string): void;
}

interface Request {
  params: Params;
  path: Record<string, string>;
  query: URLSearchParams;
}

interface Route {
  /** parameters that it takes, besides `expand`; `metadata[]` is any key of it */
  takes: string[];
  run(request: Request): object;
}

const NO_FUNDS = { code: 'card_declined', decline_code: 'insufficient_funds', message: 'Your card has insufficient funds.', type: 'card_error' };
const HELD_DAYS = 7;
const DAY_SECONDS = 86_400;

export async function startStripeServer(options: StripeServerOptions = {}): Promise<StripeServer> {
  const { secretKey = 'sk_test_simulated0123456789', webhookSecret = 'whsec_simulated0123456789', hasNoSearch = false, webhookUrl } = options;
  const state = emptyState();
  const remembered = new Map<string, { fingerprint: string; reply: Reply }>();
  const events: { body: string }[] = [];
  const sign = (body: string, ago: number): Notice => {
    const at = nowSeconds() - ago;
    return { body, headers: { 'stripe-signature': `t=${at},v1=${createHmac('sha256', webhookSecret).update(`${at}.${body}`).digest('hex')}` } };
  };
  const tell = (type: string, object: object): void => {
    const event = { id: stripeId('evt'), object: 'event', type, created: nowSeconds(), livemode: false, data: { object: shown(state, object, []) } };
    const body = JSON.stringify(event, null, 2);
    events.push({ body });
    if (webhookUrl !== undefined) {
      const notice = sign(body, 0);
      void fetch(webhookUrl, { method: 'POST', body, headers: { 'content-type': 'application/json', ...notice.headers } }).catch(() => undefined);
    }
  };
  const need = <T>(from: Map<string, T>, what: string, id: string): T => {
    const found = from.get(id);
    if (!found) throw missing(what, id);
    return found;
  };

  /** Authorises, and captures unless that is for later; a decline leaves the intent without a payment method. */
  const confirm = (intent: Intent, card: Card): void => {
    if (card.behaviour === 'declined') {
      const error = NO_FUNDS;
      Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error });
      tell('payment_intent.payment_failed', intent);
      throw new StripeFault(402, error);
    }
    const isHeld = intent.capture_method === 'manual';
    const charge: Charge = {
      id: stripeId('ch'), object: 'charge', amount: intent.amount, amount_captured: isHeld ? 0 : intent.amount, amount_refunded: 0, captured: !isHeld,
      currency: intent.currency, payment_intent: intent.id, metadata: intent.metadata,
      payment_method_details: { type: 'card', card: { capture_before: nowSeconds() + HELD_DAYS * DAY_SECONDS } },
    };
    state.charges.set(charge.id, charge);
    Object.assign(intent, {
      status: isHeld ? 'requires_capture' : 'succeeded', payment_method: card.id, latest_charge: charge.id, last_payment_error: null,
      amount_capturable: isHeld ? intent.amount : 0, amount_received: isHeld ? 0 : intent.amount,
    });
    tell(isHeld ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded', intent);
  };
  const makeIntent = (given: Pick<Intent, 'amount' | 'currency' | 'capture_method' | 'metadata' | 'customer' | 'setup_future_usage'>): Intent => {
    const intent: Intent = {
      id: stripeId('pi'), object: 'payment_intent', amount_capturable: 0, amount_received: 0, status: 'requires_payment_method', created: nowSeconds(), payment_method: null,
      latest_charge: null, last_payment_error: null, livemode: false, ...given,
    };
    state.intents.set(intent.id, intent);
    return intent;
  };
  const refund = (intent: Intent, amount: number, metadata: Record<string, string>): RefundObject => {
    const charge = state.charges.get(intent.latest_charge ?? '');
    if (!charge?.captured) throw wrongState(`The PaymentIntent ${intent.id} does not have a successful charge to refund.`, 'charge_not_captured');
    if (charge.amount_refunded + amount > charge.amount_captured) {
      const code = charge.amount_refunded === charge.amount_captured ? 'charge_already_refunded' : 'amount_too_large';
      throw wrongState('Refund amount is greater than unrefunded amount on charge.', code);
    }
    const { behaviour } = state.cards.get(intent.payment_method!)!;
    const status = behaviour === 'refund_fails' ? 'failed' : behaviour === 'refund_pends' ? 'pending' : 'succeeded';
    const made: RefundObject = { id: stripeId('re'), object: 'refund', amount, currency: intent.currency, payment_intent: intent.id, charge: charge.id, metadata, status };
    state.refunds.set(made.id, made);
    if (status !== 'failed') charge.amount_refunded += amount;
    tell('refund.created', made);
    tell('charge.refunded', charge);
    return made;
  };

  const routes: Routes<Route> = {
    'POST /v1/customers': { takes: ['metadata[]'], run: ({ params }) => ({ id: stripeId('cus'), object: 'customer', metadata: mapAt(params, 'metadata') }) },
    'GET /v1/payment_methods/:id': { takes: [], run: ({ path }) => need(state.cards, 'PaymentMethod', path.id!) },
    'POST /v1/checkout/sessions': {
      takes: [
        'mode', 'client_reference_id', 'metadata[]', 'success_url', 'cancel_url', 'line_items[][quantity]', 'line_items[][price_data][currency]',
        'line_items[][price_data][unit_amount]', 'line_items[][price_data][product_data][name]', 'payment_intent_data[capture_method]', 'payment_intent_data[description]',
        'payment_intent_data[metadata][]', 'payment_intent_data[setup_future_usage]', 'payment_method_options[card][request_incremental_authorization]', 'customer',
        'customer_creation',
      ],
      run: ({ params }) => {
        for (const name of ['mode', 'success_url']) if (textAt(params, name) === undefined) throw invalid(`Missing required param: ${name}.`, 'parameter_missing', name);
        const currency = textAt(params, 'line_items', '0', 'price_data', 'currency') ?? '';
        const session: Session = {
          id: stripeId('cs_test'), object: 'checkout.session', status: 'open', url: null, payment_intent: null, currency, customer: textAt(params, 'customer') ?? null,
          amount_total: amountOf(textAt(params, 'line_items', '0', 'price_data', 'unit_amount'), currency), metadata: mapAt(params, 'metadata'),
          hidden: {
            captureMethod: textAt(params, 'payment_intent_data', 'capture_method') ?? 'automatic', intentMetadata: mapAt(params, 'payment_intent_data', 'metadata'),
            futureUsage: textAt(params, 'payment_intent_data', 'setup_future_usage') ?? null,
          },
        };
        session.url = `${simulator.url}/pay/${session.id}`;
        state.sessions.set(session.id, session);
        return session;
      },
    },
    'GET /v1/checkout/sessions/:id': { takes: [], run: ({ path }) => need(state.sessions, 'checkout.session', path.id!) },
    'POST /v1/checkout/sessions/:id/expire': {
      takes: [],
      run: ({ path }) => {
        const session = need(state.sessions, 'checkout.session', path.id!);
        const isOpen = session.status === 'open';
        if (!isOpen) throw wrongState(`Only Checkout Sessions with a status in ["open"] can be expired. This one is ${session.status}.`, 'session_not_open');
        Object.assign(session, { status: 'expired', url: null });
        tell('checkout.session.expired', session);
        return session;
      },
    },
    'POST /v1/payment_intents': {
      takes: [
        'amount', 'currency', 'payment_method', 'confirm', 'off_session', 'description', 'metadata[]', 'capture_method', 'customer', 'automatic_payment_methods[enabled]',
        'automatic_payment_methods[allow_redirects]', 'payment_method_options[card][request_incremental_authorization]',
      ],
      run: ({ params }) => {
        const [currency, card] = [textAt(params, 'currency') ?? '', need(state.cards, 'PaymentMethod', textAt(params, 'payment_method') ?? '')];
        const customer = textAt(params, 'customer') ?? null;
        if (card.customer !== customer) throw invalid('The provided PaymentMethod belongs to another Customer.', 'payment_method_customer_mismatch', 'payment_method');
        const intent = makeIntent({
          amount: amountOf(textAt(params, 'amount'), currency), currency, capture_method: textAt(params, 'capture_method') ?? 'automatic',
          metadata: mapAt(params, 'metadata'), customer, setup_future_usage: null,
        });
        confirm(intent, card);
        return intent;
      },
    },
    'GET /v1/payment_intents': {
      takes: ['customer', 'limit', 'starting_after', 'created[gte]', 'created[lt]'],
      run: ({ query }) => page([...state.intents.values()].reverse().filter(({ customer, created }) => (
        (query.get('customer') ?? customer) === customer && created >= Number(query.get('created[gte]') ?? 0) && created < Number(query.get('created[lt]') ?? Infinity))), query),
    },
    'GET /v1/payment_intents/search': {
      takes: ['query', 'limit'],
      run: ({ query }) => {
        const [, key, value] = /^metadata\['(\w+)'\]:'(\w+)'$/.exec(query.get('query') ?? '') ?? [];
        if (key === undefined) throw invalid('We were unable to parse your search query.');
        if (hasNoSearch) throw invalid('The search feature is temporarily unavailable in your region. Please use the List endpoint instead.');
        return { ...page([...state.intents.values()].filter(({ metadata }) => metadata[key] === value), query), object: 'search_result' };
      },
    },
    'GET /v1/payment_intents/:id': { takes: [], run: ({ path }) => need(state.intents, 'payment_intent', path.id!) },
    'POST /v1/payment_intents/:id/capture': {
      takes: ['amount_to_capture'],
      run: ({ path, params }) => {
        const intent = held(need(state.intents, 'payment_intent', path.id!), 'captured');
        const amount = amountOf(textAt(params, 'amount_to_capture'), intent.currency);
        if (amount > intent.amount_capturable) throw wrongState('The amount to capture is greater than the capturable amount.', 'amount_too_large');
        Object.assign(state.charges.get(intent.latest_charge!)!, { captured: true, amount_captured: amount });
        Object.assign(intent, { status: 'succeeded', amount_capturable: 0, amount_received: amount });
        tell('payment_intent.succeeded', intent);
        return intent;
      },
    },
    'POST /v1/payment_intents/:id/increment_authorization': {
      takes: ['amount'],
      run: ({ path, params }) => {
        const intent = held(need(state.intents, 'payment_intent', path.id!), 'incremented');
        const amount = amountOf(textAt(params, 'amount'), intent.currency);
        if (amount <= intent.amount) throw wrongState('The amount must be greater than the currently authorized amount.', 'amount_too_small');
        if (state.cards.get(intent.payment_method!)!.behaviour === 'no_increments') {
          throw new StripeFault(402, NO_FUNDS);
        }
        Object.assign(intent, { amount, amount_capturable: amount });
        state.charges.get(intent.latest_charge!)!.amount = amount;
        tell('payment_intent.amount_capturable_updated', intent);
        return intent;
      },
    },
    'POST /v1/payment_intents/:id/cancel': {
      takes: [],
      run: ({ path }) => {
        const intent = need(state.intents, 'payment_intent', path.id!);
        if (intent.status === 'succeeded' || intent.status === 'canceled') {
          throw wrongState(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, 'payment_intent_unexpected_state');
        }
        return release(intent);
      },
    },
    'POST /v1/refunds': {
      takes: ['payment_intent', 'amount', 'metadata[]'],
      run: ({ params }) => {
        const intent = need(state.intents, 'payment_intent', textAt(params, 'payment_intent') ?? '');
        return refund(intent, amountOf(textAt(params, 'amount'), intent.currency), mapAt(params, 'metadata'));
      },
    },
    'GET /v1/refunds': {
      takes: ['payment_intent', 'limit', 'starting_after'],
      run: ({ query }) => page([...state.refunds.values()].reverse().filter(({ payment_intent: id }) => id === query.get('payment_intent')), query),
    },
  };
  const release = (intent: Intent): Intent => {
    Object.assign(intent, { status: 'canceled', amount_capturable: 0 });
    tell('payment_intent.canceled', intent);
    return intent;
  };

  const execute = (call: Call): Reply => {
    const found = matchRoute(routes, call.method, call.path);
    if (!found) return failed(new StripeFault(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${call.method}: ${call.path}).` }));
    const given = namesOf(call.method === 'GET' ? call.query.toString() : call.body);
    const isTaken = (name: string): boolean => found.route.takes.some((known) => (known.endsWith('[]') ? name.startsWith(known.slice(0, -1)) : name === known));
    const unknown = given.find((name) => !name.startsWith('expand[') && !isTaken(name));
    const params = parseForm(call.method === 'GET' ? call.query.toString() : call.body);
    try {
      if (unknown !== undefined) throw invalid(`Received unknown parameter: ${unknown}`, 'parameter_unknown', unknown);
      return { status: 200, body: shown(state, found.route.run({ params, path: found.params, query: call.query }), Object.values(mapAt(params, 'expand'))) };
    } catch (error) {
      if (!(error instanceof StripeFault)) throw error;
      return failed(error);
    }
  };
  const failed = (fault: StripeFault): Reply & { isRemembered?: boolean } => ({ status: fault.status, body: { error: fault.error }, isRemembered: fault.isRemembered });

  /** The first answer to a key is kept, whatever it was; the same key for something else is refused. */
  const once = (call: Call, run: () => Reply): Reply => {
    const key = call.headers['idempotency-key'];
    if (call.method !== 'POST' || key === undefined) return run();
    const fingerprint = `${call.path}?${call.body}`;
    const first = remembered.get(key);
    if (first && first.fingerprint !== fingerprint) {
      const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}'.`;
      return { status: 400, body: { error: { type: 'idempotency_error', message } } };
    }
    if (first) return { ...first.reply, headers: { 'idempotent-replayed': 'true' } };
    const reply = run();
    if ((reply as { isRemembered?: boolean }).isRemembered !== false) remembered.set(key, { fingerprint, reply });
    return reply;
  };

  const servePage = (call: Call): Reply => {
    const session = state.sessions.get(call.path.split('/')[2]!);
    if (session?.status !== 'open') return { status: 200, body: { html: '<!doctype html><title>Paid</title><p>That page has done its work.</p>' } };
    if (call.method === 'POST') pay(session.id, parseForm(call.body).way as Behaviour);
    const ways: Behaviour[] = ['ok', 'declined', 'no_increments', 'refund_fails', 'refund_pends'];
    const isPaid = session.status !== 'open';
    return { status: 200, body: isPaid ? { html: '<!doctype html><p>Thank you.</p>' } : payPage('Stripe, simulated', `${session.amount_total} ${session.currency}`, ways) };
  };

  const simulator = await startSimulator({
    port: options.port,
    answer: (call) => {
      if (call.path.startsWith('/pay/')) return servePage(call);
      const given = /^(?:Bearer|Basic) (.*)$/.exec(call.headers.authorization ?? '')?.[1];
      if (given !== secretKey) {
        const message = given === undefined ? 'You did not provide an API key.' : `Invalid API Key provided: ${given.slice(0, 8)}****${given.slice(-4)}`;
        return { status: 401, body: { error: { type: 'invalid_request_error', message } } };
      }
      return once(call, () => execute(call));
    },
    failure: (call, status, isAfter) => {
      const tooMany = { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' };
      const reply = { status, body: { error: status === 429 ? tooMany : { type: 'api_error', message: 'An unknown error occurred.' } } };
      const key = call.headers['idempotency-key'];
      if (status === 500 && key !== undefined && (isAfter || !remembered.has(key))) remembered.set(key, { fingerprint: `${call.path}?${call.body}`, reply });
      return reply;
    },
  });

  const saveCard: StripeServer['saveCard'] = ({ brand = 'visa', last4 = '4242', customer, behaviour = 'ok' } = {}) => {
    const card: Card = { id: stripeId('pm'), object: 'payment_method', type: 'card', card: { brand, last4 }, customer: customer ?? null, behaviour };
    state.cards.set(card.id, card);
    return card;
  };
  const pay: StripeServer['pay'] = (sessionId, behaviour = 'ok') => {
    const session = need(state.sessions, 'checkout.session', sessionId);
    if (session.status !== 'open') throw new Error(`the page of ${sessionId} is closed`);
    const { captureMethod, intentMetadata, futureUsage } = session.hidden;
    const customer = session.customer ?? (futureUsage === null ? null : stripeId('cus'));
    const { amount_total: amount, currency } = session;
    const wanted = { amount, currency, capture_method: captureMethod, metadata: intentMetadata, customer, setup_future_usage: futureUsage };
    const intent = state.intents.get(session.payment_intent ?? '') ?? makeIntent(wanted);
    session.payment_intent = intent.id;
    try {
      confirm(intent, saveCard({ behaviour, ...(customer === null ? {} : { customer }) }));
    } catch (error) {
      if (error instanceof StripeFault) return; // the page says so, and the driver may try again
      throw error;
    }
    Object.assign(session, { status: 'complete', url: null });
    tell('checkout.session.completed', session);
  };
  return {
    ...simulator, state, secretKey, webhookSecret, saveCard, pay,
    notices: (ago = 0) => events.map(({ body }) => sign(body, ago)),
    refundByHand: (intentId, amount) => refund(need(state.intents, 'payment_intent', intentId), amount, {}),
    settleRefunds: (status) => {
      for (const made of state.refunds.values()) {
        if (made.status !== 'pending') continue;
        made.status = status;
        if (status === 'failed') state.charges.get(made.charge)!.amount_refunded -= made.amount;
        tell('refund.updated', made);
      }
    },
    letGo: (intentId) => void release(need(state.intents, 'payment_intent', intentId)),
  };
}

function held(intent: Intent, what: string): Intent {
  if (intent.status === 'requires_capture') return intent;
  throw wrongState(`This PaymentIntent could not be ${what} because it has a status of ${intent.status}.`, 'payment_intent_unexpected_state');
}

/** What Stripe says of amounts: whole, above nothing, and 00 or 0 at the end where the currency wants it. */
function amountOf(text: string | undefined, currency: string): number {
  const amount = Number(text);
  if (!/^\d+$/.test(text ?? '') || amount <= 0) throw invalid('Invalid positive integer', 'parameter_invalid_integer', 'amount');
  const step = ['isk', 'ugx'].includes(currency) ? 100 : ['bhd', 'jod', 'kwd', 'omr', 'tnd'].includes(currency) ? 10 : 1;
  if (amount % step !== 0) throw invalid(`Invalid amount for ${currency}.`, 'invalid_amount', 'amount');
  if (amount > 99_999_999) throw invalid('Amount must be no more than 999999.99', 'amount_too_large', 'amount');
  return amount;
}

/** A page of a list, newest first. */
function page(all: { id: string }[], query: URLSearchParams): object {
  const [limit, after] = [Number(query.get('limit') ?? 10), query.get('starting_after')];
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  return { object: 'list', url: '/v1/list', has_more: from + limit < all.length, data: all.slice(from, from + limit) };
}
