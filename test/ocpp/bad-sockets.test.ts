/** Stations that behave as none should: they get the error that is theirs, and no other station notices. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handshake, type Charger } from '../support/charger.ts';
import { addStation, errorOf, until, type TestStation } from '../support/charger-bed.ts';
import { testDatabases } from '../support/databases.ts';
import { must, openWorld, type World } from '../support/world.ts';

/** Of another station's answers meanwhile, on a machine that does other things too. */
const TIMELY_MS = 2_000;

describe.each(testDatabases())('stations that misbehave ($kind)', ({ open }) => {
  let w: World;
  let calm: Charger;
  let calmStation: TestStation;
  beforeAll(async () => {
    w = await openWorld(open, { PLUGTIME_OCPP_FRAME_LIMIT_BYTES: '65536', PLUGTIME_OCPP_CONNECTS_PER_MINUTE: '2000', PLUGTIME_OCPP_RATE_LIMIT_PER_MINUTE: '100000' });
    calmStation = await addStation(w);
    calm = await calmStation.plug();
  });
  afterAll(() => w.close());

  /** Does it while another station speaks, and gives how long that one had to wait at worst. */
  const undisturbed = async (work: () => Promise<void>): Promise<void> => {
    let isDone = false;
    const working = work().finally(() => (isDone = true));
    working.catch(() => undefined); // told below
    let worst = 0;
    while (!isDone) {
      const start = performance.now();
      expect((await calm.call('Heartbeat', {}))[0]).toBe(3);
      worst = Math.max(worst, performance.now() - start);
      await pause(20);
    }
    await working;
    expect(worst).toBeLessThan(TIMELY_MS);
    expect([calm.isOpen(), (await calmStation.connection()).online]).toEqual([true, true]);
    expect((await w.anybody.get('/v1/search?limit=1')).status).toBe(200);
  };
  /** So many at once. */
  const inBatches = async <T>(count: number, size: number, work: (i: number) => Promise<T>): Promise<T[]> => {
    const all: T[] = [];
    for (let i = 0; i < count; i += size) all.push(...await Promise.all(Array.from({ length: Math.min(size, count - i) }, (_, k) => work(i + k))));
    return all;
  };

  it('OCPP-4 a thousand connections with one identity: the newest counts, the others are closed', async () => {
    const station = await addStation(w);
    await undisturbed(async () => {
      const chargers = (await inBatches(1_000, 25, () => station.plug().catch(() => undefined))).filter((charger) => charger !== undefined);
      expect(chargers.length).toBe(1_000);
      await until(() => expect(chargers.filter((charger) => charger.isOpen())).toHaveLength(1));
      expect((await chargers.find((charger) => charger.isOpen())!.call('Heartbeat', {}))[0]).toBe(3);
      expect((await station.connection()).online).toBe(true);
      chargers.forEach((charger) => charger.close());
    });
  }, 120_000);

  it('OCPP-1 OCPP-2 wrong subprotocols and addresses, many at once', async () => {
    const station = await addStation(w);
    await undisturbed(async () => {
      const statuses = await inBatches(200, 20, async (i) => (await handshake(w.app.url, i % 2 === 0 ? station.path : `/ocpp/operator/none-${i}`, { protocols: ['mqtt'] })).status);
      expect(new Set(statuses)).toEqual(new Set([400]));
    });
  });

  it.each([
    ['malformed frames', 1002, (i: number) => `{${i}`], ['frames that are too large', 1009, () => `[2,"a","Heartbeat",{"x":"${'x'.repeat(70_000)}"}]`],
  ])('OCPP-6 %s of many stations close theirs with %i', async (_what, code, frame) => {
    const stations = await inBatches(5, 5, () => addStation(w, undefined, { evses: 1 }));
    await undisturbed(async () => {
      const closed = await Promise.all(stations.map(async (station) => {
        const charger = await station.plug({ protocols: ['ocpp2.0.1'] });
        for (let i = 0; i < 40; i++) charger.send(frame(i));
        return charger.closed;
      }));
      expect(closed).toEqual(stations.map(() => code));
    });
  });

  it('OCPP-5 OCPP-8 unknown actions and times of 1970, one after the other', async () => {
    const station = await addStation(w);
    await undisturbed(async () => {
      const charger = await station.plug();
      for (let i = 0; i < 100; i++) {
        expect(errorOf(await charger.call(`Unknown${i}`, { i }))).toBe('NotImplemented');
        expect((await charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Faulted', timestamp: '1970-01-01T00:00:00Z' }))[0]).toBe(3);
      }
      expect(charger.isOpen()).toBe(true);
      charger.close();
    });
    expect(must(await w.anybody.get(`/v1/evses/${station.evses[0]}`)).status).toBe('OUTOFORDER');
  });

  it('OCPP-4 who comes too often is refused', async () => {
    const other = await openWorld(open, { PLUGTIME_OCPP_CONNECTS_PER_MINUTE: '30' });
    try {
      const station = await addStation(other);
      const statuses = await inBatches(100, 10, async () => (await handshake(other.app.url, station.path)).status);
      expect([statuses.filter((status) => status === 101).length, statuses.filter((status) => status === 429).length]).toEqual([30, 70]);
    } finally {
      await other.close();
    }
  });
});
