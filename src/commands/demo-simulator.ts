/** Life for the demo network: virtual stations that connect by the real socket, in this process, and drivers who walk in. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { demoNetwork, provisionDemoCards, provisionDemoStations, type DemoStation } from '../demo/index.ts';
import type { Network, Runtime } from '../domain/organisations/index.ts';
import type { Config } from '../platform/config/index.ts';
import { createFleet, startClock, startTraffic, type ConnectorOptions } from '../simulator/index.ts';

export interface DemoSimulator {
  stations: number;
  stop(): void;
}

/** India's time is so far ahead */
const UTC_OFFSET_MINUTES = 330;

/** Whether stations are simulated: unless told otherwise, where the database is this process's own, since two processes can't connect as the same stations. */
export const isSimulated = ({ PLUGTIME_DEMO_SIMULATOR: told, DATABASE_URL: url }: Config): boolean => told ?? url === undefined;

/** Connects stations of the demo network, and lets drivers come where nobody has to tell them a story. */
export async function startDemoSimulator(runtime: Runtime, network: Network, url: string, config: Config): Promise<DemoSimulator> {
  const passwords = readPasswords(config);
  const provisioned = await provisionDemoStations(runtime, network, passwords);
  keepPasswords(config, new Map([...passwords, ...provisioned.map(({ identity, password }): [string, string] => [identity, password])]));
  const tags = await provisionDemoCards(runtime, network);
  const clock = startClock();
  const stations = provisioned.map((station) => ({ ...optionsOf(station), url: `${url.replace(/^http/, 'ws')}/ocpp/${station.operatorId}` }));
  const fleet = createFleet({ stations, protocol: 'mix', clock, seed: 1 });
  const { story } = demoNetwork();
  const busy = fleet.stations.filter((_, i) => provisioned[i]!.locationRef !== story.locationRef);
  void fleet.start(20);
  const traffic = startTraffic(busy, {
    seed: clock.now() % 1_000_000, tags, carsPerDay: 6, utcOffsetMinutes: UTC_OFFSET_MINUTES, asksFirst: true, isBusyAtOnce: true, meetsRemoteStarts: true,
  });
  return {
    stations: stations.length,
    stop: () => {
      traffic.stop();
      fleet.stop();
      clock.stop();
    },
  };
}

function optionsOf({ identity, password, evses }: DemoStation) {
  return {
    identity, password, vendor: 'Plugtime', model: 'Simulator', firmwareVersion: 'simulated-1.0', signsMeterValues: true,
    evses: evses.map(({ connectors }) => connectors.map(({ powerType, maxPowerW, maxVoltageV }): ConnectorOptions => (
      { supply: powerType === 'DC' ? 'DC' : 'AC', maxPowerW, voltageV: maxVoltageV, phases: powerType === 'AC_3_PHASE' ? 3 : 1 }))),
  };
}

const fileOf = (config: Config): string => join(resolve(config.PLUGTIME_DATA), 'demo-stations.json');

function readPasswords(config: Config): Map<string, string> {
  const file = fileOf(config);
  return new Map(existsSync(file) ? Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : []);
}

/** Beside the data, as the demo's key is: so that a restart finds the stations with what they had. */
function keepPasswords(config: Config, passwords: ReadonlyMap<string, string>): void {
  mkdirSync(resolve(config.PLUGTIME_DATA), { recursive: true });
  writeFileSync(fileOf(config), `${JSON.stringify(Object.fromEntries(passwords), undefined, 2)}\n`, { mode: 0o600 });
}
