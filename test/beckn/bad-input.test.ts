/**
 * What apps can do wrong, or on purpose, in messages of both generations: each is a NACK in its generation's form, or an error in its callback; no handler fails by
 * it, and nothing is booked.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signBody, type SigningIdentity } from '../../src/protocols/beckn/signing/index.ts';
import type { Json } from '../support/api.ts';
import { aboutBody, confirmBody, initBody, openBedB, selectBody, trackBody, updateBody, type BedB } from '../support/beckn-b-bed.ts';
import { BAP_ID, contextA, contextB, newParty } from '../support/beckn-bed.ts';
import { beginCharging, CONTEXT_OF, voiceOf, type Generation, type Slot } from '../support/beckn-voices.ts';
import { statusOf, time } from '../support/charging-bed.ts';
import type { Charger } from '../support/charger.ts';
import { testDatabases } from '../support/databases.ts';
import { MINUTE, must } from '../support/world.ts';

const GENERATIONS: Generation[] = ['A', 'B'];
const contextOf = { A: contextA, B: contextB };
const SEED = Number(process.env.TEST_SEED ?? 7);
const RUNS = Number(process.env.BECKN_GARBAGE ?? 40);

/** Values that no field expects. */
const GARBAGE: readonly unknown[] = [
  null, true, 0, -1, 1e308, 2 ** 53, 0.1, '', ' ', 'x', '-5', '1e400', 'NaN', '٣', '99999999999999999999999', 'x'.repeat(5_000), '\uD83D\uDE97', '"; DROP TABLE reservations; --',
  '2026-13-45T99:99:99Z', '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', '{{7*7}}', '__proto__', [], [[]], [null], ['x', 1], {}, { value: {} }, { value: '1', unit: 'parsec' },
  { 'beckn:id': 7 }, { start: 'a', end: [] }, Array.from({ length: 300 }, () => ({})),
];

type Path = readonly (string | number)[];

/** Where values lie in a message, parents included. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [...(path.length === 0 ? [] : [path]), ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...path, Array.isArray(value) ? Number(name) : name]))];
}

/** With another value at that place; undefined takes it away. */
function changed(message: Json, path: Path, value: unknown): Json {
  const copy: Json = structuredClone(message);
  const parent: Json = path.slice(0, -1).reduce((inner: Json, name) => inner[name], copy);
  parent[path.at(-1)!] = value;
  return copy;
}

