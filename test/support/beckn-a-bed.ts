/** For the tests of Beckn 1.1: an operator like the one of seed 000 in the demo network, the seed's messages, and an app that talks to it. */
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { actorFor, createOrganisation, inContext, issueKey, type Context } from '../../src/domain/organisations/index.ts';
import { createRule } from '../../src/domain/pricing/index.ts';
import { setOperatorPolicy, type BookingPolicy } from '../../src/domain/reservations/index.ts';
import { ALWAYS_OPEN, createLocation, type EvseInput, type Location } from '../../src/domain/stations/index.ts';
import { openSchemas } from '../../src/protocols/beckn/conformance/index.ts';
import { apiOf, type Api, type Json } from './api.ts';
import { BAP_ID, contextA, openBecknBed, type BecknBed, type Posted } from './beckn-bed.ts';
import type { TestDatabase } from './databases.ts';

export const SEED_BLOCKS = [
  '00-search', '01-on-search', '02-select', '03-select', '04-on-select', '05-init', '06-on-init', '07-on-status', '08-confirm', '09-on-confirm',
] as const;

/** A block of the seed: its syntax is mended, all else is as it stands there. */
export const seedBlock = (name: (typeof SEED_BLOCKS)[number]): Json => JSON.parse(readFileSync(new URL(`../beckn/a/seed-000/${name}.json`, import.meta.url), 'utf8'));

export interface Conversation {
  transactionId: string;
  send(action: string, message: object, context?: object): Promise<Posted>;
  /** sends, and waits for the callback */
  ask(action: string, message: object, context?: object): Promise<Json>;
  /** the nth callback of that action in this conversation */
  got(action: string, nth?: number): Promise<Json>;
  count(action: string): number;
}

export interface BedA extends BecknBed {
  operator: Api;
  operatorId: string;
  location: Location;
  /** with a key of the organisation that acts for the app */
  bapApi(): Promise<Api>;
  converse(transactionId?: string): Conversation;
  asOperator<T>(work: (ctx: Context) => Promise<T>): Promise<T>;
  newSlot(): { start: string; end: string; colonStart: string; colonEnd: string; colonLater: string; startMs: number; endMs: number };
}

const evse = (uid: string, connector: object): EvseInput => ({
  uid, status: 'AVAILABLE', capabilities: ['RESERVABLE', 'REMOTE_START_STOP_CAPABLE'], floorLevel: '0', physicalReference: `#${uid}`,
  directions: [{ language: 'en', text: 'Ground floor, Pillar Number 4' }], parkingRestrictions: [], images: [],
  connectors: [{ ref: '1', standard: 'IEC_62196_T2_COMBO', format: 'CABLE', powerType: 'DC', maxVoltageV: 500, maxAmperageA: 80, maxPowerW: 40_000, tariffIds: [], ...connector }],
});

const HOUR_MS = 3_600_000;

