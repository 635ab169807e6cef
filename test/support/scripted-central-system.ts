/** A central system of the tests' own: it checks every frame by the official schemas, notes what comes, and answers what it is told to. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createSocketServer, type StationSocket } from '../../src/protocols/ocpp/socket.ts';
import { createStation, createSteppedClock, type SimEvent, type StationOptions, type VirtualStation } from '../../src/simulator/index.ts';

export type Said = Record<string, unknown>;

export interface Heard {
  action: string;
  payload: Said;
  at: number;
}

export interface ScriptedCentralSystem {
  url: string;
  /** all that came, in order */
  heard: Heard[];
  of(action: string): Said[];
  answers: Record<string, (payload: Said) => object>;
  /** calls the station that connected last */
  call(action: string, payload: object): Promise<Said>;
  connections(): number;
  close(): Promise<void>;
}

const ALL = [
  'BootNotification', 'Heartbeat', 'StatusNotification', 'Authorize', 'StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent', 'FirmwareStatusNotification',
  'DiagnosticsStatusNotification', 'LogStatusNotification',
  'ReservationStatusUpdate', 'NotifyReport', 'NotifyDisplayMessages', 'SecurityEventNotification', 'SignedFirmwareStatusNotification',
];

export async function openCentralSystem(now: () => number): Promise<ScriptedCentralSystem> {
  const heard: Heard[] = [];
  const sockets: StationSocket[] = [];
  let transactions = 0;
  const answers: ScriptedCentralSystem['answers'] = {
    BootNotification: () => ({ status: 'Accepted', interval: 300, currentTime: new Date(now()).toISOString() }),
    Heartbeat: () => ({ currentTime: new Date(now()).toISOString() }),
    Authorize: ({ idToken }) => (idToken ? { idTokenInfo: { status: 'Accepted' } } : { idTagInfo: { status: 'Accepted' } }),
    StartTransaction: () => ({ transactionId: ++transactions, idTagInfo: { status: 'Accepted' } }),
    StopTransaction: () => ({}),
  };
  const ocpp = createSocketServer({
    frameLimitBytes: 1_000_000, pingIntervalMs: 60_000, callTimeoutMs: 5_000, actions: () => ALL,
    admit: async ({ versions: [version] }) => ({
      version: version!,
      open: (socket) => {
        sockets.push(socket);
        return {
          handle: async (action, payload) => {
            heard.push({ action, payload, at: now() });
            return answers[action]?.(payload) ?? {};
          },
          closed: () => undefined,
        };
      },
    }),
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => ocpp.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ocpp/operator`, heard, answers,
    of: (action) => heard.filter((one) => one.action === action).map(({ payload }) => payload),
    call: (action, payload) => sockets.at(-1)!.call(action, payload),
    connections: () => sockets.length,
    close: async () => {
      for (const socket of sockets) socket.close(1001, 'done');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface SimulatorBed {
  central: ScriptedCentralSystem;
  station: VirtualStation;
  events: SimEvent[];
  /** lets so many seconds pass, with all that happens meanwhile */
  pass(seconds: number): Promise<void>;
  /** asks something of the station, and lets happen what follows at once */
  ask(action: string, payload: object): Promise<Said>;
  /** the status of a connector, as the station's driver sees it */
  status(connector?: number): string;
  close(): Promise<void>;
}

export const NOON = Date.UTC(2027, 2, 1, 12);

/** A station that has booted, at a clock that stands until it is moved. */
export async function openBed(options: Partial<StationOptions> = {}, script: (central: ScriptedCentralSystem) => void = () => undefined): Promise<SimulatorBed> {
  const clock = createSteppedClock(NOON);
  const central = await openCentralSystem(clock.now);
  script(central);
  const station = createStation({ url: central.url, identity: 'SIM-1', clock, setsClock: true, ...options });
  const events: SimEvent[] = [];
  station.on((event) => void events.push(event));
  const settled = async (): Promise<void> => {
    do await pause(1);
    while (!station.isSettled());
  };
  const pass: SimulatorBed['pass'] = (seconds) => clock.advance(seconds * 1_000, settled);
  station.start();
  await pass(0);
  return {
    central, station, events, pass,
    ask: async (action, payload) => {
      const answer = await central.call(action, payload);
      await pass(0);
      return answer;
    },
    status: (connector = 1) => station.state().connectors[connector - 1]!.status,
    close: async () => {
      station.stop();
      clock.stop();
      await central.close();
    },
  };
}
