/** What real charging stations were seen to do, each by its name; see also late.test.ts, which has the rest of it, and the day of test/day. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCharger, addDriver, addTariff, expectCall, result, sample, statusOf, theSession, time, type ChargingBed, type ChargingDriver } from '../support/charging-bed.ts';
import { until } from '../support/charger-bed.ts';
import type { Json } from '../support/api.ts';
import { HOUR, MINUTE, must, openWorld, type World } from '../support/world.ts';

let w: World;
let driver: ChargingDriver;
beforeAll(async () => {
  w = await openWorld();
  await addTariff(w);
  driver = await addDriver(w);
});
afterAll(() => w.close());
const session = async (id: string): Promise<Json> => must(await w.provider.api.get(`/v1/sessions/${id}`));

describe('traps of OCPP 1.6', () => {
  let bed: ChargingBed;
  beforeAll(async () => {
    bed = await addCharger(w);
  });
  const call = async (action: string, payload: object) => result(await bed.charger.call(action, payload));
  const start = async (timestamp: string, connectorId = 1): Promise<number> => (
    (await call('StartTransaction', { connectorId, idTag: driver.uid, meterStart: 0, timestamp })).transactionId as number);

  it('SES-14: a status overtakes queued meter values and the end: nothing is ended by it, and what follows counts', async () => {
    const transactionId = await start(await time(w));
    const { id } = await theSession(w);
    const [during, ended] = [await time(w, 60), await time(w, 120)];
    await w.advance(5 * MINUTE);
    await call('StatusNotification', statusOf('ocpp1.6', 1, 'Available', await time(w)));
    expect((await session(id)).status).toBe('started');
    await call('MeterValues', sample(transactionId, 1, during, { 'Energy.Active.Import.Register': 900 }));
    await call('StopTransaction', { transactionId, meterStop: 2_000, timestamp: ended });
    expect(await session(id)).toMatchObject({ status: 'ended', energy_wh: 2_000, ended_at: ended });
  });

  it('SES-12: a queue drains mixed with live messages: each is dated by itself', async () => {
    const began = await time(w);
    await w.advance(HOUR);
    const old = await start(began, 1);
    const { id } = await theSession(w);
    const live = await start(await time(w), 2);
    const { id: liveId } = await theSession(w);
    await call('MeterValues', sample(live, 2, await time(w), { 'Energy.Active.Import.Register': 10 }));
    await call('MeterValues', sample(old, 1, new Date(Date.parse(began) + MINUTE).toISOString(), { 'Energy.Active.Import.Register': 700 }));
    await call('StopTransaction', { transactionId: old, meterStop: 1_000, timestamp: new Date(Date.parse(began) + 10 * MINUTE).toISOString() });
    expect(await session(id)).toMatchObject({ started_at: began, ended_at: new Date(Date.parse(began) + 10 * MINUTE).toISOString(), energy_wh: 1_000 });
    expect((await session(liveId)).status).toBe('started');
    await call('StopTransaction', { transactionId: live, meterStop: 20, timestamp: await time(w) });
  });

  it('SES-12: a start whose answer was lost is told again with a new message id, and a stop too: one session, one bill', async () => {
    const told = { connectorId: 1, idTag: driver.uid, meterStart: 0, timestamp: await time(w) };
    const { transactionId } = await call('StartTransaction', told);
    expect((await call('StartTransaction', told)).transactionId).toBe(transactionId);
    const { id } = await theSession(w);
    const stop = { transactionId, meterStop: 400, timestamp: await time(w), idTag: driver.uid };
    await Promise.all([call('StopTransaction', stop), call('StopTransaction', stop), call('StopTransaction', stop)]);
    expect(must(await w.provider.api.get(`/v1/bills?for=${id}`)).data).toHaveLength(1);
    expect((await session(id)).energy_wh).toBe(400);
  });

  it('SES-12: a vehicle is there whose predecessor never ended: that one is closed, and corrected by what is told of it later', async () => {
    const first = await start(await time(w));
    const { id } = await theSession(w);
    await w.advance(10 * MINUTE);
    await call('MeterValues', sample(first, 1, await time(w), { 'Energy.Active.Import.Register': 300 }));
    const ended = await time(w);
    await w.advance(10 * MINUTE);
    const second = await start(await time(w));
    expect(await session(id)).toMatchObject({ status: 'ended', ended_reason: 'superseded' });
    expect((await theSession(w)).id).not.toBe(id);
    await call('StopTransaction', { transactionId: first, meterStop: 800, timestamp: ended });
    await w.advance(6 * MINUTE);
    expect(await session(id)).toMatchObject({ energy_wh: 800, ended_at: ended });
    await call('StopTransaction', { transactionId: second, meterStop: 5, timestamp: await time(w) });
  });

  it('SES-13: meter values that are no numbers, negative, or beyond all measure are left out, and answered', async () => {
    const transactionId = await start(await time(w));
    const { id } = await theSession(w);
    for (const value of ['', 'NaN', '-5000', '1e30', '99999999999999999999', 'abc']) {
      await w.advance(1_000);
      expect(await call('MeterValues', sample(transactionId, 1, await time(w), { 'Energy.Active.Import.Register': value, 'Power.Active.Import': value, SoC: value }))).toEqual({});
    }
    await call('StopTransaction', { transactionId, meterStop: -3, timestamp: await time(w) });
    expect(await session(id)).toMatchObject({ status: 'ended', energy_wh: 0 });
  });

  it('SES-28: one of which nothing is told any more is closed with what is known', async () => {
    const transactionId = await start(await time(w));
    const { id } = await theSession(w);
    await w.advance(MINUTE);
    await call('MeterValues', sample(transactionId, 1, await time(w), { 'Energy.Active.Import.Register': 600 }));
    await w.advance(12 * HOUR + MINUTE);
    expect(await session(id)).toMatchObject({ status: 'ended', ended_reason: 'no_news', energy_wh: 600 });
  });
});

describe('traps of OCPP 2.0.1', () => {
  let bed: ChargingBed;
  beforeAll(async () => {
    bed = await addCharger(w, 'ocpp2.0.1');
  });
  const value = (timestamp: string, wh: number) => ({ meterValue: [{ timestamp, sampledValue: [{ value: wh }] }] });
  const event = async (transactionId: string, eventType: string, seqNo: number, more: object = {}, at?: string) => {
    const timestamp = at ?? await time(w);
    return result(await bed.charger.call('TransactionEvent', {
      eventType, timestamp, triggerReason: 'MeterValuePeriodic', seqNo, ...more,
      transactionInfo: { transactionId, ...(eventType === 'Ended' ? { stoppedReason: 'EVDisconnected' } : {}) },
    }));
  };
  const begin = async (transactionId: string): Promise<string> => {
    await event(transactionId, 'Started', 0, { evse: { id: 1, connectorId: 1 }, idToken: { idToken: driver.uid, type: 'ISO14443' }, ...value(await time(w), 0) });
    return (await theSession(w)).id as string;
  };

  it('SES-12: the end is replayed without the offline flag and without meter values: what was read last counts', async () => {
    const id = await begin('A');
    await w.advance(10 * MINUTE);
    const read = await time(w);
    await event('A', 'Updated', 1, value(read, 5_000), read);
    await w.advance(HOUR);
    await event('A', 'Ended', 9, {}, read);
    await event('A', 'Ended', 9, {}, read);
    expect(await session(id)).toMatchObject({ status: 'ended', energy_wh: 5_000, ended_at: read });
  });

  it('SES-12: updates may be missing, come in another order, and come twice', async () => {
    const id = await begin('B');
    await w.advance(30 * MINUTE);
    const at = (minutes: number) => time(w, (minutes - 30) * 60);
    for (const [seqNo, minutes, wh] of [[7, 20, 4_000], [3, 10, 2_000], [7, 20, 4_000], [5, 15, 3_000]] as const) {
      const timestamp = await at(minutes);
      await event('B', 'Updated', seqNo, value(timestamp, wh), timestamp);
    }
    const periods = must(await w.provider.api.get(`/v1/sessions/${id}/meter_values?limit=100`)).data as Json[];
    expect(periods.length).toBe(4); // with the first
    const ended = await time(w);
    await event('B', 'Ended', 12, value(ended, 6_000), ended);
    expect(await session(id)).toMatchObject({ energy_wh: 6_000 });
  });

  it('SES-28: a station that is back is asked what became of a transaction, and one that it has forgotten is closed', async () => {
    const id = await begin('C');
    await w.advance(10 * MINUTE);
    const read = await time(w);
    await event('C', 'Updated', 1, value(read, 1_500), read);
    bed.charger.close();
    await bed.charger.closed;
    await until(async () => {
      await w.sweep();
      expect((await session(id)).connection).toBe('interrupted');
    });
    bed.charger = await bed.station.plug({ protocols: ['ocpp2.0.1'] });
    result(await bed.charger.call('Heartbeat', {}));
    await w.sweep();
    expect(await expectCall(bed.charger, 'GetTransactionStatus', { ongoingIndicator: false, messagesInQueue: false })).toEqual({ transactionId: 'C' });
    await until(async () => expect(await session(id)).toMatchObject({ status: 'ended', ended_reason: 'forgotten_by_station', energy_wh: 1_500 }));
    await event('C', 'Ended', 20, value(read, 1_600), read);
    await w.advance(6 * MINUTE);
    expect(await session(id)).toMatchObject({ energy_wh: 1_600, cost: { total: 80 } });
  });
});
