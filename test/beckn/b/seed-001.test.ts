/** Seed 001, played: each of its messages in its place of one conversation, over signed HTTP; with `SEED_001`, by the document's own. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/api.ts';
import { openBedB, type BedB, type Conversation } from '../../support/beckn-b-bed.ts';
import { BAP_ID, BPP_ID } from '../../support/beckn-bed.ts';
import { expectCall, sample, statusOf, time } from '../../support/charging-bed.ts';
import type { Charger } from '../../support/charger.ts';
import { testDatabases } from '../../support/databases.ts';
import { MINUTE, must } from '../../support/world.ts';
import { missingPaths } from '../paths.ts';
import { ERROR_FIELDS, missingFields, NACK_FIELDS, seedRequest } from './seed-001.ts';
import { openTelemetry, type Telemetry } from './telemetry.ts';

const orderOf = (answer: Json): Json => answer.message.order;
const attributesOf = (answer: Json): Json => orderOf(answer)['beckn:orderAttributes'];
const totalsOf = (answer: Json): [total: number, ...lines: number[]] => {
  const { 'schema:price': total, 'beckn:breakup': lines } = orderOf(answer)['beckn:totals'];
  return [total, ...lines.map((line: Json) => line['schema:price'])];
};

describe.each(testDatabases())('seed 001, $kind', ({ open }) => {
  let bed: BedB;
  let talk: Conversation;
  let telemetry: Telemetry;
  let charger: Charger;
  let slot: { start: string; end: string };
  let orderId: string;
  let transactionId: number;
  beforeAll(async () => {
    bed = await openBedB({ open, settings: { PLUGTIME_BECKN_CONFIRM_OTP: 'true' } });
    telemetry = await openTelemetry();
    charger = await bed.plug();
    talk = bed.converse();
    slot = await bed.newSlot();
  });
  afterAll(async () => {
    await bed.close();
    telemetry.close();
  });

  /** The seed's message, with parties, ids and times of ours: one id for message and transaction where it has one. */
  const message = (name: Parameters<typeof seedRequest>[0], by: Conversation): { action: string; body: Json; context: object } => {
    const { context, ...body } = seedRequest(name);
    const { transaction_id: transaction, message_id: id, bpp_id: bpp } = context;
    const order = body.message?.order;
    if (order) {
      order['beckn:seller'] = bed.cpo.organisation.id;
      for (const line of order['beckn:orderItems']) line['beckn:orderedItem'] = bed.connectors[0];
      const stops: Json[] = order['beckn:orderAttributes']['fulfillment-details']?.stops ?? [];
      stops.forEach((stop, i) => (stop.time.timestamp = i === 0 ? slot.start : slot.end));
    }
    const ours = {
      bap_id: BAP_ID, bap_uri: bed.callbacks.url, bpp_id: bpp === undefined ? undefined : BPP_ID, transaction_id: by.transactionId,
      message_id: id === transaction ? by.transactionId : randomUUID(), timestamp: new Date().toISOString(),
    };
    return { action: context.action, body, context: { ...context, ...ours } };
  };
  /** Sends it as it stands there, but for the change, and gives what answers it. */
  const ask = async (name: Parameters<typeof seedRequest>[0], change: (body: Json) => void = () => undefined, by = talk): Promise<Json> => {
    const { action, body, context } = message(name, by);
    change(body);
    return by.ask(action, body, context);
  };
  const expectFields = (name: string, answer: Json): void => expect(missingFields(name, answer), name).toEqual([]);

  it('BKB-1: discover → on_discover', async () => {
    const answer = await ask('discover', undefined, bed.converse());
    expectFields('on_discover', answer);
    const [catalog] = answer.catalogs;
    expect(catalog['beckn:items'].map((item: Json) => item['beckn:id'])).toEqual(bed.connectors);
    expect(catalog['beckn:items'][0]['beckn:itemAttributes']).toMatchObject({ 'ev:connectorType': 'CCS2', 'ev:tariff': { 'schema:price': 18 } });
  });

  it('BKB-4, BKB-7, check 25: select → on_select: ₹100 are 5 kWh at ₹18 and a fee of ₹10, and a tenth besides that is given back', async () => {
    for (const name of ['select', 'select by measure'] as const) {
      const answer = await ask(name);
      expectFields('on_select', answer);
      expect(totalsOf(answer)).toEqual([110, 10, 90, 10]);
      expect(orderOf(answer)['beckn:totals']['beckn:breakup'][1]['schema:name']).toBe('Charging session cost (5 kWh @ ₹18.00/kWh)');
      expect(attributesOf(answer)['fulfillment-details'].stops.map((stop: Json) => stop.time.timestamp)).toEqual([slot.start, slot.end]);
    }
    expect(must(await bed.cpo.api.get('/v1/reservations')).data).toEqual([]);
  });

  it('BKB-4: an error and a NACK have the fields that the seed shows, the error its very code', async () => {
    const refused = await ask('select', ({ message: { order } }) => (order['beckn:seller'] = 'cpo1.com'));
    expect(missingPaths(ERROR_FIELDS, refused)).toEqual([]);
    expect(refused.error.code).toBe(30_001);
    const { context, body } = message('select', talk);
    const nack = await talk.send('select', { ...body, message: { order: [] } }, context);
    expect([nack.status, missingPaths(NACK_FIELDS, nack.body), nack.body.message.ack.status, typeof nack.body.error.code]).toEqual([400, [], 'NACK', 'number']);
  });

  it('BKB-8, BKB-9: init → on_init', async () => {
    const answer = await ask('init');
    expectFields('on_init', answer);
    orderId = orderOf(answer)['beckn:id'];
    expect(totalsOf(answer)).toEqual([110, 10, 90, 10]);
    expect(attributesOf(answer)['refund-terms'][0]).toMatchObject({ 'refund-eligible': true, 'refund-amount': { currency: 'INR', value: '85' } });
    const { 'beckn:amount': amount, 'payment-url': url, 'beckn:status': status } = attributesOf(answer)['payment-details'];
    expect([amount, status]).toEqual([{ currency: 'INR', value: 110 }, 'NOT-PAID']);
    await bed.pay(url);
  });

  it('BKB-12, check 28: on_status, unasked: paid, before it is confirmed', async () => {
    const answer = await talk.got('on_status');
    expectFields('on_status paid', answer);
    expect(answer.context.message_id).not.toBe(talk.transactionId);
    expect([orderOf(answer)['beckn:state'], attributesOf(answer)['payment-details']['beckn:status']]).toEqual(['PENDING', 'PAID']);
  });

  it('BKB-11, BKB-12: confirm → on_confirm, although it says NOT-PAID', async () => {
    const token = await bed.otp('order_otp');
    const answer = await ask('confirm', ({ message: { order } }) => {
      expect(order['beckn:orderAttributes']['payment-details']['beckn:status']).toBe('NOT-PAID');
      order['beckn:orderAttributes']['fulfillment-details'].stops[0].authorization.token = token;
    });
    expectFields('on_confirm', answer);
    expect([orderOf(answer)['beckn:id'], orderOf(answer)['beckn:state'], attributesOf(answer)['payment-details']['beckn:status']]).toEqual([orderId, 'CONFIRMED', 'PAID']);
    for (const api of [bed.cpo.api, await bed.bapApi()]) expect(must(await api.get(`/v1/reservations/${orderId}`)).status).toBe('confirmed');
  });

  it('BKB-13: update → on_update: charging begins', async () => {
    await bed.w.advanceTo(Date.parse(slot.start) + MINUTE);
    await charger.call('StatusNotification', statusOf('ocpp1.6', 1, 'Preparing', await time(bed.w)));
    const token = await bed.otp('session_otp');
    const { action, body, context } = message('update', talk);
    body.message.order['beckn:id'] = orderId;
    body.message.order['beckn:orderAttributes']['fulfillment-update'].authorization.token = token;
    await talk.send(action, body, context);
    const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
    ({ transactionId } = (await charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(bed.w) }))[2] as { transactionId: number });
    const answer = await talk.got('on_update');
    expectFields('on_update started', answer);
    expect(orderOf(answer)['beckn:state']).toBe('ACTIVE');
  });

  it('BKB-16: track → on_track, in a transaction of its own as the seed has it, and the PATCH', async () => {
    await bed.w.advance(5 * MINUTE);
    await charger.call('MeterValues', sample(transactionId, 1, await time(bed.w), {
      'Energy.Active.Import.Register': 3_200, 'Power.Active.Import': 30_000, SoC: 45, 'Current.Import': 75, Voltage: 400,
    }));
    await bed.w.sweep();
    const answer = await ask('track', ({ message: { order } }) => {
      order['beckn:id'] = orderId;
      order['beckn:orderAttributes']['callback-url'] = telemetry.url;
    }, bed.converse());
    // The seed's app never tells the registration that its on_track shows.
    expect(missingFields('on_track', answer)).toEqual(['/message/order/beckn:orderAttributes/fulfillment-details/vehicle/registration']);
    const { 'real-time-metrics': metrics } = orderOf(answer)['beckn:orderItems'][0]['beckn:orderItemAttributes'];
    expect(metrics).toMatchObject({ 'energy-delivered': expect.stringMatching(/^3\.2/), 'current-power': '30' });
    expect(totalsOf(answer)[0]).toBeCloseTo(67.6, 0); // 3.2 × 18, the fee, and what has flown since
    await expect.poll(() => telemetry.got.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(telemetry.got[0]!.method).toBe('PATCH');
    expectFields('telemetry', telemetry.got[0]!.body);
  });

  it('BKN-63, BKB-14, check 35: on_status, unasked, in the order\'s transaction: the connection is interrupted', async () => {
    const before = talk.count('on_status');
    charger.close();
    await charger.closed;
    await bed.w.advance(10 * MINUTE);
    const answer = await talk.got('on_status', before);
    expectFields('on_status interrupted', answer);
    expect(attributesOf(answer)['fulfillment-details']['beckn:status']).toBe('CONNECTION-INTERRUPTED');
    charger = await bed.plug();
  });

  it('BKB-15, checks 34 to 36: on_update, unasked: 3.7 kWh are billed, and the rest is given back', async () => {
    const before = talk.count('on_update');
    await charger.call('StopTransaction', { transactionId, meterStop: 3_700, timestamp: await time(bed.w), reason: 'Local' });
    const answer = await talk.got('on_update', before);
    expectFields('on_update ended', answer);
    expect([orderOf(answer)['beckn:state'], ...totalsOf(answer)]).toEqual(['COMPLETED', 76.6, 10, 66.6]);
    const [paid, refund] = attributesOf(answer)['payment-details'];
    expect([paid['beckn:status'], refund['beckn:method'], refund['beckn:amount'].value]).toEqual(['PAID', 'REFUND', 33.4]);
    for (const api of [bed.cpo.api, await bed.bapApi()]) {
      expect(must(await api.get(`/v1/reservations/${orderId}`)).status).toBe('completed');
      expect(must(await api.get(`/v1/bills?for=${orderId}`)).data).toMatchObject([{ total: 7_660 }]);
    }
  });
});
