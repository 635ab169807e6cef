/** A driver of ours buys at another provider over the 2.0 draft: two whole programs over signed HTTP, seen through REST on both sides. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/api.ts';
import { openAppBed, type AppBed } from '../../support/beckn-app-bed.ts';
import { expectCall, sample, time } from '../../support/charging-bed.ts';
import type { Charger } from '../../support/charger.ts';
import { MINUTE, must } from '../../support/world.ts';

describe('a reservation elsewhere, from search to rating', () => {
  let bed: AppBed;
  let charger: Charger;
  let connector: string;
  let id: string;
  let slot: { start: string; end: string };
  let transactionId: number;
  const api = () => bed.here.provider.api;
  const path = (name: string): string => `/v1/external_reservations/${id}/${name}`;

  beforeAll(async () => {
    bed = await openAppBed({ settings: { PLUGTIME_BECKN_CONFIRM_OTP: 'true' } });
    charger = await bed.there.plug();
    slot = await bed.there.newSlot();
  });
  afterAll(() => bed.close());

  it('EXT-1, EXT-2, EXT-3, BKN-70: places of another network stand beside ours in one search, with ids of ours', async () => {
    await bed.here.place({ coordinates: { latitude: 12.98, longitude: 77.6 } });
    await bed.here.app.runtime.events.settled();
    expect(must(await api().get('/v1/external_networks')).data).toMatchObject([{ id: bed.network, name: 'The open network', kind: 'beckn' }]);
    const find = async (): Promise<Json> => must(await api().get(`/v1/search?latitude=12.97&longitude=77.59&radius=5000&connector_type=CCS2&external_network=${bed.network}`));
    const { data, total } = await find();
    expect(total).toBe(2);
    expect(data.map(({ network }: Json) => network)).toEqual([bed.network, null]); // by distance
    const [there] = data;
    expect(there).toMatchObject({ operator_name: 'Example Charging', coordinates: { latitude: 12.971_6, longitude: 77.594_6 }, time_zone: null });
    expect(there.evses).toHaveLength(2);
    connector = there.evses[0].connectors[0].id;
    expect(there.evses[0].connectors[0]).toMatchObject({ standard: 'IEC_62196_T2_COMBO', price: { currency: 'inr', per_kwh: '18' } });
    expect((await find()).data[0].evses[0].connectors[0].id).toBe(connector); // and they stay
    const place = must(await api().get(`/v1/external_locations/${there.location_id}`));
    expect(place).toMatchObject({ network: bed.network, connectors: [{ id: connector }, {}] });
    expect((await bed.here.anybody.get(`/v1/search?external_network=${bed.network}`)).status).toBe(401);
  });

  it('EXT-4: a quote, itemised, and nothing held', async () => {
    const quoted = await bed.post('/v1/external_reservations', { connector, ideal_start: slot.start, ideal_end: slot.end, energy_wh: 25_000, driver: bed.driver });
    ({ id } = quoted);
    expect(quoted).toMatchObject({
      status: 'quoted', waiting_for: null, network: bed.network, reserved_start: slot.start, reserved_end: slot.end, energy_wh: 25_000, order: null,
      price: { currency: 'inr', total: 50_600 }, finder_fee: { percent: '2' }, // 25 × 18 + 10, and a tenth besides
    });
    expect(quoted.price.lines.reduce((sum: number, { amount }: Json) => sum + amount, 0)).toBe(50_600);
    expect(must(await bed.there.cpo.api.get('/v1/reservations')).data).toEqual([]);
  });

  it('EXT-6: held, with the page where the provider is paid; what comes too early is refused here', async () => {
    expect((await api().post(path('confirm'), {})).body).toMatchObject({ code: 'invalid_state', current_status: 'quoted' });
    const held = await bed.post(path('hold'));
    expect(held).toMatchObject({ status: 'pending', confirm_otp_required: true, payment: { collected_by: 'provider', paid: false, amount: 50_600, currency: 'inr' } });
    expect(held.cancellation_terms[0]).toMatchObject({ state: 'CONFIRMED', refundable: true, refund: 39_100 });
    expect(must(await bed.there.cpo.api.get(`/v1/reservations/${held.order}`)).status).toBe('pending');
    expect((await api().post(path('confirm'), { otp: '000000' })).body).toMatchObject({ code: 'refused_elsewhere', provider_code: '50000',
      detail: expect.stringContaining('tries') });
    await bed.there.pay(held.payment.url);
    await bed.until(id, ({ payment }) => payment.paid);
    const confirmed = await bed.post(path('confirm'), { otp: await bed.there.otp('order_otp') });
    expect(confirmed).toMatchObject({ status: 'confirmed', problem: null, waiting_for: null });
    expect(confirmed.payment.url).toBe(held.payment.url);
    expect(must(await bed.there.cpo.api.get(`/v1/reservations/${held.order}`)).status).toBe('confirmed');
  });

  it('EXT-6: what cancelling would cost, and who helps', async () => {
    expect(await bed.post(path('cancel_quote'))).toMatchObject({ status: 'confirmed', cancel_quote: { refund: 39_100, fee: 6_900, currency: 'inr' } });
    expect(await bed.post(path('support'))).toMatchObject({ support: { name: 'Example Charging', url: 'https://cpo.example/' } });
  });

  it('BKN-71: started with the password that the provider sent; followed; interrupted and back', async () => {
    await bed.advanceTo(Date.parse(slot.start) + MINUTE);
    expect((await api().post(path('start'), { otp: '000000' })).body).toMatchObject({ code: 'refused_elsewhere' });
    const otp = await bed.there.otp('session_otp');
    const starting = bed.post(path('start'), { otp });
    const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const started = await charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(bed.there.w) });
    ({ transactionId } = started[2] as { transactionId: number });
    expect(await starting).toMatchObject({ status: 'active', session: { status: 'started', connection: 'online' } });
    await bed.advance(5 * MINUTE);
    await charger.call('MeterValues', sample(transactionId, 1, await time(bed.there.w), { 'Energy.Active.Import.Register': 3_200, 'Power.Active.Import': 30_000, SoC: 45 }));
    const live = (await bed.post(path('track'))).session;
    expect(live).toMatchObject({ power_w: 30_000, soc_percent: 45, tracking_url: expect.stringContaining('/track/') });
    expect(live.energy_wh).toBeGreaterThanOrEqual(3_200); // and what has been added since that was read
    expect(live.cost).toBeGreaterThanOrEqual(6_760); // 3.2 × 18 + 10
    charger.close();
    await charger.closed;
    await bed.advance(10 * MINUTE);
    expect((await bed.until(id, ({ session }) => session.connection === 'interrupted')).status).toBe('active');
    charger = await bed.there.plug();
    await bed.advance(MINUTE);
    await bed.until(id, ({ session }) => session.connection === 'online');
  });

  it('EXT-5, EXT-9: the bill, what is given back, and the rating; each news once', async () => {
    await charger.call('StopTransaction', { transactionId, meterStop: 10_000, timestamp: await time(bed.there.w), reason: 'EVDisconnected' });
    const ended = await bed.until(id, ({ settlement }) => settlement.some(({ done }: Json) => done));
    expect(ended).toMatchObject({
      status: 'completed', price: { total: 19_000 }, settlement: [{ kind: 'refund', amount: 31_600, currency: 'inr', done: true }], // 10 × 18 + 10
      session: { status: 'ended', energy_wh: 10_000, connection: 'online' },
    });
    expect(await bed.post(path('ratings'), { value: 5, category: 'Amenities', feedback: 'Good tea' })).toMatchObject({
      ratings: [{ category: 'Amenities', value: 5, feedback: 'Good tea' }],
    });
    const [bill] = must(await bed.there.cpo.api.get(`/v1/bills?for=${ended.order}`)).data;
    expect(bill.total).toBe(ended.price.total);
    const types = (await bed.here.eventsOf(id)).map(({ type }) => String(type).replace('external_reservation.', '')).filter((type) => type !== 'updated');
    expect(types).toEqual(['created', 'quoted', 'held', 'refused', 'paid', 'confirmed', 'refused', 'started', 'interrupted', 'reconnected', 'completed', 'settled']);
    const versions = (await bed.here.eventsOf(id)).map(({ object_version: version }) => version);
    expect(versions).toEqual(versions.map((_version: number, i: number) => i + 1));
  });
});
