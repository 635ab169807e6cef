/**
 * A local server that speaks as much of Razorpay's API as Plugtime uses, strictly: what it does not know it refuses in Razorpay's words. It is
 * a simulator: its state is in memory, and no money moves. `npx plugtime`, pointed at it by RAZORPAY_API_URL, can be tried without an account.
 */
import { createHmac } from 'node:crypto';
import {
  emptyState, errorBody, RazorpayFault, rzId, shown, type Notes, type RazorpayState, type RzLink, type RzOrder, type RzPayment, type RzRefund, type RzToken,
} from './razorpay-objects.ts';
import { matchRoute, payPage, startSimulator, type Call, type Notice, type Reply, type Routes, type Simulator } from './simulator.ts';

export interface RazorpayServerOptions {
  keyId?: string;
  keySecret?: string;
  webhookSecret?: string;
  port?: number;
  /** where notices are sent as they happen; else they are kept only */
  webhookUrl?: string;
}

/** What a driver does, or their bank. */
export type Way = 'ok' | 'declined' | 'late';

export interface RazorpayServer extends Simulator {
  state: RazorpayState;
  keyId: string;
  keySecret: string;
  webhookSecret: string;
  notices(): Notice[];
  /** a driver pays a link, an order, or agrees to its mandate */
  pay(linkOrOrderId: string, way?: Way): void;
  /** somebody gives money back without us */
  refundByHand(paymentId: string, amount: number): void;
  settleRefunds(status: 'processed' | 'failed'): void;
  /** the driver takes a mandate back in their UPI app */
  revoke(orderId: string): void;
  /** what happens to the refunds and debits that are asked for next */
  next: { refund: RzRefund['status']; debit: 'captured' | 'failed' | 'created' };
  /** debits under way come through */
  settleDebits(): void;
}

type Body = Record<string, unknown>;

interface Request {
  body: Body;
  path: Record<string, string>;
  query: URLSearchParams;
  headers: Call['headers'];
}

interface Route {
  /** fields that it takes; of a GET, of its address */
  takes: string[];
  run(request: Request): object;
}

const LEAST_AMOUNT = 100;
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

