/** Cars, tags and transactions at the connectors of a station. */
import { createCar, type CarOptions } from './car.ts';
import { count, registerWh, chargingState } from './metering.ts';
import type { Authorization, Connector, Station, StopReason, Tag, Transaction, Trigger } from './model.ts';
import type { Profile } from './profiles.ts';
import { addProfile } from './profiles.ts';
import { reservationFor, useReservation } from './reservations.ts';
import { learn, localAuthorization } from './tags.ts';
import { tellStatus } from './status.ts';

const TICK_MS = 10_000;

export type TapOutcome = 'started' | 'awaiting_car' | 'stopped' | 'refused';

export const connectorOf = (station: Station, number: number): Connector => {
  const connector = station.connectors.find((candidate) => candidate.number === number);
  if (!connector) throw new Error(`${station.options.identity} has no connector ${number}`);
  return connector;
};

/** whether another connector of its EVSE serves a car */
export const isEvseTaken = (station: Station, connector: Connector): boolean => (
  station.connectors.some((other) => other !== connector && other.evseId === connector.evseId && (other.car !== undefined || other.transaction !== undefined)));

const startsAt = (station: Station, point: string): boolean => station.settings.text('startPoint').split(',').map((word) => word.trim()).includes(point);
const stopsAt = (station: Station, point: string): boolean => station.settings.text('stopPoint').split(',').map((word) => word.trim()).includes(point);

export function plugIn(station: Station, connector: Connector, options: CarOptions = {}): void {
  if (connector.car) throw new Error(`a car is plugged in at connector ${connector.number} already`);
  if (isEvseTaken(station, connector)) throw new Error(`the other plug of EVSE ${connector.evseId} is in use`);
  count(station, connector);
  connector.car = createCar(options);
  connector.isFinishing = false;
  station.emit('plugged', { socPercent: connector.car.soc, capacityWh: connector.car.capacityWh }, connector);
  if (!station.isPowered || connector.fault !== undefined || !connector.isOperative) return;
  const { awaited, transaction } = connector;
  if (transaction) goOn(station, transaction, 'CablePluggedIn');
  else if (awaited) start(station, connector, { ...awaited, isAuthorised: true }, awaited.remoteStartId === undefined ? 'CablePluggedIn' : 'RemoteStart');
  else {
    tellStatus(station, connector);
    if (station.protocol !== 'ocpp1.6' && startsAt(station, 'EVConnected')) start(station, connector, { isAuthorised: false }, 'CablePluggedIn');
  }
}

export function unplug(station: Station, connector: Connector): void {
  if (!connector.car) throw new Error(`no car is plugged in at connector ${connector.number}`);
  count(station, connector);
  const { transaction } = connector;
  station.emit('unplugged', { socPercent: Math.round(connector.car.soc) }, connector);
  connector.car = undefined;
  connector.powerW = 0;
  connector.flowingSince = undefined;
  connector.isFinishing = false;
  if (transaction && station.isPowered) {
    if (station.settings.flag('stopOnUnplug') || !transaction.isAuthorised) stop(station, transaction, transaction.reason ?? 'EVDisconnected', 'EVCommunicationLost');
    else goOn(station, transaction, 'EVCommunicationLost');
  }
  if (station.isPowered) tellStatus(station, connector);
}

/** Somebody holds a card to the reader. Which connector it is for, the station finds out by itself where it is not told. */
export async function tap(station: Station, tag: Tag, wanted?: Connector): Promise<TapOutcome> {
  station.emit('tapped', { tag: tag.value }, wanted);
  if (!station.isPowered) return 'refused';
  const running = (wanted ? [wanted] : station.connectors).find(({ transaction }) => transaction?.isAuthorised && transaction.tag?.value === tag.value)?.transaction;
  if (running) return stopByTag(station, running);
  const connector = wanted ?? freeConnector(station);
  const refuse = (why: string): TapOutcome => {
    station.emit('tag_refused', { tag: tag.value, why }, connector);
    return 'refused';
  };
  if (!connector) return refuse('there is no free connector');
  if (connector.fault !== undefined || !connector.isOperative) return refuse('the connector is out of order');
  const known = await authorize(station, tag);
  const { transaction } = connector;
  if (!known.isAccepted) return refuse(known.status);
  if (transaction?.isAuthorised) return transaction.group !== undefined && transaction.group === known.group ? stopByTag(station, transaction) : refuse('the connector is in use');
  if (!reservationFor(station, connector, tag.value, known.group).isFree && !station.faults.ignoresReservations) return refuse('the connector is reserved');
  if (isEvseTaken(station, connector)) return refuse('the other plug is in use');
  return begin(station, connector, { tag, group: known.group }, 'Authorized') ? 'started' : 'awaiting_car';
}

