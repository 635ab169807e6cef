/** What a virtual station is made of. The functions of the other files work on it; whoever uses a station sees `VirtualStation` only. */
import type { EpochMs } from '../platform/clock/index.ts';
import type { Car, Supply } from './car.ts';
import type { SimClock, Timer } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Link, LinkOptions, Payload, Reply } from './link.ts';
import type { Profile } from './profiles.ts';
import type { Protocol } from './protocol.ts';
import type { Random } from './random.ts';
import type { Settings } from './settings.ts';

export interface ConnectorOptions {
  supply?: Supply;
  maxPowerW?: number;
  /** of AC: line to neutral */
  voltageV?: number;
  phases?: 1 | 3;
}

export interface StationOptions {
  /** where the central system is, without the identity: `ws://host/ocpp/operator` */
  url: string;
  identity: string;
  password?: string | Buffer;
  protocol?: Protocol;
  tls?: LinkOptions['tls'];
  /** connectors by EVSE; one EVSE with a DC connector of 60 kW unless told. 1.6 numbers the connectors through */
  evses?: ConnectorOptions[][];
  vendor?: string;
  model?: string;
  serialNumber?: string;
  firmwareVersion?: string;
  /** by the names of the station's version */
  settings?: Record<string, string>;
  faults?: Faults;
  /** a transaction's end carries signed values (OCMF; signed by the simulator, and saying so) */
  signsMeterValues?: boolean;
  clock?: SimClock;
  seed?: number;
  /** whether it sets its clock by the central system's, as stations do; not unless told where the simulator's time runs faster */
  setsClock?: boolean;
  /** how long it takes to boot, in milliseconds of its clock */
  bootMs?: number;
  /** in real time */
  answerTimeoutMs?: number;
  /** frames are told as events, too */
  tellsFrames?: boolean;
}

export interface Tag {
  value: string;
  /** of 2.x: `ISO14443`, `Central`, … */
  type: string;
}

/** What is known of a tag. */
export interface Authorization {
  isAccepted: boolean;
  status: string;
  group?: string;
  expiresAt?: EpochMs;
}

export type StopReason =
  | 'Local' | 'Remote' | 'EVDisconnected' | 'DeAuthorized' | 'PowerLoss' | 'HardReset' | 'SoftReset' | 'UnlockCommand' | 'EmergencyStop' | 'Fault' | 'Timeout';
/** why a message about a transaction is sent, in the words of 2.x */
export type Trigger =
  | 'Authorized' | 'CablePluggedIn' | 'ChargingRateChanged' | 'ChargingStateChanged' | 'Deauthorized' | 'EVCommunicationLost' | 'EVConnectTimeout' | 'MeterValuePeriodic'
  | 'RemoteStart' | 'RemoteStop' | 'StopAuthorized' | 'Trigger' | 'UnlockCommand' | 'AbnormalCondition' | 'ResetCommand' | 'EVDeparted';
export type ChargingState = 'Idle' | 'EVConnected' | 'Charging' | 'SuspendedEV' | 'SuspendedEVSE';
/** of a connector, in the words of 1.6, which has more of them */
export type Status = 'Available' | 'Preparing' | 'Charging' | 'SuspendedEV' | 'SuspendedEVSE' | 'Finishing' | 'Reserved' | 'Unavailable' | 'Faulted';

export interface Transaction {
  /** of the station's own; what 2.x calls transactionId */
  key: string;
  /** of 1.6, once the central system has given it */
  id?: number;
  connector: Connector;
  tag?: Tag;
  group?: string;
  /** energy flows only so long */
  isAuthorised: boolean;
  startedAt: EpochMs;
  endedAt?: EpochMs;
  meterStartWh: number;
  meterStopWh?: number;
  /** by the true meter */
  trueStartWh: number;
  trueStopWh?: number;
  reason?: StopReason;
  wasOfflineAtStart: boolean;
  remoteStartId?: number;
  reservationId?: number;
  seqNo: number;
  state: ChargingState;
  /** how many messages of it still wait */
  waiting: number;
  sampler?: Timer;
  ticker?: Timer;
}

export interface Reservation {
  id: number;
  /** undefined: any of the station */
  connector?: Connector;
  tag: string;
  group?: string;
  timer?: Timer;
}

