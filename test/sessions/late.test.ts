/** What stations tell late, twice, in another order, or wrongly. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCharger, addDriver, addTariff, result, sample, theSession, time, type ChargingBed, type ChargingDriver } from '../support/charging-bed.ts';
import { until } from '../support/charger-bed.ts';
import { HOUR, MINUTE, must, openWorld, type World } from '../support/world.ts';

describe('what stations tell late', () => {
  let w: World;
  let bed: ChargingBed;
  let driver: ChargingDriver;
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
    bed = await addCharger(w);
    driver = await addDriver(w, { creditMinor: 50_000 });
  });
  afterAll(() => w.close());

  const call = async (action: string, payload: object) => result(await bed.charger.call(action, payload));
  const start = async (timestamp: string, { connectorId = 1, meterStart = 0, idTag = driver.uid } = {}): Promise<number> => (
    (await call('StartTransaction', { connectorId, idTag, meterStart, timestamp })).transactionId as number);
  const session = async (id: string) => must(await w.provider.api.get(`/v1/sessions/${id}`));

  it('SES-12: a clock in 1970 dates nothing', async () => {
    const transactionId = await start('1970-01-01T00:00:10Z');
    const { id } = await theSession(w);
    expect(Math.abs(Date.parse((await session(id)).started_at) - (await w.now()))).toBeLessThan(5_000);
    await w.advance(10 * MINUTE);
    await call('StopTransaction', { transactionId, meterStop: 1_000, timestamp: '1970-01-01T00:10:10Z' });
    const ended = await session(id);
    expect(Math.abs(Date.parse(ended.ended_at) - Date.parse(ended.started_at) - 10 * MINUTE)).toBeLessThan(5_000);
  });

  it('SES-12: what happened while the station was away is told in order, and dated as it was', async () => {
    const began = await time(w);
    await w.advance(2 * HOUR);
    const transactionId = await start(began);
    const ended = new Date(Date.parse(began) + HOUR).toISOString();
    await call('MeterValues', sample(transactionId, 1, new Date(Date.parse(began) + 30 * MINUTE).toISOString(), { 'Energy.Active.Import.Register': 4_000 }));
    await call('StopTransaction', { transactionId, meterStop: 7_000, timestamp: ended });
    expect(await theSession(w)).toMatchObject({ status: 'ended', energy_wh: 7_000, started_at: began, ended_at: ended, cost: { total: 350 } });
  });

  it('SES-13: a register below its start takes nothing back', async () => {
    const transactionId = await start(await time(w), { meterStart: 10_000 });
    const { id } = await theSession(w);
    await w.advance(MINUTE);
    await call('MeterValues', sample(transactionId, 1, await time(w), { 'Energy.Active.Import.Register': 12_000 }));
    await w.advance(MINUTE);
    await call('StopTransaction', { transactionId, meterStop: 50, timestamp: await time(w), reason: 'PowerLoss' });
    expect(await session(id)).toMatchObject({ energy_wh: 2_000, cost: { total: 100 } });
  });

  it('SES-14: an end that names transaction 0 or -1 is the only open one of that token; where it can mean several, people decide', async () => {
    const other = await addDriver(w);
    await start(await time(w), { idTag: other.uid });
    const { id } = await theSession(w);
    await call('StopTransaction', { transactionId: -1, idTag: other.uid, meterStop: 500, timestamp: await time(w) });
    expect(await session(id)).toMatchObject({ status: 'ended', energy_wh: 500 });
    await start(await time(w), { idTag: other.uid, connectorId: 1 });
    await start(await time(w), { idTag: driver.uid, connectorId: 2 });
    await call('StopTransaction', { transactionId: 0, meterStop: 900, timestamp: await time(w) });
    const kept = must(await w.operator.api.get('/v1/quarantined_messages')).data;
    expect(kept).toMatchObject([{ action: 'StopTransaction', reason: 'transaction_unknown', payload: { transactionId: 0, meterStop: 900 } }]);
    must(await w.operator.api.post(`/v1/quarantined_messages/${kept[0].id}/resolve`));
    expect(must(await w.operator.api.get('/v1/quarantined_messages')).data).toEqual([]);
    await call('StopTransaction', { transactionId: -1, idTag: other.uid, meterStop: 100, timestamp: await time(w) });
    await call('StopTransaction', { transactionId: -1, idTag: driver.uid, meterStop: 100, timestamp: await time(w) });
  });

  it('SES-14: no session is closed because its connector became available', async () => {
    const transactionId = await start(await time(w));
    const { id } = await theSession(w);
    await call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
    await w.sweep();
    expect((await session(id)).status).toBe('started');
    await call('StopTransaction', { transactionId, meterStop: 1, timestamp: await time(w) });
  });

  it('SES-15: readings that come after the bill correct it once, when no more have come for a while', async () => {
    const transactionId = await start(await time(w));
    const { id } = await theSession(w);
    await w.advance(10 * MINUTE);
    const during = await time(w, -60);
    await call('StopTransaction', { transactionId, meterStop: 1_000, timestamp: await time(w) });
    const { cost } = await session(id);
    expect(cost.total).toBe(50);
    await call('MeterValues', sample(transactionId, 1, during, { 'Energy.Active.Import.Register': 3_000 }));
    await until(async () => {
      await w.sweep();
      expect((await session(id)).version).toBeGreaterThan(0);
    });
    await w.advance(4 * MINUTE);
    expect((await session(id)).cost.total).toBe(50);
    await w.advance(2 * MINUTE);
    expect(await session(id)).toMatchObject({ energy_wh: 3_000, cost: { bill: cost.bill, total: 150 } });
  });

  it('SES-19: while its station is away it is interrupted and goes on; what is told then ends it', async () => {
    const transactionId = await start(await time(w));
    const { id } = await theSession(w);
    bed.charger.close();
    await bed.charger.closed;
    await until(async () => {
      await w.sweep();
      expect(await session(id)).toMatchObject({ status: 'started', connection: 'interrupted' });
    });
    await w.advance(5 * MINUTE);
    const back = await bed.station.plug();
    await w.sweep();
    expect(await session(id)).toMatchObject({ status: 'started', connection: 'online' });
    result(await back.call('StopTransaction', { transactionId, meterStop: 2_000, timestamp: await time(w) }));
    expect(await session(id)).toMatchObject({ status: 'ended', energy_wh: 2_000 });
    expect((await w.eventsOf(id)).map(({ type }) => type as string)).toEqual(expect.arrayContaining(['session.interrupted', 'session.reconnected']));
    bed.charger = back;
  });

  it('SES-19: one whose station stays away is closed with what is known, and corrected by what is told later', async () => {
    const transactionId = await start(await time(w));
    const { id } = await theSession(w);
    await w.advance(10 * MINUTE);
    await call('MeterValues', sample(transactionId, 1, await time(w), { 'Energy.Active.Import.Register': 1_000 }));
    bed.charger.close();
    await bed.charger.closed;
    await until(async () => {
      await w.sweep();
      expect((await session(id)).connection).toBe('interrupted');
    });
    await w.advance(13 * HOUR);
    expect(await session(id)).toMatchObject({ status: 'ended', ended_reason: 'connection_lost', energy_wh: 1_000, cost: { total: 50 } });
    const back = await bed.station.plug();
    const ended = await time(w, -12 * 3600);
    result(await back.call('StopTransaction', { transactionId, meterStop: 5_000, timestamp: ended }));
    await w.advance(6 * MINUTE);
    expect(await session(id)).toMatchObject({ status: 'ended', energy_wh: 5_000, cost: { total: 250 } });
    bed.charger = back;
  });

  it('DRV-9, DRV-10: a card counts however it is spelled until it is blocked, and is of one driver only', async () => {
    const { id } = must(await w.provider.api.get(`/v1/drivers/${driver.id}/tokens`)).data.find(({ type }: { type: string }) => type === 'rfid');
    const info = async (idTag: string) => (await call('Authorize', { idTag })).idTagInfo;
    expect(await info(driver.uid.toLowerCase())).toMatchObject({ status: 'Accepted', parentIdTag: expect.any(String) as string });
    expect(await w.provider.api.post(`/v1/drivers/${(await addDriver(w)).id}/tokens`, { uid: driver.uid.toLowerCase() })).toMatchObject({ status: 409 });
    must(await w.provider.api.patch(`/v1/tokens/${id}`, { blocked: true }));
    expect(await info(driver.uid)).toMatchObject({ status: 'Blocked' });
    must(await w.provider.api.patch(`/v1/tokens/${id}`, { blocked: false }));
  });

  it('SES-20: readings of a connection that counts no more are refused, and others are durable when they are answered', async () => {
    const transactionId = await start(await time(w));
    const { id } = await theSession(w);
    await Promise.all(Array.from({ length: 40 }, async (_, i) => call('MeterValues', sample(transactionId, 1, await time(w, i), { 'Energy.Active.Import.Register': i * 10 }))));
    expect(must(await w.provider.api.get(`/v1/sessions/${id}/live`)).energy_wh).toBeGreaterThanOrEqual(390);
    const newer = await bed.station.plug();
    expect(await bed.charger.closed).toBe(4001);
    result(await newer.call('StopTransaction', { transactionId, meterStop: 400, timestamp: await time(w) }));
    expect((await session(id)).energy_wh).toBe(400);
    bed.charger = newer;
  });
});
