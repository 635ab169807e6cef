/** A whole conversation of the 2.0 draft over signed HTTP: each message of seed 001 in its place, and each answer with every field that the seed shows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/api.ts';
import { confirmBody, initBody, openBedB, selectBody, trackBody, updateBody, type BedB, type Conversation, type Wish } from '../../support/beckn-b-bed.ts';
import { expectCall, sample, statusOf, time } from '../../support/charging-bed.ts';
import type { Charger } from '../../support/charger.ts';
import { trialBalance } from '../../../src/domain/payments/index.ts';
import { MINUTE, must } from '../../support/world.ts';
import { openTelemetry, type Telemetry } from './telemetry.ts';
import { missingFields } from './seed-001.ts';

const expectFields = (name: string, answer: Json): void => expect(missingFields(name, answer), name).toEqual([]);

const orderOf = (answer: Json): Json => answer.message.order;
const paymentOf = (answer: Json): Json => orderOf(answer)['beckn:orderAttributes']['payment-details'];
const sumOf = (answer: Json): number => orderOf(answer)['beckn:totals']['beckn:breakup'].reduce((sum: number, line: Json) => sum + Math.round(line['schema:price'] * 100), 0) / 100;

describe('a reservation of 500 rupees, as seed 001 has it', () => {
  let bed: BedB;
  let talk: Conversation;
  let wish: Wish;
  let charger: Charger;
  let orderId: string;
  let transactionId: number;
  let telemetry: Telemetry;
  beforeAll(async () => {
    bed = await openBedB({ settings: { PLUGTIME_BECKN_CONFIRM_OTP: 'true' } });
    telemetry = await openTelemetry();
    charger = await bed.plug();
    talk = bed.converse();
    wish = { item: bed.connectors[0]!, slot: await bed.newSlot(), rupees: 500, seller: bed.cpo.organisation.id };
  });
  afterAll(async () => {
    await bed.close();
    telemetry.close();
  });

  it('BKB-1: discover', async () => {
    const answer = await talk.ask('discover', { text_search: 'EV charger CCS2 connector', filters: "$[?(@.itemAttributes.connector-type == 'CCS2')]", pagination: { page: 1,
      limit: 20 } });
    expectFields('on_discover', answer);
    const [catalog] = answer.catalogs;
    expect(catalog['beckn:items'].map((item: Json) => item['beckn:id'])).toEqual(bed.connectors);
    expect(catalog['beckn:items'][0]['beckn:itemAttributes']['ev:tariff']).toEqual({ 'schema:price': 18, 'schema:priceCurrency': 'INR', 'ev:pricingUnit': 'PER_KWH' });
  });

  it('BKB-4, BKB-7: select by a budget, and by a measure', async () => {
    const answer = await talk.ask('select', selectBody(wish));
    expectFields('on_select', answer);
    const { 'beckn:totals': totals, 'beckn:orderAttributes': { 'fulfillment-details': fulfillment } } = orderOf(answer);
    expect(totals['schema:price']).toBe(549.9); // as much as whole seconds of charging come to, and a tenth besides
    expect(sumOf(answer)).toBe(549.9);
    expect(totals['beckn:breakup'].map((line: Json) => line['schema:name'])).toEqual(['Session fee', 'Charging session cost (27.217 kWh @ ₹18.00/kWh)',
      'Overage provision, refunded where it is not used']);
    expect(fulfillment.stops.map((stop: Json) => stop.time.timestamp)).toEqual([wish.slot!.start, wish.slot!.end]);
    const measured = await talk.ask('select', selectBody({ ...wish, measure: { value: '100', unit: 'INR' } }));
    expect(orderOf(measured)['beckn:orderItems'][0]['beckn:quantity']).toBe(100);
    expect(orderOf(measured)['beckn:totals']['schema:price']).toBe(110);
    expect((await bed.w.db.database.raw('SELECT count(*)::int AS n FROM reservations')).rows[0]!.n).toBe(0);
  });

  it('BKB-8, BKB-9: init holds the slot and begins the payment', async () => {
    const answer = await talk.ask('init', initBody(wish));
    expectFields('on_init', answer);
    orderId = orderOf(answer)['beckn:id'];
    expect(paymentOf(answer)).toMatchObject({ 'beckn:method': 'PAYMENT-LINK', 'beckn:status': 'NOT-PAID', 'collected-by': 'BPP', 'payment-type': 'PRE-ORDER' });
    expect(paymentOf(answer)['beckn:amount']).toEqual({ currency: 'INR', value: orderOf(answer)['beckn:totals']['schema:price'] });
    expect(orderOf(answer)['beckn:orderAttributes']['refund-terms'][0]).toMatchObject({ 'refund-eligible': true, 'refund-within': 'PT2H',
      'fulfillment-state': { description: '85% refund available if cancelled at least 4 hours before the scheduled charging time' } });
    await bed.pay(paymentOf(answer)['payment-url']);
  });

  it('BKB-12: tells that it is paid', async () => {
    const answer = await talk.got('on_status');
    expectFields('on_status paid', answer);
    expect([orderOf(answer)['beckn:state'], paymentOf(answer)['beckn:status']]).toEqual(['PENDING', 'PAID']);
  });

  it('BKB-11, BKB-13: confirms with the password of on_init, and sends another one to start with', async () => {
    expect((await talk.ask('confirm', confirmBody(wish))).error.message).toMatch(/password/);
    expect((await talk.ask('confirm', confirmBody(wish, { token: '000000' }))).error.message).toMatch(/tries are left/);
    const answer = await talk.ask('confirm', confirmBody(wish, { token: await bed.otp('order_otp') }));
    expectFields('on_confirm', answer);
    expect([orderOf(answer)['beckn:id'], orderOf(answer)['beckn:state'], paymentOf(answer)['beckn:status']]).toEqual([orderId, 'CONFIRMED', 'PAID']);
    expect(await bed.otp('session_otp')).not.toBe(await bed.otp('order_otp'));
  });

  it('BKB-13: begins to charge with that, when the station does', async () => {
    await bed.w.advanceTo(Date.parse(wish.slot!.start) + MINUTE);
    await charger.call('StatusNotification', statusOf('ocpp1.6', 1, 'Preparing', await time(bed.w)));
    const wrong = await talk.ask('update', updateBody(orderId, 'start-charging', '000000'));
    expect(wrong.error.message).toMatch(/tries are left/);
    await talk.send('update', updateBody(orderId, 'start-charging', await bed.otp('session_otp')));
    const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
    expect(talk.count('on_update')).toBe(1);
    const started = await charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 1_000, timestamp: await time(bed.w) });
    ({ transactionId } = started[2] as { transactionId: number });
    const answer = await talk.got('on_update', 1);
    expectFields('on_update started', answer);
    expect(orderOf(answer)['beckn:state']).toBe('ACTIVE');
  });

  it('BKB-16: tracks, and tells the URL of the app by PATCH', async () => {
    await bed.w.advance(10 * MINUTE);
    await charger.call('MeterValues', sample(transactionId, 1, await time(bed.w), {
      'Energy.Active.Import.Register': 11_000, 'Power.Active.Import': 60_000, SoC: 63, 'Current.Import': 150, Voltage: 400,
    }));
    await bed.w.sweep();
    const answer = await talk.ask('track', trackBody(orderId, telemetry.url));
    expectFields('on_track', answer);
    const { 'fulfillment-details': { state, 'real-time-data': data }, 'tracking-details': tracking } = orderOf(answer)['beckn:orderAttributes'];
    expect([state.code, data['battery-level'], tracking['beckn:status']]).toEqual(['CHARGING-IN-PROGRESS', '63%', 'ACTIVE']);
    await expect.poll(() => telemetry.got.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(telemetry.got[0]!.method).toBe('PATCH');
    expectFields('telemetry', telemetry.got[0]!.body);
  });

  it('BKB-14: tells that the charger is away, and that it is back', async () => {
    const before = talk.count('on_status');
    charger.close();
    await charger.closed;
    await bed.w.advance(10 * MINUTE);
    const answer = await talk.got('on_status', before);
    expectFields('on_status interrupted', answer);
    expect(orderOf(answer)['beckn:orderAttributes']['fulfillment-details']['beckn:status']).toBe('CONNECTION-INTERRUPTED');
    charger = await bed.plug();
  });

  it('BKB-15, PAY-53: the final bill, what is given back, and the fee of who brought the driver', async () => {
    const before = talk.count('on_update');
    await charger.call('StopTransaction', { transactionId, meterStop: 29_000, timestamp: await time(bed.w), reason: 'Local' });
    const answer = await talk.got('on_update', before);
    expectFields('on_update ended', answer);
    expect(orderOf(answer)['beckn:state']).toBe('COMPLETED');
    expect([sumOf(answer), orderOf(answer)['beckn:totals']['schema:price']]).toEqual([514, 514]); // 28 kWh × 18 + 10
    const [paid, refund] = paymentOf(answer);
    expect(paid['beckn:status']).toBe('PAID');
    expect(refund).toMatchObject({ 'beckn:method': 'REFUND', 'beckn:paymentAttributes': { 'refund-type': 'OVERCHARGE_REFUND' } });
    expect(refund['beckn:amount'].value).toBe(Math.round((paid['beckn:amount'].value - 514) * 100) / 100);
    const reservation = must(await bed.cpo.api.get(`/v1/reservations/${orderId}`));
    expect(reservation.status).toBe('completed');
    const bill = must(await bed.cpo.api.get(`/v1/bills?for=${orderId}`)).data[0];
    expect(bill.total).toBe(51_400);
    const told = await talk.got('on_status', 2);
    expect([orderOf(told)['beckn:state'], paymentOf(told)[1]['beckn:status']]).toEqual(['COMPLETED', 'PAID']);
    const app = await bed.bapApi();
    expect(must(await app.get(`/v1/payments?for=${orderId}`)).data).toMatchObject([{ status: 'succeeded', captured_amount: 51_400 }]);
    expect(must(await app.get('/v1/ledger/accounts')).data.find((account: Json) => account.kind === 'finder_fees')).toMatchObject({ balance: 5_140 });
    const { unbalanced, wrong } = await trialBalance(bed.w.db.database, bed.w.network.id);
    expect({ unbalanced, wrong }).toEqual({ unbalanced: [], wrong: [] });
  });
});
