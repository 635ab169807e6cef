/** Scenarios, traffic and the command: against a scripted central system, and against the running program. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, createStation, play, readScenario, SCENARIOS, startClock, startTraffic, takePlaces, type Scenario } from '../../src/simulator/index.ts';
import { issueKey } from '../../src/domain/organisations/index.ts';
import { must, openWorld, type World } from '../support/world.ts';
import { openCentralSystem, type ScriptedCentralSystem } from '../support/scripted-central-system.ts';

const SPEED = 4_000;
const done: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of done.splice(0).reverse()) await undo();
});

async function openScript(speed = SPEED): Promise<{ central: ScriptedCentralSystem; clock: ReturnType<typeof startClock> }> {
  const clock = startClock({ speed });
  const central = await openCentralSystem(clock.now);
  done.push(() => central.close(), () => clock.stop());
  return { central, clock };
}

async function playOne(scenario: Scenario, protocol: 'ocpp1.6' | 'ocpp2.0.1') {
  const { central, clock } = await openScript();
  const settings = protocol === 'ocpp1.6' ? scenario.settings : scenario.settings && { 'AuthCtrlr.OfflineTxForUnknownIdEnabled': 'true' };
  const station = createStation({ url: central.url, identity: 'SIM-1', protocol, clock, settings, faults: { ...scenario.faults } });
  done.push(() => station.stop());
  station.start();
  return { central, station, outcome: await play(station, scenario, 'TAG1') };
}

describe('the built-in scenarios', () => {
  it.each(SCENARIOS.flatMap((scenario) => (['ocpp1.6', 'ocpp2.0.1'] as const).map((protocol) => [scenario.name, protocol, scenario] as const)))(
    'end as they say: %s in %s', async (_name, protocol, scenario) => {
      const { central, station, outcome } = await playOne(scenario, protocol);
      expect(outcome).toEqual({});
      expect(station.transactions()).toHaveLength(1);
      const begun = [...central.of('StartTransaction'), ...central.of('TransactionEvent').filter(({ eventType }) => eventType === 'Started')];
      expect(begun).toHaveLength(scenario.faults?.duplicates ? 2 : 1);
    });
});

describe('a scenario', () => {
  it('that is written wrongly is refused, with the step', () => {
    expect(() => readScenario({ name: 'x', steps: [{ do: 'plug' }, { do: 'fly' }] })).toThrow('step 2 ({"do":"fly"})');
    expect(() => readScenario({ name: 'x', steps: [] })).toThrow('/steps');
    expect(() => readScenario({ name: 'x', faults: { unheardOf: true }, steps: [{ do: 'plug' }] })).toThrow('that is no scenario');
    expect(readScenario(SCENARIOS[0])).toBe(SCENARIOS[0]);
  });

  it('that goes otherwise tells where, and how it was', async () => {
    const { outcome } = await playOne({ name: 'x', steps: [{ do: 'expect', online: true, within: 60 }, { do: 'expect', status: 'Charging', within: 30 }] }, 'ocpp1.6');
    expect(outcome).toEqual({ failure: 'step 2 (expect): it is Available, not Charging' });
  });
});

describe('traffic', () => {
  it('brings cars that charge and go, also through troubles, and all is told in the end', async () => {
    const { central, clock } = await openScript();
    const stations = Array.from({ length: 20 }, (_, i) => ({ url: central.url, identity: `SIM-${i}`, evses: [[{}], [{}]] }));
    const fleet = createFleet({ stations, protocol: 'mix', clock, seed: 7 });
    done.push(() => fleet.stop());
    await fleet.start(1_000);
    const traffic = startTraffic(fleet.stations, { seed: 7, tags: ['TAG1', 'TAG2'], carsPerDay: 40, troublesPerDay: 4 });
    await clock.sleep(8 * 3_600_000);
    traffic.stop();
    for (const station of fleet.stations) station.goOnline();
    for (let i = 0; i < 200 && fleet.summary().charging + fleet.summary().waiting > 0; i++) await pause(100);
    const { sessions, ended, waiting, energyWh } = fleet.summary();
    expect(sessions).toBeGreaterThan(50);
    expect([ended, waiting]).toEqual([sessions, 0]);
    const stops = central.of('StopTransaction').length + central.of('TransactionEvent').filter(({ eventType }) => eventType === 'Ended').length;
    expect(stops).toBeGreaterThanOrEqual(sessions);
    expect(energyWh / sessions).toBeGreaterThan(3_000);
    expect(energyWh / sessions).toBeLessThan(60_000);
  });

  it.each(['ocpp1.6', 'ocpp2.0.1'] as const)('brings a car to a plug that somebody has started from afar, once (%s)', async (protocol) => {
    const { central, clock } = await openScript(1_000);
    const fleet = createFleet({ stations: [{ url: central.url, identity: 'A' }], protocol, clock, seed: 3 });
    done.push(() => fleet.stop());
    await fleet.start(1_000);
    const traffic = startTraffic(fleet.stations, { seed: 7, tags: ['TAG1'], carsPerDay: 0.001, meetsRemoteStarts: true });
    done.push(() => traffic.stop());
    await expect.poll(() => fleet.stations[0]!.state().hasBooted).toBe(true);
    const start = protocol === 'ocpp1.6' ? central.call('RemoteStartTransaction', { connectorId: 1, idTag: 'APP' })
      : central.call('RequestStartTransaction', { evseId: 1, remoteStartId: 5, idToken: { idToken: 'APP', type: 'Central' } });
    expect(await start).toMatchObject({ status: 'Accepted' });
    await expect.poll(() => fleet.summary().ended, { timeout: 20_000 }).toBe(1);
    expect(fleet.stations[0]!.transactions()).toMatchObject([{ tag: 'APP' }]);
    expect(fleet.summary().energyWh).toBeGreaterThan(3_000);
    await expect.poll(() => fleet.stations[0]!.state().connectors[0]!.isPluggedIn).toBe(false);
  });

  it('of a seed is the same again', async () => {
    const { clock } = await openScript();
    const powers = [1, 2].map(() => {
      const [station] = createFleet({ stations: [{ url: 'ws://127.0.0.1:9', identity: 'A' }], protocol: 'ocpp1.6', clock, seed: 3 }).stations;
      return station!.state().connectors[0]!.trueWh;
    });
    expect(powers[0]).toBe(powers[1]);
  });
});

/** Runs the command; gives what it said and how it ended. */
async function run(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['bin/plugtime.js', 'simulate', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (out += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { code, out };
}

describe('plugtime simulate', () => {
  let world: World;
  beforeAll(async () => void (world = await openWorld()));
  afterAll(() => world.close());

  it('plays a scenario, says what happens and that it is a simulator', async () => {
    const { central } = await openScript();
    const folder = mkdtempSync(join(tmpdir(), 'plugtime-scenario-'));
    done.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'mine.json');
    const [before, after] = [{ do: 'expect', online: true, within: 600 }, { do: 'expect', waitingAtMost: 0, within: 600 }];
    writeFileSync(file, JSON.stringify({ name: 'mine', steps: [before, { do: 'plug' }, { do: 'tap' }, { do: 'wait', seconds: 600 }, { do: 'unplug' }, after] }));
    const { code, out } = await run('--url', central.url, '--stations', '2', '--speed', '300', '--scenario', file, '--tag', 'TAG1', 'TAG2');
    expect(out).toContain('This is a simulator: 2 virtual stations');
    expect(out).toMatch(/SIM-0002\/1 session \S+ begins, meter at \d+ Wh/);
    expect(out).toContain('2 of 2 stations did as the scenario says');
    expect(code).toBe(0);
    expect(central.of('StopTransaction')).toHaveLength(2);
  });

  it('fails where a scenario does, and for what is none', async () => {
    const { central } = await openScript();
    central.answers.Authorize = () => ({ idTagInfo: { status: 'Blocked' } });
    const refused = await run('--url', central.url, '--speed', '300', '--scenario', 'charge');
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('SIM-0001 FAILED at step 5 (expect): a session does not run')]);
    const unknown = await run('--url', central.url, '--scenario', 'nothing-of-the-kind');
    expect([unknown.code, unknown.out]).toEqual([1, expect.stringContaining('Built in are charge, full')]);
  });

  it("takes the places of an operator's stations in a sandbox, in every version", async () => {
    const place = await world.place({ evses: 2 });
    const { charging_station: id } = must(await world.anybody.get(`/v1/evses/${place.evse}`));
    const { secret } = await world.asSystem((ctx) => issueKey(ctx, world.operator.organisation.id, { name: 'simulator', kind: 'secret' }));
    for (const protocol of ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const) {
      const [mine] = await takePlaces(world.app.url, secret, 1);
      const clock = startClock();
      const station = createStation({ ...mine!, protocol, clock });
      done.push(() => station.stop(), () => clock.stop());
      station.start();
      for (let i = 0; i < 100 && !station.state().isOnline; i++) await pause(50);
      expect(station.state()).toMatchObject({ isOnline: true, connectors: [{ evseId: 1, status: 'Available' }, { evseId: 2 }] });
      expect(must(await world.operator.api.get(`/v1/charging_stations/${id}/connection`))).toMatchObject({ online: true, protocol });
    }
  });

  it('takes no place in a live network', async () => {
    await expect(takePlaces(world.app.url, 'pt_sk_live_x', 1)).rejects.toThrow('live network');
  });
});
