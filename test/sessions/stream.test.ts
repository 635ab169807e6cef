import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { issueKey } from '../../src/domain/organisations/index.ts';
import { apiOf } from '../support/api.ts';
import { addCharger, addDriver, addTariff, result, sample, theSession, time, type ChargingBed, type ChargingDriver } from '../support/charging-bed.ts';
import { readSse } from '../support/sse.ts';
import { MINUTE, must, openWorld, type World } from '../support/world.ts';

describe('what becomes of a session, as it happens', () => {
  let w: World;
  let bed: ChargingBed;
  let driver: ChargingDriver;
  let key: string;
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
    bed = await addCharger(w);
    driver = await addDriver(w, { creditMinor: 5_000 });
    key = await keyOf(w.provider.organisation.id);
  });
  afterAll(() => w.close());

  const keyOf = async (organisationId: string) => (await w.asSystem((ctx) => issueKey(ctx, organisationId, { name: 'watcher', kind: 'secret' }))).secret;
  const start = async (connector: number) => result(await bed.charger.call('StartTransaction', {
    connectorId: connector, idTag: driver.uid, meterStart: 1_000, timestamp: await time(w),
  })).transactionId as number;
  const read = async (transaction: number, connector: number, wh: number) => result(await bed.charger.call('MeterValues', sample(
    transaction, connector, await time(w), { 'Energy.Active.Import.Register': wh, 'Power.Active.Import': 12_000, SoC: 40 })));

  it('SES-21: tells the state first, then what is read and what happens, and ends with the session', async () => {
    const transaction = await start(1);
    const { id } = await theSession(w);
    const url = `${w.app.url}/v1/sessions/${id}/stream`;
    const [stream, second] = [await readSse(url, key), await readSse(url, key)];
    expect(await stream.until('state', () => true)).toMatchObject({ object: 'live_session', session: id, status: 'started', energy_wh: 0 });
    await w.advance(10 * MINUTE);
    await read(transaction, 1, 3_000);
    expect(await stream.until('state', ({ energy_wh: wh }) => wh >= 2_000)).toMatchObject({ power_w: 12_000, soc_percent: 40, cost: expect.closeTo(100, -1),
      remaining: 4_900, estimated_refund: 4_900 });
    bed.charger.close();
    await bed.charger.closed;
    await vi.waitFor(async () => {
      await w.sweep();
      expect((await theSession(w)).connection).toBe('interrupted');
    }, { timeout: 10_000 });
    await stream.until('state', ({ connection }) => connection === 'interrupted');
    bed.charger = await bed.station.plug({ protocols: ['ocpp1.6'] });
    result(await bed.charger.call('StopTransaction', { transactionId: transaction, meterStop: 5_000, timestamp: await time(w), reason: 'EVDisconnected' }));
    await Promise.all([stream.ended, second.ended]);
    expect(stream.messages('state').at(-1)).toMatchObject({ status: 'ended', energy_wh: 4_000, cost: 200 });
    expect(stream.messages('ended')).toHaveLength(1);
    const late = await readSse(url, key);
    await late.ended;
    expect(late.messages('state')).toMatchObject([{ status: 'ended' }]);
  });

  it('SES-21: drivers watch their own sessions, as many at a time as a driver needs, and nobody watches those of others', async () => {
    const transaction = await start(2);
    const { id } = await theSession(w);
    const path = `/v1/sessions/${id}/stream`;
    const own = must(await w.provider.api.post(`/v1/drivers/${driver.id}/keys`, { name: 'app' })).secret as string;
    const other = must(await w.provider.api.post(`/v1/drivers/${(await addDriver(w)).id}/keys`, { name: 'app' })).secret as string;
    const ownStreams = await Promise.all(Array.from({ length: 11 }, () => readSse(`${w.app.url}${path}`, own)));
    expect(ownStreams.map(({ status }) => status).sort((a, b) => a - b)).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
    for (const secret of [other, await keyOf(w.otherProvider.organisation.id)]) expect((await apiOf(w.app.url, secret).get(path)).status).toBe(404);
    expect((await w.anybody.get(path)).status).toBe(401);
    for (const { close } of ownStreams) close();
    await vi.waitFor(async () => {
      const again = await readSse(`${w.app.url}${path}`, own);
      again.close();
      expect(again.status).toBe(200);
    });
    result(await bed.charger.call('StopTransaction', { transactionId: transaction, meterStop: 1_000, timestamp: await time(w), reason: 'Local' }));
  });
});
