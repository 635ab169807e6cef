/** A virtual charging station: what drivers and the weather may do to it, and what can be seen of it. It is a client of the real socket; nothing is simulated on the way. */
import type { CarOptions } from './car.ts';
import { connectorOf, plugIn, tap, unplug, type TapOutcome } from './charging.ts';
import { startClock, type SimClock } from './clock.ts';
import { clearFault, fault } from './controls.ts';
import type { Faults } from './faults.ts';
import { goOffline, goOnline, look, powerLoss } from './life.ts';
import { count, registerWh, trueEnergyWh } from './metering.ts';
import type { Connector, ConnectorOptions, Outbox, SimEvent, Station, StationOptions, Status, StopReason, Transaction } from './model.ts';
import { createOutbox } from './outbox.ts';
import { OCPP_1_6 } from './ocpp-1-6.ts';
import { OCPP_2 } from './ocpp-2.ts';
import type { Protocol } from './protocol.ts';
import { randomFrom } from './random.ts';
import { createSettings } from './settings.ts';
import { statusOf } from './status.ts';

export interface ConnectorView {
  number: number;
  evseId: number;
  connectorId: number;
  /** in the words of 1.6, which has more of them than are told in 2.x */
  status: Status;
  isPluggedIn: boolean;
  socPercent?: number;
  powerW: number;
  /** of the true meter, which never goes back */
  trueWh: number;
  /** what its register shows */
  registerWh: number;
  transaction?: string;
}

export interface StationView {
  isOnline: boolean;
  isPowered: boolean;
  hasBooted: boolean;
  /** messages of transactions that are not answered yet */
  waiting: number;
  connectors: ConnectorView[];
}

/** What is true of a transaction, whatever the messages of a faulty station say. */
export interface TrueTransaction {
  /** what 2.x calls transactionId */
  key: string;
  /** what the central system called it (1.6) */
  id?: number;
  connector: number;
  tag?: string;
  startedAt: number;
  endedAt?: number;
  energyWh: number;
  /** what the messages said */
  meterStartWh: number;
  meterStopWh?: number;
  reason?: StopReason;
  reservationId?: number;
  wasOfflineAtStart: boolean;
  /** messages of it that are not answered yet */
  waiting: number;
}

export interface VirtualStation {
  readonly identity: string;
  readonly protocol: Protocol;
  readonly clock: SimClock;
  /** may be changed at any time */
  readonly faults: Faults;
  start(): void;
  /** for good */
  stop(): void;
  plugIn(connector?: number, car?: CarOptions): void;
  unplug(connector?: number): void;
  /** somebody holds a card to the reader; the same card again ends what it started */
  tap(idTag: string, connector?: number): Promise<TapOutcome>;
  goOffline(): void;
  goOnline(): void;
  powerLoss(seconds?: number): void;
  fault(connector?: number, code?: string): void;
  clearFault(connector?: number): void;
  state(): StationView;
  transactions(): TrueTransaction[];
  on(listener: (event: SimEvent) => void): () => void;
  /** nothing is under way, and nothing will be before time passes */
  isSettled(): boolean;
}

const USUAL: Required<ConnectorOptions> = { supply: 'DC', maxPowerW: 60_000, voltageV: 230, phases: 1 };

function connectorsOf(evses: readonly (readonly ConnectorOptions[])[], now: number): Connector[] {
  let number = 0;
  return evses.flatMap((connectors, evse) => connectors.map((options, i): Connector => ({
    ...USUAL, ...options, number: ++number, evseId: evse + 1, connectorId: i + 1, isFinishing: false, isOperative: true, trueWh: 0, registerBaseWh: 0, countedAt: now, powerW: 0,
  })));
}

