/**
 * Random histories of a simulated week: drivers, operators, cars and faults at a few places, in processes that are killed amid it. What
 * the processes acknowledged is held against what the tables, the events and a reader of the stream tell. Five run, always the same
 * ones; `HISTORIES` says how many others, `TEST_SEED` which one is the first.
 */
import { describe, it } from 'vitest';
import { apiOf } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { readEventStream, type EventReader } from '../support/event-reader.ts';
import { report } from '../support/random.ts';
import { must } from '../support/world.ts';
import { isDone, outcomeOf } from './calls.ts';
import { readFacts, type Facts } from './facts.ts';
import { runHistory, type History } from './history.ts';
import { judgeReader } from './judge-reader.ts';
import { judgeRest } from './judge-rest.ts';
import type { Caller } from './network.ts';
import { judge, judgeOrder } from './oracle.ts';
import type { Finding } from './replay.ts';
import { settle, startServers, type Kind, type Servers } from './servers.ts';
import { tell } from './tail.ts';

const { HISTORIES, TEST_SEED } = process.env;
const COUNT = Number(HISTORIES ?? (TEST_SEED === undefined ? 5 : 1));
const VISITS = 70;
const KILLS = { embedded: 1, postgres: 3 };
const KINDS = testDatabases().map(({ kind }) => kind);
/** A history runs on one database; which one is part of its seed. */
const kindOf = (seed: number): Kind => KINDS[seed % KINDS.length]!;
const FIRST_SEED = Number(TEST_SEED ?? (HISTORIES === undefined ? 1 : Math.floor(Math.random() * 2 ** 30)));
const SEEDS = Array.from({ length: COUNT }, (_, i) => FIRST_SEED + i);
if (HISTORIES !== undefined) report(`${COUNT} histories, the first with TEST_SEED=${FIRST_SEED}`);

describe('a week of a network', () => {
  it.each(SEEDS.map((seed) => [seed, kindOf(seed)] as const))('whose seed is %i, on %s: what was promised was kept, and all of it is told', async (seed, kind) => {
    const started = performance.now();
    const { servers, parties } = await startServers(kind);
    const readers: Reading[] = [];
    try {
      const history = await runHistory(servers, parties, {
        seed, visits: VISITS, kills: KILLS[kind],
        onNetwork: ({ operators: [operator], providers: [provider] }) => {
          for (const [i, caller] of [operator, provider].entries()) readers.push({ caller, reader: readEventStream(async () => (await servers.up(i)).url, caller.key) });
        },
        checkpoint: async (soFar) => expectNothing(seed, soFar, await servers.look(async (database) => {
          const facts = await readFacts(database, soFar.network.id);
          return { facts, findings: judge(facts, soFar) };
        })),
      });
      await catchUp(servers, readers);
      expectNothing(seed, history, await judgeEnd(servers, history, readers));
      tellOutcomes(seed, kind, history, performance.now() - started);
    } finally {
      await Promise.all(readers.map(({ reader }) => reader.stop()));
      await servers.close();
    }
  }, 300_000);
});

interface Reading {
  caller: Caller;
  reader: EventReader;
}

/** Until each reader has all that there is for it to read. */
async function catchUp(servers: Servers, readers: readonly Reading[]): Promise<void> {
  for (const { caller, reader } of readers) {
    const { url } = await servers.up(0);
    const newest = must(await apiOf(url, caller.key).get('/v1/events?limit=1')).data;
    await reader.reached(newest[0].position, 30_000);
  }
}

async function judgeEnd(servers: Servers, history: History, readers: readonly Reading[]): Promise<{ facts: Facts; findings: Finding[] }> {
  const { failures, deadlocks } = await servers.stop();
  const facts = await servers.afterwards(async (database) => {
    await settle(database);
    return readFacts(database, history.network.id);
  });
  const seen = readers.flatMap(({ caller, reader }) => judgeReader(caller, reader, facts));
  const findings = [...judge(facts, history), ...judgeOrder(facts), ...judgeRest(facts, KILLS[servers.kind]), ...seen];
  const logged = failures.map((line) => ({ about: [], says: `a process logged a failure: ${line}` }));
  return { facts, findings: [...findings, ...logged, ...(deadlocks > 0 ? [{ about: [], says: `${deadlocks} deadlocks` }] : [])] };
}

function expectNothing(seed: number, { calls, surprises, visit }: History, { facts, findings }: { facts: Facts; findings: Finding[] }): void {
  if (findings.length + surprises.length === 0) return;
  const told = [...surprises.slice(0, 10), tell(findings, facts, calls)].join('\n');
  throw new Error(`TEST_SEED=${seed}: after visit ${visit}, step ${calls.length}, ${findings.length + surprises.length} things are wrong.\n${told}`);
}

function tellOutcomes(seed: number, kind: Kind, { calls }: History, ms: number): void {
  const outcomes = Object.entries(Object.groupBy(calls, outcomeOf)).map(([outcome, list]) => `${outcome} ${list!.length}`).sort();
  const lost = calls.filter((call) => call.lost > 0).length;
  const done = calls.filter(isDone).length;
  report(`a week (${kind}, TEST_SEED=${seed}) in ${Math.round(ms / 1000)} s: ${calls.length} calls, ${done} done, ${lost} interrupted; ${outcomes.join(', ')}`);
}
