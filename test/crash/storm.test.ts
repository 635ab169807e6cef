/** A server is killed without a warning during a storm of bookings, again and again, while a reader follows its events. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded, type Database } from '../../src/platform/database/index.ts';
import type { Api, Json } from '../support/api.ts';
import { openTestPostgres, testDatabases } from '../support/databases.ts';
import { bookUntilStopped, crashingServer, postUntilAnswered, type BookingPlan, type CrashingServer, type Memory } from '../support/crashing-server.ts';
import { readEventStream, type EventReader } from '../support/event-reader.ts';
import { brokenEvents, judgeVersion, nameOf } from '../support/events-oracle.ts';
import { brokenPromises } from '../support/promises-oracle.ts';
import { randomFrom, report, seedOf, type Random } from '../support/random.ts';
import { DEMO_KEY, runCommandProcess, temporaryFolder } from '../support/server-process.ts';

const CLIENTS = 6;
/** On the embedded database; on PostgreSQL, where the database itself is not killed, a quarter of them unless all are asked for. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 20);
const roundsOn = (kind: string): number => (kind === 'postgres' && process.env.CRASH_ROUNDS === undefined ? Math.ceil(ROUNDS / 4) : ROUNDS);
/** What a storm may answer besides success. */
const REFUSALS = new Set(['slot_unavailable', 'invalid_state', 'duration_not_allowed']);

interface Ground {
  settings: Record<string, string>;
  /** the tables, once no server runs any more */
  tables(): Promise<Database>;
  clear(): Promise<void>;
}

async function groundOf(kind: 'embedded' | 'postgres'): Promise<Ground> {
  const folder = temporaryFolder();
  if (kind === 'embedded') {
    let database: Database | undefined;
    return {
      settings: { PLUGTIME_DATA: folder.path },
      tables: async () => (database = await openEmbedded(join(folder.path, 'database'))),
      clear: async () => {
        await database?.close();
        folder.remove();
      },
    };
  }
  const db = await openTestPostgres();
  return {
    settings: { PLUGTIME_DATA: folder.path, DATABASE_URL: db.url! }, tables: async () => db.database,
    clear: async () => {
      await db.close();
      folder.remove();
    },
  };
}

describe.each(testDatabases())('a server that is killed during a storm of bookings ($kind)', ({ kind }) => {
  const random = randomFrom(seedOf(`killed during a storm (${kind})`));
  let ground: Ground;
  let server: CrashingServer;
  let reader: EventReader;
  let memories: Memory[];

  beforeAll(async () => {
    await runCommandProcess(['openapi'], {}); // ends by itself, and so leaves its compiled code for those that don't
    ground = await groundOf(kind);
    server = crashingServer(ground.settings);
    reader = readEventStream(async () => (await server.current()).url, DEMO_KEY);
    const { demo } = await server.start();
    const plan = await planOf(demo);
    const started = performance.now();
    memories = await stormThrough(server, plan, roundsOn(kind), random);
    tell(kind, server, memories, performance.now() - started);
  }, 600_000);
  afterAll(async () => {
    await server.stop();
    await reader.stop();
    await ground.clear();
  });

  const calls = () => memories.flatMap((memory) => memory.calls);
  const acknowledged = () => memories.flatMap((memory) => [...memory.reservations.values()]);

  it('was in the middle of it', () => {
    expect(server.starts).toHaveLength(roundsOn(kind) + 1);
    expect(calls().filter(({ lost }) => lost > 0).length).toBeGreaterThan(roundsOn(kind));
    expect(acknowledged().length).toBeGreaterThan(roundsOn(kind));
    expect(calls().filter(({ answer }) => answer.status >= 300 && !(answer.status < 500 && REFUSALS.has(answer.body.code))).map(({ answer }) => answer.body)).toEqual([]);
  });

  it('has every acknowledged booking as it was acknowledged, and no other', async () => {
    const { demo } = await server.current();
    const known: Json[] = [];
    for (let url: string | null = '/v1/reservations?limit=100'; url !== null;) {
      const page: Json = (await demo.get(url)).body;
      known.push(...page.data);
      url = page.next_page_url;
    }
    const essence = (list: Json[]) => list.map(({ id, version, status, evse, reserved_start, reserved_end, hold_expires_at }) => ({
      id, version, status, evse, reserved_start, reserved_end, hold_expires_at,
    })).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(essence(known)).toEqual(essence(acknowledged()));
  });

  it('answers every call that was made with the same Idempotency-Key as it did before', async () => {
    for (const { path, body, key, answer } of calls()) {
      const again = await postUntilAnswered(server, path, body, key);
      expect([again.answer.status, again.answer.body]).toEqual([answer.status, answer.body]);
      expect(again.answer.headers.get('idempotency-replayed')).toBe('true');
    }
  });

  it('told its reader every event once, in order, and each object version by version', async () => {
    const { demo } = await server.current();
    const stored: Json[] = [];
    for (let url: string | null = '/v1/events?since=0&limit=100'; url !== null;) {
      const page: Json = (await demo.get(url)).body;
      stored.push(...page.data);
      url = page.next_page_url;
    }
    await reader.reached(stored.at(-1).position, 10_000);
    expect(reader.connections()).toBeGreaterThan(roundsOn(kind) / 2); // some servers live too short for it
    expect(reader.events.map(({ position }) => position)).toEqual(stored.map(({ position }) => position));
    expect(reader.events).toEqual(stored);
    expect(reader.faults).toEqual([]);
    const versions = new Map<string, number>();
    for (const { data: { object: { object } }, object_id: objectId, object_version: objectVersion } of reader.events) {
      const row = { object, objectId, objectVersion };
      expect(judgeVersion(row, versions.get(nameOf(row)))).toEqual([]);
      versions.set(nameOf(row), objectVersion);
    }
    for (const { id, version } of acknowledged()) expect([id, versions.get(`reservation ${id}`)]).toEqual([id, version]);
  });

  it('left no promise broken and no event without its place', async () => {
    await reader.stop();
    expect(await server.stop()).toBe(0);
    const tables = await ground.tables();
    expect(await brokenPromises(tables)).toEqual([]);
    expect(await brokenEvents(tables)).toEqual([]);
  });
});

