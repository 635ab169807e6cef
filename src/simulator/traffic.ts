/** Drivers who come and go as drivers do: more of them at some hours, each with a car of their own; and now and then a network that fails. */
import type { CarOptions } from './car.ts';
import { randomFrom, type Random } from './random.ts';
import type { VirtualStation } from './station.ts';

export interface TrafficOptions {
  seed: number;
  /** cards of drivers, one of which each driver has */
  tags: readonly string[];
  /** cars a day at each EVSE */
  carsPerDay?: number;
  /** something goes wrong at a station so many times a day */
  troublesPerDay?: number;
  /** shifts the hours of the day, in minutes: how far the stations' zone is ahead of UTC */
  utcOffsetMinutes?: number;
  /** drivers show their card before they plug in, and drive on where it is refused */
  asksFirst?: boolean;
  /** a car comes where a station waits for one that none of the drivers brings: somebody has started it by an app, or by a scanned code */
  meetsRemoteStarts?: boolean;
  /** it does not begin with empty places: some cars come within the first minutes */
  isBusyAtOnce?: boolean;
}

/** how busy the hours of a day are, from midnight; their mean is about 1 */
const HOURS = [0.2, 0.1, 0.1, 0.1, 0.2, 0.4, 0.8, 1.2, 1.5, 1.4, 1.3, 1.5, 1.8, 1.6, 1.3, 1.2, 1.4, 1.7, 1.9, 1.6, 1.1, 0.8, 0.5, 0.3] as const;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const CARS: readonly CarOptions[] = [
  { capacityWh: 30_200, maxDcW: 46_000, maxAcW: 7_200 }, { capacityWh: 40_500, maxDcW: 60_000, maxAcW: 7_200 }, { capacityWh: 50_300, maxDcW: 76_000, maxAcW: 7_400 },
  { capacityWh: 60_480, maxDcW: 80_000, maxAcW: 11_000, acPhases: 3 }, { capacityWh: 72_600, maxDcW: 220_000, maxAcW: 11_000, acPhases: 3 },
  { capacityWh: 24_000, maxDcW: 25_000, maxAcW: 3_300 },
];

/** Lets drivers come to stations until it is stopped. */
export function startTraffic(stations: readonly VirtualStation[], options: TrafficOptions): { stop(): void } {
  const random = randomFrom(options.seed);
  const state = { isStopped: false };
  const stops: (() => void)[] = [];
  for (const station of stations) {
    const evses = Map.groupBy(station.state().connectors, ({ evseId }) => evseId);
    for (const connectors of evses.values()) void visit(station, connectors.map(({ number }) => number), random.fork(), options, state);
    if (options.meetsRemoteStarts === true) stops.push(meetRemoteStarts(station, random.fork(), options.tags));
    if (options.troublesPerDay !== undefined && options.troublesPerDay > 0) void trouble(station, random.fork(), options.troublesPerDay, state);
  }
  return {
    stop: () => {
      state.isStopped = true;
      for (const stop of stops) stop();
    },
  };
}

const exponential = (random: Random, mean: number): number => -Math.log(1 - random.next()) * mean;

/** Cars come as they would in the busiest hour, and as many of them stay away as the hour is quieter. */
async function visit(station: VirtualStation, connectors: readonly number[], random: Random, options: TrafficOptions, state: { isStopped: boolean }): Promise<void> {
  const { carsPerDay = 8, utcOffsetMinutes = 0 } = options;
  const busiest = Math.max(...HOURS);
  if (options.isBusyAtOnce === true && random.next() < 0.25) {
    await station.clock.sleep(random.between(20, 300) * 1_000);
    const connector = random.pick(connectors);
    if (!state.isStopped && isWelcome(station, connector)) await charge(station, connector, random, options).catch(() => undefined);
  }
  while (!state.isStopped) {
    await station.clock.sleep(exponential(random, DAY_MS / carsPerDay / busiest));
    const connector = random.pick(connectors);
    const hour = new Date(station.clock.now() + utcOffsetMinutes * 60_000).getUTCHours();
    if (random.next() > HOURS[hour]! / busiest) continue;
    if (state.isStopped || !isWelcome(station, connector)) continue;
    await charge(station, connector, random, options).catch(() => undefined); // a scenario, or somebody else, was there first
  }
}

