/** A station's life: power, network, boot, heartbeat. */
import { end } from './charging.ts';
import { CallError, connect, Refused, type Payload } from './link.ts';
import { count, registerWh } from './metering.ts';
import type { BootReason, Station, StopReason } from './model.ts';
import { endReservation } from './reservations.ts';
import { say, tellAll } from './status.ts';

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 120_000;
const LEAST_INTERVAL_S = 5;

/** Connects where it is not connected and could be. */
export function look(station: Station): void {
  if (!station.isStarted || !station.isPowered || !station.hasNetwork || station.isConnecting || station.link) return;
  station.isConnecting = true;
  void open(station).finally(() => void (station.isConnecting = false)).then(
    () => void (station.attempts = 0),
    (error: unknown) => {
      station.emit('refused', { why: (error as Error).message, status: error instanceof Refused ? error.status : undefined });
      retryLater(station);
    },
  );
}

/** Longer each time, and not all at once. */
function retryLater(station: Station): void {
  const most = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** station.attempts);
  station.attempts += 1;
  station.retry?.cancel();
  station.retry = station.clock.after(station.random.between(most / 2, most), () => look(station));
}

async function open(station: Station): Promise<void> {
  const { options, protocol } = station;
  let isOver = false;
  const link = await connect({
    url: options.url, identity: options.identity, protocol, password: options.password, tls: options.tls, answerTimeoutMs: options.answerTimeoutMs,
    answer: (action, payload) => {
      if (station.faults.isDeaf || !station.isPowered) return undefined;
      return take(station, action, payload);
    },
    closed: (code) => {
      isOver = true;
      if (station.link === link) lost(station, code);
    },
    frame: options.tellsFrames ? (direction, text) => station.emit('frame', { direction, text }) : undefined,
  });
  if (isOver || !station.isStarted || !station.isPowered || !station.hasNetwork) return link.drop();
  station.link = link;
  station.emit('connected', { protocol });
  if (station.hasBooted) {
    register(station);
    tellAll(station);
  } else boot(station);
  return undefined;
}

function take(station: Station, action: string, payload: Payload) {
  const handler = station.dialect.calls[action];
  if (!handler) throw new CallError('NotImplemented', `${action} is not known here`);
  if (station.faults.unsupportedActions?.includes(action)) throw new CallError('NotSupported', `${action} is not supported`);
  const reply = handler(station, payload);
  const { status } = reply.answer as { status?: unknown };
  const isRefused = typeof status === 'string' && /^(Rejected|Occupied|Faulted|Unavailable|NotSupported|NotImplemented|UnlockFailed|Unknown)/.test(status);
  station.emit(isRefused ? 'command_refused' : 'command', { action, payload, status });
  return reply;
}

function lost(station: Station, code: number): void {
  station.link = undefined;
  station.isRegistered = false;
  station.heartbeat?.cancel();
  station.emit('disconnected', { code });
  if (station.hasNetwork && station.isPowered) retryLater(station);
}

/** says that it has started, until it is accepted */
export function boot(station: Station): void {
  const again = (seconds: number): void => {
    station.retry?.cancel();
    station.retry = station.clock.after(Math.max(LEAST_INTERVAL_S, seconds) * 1_000, () => {
      if (station.link && !station.hasBooted) boot(station);
    });
  };
  station.outbox.say(station.dialect.boot(station, station.bootReason)).then((answer) => {
    const { status, interval, currentTime } = answer as { status: string; interval: number; currentTime: string };
    if (status !== 'Accepted') {
      station.emit('boot_refused', { status, interval });
      again(interval === 0 ? 60 : interval);
      return;
    }
    setClock(station, currentTime);
    if (interval > 0) station.settings.change(station.protocol === 'ocpp1.6' ? 'HeartbeatInterval' : 'OCPPCommCtrlr.HeartbeatInterval', String(interval));
    station.hasBooted = true;
    station.emit('booted', { interval, reason: station.bootReason });
    register(station);
    tellAll(station);
  }).catch(() => {
    if (station.link) again(60); // it will be asked again
  });
}

