/**
 * Beckn: `node bench/beckn.ts --database <url of a PostgreSQL server>`. An app sends signed requests to `plugtime serve` and takes the signed callbacks, with many
 * conversations under way: select → on_select and search → on_search, of Beckn 1.1 (A) and of the 2.0 draft (B), on a network of 100,000 connectors. In alternating
 * rounds, the limit: the same bodies are verified and signed one after another, and nothing else. Server, app and limit are processes of their own. The ratio is
 * what counts.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newKeyPair } from '../src/protocols/beckn/signing/index.ts';
import { freePort } from '../test/support/free-port.ts';
import type { AppJob, Pair } from './beckn/app.ts';
import { messagesFor, QUESTIONS, type Asked, type Question } from './beckn/messages.ts';
import { makeBecknNetwork } from './beckn/network.ts';
import type { RawJob } from './beckn/raw.ts';
import { backendsOf, cpuSecondsOf } from './http/cpu.ts';
import { withOwnDatabase } from './http/database.ts';
import { median, printTable } from './http/print.ts';
import { startServer } from './http/server.ts';
import { startWire } from './http/wire.ts';
import { startWorker, type Round, type Worker } from './http/worker.ts';
import { generate } from './search/generate.ts';

const { values: given } = parseArgs({
  options: {
    database: { type: 'string' }, clients: { type: 'string', default: '32' }, rounds: { type: 'string', default: '5' }, count: { type: 'string', default: '2000' },
    connectors: { type: 'string', default: '100000' }, only: { type: 'string' }, statements: { type: 'boolean', default: false },
  },
});
const only = QUESTIONS.filter((question) => given.only === undefined || given.only.split(',').includes(question));
if (given.database === undefined || only.length === 0) {
  console.error('usage: node bench/beckn.ts --database <url of a PostgreSQL server> [--clients 32] [--rounds 5] [--count 2000] [--connectors 100000] [--statements]');
  console.error(`  [--only "${QUESTIONS.join(',')}"]`);
  process.exit(2);
}
const [clients, rounds, count] = [Number(given.clients), Number(given.rounds), Number(given.count)];
const folder = mkdtempSync(join(tmpdir(), 'plugtime-bench-beckn-'));
const [app, provider] = [{ subscriberId: 'app.bench', keyId: 'k1', ...newKeyPair('ed25519') }, { subscriberId: 'provider.bench', keyId: 'k1', ...newKeyPair('ed25519') }];
const port = await freePort();

/** The registry is a file that knows both. */
function settings(): Record<string, string> {
  const file = join(folder, 'registry.json');
  const entryOf = (party: typeof app, type: string) => ({
    subscriber_id: party.subscriberId, key_id: party.keyId, signing_public_key: party.publicKey, type, url: `http://127.0.0.1:${port}`, status: 'SUBSCRIBED',
  });
  writeFileSync(file, JSON.stringify([entryOf(app, 'BAP'), entryOf(provider, 'BPP')]));
  return {
    PLUGTIME_BECKN_SUBSCRIBER_ID: provider.subscriberId, PLUGTIME_BECKN_KEY_ID: provider.keyId, PLUGTIME_BECKN_SIGNING_KEY: provider.privateKey,
    PLUGTIME_BECKN_REGISTRY_FILE: file, PLUGTIME_OUTBOUND_ALLOW_PRIVATE: 'true',
  };
}

const pairsOf = (question: Question): string => join(folder, `${question}.json`);

function jobFor(url: string, question: Question, messages: string[], more: Partial<AppJob> = {}): AppJob {
  const [generation, action] = question.split(' ') as ['A' | 'B', string];
  return { url, port, app, provider, generation, action, messages, clients, ...more };
}

type Measured = Round & { serverCpuSeconds: number; databaseCpuSeconds: number; raw: Round };

/** A round of each question in turn, with its limit beside it, after one that does not count. */
async function compare(databaseUrl: string, asked: Asked): Promise<void> {
  const server = await startServer(databaseUrl, settings());
  const [load, raw] = [startWorker<AppJob>('../beckn/app.ts'), startWorker<RawJob>('../beckn/raw.ts')];
  for (const question of only) await load.run(jobFor(server.url, question, messagesFor(question, asked, Math.min(count, 500)), { keep: pairsOf(question) }));
  const measured: Measured[][] = [];
  for (let i = 0; i < rounds; i++) {
    const row: Measured[] = [];
    for (const question of only) row.push(await oneRound(databaseUrl, server, { load, raw }, question, messagesFor(question, asked, count)));
    measured.push(row);
  }
  await pause(QUIET_MS);
  print(measured);
  for (const worker of [load, raw]) await worker.stop();
  await server.stop();
}

