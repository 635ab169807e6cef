import type { Runtime } from '../domain/organisations/index.ts';
import type { Config } from '../platform/config/index.ts';
import type { Database } from '../platform/database/index.ts';
import { startEventLog } from '../platform/events/index.ts';
import { openJobs } from '../platform/jobs/index.ts';
import { REST_JOB_KINDS } from '../protocols/rest/index.ts';

/** Every kind of job that this program knows. */
const JOB_KINDS: readonly string[] = [...REST_JOB_KINDS];

/** Events and jobs on an open database. */
export async function startRuntime(database: Database, config: Config, onError: (error: Error) => void): Promise<Runtime & { stop(): Promise<void> }> {
  const events = await startEventLog(database, onError);
  const jobs = await openJobs(database, { kinds: JOB_KINDS, postgresUrl: config.DATABASE_URL, onError });
  return {
    database, events, jobs,
    stop: async () => {
      await jobs.stop();
      await events.stop();
    },
  };
}
