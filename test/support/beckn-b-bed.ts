/** For the tests of the 2.0 draft: a network with an operator like the one of seed 001 and a charger, and an app that talks to it, with messages in the seed's form. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/platform/config/index.ts';
import { signBody } from '../../src/protocols/beckn/signing/index.ts';
import { findOrganisationBySlug, issueKey } from '../../src/domain/organisations/index.ts';
import { apiOf, type Api, type Json } from './api.ts';
import { BAP_ID, BPP_ID, contextB, newParty, openCallbackServer, type CallbackServer, type Party as Subscriber, type Posted } from './beckn-bed.ts';
import { addStation, BOOT_16, type TestStation } from './charger-bed.ts';
import type { Charger } from './charger.ts';
import type { TestDatabase } from './databases.ts';
import { statusOf, time } from './charging-bed.ts';
import { tariffOf } from './paying.ts';
import { HOUR, must, openWorld, type Party, type World } from './world.ts';

export interface BedB {
  w: World;
  cpo: Party;
  bap: Subscriber;
  bpp: Subscriber;
  callbacks: CallbackServer;
  station: TestStation;
  connectors: string[];
  plug(): Promise<Charger>;
  post(action: string, body: object): Promise<Posted>;
  /** a slot of an hour tomorrow, another one each time */
  newSlot(): Promise<{ start: string; end: string }>;
  converse(transactionId?: string): Conversation;
  /** the password that a driver was sent last */
  otp(kind: string): Promise<string>;
  pay(url: string, choice?: string): Promise<void>;
  /** with a key of the organisation that acts for the app */
  bapApi(): Promise<Api>;
  close(): Promise<void>;
}

export interface Conversation {
  transactionId: string;
  /** `context`: in place of what stands there else */
  send(action: string, body: object, context?: object): Promise<Posted>;
  /** sends, and waits for the callback */
  ask(action: string, body: object, context?: object): Promise<Json>;
  /** the nth callback of that action, from 0 */
  got(action: string, nth?: number): Promise<Json>;
  count(action: string): number;
}

const POLICY = {
  payment_timing: 'pre_order', slot_grid_minutes: 15, max_duration_minutes: 240, hold_minutes: 15, early_start_minutes: 15, max_active_per_driver: 20,
  refund_tiers: [{ min_minutes_before_start: 240, refund_percent: 85 }], fee: { currency: 'inr', fixed: 0, per_minute: 0, deposit: 0, credited: false },
};

export interface BedOptions {
  open?: () => Promise<TestDatabase>;
  policy?: object;
  settings?: Partial<Record<keyof Config, string>>;
  /** the generation's context */
  contextOf?: typeof contextB;
}