export interface Connector {
  /** through the station, from 1 */
  number: number;
  evseId: number;
  connectorId: number;
  supply: Supply;
  maxPowerW: number;
  voltageV: number;
  phases: 1 | 3;
  car?: Car;
  transaction?: Transaction;
  /** somebody has shown a tag, or asked from afar, and no car is plugged in yet */
  awaited?: { tag: Tag; group?: string; remoteStartId?: number; profile?: Profile; timer: Timer };
  /** the car of a transaction that has ended is still there */
  isFinishing: boolean;
  fault?: string;
  isOperative: boolean;
  /** asked for while a transaction ran */
  operativeLater?: boolean;
  /** the true meter, which never goes back */
  trueWh: number;
  /** what its register shows less */
  registerBaseWh: number;
  /** up to when energy was counted */
  countedAt: EpochMs;
  /** the car is let since */
  flowingSince?: EpochMs;
  powerW: number;
  told?: string;
}

export interface SimEvent {
  at: EpochMs;
  station: string;
  type: EventType;
  connector?: number;
  data: Record<string, unknown>;
}

export type EventType =
  | 'connected' | 'disconnected' | 'refused' | 'booted' | 'boot_refused' | 'power_lost' | 'status' | 'plugged' | 'unplugged' | 'tapped' | 'tag_refused' | 'awaiting_car'
  | 'gave_up_waiting' | 'transaction_started' | 'transaction_ended' | 'charging_state' | 'reserved' | 'reservation_ended' | 'command' | 'command_refused' | 'message_dropped'
  | 'answer_lost' | 'transfer' | 'display' | 'cost' | 'frame';

export interface Post {
  action: string;
  /** what of it is known only when it is sent is given by a function */
  payload: Payload | (() => Payload);
}

export interface Outbox {
  /** Says it now. Throws `LinkLost` or `CallError`. */
  say(post: Post): Promise<Payload>;
  /** Keeps it until it is answered. */
  keep(transaction: Transaction, post: Post, answered?: (answer: Payload) => void): void;
  /** goes on with what was kept */
  drain(): void;
  waiting(): number;
  /** nothing is under way, and nothing will be before time passes */
  isIdle(): boolean;
}

/** What differs between the versions of the protocol. */
export interface Dialect {
  boot(station: Station, reason: BootReason): Post;
  status(station: Station, connector: Connector | undefined): { post: Post; told: string } | undefined;
  authorize(tag: Tag): Post;
  authorization(answer: Payload): Authorization | undefined;
  /** the messages of a transaction; undefined where the version has none */
  started(station: Station, transaction: Transaction, trigger: Trigger): Post;
  updated(station: Station, transaction: Transaction, trigger: Trigger): Post | undefined;
  ended(station: Station, transaction: Transaction, trigger: Trigger): Post;
  /** meter values that were asked for outside of a transaction */
  meterValues(station: Station, connector: Connector): Post;
  reservationEnded(id: number, why: 'Expired' | 'Removed'): Post | undefined;
  calls: Record<string, Handler>;
}

export type Handler = (station: Station, payload: Payload) => Reply;
export type BootReason = 'PowerUp' | 'RemoteReset' | 'ScheduledReset' | 'FirmwareUpdate' | 'Triggered' | 'Unknown';

export interface Station {
  options: StationOptions & { identity: string; bootMs: number; answerTimeoutMs: number; setsClock: boolean };
  protocol: Protocol;
  dialect: Dialect;
  clock: SimClock;
  random: Random;
  settings: Settings;
  faults: Faults;
  connectors: Connector[];
  outbox: Outbox;
  link?: Link;
  isStarted: boolean;
  isPowered: boolean;
  hasNetwork: boolean;
  isConnecting: boolean;
  /** messages may be sent */
  isRegistered: boolean;
  /** it has booted since it has power, and been accepted */
  hasBooted: boolean;
  bootReason: BootReason;
  attempts: number;
  heartbeat?: Timer;
  retry?: Timer;
  /** what its clock shows more than the simulator's */
  clockOffsetMs: number;
  reservations: Map<number, Reservation>;
  profiles: Profile[];
  cache: Map<string, Authorization>;
  localList: { version: number; tags: Map<string, Authorization> };
  messages: Map<number, Payload>;
  transactions: Transaction[];
  /** what the last transfer of firmware or of logs is at */
  transfers: { firmware: string; log: string };
  /** a reset that waits until nobody charges */
  resetsWhenIdle: boolean;
  emit(type: EventType, data: Record<string, unknown>, connector?: Connector): void;
}