/** one that a car waits at, else one where one could come */
export function freeConnector(station: Station): Connector | undefined {
  const usable = station.connectors.filter((one) => one.isOperative && one.fault === undefined && !one.transaction?.isAuthorised && !one.isFinishing && !isEvseTaken(station, one));
  return usable.find(({ car }) => car) ?? usable.find((one) => !one.awaited);
}

export interface Beginning {
  tag: Tag;
  group?: string;
  remoteStartId?: number;
  profile?: Profile;
}

/** Somebody who may: starts where a car is there, else waits for one. @returns whether it started */
export function begin(station: Station, connector: Connector, beginning: Beginning, trigger: Trigger): boolean {
  const { transaction } = connector;
  if (transaction) {
    Object.assign(transaction, { tag: beginning.tag, group: beginning.group, remoteStartId: beginning.remoteStartId, isAuthorised: true });
    transaction.reservationId ??= useReservation(station, connector, beginning.tag.value, beginning.group);
    if (beginning.profile) station.profiles = addProfile(station.profiles, { ...beginning.profile, transactionId: transaction.key });
    goOn(station, transaction, trigger);
    return true;
  }
  if (connector.car || (station.protocol !== 'ocpp1.6' && startsAt(station, 'Authorized'))) {
    start(station, connector, { ...beginning, isAuthorised: true }, trigger);
    return connector.car !== undefined;
  }
  connector.awaited?.timer.cancel();
  const timer = station.clock.after(station.settings.number('connectionTimeoutSeconds') * 1_000, () => {
    connector.awaited = undefined;
    station.emit('gave_up_waiting', { tag: beginning.tag.value }, connector);
    tellStatus(station, connector);
  });
  connector.awaited = { ...beginning, timer };
  station.emit('awaiting_car', { tag: beginning.tag.value }, connector);
  tellStatus(station, connector);
  return false;
}

function start(station: Station, connector: Connector, beginning: Partial<Beginning> & { isAuthorised: boolean }, trigger: Trigger): void {
  const { tag, group, remoteStartId, profile, isAuthorised } = beginning;
  count(station, connector);
  const now = station.clock.now();
  connector.awaited?.timer.cancel();
  connector.awaited = undefined;
  const transaction: Transaction = {
    key: keyOf(station, connector), connector, tag, group, remoteStartId, isAuthorised,
    startedAt: now, meterStartWh: registerWh(connector), trueStartWh: connector.trueWh, wasOfflineAtStart: !station.isRegistered, seqNo: 0, state: 'Idle', waiting: 0,
  };
  connector.transaction = transaction;
  station.transactions.push(transaction);
  if (tag) transaction.reservationId = useReservation(station, connector, tag.value, group);
  if (profile) station.profiles = addProfile(station.profiles, { ...profile, transactionId: transaction.key });
  transaction.state = chargingState(station, connector, now);
  station.emit('transaction_started', { transaction: transaction.key, tag: tag?.value, meterWh: transaction.meterStartWh, offline: transaction.wasOfflineAtStart }, connector);
  station.outbox.keep(transaction, station.dialect.started(station, transaction, trigger), (answer) => {
    if (typeof answer.transactionId === 'number') transaction.id = answer.transactionId;
    judge(station, transaction, station.dialect.authorization(answer), answer);
  });
  tellStatus(station, connector);
  watch(station, transaction);
  if (!connector.car) giveUpLater(station, transaction);
}

/** Another one each time, also in another run of the same seed. */
function keyOf({ clock, transactions, random }: Station, { number }: Connector): string {
  return `${clock.now().toString(36)}-${number}-${transactions.length + 1}-${Math.floor(random.next() * 2 ** 30).toString(36)}`;
}

/** 2.x may begin before there is a car, and ends when none comes. */
function giveUpLater(station: Station, transaction: Transaction): void {
  station.clock.after(station.settings.number('connectionTimeoutSeconds') * 1_000, () => {
    if (transaction.endedAt === undefined && !transaction.connector.car) stop(station, transaction, 'Timeout', 'EVConnectTimeout');
  });
}

/** Something about a running transaction has changed. */
function goOn(station: Station, transaction: Transaction, trigger: Trigger): void {
  const { connector } = transaction;
  count(station, connector);
  transaction.state = chargingState(station, connector, station.clock.now());
  station.emit('charging_state', { state: transaction.state }, connector);
  tellUpdate(station, transaction, trigger);
  tellStatus(station, connector);
}

function tellUpdate(station: Station, transaction: Transaction, trigger: Trigger): void {
  const post = station.dialect.updated(station, transaction, trigger);
  if (!post || station.random.next() < (station.faults.dropsUpdates ?? 0)) return;
  station.outbox.keep(transaction, post, (answer) => judge(station, transaction, station.dialect.authorization(answer), answer));
}