const QUIET_MS = 200;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function oneRound(
  databaseUrl: string, server: { url: string; pid: number }, { load, raw }: { load: Worker<AppJob>; raw: Worker<RawJob> }, question: Question, messages: string[],
): Promise<Measured> {
  const limit = await raw.run({ file: pairsOf(question), count: RAW_COUNT, app, provider });
  const backends = await backendsOf(databaseUrl);
  const databaseCpu = (): number => backends.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const before = [cpuSecondsOf(server.pid), databaseCpu()] as const;
  const round = await load.run(jobFor(server.url, question, messages));
  await pause(QUIET_MS); // what is written after the last callback belongs to it
  return { ...round, raw: limit, serverCpuSeconds: cpuSecondsOf(server.pid) - before[0], databaseCpuSeconds: databaseCpu() - before[1] };
}

const RAW_COUNT = 5_000;

function print(measured: readonly Measured[][]): void {
  const heads = [
    'median of the rounds', '/s', 'p50 ms', 'p99 ms', 'bytes: request', 'callback', 'µs CPU each: limit', 'Node', 'of limit', 'PostgreSQL', 'both of limit', 'load', 'outcomes',
  ];
  printTable(heads, only.map((question, i) => {
    const of = (value: (round: Measured) => number) => median(measured.map((row) => value(row[i]!)));
    const each = (seconds: number): number => (seconds * 1e6) / count;
    const limitOf = ({ raw }: Measured): number => (raw.cpuSeconds * 1e6) / RAW_COUNT;
    const pairs = JSON.parse(readFileSync(pairsOf(question), 'utf8')) as Pair[];
    const bytes = (which: keyof Pair): string => median(pairs.map((pair) => Buffer.byteLength(pair[which]))).toFixed(0);
    return [
      question, of(({ perSecond }) => perSecond).toFixed(0), of(({ p50Ms }) => p50Ms).toFixed(1), of(({ p99Ms }) => p99Ms).toFixed(1), bytes('request'), bytes('callback'),
      of(limitOf).toFixed(0), of(({ serverCpuSeconds }) => each(serverCpuSeconds)).toFixed(0), of((round) => each(round.serverCpuSeconds) / limitOf(round)).toFixed(1),
      of(({ databaseCpuSeconds }) => each(databaseCpuSeconds)).toFixed(0),
      of((round) => each(round.serverCpuSeconds + round.databaseCpuSeconds) / limitOf(round)).toFixed(1), of(({ cpuSeconds }) => each(cpuSeconds)).toFixed(0),
      Object.entries(measured.at(-1)![i]!.outcomes).map(([outcome, n]) => `${n} × ${outcome}`).join(', '),
    ];
  }));
}

/** The same again with a relay between server and database, which counts; it slows everything down, so nothing else is read from it. */
async function look(databaseUrl: string, asked: Asked): Promise<void> {
  const wire = await startWire(databaseUrl);
  const server = await startServer(wire.url, settings());
  const load = startWorker<AppJob>('../beckn/app.ts');
  for (const question of only) {
    await load.run(jobFor(server.url, question, messagesFor(question, asked, 500)));
    for (const by of [1, clients]) {
      await pause(QUIET_MS);
      wire.reset();
      const length = by === 1 ? 100 : 500;
      await load.run(jobFor(server.url, question, messagesFor(question, asked, length), { clients: by }));
      await pause(QUIET_MS);
      const { roundTrips, statements } = wire.seen();
      const each = (value: number): string => (value / length).toFixed(2);
      const rows = [...statements].sort(([, a], [, b]) => b.count - a.count);
      const sum = rows.reduce((all, [, seen]) => all + seen.count, 0);
      console.log(`\n${question}, ${by} at a time: ${each(sum)} statements and ${each(roundTrips)} round trips to the database each`);
      printTable(['each', 'statement'], rows.filter(([, seen]) => seen.count >= length / 50)
        .map(([text, seen]) => [each(seen.count), text.replaceAll(/\s+/g, ' ').trim().slice(0, 110)]));
    }
  }
  await load.stop();
  await server.stop();
  wire.stop();
}

const now = Math.floor(performance.timeOrigin / 3_600_000) * 3_600_000;
const generated = generate(Number(given.connectors), now, 42);
try {
  await withOwnDatabase(given.database, async (databaseUrl) => {
    const startedAt = performance.now();
    const connectorIds = await makeBecknNetwork(databaseUrl, generated);
    console.log(`${generated.connectors.toLocaleString('en')} connectors at ${generated.locations.toLocaleString('en')} locations (made in ${
      Math.round((performance.now() - startedAt) / 1_000)} s); ${clients} conversations at a time\n`);
    const asked = { connectorIds, generated, now };
    await compare(databaseUrl, asked);
    if (given.statements) await look(databaseUrl, asked);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`load of the machine at the end: ${loadavg()[0]!.toFixed(1)}`);