describe.each(testDatabases())('bad input of Beckn, $kind', ({ open }) => {
  let bed: BedB;
  let charger: Charger;
  let standing: number;
  beforeAll(async () => {
    bed = await openBedB({ open });
    charger = await bed.plug();
  });
  afterAll(() => bed.close());
  beforeEach(async () => (standing = await bookings()));
  afterEach(async () => {
    expect(await bookings()).toBe(standing);
    expect((await bed.w.db.database.raw('SELECT action, body, failure FROM beckn_received WHERE failure IS NOT NULL')).rows).toEqual([]);
  });

  const bookings = async (): Promise<number> => must(await bed.cpo.api.get('/v1/reservations?limit=100&status=confirmed')).data.length as number;
  const rows = async (): Promise<number> => (
    Number((await bed.w.db.database.raw('SELECT (SELECT count(*) FROM beckn_received)::int + (SELECT count(*) FROM beckn_sent)::int AS count')).rows[0]!.count));

  interface Sending {
    by?: SigningIdentity | null;
    now?: number;
    path?: string;
    headers?: Record<string, string>;
  }
  const post = async (action: string, body: Json, { by = bed.bap.identity, now = Date.now(), path = action, headers = {} }: Sending = {}): Promise<Json> => {
    const text: string = typeof body === 'string' ? body : JSON.stringify(body);
    const signed = by === null ? {} : { authorization: signBody(Buffer.from(text), by, { now }) };
    const response = await fetch(`${bed.w.app.url}/beckn/${path}`, { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...signed, ...headers } });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };

  describe.each(GENERATIONS)('of generation %s', (generation) => {
    const messageOf = (action: string, body: object, more: object = {}): Json => ({ context: contextOf[generation](action, more), ...body });

    /** Valid messages of every action, about a plug that is there and an order that is held. */
    const valid = async (): Promise<Json[]> => {
      const slot = await bed.newSlot();
      const voice = voiceOf(bed, generation, slot);
      const { orderId, answer } = await voice.init();
      const pending: Json[] = must(await bed.cpo.api.get('/v1/reservations?limit=100&status=pending')).data;
      const id: string = orderId ?? pending.find((one) => Date.parse(one.reserved_start) === Date.parse(slot.start)).id;
      const conversation = { transaction_id: voice.talk.transactionId };
      return (generation === 'A' ? validA(slot, id, answer) : validB(slot, id)).map(([action, body]) => messageOf(action, body, conversation));
    };
    const validA = (slot: Slot, id: string, { message: { order: held } }: Json): [string, object][] => {
      const order = {
        provider: { id: held.provider.id }, items: [{ id: bed.connectors[0], quantity: { selected: { measure: { type: 'CONSTANT', value: '5', unit: 'kWh' } } } }],
        billing: { name: 'Srilekha Rao', organization: { descriptor: { name: 'Example' } }, address: 'MG Road', email: 'a@example.com', phone: '+919812345678', tax_id: 'GSTIN1' },
        fulfillments: [{
          id: '1', stops: [{ type: 'START', time: { timestamp: slot.start }, authorization: { type: 'OTP', token: '123456' } }, { type: 'STOP', time: { timestamp: slot.end } }],
          vehicle: { make: 'Tata' }, customer: { person: { name: 'Srilekha Rao' }, contact: { phone: '+919812345678' } },
        }],
        payments: [{ id: held.payments[0].id, status: 'NOT-PAID', params: { amount: '110' } }],
        tags: [{ descriptor: { code: 'buyer-finder-fee' }, list: [{ descriptor: { code: 'type' }, value: 'PERCENTAGE' }, { descriptor: { code: 'value' }, value: '2' }] }],
      };
      const intent = {
        descriptor: { name: 'charger' }, category: { descriptor: { code: 'ev-charging' } },
        fulfillment: {
          stops: [{ location: { circle: { gps: '12.97,77.59', radius: { value: '5', unit: 'km' } } }, time: { range: { start: slot.start, end: slot.end } } }],
          tags: [{ list: [{ descriptor: { code: 'connector-type' }, value: 'CCS2' }] }],
        },
      };
      return [
        ['search', { message: { intent } }], ['select', { message: { order } }], ['init', { message: { order } }], ['confirm', { message: { order } }],
        ['update', { message: { update_target: 'order.fulfillments[0].state', order: { id, ...order } } }], ['status', { message: { order_id: id } }],
        ['cancel', { message: { order_id: id, cancellation_reason_id: '5', descriptor: { short_desc: 'late' } } }], ['track', { message: { order_id: id } }],
        ['rating', { message: { ratings: [{ id, rating_category: 'Order', value: '5' }] } }], ['support', { message: { support: { ref_id: id } } }],
      ];
    };
    const validB = (slot: Slot, orderId: string): [string, object][] => {
      const more = { loyalty: { 'programme-id': 'club', otp: '1' } };
      const wish = { item: bed.connectors[0]!, slot, seller: bed.cpo.organisation.id, measure: { value: '5', unit: 'kWh' }, more };
      return [
        ['discover', { text_search: 'charger', filters: { type: 'jsonpath', expression: '$[?(@.x == 1)]' }, pagination: { page: 1, limit: 20 },
          spatial: [{ op: 's_dwithin', geometry: { type: 'Point', coordinates: [77.59, 12.97] }, distanceMeters: 500 }] }],
        ['select', selectBody(wish)], ['init', initBody(wish)], ['confirm', confirmBody(wish, { token: '123456' })], ['update', updateBody(orderId, 'start-charging', '123456')],
        ['update', aboutBody(orderId, { 'fulfillment-update': { stops: [{ type: 'START', time: { timestamp: slot.start } }, { type: 'STOP', time: { timestamp: slot.end } }] } })],
        ['track', trackBody('x', 'https://bap.example/session')], ['status', aboutBody('x')], ['cancel', aboutBody('x', { cancellation: { type: 'SOFT', reason: 'late' } })],
        ['rating', aboutBody('x', {}, { ratings: [{ category: 'Order', value: 5, feedback: 'good' }] })], ['support', aboutBody('x')],
      ];
    };

    const expectNack = ({ status, body }: Json, expected: number): void => {
      expect([status, body.message]).toEqual([expected, { ack: { status: 'NACK' } }]);
      expect([typeof body.error.code, typeof body.error.message]).toEqual([generation === 'B' ? 'number' : 'string', 'string']);
    };

    it('BKN-20 to BKN-25: unsigned, mis-signed, stale, of another subscriber, to another path, of an unknown version, of 5 MB, too deep: a NACK, nothing kept', async () => {
      const init = (await valid()).find(({ context }) => context.action === 'init')!;
      const changedContext = (more: object): Json => ({ ...init, context: { ...init.context, ...more } });
      const before = await rows();
      expectNack(await post('init', init, { by: null }), 401);
      expectNack(await post('init', init, { by: newParty(BAP_ID).identity }), 401);
      expectNack(await post('init', init, { now: Date.now() - 301_000 }), 401);
      expectNack(await post('init', init, { by: null, headers: { authorization: signBody(Buffer.from('{}'), bed.bap.identity, { now: Date.now() }) } }), 401);
      expectNack(await post('init', changedContext({ bap_id: 'other.example' })), 401);
      expectNack(await post('init', changedContext({ bpp_id: 'other.example' })), 400);
      expectNack(await post('init', init, { path: 'confirm' }), 400);
      expectNack(await post('init', changedContext({ action: 'confirm' })), 400);
      if (generation === 'A') expectNack(await post('init', changedContext({ version: '1.9' })), 400);
      else expect((await post('init', changedContext({ version: '7.0' }))).status).toBe(400);
      expectNack(await post('init', changedContext({ timestamp: new Date(Date.now() - 60_000).toISOString() })), 400);
      expectNack(await post('init', { ...init, padding: 'x'.repeat(5_000_000) }), 413);
      const deep = JSON.stringify(init).replace(/}$/, `,"deep":${'['.repeat(5_000)}${']'.repeat(5_000)}}`);
      expect((await post('init', deep)).status).toBe(400);
      expect(await rows()).toBe(before);
    });

    it('BKN-24, check 20: replayed, and sent again under the same id: a NACK', async () => {
      const status = (await valid()).find(({ context }) => context.action === 'status')!;
      const headers = { authorization: signBody(Buffer.from(JSON.stringify(status)), bed.bap.identity, { now: Date.now() }) };
      expect((await post('status', status, { by: null, headers })).status).toBe(200);
      expectNack(await post('status', status, { by: null, headers }), 401);
      expectNack(await post('status', status, { now: Date.now() - 5_000 }), 400);
    });

    const asked = async (action: string, body: object): Promise<Json> => (await bed.converse().ask(action, body, CONTEXT_OF[generation])).error;

    it('BKN-59, BKB-3, check 42: malformed filters: an error callback that says so', async () => {
      const circle = (gps: string, value = '5', unit = 'km'): object => (
        { message: { intent: { fulfillment: { stops: [{ location: { circle: { gps, radius: { value, unit } } } }] } } } });
      const wrong = generation === 'A' ? [circle('here'), circle('12,77', '-1'), circle('12,77', '5', 'furlong'), circle('95,77')]
        : [{ filters: '$[?(@.a == ]' }, { filters: '$..x' }, { spatial: [{ op: 's_crosses' }] }, { spatial: [{}, {}] }];
      for (const body of wrong) expect(Number((await asked(generation === 'A' ? 'search' : 'discover', body)).code)).toBe(30_000);
    });

    it('BKN-53, BKB-4: unknown items: an error callback', async () => {
      for (const item of ['pe-charging-01', 'con_01hzzzzzzzzzzzzzzzzzzzzzzz', 'x'.repeat(200), 'evse_1', '../../etc']) {
        const voice = voiceOf(bed, generation, await bed.newSlot(), item);
        expect((await voice.select()).error!.code).toBe(30_004);
        expect((await voice.init()).error!.code).toBe(30_004);
      }
    });

    it('BKN-54, BKB-20, check 26: an expired quote, and a hold that has ended: refused, and nothing is booked by a late confirm', async () => {
      const voice = voiceOf(bed, generation, await bed.newSlot());
      expect((await voice.select()).error).toBeUndefined();
      await bed.w.advance(16 * MINUTE);
      expect((await voice.init()).error?.code).toBe(40_003);
      await voice.select();
      expect((await voice.init()).error).toBeUndefined();
      await bed.w.advance(20 * MINUTE);
      await bed.w.sweep();
      expect((await voice.confirm()).error!.code).toBeGreaterThanOrEqual(30_000);
    });

    it('BKN-51, BKB-12, check 20: confirmed again and again, at once and later, under ids of its own: one booking', async () => {
      const voice = voiceOf(bed, generation, await bed.newSlot());
      await voice.pay(await voice.init());
      const seen = await Promise.all(Array.from({ length: 5 }, () => voice.confirm()));
      const again = await voice.confirm();
      for (const { error, orderId } of [...seen, again]) expect([error, orderId]).toEqual([undefined, again.orderId]);
      standing += 1;
    });

    it('BKN-58, BKB-17, check 31: cancelled after charging began: refused, and it charges on', async () => {
      const voice = voiceOf(bed, generation, await bed.newSlot());
      await voice.book();
      await bed.w.advanceTo(Date.parse(voice.slot.start) + MINUTE);
      const transactionId = await beginCharging(bed, generation, voice, charger);
      expect((await voice.cancel()).error!.code).toBe(50_001);
      expect((await voice.status()).state).toBe('ACTIVE');
      await charger.call('StopTransaction', { transactionId, meterStop: 1_000, timestamp: await time(bed.w), reason: 'Local' });
      await charger.call('StatusNotification', statusOf('ocpp1.6', 1, 'Available', await time(bed.w)));
      expect((await voice.cancel()).error!.code).toBe(50_001);
      await bed.w.sweep();
      standing = await bookings();
    });

    it(`BKN-25, BKN-32: garbage in any field of any action: a NACK, an answer or an error, and no failure of ours (TEST_SEED=${SEED})`, { timeout: 300_000 }, async () => {
      const messages = await valid();
      const change = fc.integer({ min: 0, max: messages.length - 1 }).chain((i) => fc.tuple(fc.constant(messages[i]),
        fc.constantFrom(...placesIn({ ...messages[i], context: {} }).filter(([first]) => first !== 'context')), fc.constantFrom(undefined, ...GARBAGE)));
      await fc.assert(fc.asyncProperty(change, async ([message, path, value]) => {
        const sent = changed({ ...message, context: { ...message.context, message_id: randomUUID(), timestamp: new Date().toISOString() } }, path, value);
        const { action } = message.context;
        const { status, body } = await post(action, sent, { headers: { prefer: 'wait=5' } });
        if (status === 400) return void expectNack({ status, body }, 400);
        expect(status).toBe(200);
        if (body.message?.ack) return void expect(body.message.ack.status).toBe('ACK'); // it is under way: its callback comes
        expect(body.context).toMatchObject({ action: `on_${action}`, message_id: sent.context.message_id });
        if (body.error !== undefined) expect(Number(body.error.code)).toBeGreaterThanOrEqual(30_000);
      }), { numRuns: RUNS, seed: SEED });
    });

    it(`BKN-25: garbage in any field of the context: a NACK or an acknowledgement, and the process goes on (TEST_SEED=${SEED})`, async () => {
      const [message] = (await valid()).filter(({ context }) => context.action === 'status');
      const places = placesIn(message!.context).map((path) => ['context', ...path]);
      await fc.assert(fc.asyncProperty(fc.constantFrom(...places), fc.constantFrom(undefined, ...GARBAGE), async (path, value) => {
        const sent = changed({ ...message, context: { ...message!.context, message_id: randomUUID(), timestamp: new Date().toISOString() } }, path, value);
        const { status, body } = await post('status', sent);
        expect([200, 400, 401]).toContain(status);
        expect(JSON.stringify(body)).toMatch(status === 200 ? /"ACK"/ : /NACK/);
      }), { numRuns: RUNS, seed: SEED });
      expect((await post('status', { ...message, context: { ...message!.context, message_id: randomUUID() } })).status).toBe(200);
    });
  });
});
