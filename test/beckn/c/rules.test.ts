/** What the provider of the candidate does beside the main line. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signBody } from '../../../src/protocols/beckn/signing/index.ts';
import type { Json } from '../../support/api.ts';
import { aboutBody, confirmBody, faultsByCandidate, initBody, openBedC, paymentOf, selectBody, type BedC, type Conversation, type Wish } from '../../support/beckn-c-bed.ts';
import { contextC } from '../../support/beckn-bed.ts';
import { expectCall, sample, time } from '../../support/charging-bed.ts';
import { tariffOf } from '../../support/paying.ts';
import { MINUTE, must } from '../../support/world.ts';

const orderOf = (answer: Json): Json => answer.message.order;
const statusOf = (answer: Json): string => orderOf(answer)['beckn:orderStatus'];
const valueOf = (answer: Json): Json => orderOf(answer)['beckn:orderValue'];
const timesOf = (answer: Json): { startTime: string; endTime: string } => orderOf(answer)['beckn:orderAttributes'].preferences;
const payOf = (answer: Json): Json => orderOf(answer)['beckn:payment'];
const idsOf = (answer: Json): string[] => answer.message.catalogs.flatMap((catalog: Json) => catalog['beckn:items'].map((item: Json) => item['beckn:id']));

let bed: BedC;
const wishFor = async (more: Partial<Wish> = {}): Promise<Wish> => ({ item: bed.connectors[0]!, slot: await bed.newSlot(), seller: bed.cpo.organisation.id, ...more });

async function held(wish: Wish): Promise<{ talk: Conversation; answer: Json; id: string }> {
  const talk = bed.converse();
  await talk.ask('select', selectBody(wish));
  const answer = await talk.ask('init', initBody(wish));
  return { talk, answer, id: orderOf(answer)['beckn:id'] };
}

async function booked(wish: Wish): Promise<{ talk: Conversation; id: string }> {
  const { talk, answer, id } = await held(wish);
  await bed.pay(payOf(answer)['beckn:paymentURL']);
  await talk.got('on_status');
  expect(statusOf(await talk.ask('confirm', confirmBody(wish, id)))).toBe('CONFIRMED');
  return { talk, id };
}

describe('the provider of the candidate', () => {
  beforeAll(async () => {
    bed = await openBedC();
  });
  afterAll(() => bed.close());

  it.each([
    ["$[?(@.beckn:itemAttributes.connectorType == 'CCS2' && @.beckn:itemAttributes.maxPowerKW >= 50)]", 2],
    ["$.catalogs[*].beckn:items[*] ? (@.beckn:itemAttributes.connectorType == \"CCS2\")", 2],
    ["$[?(@['beckn:itemAttributes']['connectorType'] == 'Type2')]", 0],
    ["$[?(@.beckn:itemAttributes.powerType == 'DC' && @.beckn:fulfillment.beckn:deliveryAttributes.vehicle.make == 'Tata')]", 2],
    ["$[?(@.beckn:itemAttributes.connectorType == 'CCS2' && @.beckn:availabilityWindow.schema:startTime <= '23:59:00')]", 2],
  ])('BKC-3, checks 42, 49: %s', async (expression, count) => {
    expect(idsOf(await bed.converse().ask('discover', { message: { filters: { type: 'jsonpath', expression } } }))).toHaveLength(count);
  });

  it('BKC-3, checks 41–43: places, text, what is nowhere, what can not be read', async () => {
    const talk = bed.converse();
    const around = (longitude: number, latitude: number) => ({ spatial: [{ op: 's_dwithin', targets: "$['beckn:availableAt'][*]['geo']",
      geometry: { type: 'Point', coordinates: [longitude, latitude] }, distanceMeters: 2_000 }] });
    expect(idsOf(await talk.ask('discover', { message: around(77.594_6, 12.971_6) }))).toEqual(bed.connectors);
    expect((await talk.ask('discover', { message: around(12.971_6, 77.594_6) })).message).toEqual({ catalogs: [] });
    expect(idsOf(await talk.ask('discover', { message: { text_search: 'CCS2 fast charger' } }))).toEqual(bed.connectors);
    const byId = { type: 'jsonpath', expression: `$[?(@.beckn:id == '${bed.connectors[1]}')]` };
    expect(idsOf(await talk.ask('discover', { message: { filters: byId } }))).toEqual([bed.connectors[1]]);
    const wrong = await talk.ask('discover', { message: { filters: { type: 'jsonpath', expression: '$[?(@.a == ]' } } });
    expect([wrong.error.code, wrong.message]).toEqual(['30000', { catalogs: [] }]);
  });

  it('BKC-3: discover as a GET with a body', async () => {
    const transactionId = crypto.randomUUID();
    const body = JSON.stringify({ context: contextC('discover', { transaction_id: transactionId }), message: { text_search: 'charger' } });
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(`${bed.w.app.url}/beckn/discover`, { method: 'GET', headers: {
        'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: signBody(Buffer.from(body), bed.bap.identity, { now: Date.now() }),
      } }, (response) => resolve(response.resume().statusCode!));
      sent.on('error', reject).end(body);
    });
    expect(status).toBe(200);
    expect(idsOf(await bed.converse(transactionId).got('on_discover'))).toEqual(bed.connectors);
  });

  it('BKC-4: by an amount, by time, within a window, at once, by the EVSE', async () => {
    const quoted = async (more: Partial<Wish>): Promise<Json> => bed.converse().ask('select', selectBody(await wishFor(more)));
    const amount = await quoted({ quantity: { unitCode: 'INR', unitQuantity: 100 } });
    expect(valueOf(amount).value).toBe(110); // 5 × 18 + 10, and a tenth besides
    const minutes = orderOf(await quoted({ quantity: { unitCode: 'MIN', unitQuantity: 30 } }));
    expect(minutes['beckn:orderItems'][0]['beckn:quantity']).toMatchObject({ unitCode: 'MIN', unitQuantity: 30 });
    const slot = await bed.newSlot();
    const end = new Date(Date.parse(slot.start) + 12 * 60 * MINUTE).toISOString();
    const window = timesOf(await quoted({ slot: { start: slot.start, end }, quantity: { unitCode: 'KWH', unitQuantity: 30 } }));
    expect([window.startTime, Date.parse(window.endTime) - Date.parse(window.startTime)]).toEqual([slot.start, 30 * MINUTE]);
    const now = timesOf(await quoted({ slot: undefined, item: bed.station.evses[1]! }));
    expect(Date.parse(now.startTime) - (await bed.w.now())).toBeLessThanOrEqual(15 * MINUTE);
  });

  it('BKC-6, checks 23, 24: a time that is taken is rejected, with an order beside the error; so is what is not there', async () => {
    const wish = await wishFor();
    await booked(wish);
    const answer = await bed.converse().ask('select', selectBody(wish));
    expect([statusOf(answer), answer.error.code]).toEqual(['REJECTED', '40000']);
    expect(answer.error.message).toMatch(/not free then; it is from 20/);
    const nowhere = await bed.converse().ask('select', selectBody({ ...wish, item: 'IND*nobody*1' }));
    expect([statusOf(nowhere), nowhere.error.code]).toEqual(['REJECTED', '30004']);
    expect((await bed.converse().ask('select', selectBody({ ...wish, seller: 'cpo1.com' }))).error.code).toBe('30001');
    expect((await bed.converse().send('select', { message: { order: { 'beckn:orderItems': 'x' } } })).status).toBe(400);
    const both = await Promise.all([0, 1].map(async () => held({ ...wish, item: bed.connectors[1]! })));
    expect(both.flatMap(({ answer: { error } }) => (error ? [error.code] : []))).toEqual([expect.stringMatching(/^4000[02]$/)]);
  });

  it('BKC-7: init again keeps the hold; its own times count', async () => {
    const wish = await wishFor();
    const { talk, id } = await held(wish);
    expect(orderOf(await talk.ask('init', initBody(wish)))['beckn:id']).toBe(id);
    const other = await wishFor();
    const body = initBody(other) as Json;
    body.message.order['beckn:orderAttributes'] = (selectBody(other) as Json).message.order['beckn:orderAttributes'];
    const moved = await talk.ask('init', body);
    expect([orderOf(moved)['beckn:id'] === id, timesOf(moved).startTime]).toEqual([false, other.slot!.start]);
    expect(must(await bed.cpo.api.get(`/v1/reservations/${id}`)).status).toBe('cancelled');
  });

  it('BKC-9, check 27: without init, or unpaid, nothing is confirmed; what is declared is PENDING until it is seen', async () => {
    const wish = await wishFor();
    expect((await bed.converse().ask('confirm', confirmBody(wish, 'order-1'))).error.code).toBe('30010');
    const { talk, answer, id } = await held(wish);
    const unpaid = await talk.ask('confirm', confirmBody(wish, id, { status: 'INITIATED' }));
    expect([unpaid.error.code >= '40000', statusOf(unpaid)]).toEqual([true, 'PENDING']);
    expect(statusOf(await talk.ask('confirm', confirmBody(wish, id)))).toBe('PENDING');
    await bed.pay(payOf(answer)['beckn:paymentURL'], 'silent');
    expect(statusOf(await talk.ask('confirm', confirmBody(wish, id)))).toBe('PENDING');
    await expect.poll(async () => statusOf(await talk.ask('status', aboutBody(wish, id))), { timeout: 15_000 }).toBe('CONFIRMED');
  });

  it('BKC-10, check 33: a wrong password is refused, also where none is asked for; another state is no update', async () => {
    const wish = await wishFor();
    const { talk, id } = await booked(wish);
    const wrong = await talk.ask('update', aboutBody(wish, id, { session: 'PENDING', beside: { authorization: { type: 'OTP', token: '000000' } } }));
    expect(wrong.error.code).toMatch(/^[45]0000$|^30010$/);
    expect((await talk.ask('update', aboutBody(wish, id))).error.code).toBe('30012');
    expect((await talk.ask('update', aboutBody(wish, id, { session: 'STOP' }))).error.code).toBe('40000');
  });

  it('BKC-13: what the app collects itself is not believed to be ours', async () => {
    const wish = await wishFor();
    const talk = bed.converse();
    await talk.ask('select', selectBody(wish));
    const answer = await talk.ask('init', initBody(wish, paymentOf('INITIATED', { 'beckn:beneficiary': 'BAP' })));
    expect(payOf(answer)).toMatchObject({ 'beckn:beneficiary': 'BAP', 'beckn:paymentStatus': 'INITIATED' });
    expect(payOf(answer)['beckn:paymentURL']).toBeUndefined();
    expect(statusOf(await talk.ask('confirm', confirmBody(wish, orderOf(answer)['beckn:id'])))).toBe('PENDING');
  });

  it('BKC-14, checks 30, 32: cancel tells its terms, gives back by them, and is done once', async () => {
    const wish = await wishFor();
    const { talk, id } = await booked(wish);
    const soft = await talk.ask('cancel', aboutBody(wish, id, { beside: { cancellation: { type: 'SOFT' } } }));
    expect([statusOf(soft), soft.message.cancellation.refundAmount]).toEqual(['CONFIRMED', { currency: 'INR', value: 85 }]);
    const answer = await talk.ask('cancel', { message: { order: { 'beckn:id': id } } });
    expect([statusOf(answer), answer.message.cancellation.cancelledBy]).toEqual(['CANCELLED', 'BUYER']);
    expect(payOf(answer)).toMatchObject({ 'beckn:beneficiary': 'BUYER', 'beckn:paymentStatus': 'REFUNDED', 'beckn:amount': { value: 85 } });
    expect((await talk.ask('cancel', aboutBody(wish, id))).error.code).toBe('50001');
    expect(talk.count('on_cancel')).toBe(3);
  });

  it('BKC-14, check 38: a provider that cancels tells it, and gives all of it back', async () => {
    const { talk, id } = await booked(await wishFor());
    must(await bed.cpo.api.post(`/v1/reservations/${id}/cancel`, { reason: 'maintenance' }));
    const answer = await talk.got('on_cancel');
    expect(answer.message.cancellation).toMatchObject({ cancelledBy: 'BPP', reason: 'maintenance', refundAmount: { value: 110 } });
    expect(payOf(answer)).toMatchObject({ 'beckn:beneficiary': 'BUYER', 'beckn:amount': { value: 110 } });
  });

  it('BKC-15, check 46: charging that has not ended is not rated; orders of nobody are not found', async () => {
    const { talk } = await booked(await wishFor());
    expect((await talk.ask('rating', { message: { ratings: [{ id: 'x', ratingValue: 4 }] } })).error.message).toMatch(/once charging has ended/);
    expect((await bed.converse().ask('rating', { message: { ratings: [{ id: 'x', ratingValue: 4 }] } })).error.code).toBe('30010');
  });

  it('BKC-16, check 47: a case about a plug or an order, and what becomes of it', async () => {
    const { talk, id } = await booked(await wishFor());
    const helped = (refId: string, refType: string, comments: string, tag: string) => talk.ask('support', { message: { refId, refType, feedback: { comments, tags: [tag] } } });
    const broken = await helped(bed.connectors[0]!, 'ITEM', 'The latch is broken', 'connector-damaged');
    expect(broken.message.feedback).toMatchObject({ '@type': 'SupportFeedback', supportStatus: 'ACKNOWLEDGED' });
    const { message: { support, feedback } } = await helped(id, 'ORDER', 'Billed in full', 'billing-dispute');
    expect(support).toMatchObject({ name: 'Example Charging', channels: expect.arrayContaining(['WEB']) });
    const reference = /^Case (\S+)/.exec(feedback.comments)![1]!;
    const [ticket] = must(await bed.cpo.api.get(`/v1/support_tickets?reference=${reference}`)).data;
    expect(ticket).toMatchObject({ category: 'payment' });
    must(await bed.cpo.api.post(`/v1/support_tickets/${ticket.id}/messages`, { text: 'We look at it' }));
    expect((await talk.got('on_support', 2)).message.feedback).toMatchObject({ supportStatus: 'IN_PROGRESS', comments: `Case ${reference}: We look at it` });
    must(await bed.cpo.api.patch(`/v1/support_tickets/${ticket.id}`, { status: 'resolved' }));
    expect((await talk.got('on_support', 3)).message.feedback).toMatchObject({ supportStatus: 'RESOLVED' });
  });

  it('BKC-5, check 36, BKC-14, check 31: more than was collected is owed, and a fee of the next order; what charges is not cancelled', async () => {
    const charger = await bed.plug();
    const wish = await wishFor({ phone: '+919876500042' });
    const { talk, id } = await booked(wish);
    await bed.w.advanceTo(Date.parse(wish.slot!.start) + MINUTE);
    await talk.send('update', aboutBody(wish, id, { session: 'PENDING' }));
    const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const started = await charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(bed.w) });
    await talk.got('on_update');
    expect((await talk.ask('cancel', aboutBody(wish, id))).error.code).toBe('50001');
    await bed.w.advance(10 * MINUTE);
    const before = talk.count('on_update');
    await charger.call('StopTransaction', { ...started[2] as object, idTagInfo: undefined, meterStop: 8_000, timestamp: await time(bed.w), reason: 'Local' });
    const final = await talk.got('on_update', before);
    expect(valueOf(final).value).toBe(154); // 8 × 18 + 10; 110 were collected
    const next = await bed.converse().ask('select', selectBody(await wishFor({ phone: '+919876500042' })));
    expect(valueOf(next).components.at(-1)).toMatchObject({ type: 'FEE', value: 44, description: 'Outstanding from before' });
    expect(valueOf(next).value).toBe(154);
  });

  it('BKC-17, check 48: all that went out passes the published schema', async ({ skip }) => {
    const faults = await faultsByCandidate(bed);
    if (faults === undefined) return skip('BECKN_SCHEMAS names no folder with the published schemas');
    expect(faults).toEqual([]);
  });
});

describe('passwords of the candidate', () => {
  beforeAll(async () => {
    bed = await openBedC({ settings: { PLUGTIME_BECKN_CONFIRM_OTP: 'true', PLUGTIME_BECKN_START_OTP: 'true' } });
  });
  afterAll(() => bed.close());

  it('BKC-10, check 33: where they are configured, confirm and start bring the password that the driver was sent', async () => {
    const wish = await wishFor();
    const { talk, answer, id } = await held(wish);
    expect(answer.message.authorization).toEqual({ type: 'OTP' });
    await bed.pay(payOf(answer)['beckn:paymentURL']);
    await talk.got('on_status');
    const withToken = async (kind: string): Promise<object> => ({ authorization: { type: 'OTP', token: await bed.otp(kind) } });
    expect((await talk.ask('confirm', confirmBody(wish, id))).error.message).toMatch(/password/);
    expect(statusOf(await talk.ask('confirm', confirmBody(wish, id, { beside: await withToken('order_otp') })))).toBe('CONFIRMED');
    await bed.w.advanceTo(Date.parse(wish.slot!.start) + MINUTE);
    const charger = await bed.plug();
    expect((await talk.ask('update', aboutBody(wish, id, { session: 'PENDING' }))).error.message).toMatch(/password/);
    expect((await talk.ask('update', aboutBody(wish, id, { session: 'PENDING', beside: { authorization: { token: '000000' } } }))).error.message).toMatch(/tries are left/);
    await talk.send('update', aboutBody(wish, id, { session: 'PENDING', beside: await withToken('session_otp') }));
    await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
  });
});

describe('a place where parking costs', () => {
  beforeAll(async () => {
    bed = await openBedC();
  });
  afterAll(() => bed.close());

  it('BKC-18: where parking costs, a stop ends what flows, and unplugging the session', async () => {
    const rate = tariffOf('18', '10');
    const [{ price_components: components }] = rate.elements as [{ price_components: object[] }];
    components.push({ type: 'PARKING_TIME', price: '120', step_size: 60 });
    must(await bed.cpo.api.post('/v1/tariffs', { ...rate, ref: 'idle' }));
    const charger = await bed.plug();
    const wish = await wishFor({ item: bed.connectors[1]! });
    const { talk, id } = await booked(wish);
    await bed.w.advanceTo(Date.parse(wish.slot!.start) + MINUTE);
    await talk.send('update', aboutBody(wish, id, { session: 'PENDING' }));
    const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const started = await charger.call('StartTransaction', { connectorId: 2, idTag, meterStart: 0, timestamp: await time(bed.w) });
    await talk.got('on_update');
    const { transactionId } = started[2] as { transactionId: number };
    await bed.w.advance(MINUTE);
    await charger.call('MeterValues', sample(transactionId, 2, await time(bed.w), { 'Energy.Active.Import.Register': 1_000 }));
    await bed.w.sweep();
    expect(statusOf(await talk.ask('update', aboutBody(wish, id, { status: 'INPROGRESS', session: 'STOP' })))).toBe('INPROGRESS');
    const flow = expectCall(charger, 'SetChargingProfile', { status: 'Accepted' });
    await bed.w.sweep();
    await flow;
    await charger.call('StopTransaction', { transactionId, meterStop: 2_000, timestamp: await time(bed.w), reason: 'EVDisconnected' });
    expect(statusOf(await talk.got('on_update', 2))).toBe('COMPLETED');
  });
});
