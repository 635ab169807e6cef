/** Seed 003: sessions that a wallet pays. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/charger-bed.ts';
import { addCharger, addDriver, addTariff, ENERGY_ONLY, expectCall, result, sample, statusOf, time, WITH_PARKING, type ChargingBed } from '../support/charging-bed.ts';
import type { Json } from '../support/api.ts';
import { MINUTE, must, openWorld, type World } from '../support/world.ts';

describe('a session that a wallet pays', () => {
  let w: World;
  let bed: ChargingBed;
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
    bed = await addCharger(w);
  });
  afterAll(() => w.close());

  const start = (user: string, connector = bed.connectors[0]) => w.provider.api.post('/v1/sessions', { type: 'wallet', connector, user });
  const typesOf = async (id: string): Promise<string[]> => (await w.eventsOf(id)).map(({ type }) => type as string);

  it('SES-11: who has no wallet, too little in it, or another currency is refused with 405 in the words of the seed', async () => {
    const poor = await addDriver(w);
    expect(await start(poor.id)).toMatchObject({ status: 405, body: { code: 'wallet_missing', status: 405, detail: 'User does not have a wallet' } });
    must(await w.provider.api.post(`/v1/drivers/${poor.id}/wallets/usd/credits`, { amount: 9_000 }));
    expect(await start(poor.id)).toMatchObject({ status: 405, body: { code: 'currency_mismatch', detail: 'Wallet currency does not match the rate currency' } });
    const little = await addDriver(w, { creditMinor: 10 });
    expect(await start(little.id)).toMatchObject({ status: 405, body: { code: 'minimum_balance_missing', detail: 'User does not have minimum balance' } });
  });

  it('SES-9, SES-11: it is created and its money held, begins at the station, and takes from the wallet what it comes to', async () => {
    const driver = await addDriver(w, { creditMinor: 16_072 });
    const created = must(await start(driver.id));
    expect(created).toMatchObject({
      _id: created.id, type: 'wallet', status: 'created', user: driver.id, chargestation: bed.station.id, connector: bed.connectors[0],
      payment: { session: created.id, currency: 'eur', authorized_amount: 160.72, authorized_amount_minor: 16_072, type: 'api_wallet', status: 'authorized' },
    });
    expect(created.createdAt).toMatch(/^\d{4}-.*Z$/);
    const { idTag, connectorId } = await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    expect(connectorId).toBe(1);
    expect(idTag.length).toBeLessThanOrEqual(20);
    const { transactionId, idTagInfo } = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(w) }));
    expect(idTagInfo.status).toBe('Accepted');
    await w.advance(30 * MINUTE);
    const stopping = w.provider.api.post(`/v1/sessions/${created.id}/stop`);
    expect(await expectCall(bed.charger, 'RemoteStopTransaction', { status: 'Accepted' })).toEqual({ transactionId });
    must(await stopping);
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 10_000, timestamp: await time(w), reason: 'Remote' }));
    await w.sweep();
    expect(must(await w.provider.api.get(`/v1/sessions/${created.id}`))).toMatchObject({ status: 'ended', energy_wh: 10_000, cost: { currency: 'eur', total: 500 } });
    expect(must(await w.provider.api.get(`/v1/payments/${created.payment['_id']}`))).toMatchObject({ status: 'succeeded', captured_amount: 500 });
    expect(must(await w.provider.api.get(`/v1/drivers/${driver.id}/wallets`)).data[0]).toMatchObject({ balance: 15_572, held: 0 });
    expect(await typesOf(created.id)).toEqual(expect.arrayContaining(['session.created', 'session.started', 'session.ended']));
    expect(await typesOf(created.payment['_id'])).toEqual(expect.arrayContaining([
      'payment.created', 'payment.authorized', 'payment_authorized', 'payment.captured', 'session.payment.captured',
    ]));
  });

  it('SES-9: nothing has started after 120 seconds: it is cancelled, and the money is released', async () => {
    const driver = await addDriver(w, { creditMinor: 5_000 });
    const created = must(await start(driver.id));
    await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    await w.advance(121_000);
    expect(must(await w.provider.api.get(`/v1/sessions/${created.id}`))).toMatchObject({ status: 'cancelled', ended_reason: 'not_started' });
    await w.sweep();
    expect(must(await w.provider.api.get(`/v1/drivers/${driver.id}/wallets`)).data[0]).toMatchObject({ balance: 5_000, held: 0 });
  });

  it('SES-9: a station that refuses to start ends it at once', async () => {
    const driver = await addDriver(w, { creditMinor: 5_000 });
    const created = must(await start(driver.id));
    await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Rejected' });
    await until(async () => expect(must(await w.provider.api.get(`/v1/sessions/${created.id}`))).toMatchObject({ status: 'cancelled', ended_reason: 'station_rejected' }));
  });

  const begin = async (creditMinor: number): Promise<{ id: string; transactionId: number; driver: string }> => {
    const driver = await addDriver(w, { creditMinor });
    const { id } = must(await start(driver.id, bed.connectors[1]));
    const { idTag } = await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const { transactionId } = result(await bed.charger.call('StartTransaction', { connectorId: 2, idTag, meterStart: 0, timestamp: await time(w) }));
    return { id, transactionId, driver: driver.id };
  };
  const status = async (state: string) => result(await bed.charger.call('StatusNotification', statusOf('ocpp1.6', 2, state, await time(w))));
  const read = async (transactionId: number, wh: number, powerW: number) => result(await bed.charger.call(
    'MeterValues', sample(transactionId, 2, await time(w), { 'Energy.Active.Import.Register': wh, 'Power.Active.Import': powerW })));

  it('SES-18: is paused and resumed by a limit, as the seed has it, once that was seen', async () => {
    const { id, transactionId } = await begin(5_000);
    await status('Charging');
    const pausing = w.provider.api.get(`/v1/sessions/${id}/pause`);
    const limit = await expectCall(bed.charger, 'SetChargingProfile', { status: 'Accepted' });
    expect(limit.csChargingProfiles).toMatchObject({ chargingProfilePurpose: 'TxProfile', transactionId, chargingSchedule: { chargingSchedulePeriod: [{ limit: 0 }] } });
    await status('SuspendedEVSE');
    await w.sweep();
    expect(must(await pausing)).toMatchObject({ status: 'paused', held_back: 'paused' });
    const resuming = w.provider.api.post(`/v1/sessions/${id}/resume`);
    await expectCall(bed.charger, 'ClearChargingProfile', { status: 'Accepted' });
    await status('Charging');
    await w.sweep();
    expect(must(await resuming)).toMatchObject({ status: 'started', held_back: null });
    expect(await typesOf(id)).toEqual(expect.arrayContaining(['session.paused', 'session.resumed']));
    const refused = w.provider.api.post(`/v1/sessions/${id}/pause`);
    await expectCall(bed.charger, 'SetChargingProfile', { status: 'NotSupported' });
    expect(await refused).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 100, timestamp: await time(w) }));
  });

  it('SES-17: is stopped before it costs more than is authorised, and how far it went over is written down', async () => {
    const { id, transactionId } = await begin(2_000); // 40 kWh
    await w.advance(10 * MINUTE);
    await read(transactionId, 10_000, 60_000);
    await w.advance(20 * MINUTE);
    await read(transactionId, 30_000, 60_000);
    await w.advance(9 * MINUTE + 30_000);
    await read(transactionId, 39_500, 60_000);
    await w.advance(26_000);
    expect(await expectCall(bed.charger, 'RemoteStopTransaction', { status: 'Accepted' })).toEqual({ transactionId });
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 39_990, timestamp: await time(w), reason: 'Remote' }));
    const ended = must(await w.provider.api.get(`/v1/sessions/${id}`));
    expect(ended).toMatchObject({ status: 'ended', limit: { reason: 'authorized_amount', amount: 2_000, overshoot: 0 } });
    expect(ended.cost.total).toBeGreaterThan(1_950);
    expect(ended.cost.total).toBeLessThanOrEqual(2_000);
  });

  it('SES-16: stops at its target', async () => {
    const { id, transactionId } = await begin(5_000);
    must(await w.provider.api.put(`/v1/sessions/${id}/targets`, { energy_wh: 5_000 }));
    await w.advance(5 * MINUTE);
    await read(transactionId, 4_990, 60_000);
    await w.advance(2_000);
    expect(await expectCall(bed.charger, 'RemoteStopTransaction', { status: 'Accepted' })).toEqual({ transactionId });
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 5_020, timestamp: await time(w) }));
    expect(must(await w.provider.api.get(`/v1/sessions/${id}`))).toMatchObject({ status: 'ended', limit: { reason: 'target_energy' }, energy_wh: 5_020 });
  });

  it('SES-18: where parking costs, it is not stopped through the API: its energy is ended, and unplugging ends it', async () => {
    const [tariff] = must(await w.operator.api.get('/v1/tariffs')).data as Json[];
    must(await w.operator.api.patch(`/v1/tariffs/${tariff!.id}`, { elements: WITH_PARKING }));
    const { id, transactionId } = await begin(2_000);
    await status('Charging');
    expect(await w.provider.api.post(`/v1/sessions/${id}/stop`)).toMatchObject({ status: 409, body: { code: 'stop_not_offered' } });
    must(await w.provider.api.put(`/v1/sessions/${id}/targets`, { energy_wh: 1_000 }));
    await w.advance(MINUTE);
    await read(transactionId, 1_000, 60_000);
    await w.advance(2_000);
    await expectCall(bed.charger, 'SetChargingProfile', { status: 'Accepted' });
    await status('SuspendedEVSE');
    await w.sweep();
    expect(must(await w.provider.api.get(`/v1/sessions/${id}`))).toMatchObject({ status: 'started', held_back: 'limit' });
    await w.advance(30 * MINUTE);
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 1_000, timestamp: await time(w), reason: 'EVDisconnected' }));
    const { cost } = must(await w.provider.api.get(`/v1/sessions/${id}`));
    expect(cost.total).toBeGreaterThanOrEqual(50 + 300); // an energy of 0.50, and half an hour at 6
    expect(cost.total).toBeLessThanOrEqual(50 + 320);
  });

  it('SES-17: where parking costs, what is set aside for that takes no more than an eleventh of what is authorised from the energy', async () => {
    const [tariff] = must(await w.operator.api.get('/v1/tariffs')).data as Json[];
    const dear = [{ price_components: [{ type: 'ENERGY', price: '0.50' }, { type: 'PARKING_TIME', price: '600' }] }];
    must(await w.operator.api.patch(`/v1/tariffs/${tariff!.id}`, { elements: dear }));
    const { id, transactionId } = await begin(2_000); // 40 kWh; a quarter of an hour of parking would be 15,000
    await status('Charging');
    await w.advance(30 * MINUTE);
    await read(transactionId, 30_000, 60_000);
    await w.advance(5 * MINUTE + 50_000);
    await read(transactionId, 35_800, 60_000);
    expect(must(await w.provider.api.get(`/v1/sessions/${id}`))).toMatchObject({ status: 'started', held_back: null });
    await w.advance(35_000);
    await expectCall(bed.charger, 'SetChargingProfile', { status: 'Accepted' }); // at 10/11 of 40 kWh
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 36_350, timestamp: await time(w), reason: 'EVDisconnected' }));
    expect(must(await w.provider.api.get(`/v1/sessions/${id}`))).toMatchObject({ status: 'ended', limit: { reason: 'authorized_amount', overshoot: 0 } });
    must(await w.operator.api.patch(`/v1/tariffs/${tariff!.id}`, { elements: ENERGY_ONLY }));
  });
});
