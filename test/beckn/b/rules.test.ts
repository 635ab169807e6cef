/** What the provider of the 2.0 draft does beside the main line of seed 001. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/api.ts';
import { aboutBody, confirmBody, initBody, openBedB, selectBody, trackBody, updateBody, type BedB, type Conversation, type Wish } from '../../support/beckn-b-bed.ts';
import { MINUTE, must } from '../../support/world.ts';

const orderOf = (answer: Json): Json => answer.message.order;
const attributesOf = (answer: Json): Json => orderOf(answer)['beckn:orderAttributes'];
const totalOf = (answer: Json): number => orderOf(answer)['beckn:totals']['schema:price'];
const startOf = (answer: Json): string => attributesOf(answer)['fulfillment-details'].stops[0].time.timestamp;
const linesOf = (answer: Json): string[] => orderOf(answer)['beckn:totals']['beckn:breakup'].map((line: Json) => line['schema:name']);

describe('the provider of the 2.0 draft', () => {
  let bed: BedB;
  let location: { latitude: number; longitude: number };
  beforeAll(async () => {
    bed = await openBedB();
    const evse = must(await bed.w.anybody.get(`/v1/evses/${bed.station.evses[0]}`));
    ({ coordinates: location } = must(await bed.w.anybody.get(`/v1/locations/${evse.location_id}`)));
  });
  afterAll(() => bed.close());

  const newWish = async (more: Partial<Wish> = {}): Promise<Wish> => ({ item: bed.connectors[0]!, slot: await bed.newSlot(), ...more });
  const held = async (wish: Wish): Promise<{ talk: Conversation; answer: Json; id: string }> => {
    const talk = bed.converse();
    const answer = await talk.ask('init', initBody(wish));
    return { talk, answer, id: orderOf(answer)['beckn:id'] };
  };
  const booked = async (wish: Wish): Promise<{ talk: Conversation; id: string }> => {
    const { talk, answer, id } = await held(wish);
    await bed.pay(attributesOf(answer)['payment-details']['payment-url']);
    await talk.got('on_status');
    expect(orderOf(await talk.ask('confirm', confirmBody(wish)))['beckn:state']).toBe('CONFIRMED');
    return { talk, id };
  };

  it('BKB-2, BKB-3, checks 41, 43: text, places and filters', async () => {
    const talk = bed.converse();
    const found = async (wish: object): Promise<string[]> => (await talk.ask('discover',
      wish)).catalogs.flatMap((catalog: Json) => catalog['beckn:items'].map((item: Json) => item['beckn:id']));
    const around = (longitude: number, latitude: number) => ({ spatial: [{ op: 's_dwithin', targets: "$['beckn:availableAt'][*]['geo']",
      geometry: { type: 'Point', coordinates: [longitude, latitude] }, distanceMeters: 2_000 }] });
    expect(await found({ text_search: 'fast EV charger' })).toEqual(bed.connectors);
    expect(await found({ text_search: 'Nowhere' })).toEqual([]);
    expect(await found({ text_search: 'CHAdeMO connector' })).toEqual([]);
    expect(await found(around(location.longitude, location.latitude))).toEqual(bed.connectors);
    expect(await found(around(location.latitude, location.longitude))).toEqual([]);
    expect(await found({ filters: { type: 'jsonpath', expression: '$[?(@.beckn:itemAttributes.ev:maxPowerKW < 50)]' } })).toEqual([]);
    expect(await found({ text_search: 'charger', pagination: { page: 2, limit: 20 } })).toEqual([]);
    for (const wish of [{ filters: '$[?(@.a == ]' }, { spatial: [{ op: 's_crosses', geometry: { type: 'Point', coordinates: [1, 2] } }] }]) {
      expect((await talk.ask('discover', wish)).error).toMatchObject({ code: 30_000 });
    }
  });

  it('BKB-4: what is not there, or of another, is refused', async () => {
    const talk = bed.converse();
    expect((await talk.ask('select', selectBody(await newWish({ item: 'pe-charging-01' })))).error.code).toBe(30_004);
    expect((await talk.ask('select', selectBody(await newWish({ seller: 'cpo1.com' })))).error.code).toBe(30_001);
    expect((await talk.ask('select', { message: { order: { 'beckn:state': 'DRAFT' } } })).error.code).toBe(30_004);
    expect((await talk.send('select', { message: { order: { 'beckn:state': 'DRAFT', 'beckn:orderItems': 'x' } } })).status).toBe(400);
  });

  it('BKB-5, check 24: the nearest slot where the asked one is taken, by amount, kWh or time; at once without stops', async () => {
    const wish = await newWish();
    await booked(wish);
    const other = await bed.converse().ask('select', selectBody(wish));
    expect(Math.abs(Date.parse(startOf(other)) - Date.parse(wish.slot!.start))).toBe(60 * MINUTE);
    const energy = await bed.converse().ask('select', selectBody(await newWish({ measure: { value: '5', unit: 'kWh' } })));
    expect(totalOf(energy)).toBe(110); // 5 × 18 + 10, and a tenth besides
    const { slot: _, ...spot } = await newWish({ measure: { value: '30', unit: 'MIN' } });
    const now = await bed.converse().ask('select', selectBody(spot));
    expect(Date.parse(startOf(now)) - (await bed.w.now())).toBeLessThanOrEqual(15 * MINUTE);
    expect(linesOf(now)[1]).toMatch(/^Charging session cost \(30 kWh/);
    const [byEvse] = bed.station.evses;
    expect(orderOf(await bed.converse().ask('select', selectBody({ ...spot, item: byEvse! })))['beckn:orderItems'][0]['beckn:orderedItem']).toBe(bed.connectors[0]);
  });

  it('BKB-8: init again keeps the hold, for another slot it gives it back', async () => {
    const wish = await newWish();
    const { talk, id } = await held(wish);
    expect(orderOf(await talk.ask('init', initBody(wish)))['beckn:id']).toBe(id);
    const moved = orderOf(await talk.ask('init', initBody({ ...wish, slot: await bed.newSlot() })))['beckn:id'];
    expect(moved).not.toBe(id);
    const app = await bed.bapApi();
    expect(must(await app.get(`/v1/reservations/${id}`)).status).toBe('cancelled');
    expect(must(await app.get(`/v1/reservations/${moved}`)).status).toBe('pending');
  });

  it('BKB-10: loyalty by the phone of the bill, a fleet by a password', async () => {
    const programme = async (kind: string, phone: string): Promise<string> => {
      const { id } = must(await bed.cpo.api.post('/v1/programmes', { kind, ref: `club-${kind}`, name: 'Club' }));
      must(await bed.cpo.api.post(`/v1/programmes/${id}/members`, { members: [{ phone }] }));
      must(await bed.cpo.api.post('/v1/offers', { ref: `club-${kind}`, name: 'Club price', currency: 'inr', discount: { percent: '20' }, programmes: [id] }));
      return id;
    };
    await programme('loyalty', '+919000000001');
    const measure = { value: '5', unit: 'kWh' };
    const member = await held(await newWish({ measure, phone: '+919000000001' }));
    expect(linesOf(member.answer)).toContain('Club price');
    expect(totalOf(member.answer)).toBe(88); // 100 less a fifth, and a tenth besides
    expect(linesOf((await held(await newWish({ measure, phone: '+919000000002' }))).answer)).not.toContain('Club price');
    const fleet = await programme('fleet', '+919000000003');
    const wish = await newWish({ measure, phone: '+919000000003', more: { loyalty: { 'programme-id': fleet } } });
    const { talk, answer } = await held(wish);
    expect(attributesOf(answer).loyalty).toMatchObject([{ type: 'FLEET', status: 'PENDING', authorization: { type: 'OTP' } }]);
    const wrong = await talk.ask('init', initBody({ ...wish, more: { loyalty: { 'programme-id': fleet, otp: '000000' } } }));
    expect(wrong.error.message).toMatch(/tries are left/);
    const right = await talk.ask('init', initBody({ ...wish, more: { loyalty: { 'programme-id': fleet, otp: await bed.otp('membership_otp') } } }));
    expect([attributesOf(right).loyalty[0].status, linesOf(right).includes('Club price')]).toEqual(['ACTIVE', true]);
  });

  it('BKB-12, check 27: without init, or unpaid, nothing is confirmed; what is declared is PENDING until it is seen', async () => {
    const wish = await newWish();
    expect((await bed.converse().ask('confirm', confirmBody(wish))).error.code).toBe(30_010);
    const { talk, answer } = await held(wish);
    const byLink = { 'beckn:method': 'PAYMENT-LINK', 'beckn:paymentAttributes': {} };
    expect((await talk.ask('confirm', confirmBody(wish, { payment: byLink }))).error.code).toBeGreaterThanOrEqual(40_000);
    expect(orderOf(await talk.ask('confirm', confirmBody(wish, { status: 'PAID' })))['beckn:state']).toBe('PENDING');
    await bed.pay(attributesOf(answer)['payment-details']['payment-url'], 'silent');
    expect(orderOf(await talk.ask('confirm', confirmBody(wish, { status: 'PAID' })))['beckn:state']).toBe('PENDING');
    await expect.poll(async () => orderOf(await talk.ask('status', aboutBody('x')))['beckn:state'], { timeout: 15_000 }).toBe('CONFIRMED');
  });

  it('BKB-14: another slot, by its stops', async () => {
    const { talk, id } = await booked(await newWish());
    const slot = await bed.newSlot();
    const stops = [{ type: 'START', time: { timestamp: slot.start } }, { type: 'STOP', time: { timestamp: slot.end } }];
    const answer = await talk.ask('update', aboutBody(id, { 'update-target': 'order.fulfillments[0].stops', 'fulfillment-update': { stops } }));
    expect(startOf(answer)).toBe(slot.start);
    expect((await talk.ask('update', aboutBody(id, { 'fulfillment-update': { state: { code: 'fly' } } }))).error.code).toBe(30_012);
    expect((await talk.ask('update', updateBody(id, 'start-charging'))).error.message).toMatch(/password/);
  });

  it('BKB-16: an order that has not begun is tracked, too', async () => {
    const { talk, id } = await booked(await newWish());
    expect(attributesOf(await talk.ask('track', trackBody(id)))['tracking-details']['beckn:status']).toBe('INACTIVE');
  });

  it('BKB-17, checks 30, 32: cancel tells its terms, gives back by them, and is done once', async () => {
    const { talk, id } = await booked(await newWish({ measure: { value: '5', unit: 'kWh' } }));
    const soft = await talk.ask('cancel', aboutBody(id, { cancellation: { type: 'SOFT' } }));
    expect([orderOf(soft)['beckn:state'], attributesOf(soft).cancellation['refund-amount']]).toEqual(['CONFIRMED', { currency: 'INR', value: '85' }]);
    const answer = await talk.ask('cancel', aboutBody(id, { cancellation: { reason: 'plans changed' } }));
    expect(orderOf(answer)['beckn:state']).toBe('CANCELLED');
    expect(attributesOf(answer).cancellation).toMatchObject({ 'cancelled-by': 'CONSUMER', reason: 'plans changed', 'refund-amount': { value: '85' },
      'cancellation-fee': { value: '15' } });
    expect((await talk.ask('cancel', aboutBody(id))).error.code).toBe(50_001);
    expect(talk.count('on_cancel')).toBe(3);
  });

  it('BKB-17, check 38: a provider that cancels tells it, and gives all of it back', async () => {
    const { talk, id } = await booked(await newWish({ measure: { value: '5', unit: 'kWh' } }));
    must(await bed.cpo.api.post(`/v1/reservations/${id}/cancel`, { reason: 'maintenance' }));
    const answer = await talk.got('on_cancel');
    expect(attributesOf(answer).cancellation).toMatchObject({ 'cancelled-by': 'PROVIDER', reason: 'maintenance', 'refund-amount': { value: '110' } });
  });

  it('BKB-18, check 46: ratings have a range, a category, and charging that has ended', async () => {
    const { talk, id } = await booked(await newWish());
    expect((await talk.ask('rating', aboutBody(id, {}, { ratings: [{ category: 'Order', value: 5 }] }))).error.message).toMatch(/once charging has ended/);
  });

  it('BKB-19, checks 46, 47: orders of nobody are not found; who helps is told', async () => {
    const { talk, id } = await booked(await newWish());
    for (const action of ['status', 'rating', 'support']) expect((await bed.converse().ask(action, aboutBody('res_01hzzzzzzzzzzzzzzzzzzzzzzz'))).error.code).toBe(30_010);
    expect((await talk.ask('support', aboutBody(id))).message.support).toMatchObject({ 'beckn:orderId': id, 'schema:url': 'https://cpo.example' });
  });

  it('BKN-65, check 47: support opens a case, which its operator answers and resolves', async () => {
    must(await bed.cpo.api.patch('/v1/organisation', { support_contact: { phone: '1800 1080', url: 'https://cpo.example/help', hours: 'all day' } }));
    const { talk, id } = await booked(await newWish());
    const comments = { feedback: { comments: 'The latch is broken', tags: ['connector-damaged'] } };
    const { message: { support } } = await talk.ask('support', aboutBody(id, {}, comments));
    expect(support).toMatchObject({
      'beckn:orderId': id, 'beckn:ticketStatus': 'OPEN', 'schema:telephone': '1800 1080', 'schema:url': 'https://cpo.example/help', 'schema:hoursAvailable': 'all day',
    });
    const [ticket] = must(await bed.cpo.api.get(`/v1/support_tickets?reference=${support['beckn:ticketId']}`)).data;
    expect(ticket).toMatchObject({ category: 'hardware', newest_message: { text: 'The latch is broken' } });
    must(await bed.cpo.api.post(`/v1/support_tickets/${ticket.id}/messages`, { text: 'We are on our way' }));
    expect((await talk.got('on_support', 1)).message.support).toMatchObject({ 'beckn:ticketStatus': 'IN-PROGRESS', 'schema:answer': 'We are on our way' });
    must(await bed.cpo.api.patch(`/v1/support_tickets/${ticket.id}`, { status: 'resolved' }));
    expect((await talk.got('on_support', 2)).message.support).toMatchObject({ 'beckn:ticketStatus': 'RESOLVED' });
    must(await (await bed.bapApi()).post(`/v1/support_tickets/${ticket.id}/messages`, { text: 'Thank you' }));
    expect((await talk.ask('support', aboutBody(id))).message.support).toMatchObject({ 'beckn:ticketId': ticket.reference, 'beckn:ticketStatus': 'OPEN' });
  });
});
