/** The sockets of this process: who gets one, which of them count, and what becomes of them. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { noteOnline } from '../../domain/arming/index.ts';
import {
  admit, connectStation, dropRetired, findStationsWithCommands, isLogged, loseConnection, loseExpired, notePending, renewLeases, Superseded, touch, type Admission, type Link,
} from '../../domain/chargers/index.ts';
import { inContext, listNetworks, type Actor, type Runtime } from '../../domain/organisations/index.ts';
import { createReadingInbox, quarantine, type ReadingInbox } from '../../domain/sessions/index.ts';
import { SECOND_MS } from '../../platform/clock/index.ts';
import type { Config } from '../../platform/config/index.ts';
import type { StoredEvent } from '../../platform/events/index.ts';
import { ACTIONS, READINGS, STATES } from './actions.ts';
import { namesInCertificate, namesOfPeer } from './certificate.ts';
import { createCommandSender } from './command-sender.ts';
import { OcppError } from './errors.ts';
import { createFrameRecorder, type FrameRecorder } from './frame-recorder.ts';
import { storable, timeOf, type Sender } from './message.ts';
import { createPace } from './pace.ts';
import { openPending } from './pending.ts';
import { createSocketServer, type Entry, type Handshake, type SocketListener, type StationSocket } from './socket.ts';
import { addressOf, originOf, refuseUpgrade, type StationAddress } from './upgrade.ts';

export interface CentralSystem {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** how many stations this process holds */
  size(): number;
  /** Closes all sockets; the stations will find another process, or this one again. */
  stop(): Promise<void>;
}

interface Live {
  link: Link;
  socket: StationSocket;
  /** whether its frames are written down */
  isLogged: boolean;
  /** looks for commands, once the station has spoken, or has been silent for a moment */
  sendCommands(): void;
}

interface State {
  runtime: Runtime;
  config: Config;
  onError(error: Error): void;
  /** names this process in the table of connections */
  owner: string;
  live: Map<string, Live>;
  /** of stations that wait to be accepted, by the ids of those */
  pending: Map<string, StationSocket>;
  attempts: RateLimiterMemory;
  addresses: WeakMap<IncomingMessage, StationAddress>;
  /** where readings go */
  inbox: ReadingInbox;
  closing: Set<Promise<void>>;
  frames: FrameRecorder;
  /** networks with locations that have changed since somebody looked for retired stations in them */
  changedNetworks: Set<string>;
  isLookingForRetired: boolean;
  stopping: boolean;
}

const SYSTEM: Actor = { kind: 'system' };
/** A station that has just booted says so before it takes commands; one that has only been away may have nothing to say. */
const SILENCE_MS = 3 * SECOND_MS;
const RENEW_MS = 10 * SECOND_MS;
const CALL_TIMEOUT_MS = 30 * SECOND_MS;
/** Codes of our own for why a socket was closed; 1001 when the server goes down. */
export const CLOSE = { superseded: 4001, goingAway: 1001 } as const;

export interface CentralSystemOptions {
  onError(error: Error): void;
  /** told of the sessions of which this process has taken readings */
  onReadings(sessionIds: readonly string[]): void;
}

export function startCentralSystem(runtime: Runtime, config: Config, { onError, onReadings }: CentralSystemOptions): CentralSystem {
  const state: State = {
    runtime, config, onError, owner: randomUUID(), live: new Map(), pending: new Map(),
    inbox: createReadingInbox(runtime, { onError, onTaken: onReadings }), addresses: new WeakMap(), closing: new Set(),
    stopping: false, frames: createFrameRecorder(runtime, onError), changedNetworks: new Set(), isLookingForRetired: false,
    attempts: new RateLimiterMemory({ points: config.PLUGTIME_OCPP_CONNECTS_PER_MINUTE, duration: 60 }),
  };
  const server = createSocketServer({
    frameLimitBytes: config.PLUGTIME_OCPP_FRAME_LIMIT_BYTES, pingIntervalMs: config.PLUGTIME_OCPP_PING_SECONDS * SECOND_MS, callTimeoutMs: CALL_TIMEOUT_MS,
    admit: (handshake) => admitStation(state, handshake), actions: (version) => Object.keys(ACTIONS[version]),
  });
  const unfollow = runtime.events.follow((events) => {
    for (const event of events) hear(state, event);
    for (const { object, networkId } of events) if (object === 'location') state.changedNetworks.add(networkId);
    void lookForRetired(state).catch(onError);
  });
  const timer = setInterval(() => void keep(state).catch(onError), RENEW_MS);
  return {
    size: () => state.live.size,
    upgrade: (request, socket, head) => {
      const address = addressOf(request.url ?? '');
      if (!address) return refuseUpgrade(socket, 404, 'Stations connect to /ocpp/{operator}/{stationId}.');
      state.addresses.set(request, address);
      return server.upgrade(request, socket, head);
    },
    stop: async () => {
      state.stopping = true;
      clearInterval(timer);
      unfollow();
      for (const { socket } of state.live.values()) socket.close(CLOSE.goingAway, 'the server is going away');
      for (const socket of state.pending.values()) socket.close(CLOSE.goingAway, 'the server is going away');
      state.live.clear();
      await Promise.all(state.closing);
      await state.frames.stop();
      await state.inbox.stop();
    },
  };
}