/** Makes a station, which does nothing until it is started. */
export function createStation(options: StationOptions): VirtualStation {
  const { protocol = 'ocpp1.6', clock = startClock(), seed = 1, faults = {}, evses = [[{}]], bootMs = 10_000, answerTimeoutMs = 30_000 } = options;
  const listeners = new Set<(event: SimEvent) => void>();
  const random = randomFrom(seed);
  const connectors = connectorsOf(evses, clock.now());
  for (const connector of connectors) {
    connector.trueWh = Math.floor(random.between(0, 9_000_000)); // no meter is new
  }
  const station: Station = {
    options: { ...options, bootMs, answerTimeoutMs, setsClock: options.setsClock ?? clock.speed === 1 },
    protocol, dialect: protocol === 'ocpp1.6' ? OCPP_1_6 : OCPP_2, clock, random, faults,
    settings: createSettings(protocol, options.settings ?? {}, { unknown: () => faults.unknownSettings ?? [], readOnly: () => faults.readOnlySettings ?? [] }),
    connectors, outbox: undefined as unknown as Outbox,
    isStarted: false, isPowered: true, hasNetwork: true, isConnecting: false, isRegistered: false, hasBooted: false,
    bootReason: 'PowerUp', attempts: 0, clockOffsetMs: 0, reservations: new Map(), profiles: [], cache: new Map(), localList: { version: 0, tags: new Map() },
    messages: new Map(), transactions: [],
    transfers: { firmware: 'Idle', log: 'Idle' }, resetsWhenIdle: false,
    emit: (type, data, connector) => {
      if (listeners.size === 0) return;
      const event: SimEvent = { at: clock.now(), station: options.identity, type, connector: connector?.number, data };
      for (const listener of listeners) listener(event);
    },
  };
  station.outbox = createOutbox(station);
  return doorOf(station, listeners);
}

function doorOf(station: Station, listeners: Set<(event: SimEvent) => void>): VirtualStation {
  const at = (number = 1): Connector => connectorOf(station, number);
  return {
    identity: station.options.identity, protocol: station.protocol, clock: station.clock, faults: station.faults,
    start: () => {
      station.isStarted = true;
      look(station);
    },
    stop: () => {
      station.isStarted = false;
      station.retry?.cancel();
      station.heartbeat?.cancel();
      for (const { transaction, awaited } of station.connectors) for (const timer of [transaction?.sampler, transaction?.ticker, awaited?.timer]) timer?.cancel();
      station.link?.close();
    },
    plugIn: (connector, car) => plugIn(station, at(connector), car),
    unplug: (connector) => unplug(station, at(connector)),
    tap: (idTag, connector) => tap(station, { value: idTag, type: 'ISO14443' }, connector === undefined ? undefined : at(connector)),
    goOffline: () => goOffline(station),
    goOnline: () => goOnline(station),
    powerLoss: (seconds = 60) => powerLoss(station, seconds * 1_000),
    fault: (connector, code = 'OtherError') => fault(station, at(connector), code),
    clearFault: (connector) => clearFault(station, at(connector)),
    state: () => viewOf(station),
    transactions: () => station.transactions.map(trueTransaction),
    on: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    isSettled: () => station.outbox.isIdle() && !station.isConnecting,
  };
}

function viewOf(station: Station): StationView {
  return {
    isOnline: station.isRegistered, isPowered: station.isPowered, hasBooted: station.hasBooted, waiting: station.outbox.waiting(),
    connectors: station.connectors.map((connector) => {
      count(station, connector);
      const { number, evseId, connectorId, car, powerW, trueWh, transaction } = connector;
      return {
        number, evseId, connectorId, status: statusOf(station, connector), isPluggedIn: car !== undefined, socPercent: car?.soc, powerW, trueWh, registerWh: registerWh(connector),
        transaction: transaction?.key,
      };
    }),
  };
}

function trueTransaction(transaction: Transaction): TrueTransaction {
  const { key, id, connector, tag, startedAt, endedAt, meterStartWh, meterStopWh, reason, reservationId, wasOfflineAtStart, waiting } = transaction;
  return {
    key, id, connector: connector.number, tag: tag?.value, startedAt, endedAt, energyWh: trueEnergyWh(transaction), meterStartWh, meterStopWh, reason, reservationId,
    wasOfflineAtStart, waiting,
  };
}