export async function openBedB({ open, policy = {}, settings = {}, contextOf = contextB }: BedOptions = {}): Promise<BedB> {
  const [bap, bpp, callbacks] = [newParty(BAP_ID), newParty(BPP_ID), await openCallbackServer()];
  const folder = mkdtempSync(join(tmpdir(), 'plugtime-beckn-b-'));
  const file = join(folder, 'registry.json');
  const entryOf = ({ subscriberId, publicKey, identity }: Subscriber, type: string): object => ({
    subscriber_id: subscriberId, key_id: identity.keyId, signing_public_key: publicKey, type, url: callbacks.url, status: 'SUBSCRIBED',
  });
  writeFileSync(file, JSON.stringify([entryOf(bap, 'BAP'), entryOf(bpp, 'BPP')]));
  const w = await openWorld(open, {
    PLUGTIME_BECKN_SUBSCRIBER_ID: BPP_ID, PLUGTIME_BECKN_KEY_ID: 'k1', PLUGTIME_BECKN_SIGNING_KEY: bpp.privateKey, PLUGTIME_BECKN_REGISTRY_FILE: file,
    PLUGTIME_BECKN_BANK_CODE: 'BANK0001234', PLUGTIME_BECKN_BANK_ACCOUNT: '1131324242424', PLUGTIME_START_OTP_MINUTES: '0', ...settings,
  });
  const cpo = await w.addOrganisation({ slug: 'cpo.example', name: 'Example Charging', roles: ['operator'] });
  must(await cpo.api.post('/v1/tariffs', tariffOf('18', '10')));
  const station = await addStation(w, { security_profile: 0 }, { evses: 2, by: cpo });
  const { location_id: locationId } = must(await w.anybody.get(`/v1/evses/${station.evses[0]}`));
  must(await cpo.api.patch(`/v1/locations/${locationId}`, {
    coordinates: { latitude: 12.971_6, longitude: 77.594_6 },
    operator: { name: 'Example Charging', website: 'https://cpo.example', logo: { url: 'https://cpo.example/logo.png', category: 'OPERATOR', type: 'png' } },
  }));
  must(await cpo.api.patch(`/v1/locations/${locationId}/policy`, { ...POLICY, ...policy }));
  const connectors: string[] = [];
  for (const evse of station.evses) connectors.push(must(await w.anybody.get(`/v1/evses/${evse}`)).connectors[0].id as string);
  await w.app.runtime.events.settled();
  let slots = 0;
  const post: BedB['post'] = async (action, body) => {
    const text = JSON.stringify(body);
    const response = await fetch(`${w.app.url}/beckn/${action}`, {
      method: 'POST', body: text, headers: { 'content-type': 'application/json', authorization: signBody(Buffer.from(text), bap.identity, { now: Date.now() }) },
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return {
    w, cpo, bap, bpp, callbacks, station, connectors, post,
    plug: async () => {
      const charger = await station.plug({ protocols: ['ocpp1.6'] });
      await charger.call('BootNotification', BOOT_16);
      for (let n = 1; n <= 2; n++) await charger.call('StatusNotification', statusOf('ocpp1.6', n, 'Available', await time(w)));
      return charger;
    },
    newSlot: async () => {
      const start = Math.ceil((await w.now()) / HOUR) * HOUR + (24 + slots++) * HOUR;
      return { start: new Date(start).toISOString(), end: new Date(start + HOUR).toISOString() };
    },
    otp: async (kind) => {
      const { rows } = await w.db.database.raw(`SELECT text FROM notices WHERE kind = '${kind}' ORDER BY id DESC LIMIT 1`);
      return /\b\d{6}\b/.exec(String(rows[0]?.text))![0];
    },
    bapApi: async () => {
      const secret = await w.asSystem(async (ctx) => {
        const { id } = (await findOrganisationBySlug(ctx.tx, w.network.id, `beckn:${BAP_ID}`))!;
        return (await issueKey(ctx, id, { name: 'test', kind: 'secret' })).secret;
      });
      return apiOf(w.app.url, secret);
    },
    pay: async (url, choice = 'pay') => {
      await fetch(url, { method: 'POST', body: new URLSearchParams({ choice }), redirect: 'manual' });
    },
    converse: (transactionId = randomUUID()) => {
      const mine = (action: string): Json[] => callbacks.got.map(({ body }) => body).filter(({ context }) => (
        context?.action === action && context.transaction_id === transactionId));
      const got = async (action: string, nth = 0): Promise<Json> => {
        const limit = Date.now() + 20_000;
        while (mine(action).length <= nth) {
          if (Date.now() > limit) throw new Error(`no ${action} came; there is ${callbacks.got.map(({ path }) => path).join(', ') || 'nothing'}`);
          await w.sweep();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return mine(action)[nth];
      };
      const send: Conversation['send'] = (action, body, context = {}) => post(action, { context: contextOf(action, { transaction_id: transactionId, ...context }), ...body });
      return {
        transactionId, send, got, count: (action) => mine(action).length,
        ask: async (action, body, context) => {
          const before = mine(`on_${action}`).length;
          const posted = await send(action, body, context);
          if (posted.status !== 200) throw new Error(`${action}: ${posted.status} ${JSON.stringify(posted.body)}`);
          return got(`on_${action}`, before);
        },
      };
    },
    close: async () => {
      await w.close();
      await callbacks.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const CONTEXT = 'https://becknprotocol.io/schemas/core/v2/Order/schema-context.jsonld';
const head = (id: string, state: string, seller?: string): object => ({
  '@context': CONTEXT, '@type': 'beckn:Order', 'beckn:id': id, 'beckn:state': state, ...(seller === undefined ? {} : { 'beckn:seller': seller }), 'beckn:buyer': 'customer-001',
});
const stopsOf = (slot: { start: string; end: string } | undefined): object => (slot ? {
  stops: [{ type: 'START', time: { timestamp: slot.start } }, { type: 'STOP', time: { timestamp: slot.end } }],
} : {});

export interface Wish {
  item: string;
  slot?: { start: string; end: string };
  rupees?: number;
  /** in place of the budget */
  measure?: { value: string; unit: string };
  seller?: string;
  /** beside what the seed has in the order's attributes */
  more?: object;
  phone?: string;
}

const linesOf = ({ item, rupees = 100, measure }: Wish): object[] => [{
  'beckn:lineId': 'line-001', 'beckn:orderedItem': item,
  ...(measure ? { 'beckn:quantity': Number(measure.value), 'beckn:orderItemAttributes': { 'quantity-measure': { type: 'CONSTANT', ...measure } } }
    : { 'beckn:quantity': 1, 'beckn:price': { currency: 'INR', value: rupees } }),
}];

export const selectBody = (wish: Wish): object => ({ message: { order: {
  ...head('order-draft-1', 'DRAFT', wish.seller), 'beckn:orderItems': linesOf(wish), 'beckn:fulfillment': 'fulfillment-001',
  'beckn:orderAttributes': {
    'fulfillment-details': { 'beckn:id': 'fulfillment-001', ...stopsOf(wish.slot), vehicle: { make: 'Tata', model: 'Nexon EV' } },
    'buyer-finder-fee': { type: 'PERCENTAGE', value: '2' }, ...wish.more,
  },
} } });

export const BILLING = {
  'beckn:id': 'invoice-001', 'beckn:payer': 'customer-001', 'schema:name': 'Srilekha Rao', 'schema:email': 'srilekha@example.com', 'schema:telephone': '+918765432100',
  'schema:address': {
    '@type': 'schema:PostalAddress', 'schema:streetAddress': 'MG Road 12', 'schema:addressLocality': 'Bengaluru', 'schema:addressRegion': 'Karnataka',
      'schema:postalCode': '560001',
    'schema:addressCountry': 'India',
  },
  organization: { 'schema:name': 'Example Pvt Ltd' }, 'tax-id': 'GSTIN29ABCDE1234F1Z5', timestamp: '2025-07-30T12:02:00Z',
};

export const initBody = (wish: Wish): object => ({ message: { order: {
  ...head('order-init-1', 'INITIALIZED', wish.seller), 'beckn:orderItems': linesOf(wish), 'beckn:billing': 'invoice-001', 'beckn:fulfillment': 'fulfillment-001',
  'beckn:orderAttributes': {
    'billing-details': { ...BILLING, 'schema:telephone': wish.phone ?? BILLING['schema:telephone'] },
    'fulfillment-details': {
      'beckn:id': 'fulfillment-001', ...stopsOf(wish.slot), vehicle: { make: 'Tata', model: 'Nexon EV', registration: 'KA-01-XX-1234' },
      customer: { 'schema:name': 'Srilekha Rao', 'schema:telephone': wish.phone ?? '+91-9887766554' },
    },
    'buyer-finder-fee': { type: 'PERCENTAGE', value: '10' }, ...wish.more,
  },
} } });

/** As the seed has it: `NOT-PAID`, although it was told that it is paid. */
export const confirmBody = (wish: Wish, { token, status = 'NOT-PAID', payment = {} }: { token?: string; status?: string; payment?: object } = {}): object => ({ message: { order: {
  ...head('order-confirm-1', 'CONFIRMING', wish.seller), 'beckn:orderItems': linesOf(wish), 'beckn:billing': 'invoice-001', 'beckn:payment': 'payment-1',
    'beckn:fulfillment': 'fulfillment-001',
  'beckn:orderAttributes': {
    'billing-details': BILLING,
    'payment-details': {
      'beckn:id': 'payment-1', 'beckn:method': 'UPI-TRANSFER', 'beckn:status': status, 'beckn:amount': { currency: 'INR', value: 100 }, 'collected-by': 'BPP',
      'payment-url': 'https://payments.example/pay', 'payment-type': 'PRE-FULFILLMENT', timestamp: '2025-07-30T14:59:00Z',
      'beckn:paymentAttributes': { 'source-vpa': 'srilekha@bank', 'payment-method': 'UPI-TRANSFER' }, ...payment,
    },
    'fulfillment-details': {
      'beckn:id': 'fulfillment-001',
      stops: [{ type: 'START', ...(wish.slot ? { time: { timestamp: wish.slot.start } } : {}), ...(token === undefined ? {} : { authorization: { type: 'OTP', token } }) }],
      vehicle: { make: 'Tata', model: 'Nexon EV', registration: 'KA-01-XX-1234' }, customer: { 'schema:name': 'Srilekha Rao', 'schema:telephone': '+91-9887766554' },
    },
    'buyer-finder-fee': { type: 'PERCENTAGE', value: '2' },
  },
} } });

export const updateBody = (orderId: string, code: string, token?: string): object => ({ message: { order: {
  ...head(orderId, 'ACTIVE'), 'beckn:orderItems': [], 'beckn:fulfillment': 'fulfillment-001',
  'beckn:orderAttributes': {
    'update-target': 'order.fulfillments[0].state',
    'fulfillment-update': {
      'beckn:id': 'fulfillment-001', 'beckn:mode': 'RESERVATION', 'beckn:status': code, state: { code }, ...(token === undefined ? {} : { authorization: { type: 'OTP', token } }),
    },
    'fulfillment-type': 'CHARGING',
  },
} } });

export const trackBody = (orderId: string, url?: string): object => ({ message: { order: {
  ...head(orderId, 'ACTIVE'), 'beckn:orderItems': [], 'beckn:orderAttributes': { ...(url === undefined ? {} : { 'callback-url': url }), 'track-fulfillment': true },
} } });

export const aboutBody = (orderId: string, attributes: object = {}, beside: object = {}): object => ({ message: { order: {
  ...head(orderId, 'CONFIRMED'), 'beckn:orderAttributes': attributes }, ...beside } });