const REFUSALS: Record<Exclude<Admission['kind'], 'admitted' | 'pending'>, readonly [number, string]> = {
  unknown_operator: [404, 'There is no such operator.'], unknown_station: [404, 'That operator knows no such station.'],
  not_authenticated: [401, 'That does not prove that it is this station.'], tls_required: [403, 'This station has to connect over TLS.'],
};

/** OCPP-1, OCPP-2, OCPP-3: lets a station in, or answers why not. */
async function admitStation(state: State, { request, password, versions }: Handshake): Promise<Entry | undefined> {
  const { config, runtime } = state;
  const refuse = (status: number, detail: string, headers?: Record<string, string>): void => refuseUpgrade(request.socket, status, detail, headers);
  try {
    const { operator, identity } = state.addresses.get(request)!;
    const isOurTls = 'encrypted' in request.socket; // on our own port nobody stands between, so what headers say is a station's word
    const { address, isSecure } = originOf(request, config.PLUGTIME_TRUST_PROXY && !isOurTls);
    const [version] = versions;
    if (state.stopping) return void refuse(503, 'The server is going away.');
    if (!version) return void refuse(400, 'Offer one of the subprotocols ocpp1.6, ocpp2.0.1 and ocpp2.1.');
    const isOneTooMany = await state.attempts.consume(`${operator}/${identity} ${address}`).then(() => false, () => true);
    if (isOneTooMany) return void refuse(429, 'That station connects too often.', { 'retry-after': '60' });
    const header = request.headers[config.PLUGTIME_OCPP_CLIENT_CERT_HEADER.toLowerCase()];
    const certificateNames = isOurTls ? namesOfPeer(request.socket) : config.PLUGTIME_TRUST_PROXY ? namesInCertificate(header) : [];
    const admission = await admit(
      runtime.database, { operator, identity, password, certificateNames, isSecure }, config.PLUGTIME_OCPP_ALLOW_UNAUTHENTICATED);
    if (admission.kind === 'pending') {
      const { networkId, operatorId } = admission;
      const waiting = await inContext(runtime, { networkId, actor: SYSTEM }, (ctx) => (
        notePending(ctx, { operatorId, identity, password, protocol: version, remoteAddress: address })));
      return waiting ? { version, open: (socket) => keepWaiting(state, waiting, socket) } : void refuse(404, 'Too many stations wait to be accepted already.');
    }
    if (admission.kind !== 'admitted') {
      const [status, detail] = REFUSALS[admission.kind];
      return void refuse(status, detail, status === 401 ? { 'www-authenticate': 'Basic realm="OCPP"' } : {});
    }
    const { link, isOn } = await inContext(runtime, { networkId: admission.identity.networkId, actor: SYSTEM }, async (ctx) => {
      const taken = await connectStation(ctx, admission.identity, { owner: state.owner, protocol: version, remoteAddress: address });
      if (taken) noteOnline(ctx, taken);
      return { link: taken, isOn: await isLogged(ctx, admission.identity.stationId) };
    });
    if (!link) return void refuse(401, 'What that station proves itself with has just changed.', { 'www-authenticate': 'Basic realm="OCPP"' });
    return { version, open: (socket) => openStation(state, link, socket, isOn) };
  } catch (error) {
    state.onError(error as Error);
    return void refuse(503, 'That is not possible now.');
  }
}

/** OCPP-10 */
function keepWaiting({ runtime, pending }: State, waiting: { id: string; networkId: string }, socket: StationSocket): SocketListener {
  pending.get(waiting.id)?.close(CLOSE.superseded, 'another connection of this station has taken over');
  pending.set(waiting.id, socket);
  return openPending(runtime, waiting, socket, () => {
    if (pending.get(waiting.id) === socket) pending.delete(waiting.id);
  });
}

