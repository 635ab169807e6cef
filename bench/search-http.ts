/**
 * Search through HTTP: `node bench/search-http.ts --database <url of a PostgreSQL server>`. Eight clients send the full-filter query
 * of `bench search` (first 50, by distance) to `plugtime serve` on the same network; in alternating rounds this process answers
 * the same queries from an index of its own, with nothing around it. Server and load are processes of their own.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openDatabase } from '../src/app/open.ts';
import { startRuntime } from '../src/app/runtime.ts';
import { search, startSearchKeeper } from '../src/domain/search/index.ts';
import { readConfig } from '../src/platform/config/index.ts';
import { cpuSecondsOf } from './http/cpu.ts';
import { withOwnDatabase } from './http/database.ts';
import type { LoadJob } from './http/load.ts';
import { median, printTable } from './http/print.ts';
import { makeSearchNetwork } from './http/search-network.ts';
import { startServer } from './http/server.ts';
import { measure, startWorker, type Round } from './http/worker.ts';
import { generate } from './search/generate.ts';
import { queriesAround, toSearchBody, toSearchQuery } from './search/queries.ts';

const { values: given } = parseArgs({
  options: {
    database: { type: 'string' }, clients: { type: 'string', default: '8' }, rounds: { type: 'string', default: '5' }, count: { type: 'string', default: '4000' },
    connectors: { type: 'string', default: '50000' },
  },
});
if (given.database === undefined) {
  console.error('usage: node bench/search-http.ts --database <url of a PostgreSQL server> [--clients 8] [--rounds 5] [--count 4000] [--connectors 50000]');
  process.exit(2);
}
const [clients, rounds, count] = [Number(given.clients), Number(given.rounds), Number(given.count)];
const now = Math.floor(performance.timeOrigin / 3_600_000) * 3_600_000;
const raise = (error: Error): never => {
  throw error;
};

async function compare(databaseUrl: string, key: string, networkId: string): Promise<void> {
  const config = readConfig({ DATABASE_URL: databaseUrl });
  const { database, close } = await openDatabase(config, raise);
  const runtime = await startRuntime(database, config, { onError: raise, onWarning: () => undefined });
  const keeper = await startSearchKeeper(runtime, raise);
  console.log(`${keeper.size().connectors.toLocaleString('en')} connectors at ${keeper.size().locations.toLocaleString('en')} locations; ${clients} clients\n`);
  const server = await startServer(databaseUrl);
  const load = startWorker<LoadJob>('./load.ts');
  const queries = queriesAround(generated, now, count);
  const own = queries.map((query) => toSearchQuery(query, networkId));
  const bodies = queries.map(toSearchBody);
  const job = { url: server.url, path: '/v1/search', bodies, clients };
  const inProcess = () => measure({ clients: 1, items: own, one: (query) => Promise.resolve(search(keeper.index, query, now).items.length > 0 ? 'found' : 'nothing') });
  const cases = [
    { name: 'in the process', run: inProcess },
    { name: 'through HTTP, without a key', run: () => load.run(job) },
    { name: 'through HTTP, with a key', run: () => load.run({ ...job, key }) },
  ];
  for (const { run } of cases) await run();
  const measured: (Round & { serverCpuSeconds: number })[][] = [];
  for (let i = 0; i < rounds; i++) {
    const row = [];
    for (const { run } of cases) {
      const before = cpuSecondsOf(server.pid);
      row.push({ ...await run(), serverCpuSeconds: cpuSecondsOf(server.pid) - before });
    }
    measured.push(row);
  }
  printTable(['median of the rounds', '/s', 'of in-process', 'p50 ms', 'p99 ms', 'ms CPU each: server', 'load', 'outcomes'], cases.map(({ name }, i) => {
    const of = (value: (round: (typeof measured)[0][0], first: Round) => number) => median(measured.map((row) => value(row[i]!, row[0]!)));
    return [
      name, of((round) => round.perSecond).toFixed(0), of((round, first) => round.perSecond / first.perSecond).toFixed(2), of((round) => round.p50Ms).toFixed(3),
      of((round) => round.p99Ms).toFixed(3), of((round) => (round.serverCpuSeconds * 1_000) / count).toFixed(3), of((round) => (round.cpuSeconds * 1_000) / count).toFixed(3),
      Object.entries(measured[0]![i]!.outcomes).map(([outcome, n]) => `${n} × ${outcome}`).join(', '),
    ];
  }));
  console.log(`load of the machine at the end: ${loadavg()[0]!.toFixed(1)}`);
  await load.stop();
  await server.stop();
  keeper.stop();
  await runtime.stop();
  await close();
}

const generated = generate(Number(given.connectors), now, 42);
await withOwnDatabase(given.database, async (databaseUrl) => {
  const { key, networkId } = await makeSearchNetwork(databaseUrl, generated);
  await compare(databaseUrl, key, networkId);
});
