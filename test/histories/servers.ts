/** The processes of a history: two on a PostgreSQL server, one on the embedded database. Each can be killed and comes back. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { ensureNetwork } from '../../src/app/networks.ts';
import { startRuntime } from '../../src/app/runtime.ts';
import { sweepAll } from '../../src/domain/deadlines/index.ts';
import { createOrganisation, inContext, issueKey, type Runtime } from '../../src/domain/organisations/index.ts';
import { readConfig } from '../../src/platform/config/index.ts';
import { openEmbedded, sql, type Database } from '../../src/platform/database/index.ts';
import { openTestPostgres } from '../support/databases.ts';
import { deadlocksOnceGone, PROBED } from '../support/deadlocks.ts';
import { TEMPLATE } from '../support/embedded-template.ts';
import { startServerProcess, temporaryFolder, type ServerProcess } from '../support/server-process.ts';
import type { Network } from './network.ts';

export type Kind = 'embedded' | 'postgres';

export interface Servers {
  kind: Kind;
  count: number;
  /** the one with that number where it runs, else another one; waits while none does */
  up(number: number): Promise<ServerProcess>;
  /** SIGKILL */
  kill(number: number): Promise<void>;
  /** starts the one that was killed, beside what else goes on */
  revive(number: number): void;
  /** resolves when all run */
  allUp(): Promise<void>;
  /** reads the tables; the embedded database can only be read while no process has it, so its process is killed for that */
  look<T>(read: (database: Database) => Promise<T>): Promise<T>;
  /** stops all; what they logged as failures, and the deadlocks that the database counted */
  stop(): Promise<{ failures: string[]; deadlocks: number }>;
  /** works on the tables once all are stopped */
  afterwards<T>(work: (database: Database) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Ground {
  settings: Record<string, string>;
  open(): Promise<{ database: Database; close(): Promise<void> }>;
  deadlocks(): Promise<number>;
  clear(): Promise<void>;
}

const PROCESSES = { embedded: 1, postgres: 2 };

export async function startServers(kind: Kind): Promise<{ servers: Servers; parties: Pick<Network, 'id' | 'operators' | 'providers'> }> {
  const ground = kind === 'embedded' ? embeddedGround() : await postgresGround();
  const parties = await withDatabase(ground, makeParties);
  const settings = { ...ground.settings, PLUGTIME_SWEEP_INTERVAL_MS: '250', DATABASE_MAX_CONNECTIONS: '5' };
  const start = () => startServerProcess(settings, ['serve']);
  const running = Array.from({ length: PROCESSES[kind] }, start);
  const all = await Promise.all(running);
  const ready = new Set(all.keys());
  const servers: Servers = {
    kind, count: running.length,
    up: async (number) => {
      const wanted = ready.has(number % running.length) ? number % running.length : [...ready][0];
      return wanted === undefined ? Promise.race(running) : running[wanted]!;
    },
    kill: async (number) => {
      ready.delete(number);
      await (await running[number]!).kill();
    },
    revive: (number) => {
      running[number] = start().then((server) => {
        all.push(server);
        ready.add(number);
        return server;
      });
    },
    allUp: async () => void (await Promise.all(running)),
    look: async (read) => {
      if (kind === 'postgres') return withDatabase(ground, read);
      await servers.kill(0);
      const seen = await withDatabase(ground, read);
      servers.revive(0);
      return seen;
    },
    stop: async () => {
      const last = await Promise.all(running);
      await Promise.all(last.map((server) => server.stop()));
      return { failures: all.flatMap((server) => server.failures()), deadlocks: await ground.deadlocks() };
    },
    afterwards: (work) => withDatabase(ground, work),
    close: async () => {
      const left = await Promise.allSettled(running);
      await Promise.all(left.map(async (one) => (one.status === 'fulfilled' ? one.value.kill() : undefined)));
      await ground.clear();
    },
  };
  return { servers, parties };
}

async function withDatabase<T>(ground: Ground, work: (database: Database) => Promise<T>): Promise<T> {
  const { database, close } = await ground.open();
  try {
    return await work(database);
  } finally {
    await close();
  }
}

function embeddedGround(): Ground {
  const folder = temporaryFolder();
  const path = join(folder.path, 'database');
  cpSync(join(inject('embeddedFolder'), TEMPLATE), path, { recursive: true });
  return {
    settings: { PLUGTIME_DATA: folder.path },
    open: async () => {
      const database = await openEmbedded(path);
      return { database, close: () => database.close() };
    },
    deadlocks: () => Promise.resolve(0), // one connection has nobody to wait for
    clear: async () => folder.remove(),
  };
}

async function postgresGround(): Promise<Ground> {
  const folder = temporaryFolder();
  const db = await openTestPostgres();
  const url = new URL(db.url!);
  url.searchParams.set('application_name', PROBED);
  return {
    settings: { PLUGTIME_DATA: folder.path, DATABASE_URL: url.href },
    open: async () => ({ database: db.database, close: () => Promise.resolve() }),
    deadlocks: () => deadlocksOnceGone(db.url!),
    clear: async () => {
      folder.remove();
      await db.close();
    },
  };
}

/** The program without a server, on a database that no process has. */
async function withRuntime<T>(database: Database, work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const onError = (error: Error): never => {
    throw error;
  };
  const runtime = await startRuntime(database, readConfig({}), { onError, onWarning: () => undefined });
  try {
    return await work(runtime);
  } finally {
    await runtime.stop();
  }
}

/** Does what is still due, and lets the time pass for which a killed process keeps others from assigning. */
export async function settle(database: Database): Promise<void> {
  await database.query(sql`UPDATE assignment_leases SET expires_at = clock_timestamp()`);
  await withRuntime(database, async (runtime) => {
    while ((await sweepAll(runtime)) > 0);
    await runtime.events.settled();
  });
}

/** Two operators and two providers, each with a key, in a sandbox. */
function makeParties(database: Database): Promise<Pick<Network, 'id' | 'operators' | 'providers'>> {
  return withRuntime(database, async (runtime) => {
    const { id } = await ensureNetwork(database, 'sandbox');
    const make = (slug: string, role: 'operator' | 'provider') => inContext(runtime, { networkId: id, actor: { kind: 'system' } }, async (ctx) => {
      const organisation = await createOrganisation(ctx, { slug, name: slug, roles: [role] });
      return { name: slug, key: (await issueKey(ctx, organisation.id, { name: 'test', kind: 'secret' })).secret, organisationId: organisation.id };
    });
    return {
      id, operators: [await make('operator-1', 'operator'), await make('operator-2', 'operator')],
      providers: [await make('provider-1', 'provider'), await make('provider-2', 'provider')],
    };
  });
}