export async function openBedA(db: TestDatabase, policy: Partial<BookingPolicy> = {}, settings: Record<string, string> = {}): Promise<BedA> {
  const bed = await openBecknBed(db, undefined, {
    PLUGTIME_BECKN_BANK_CODE: 'HDFC000123', PLUGTIME_BECKN_BANK_ACCOUNT: '1131324242424', PLUGTIME_BECKN_SUPPORT_PHONE: '+911234567890',
    PLUGTIME_BECKN_SUPPORT_EMAIL: 'help@example.com', PLUGTIME_BECKN_CONFIRM_OTP: 'true', ...settings,
  });
  const { app } = bed;
  const asSystem = <T>(work: (ctx: Context) => Promise<T>): Promise<T> => inContext(app.runtime, { networkId: app.network.id, actor: { kind: 'system' } }, work);
  const { id: operatorId, secret } = await asSystem(async (ctx) => {
    const { id } = await createOrganisation(ctx, { slug: 'cpo1.com', name: 'CPO1 EV charging Company', roles: ['operator'] });
    return { id, secret: (await issueKey(ctx, id, { name: 'test', kind: 'secret' })).secret };
  });
  const asOperator = <T>(work: (ctx: Context) => Promise<T>): Promise<T> => asSystem(async (ctx) => work(ctx.as({ actor: await actorFor(ctx, operatorId, 'test') })));
  const location = await asOperator(async (ctx) => {
    await createRule(ctx, 'tariff', 'standard', {
      name: 'Standard', isDefault: true, currency: 'INR', elements: [{ components: [{ type: 'ENERGY', price: '18', stepSize: 1 }] }], serviceFee: { price: { amount: '10' } },
    });
    await setOperatorPolicy(ctx, {
      mode: 'mixed', slotGridMinutes: 30, minDurationMinutes: 30, maxDurationMinutes: 180, maxLeadMinutes: 14 * 24 * 60, holdMinutes: 10, maxActivePerDriver: 20,
      paymentTiming: 'pre_order',
      refundTiers: [{ minMinutesBeforeStart: 240, refundPercent: 85 }], fee: { currency: 'INR', fixedMinor: 0, perMinuteMinor: 0, depositMinor: 0, credited: true }, ...policy,
    });
    return createLocation(ctx, {
      ref: 'LOC-001', publish: true, name: 'BlueCharge Highway Food Court', address: 'Bengaluru-Mysuru Road', city: 'Ramanagara', country: 'IND',
      coordinates: { latitude: 12.423_5, longitude: 77.325_7 }, directions: [], facilities: [], timeZone: 'Asia/Kolkata', openingTimes: ALWAYS_OPEN, chargingWhenClosed: false,
      operator: { name: 'CPO1 EV charging Company', logo: { url: 'https://cpo1.com/images/logo.png', category: 'OPERATOR', type: 'png' } },
      images: [], energyMix: { isGreenEnergy: true },
      stations: [
        { ref: 'CS-1', evses: [evse('1', { powerType: 'AC_3_PHASE', format: 'SOCKET', maxVoltageV: 230, maxAmperageA: 43, maxPowerW: 30_000 })] },
        { ref: 'CS-2', evses: [evse('2', {})] },
      ],
    });
  });
  const until = Date.now() + 10_000;
  while (!app.keeper.summaryOf(location.id)) {
    if (Date.now() > until) throw new Error('the new location is not found');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  let slots = 0;
  return {
    ...bed, operator: apiOf(app.url, secret), operatorId, location, asOperator,
    bapApi: () => app.as(`beckn:${BAP_ID}`),
    newSlot: () => {
      const day = new Date(Date.now() + 24 * HOUR_MS);
      day.setUTCHours(4, 30, 0, 0); // 10:00 in India
      const startMs = day.getTime() + slots++ * HOUR_MS;
      const colon = (ms: number): string => new Date(ms + 5.5 * HOUR_MS).toISOString().slice(0, 19).replaceAll(/[-T]/g, ':');
      const offset = (ms: number): string => `${new Date(ms + 5.5 * HOUR_MS).toISOString().slice(0, 19)}+05:30`;
      const endMs = startMs + HOUR_MS;
      return { startMs, endMs, start: offset(startMs), end: offset(endMs), colonStart: colon(startMs), colonEnd: colon(endMs), colonLater: colon(endMs + 5 * HOUR_MS) };
    },
    converse: (transactionId = randomUUID()) => {
      const mine = (action: string): Json[] => bed.callbacks.got.map(({ body }) => body).filter(({ context }) => (
        context.action === action && context.transaction_id === transactionId));
      const got = async (action: string, nth = 0): Promise<Json> => {
        const limit = Date.now() + 20_000;
        while (mine(action).length <= nth) {
          if (Date.now() > limit) throw new Error(`no ${action} came; there is ${bed.callbacks.got.map(({ path }) => path).join(', ') || 'nothing'}`);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        return mine(action)[nth];
      };
      const send = (action: string, message: object, context: object = {}): Promise<Posted> => (
        bed.post(action, { context: contextA(action, { transaction_id: transactionId, ...context }), message }));
      return {
        transactionId, send, got, count: (action) => mine(action).length,
        ask: async (action, message, context) => {
          const before = mine(`on_${action}`).length;
          const posted = await send(action, message, context);
          if (posted.status !== 200) throw new Error(`${action}: ${posted.status} ${JSON.stringify(posted.body)}`);
          return got(`on_${action}`, before);
        },
      };
    },
  };
}

/** Every place in a message that holds something; entries of lists go by the code of their descriptor where they have one. */
export function pathsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => pathsOf(entry, `${at}[${codeOf(entry)}]`));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, at === '' ? name : `${at}.${name}`));
}

