/** Stations that say what they are told to, from a process of their own. */
import { WebSocket } from 'ws';
import { serveJobs } from '../http/worker.ts';

export type StationJob = {
  /** connects all of them; where it is told, each begins a transaction */
  kind: 'connect';
  url: string;
  identities: string[];
  card?: string;
  /** at a time */
  clients: number;
} | {
  /** the stations take turns to send so many meter values */
  kind: 'meter_values';
  count: number;
  clients: number;
} | { kind: 'close'; clients: number };

interface Station {
  call(action: string, payload: object): Promise<unknown[]>;
  socket: WebSocket;
  transactionId: number;
  meterWh: number;
}

let stations: Station[] = [];

serveJobs<number>(async (job: StationJob) => {
  if (job.kind === 'connect') {
    stations = [];
    return {
      clients: job.clients, items: job.identities.map((_, i) => i), one: async (i: number) => {
        const station = await connect(`${job.url}/${job.identities[i]}`);
        stations[i] = station;
        await station.call('BootNotification', { chargePointVendor: 'Bench', chargePointModel: 'B1' });
        if (job.card !== undefined) await begin(station, job.card);
        return 'connected';
      },
    };
  }
  if (job.kind === 'close') {
    for (const { socket } of stations) socket.terminate();
    return { clients: 1, items: [0], one: async () => 'closed' };
  }
  return {
    clients: job.clients, items: Array.from({ length: job.count }, (_, i) => i),
    // each client has its own stations, so that none has two calls under way
    one: async (i: number, client: number) => {
      const own = Math.ceil((stations.length - client) / job.clients);
      const answer = await sendValues(stations[client + (i % own) * job.clients]!);
      return answer[0] === 3 ? 'answered' : String(answer[2]);
    },
  };
});

async function connect(url: string): Promise<Station> {
  const socket = new WebSocket(url, ['ocpp1.6'], { perMessageDeflate: false });
  const waiting = new Map<string, (frame: unknown[]) => void>();
  let calls = 0;
  socket.on('message', (data) => {
    const frame = JSON.parse((data as Buffer).toString()) as [number, string, ...unknown[]];
    if (frame[0] === 2) return socket.send(JSON.stringify([3, frame[1], { status: 'Accepted' }]));
    waiting.get(frame[1])?.(frame);
    return void waiting.delete(frame[1]);
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const call: Station['call'] = (action, payload) => new Promise((resolve) => {
    const id = String(++calls);
    waiting.set(id, resolve);
    socket.send(JSON.stringify([2, id, action, payload]));
  });
  return { call, socket, transactionId: 0, meterWh: 0 };
}

async function begin(station: Station, idTag: string): Promise<void> {
  const [, , answer] = await station.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: new Date().toISOString() });
  station.transactionId = (answer as { transactionId?: number }).transactionId ?? 1;
}

/** What a DC station tells every half a minute. */
function sendValues(station: Station): Promise<unknown[]> {
  station.meterWh += 417;
  const value = (measurand: string, unit: string, one: number) => ({ value: String(one), context: 'Sample.Periodic', measurand, unit });
  return station.call('MeterValues', {
    connectorId: 1, transactionId: station.transactionId, meterValue: [{
      timestamp: new Date().toISOString(), sampledValue: [
        value('Energy.Active.Import.Register', 'Wh', station.meterWh), value('Power.Active.Import', 'W', 50_000), value('Current.Import', 'A', 125.3),
        value('Voltage', 'V', 399.8), value('SoC', 'Percent', 47),
      ],
    }],
  });
}
