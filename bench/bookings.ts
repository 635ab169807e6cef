/**
 * Bookings through HTTP: `node bench/bookings.ts --database <url of a PostgreSQL server>`. Eight clients book free slots with
 * `POST /v1/reservations` (exact, `confirm: true`, each an hour that nobody else wants) from `plugtime serve`, on a network of
 * 4,000 EVSEs with 100,000 bookings. In alternating rounds, the limit: the same clients put bare rows into the same constrained
 * table on the same server, with the same driver. Server, load and inserts are processes of their own. The ratio is what counts.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { InsertJob } from './http/bare-inserts.ts';
import { backendsOf, cpuSecondsOf } from './http/cpu.ts';
import { withOwnDatabase } from './http/database.ts';
import type { LoadJob } from './http/load.ts';
import { makeNetwork, type BenchNetwork, type Slot } from './http/network.ts';
import { median, printTable } from './http/print.ts';
import { startServer } from './http/server.ts';
import { startWire } from './http/wire.ts';
import { startWorker, type Round } from './http/worker.ts';

const CONFLICT_SHARE = 0.08;

const { values: given } = parseArgs({
  options: {
    database: { type: 'string' }, clients: { type: 'string', default: '8' }, rounds: { type: 'string', default: '5' }, count: { type: 'string', default: '4000' },
    locations: { type: 'string', default: '1000' }, bookings: { type: 'string', default: '100000' },
  },
});
if (given.database === undefined) {
  console.error('usage: node bench/bookings.ts --database <url of a PostgreSQL server> [--clients 8] [--rounds 5] [--count 4000] [--locations 1000] [--bookings 100000]');
  process.exit(2);
}
const [clients, rounds, count] = [Number(given.clients), Number(given.rounds), Number(given.count)];

interface MeasuredRound extends Round {
  serverCpuSeconds: number;
  databaseCpuSeconds: number;
}

const bodyOf = ({ evseId, start, end }: Slot): string =>
  JSON.stringify({ evse: evseId, ideal_start: new Date(start).toISOString(), ideal_end: new Date(end).toISOString(), confirm: true });

/** So many slots; a share of them is taken already. */
function draw({ free, booked }: BenchNetwork, length: number, conflictShare: number): Slot[] {
  const isTaken = (i: number): boolean => Math.floor(i * conflictShare) < Math.floor((i + 1) * conflictShare);
  return Array.from({ length }, (_, i) => (isTaken(i) ? booked[(i * 7919) % booked.length]! : free.next().value as Slot));
}

/** All cases in turn, several times, after a round that does not count; what else the machine does hits all of them alike. */
async function compare(databaseUrl: string, network: BenchNetwork): Promise<void> {
  const server = await startServer(databaseUrl);
  const load = startWorker<LoadJob>('./load.ts');
  const inserts = startWorker<InsertJob>('./bare-inserts.ts');
  const target = { url: server.url, key: network.key, path: '/v1/reservations' };
  const book = (length: number, share: number) => load.run({ ...target, bodies: draw(network, length, share).map(bodyOf), clients });
  const insert = (length: number, share: number) => inserts.run({ databaseUrl, slots: draw(network, length, share), clients });
  const cases = [
    { name: 'bare inserts', run: () => insert(count * 2, 0) },
    { name: 'bookings through HTTP', run: () => book(count, 0) },
    { name: `bare inserts, ${CONFLICT_SHARE * 100} % taken`, run: () => insert(count * 2, CONFLICT_SHARE) },
    { name: `bookings, ${CONFLICT_SHARE * 100} % taken`, run: () => book(count, CONFLICT_SHARE) },
  ];
  for (const { run } of cases) await run();
  const measured: MeasuredRound[][] = [];
  const loads: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const row: MeasuredRound[] = [];
    for (const { run } of cases) row.push(await withCpu(databaseUrl, server.pid, run));
    measured.push(row);
    loads.push(loadavg()[0]!);
  }
  printRounds(cases.map(({ name }) => name), measured);
  console.log(`load of the machine in the rounds: ${loads.map((value) => value.toFixed(1)).join(', ')}`);
  await load.stop();
  await inserts.stop();
  await server.stop();
}

