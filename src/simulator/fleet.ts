/** Many virtual stations in one process. */
import type { SimClock } from './clock.ts';
import type { SimEvent, StationOptions } from './model.ts';
import { PROTOCOLS, type Protocol } from './protocol.ts';
import { randomFrom } from './random.ts';
import { createStation, type VirtualStation } from './station.ts';

export interface FleetOptions {
  /** each at least with where it connects to, and as whom */
  stations: readonly StationOptions[];
  /** `mix` lets the stations take turns in the versions */
  protocol: Protocol | 'mix';
  clock: SimClock;
  seed: number;
  listener?: (event: SimEvent) => void;
}

export interface Fleet {
  stations: VirtualStation[];
  /** Connects them, a few at a time: so many in each second of real time. */
  start(perSecond?: number): Promise<void>;
  stop(): void;
  summary(): FleetSummary;
}

export interface FleetSummary {
  stations: number;
  online: number;
  charging: number;
  sessions: number;
  ended: number;
  /** by the true meters */
  energyWh: number;
  powerW: number;
  /** messages that are not answered yet */
  waiting: number;
}

export function createFleet({ stations: options, protocol, clock, seed, listener }: FleetOptions): Fleet {
  const random = randomFrom(seed);
  const state = { isStopped: false };
  const stations = options.map((one, i) => createStation({
    protocol: protocol === 'mix' ? PROTOCOLS[i % PROTOCOLS.length]! : protocol, ...one, clock, seed: Math.floor(random.next() * 2 ** 31),
  }));
  if (listener) for (const station of stations) station.on(listener);
  return {
    stations,
    start: async (perSecond = 100) => {
      for (const [i, station] of stations.entries()) {
        if (i > 0 && i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 10_000 / perSecond));
        if (state.isStopped) return;
        station.start();
      }
    },
    stop: () => {
      state.isStopped = true;
      for (const station of stations) station.stop();
    },
    summary: () => summaryOf(stations),
  };
}

function summaryOf(stations: readonly VirtualStation[]): FleetSummary {
  const states = stations.map((station) => station.state());
  const sessions = stations.flatMap((station) => station.transactions());
  const connectors = states.flatMap((state) => state.connectors);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return {
    stations: stations.length, online: states.filter(({ isOnline }) => isOnline).length, charging: connectors.filter(({ transaction }) => transaction !== undefined).length,
    sessions: sessions.length, ended: sessions.filter(({ endedAt }) => endedAt !== undefined).length, energyWh: sum(sessions.map(({ energyWh }) => energyWh)),
    powerW: sum(connectors.map(({ powerW }) => powerW)), waiting: sum(states.map(({ waiting }) => waiting)),
  };
}
