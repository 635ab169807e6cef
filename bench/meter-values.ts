/**
 * Meter values of charging stations: `node bench/meter-values.ts --database <url of a PostgreSQL server>`. Stations that charge send them to `plugtime serve`, where each
 * is durable, and the session's state brought up to date, before it is answered; in alternating rounds the same frames go to a bare server that reads and answers them.
 * Server, database and load are processes of their own. With `--connected 10000` so many stations connect besides, and once more after all were cut off.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addToken, createDriver } from '../src/domain/drivers/index.ts';
import { inContext } from '../src/domain/organisations/index.ts';
import { ALWAYS_OPEN, type LocationInput } from '../src/domain/stations/index.ts';
import { backendsOf, cpuSecondsOf } from './http/cpu.ts';
import { onServer, withOwnDatabase } from './http/database.ts';
import { addLocations, asOwner } from './http/owner.ts';
import { median, printTable } from './http/print.ts';
import { startServer } from './http/server.ts';
import { startWorker, type Round } from './http/worker.ts';
import type { StationJob } from './ocpp/load.ts';

const { values: given } = parseArgs({
  options: {
    database: { type: 'string' }, stations: { type: 'string', default: '200' }, count: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '5' },
    connected: { type: 'string', default: '0' },
  },
});
if (given.database === undefined) {
  console.error('usage: node bench/meter-values.ts --database <url of a PostgreSQL server> [--stations 200] [--count 20000] [--rounds 5] [--connected 10000]');
  process.exit(2);
}
const [stations, count, rounds, connected] = [Number(given.stations), Number(given.count), Number(given.rounds), Number(given.connected)];
const CARD = 'BENCH';
/** Stations that have no password are let in, and none is read more slowly because it says too much. */
const SETTINGS = { PLUGTIME_OCPP_ALLOW_UNAUTHENTICATED: 'true', PLUGTIME_OCPP_RATE_LIMIT_PER_MINUTE: '1000000', PLUGTIME_OCPP_CONNECTS_PER_MINUTE: '1000' };
const STATIONS_A_PLACE = 500;
/** Calls that are under way when many connect at once. */
const AT_ONCE = 50;

const name = (i: number): string => `BENCH-${i}`;

/** Places, stations that may connect without a password, and a driver with a card. Gives the operator's id. */
async function makeNetwork(databaseUrl: string, most: number): Promise<string> {
  return asOwner(databaseUrl, async ({ runtime, caller }) => {
    const places: LocationInput[] = [];
    for (let first = 0; first < most; first += STATIONS_A_PLACE) places.push(place(first, Math.min(STATIONS_A_PLACE, most - first)));
    const [location] = await addLocations(runtime, caller, places);
    await inContext(runtime, caller, async (ctx) => addToken(ctx, (await createDriver(ctx, {})).id, { uid: CARD }));
    await onServer(databaseUrl, (client) => client.query(`
      INSERT INTO station_identities (station_id, network_id, operator_id, identity, security_profile, created_at, updated_at)
      SELECT s.id, l.network_id, l.operator_id, s.ref, 0, now(), now() FROM stations s JOIN locations l ON l.id = s.location_id`));
    await onServer(databaseUrl, (client) => client.query('VACUUM (ANALYZE)'));
    return location!.operatorId;
  });
}

function place(first: number, stationsThere: number): LocationInput {
  return {
    ref: `P${first}`, publish: true, name: 'Bench', address: 'Main Road', city: 'Town', country: 'DEU', timeZone: 'Europe/Berlin',
    coordinates: { latitude: 50 + first / 100_000, longitude: 8 }, directions: [], facilities: [], openingTimes: ALWAYS_OPEN, chargingWhenClosed: false, images: [],
    stations: Array.from({ length: stationsThere }, (_, i) => ({
      ref: name(first + i), evses: [{
        uid: name(first + i), status: 'AVAILABLE', capabilities: [], parkingRestrictions: [], directions: [], images: [],
        connectors: [{ ref: '1', standard: 'IEC_62196_T2_COMBO', format: 'CABLE', powerType: 'DC', maxVoltageV: 1000, maxAmperageA: 200, maxPowerW: 60_000, tariffIds: [] }],
      }],
    })),
  };
}

interface Bare {
  url: string;
  pid: number;
  stop(): void;
}

async function startBare(): Promise<Bare> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./ocpp/bare.ts', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  return { url: `ws://127.0.0.1:${port}`, pid: child.pid!, stop: () => void child.kill() };
}

const cpuOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);

type Measured = Round & { serverCpuSeconds: number; databaseCpuSeconds: number };

