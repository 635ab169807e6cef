/** An app's side of one order in generation A or B, so that both can be held to the same: it asks, and gives what it was answered in words of neither. */
import type { Json } from './api.ts';
import { aboutBody, confirmBody, initBody, selectBody, updateBody, type BedB, type Conversation } from './beckn-b-bed.ts';
import type { Charger } from './charger.ts';
import { expectCall, statusOf, time } from './charging-bed.ts';

export interface Slot {
  start: string;
  end: string;
}

/** What an answer says. */
export interface Seen {
  error?: { code: number; message: string };
  orderId?: string;
  /** of the fulfilment: PENDING, ACTIVE, CONNECTION-INTERRUPTED, COMPLETED, CANCELLED */
  state?: string;
  /** ms */
  start?: number;
  /** whole units */
  total?: number;
  payUrl?: string;
  answer: Json;
}

export interface Voice {
  talk: Conversation;
  slot: Slot;
  select(): Promise<Seen>;
  init(): Promise<Seen>;
  confirm(): Promise<Seen>;
  cancel(): Promise<Seen>;
  status(): Promise<Seen>;
  /** asks, and does not wait */
  start(token: string): Promise<unknown>;
  stop(): Promise<unknown>;
  /** pays, and waits until that is told */
  pay(init: Seen): Promise<void>;
  /** init, payment, confirm: gives what on_confirm says */
  book(): Promise<Seen>;
  see(answer: Json): Seen;
}

export type Generation = 'A' | 'B';
/** In place of what contexts of B say. */
export const CONTEXT_OF: Record<Generation, object> = { A: { version: '1.1.0', network_id: undefined }, B: {} };

let voices = 0;

/** Starts a confirmed order with the password that its driver was sent, at a station of 1.6 that obeys. Gives the number of the transaction. */
export async function beginCharging(bed: BedB, generation: Generation, voice: Voice, charger: Charger): Promise<number> {
  await charger.call('StatusNotification', statusOf('ocpp1.6', 1, 'Preparing', await time(bed.w)));
  if (generation === 'A') { // the password is asked for by a start without one
    await voice.start('');
    await voice.talk.got('on_update');
  }
  await voice.start(await bed.otp('session_otp'));
  const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
  const [, , started] = await charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(bed.w) });
  return (started as { transactionId: number }).transactionId;
}

/** An app that wants 5 kWh at a plug. */
export function voiceOf(bed: BedB, generation: Generation, slot: Slot, item = bed.connectors[0]!): Voice {
  const talk = bed.converse();
  const phone = `+9198${String(10_000_000 + voices++)}`; // nobody is sent any number of passwords
  const see = seenOf[generation];
  const body = bodiesOf[generation]({ seller: bed.cpo.organisation.id, slot, item, phone });
  let orderId = 'unknown';
  const ask = async (action: string, asked: object): Promise<Seen> => {
    const seen = see(await talk.ask(action, asked, CONTEXT_OF[generation]));
    orderId = seen.orderId ?? orderId;
    return seen;
  };
  const send = (action: string, asked: object): Promise<unknown> => talk.send(action, asked, CONTEXT_OF[generation]);
  const voice: Voice = {
    talk, slot, see,
    select: () => ask('select', body.order('select')), init: () => ask('init', body.order('init')), confirm: () => ask('confirm', body.order('confirm')),
    cancel: () => ask('cancel', body.about(orderId)), status: () => ask('status', body.about(orderId)),
    start: (token) => send('update', body.update(orderId, 'start', token)), stop: () => send('update', body.update(orderId, 'stop')),
    pay: async ({ payUrl }) => {
      const before = talk.count('on_status');
      await bed.pay(payUrl!);
      await talk.got('on_status', before);
    },
    book: async () => {
      const init = await voice.init();
      if (init.error) throw new Error(`init: ${init.error.message}`);
      if (init.payUrl !== undefined) await voice.pay(init);
      const confirmed = await voice.confirm();
      if (confirmed.error) throw new Error(`confirm: ${confirmed.error.message}`);
      return confirmed;
    },
  };
  return voice;
}

/** What an order is about. */
export interface Wanted {
  seller: string;
  item: string;
  slot: Slot;
  phone: string;
}

export interface Bodies {
  order(action: 'select' | 'init' | 'confirm'): object;
  about(orderId: string): object;
  update(orderId: string, what: 'start' | 'stop', token?: string): object;
}

function bodiesOfA({ seller, item, slot, phone }: Wanted): Bodies {
  const order = {
    provider: { id: seller }, items: [{ id: item, quantity: { selected: { measure: { type: 'CONSTANT', value: '5', unit: 'kWh' } } } }],
    billing: { name: 'Srilekha Rao', email: 'srilekha@example.com', phone },
    fulfillments: [{
      id: '1', stops: [{ type: 'START', time: { timestamp: slot.start } }, { type: 'STOP', time: { timestamp: slot.end } }],
      customer: { person: { name: 'Srilekha Rao' }, contact: { phone } },
    }],
  };
  return {
    order: () => ({ message: { order } }), about: (id) => ({ message: { order_id: id } }),
    update: (id, what, token) => ({ message: { update_target: 'order.fulfillments[0].state', order: { id, fulfillments: [{
      id: '1', type: 'CHARGING', state: { descriptor: { code: what === 'start' ? 'CHARGING_STARTED' : 'CHARGING_ENDED' } },
      ...(token === undefined ? {} : { stops: [{ type: 'START', authorization: { type: 'OTP', token } }] }),
    }] } } }),
  };
}

function bodiesOfB({ seller, item, slot, phone }: Wanted): Bodies {
  const wish = { item, slot, seller, measure: { value: '5', unit: 'kWh' }, phone };
  return {
    order: (action) => ({ select: selectBody, init: initBody, confirm: confirmBody })[action](wish), about: (id) => aboutBody(id),
    update: (id, what, token) => updateBody(id, `${what}-charging`, token),
  };
}

const errorOf = ({ error }: Json): Pick<Seen, 'error'> => (error === undefined ? {} : { error: { code: Number(error.code), message: error.message } });

function seenOfA(answer: Json): Seen {
  const order = answer.message?.order;
  if (!order) return { answer, ...errorOf(answer) };
  const [fulfillment] = order.fulfillments;
  return {
    answer, ...errorOf(answer), orderId: order.id, state: fulfillment.state?.descriptor.code, start: Date.parse(fulfillment.stops[0].time.timestamp),
    total: Number(order.quote.price.value), payUrl: order.payments?.[0].url,
  };
}

function seenOfB(answer: Json): Seen {
  const order = answer.message?.order;
  if (!order) return { answer, ...errorOf(answer) };
  const { 'fulfillment-details': fulfillment, 'payment-details': payment } = order['beckn:orderAttributes'];
  return {
    answer, ...errorOf(answer), orderId: order['beckn:id'], state: fulfillment.state?.code, start: Date.parse(fulfillment.stops[0].time.timestamp),
    total: order['beckn:totals']['schema:price'], payUrl: (Array.isArray(payment) ? payment[0] : payment)?.['payment-url'],
  };
}

/** Messages of a generation. */
export const bodiesOf: Record<Generation, (wanted: Wanted) => Bodies> = { A: bodiesOfA, B: bodiesOfB };
export const seenOf: Record<Generation, (answer: Json) => Seen> = { A: seenOfA, B: seenOfB };
