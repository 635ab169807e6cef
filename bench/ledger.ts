/**
 * The ledger: `node bench/ledger.ts --database <url of a PostgreSQL server>`. Eight client processes make random transfers (posted at once,
 * pending, captured in part, voided) between 200 wallets and the accounts that all share. In alternating rounds, the limit: as many
 * connections insert the very rows that these have made into tables of the same form, with the same indexes, without triggers. Every other
 * round clients are killed amid it and go on in another process, under the same idempotency keys. At the end a judge goes over
 * everything, and the command fails when something is wrong. The ratio is what counts.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { newCrew, runShift, type Crew, type Shift } from '../test/ledger/crew.ts';
import { judge } from '../test/ledger/judge.ts';
import { makeStage, openHand } from '../test/ledger/stage.ts';
import { migrate, openPostgres } from '../src/platform/database/index.ts';
import { randomFrom } from '../test/support/random.ts';
import { backendsOf, cpuSecondsOf } from './http/cpu.ts';
import { onServer, withOwnDatabase } from './http/database.ts';
import { median, printTable } from './http/print.ts';
import { startWorker, type Round, type Worker } from './http/worker.ts';
import { LEG_COLUMNS, TRANSFER_COLUMNS, type BareJob, type BareRow } from './ledger/bare-rows.ts';

const { values: given } = parseArgs({
  options: {
    database: { type: 'string' }, transfers: { type: 'string', default: '100000' }, clients: { type: 'string', default: '8' }, rounds: { type: 'string', default: '5' },
    kills: { type: 'string', default: '20' }, wallets: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' },
  },
});
if (given.database === undefined) {
  console.error('usage: node bench/ledger.ts --database <url> [--transfers 100000] [--clients 8] [--rounds 5] [--kills 20] [--wallets 100, in each currency] [--seed 1]');
  process.exit(2);
}
const [transfers, clients, rounds, kills, seed] = [given.transfers, given.clients, given.rounds, given.kills, given.seed].map(Number) as [number, number, number, number, number];
const each = Math.ceil(transfers / clients / rounds / 2);

interface Measured {
  perSecond: number;
  databaseCpuMs: number;
  clientCpuMs: number;
}

async function makeTables(url: string): Promise<void> {
  const raise = (error: Error): never => {
    throw error;
  };
  const database = await openPostgres({ url, maxConnections: 1, prepare: false, onError: raise });
  await migrate(database);
  await database.script('CREATE TABLE bare_transfers (LIKE ledger_transfers INCLUDING ALL); CREATE TABLE bare_legs (LIKE ledger_legs INCLUDING ALL)');
  await database.close();
}

/** How many seconds of the server's processor the connections of this database have had between two calls. */
function databaseCpu(databaseUrl: string): { look(): Promise<void>; seconds(): number } {
  let backends: number[] | undefined;
  let before = 0;
  let after = 0;
  const sum = (pids: readonly number[]): number => pids.reduce((total, pid) => total + cpuSecondsOf(pid), 0);
  return {
    look: async () => {
      const isFirst = backends === undefined;
      backends ??= await backendsOf(databaseUrl);
      if (isFirst) before = sum(backends);
      else after = sum(backends);
    },
    seconds: () => after - before,
  };
}

/** The rows of transfers that have come since the last time. */
async function newRows(databaseUrl: string, taken: Set<string>): Promise<BareRow[]> {
  return onServer(databaseUrl, async (client) => {
    const texts = (columns: readonly string[]): string => columns.map((column) => `${column}::text`).join(', ');
    const found = (await client.query<(string | null)[]>({ text: `SELECT ${texts(TRANSFER_COLUMNS)} FROM ledger_transfers`, rowMode: 'array' })).rows;
    const legs = new Map<string, (string | null)[][]>();
    for (const leg of (await client.query<(string | null)[]>({ text: `SELECT ${texts(LEG_COLUMNS)} FROM ledger_legs ORDER BY transfer_id, leg`, rowMode: 'array' })).rows) {
      legs.set(leg[0]!, [...(legs.get(leg[0]!) ?? []), leg]);
    }
    const fresh = found.filter(([id]) => !taken.has(id!));
    for (const [id] of fresh) taken.add(id!);
    return fresh.map((transfer) => ({ transfer, legs: legs.get(transfer[0]!)! }));
  });
}

