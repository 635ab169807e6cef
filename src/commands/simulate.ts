/** Virtual charging stations that connect to a central system, and tell in plain text what happens. */
import { existsSync, readFileSync } from 'node:fs';
import {
  createFleet, narrate, play, readScenario, SCENARIOS, startClock, startTraffic, takePlaces, type ConnectorOptions, type FleetSummary, type Protocol,
  type Scenario, type SimEvent, type StationOptions, type VirtualStation,
} from '../simulator/index.ts';
import { EXIT, type ExitCode } from './command.ts';

export interface SimulateArgs {
  url: string;
  apiKey?: string;
  stations: number;
  identity?: string[];
  prefix: string;
  password?: string;
  protocol: Protocol | 'mix';
  evses: number;
  powerKw: number;
  ac?: boolean;
  scenario?: string;
  tag: string[];
  carsPerDay: number;
  troublesPerDay: number;
  speed: number;
  seed: number;
  minutes?: number;
  frames?: boolean;
  quiet?: boolean;
}

const SUMMARY_MS = 10_000;
/** of more stations, only sums are told unless asked otherwise */
const MOST_TOLD = 50;

/** Runs until it is stopped, its time is over, or its scenario was played; fails when a scenario went otherwise than it says, or nobody was let in. */
export async function simulate(args: SimulateArgs): Promise<ExitCode> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const scenario = args.scenario === undefined ? undefined : findScenario(args.scenario);
  const options = await stationsOf(args, scenario);
  if (options.length === 0) throw new Error('there are no stations to take the place of');
  const clock = startClock({ speed: args.speed });
  const isQuiet = args.quiet ?? options.length > MOST_TOLD;
  const fleet = createFleet({ stations: options, protocol: args.protocol, clock, seed: args.seed, listener: isQuiet ? undefined : (event) => tell(event, say) });
  say(`This is a simulator: ${options.length} virtual stations, no car and no energy is real. Seed ${args.seed}, time runs ${args.speed} times as fast.`);
  const ticker = setInterval(() => say(summaryLine(clock.now(), fleet.summary())), SUMMARY_MS);
  const stopped = signalled();
  const over = args.minutes === undefined ? new Promise<never>(() => undefined) : clock.sleep(args.minutes * 60_000);
  try {
    await fleet.start();
    const work = scenario ? playAll(fleet.stations, scenario, args.tag, say) : undefined;
    const traffic = scenario ? undefined : startTraffic(fleet.stations, { seed: args.seed, tags: args.tag, carsPerDay: args.carsPerDay, troublesPerDay: args.troublesPerDay });
    const failures = await Promise.race([...(work ? [work] : []), stopped, over]);
    traffic?.stop();
    const summary = fleet.summary();
    say(summaryLine(clock.now(), summary));
    return (failures ?? 0) > 0 || (!scenario && summary.online === 0 && summary.sessions === 0) ? EXIT.failed : EXIT.ok;
  } finally {
    clearInterval(ticker);
    fleet.stop();
    clock.stop();
  }
}

function findScenario(wanted: string): Scenario {
  const known = SCENARIOS.find(({ name }) => name === wanted);
  if (known) return known;
  if (!existsSync(wanted)) throw new Error(`there is no scenario "${wanted}", and no such file. Built in are ${SCENARIOS.map(({ name }) => name).join(', ')}.`);
  return readScenario(JSON.parse(readFileSync(wanted, 'utf8')));
}

async function stationsOf(args: SimulateArgs, scenario: Scenario | undefined): Promise<StationOptions[]> {
  const { url, apiKey, password, identity, stations, prefix } = args;
  const connector: ConnectorOptions = args.ac === true ? { supply: 'AC', phases: 3 } : { supply: 'DC' };
  const evses = Array.from({ length: args.evses }, () => [{ ...connector, maxPowerW: args.powerKw * 1_000 }]);
  const names = identity ?? Array.from({ length: stations }, (_, i) => `${prefix}${String(i + 1).padStart(4, '0')}`);
  const places = apiKey === undefined ? names.map((name) => ({ url, identity: name, password, evses })) : await takePlaces(url, apiKey, stations);
  return places.map((place) => ({
    ...place, tellsFrames: args.frames, signsMeterValues: scenario?.signsMeterValues, faults: { ...scenario?.faults },
    ...(scenario?.settings && args.protocol === 'ocpp1.6' ? { settings: scenario.settings } : {}),
  }));
}

/** @returns how many went otherwise */
async function playAll(stations: readonly VirtualStation[], scenario: Scenario, tags: readonly string[], say: (line: string) => void): Promise<number> {
  say(`Scenario ${scenario.name}${scenario.description === undefined ? '' : `: ${scenario.description}`}`);
  const outcomes = await Promise.all(stations.map((station, i) => play(station, scenario, tags[i % tags.length]!)));
  outcomes.forEach(({ failure }, i) => failure !== undefined && say(`${stations[i]!.identity} FAILED at ${failure}`));
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  say(`${stations.length - failed} of ${stations.length} stations did as the scenario says`);
  return failed;
}

const UNTOLD = new Set<SimEvent['type']>(['charging_state']);

function tell(event: SimEvent, say: (line: string) => void): void {
  if (!UNTOLD.has(event.type)) say(narrate(event));
}

function summaryLine(now: number, { stations, online, charging, sessions, ended, energyWh, powerW, waiting }: FleetSummary): string {
  const time = new Date(now).toISOString().slice(0, 19).replace('T', ' ');
  return `${time} | ${online} of ${stations} online, ${charging} charging with ${(powerW / 1_000).toFixed(0)} kW; ${sessions} sessions, ${ended} ended, `
    + `${(energyWh / 1_000).toFixed(1)} kWh by the stations' meters; ${waiting} messages wait`;
}

async function signalled(): Promise<undefined> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  return undefined;
}
