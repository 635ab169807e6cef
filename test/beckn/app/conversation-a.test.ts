/** A driver of ours buys at another provider over Beckn 1.1: the same REST, another wire. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/api.ts';
import { openAppBed, type AppBed } from '../../support/beckn-app-bed.ts';
import { expectCall, time } from '../../support/charging-bed.ts';
import { MINUTE, must } from '../../support/world.ts';

describe('a reservation elsewhere over Beckn 1.1', () => {
  let bed: AppBed;
  let connector: string;
  const api = () => bed.here.provider.api;
  const path = (id: string, name: string): string => `/v1/external_reservations/${id}/${name}`;

  beforeAll(async () => {
    bed = await openAppBed({ generation: 'A', settings: { PLUGTIME_BECKN_CONFIRM_OTP: 'true' } });
  });
  afterAll(() => bed.close());

  const quote = async (): Promise<Json> => {
    const { start, end } = await bed.there.newSlot();
    return bed.post('/v1/external_reservations', { connector, ideal_start: start, ideal_end: end, energy_wh: 25_000, driver: bed.driver });
  };
  const confirmed = async (): Promise<Json> => {
    const { id } = await quote();
    const held = await bed.post(path(id, 'hold'));
    expect(held).toMatchObject({ status: 'pending', confirm_otp_required: true, order: null, payment: { paid: false, amount: 50_600 } });
    await bed.there.pay(held.payment.url);
    await bed.until(id, ({ payment }) => payment.paid);
    return bed.post(path(id, 'confirm'), { otp: await bed.there.otp('order_otp') });
  };

  it('EXT-2, BKN-70: search: an item to book and the same one to use at once are one connector', async () => {
    const { data } = must(await api().get(`/v1/search?latitude=12.97&longitude=77.59&radius=5000&connector_type=CCS2&external_network=${bed.network}`));
    const there = data.find(({ network }: Json) => network === bed.network);
    expect(there).toMatchObject({ operator_name: 'Example Charging', coordinates: { latitude: 12.971_6, longitude: 77.594_6 } });
    expect(there.evses.map(({ connectors }: Json) => connectors.length)).toEqual([1, 1]);
    expect(there.evses[0].connectors[0]).toMatchObject({ standard: 'IEC_62196_T2_COMBO', power_type: 'DC', price: { currency: 'inr', per_kwh: '18' } });
    connector = there.evses[0].connectors[0].id;
  });

  it('EXT-4, EXT-6, BKN-71: quoted, held, paid, confirmed; started by password, charged, billed, rated', async () => {
    const charger = await bed.there.plug();
    const booked = await confirmed();
    const { id, order } = booked;
    expect(booked).toMatchObject({ status: 'confirmed', order: expect.stringMatching(/^res_/), price: { total: 50_600 } });
    const there = must(await bed.there.cpo.api.get(`/v1/reservations/${order}`));
    expect([there.status, there.reserved_start]).toEqual(['confirmed', booked.reserved_start]);
    expect((await api().post(path(id, 'cancel_quote'), {})).body).toMatchObject({ code: 'not_supported' });
    await bed.advanceTo(Date.parse(booked.reserved_start) + MINUTE);
    expect((await api().post(path(id, 'start'), {})).body).toMatchObject({ code: 'refused_elsewhere', detail: expect.stringContaining('was sent a password') });
    const starting = bed.post(path(id, 'start'), { otp: await bed.there.otp('session_otp') });
    const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const started = await charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(bed.there.w) });
    await starting;
    await bed.until(id, ({ status }) => status === 'active');
    expect((await bed.post(path(id, 'track'))).session.tracking_url).toContain('/beckn/track/');
    await bed.advance(10 * MINUTE);
    await charger.call('StopTransaction', { transactionId: (started[2] as Json).transactionId, meterStop: 10_000, timestamp: await time(bed.there.w), reason: 'EVDisconnected' });
    const ended = await bed.until(id, ({ status, price }) => status === 'completed' && price.total === 19_000);
    expect(ended).toMatchObject({ session: { status: 'ended', energy_wh: 10_000 }, settlement: [{ kind: 'refund', amount: 31_600, done: null }] });
    expect((await bed.post(path(id, 'ratings'), { value: 4, category: 'Order' })).ratings).toEqual([{ category: 'Order', value: 4, feedback: null }]);
    expect((await bed.post(path(id, 'support'))).support.url).toMatch(/^http/);
    const types = (await bed.here.eventsOf(id)).map(({ type }) => String(type).replace('external_reservation.', ''));
    for (const type of ['quoted', 'held', 'paid', 'confirmed', 'started', 'completed']) expect(types.filter((one) => one === type), type).toHaveLength(1);
  });

  it('EXT-6: cancelled on both sides; before it has an id, it is left to end', async () => {
    const { id } = await quote();
    await bed.post(path(id, 'hold'));
    expect((await api().post(path(id, 'cancel'), {})).body).toMatchObject({ code: 'not_supported' });
    const booked = await confirmed();
    expect(await bed.post(path(booked.id, 'cancel'), { reason: 'rain' })).toMatchObject({ status: 'cancelled', cancellation: { by: 'driver' } });
    expect(must(await bed.there.cpo.api.get(`/v1/reservations/${booked.order}`)).status).toBe('cancelled');
  });
});