async function withCpu(databaseUrl: string, serverPid: number, run: () => Promise<Round>): Promise<MeasuredRound> {
  const backends = await backendsOf(databaseUrl);
  const databaseCpu = (): number => backends.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const [server, database] = [cpuSecondsOf(serverPid), databaseCpu()];
  const round = await run();
  return { ...round, serverCpuSeconds: cpuSecondsOf(serverPid) - server, databaseCpuSeconds: databaseCpu() - database };
}

function printRounds(names: readonly string[], measured: readonly MeasuredRound[][]): void {
  printTable(
    ['median of the rounds', '/s', 'of bare', 'p50 ms', 'p99 ms', 'ms CPU each: server', 'database', 'load', 'outcomes'],
    names.map((name, i) => {
      const of = (value: (round: MeasuredRound, bare: MeasuredRound) => number) => median(measured.map((row) => value(row[i]!, row[i - (i % 2)]!)));
      const each = (value: (round: MeasuredRound) => number) => of((round) => (value(round) * 1000) / total(round)).toFixed(3);
      const { outcomes } = measured.at(-1)![i]!;
      return [
        name, of((round) => round.perSecond).toFixed(0), of((round, bare) => round.perSecond / bare.perSecond).toFixed(2), of((round) => round.p50Ms).toFixed(2),
        of((round) => round.p99Ms).toFixed(2), each((round) => round.serverCpuSeconds), each((round) => round.databaseCpuSeconds), each((round) => round.cpuSeconds),
        Object.entries(outcomes).map(([outcome, n]) => `${n} × ${outcome}`).join(', '),
      ];
    }),
  );
}

const total = ({ outcomes }: Round): number => Object.values(outcomes).reduce((sum, n) => sum + n, 0);

/** The same again with a relay between server and database, which counts; it slows everything down, so nothing else is read from it. */
async function look(databaseUrl: string, network: BenchNetwork): Promise<void> {
  const wire = await startWire(databaseUrl);
  const server = await startServer(wire.url);
  const load = startWorker<LoadJob>('./load.ts');
  const book = (length: number, by: number, share = 0) => (
    load.run({ url: server.url, key: network.key, path: '/v1/reservations', bodies: draw(network, length, share).map(bodyOf), clients: by }));
  await book(2_500, clients); // until it knows every location
  for (const [what, by, share] of [['one client', 1, 0], [`${clients} clients`, clients, 0], ['one client, every slot taken', 1, 1]] as const) {
    wire.reset();
    const length = share === 1 ? 100 : 500;
    const { p50Ms } = await book(length, by, share);
    const { roundTrips, waitedMs, statements } = wire.seen();
    const rows = [...statements].sort(([, a], [, b]) => b.waitedMs - a.waitedMs);
    const each = (value: number): string => (value / length).toFixed(2);
    const sum = rows.reduce((all, [, seen]) => all + seen.count, 0);
    console.log(`\n${what}: ${each(sum)} statements and ${each(roundTrips)} round trips a booking, with all that happens in the background; p50 ${p50Ms.toFixed(2)} ms`);
    console.log(`the server waited ${each(waitedMs)} ms a booking for the database:`);
    printTable(['a booking', 'ms', 'statement'], rows.filter(([, seen]) => seen.count >= length / 50)
      .map(([text, seen]) => [each(seen.count), each(seen.waitedMs), text.replaceAll(/\s+/g, ' ').trim().slice(0, 110)]));
  }
  await load.stop();
  await server.stop();
  wire.stop();
}

await withOwnDatabase(given.database, async (databaseUrl) => {
  const startedAt = performance.now();
  const network = await makeNetwork(databaseUrl, { locations: Number(given.locations), bookings: Number(given.bookings) });
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`${network.evses.toLocaleString('en')} EVSEs, ${network.booked.length.toLocaleString('en')} bookings at the start (made in ${seconds} s); ${clients} clients\n`);
  await compare(databaseUrl, network);
  await look(databaseUrl, network);
});