/** What the central system says of a transaction that runs: its tag may not, it costs so much. */
function judge(station: Station, transaction: Transaction, known: Authorization | undefined, answer: Record<string, unknown>): void {
  if (answer.totalCost !== undefined) station.emit('cost', { transaction: transaction.key, totalCost: answer.totalCost }, transaction.connector);
  if (!known || !transaction.tag) return;
  learn(station, transaction.tag.value, known);
  transaction.group ??= known.group;
  if (known.isAccepted || transaction.endedAt !== undefined) return;
  station.emit('tag_refused', { tag: transaction.tag.value, why: known.status }, transaction.connector);
  if (station.settings.flag('stopOnInvalidId')) stop(station, transaction, 'DeAuthorized', 'Deauthorized');
}

/** Samples are sent at their interval, and changes of state are seen within ten seconds. */
export function watch(station: Station, transaction: Transaction): void {
  const { connector } = transaction;
  const look = (): void => {
    if (transaction.endedAt !== undefined) return;
    refresh(station, connector);
    transaction.ticker = station.clock.after(TICK_MS, look);
  };
  const sample = (): void => {
    if (transaction.endedAt !== undefined) return;
    tellUpdate(station, transaction, 'MeterValuePeriodic');
    sampleLater();
  };
  const sampleLater = (): void => {
    const seconds = station.settings.number('sampleSeconds');
    transaction.sampler = station.clock.after((seconds === 0 ? 60 : seconds) * 1_000, seconds === 0 ? sampleLater : sample);
  };
  transaction.ticker = station.clock.after(TICK_MS, look);
  sampleLater();
}

/** Looks whether it charges, or why not, and tells what has changed. */
export function refresh(station: Station, connector: Connector): void {
  const { transaction } = connector;
  if (!transaction || !station.isPowered) return;
  count(station, connector);
  if (chargingState(station, connector, station.clock.now()) !== transaction.state) goOn(station, transaction, 'ChargingStateChanged');
}

export function stop(station: Station, transaction: Transaction, reason: StopReason, trigger: Trigger): void {
  if (transaction.endedAt !== undefined) return;
  const { connector } = transaction;
  count(station, connector);
  end(station, transaction, reason);
  station.outbox.keep(transaction, station.dialect.ended(station, transaction, trigger));
  station.emit('transaction_ended', {
    transaction: transaction.key, id: transaction.id, reason, energyWh: Math.round(transaction.trueStopWh! - transaction.trueStartWh), meterWh: transaction.meterStopWh,
  }, connector);
  tellStatus(station, connector);
}

/** Closes the books of a transaction. */
export function end(station: Station, transaction: Transaction, reason: StopReason): void {
  const { connector } = transaction;
  transaction.sampler?.cancel();
  transaction.ticker?.cancel();
  Object.assign(transaction, { endedAt: station.clock.now(), meterStopWh: registerWh(connector), trueStopWh: connector.trueWh, reason, state: 'Idle' });
  station.profiles = station.profiles.filter(({ purpose, transactionId }) => purpose !== 'tx' || (transactionId !== transaction.key && transactionId !== transaction.id));
  connector.transaction = undefined;
  connector.powerW = 0;
  connector.flowingSince = undefined;
  connector.isFinishing = connector.car !== undefined;
  if (connector.operativeLater !== undefined) {
    connector.isOperative = connector.operativeLater;
    connector.operativeLater = undefined;
  }
}

/** The end of what somebody was let do: where a transaction lasts as long as the car is there, it goes on without energy. */
export function stopAuthorised(station: Station, transaction: Transaction, reason: StopReason, trigger: Trigger): void {
  if (station.protocol === 'ocpp1.6' || stopsAt(station, 'Authorized') || stopsAt(station, 'PowerPathClosed') || !transaction.connector.car) {
    stop(station, transaction, reason, trigger);
    return;
  }
  count(station, transaction.connector);
  Object.assign(transaction, { isAuthorised: false, reason });
  goOn(station, transaction, trigger);
}

function stopByTag(station: Station, transaction: Transaction): TapOutcome {
  stopAuthorised(station, transaction, 'Local', 'StopAuthorized');
  return 'stopped';
}

/** What the station, or the central system, says of a tag. Offline it goes by its own lists, and its settings. */
export async function authorize(station: Station, tag: Tag): Promise<Authorization> {
  const local = localAuthorization(station, tag.value);
  if (local?.isAccepted && station.settings.flag('localPreAuthorize')) return local;
  if (station.isRegistered) {
    try {
      const known = station.dialect.authorization(await station.outbox.say(station.dialect.authorize(tag))) ?? { isAccepted: false, status: 'Invalid' };
      learn(station, tag.value, known);
      return known;
    } catch (error) {
      if (station.isRegistered) return { isAccepted: false, status: (error as Error).message };
    }
  }
  if (station.settings.flag('localAuthorizeOffline') && local) return local;
  return station.settings.flag('offlineForUnknown') ? { isAccepted: true, status: 'Accepted' } : { isAccepted: false, status: 'offline, and not known here' };
}
