/** Seed 000, played: each of its messages in its place of one conversation, over signed HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsByCore, missingPaths, openBedA, seedBlock, type BedA, type Conversation } from '../../support/beckn-a-bed.ts';
import { testDatabases, type TestDatabase } from '../../support/databases.ts';
import type { Json } from '../../support/api.ts';
import { BAP_ID } from '../../support/beckn-bed.ts';

describe.each(testDatabases())('seed 000, $kind', ({ open }) => {
  let db: TestDatabase;
  let bed: BedA;
  let talk: Conversation;
  let slot: ReturnType<BedA['newSlot']>;
  let item: string;
  let operatorId: string;
  let order: Json;
  beforeAll(async () => {
    db = await open();
    bed = await openBedA(db);
    talk = bed.converse();
    slot = bed.newSlot();
    operatorId = bed.operatorId;
  });
  afterAll(async () => {
    await bed.close();
    await db.close();
  });

  /** As the seed has it, with the present time where its own would be long over, and one id for message and transaction. */
  const contextOf = (block: Json): object => {
    const { timestamp, ttl } = block.context as { timestamp?: string; ttl?: string };
    return {
      message_id: talk.transactionId, bap_uri: bed.callbacks.url, ...(ttl === undefined ? { ttl: undefined } : { ttl }),
      timestamp: timestamp !== undefined && /^\d{4}:/.test(timestamp) ? timestamp : new Date().toISOString(),
    };
  };
  const bookedTimes = async (): Promise<Json[]> => (await bed.operator.get(`/v1/reservations?charging_station=${bed.location.stations[0]!.id}`)).body.data;

  it('search → on_search: the live network, with every field of the seed\'s catalogue', async () => {
    const block = seedBlock('00-search');
    const { range } = block.message.intent.fulfillment.stops[0].time;
    [range.start, range.end] = [slot.colonStart, slot.colonLater];
    const answer = await talk.ask('search', block.message, contextOf(block));
    expect(answer.error).toBeUndefined();
    const [provider] = answer.message.catalog.providers.filter(({ id }: Json) => id === operatorId);
    expect(provider.descriptor.name).toBe('CPO1 EV charging Company');
    expect(answer.error).toBeUndefined();
    expect(missingPaths(seedBlock('01-on-search'), answer)).toEqual([]);
    const booking = provider.items.find(({ descriptor, tags }: Json) => descriptor.short_desc === undefined && tags[0].list[1].value === 'AC_3_PHASE');
    expect(booking.price).toEqual({ value: '18', currency: 'INR/kWh' });
    const [first] = provider.fulfillments.find(({ id }: Json) => id === booking.fulfillment_ids[0]).stops;
    expect(Date.parse(first.time.range.start)).toBe(slot.startMs);
    item = booking.id;
  });

  const filled = (block: Json): Json => {
    const { order: asked } = block.message;
    asked.provider.id = operatorId;
    asked.items[0].id = item;
    const [stop] = asked.fulfillments[0].stops;
    stop.time.timestamp = stop.time.timestamp.includes('T') ? slot.start : slot.colonStart;
    if (asked.fulfillments[0].stops[1]) asked.fulfillments[0].stops[1].time.timestamp = stop.time.timestamp.includes('T') ? slot.end : slot.colonEnd;
    return block;
  };

  it('BKN-53, check 25: select → on_select: an itemised quote, and nothing is held', async () => {
    const block = filled(seedBlock('02-select'));
    const answer = await talk.ask('select', block.message, contextOf(block));
    expect(answer.error).toBeUndefined();
    expect(missingPaths(seedBlock('04-on-select'), answer)).toEqual([]);
    const { quote, fulfillments: [fulfillment] } = answer.message.order;
    expect(Number(quote.price.value)).toBeLessThanOrEqual(100);
    expect(Number(quote.price.value)).toBeGreaterThan(99.9);
    const sum = quote.breakup.reduce((total: number, { price }: Json) => total + Math.round(Number(price.value) * 100), 0);
    expect(sum).toBe(Math.round(Number(quote.price.value) * 100));
    expect(fulfillment.stops.map(({ time }: Json) => Date.parse(time.timestamp))).toEqual([slot.startMs, slot.endMs]);
    expect(await bookedTimes()).toEqual([]);
  });

  it('select by kWh, as the seed\'s second example has it: one item instead of a list', async () => {
    const block = seedBlock('03-select');
    block.message.order.item.id = item;
    const other = bed.converse();
    const answer = await other.ask('select', block.message);
    expect(answer.message.order.quote.breakup[0]).toMatchObject({ title: 'Charging session cost (2.5 kWh @ ₹18.00/kWh)', price: { value: '45.00', currency: 'INR' } });
  });

  it('init → on_init: the slot is held, and how it is paid is told', async () => {
    const block = filled(seedBlock('05-init'));
    const answer = await talk.ask('init', block.message, contextOf(block));
    expect(answer.error).toBeUndefined();
    expect(missingPaths(seedBlock('06-on-init'), answer)).toEqual([]);
    order = answer.message.order;
    expect(order.billing).toMatchObject({ ...block.message.order.billing, time: expect.anything() });
    expect(order.payments[0]).toMatchObject({ status: 'NOT-PAID', type: 'PRE-ORDER', params: { amount: order.quote.price.value } });
    const [held] = await bookedTimes();
    expect(held).toMatchObject({ status: 'pending' });
  });

  it('BKN-57, check 28: on_status comes unasked once the link is paid', async () => {
    const paid = await fetch(order.payments[0].url, { method: 'POST', body: new URLSearchParams({ choice: 'pay' }) });
    expect(paid.status).toBe(200);
    const answer = await talk.got('on_status');
    expect(answer.context.message_id).not.toBe(talk.transactionId);
    expect(answer.error).toBeUndefined();
    expect(missingPaths(seedBlock('07-on-status'), answer)).toEqual([]);
    expect(answer.message.order.payments[0].status).toBe('PAID');
  });

  it('confirm → on_confirm: booked, with an order id that is the reservation\'s; confirmed again, it is the same', async () => {
    const block = filled(seedBlock('08-confirm'));
    block.message.order.payments[0].id = order.payments[0].id;
    const api = await bed.app.as(`beckn:${BAP_ID}`);
    const [notice] = (await api.get('/v1/sandbox/notices')).body.data.filter(({ kind }: Json) => kind === 'order_otp');
    block.message.order.fulfillments[0].stops[0].authorization.token = /\d{6}/.exec(notice.text)![0];
    const answer = await talk.ask('confirm', block.message, contextOf(block));
    expect(answer.error).toBeUndefined();
    expect(missingPaths(seedBlock('09-on-confirm'), answer)).toEqual([]);
    const { id } = answer.message.order;
    expect((await api.get(`/v1/reservations/${id}`)).body).toMatchObject({ id, status: 'confirmed' });
    expect((await bed.operator.get(`/v1/reservations/${id}`)).body).toMatchObject({ id, status: 'confirmed' });
    const again = await talk.ask('confirm', block.message);
    expect(again.message.order.id).toBe(id);
    expect(await bookedTimes()).toHaveLength(1);
    order = answer.message.order;
  });

  it('BKN-60, check 48: all that went out passes the published schema of Beckn 1.1', async ({ skip }) => {
    const faults = await faultsByCore(bed);
    if (faults === undefined) return skip('BECKN_SCHEMAS names no folder with the published schemas');
    expect(faults).toEqual([]);
  });
});