const viewOf = (station: VirtualStation, connector: number) => station.state().connectors[connector - 1]!;

/** who sees that a plug is reserved, in use or broken drives on */
function isWelcome(station: VirtualStation, connector: number): boolean {
  const { status, evseId } = viewOf(station, connector);
  return station.state().isPowered && status === 'Available' && station.state().connectors.every((other) => other.evseId !== evseId || !other.isPluggedIn);
}

async function charge(station: VirtualStation, connector: number, random: Random, { tags, asksFirst = false }: TrafficOptions): Promise<void> {
  const { clock } = station;
  const tag = random.pick(tags);
  const wait = (low: number, high: number): Promise<void> => clock.sleep(random.between(low, high) * 1_000);
  if (asksFirst) {
    if (await station.tap(tag, connector) === 'refused') return;
    await wait(5, 40);
  }
  station.plugIn(connector, carOf(random));
  await wait(5, 40);
  if (isCharging(station, connector) || (!asksFirst && await station.tap(tag, connector) === 'started')) {
    await stay(station, connector, random, random.between(0.3, 2.5) * HOUR_MS);
    await wait(0, random.next() < 0.15 ? 1_800 : 300); // some linger
    if (isCharging(station, connector) && random.next() < 0.5) await station.tap(tag, connector);
    await wait(5, 60);
  } else await wait(20, 60);
  if (viewOf(station, connector).isPluggedIn) station.unplug(connector);
}

const isCharging = (station: VirtualStation, connector: number): boolean => viewOf(station, connector).transaction !== undefined;

function carOf(random: Random): CarOptions {
  return { ...random.pick(CARS), socPercent: random.between(8, 55), targetSocPercent: random.next() < 0.7 ? random.between(75, 90) : 100 };
}

/** Until the car has what it wants, its session has ended, or its driver has waited for long enough. */
async function stay(station: VirtualStation, connector: number, random: Random, patienceMs: number): Promise<void> {
  const { clock } = station;
  const isGoingOn = (): boolean => viewOf(station, connector).isPluggedIn && isCharging(station, connector) && viewOf(station, connector).status !== 'SuspendedEV';
  for (const since = clock.now(); isGoingOn() && clock.now() - since < patienceMs;) await clock.sleep(random.between(60, 120) * 1_000);
}

function meetRemoteStarts(station: VirtualStation, random: Random, tags: readonly string[]): () => void {
  return station.on(({ type, connector, data }) => {
    if (type === 'awaiting_car' && connector !== undefined && !tags.includes(data.tag as string)) void comeTo(station, connector, random).catch(() => undefined);
  });
}

/** Nobody comes where another car was faster. */
async function comeTo(station: VirtualStation, connector: number, random: Random): Promise<void> {
  const wait = (low: number, high: number): Promise<void> => station.clock.sleep(random.between(low, high) * 1_000);
  await wait(5, 15);
  station.plugIn(connector, carOf(random));
  await wait(5, 10);
  await stay(station, connector, random, 3 * HOUR_MS);
  await wait(20, 120);
  station.unplug(connector);
}

/** A network that is away for minutes, power that is for seconds. */
async function trouble(station: VirtualStation, random: Random, perDay: number, state: { isStopped: boolean }): Promise<void> {
  while (!state.isStopped) {
    await station.clock.sleep(exponential(random, DAY_MS / perDay));
    if (state.isStopped) return;
    if (random.next() < 0.8) {
      station.goOffline();
      await station.clock.sleep(random.between(1, 40) * 60_000);
      station.goOnline();
    } else station.powerLoss(random.between(5, 120));
  }
}
