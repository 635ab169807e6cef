import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/charger-bed.ts';
import { addCharger, addDriver, addTariff, expectCall, result, sample, theSession, time, type ChargingBed, type ChargingDriver } from '../support/charging-bed.ts';
import { MINUTE, must, openWorld, type World } from '../support/world.ts';

describe('transactions of OCPP 1.6', () => {
  let w: World;
  let bed: ChargingBed;
  let driver: ChargingDriver;
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
    bed = await addCharger(w);
    driver = await addDriver(w, { creditMinor: 5_000 });
  });
  afterAll(() => w.close());

  it('SES-9, SES-13: a card begins a session, its meter is followed, and its end bills what the meter says', async () => {
    const { charger, station } = bed;
    expect(result(await charger.call('Authorize', { idTag: driver.uid.toLowerCase() })).idTagInfo.status).toBe('Accepted');
    const started = result(await charger.call('StartTransaction', { connectorId: 1, idTag: driver.uid, meterStart: 1_000, timestamp: await time(w) }));
    expect(started.idTagInfo.status).toBe('Accepted');
    const session = await theSession(w);
    expect(session).toMatchObject({ status: 'started', type: 'rfid', driver: driver.id, evse: station.evses[0], charging_station: station.id });
    expect(await station.statusOf(station.evses[0]!)).toBe('CHARGING');
    await w.advance(10 * MINUTE);
    result(await charger.call('MeterValues', sample(started.transactionId, 1, await time(w), { 'Energy.Active.Import.Register': 3_000, 'Power.Active.Import': 12_000, SoC: 40 })));
    const live = must(await w.provider.api.get(`/v1/sessions/${session.id}/live`));
    expect(live).toMatchObject({
      energy_wh: expect.closeTo(2_000, -2), power_w: 12_000, soc_percent: 40, cost: expect.closeTo(100, -1), currency: 'eur', authorized: 5_000,
      remaining: expect.closeTo(4_900, -1),
    });
    await w.advance(10 * MINUTE);
    result(await charger.call('StopTransaction', { transactionId: started.transactionId, meterStop: 5_000, timestamp: await time(w), reason: 'EVDisconnected' }));
    const ended = must(await w.provider.api.get(`/v1/sessions/${session.id}`));
    expect(ended).toMatchObject({ status: 'ended', energy_wh: 4_000, ended_reason: 'EVDisconnected', cost: { currency: 'eur', total: 200 } });
    await until(async () => {
      await w.sweep();
      const [wallet] = must(await w.provider.api.get(`/v1/drivers/${driver.id}/wallets`)).data;
      expect(wallet).toMatchObject({ balance: 4_800, held: 0 });
    });
  });

  it('SES-12: a start and a stop that are told again change nothing', async () => {
    const { charger } = bed;
    const start = { connectorId: 2, idTag: driver.uid, meterStart: 0, timestamp: await time(w) };
    const first = result(await charger.call('StartTransaction', start));
    expect(result(await charger.call('StartTransaction', start)).transactionId).toBe(first.transactionId);
    const session = await theSession(w);
    const stop = { transactionId: first.transactionId, meterStop: 1_000, timestamp: await time(w) };
    result(await charger.call('StopTransaction', stop));
    const ended = must(await w.provider.api.get(`/v1/sessions/${session.id}`));
    result(await charger.call('StopTransaction', stop));
    expect(must(await w.provider.api.get(`/v1/sessions/${session.id}`))).toEqual(ended);
    expect(ended).toMatchObject({ energy_wh: 1_000, cost: { total: 50 } });
  });

  it('SES-10: who is unknown may not charge, and is told to stop', async () => {
    const { charger, station } = bed;
    expect(result(await charger.call('Authorize', { idTag: 'NOBODY' })).idTagInfo.status).toBe('Invalid');
    const started = result(await charger.call('StartTransaction', { connectorId: 1, idTag: 'NOBODY', meterStart: 0, timestamp: await time(w) }));
    expect(started.idTagInfo.status).toBe('Invalid');
    expect(await expectCall(charger, 'RemoteStopTransaction', { status: 'Accepted' })).toEqual({ transactionId: started.transactionId });
    result(await charger.call('StopTransaction', { transactionId: started.transactionId, meterStop: 10, timestamp: await time(w), reason: 'DeAuthorized' }));
    expect((await theSession(w, `&status=started`))).toBeUndefined();
    expect(station.evses).toHaveLength(2);
  });
});
