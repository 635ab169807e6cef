/** What apps of Beckn 1.1 can do wrong: each is refused with its code, and nothing is booked. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askedFor, book, openBedA, passwordOf, payAt, withToken, type BedA, type Conversation } from '../../support/beckn-a-bed.ts';
import type { Json } from '../../support/api.ts';
import { BAP_ID, contextA, newParty } from '../../support/beckn-bed.ts';
import { testDatabases, type TestDatabase } from '../../support/databases.ts';

describe.each(testDatabases())('refusals of Beckn 1.1, $kind', ({ open }) => {
  let db: TestDatabase;
  let bed: BedA;
  let talk: Conversation;
  let slot: ReturnType<BedA['newSlot']>;
  let standing: number;
  beforeAll(async () => {
    db = await open();
    bed = await openBedA(db);
  });
  beforeEach(async () => {
    [talk, slot] = [bed.converse(), bed.newSlot()];
    standing = await active();
  });
  afterEach(async () => expect(await active()).toBe(standing));
  afterAll(async () => {
    await bed.close();
    await db.close();
  });
  const active = async (): Promise<number> => (await bed.operator.get('/v1/reservations?limit=100')).body.data.filter(({ status }: Json) => status === 'confirmed').length;
  const asked = (more: object = {}): { order: Json } => askedFor(bed, slot, more);
  const errorOf = async (action: string, message: object): Promise<Json> => (await talk.ask(action, message)).error;

  it.each([
    ['an item that nobody knows', { items: [{ id: 'pe-charging-99' }] }, '30004'],
    ['an item of another provider', { provider: { id: 'cpo2.com' } }, '30001'],
    ['no item', { items: [] }, '30004'],
    ['an end before the start', { fulfillments: [{ stops: [{ time: { timestamp: '2030-01-01T11:00:00Z' } }, { time: { timestamp: '2030-01-01T10:00:00Z' } }] }] }, '30008'],
    ['a slot that lies years ahead', { fulfillments: [{ stops: [{ time: { timestamp: '2040-01-01T10:00:00Z' } }, { time: { timestamp: '2040-01-01T11:00:00Z' } }] }] }, '40002'],
    ['too little money', { items: [{ quantity: { selected: { measure: { value: '1', unit: 'INR' } } } }] }, '50000'],
    ['another currency', { items: [{ quantity: { selected: { measure: { value: '100', unit: 'EUR' } } } }] }, '50000'],
  ])('select of %s: its code in on_select', async (_what, more: Json, code) => {
    const { order } = asked();
    const items = more.items?.[0] && !more.items[0].id ? [{ ...order.items[0], ...more.items[0] }] : more.items ?? order.items;
    expect(await errorOf('select', { order: { ...order, ...more, items } })).toMatchObject({ code, message: expect.any(String) });
  });

  it('BKN-53, check 24: select of a slot that is taken answers the nearest that is free; init of it is refused', async () => {
    const taken = await book(bed);
    standing += 1;
    slot = taken.slot;
    const { message } = await talk.ask('select', asked());
    const [start] = message.order.fulfillments[0].stops;
    expect(Math.abs(Date.parse(start.time.timestamp) - slot.startMs)).toBeLessThanOrEqual(60 * 60_000);
    expect(Date.parse(start.time.timestamp)).not.toBe(slot.startMs);
    expect(await errorOf('init', asked())).toMatchObject({ code: '40002' });
  });

  it('BKN-54, check 26: init by a quote that has expired is refused, and works when selected again', async () => {
    await talk.ask('select', asked());
    const now = Date.parse((await bed.operator.get('/v1/test_clock')).body.now);
    expect((await bed.operator.post('/v1/test_clock/advance', { to: new Date(now + 16 * 60_000).toISOString() })).status).toBe(200);
    expect(await errorOf('init', asked())).toMatchObject({ code: '40003' });
    await talk.ask('select', asked());
    expect((await talk.ask('init', asked())).error).toBeUndefined();
  });

  it('BKN-55, check 27: confirm without init, unpaid, or said to be paid and not: nothing is booked', async () => {
    expect(await errorOf('confirm', asked())).toMatchObject({ code: '30010' });
    const { message } = await talk.ask('init', asked());
    const [payment] = message.order.payments;
    const token = await passwordOf(bed, 'order_otp');
    expect(await errorOf('confirm', asked())).toMatchObject({ code: '40000', message: expect.stringContaining('password') });
    expect(await errorOf('confirm', withToken(asked(), token === '111111' ? '111112' : '111111'))).toMatchObject({ code: '40000' });
    expect(await errorOf('confirm', withToken(asked({ payments: [{ id: 'pay_other', status: 'PAID' }] }), token))).toMatchObject({ code: '40004' });
    expect(await errorOf('confirm', withToken(asked({ items: [{ id: bed.location.stations[1]!.evses[0]!.connectors[0]!.id }] }), token))).toMatchObject({ code: '30004' });
    expect(await errorOf('confirm', withToken(asked({ payments: [{ id: payment.id, status: 'NOT-PAID' }] }), token))).toMatchObject({ code: '50000' });
    const declared = await talk.ask('confirm', withToken(asked({ payments: [{ id: payment.id, status: 'PAID' }] }), token));
    expect(declared.message.order).toMatchObject({ fulfillments: [{ state: { descriptor: { code: 'PENDING' } } }], payments: [{ status: 'NOT-PAID' }] });
    expect(declared.message.order.id).toBeUndefined();
    expect(await active()).toBe(standing);
    await payAt(payment.url, 'silent');
    expect((await talk.ask('confirm', asked({ payments: [{ id: payment.id, status: 'PAID' }] }))).error).toBeUndefined();
    const told = await talk.got('on_status');
    expect(told.message.order.payments[0].status).toBe('PAID');
    await expect.poll(active, { timeout: 15_000 }).toBe(standing + 1);
    standing += 1;
  });

  it('BKN-51, check 20: many confirms at once book once', async () => {
    const { message } = await talk.ask('init', asked());
    await payAt(message.order.payments[0].url);
    await talk.got('on_status');
    const confirm = withToken(asked(), await passwordOf(bed, 'order_otp'));
    const before = talk.count('on_confirm');
    await Promise.all(Array.from({ length: 4 }, () => talk.send('confirm', confirm)));
    await talk.got('on_confirm', before + 3);
    standing += 1;
    expect(await active()).toBe(standing);
  });

  it('BKN-52: init again takes the place of the hold before', async () => {
    await talk.ask('init', asked());
    slot = bed.newSlot();
    await talk.ask('init', asked());
    const held = (await (await bed.bapApi()).get('/v1/reservations?status=pending&limit=100')).body.data
      .filter(({ metadata }: Json) => metadata.beckn_transaction === talk.transactionId);
    expect(held).toHaveLength(1);
  });

  it('BKN-63, check 19: on_init answers its init, whatever else was asked before the page was there', async () => {
    const id = randomUUID();
    await talk.send('init', asked(), { message_id: id });
    await talk.ask('select', asked());
    expect((await talk.got('on_init')).context.message_id).toBe(id);
  });

  it('BKN-50: orders of others are not there', async () => {
    const { order } = await book(bed, 1);
    standing += 1;
    const other = newParty('other-bap.example');
    bed.list(bed.entryOf(bed.bap), bed.entryOf(bed.bpp, { type: 'BPP' }), bed.entryOf(other));
    for (const action of ['status', 'cancel', 'track']) {
      const body = { context: contextA(action, { bap_id: other.subscriberId, transaction_id: talk.transactionId }), message: { order_id: order.id } };
      expect((await bed.post(action, body, { by: other.identity })).status).toBe(200);
      expect((await talk.got(`on_${action}`)).error).toMatchObject({ code: '30010' });
    }
  });

  it('check 10: mis-signed, unsigned and shapeless messages are NACKs, and nothing of them is kept', async () => {
    const body = { context: contextA('init'), message: asked() };
    expect((await bed.post('init', body, { by: null })).status).toBe(401);
    expect((await bed.post('init', body, { by: newParty(BAP_ID).identity })).status).toBe(401);
    expect((await bed.post('init', { ...body, message: {} })).status).toBe(400);
    expect((await bed.post('status', { context: contextA('status'), message: {} })).status).toBe(400);
    expect((await bed.post('cancel', { context: contextA('cancel'), message: { order_id: 7 } })).status).toBe(400);
  });

  it.each([
    ['a radius of nothing', { fulfillment: { stops: [{ location: { circle: { gps: '12,77', radius: { value: '0', unit: 'km' } } } }] } }],
    ['a unit that nobody knows', { fulfillment: { stops: [{ location: { circle: { gps: '12,77', radius: { value: '1', unit: 'furlong' } } } }] } }],
    ['a place beyond the poles', { fulfillment: { stops: [{ location: { circle: { gps: '95,77', radius: { value: '1', unit: 'km' } } } }] } }],
    ['a time that is none', { fulfillment: { stops: [{ time: { range: { start: 'noon', end: 'one' } } }] } }],
  ])('BKN-59, check 42: search with %s is refused by its code', async (_what, intent) => {
    expect(await errorOf('search', { intent })).toMatchObject({ code: '30000', paths: expect.stringContaining('/message/intent') });
  });

  it('BKN-59, checks 41 and 43: what nothing fits is an empty catalogue: a connector or category that nobody has, latitude and longitude swapped', async () => {
    const circle = (gps: string): object => ({ stops: [{ location: { circle: { gps, radius: { value: '5', unit: 'miles' } } } }] });
    for (const intent of [
      { fulfillment: { ...circle('12.4235,77.3257'), tags: [{ list: [{ descriptor: { code: 'connector-type' }, value: 'Warp' }] }] } },
      { category: { descriptor: { code: 'car-wash' } }, fulfillment: circle('12.4235,77.3257') }, { fulfillment: circle('77.3257,12.4235') },
    ]) expect((await talk.ask('search', { intent })).message.catalog.providers).toEqual([]);
    const found = await talk.ask('search', { intent: { category: { descriptor: { code: 'green-tariff' } }, fulfillment: circle('12.4235,77.3257') } });
    expect(found.message.catalog.providers.map(({ id }: Json) => id)).toContain(bed.operatorId);
  });
});