export async function startRazorpayServer(options: RazorpayServerOptions = {}): Promise<RazorpayServer> {
  const { keyId = 'rzp_test_simulated01', keySecret = 'simulatedKeySecret0123', webhookSecret = 'simulatedWebhookSecret', webhookUrl } = options;
  const state = emptyState();
  const next: RazorpayServer['next'] = { refund: 'processed', debit: 'captured' };
  const refundKeys = new Map<string, { body: string; refund: RzRefund }>();
  const bodies: string[] = [];
  const sign = (body: string): Notice => ({ body, headers: { 'x-razorpay-signature': createHmac('sha256', webhookSecret).update(body).digest('hex') } });
  const tell = (event: string, entities: Record<string, object>): void => {
    const payload = Object.fromEntries(Object.entries(entities).map(([name, entity]) => [name, { entity: shown(entity) }]));
    const body = JSON.stringify({ entity: 'event', account_id: 'acc_simulated', event, contains: Object.keys(entities), payload, created_at: nowSeconds() });
    bodies.push(body);
    if (webhookUrl === undefined) return;
    void fetch(webhookUrl, { method: 'POST', body, headers: { 'content-type': 'application/json', ...sign(body).headers } }).catch(() => undefined);
  };
  const need = <T>(from: Map<string, T>, id: unknown): T => {
    const found = from.get(String(id));
    if (!found) throw new RazorpayFault('The id provided does not exist');
    return found;
  };
  const attemptsOf = (orderId: string): RzPayment[] => [...state.payments.values()].filter(({ order_id: id }) => id === orderId);
  const attempt = (order: RzOrder, more: Partial<RzPayment>): RzPayment => {
    const payment: RzPayment = {
      id: rzId('pay'), entity: 'payment', amount: order.amount, currency: order.currency, status: 'created', captured: false, order_id: order.id, method: 'upi', vpa: null,
      amount_refunded: 0, customer_id: null, token_id: null, notes: [], error_code: null, error_description: null, error_reason: null, created_at: nowSeconds(), ...more,
    };
    state.payments.set(payment.id, payment);
    order.status = 'attempted';
    return payment;
  };
  const take = (payment: RzPayment): void => {
    Object.assign(payment, { status: 'captured', captured: true });
    const order = state.orders.get(payment.order_id!)!;
    Object.assign(order, { status: 'paid', amount_paid: payment.amount });
    tell('payment.captured', { payment });
    tell('order.paid', { payment, order });
    const link = [...state.links.values()].find(({ order_id: id }) => id === order.id);
    if (!link) return;
    Object.assign(link, { status: 'paid', payments: [{ payment_id: payment.id, amount: payment.amount, status: 'captured' }] });
    tell('payment_link.paid', { payment_link: link, order, payment });
  };
  const fail = (payment: RzPayment, reason: string, description: string): void => {
    Object.assign(payment, { status: 'failed', error_code: 'BAD_REQUEST_ERROR', error_reason: reason, error_description: description });
    tell('payment.failed', { payment });
  };
  const makeOrder = (body: Body, more: Partial<RzOrder['hidden']> = {}): RzOrder => {
    const receipt = (body.receipt as string | undefined) ?? null;
    if (receipt !== null && receipt.length > 40) throw new RazorpayFault('The receipt may not be greater than 40 characters.');
    if (receipt !== null && [...state.orders.values()].some((order) => order.receipt === receipt)) throw new RazorpayFault('The receipt has been taken already.');
    const token = body.token as RzOrder['hidden']['token'];
    const isAutomatic = body.payment_capture === true || (body.payment as Body | undefined)?.capture === 'automatic';
    const order: RzOrder = {
      id: rzId('order'), entity: 'order', amount: amountOf(body.amount), amount_paid: 0, currency: String(body.currency), receipt, status: 'created',
      notes: notesOf(body), created_at: nowSeconds(), hidden: { isAutomatic, token, customerId: body.customer_id as string | undefined, ...more },
    };
    state.orders.set(order.id, order);
    return order;
  };
  const refund = (payment: RzPayment, amount: number, notes: Notes, receipt: string | null): RzRefund => {
    if (!payment.captured) throw new RazorpayFault('The payment status should be captured for action to be taken');
    if (payment.amount_refunded === payment.amount) throw new RazorpayFault('The payment has been fully refunded already');
    if (payment.amount_refunded + amount > payment.amount) throw new RazorpayFault('The refund amount provided is greater than amount captured');
    const made: RzRefund = { id: rzId('rfnd'), entity: 'refund', amount, currency: payment.currency, payment_id: payment.id, notes, receipt, status: next.refund };
    state.refunds.set(made.id, made);
    if (made.status !== 'failed') payment.amount_refunded += amount;
    if (payment.amount_refunded === payment.amount) payment.status = 'refunded';
    tell('refund.created', { refund: made, payment });
    if (made.status !== 'pending') tell(`refund.${made.status}`, { refund: made, payment });
    return made;
  };

  const routes: Routes<Route> = {
    'POST /v1/customers': {
      takes: ['name', 'email', 'contact', 'fail_existing'],
      run: ({ body }) => ({ id: 'cust_simulated000001', entity: 'customer', name: body.name, email: body.email, contact: body.contact }),
    },
    'POST /v1/orders': {
      takes: ['amount', 'currency', 'receipt', 'notes', 'payment', 'payment_capture', 'customer_id', 'method', 'token'],
      run: ({ body }) => makeOrder(body),
    },
    'GET /v1/orders': {
      takes: ['receipt'],
      run: ({ query }) => collection([...state.orders.values()].filter(({ receipt }) => receipt?.includes(query.get('receipt') ?? '') ?? false), query),
    },
    'GET /v1/orders/:id': { takes: [], run: ({ path }) => need(state.orders, path.id) },
    'PATCH /v1/orders/:id': { takes: ['notes'], run: ({ path, body }) => Object.assign(need(state.orders, path.id), { notes: notesOf(body) }) },
    'GET /v1/orders/:id/payments': { takes: [], run: ({ path }) => collection(attemptsOf(need(state.orders, path.id).id), new URLSearchParams('count=100')) },
    'POST /v1/payments/create/upi': {
      takes: ['amount', 'currency', 'order_id', 'email', 'contact', 'method', 'description', 'notes', 'upi', 'customer_id', 'recurring'],
      run: ({ body }) => {
        for (const field of ['email', 'contact', 'upi']) if (body[field] === undefined) throw new RazorpayFault(`The ${field} field is required.`);
        const order = need(state.orders, body.order_id);
        if (body.amount !== order.amount) throw new RazorpayFault('Your payment amount is different from your order amount.');
        if (order.status === 'paid') throw new RazorpayFault('Your payment has been declined as the order is already paid. Please initiate the payment with a new order.');
        const upi = body.upi as { flow: string; vpa?: string };
        if (upi.flow === 'collect' && !/^[\w.-]+@\w+$/.test(upi.vpa ?? '')) throw new RazorpayFault('Invalid VPA. Please enter a valid Virtual Payment Address', 'invalid_vpa');
        const token = order.hidden.token && body.recurring === '1' ? makeToken(order) : undefined;
        const payment = attempt(order, { vpa: upi.vpa ?? null, notes: notesOf(body), customer_id: order.hidden.customerId ?? null, token_id: token?.id ?? null });
        const link = `upi://${token ? 'mandate' : 'pay'}?pa=success@razorpay&tr=${order.id}&am=${order.amount / 100}&cu=INR`;
        return { razorpay_payment_id: payment.id, ...(upi.flow === 'intent' ? { link } : {}) };
      },
    },
    'POST /v1/payments/create/recurring': {
      takes: ['email', 'contact', 'amount', 'currency', 'order_id', 'customer_id', 'token', 'recurring', 'description', 'notes'],
      run: ({ body }) => {
        const [order, token] = [need(state.orders, body.order_id), need(state.tokens, body.token)];
        if (token.recurring_details.status !== 'confirmed') throw new RazorpayFault('The token is not confirmed.');
        if (order.amount > token.hidden.maxAmount) throw new RazorpayFault('Amount exceeds maximum amount allowed');
        const payment = attempt(order, { notes: notesOf(body), customer_id: String(body.customer_id), token_id: token.id });
        if (next.debit === 'created') return { razorpay_payment_id: payment.id };
        token.recurring_details.status = 'cancelled';
        if (next.debit === 'failed') fail(payment, 'insufficient_funds', 'The payment failed for want of funds.');
        else take(payment);
        tell('token.cancelled', { token });
        return { razorpay_payment_id: payment.id };
      },
    },
    'GET /v1/payments': {
      takes: ['from', 'to', 'count', 'skip'],
      run: ({ query }) => {
        const [from, to] = [Number(query.get('from') ?? 0), Number(query.get('to') ?? Infinity)];
        return collection([...state.payments.values()].reverse().filter(({ created_at: at }) => at >= from && at <= to), query);
      },
    },
    'GET /v1/payments/:id': { takes: [], run: ({ path }) => need(state.payments, path.id) },
    'PATCH /v1/payments/:id': { takes: ['notes'], run: ({ path, body }) => Object.assign(need(state.payments, path.id), { notes: notesOf(body) }) },
    'POST /v1/payments/:id/capture': {
      takes: ['amount', 'currency'],
      run: ({ path, body }) => {
        const payment = need(state.payments, path.id);
        if (payment.status !== 'authorized') throw new RazorpayFault('Only payments which have been authorized and not yet captured can be captured');
        if (body.amount !== payment.amount) throw new RazorpayFault('Capture amount must be equal to the amount authorized');
        if (state.orders.get(payment.order_id ?? '')?.status === 'paid') throw new RazorpayFault('Your payment has been declined as the order is already paid.');
        take(payment);
        return payment;
      },
    },
    'POST /v1/payments/:id/refund': {
      takes: ['amount', 'speed', 'receipt', 'notes'],
      run: ({ path, body, headers }) => {
        const key = headers['x-refund-idempotency'];
        if (key !== undefined && !/^[\w-]{10,}$/.test(key)) throw new RazorpayFault('The idempotency key is not valid.');
        const first = key === undefined ? undefined : refundKeys.get(key);
        const text = JSON.stringify([path.id, body]);
        if (first && first.body !== text) throw new RazorpayFault('Different request with the same idempotency key has already been processed.', 'NA', 409);
        if (first) return first.refund;
        const made = refund(need(state.payments, path.id), amountOf(body.amount), notesOf(body), String(body.receipt));
        if (key !== undefined) refundKeys.set(key, { body: text, refund: made });
        return made;
      },
    },
    'GET /v1/payments/:id/refunds': {
      takes: ['count', 'skip'], run: ({ path, query }) => collection([...state.refunds.values()].filter(({ payment_id: id }) => id === path.id), query),
    },
    'GET /v1/customers/:customer/tokens/:id': { takes: [], run: ({ path }) => need(state.tokens, path.id) },
    'PUT /v1/customers/:customer/tokens/:id/cancel': {
      takes: [],
      run: ({ path }) => {
        const token = need(state.tokens, path.id);
        if (token.recurring_details.status === 'cancelled') throw new RazorpayFault('The token is cancelled already.');
        token.recurring_details.status = 'cancellation_initiated';
        return { status: 'cancellation_initiated' };
      },
    },
    'POST /v1/payment_links': {
      takes: ['amount', 'currency', 'accept_partial', 'reference_id', 'description', 'notes', 'notify', 'reminder_enable', 'callback_url', 'callback_method', 'expire_by'],
      run: ({ body }) => {
        if ([...state.links.values()].some(({ reference_id: taken }) => taken === body.reference_id)) {
          throw new RazorpayFault(`payment link already exists with reference_id: ${String(body.reference_id)}`);
        }
        if (body.expire_by !== undefined && Number(body.expire_by) < nowSeconds() + 15 * 60) throw new RazorpayFault('timestamp must be atleast 15 minutes in future');
        const link: RzLink = {
          id: rzId('plink'), amount: amountOf(body.amount), currency: String(body.currency), reference_id: String(body.reference_id), order_id: null, short_url: '',
          status: 'created', payments: null, notes: notesOf(body),
        };
        link.short_url = `${simulator.url}/pay/${link.id}`;
        state.links.set(link.id, link);
        return link;
      },
    },
    'GET /v1/payment_links': {
      takes: ['reference_id', 'payment_id'],
      run: ({ query }) => ({
        payment_links: [...state.links.values()].filter(({ reference_id: reference, payments }) => (
          query.has('reference_id') ? reference === query.get('reference_id') : payments?.some(({ payment_id: id }) => id === query.get('payment_id')))).map(shown),
      }),
    },
    'GET /v1/payment_links/:id': { takes: [], run: ({ path }) => need(state.links, path.id) },
    'POST /v1/payment_links/:id/cancel': {
      takes: [],
      run: ({ path }) => {
        const link = need(state.links, path.id);
        if (link.status !== 'created') throw new RazorpayFault(`cannot cancel or expire an already ${link.status} link`);
        link.status = 'cancelled';
        tell('payment_link.cancelled', { payment_link: link });
        return link;
      },
    },
  };
  const makeToken = (order: RzOrder): RzToken => {
    const { max_amount: maxAmount, expire_at: expiredAt } = order.hidden.token!;
    const token: RzToken = {
      id: rzId('token'), entity: 'token', recurring_details: { status: 'initiated', failure_reason: null }, expired_at: expiredAt,
      hidden: { customerId: order.hidden.customerId!, maxAmount },
    };
    state.tokens.set(token.id, token);
    return token;
  };

  const execute = (call: Call): Reply => {
    const found = matchRoute(routes, call.method, call.path);
    if (!found) return { status: 404, body: errorBody('The requested URL was not found on the server.') };
    const body = call.body === '' ? {} : JSON.parse(call.body) as Body;
    const unknown = [...Object.keys(body), ...call.query.keys()].filter((name) => !found.route.takes.includes(name));
    if (unknown.length > 0) return { status: 400, body: errorBody(`${unknown.join(', ')} is/are not required and should not be sent`) };
    try {
      return { status: 200, body: shown(found.route.run({ body, path: found.params, query: call.query, headers: call.headers })) };
    } catch (error) {
      if (!(error instanceof RazorpayFault)) throw error;
      return { status: error.status, body: errorBody(error.message, error.reason) };
    }
  };
  const servePage = (call: Call): Reply => {
    const id = call.path.split('/')[2]!;
    if (call.method === 'POST') pay(id, new URLSearchParams(call.body).get('way') as Way);
    const link = state.links.get(id);
    const page = link?.status === 'created' ? payPage('Razorpay, simulated', `${link.amount} paise`, ['ok', 'declined', 'late']) : { html: '<!doctype html><p>Thank you.</p>' };
    return { status: 200, body: page };
  };
  const simulator = await startSimulator({
    port: options.port,
    answer: (call) => {
      if (call.path.startsWith('/pay/')) return servePage(call);
      const isKnown = call.headers.authorization === `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`;
      return isKnown ? execute(call) : { status: 401, body: errorBody('Authentication failed') };
    },
    failure: (_, status) => {
      const description = status === 429 ? 'Request failed. Please try after sometime.' : 'We are facing some trouble completing your request.';
      return { status, body: errorBody(description, 'NA', 'SERVER_ERROR') };
    },
  });

  const pay: RazorpayServer['pay'] = (id, way = 'ok') => {
    const link = state.links.get(id);
    if (link && link.status !== 'created') throw new Error(`the page of ${id} is closed`);
    const order = link ? state.orders.get(link.order_id ?? '') ?? makeOrder({ amount: link.amount, currency: link.currency }, { isAutomatic: true }) : need(state.orders, id);
    if (link) link.order_id = order.id;
    const payment = link ? attempt(order, { vpa: 'driver@okbank' }) : attemptsOf(order.id).findLast(({ status }) => status === 'created');
    if (!payment) throw new Error(`nobody was asked to pay ${id}`);
    payment.vpa ??= 'driver@okbank';
    const token = state.tokens.get(payment.token_id ?? '');
    if (way === 'declined') {
      if (token) token.recurring_details = { status: 'rejected', failure_reason: 'The driver did not agree.' };
      fail(payment, 'payment_declined', 'The payment was declined by the driver.');
    } else if (token) {
      token.recurring_details.status = 'confirmed';
      fail(payment, 'upi_dummy_payment', 'Payment was a dummy payment for one time mandate registration.');
      tell('token.confirmed', { token });
    } else if (way === 'late' || !order.hidden.isAutomatic) {
      payment.status = 'authorized';
      tell('payment.authorized', { payment });
    } else take(payment);
  };
  return {
    ...simulator, state, keyId, keySecret, webhookSecret, next, pay,
    notices: () => bodies.map(sign),
    refundByHand: (paymentId, amount) => void refund(need(state.payments, paymentId), amount, {}, null),
    settleRefunds: (status) => {
      for (const made of state.refunds.values()) {
        if (made.status !== 'pending') continue;
        made.status = status;
        const payment = state.payments.get(made.payment_id)!;
        if (status === 'failed') Object.assign(payment, { amount_refunded: payment.amount_refunded - made.amount, status: 'captured' });
        tell(`refund.${status}`, { refund: made, payment });
      }
    },
    settleDebits: () => {
      for (const payment of state.payments.values()) {
        const order = state.orders.get(payment.order_id!)!;
        if (payment.status !== 'created' || payment.token_id === null || order.hidden.token) continue;
        state.tokens.get(payment.token_id)!.recurring_details.status = 'cancelled';
        take(payment);
      }
    },
    revoke: (orderId) => {
      const token = state.tokens.get(attemptsOf(orderId).find(({ token_id: id }) => id !== null)!.token_id!)!;
      token.recurring_details.status = 'cancelled';
      tell('token.cancelled', { token });
    },
  };
}

function amountOf(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new RazorpayFault('The amount must be an integer.');
  if ((value as number) < LEAST_AMOUNT) throw new RazorpayFault('Order amount less than minimum amount allowed');
  return value as number;
}

const notesOf = ({ notes = {} }: Body): Notes => notes as Notes;

function collection(items: object[], query: URLSearchParams): object {
  const [skip, count] = [Number(query.get('skip') ?? 0), Number(query.get('count') ?? 10)];
  const shownItems = items.slice(skip, skip + count).map(shown);
  return { entity: 'collection', count: shownItems.length, items: shownItems };
}
