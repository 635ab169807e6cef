/** The program on one database, in as many processes as that database carries: four on PostgreSQL, one on the embedded one. */
import type { Database } from '../../src/platform/database/index.ts';
import type { Api } from './api.ts';
import { startTestApp } from './app.ts';
import { openTestEmbedded, openTestPostgres } from './databases.ts';
import { deadlocksOnceGone, PROBED } from './deadlocks.ts';
import { startServerProcesses, temporaryFolder } from './server-process.ts';

export interface Fleet {
  /** the demo organisation (operator and provider), at each process in turn */
  demo: Api[];
  /** for questions of the test to the database itself */
  database: Database;
  /** stops the processes and returns what went wrong meanwhile: failures that were logged, deadlocks that the database counted */
  stop(): Promise<{ failures: string[]; deadlocks: number }>;
  /** drops the database */
  close(): Promise<void>;
}

const PROCESSES = 4;
/** Of each process, besides those of its jobs: two such fleets at a time must not exhaust a server's hundred. */
const CONNECTIONS = '4';

export async function startFleet(kind: 'embedded' | 'postgres', settings: Record<string, string> = {}): Promise<Fleet> {
  return kind === 'embedded' ? startOne(settings) : startSeveral(settings);
}

async function startOne(settings: Record<string, string>): Promise<Fleet> {
  const db = await openTestEmbedded();
  const app = await startTestApp(db, settings);
  return {
    demo: [await app.as('demo')], database: db.database,
    stop: async () => {
      await app.stop();
      return { failures: [], deadlocks: 0 }; // one connection has nobody to wait for
    },
    close: () => db.close(),
  };
}

async function startSeveral(settings: Record<string, string>): Promise<Fleet> {
  const db = await openTestPostgres();
  const folder = temporaryFolder();
  const url = new URL(db.url!);
  url.searchParams.set('application_name', PROBED);
  const servers = await startServerProcesses(PROCESSES, { DATABASE_URL: url.href, DATABASE_MAX_CONNECTIONS: CONNECTIONS, PLUGTIME_DATA: folder.path, ...settings });
  return {
    demo: servers.map((server) => server.demo), database: db.database,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      return { failures: servers.flatMap((server) => server.failures()), deadlocks: await deadlocksOnceGone(db.url!) };
    },
    close: async () => {
      folder.remove();
      await db.close();
    },
  };
}
