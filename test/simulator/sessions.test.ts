/** Sessions of virtual stations on the running program: each is billed once, for what the station's own meter says. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createStation, createSteppedClock, type StationOptions, type VirtualStation } from '../../src/simulator/index.ts';
import type { Json } from '../support/api.ts';
import { addDriver, addTariff, type ChargingDriver } from '../support/charging-bed.ts';
import { addStation } from '../support/charger-bed.ts';
import { MINUTE, must, openWorld, type World } from '../support/world.ts';

let w: World;
let driver: ChargingDriver;
beforeAll(async () => {
  w = await openWorld();
  await addTariff(w);
  driver = await addDriver(w);
});
afterAll(() => w.close());

const stations: VirtualStation[] = [];
afterEach(() => stations.splice(0).forEach((station) => station.stop()));

interface Bed {
  station: VirtualStation;
  /** station and network go on together */
  pass(minutes: number): Promise<void>;
  sessions(): Promise<Json[]>;
}

async function open(options: Partial<StationOptions>): Promise<Bed> {
  const { path, evses } = await addStation(w);
  const clock = createSteppedClock(await w.now());
  const url = `${w.app.url.replace(/^http/, 'ws')}${path.split('/').slice(0, -1).join('/')}`;
  const station = createStation({ url, identity: decodeURIComponent(path.split('/').at(-1)!), evses: [[{}], [{}]], clock, setsClock: true, ...options });
  stations.push(station);
  const settled = async (): Promise<void> => {
    do await pause(2);
    while (!station.isSettled());
  };
  const pass: Bed['pass'] = async (minutes) => {
    await clock.advance(0, settled);
    for (let i = 0; i < minutes; i++) {
      await w.leapTo((await w.now()) + MINUTE);
      await clock.advance(MINUTE, settled);
    }
    await w.sweep();
  };
  station.start();
  await pass(0);
  return {
    station, pass,
    sessions: async () => (must(await w.operator.api.get('/v1/sessions?limit=100')).data as Json[]).filter(({ evse }) => evses.includes(evse as string)),
  };
}

/** what the network says of all sessions there, against the true meters */
async function expectTrue({ station, sessions }: Bed): Promise<void> {
  const told = await sessions();
  const trueOnes = station.transactions();
  expect(told.map(({ status }) => status)).toEqual(trueOnes.map(() => 'ended'));
  const energies = told.map(({ energy_wh: energyWh }) => energyWh as number).sort((a, b) => a - b);
  const meters = trueOnes.map(({ energyWh }) => energyWh).sort((a, b) => a - b);
  meters.forEach((energyWh, i) => expect(Math.abs(energies[i]! - energyWh)).toBeLessThanOrEqual(1));
  // 0.50 for a kilowatt-hour
  for (const { cost, energy_wh: energyWh } of told) expect(Math.abs((cost.total as number) - (energyWh as number) / 20)).toBeLessThanOrEqual(1);
}

const CAR = { capacityWh: 60_000, socPercent: 20 };
const TRUSTING: Partial<StationOptions> = { settings: { AllowOfflineTxForUnknownId: 'true' } };
const V2: Partial<StationOptions> = { protocol: 'ocpp2.0.1' };

async function charge(bed: Bed, minutes: number): Promise<void> {
  bed.station.plugIn(1, CAR);
  expect(await bed.station.tap(driver.uid, 1)).toBe('started');
  await bed.pass(minutes);
}

async function leave(bed: Bed): Promise<void> {
  bed.station.unplug(1);
  await bed.pass(10);
}

describe('a session is billed once, for what the meter says', () => {
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)('in %s', async (protocol) => {
    const bed = await open({ protocol });
    await charge(bed, 15);
    expect(await bed.sessions()).toMatchObject([{ status: 'started' }]);
    await leave(bed);
    await expectTrue(bed);
  });

  it.each([['1.6', {}], ['2.0.1', V2]] as const)('through a lost network, in %s', async (_version, options) => {
    const bed = await open(options);
    await charge(bed, 5);
    bed.station.goOffline();
    await bed.pass(5);
    bed.station.goOnline();
    await bed.pass(5);
    await leave(bed);
    await expectTrue(bed);
  });

  it.each([['1.6', {}], ['2.0.1', V2]] as const)('that ends while the network is lost, and drains slowly, in %s', async (_version, options) => {
    const bed = await open({ ...options, faults: { slowDrain: { gapMs: 5_000, growth: 1.5 } } });
    await charge(bed, 5);
    bed.station.goOffline();
    await bed.pass(5);
    bed.station.unplug(1);
    await bed.pass(5);
    bed.station.goOnline();
    await bed.pass(20);
    await expectTrue(bed);
  });

  it.each(['same_id', 'new_id'] as const)('whose messages come twice (%s)', async (duplicates) => {
    for (const protocol of ['ocpp1.6', 'ocpp2.0.1'] as const) {
      const bed = await open({ protocol, faults: { duplicates } });
      await charge(bed, 5);
      await leave(bed);
      await expectTrue(bed);
    }
  });

  it('that begins and ends offline', async () => {
    const bed = await open(TRUSTING);
    bed.station.goOffline();
    await charge(bed, 5);
    await leave(bed);
    bed.station.goOnline();
    await bed.pass(10);
    await expectTrue(bed);
  });

  it.each([0, -1] as const)('that begins offline, and whose end names transaction %i', async (offlineTransactionId) => {
    const bed = await open({ ...TRUSTING, faults: { offlineTransactionId } });
    bed.station.goOffline();
    await charge(bed, 5);
    await leave(bed);
    bed.station.goOnline();
    await bed.pass(10);
    await expectTrue(bed);
  });

  it('with a power loss amid it', async () => {
    for (const protocol of ['ocpp1.6', 'ocpp2.0.1'] as const) {
      const bed = await open({ protocol });
      await charge(bed, 5);
      bed.station.powerLoss(60);
      await bed.pass(5);
      await leave(bed);
      await expectTrue(bed);
    }
  });

  it('with samples that never come', async () => {
    const bed = await open({ ...V2, faults: { dropsUpdates: 0.5 } });
    await charge(bed, 10);
    await leave(bed);
    await expectTrue(bed);
  });

  it('or less, where its end hides that it was offline, and what its meter showed', async () => {
    const bed = await open({ ...V2, faults: { hidesOffline: true } });
    await charge(bed, 5);
    bed.station.goOffline();
    await bed.pass(5);
    await leave(bed);
    bed.station.goOnline();
    await bed.pass(10);
    const [told] = await bed.sessions();
    expect(told).toMatchObject({ status: 'ended' });
    expect(told!.energy_wh).toBeGreaterThan(2_000);
    expect(told!.energy_wh).toBeLessThanOrEqual(Math.ceil(bed.station.transactions()[0]!.energyWh));
  });
});

describe('a card', () => {
  it('that nobody knows is refused, and two cars charge beside each other', async () => {
    const bed = await open({});
    const other = await addDriver(w);
    bed.station.plugIn(1, CAR);
    expect(await bed.station.tap('NOBODY', 1)).toBe('refused');
    expect(await bed.station.tap(driver.uid, 1)).toBe('started');
    bed.station.plugIn(2, CAR);
    expect(await bed.station.tap(other.uid, 2)).toBe('started');
    await bed.pass(5);
    bed.station.unplug(2);
    await leave(bed);
    await expectTrue(bed);
  });
});