/** OCPP-4: the newest connection of a station is the one that counts. */
function openStation(state: State, link: Link, socket: StationSocket, isOn: boolean): SocketListener {
  const { runtime, config, live } = state;
  const known = live.get(link.stationId);
  const sendCommands = createCommandSender(runtime, link, socket, state.onError);
  const mine: Live = { link, socket, isLogged: isOn, sendCommands: () => void (isReady && sendCommands()) };
  const [older, newer] = known && known.link.generation > link.generation ? [mine, known] : [known, mine];
  let isReady = false;
  const ready = (): void => {
    clearTimeout(silence);
    if (!isReady && live.get(link.stationId) === mine) sendCommands();
    isReady = true;
  };
  const silence = setTimeout(ready, SILENCE_MS).unref();
  live.set(link.stationId, newer);
  older?.socket.close(CLOSE.superseded, 'another connection of this station has taken over');
  const sender: Sender = { link, version: socket.version, heartbeatSeconds: config.PLUGTIME_OCPP_HEARTBEAT_SECONDS };
  const pace = createPace(socket, config.PLUGTIME_OCPP_RATE_LIMIT_PER_MINUTE);
  let last: Promise<unknown> = Promise.resolve();
  /** What a station says is done in the order in which it says it. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    frame: (direction, text) => {
      if (mine.isLogged) state.frames.add(link, direction, text, () => void (mine.isLogged = false));
    },
    handle: (action, payload) => {
      pace.came();
      return inTurn(() => answer(state, sender, action, payload).catch((error: unknown) => {
        if (!(error instanceof Superseded)) throw error;
        socket.close(CLOSE.superseded, 'another connection of this station has taken over');
        throw new OcppError('SecurityError', 'This connection counts no more');
      })).finally(() => {
        pace.answered();
        setImmediate(ready); // what it said is answered first
      });
    },
    closed: () => {
      pace.stop();
      clearTimeout(silence);
      if (live.get(link.stationId)?.link === link) live.delete(link.stationId);
      if (state.stopping) return; // its lease runs out, unless it finds another process before
      const gone = inTurn(() => inContext(runtime, { networkId: link.networkId, actor: SYSTEM }, (ctx) => loseConnection(ctx, link))).catch(state.onError);
      state.closing.add(gone);
      void gone.finally(() => state.closing.delete(gone));
    },
  };
}

async function answer({ runtime, onError, inbox }: State, sender: Sender, action: string, payload: Record<string, unknown>): Promise<object> {
  const clean = storable(payload);
  const { networkId } = sender.link;
  try {
    const readings = READINGS[sender.version][action]?.(sender, clean);
    const unmatched = readings && await inbox.take(networkId, readings);
    const isPlaced = unmatched?.length === 0;
    if (isPlaced || unmatched?.every(({ ref }) => ref === null)) return {}; // what belongs to no transaction is nobody's
    const answered = await inContext(runtime, { networkId, actor: SYSTEM }, async (ctx) => {
      await touch(ctx, sender.link, action === 'StatusNotification' ? timeOf(clean) : undefined); // others may have been kept for hours
      if (unmatched && action === 'MeterValues') await quarantine(ctx, sender.link, { action, payload: clean, reason: 'transaction_unknown' });
      return ACTIONS[sender.version][action]!(ctx, sender, clean);
    });
    await inbox.take(networkId, STATES[sender.version][action]?.(sender, clean) ?? []);
    return answered;
  } catch (error) {
    if (!(error instanceof OcppError) && !(error instanceof Superseded)) onError(error as Error);
    throw error;
  }
}

/** Something was told of a station, by this process or by another: the older sockets of it go. */
function hear({ live, pending }: State, { object, objectId, data }: StoredEvent): void {
  if (object === 'pending_station' && data.isWaiting === false) return pending.get(objectId)?.close(CLOSE.superseded, 'come again');
  if (object === 'station_command') return live.get(data.stationId as string)?.sendCommands();
  if (object === 'station_frame_log') return logFrames(live.get(objectId), data.enabled === true);
  if (object !== 'station_connection') return;
  const mine = live.get(objectId);
  const { generation, online } = data as { generation: number; online: boolean };
  if (mine && (generation > mine.link.generation || (generation === mine.link.generation && !online))) {
    mine.socket.close(CLOSE.superseded, 'this connection was ended');
  }
}

/** CHS-12: one look after the other, so that a large import asks no more of the database than it can answer. */
async function lookForRetired(state: State): Promise<void> {
  if (state.isLookingForRetired) return;
  state.isLookingForRetired = true;
  try {
    for (const networkId of state.changedNetworks) {
      state.changedNetworks.delete(networkId);
      await dropThoseRetired(state, networkId);
    }
  } finally {
    state.isLookingForRetired = false;
  }
}

/** CHS-12: a location has changed, and with it perhaps which stations there are. */
async function dropThoseRetired({ runtime, live }: State, networkId: string): Promise<void> {
  const held = [...live.values()].filter(({ link }) => link.networkId === networkId).map(({ link }) => link.stationId);
  if (held.length > 0) await inContext(runtime, { networkId, actor: SYSTEM }, (ctx) => dropRetired(ctx, held));
}

function logFrames(station: Live | undefined, isOn: boolean): void {
  if (station) station.isLogged = isOn;
}

/** CHS-2: says that this process lives, closes what is not its own any more, and declares lost what a dead process held. */
async function keep(state: State): Promise<void> {
  const { runtime, owner, live } = state;
  const held = [...live.values()];
  if (held.length > 0) {
    const own = await renewLeases(runtime.database, owner, held.map(({ link }) => link));
    for (const { link, socket } of held) if (!own.has(link.stationId)) socket.close(CLOSE.superseded, 'this connection was ended');
  }
  for (const stationId of await findStationsWithCommands(runtime.database, [...live.keys()])) live.get(stationId)?.sendCommands(); // should a wake-up be lost
  for (const { id: networkId } of await listNetworks(runtime.database)) {
    await dropThoseRetired(state, networkId); // that had been let in just before
    for (let lost = 1; lost > 0;) lost = await inContext(runtime, { networkId, actor: SYSTEM }, loseExpired);
  }
}