/** It may say what it has to. */
function register(station: Station): void {
  station.isRegistered = true;
  beatLater(station);
  setImmediate(() => station.outbox.drain()); // status goes before what was kept
}

function beatLater(station: Station): void {
  station.heartbeat?.cancel();
  station.heartbeat = station.clock.after(Math.max(LEAST_INTERVAL_S, station.settings.number('heartbeatSeconds')) * 1_000, () => {
    if (!station.isRegistered) return;
    beat(station);
    beatLater(station);
  });
}

export function beat(station: Station): void {
  station.outbox.say({ action: 'Heartbeat', payload: {} }).then((answer) => setClock(station, answer.currentTime as string), () => undefined);
}

function setClock(station: Station, told: string): void {
  const at = Date.parse(told);
  if (Number.isNaN(at)) return;
  station.clockOffsetMs = station.options.setsClock ? at - station.clock.now() : 0;
}

export function goOffline(station: Station): void {
  station.hasNetwork = false;
  station.retry?.cancel();
  cut(station);
}

/** The line is cut; it goes on as one that knows. */
function cut(station: Station): void {
  const { link } = station;
  if (!link) return;
  lost(station, 1006);
  link.drop();
}

export function goOnline(station: Station): void {
  station.hasNetwork = true;
  look(station);
}

/** The power is gone, and back after so long; transactions end with what their meter showed. */
export function powerLoss(station: Station, forMs: number): void {
  down(station, 'PowerLoss');
  station.isPowered = false;
  station.emit('power_lost', { seconds: Math.round(forMs / 1_000) });
  cut(station);
  station.clock.after(forMs, () => {
    station.isPowered = true;
    if (station.faults.clockForgets) station.clockOffsetMs = -station.clock.now(); // 1970-01-01
    up(station, 'PowerUp');
  });
}

/** @param reason what transactions are told to have ended by */
export function reboot(station: Station, reason: StopReason, bootReason: BootReason): void {
  down(station, reason);
  station.isPowered = false; // nothing is answered meanwhile
  station.clock.after(Math.min(1_000, station.options.bootMs / 2), () => station.link?.close());
  station.clock.after(station.options.bootMs, () => {
    station.isPowered = true;
    up(station, bootReason);
  });
}

function up(station: Station, reason: BootReason): void {
  station.bootReason = reason;
  for (const connector of station.connectors) connector.countedAt = station.clock.now();
  look(station);
}

function down(station: Station, reason: StopReason): void {
  station.hasBooted = false;
  station.isRegistered = false;
  station.resetsWhenIdle = false;
  station.heartbeat?.cancel();
  station.retry?.cancel();
  if (station.faults.forgetsReservations) for (const id of station.reservations.keys()) endReservation(station, id, 'Cancelled');
  for (const connector of station.connectors) {
    count(station, connector);
    connector.awaited?.timer.cancel();
    connector.awaited = undefined;
    const { transaction } = connector;
    if (station.faults.meterForgets && reason === 'PowerLoss') connector.registerBaseWh = connector.trueWh;
    if (!transaction) continue;
    end(station, transaction, reason);
    transaction.meterStopWh = registerWh(connector);
    station.outbox.keep(transaction, station.dialect.ended(station, transaction, reason === 'PowerLoss' ? 'AbnormalCondition' : 'ResetCommand'));
    station.emit('transaction_ended', {
      transaction: transaction.key, id: transaction.id, reason, energyWh: Math.round(transaction.trueStopWh! - transaction.trueStartWh), meterWh: transaction.meterStopWh,
    }, connector);
  }
}

/** Firmware and logs are not really transferred: their messages are told, one after the other. */
export function transfer(station: Station, kind: keyof Station['transfers'], action: string, steps: readonly string[], more: Payload): void {
  steps.forEach((status, i) => {
    station.clock.after((i + 1) * 5_000, () => {
      station.transfers[kind] = status;
      station.emit('transfer', { kind, status, simulated: true });
      if (station.isRegistered) say(station, { action, payload: { status, ...more } });
    });
  });
}