/** Clients book while the server is killed at random moments; now and then also before it serves again. */
async function stormThrough(server: CrashingServer, plan: BookingPlan, rounds: number, random: Random): Promise<Memory[]> {
  let stopped = false;
  const clients = Array.from({ length: CLIENTS }, (_, i) => bookUntilStopped(server, plan, `client-${i}`, random.fork(), () => stopped));
  for (let round = 1; round <= rounds; round++) {
    await someWork(server, random);
    await server.crash();
    if (round % 7 === 3) await server.crashWhileStarting(200 + random.below(2_000));
    await server.start();
  }
  stopped = true;
  return Promise.all(clients);
}

/** Mostly until some calls were answered, now and then no longer than a moment. */
async function someWork(server: CrashingServer, random: Random): Promise<void> {
  const isBrief = random.percent(20);
  const until = performance.now() + (isBrief ? random.below(200) : 3_000);
  const enough = server.answered + 10 + random.below(20);
  while (performance.now() < until && server.answered < enough) await new Promise((resolve) => setTimeout(resolve, 1 + random.below(5)));
}

/** Many slots at a few EVSEs, on days to come: enough for most wishes, and few enough that they meet. */
async function planOf(demo: Api): Promise<BookingPlan> {
  const locations: Json[] = (await demo.get('/v1/locations?limit=100')).body.data;
  const { charging_stations: stations } = locations.find(({ ref }) => ref === 'HAK-BID-01');
  const evses: Json[] = stations.flatMap((station: Json) => station.evses);
  const from = Temporal.Now.zonedDateTimeISO('Asia/Kolkata').add({ days: 1 }).startOfDay().epochMilliseconds;
  return { evses: evses.filter(({ bookable }) => bookable).map(({ id }) => id), from, slots: 4 * 24 * 2 };
}

function tell(kind: string, { starts }: CrashingServer, memories: Memory[], ms: number): void {
  const calls = memories.flatMap((memory) => memory.calls);
  const sorted = [...starts].sort((a, b) => a - b);
  const lost = calls.filter((call) => call.lost > 0).length;
  const booked = memories.reduce((sum, { reservations }) => sum + reservations.size, 0);
  report(`${starts.length - 1} crashes (${kind}) in ${Math.round(ms / 1000)} s: ${calls.length} calls, ${lost} of them interrupted, ${booked} reservations;`
    + ` start-up ${sorted[Math.floor(sorted.length / 2)]} ms (median), ${sorted.at(-1)} ms (most)`);
}