async function compare(databaseUrl: string, operatorId: string): Promise<void> {
  const [server, bare] = [await startServer(databaseUrl, SETTINGS), await startBare()];
  const [ours, theirs] = [startWorker<StationJob>('../ocpp/load.ts'), startWorker<StationJob>('../ocpp/load.ts')];
  const identities = Array.from({ length: stations }, (_, i) => name(i));
  await ours.run({ kind: 'connect', url: `${server.url.replace('http', 'ws')}/ocpp/${operatorId}`, identities, card: CARD, clients: AT_ONCE });
  await theirs.run({ kind: 'connect', url: bare.url, identities, clients: AT_ONCE });
  const job: StationJob = { kind: 'meter_values', count, clients: stations };
  const backends = await backendsOf(databaseUrl);
  const cases = [{ label: 'a bare server', worker: theirs, pid: bare.pid }, { label: 'Plugtime', worker: ours, pid: server.pid }];
  for (const { worker } of cases) await worker.run(job);
  const measured: Measured[][] = [];
  for (let i = 0; i < rounds; i++) {
    const row: Measured[] = [];
    for (const { worker, pid } of cases) {
      const before = [cpuSecondsOf(pid), cpuOf(backends)] as const;
      const round = await worker.run(job);
      row.push({ ...round, serverCpuSeconds: cpuSecondsOf(pid) - before[0], databaseCpuSeconds: cpuOf(backends) - before[1] });
    }
    measured.push(row);
  }
  const micro = (seconds: number): number => (seconds * 1e6) / count;
  printTable(['median of the rounds', '/s', 'p50 ms', 'p99 ms', 'µs CPU each: Node', 'of bare', 'PostgreSQL', 'load', 'outcomes'], cases.map(({ label }, i) => {
    const of = (value: (round: Measured, first: Measured) => number) => median(measured.map((row) => value(row[i]!, row[0]!)));
    return [
      label, of((round) => round.perSecond).toFixed(0), of((round) => round.p50Ms).toFixed(2), of((round) => round.p99Ms).toFixed(2),
      of((round) => micro(round.serverCpuSeconds)).toFixed(1),
      of((round, first) => round.serverCpuSeconds / first.serverCpuSeconds).toFixed(2), of((round) => micro(round.databaseCpuSeconds)).toFixed(1),
      of((round) => micro(round.cpuSeconds)).toFixed(1), Object.entries(measured[0]![i]!.outcomes).map(([outcome, n]) => `${n} × ${outcome}`).join(', '),
    ];
  }));
  const { rows: [kept] } = await onServer(databaseUrl, (client) => client.query<{ readings: string; sessions: string }>(
    'SELECT count(*) AS readings, (SELECT count(*) FROM sessions WHERE status = $1) AS sessions FROM meter_readings', ['started'],
  ));
  console.log(`in the database: ${kept!.readings} readings of ${kept!.sessions} sessions`);
  for (const worker of [ours, theirs]) await worker.stop();
  bare.stop();
  await server.stop();
}

const residentMiB = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** So many stations connect, are cut off at once, and come back. */
async function connectMany(databaseUrl: string, operatorId: string): Promise<void> {
  const server = await startServer(databaseUrl, SETTINGS);
  const load = startWorker<StationJob>('../ocpp/load.ts');
  const before = residentMiB(server.pid);
  const connect: StationJob = {
    kind: 'connect', url: `${server.url.replace('http', 'ws')}/ocpp/${operatorId}`, identities: Array.from({ length: connected }, (_, i) => name(i)), clients: AT_ONCE,
  };
  const times: string[] = [];
  for (const what of ['connect', 'come back after all were cut off'] as const) {
    const cpu = cpuSecondsOf(server.pid);
    const round = await load.run(connect);
    const nodeSeconds = cpuSecondsOf(server.pid) - cpu;
    times.push(`${connected} stations ${what}: ${(connected / round.perSecond).toFixed(1)} s, ${nodeSeconds.toFixed(1)} s CPU of Node, p99 ${round.p99Ms.toFixed(0)} ms`);
    await pause(5_000);
    const after = residentMiB(server.pid);
    times.push(`  memory of the process: ${before.toFixed(0)} MiB before, ${after.toFixed(0)} MiB with them: ${(((after - before) * 1024) / connected).toFixed(1)} KiB a station`);
    await load.run({ kind: 'close', clients: 1 });
    await pause(1_000);
  }
  console.log(times.join('\n'));
  await load.stop();
  await server.stop();
}

await withOwnDatabase(given.database, async (databaseUrl) => {
  const operatorId = await makeNetwork(databaseUrl, Math.max(stations, connected));
  await compare(databaseUrl, operatorId);
  if (connected > 0) await connectMany(databaseUrl, operatorId);
});
console.log(`load of the machine at the end: ${loadavg()[0]!.toFixed(1)}`);