async function insertBare(databaseUrl: string, worker: Worker<BareJob>, rows: BareRow[]): Promise<Round & { databaseCpuSeconds: number }> {
  const cpu = databaseCpu(databaseUrl);
  await cpu.look();
  const round = await worker.run({ databaseUrl, rows, clients });
  await cpu.look();
  return { ...round, databaseCpuSeconds: cpu.seconds() };
}

/** A round of transfers without kills, and the same rows bare. */
async function compare(databaseUrl: string, crew: Crew, worker: Worker<BareJob>, taken: Set<string>): Promise<{ ledger: Measured; bare: Measured }> {
  const cpu = databaseCpu(databaseUrl);
  const shift = await runShift(crew, each, { random: randomFrom(seed), around: () => cpu.look() });
  const rows = await newRows(databaseUrl, taken);
  const round = await insertBare(databaseUrl, worker, rows);
  const measured = (perSecond: number, databaseSeconds: number, clientSeconds: number): Measured => (
    { perSecond, databaseCpuMs: (databaseSeconds * 1_000) / rows.length, clientCpuMs: (clientSeconds * 1_000) / rows.length });
  return { ledger: measured(rows.length / shift.seconds, cpu.seconds(), shift.cpuSeconds), bare: measured(round.perSecond, round.databaseCpuSeconds, round.cpuSeconds) };
}

function print(measured: readonly { ledger: Measured; bare: Measured }[]): void {
  printTable(['median of the rounds', '/s', 'of bare', 'ms CPU each: PostgreSQL', 'client'], (['bare', 'ledger'] as const).map((name) => {
    const of = (value: (one: Measured, bare: Measured) => number, digits: number) => median(measured.map((round) => value(round[name], round.bare))).toFixed(digits);
    const label = { bare: 'the same rows, bare', ledger: 'transfers' }[name];
    return [label, of((one) => one.perSecond, 0), of((one, bare) => one.perSecond / bare.perSecond, 2), of((one) => one.databaseCpuMs, 2), of((one) => one.clientCpuMs, 2)];
  }));
}

await withOwnDatabase(given.database, async (databaseUrl) => {
  await makeTables(databaseUrl);
  const hand = await openHand(databaseUrl, 4);
  const stage = await makeStage(hand, Number(given.wallets));
  const crew = newCrew({ url: databaseUrl, stage, seed, clients });
  const worker = startWorker<BareJob>('../ledger/bare-rows.ts');
  const [measured, killed, loads]: [{ ledger: Measured; bare: Measured }[], Shift[], number[]] = [[], [], []];
  const taken = new Set<string>();
  await worker.run({ databaseUrl, rows: [], clients }); // it connects
  for (let i = 0; i < rounds; i++) {
    measured.push(await compare(databaseUrl, crew, worker, taken));
    killed.push(await runShift(crew, each, { kills: Math.ceil(kills / rounds), random: randomFrom(seed + i) }));
    await newRows(databaseUrl, taken);
    loads.push(loadavg()[0]!);
  }
  const outcomes = crew.known.flatMap((known) => [...known.values()]);
  const made = outcomes.filter(({ id }) => id !== undefined).length;
  const struck = killed.reduce((sum, one) => sum + one.kills, 0);
  console.log(`${outcomes.length} transfers tried by ${clients} processes, with ${struck} kills; ${made} made, the others refused\n`);
  print(measured);
  console.log(`load of the machine in the rounds: ${loads.map((value) => value.toFixed(1)).join(', ')}`);
  const wrong = await judge(hand.database, crew);
  console.log(wrong.length === 0 ? 'sums to zero, no wallet ever below nothing, nothing doubled, nothing acknowledged lost' : `WRONG:\n${wrong.slice(0, 20).join('\n')}`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
  await worker.stop();
  await hand.close();
});