/** A slip of the seed: some of its groups of tags have no code, but the name of others that have. */
function codeOf(entry: unknown): string {
  const { code, name } = (entry as { descriptor?: { code?: unknown; name?: unknown } } | null)?.descriptor ?? {};
  if (typeof code === 'string') return code;
  return name === 'Connector Specifications' ? 'connector-specifications' : '';
}

/** Places of the seed's message that ours has not. */
export function missingPaths(seed: unknown, ours: unknown): string[] {
  const there = new Set(pathsOf(ours));
  return [...new Set(pathsOf(seed))].filter((path) => !there.has(path));
}

export interface Booked {
  talk: Conversation;
  slot: ReturnType<BedA['newSlot']>;
  /** as on_confirm had it */
  order: Json;
  /** what a message about the same order says */
  asked(more?: object): { order: Json };
}

/** What select, init and confirm say. */
export function askedFor(bed: BedA, slot: { start: string; end: string; startMs: number }, more: object = {}, nth = 0): { order: Json } {
  const { id } = bed.location.stations[nth]!.evses[0]!.connectors[0]!;
  // Each slot is somebody else's, since nobody is sent any number of passwords.
  const customer = { person: { name: 'Ravi Kumar' }, contact: { phone: `+91-98${String(slot.startMs / HOUR_MS).slice(-6).padStart(8, '7')}` } };
  return { order: {
    provider: { id: bed.operatorId }, items: [{ id, quantity: { selected: { measure: { type: 'CONSTANT', value: '10', unit: 'kWh' } } } }],
    billing: { name: 'Ravi Kumar', email: 'ravi.kumar@greencharge.com', phone: '+918765432100' },
    fulfillments: [{ id: '1', stops: [{ type: 'START', time: { timestamp: slot.start } }, { type: 'STOP', time: { timestamp: slot.end } }], customer }],
    tags: [{ descriptor: { code: 'buyer-finder-fee' }, list: [{ descriptor: { code: 'type' }, value: 'PERCENTAGE' }, { descriptor: { code: 'value' }, value: '2' }] }], ...more,
  } };
}

/** The newest password that the app's driver was sent for an order. */
export async function passwordOf(bed: BedA, kind: string): Promise<string> {
  const [notice] = (await (await bed.bapApi()).get('/v1/sandbox/notices')).body.data.filter((one: Json) => one.kind === kind);
  return /\d{6}/.exec(notice.text as string)![0];
}

export const payAt = async (url: string, choice = 'pay'): Promise<number> => (await fetch(url, { method: 'POST', body: new URLSearchParams({ choice }) })).status;

/** With the password that was sent. */
export function withToken({ order }: { order: Json }, token: string): { order: Json } {
  const [fulfillment] = order.fulfillments;
  const [start, ...stops] = fulfillment.stops;
  return { order: { ...order, fulfillments: [{ ...fulfillment, stops: [{ ...start, authorization: { type: 'OTP', token } }, ...stops] }] } };
}

/** select, init, payment and confirm. */
export async function book(bed: BedA, nth = 0): Promise<Booked> {
  const [talk, slot] = [bed.converse(), bed.newSlot()];
  const asked = (more: object = {}): { order: Json } => askedFor(bed, slot, more, nth);
  await talk.ask('select', asked());
  const { message, error } = await talk.ask('init', asked());
  if (error) throw new Error(`init: ${JSON.stringify(error)}`);
  const [payment] = message.order.payments;
  if (payment.url) {
    await payAt(payment.url);
    await talk.got('on_status');
  }
  const confirmed = await talk.ask('confirm', withToken(asked({ payments: [{ id: payment.id, status: 'PAID' }] }), await passwordOf(bed, 'order_otp')));
  if (confirmed.error) throw new Error(`confirm: ${JSON.stringify(confirmed.error)}`);
  return { talk, slot, asked, order: confirmed.message.order };
}

/** What stands against the callbacks of the app by the published schema of Beckn 1.1; undefined where that lies nowhere. */
export async function faultsByCore({ callbacks }: BedA): Promise<string[] | undefined> {
  const folder = process.env.BECKN_SCHEMAS;
  if (folder === undefined) return undefined;
  const schemas = await openSchemas(folder);
  return callbacks.got.flatMap(({ body }) => (schemas.message('A', body.context.action, body) ?? []).map((fault) => `${body.context.action}: ${fault}`));
}
