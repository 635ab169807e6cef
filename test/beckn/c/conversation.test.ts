/** A whole conversation of the candidate over signed HTTP, as Unified Bharat e-Charge's documents tell it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/api.ts';
import { aboutBody, confirmBody, faultsByCandidate, initBody, openBedC, selectBody, type BedC, type Conversation, type Wish } from '../../support/beckn-c-bed.ts';
import { expectCall, sample, statusOf, time } from '../../support/charging-bed.ts';
import type { Charger } from '../../support/charger.ts';
import { trialBalance } from '../../../src/domain/payments/index.ts';
import { MINUTE, must } from '../../support/world.ts';

const orderOf = (answer: Json): Json => answer.message.order;
const paymentOf = (answer: Json): Json => orderOf(answer)['beckn:payment'];
const deliveryOf = (answer: Json): Json => orderOf(answer)['beckn:fulfillment']['beckn:deliveryAttributes'];
const sumOf = ({ components }: Json): number => components.reduce((sum: number, { value }: Json) => sum + Math.round(value * 100), 0) / 100;
const itemsOf = (answer: Json): Json[] => answer.message.catalogs.flatMap((catalog: Json) => catalog['beckn:items']);

describe('a reservation of 20 kWh', () => {
  let bed: BedC;
  let talk: Conversation;
  let wish: Wish;
  let charger: Charger;
  let orderId: string;
  let transactionId: number;
  beforeAll(async () => {
    bed = await openBedC();
    charger = await bed.plug();
    talk = bed.converse();
    wish = { item: bed.connectors[0]!, slot: await bed.newSlot(), seller: bed.cpo.organisation.id, quantity: { unitCode: 'KWH', unitQuantity: 20 } };
  });
  afterAll(() => bed.close());

  it('BKC-1, BKC-2: discover', async () => {
    const answer = await talk.ask('discover', { message: {
      filters: { type: 'jsonpath', expression: "$[?(@.beckn:itemAttributes.connectorType == 'CCS2' && @.beckn:itemAttributes.maxPowerKW >= 50)]" },
      spatial: [{ op: 's_dwithin', targets: "$['beckn:itemAttributes.chargingStation.serviceLocation.geo']", geometry: { type: 'Point', coordinates: [77.59, 12.97] },
        distanceMeters: 10_000 }],
    } });
    const [catalog] = answer.message.catalogs;
    expect(itemsOf(answer).map((item) => item['beckn:id'])).toEqual(bed.connectors);
    expect(catalog['beckn:offers'][0]).toMatchObject({ 'beckn:price': { currency: 'INR', value: 18, applicableQuantity: { unitCode: 'KWH' } },
      'beckn:offerAttributes': { tariffModel: 'PER_KWH' } });
    expect(catalog['beckn:items'][0]['beckn:availabilityWindow'][0]).toMatchObject({ 'schema:startDate': expect.stringContaining('T'),
      'schema:startTime': expect.stringMatching(/^\d\d:\d\d:\d\d/) });
  });

  it('BKC-4, BKC-5, check 25: select by kWh: components sum to the value, and nothing is held', async () => {
    const answer = await talk.ask('select', selectBody(wish));
    const value = orderOf(answer)['beckn:orderValue'];
    expect([value.value, sumOf(value)]).toEqual([407, 407]); // 20 × 18 + 10, and a tenth besides
    expect(value.components.map(({ type }: Json) => type)).toEqual(['FEE', 'UNIT', 'FEE']);
    expect(value.components[1].description).toBe('Base charging session cost (18 INR/kWh × 20 kWh)');
    expect(orderOf(answer)).toMatchObject({ 'beckn:orderStatus': 'CREATED', 'beckn:seller': wish.seller, 'beckn:buyer': { 'beckn:id': 'user-7' } });
    expect(orderOf(answer)['beckn:orderAttributes']).toMatchObject({ buyerFinderFee: { feeType: 'PERCENTAGE', feeValue: 2.5 },
      preferences: { startTime: wish.slot!.start, endTime: wish.slot!.end } });
    expect((await bed.w.db.database.raw('SELECT count(*)::int AS n FROM reservations')).rows[0]!.n).toBe(0);
  });

  it('BKC-7, BKC-8: init holds what was selected, with the page to pay on, the ways to pay, accounts and terms', async () => {
    const answer = await talk.ask('init', initBody(wish));
    orderId = orderOf(answer)['beckn:id'];
    expect(orderOf(answer)['beckn:orderAttributes'].preferences).toEqual({ startTime: wish.slot!.start, endTime: wish.slot!.end });
    const payment = paymentOf(answer);
    expect(payment).toMatchObject({ 'beckn:paymentStatus': 'INITIATED', 'beckn:beneficiary': 'BPP', 'beckn:amount': { currency: 'INR', value: 407 } });
    expect(payment['beckn:acceptedPaymentMethod']).toContain('UPI');
    expect(payment['beckn:paymentAttributes']).toMatchObject({ '@type': 'UBCPaymentAttributes', settlementAccounts: [{ accountNumber: '42' },
      { beneficiaryId: 'bpp.plugtime.test', accountNumber: '1131324242424' }] });
    expect(answer.message.cancellationTerms[0]).toMatchObject({ refundPercent: 85, cancelBeforeMinutes: 240, refundAmount: { currency: 'INR' } });
    expect(must(await bed.cpo.api.get(`/v1/reservations/${orderId}`)).status).toBe('pending');
    await bed.pay(payment['beckn:paymentURL']);
  });

  it('BKC-9, check 28: tells that it is paid, before it is confirmed', async () => {
    const answer = await talk.got('on_status');
    expect([orderOf(answer)['beckn:orderStatus'], paymentOf(answer)['beckn:paymentStatus']]).toEqual(['PENDING', 'COMPLETED']);
    expect(paymentOf(answer)).toMatchObject({ 'beckn:paidAt': expect.any(String), 'beckn:txnRef': expect.any(String) });
  });

  it('BKC-9, check 20: confirms it, once however often it is said', async () => {
    const answers = await Promise.all([talk.ask('confirm', confirmBody(wish, orderId)), talk.ask('confirm', confirmBody(wish, orderId))]);
    for (const answer of answers) expect([orderOf(answer)['beckn:id'], orderOf(answer)['beckn:orderStatus']]).toEqual([orderId, 'CONFIRMED']);
    expect(deliveryOf(answers[0])).toMatchObject({ sessionStatus: 'PENDING', connectorType: 'CCS2', reservationId: orderId });
    expect((await bed.w.db.database.raw('SELECT count(*)::int AS n FROM reservations')).rows[0]!.n).toBe(1);
  });

  it('BKC-2, BKC-3, check 44: what is booked is not available any more', async () => {
    const found = async (slot: { start: string; end: string }): Promise<string[]> => itemsOf(await talk.ask('discover', { message: { filters: { type: 'jsonpath',
      expression: `$[?(@.beckn:availabilityWindow[?(@.schema:startTime < '${slot.end}' && @.schema:endTime > '${slot.start}')])]` } } })).map((item) => item['beckn:id']);
    await bed.w.app.runtime.events.settled();
    expect(await found(wish.slot!)).toEqual([bed.connectors[1]]);
    const later = new Date(Date.parse(wish.slot!.end) + 60 * MINUTE).toISOString();
    expect(await found({ start: wish.slot!.end, end: later })).toEqual(bed.connectors);
  });

  it('BKC-10: tells the state of the plug, starts and tells when the station has begun', async () => {
    expect(deliveryOf(await talk.ask('status', aboutBody(wish, orderId)))).toMatchObject({ sessionStatus: 'PENDING', connectorStatus: 'AVAILABLE' });
    await bed.w.advanceTo(Date.parse(wish.slot!.start) + MINUTE);
    await charger.call('StatusNotification', statusOf('ocpp1.6', 1, 'Preparing', await time(bed.w)));
    expect(deliveryOf(await talk.ask('status', aboutBody(wish, orderId)))).toMatchObject({ connectorStatus: 'PREPARING' });
    await talk.send('update', aboutBody(wish, orderId, { session: 'PENDING' }));
    const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
    expect(talk.count('on_update')).toBe(0);
    const started = await charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 1_000, timestamp: await time(bed.w) });
    ({ transactionId } = started[2] as { transactionId: number });
    const answer = await talk.got('on_update');
    expect([orderOf(answer)['beckn:orderStatus'], deliveryOf(answer).sessionStatus]).toEqual(['INPROGRESS', 'ACTIVE']);
  });

  it('BKC-11: tracks, by track and by status', async () => {
    await bed.w.advance(10 * MINUTE);
    await charger.call('MeterValues', sample(transactionId, 1, await time(bed.w), {
      'Energy.Active.Import.Register': 11_000, 'Power.Active.Import': 60_000, SoC: 63, 'Current.Import': 150, Voltage: 400,
    }));
    await bed.w.sweep();
    const answer = await talk.ask('track', aboutBody(wish, orderId, { status: 'INPROGRESS' }));
    const { metrics } = deliveryOf(answer).chargingTelemetry[0];
    expect(metrics).toEqual([
      { name: 'STATE_OF_CHARGE', value: 63, unitCode: 'PERCENTAGE' }, { name: 'POWER', value: 60, unitCode: 'KW' }, { name: 'ENERGY', value: expect.any(Number), unitCode: 'KWH' },
      { name: 'VOLTAGE', value: 400, unitCode: 'VLT' }, { name: 'CURRENT', value: 150, unitCode: 'AMP' },
    ]);
    expect(metrics[2].value).toBeCloseTo(10, 0);
    const { url } = orderOf(answer)['beckn:fulfillment'].trackingAction.target;
    expect((await fetch(url)).status).toBe(200);
    expect(deliveryOf(await talk.ask('status', aboutBody(wish, orderId, { status: 'INPROGRESS' }))).meteredEnergyKWh).toBeGreaterThanOrEqual(10);
  });

  it('BKC-11, check 35: tells that the charger is away', async () => {
    const before = talk.count('on_status');
    charger.close();
    await charger.closed;
    await bed.w.advance(10 * MINUTE);
    expect(deliveryOf(await talk.got('on_status', before)).sessionStatus).toBe('INTERRUPTED');
    charger = await bed.plug();
    await charger.call('MeterValues', sample(transactionId, 1, await time(bed.w), { 'Energy.Active.Import.Register': 15_000 }));
    expect(deliveryOf(await talk.got('on_status', before + 1)).sessionStatus).toBe('ACTIVE');
  });

  it('BKC-10, BKC-12, checks 34, 36: stops; the bill is by the meter, and what is left is given back', async () => {
    const before = talk.count('on_update');
    await talk.send('update', aboutBody(wish, orderId, { status: 'INPROGRESS', session: 'STOP' }));
    await expectCall(charger, 'RemoteStopTransaction', { status: 'Accepted' });
    await charger.call('StopTransaction', { transactionId, meterStop: 16_000, timestamp: await time(bed.w), reason: 'Remote' });
    const answer = await talk.got('on_update', before);
    expect([orderOf(answer)['beckn:orderStatus'], deliveryOf(answer).sessionStatus, deliveryOf(answer).meteredEnergyKWh]).toEqual(['COMPLETED', 'COMPLETED', 15]);
    const value = orderOf(answer)['beckn:orderValue'];
    expect(value.value).toBe(280); // 15 × 18 + 10
    expect(value.components.at(-1)).toMatchObject({ type: 'DISCOUNT', value: -127 });
    expect(sumOf({ components: value.components.slice(0, -1) })).toBe(280);
    await expect.poll(async () => paymentOf(await talk.ask('status', aboutBody(wish, orderId))), { timeout: 10_000 })
      .toMatchObject({ 'beckn:paymentStatus': 'REFUNDED', 'beckn:beneficiary': 'BUYER', 'beckn:amount': { value: 127 } });
    expect(must(await bed.cpo.api.get(`/v1/reservations/${orderId}`)).status).toBe('completed');
    const { unbalanced, wrong } = await trialBalance(bed.w.db.database, bed.w.network.id);
    expect({ unbalanced, wrong }).toEqual({ unbalanced: [], wrong: [] });
  });

  it('BKC-15, BKC-16, BKN-66, checks 46, 47: rates and asks for help', async () => {
    const rated = (ratingValue: number, category: string): Promise<Json> => talk.ask('rating', { message: { ratings: [{ id: 'fulfillment-7', ratingValue, category }] } });
    const { message } = await rated(4, 'FULFILLMENT');
    expect(message).toMatchObject({ received: true, aggregate: { count: 1, value: 4, best: 5, worst: 1 }, feedbackForm: { '@type': 'beckn:Form', mime_type: 'text/html' } });
    expect((await fetch(message.feedbackForm.url)).status).toBe(200);
    expect([(await rated(6, 'ORDER')).error.code, (await rated(4, 'WEATHER')).error.code]).toEqual(['30015', '50003']);
    const help = await talk.ask('support', { message: { refId: orderId, refType: 'ORDER' } });
    expect(help.message.support).toMatchObject({ '@type': 'beckn:SupportInfo', url: 'https://cpo.example' });
    expect((await talk.ask('support', { message: { refId: bed.connectors[0], refType: 'ITEM' } })).message.support.name).toBe('Example Charging');
    expect((await talk.ask('support', { message: { refId: 'res_01hzzzzzzzzzzzzzzzzzzzzzzz', refType: 'ORDER' } })).error.code).toBe('30010');
  });

  it('BKC-17, check 48: all that went out passes the published schema', async ({ skip }) => {
    const faults = await faultsByCandidate(bed);
    if (faults === undefined) return skip('BECKN_SCHEMAS names no folder with the published schemas');
    expect(faults).toEqual([]);
  });
});
