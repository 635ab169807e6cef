/**
 * Durable jobs: what must happen outside a transaction is enqueued inside it and done afterwards, at least once.
 * Handlers are therefore idempotent. This is the port; pg-boss is behind it and nothing else knows it.
 */
import { PgBoss, type ConstructorOptions, type Job } from 'pg-boss';
import type { EpochMs } from '../clock/index.ts';
import type { Database, RawTransaction, Transaction } from '../database/index.ts';

type JobDatabase = NonNullable<ConstructorOptions['db']>;

export interface EnqueueOptions {
  /** Two unfinished jobs of a kind never have the same key: the second is dropped. */
  key: string;
  /** Not before this instant (real time). */
  runAt?: EpochMs;
}

export interface Jobs {
  /** Adds a job in the caller's transaction: it exists if and only if that commits. */
  enqueue(tx: Transaction, kind: string, payload: object, options: EnqueueOptions): Promise<void>;
  /** Starts working on a kind. A handler that throws is tried again by the queue's own schedule. */
  handle(kind: string, handler: (payload: object) => Promise<void>, options?: { concurrency?: number }): Promise<void>;
  stop(): Promise<void>;
}

export interface JobsOptions {
  /** Every kind there is: queues exist before the first transaction, since making one inside it would hang on the embedded database. */
  kinds: readonly string[];
  /** The server's URL; without it, jobs lie in the embedded database. */
  postgresUrl?: string;
  onError(error: Error): void;
}

/** A job of a process that was killed is tried again after so long; no handler may take longer. */
const LONGEST_JOB_SECONDS = 60;
/** Time that running handlers are given at a stop: longer than what they wait for outside. */
const STOP_TIMEOUT_MS = 20_000;
const NO_JOB = '00000000-0000-0000-0000-000000000000';

export async function openJobs(database: Database, options: JobsOptions): Promise<Jobs> {
  const embedded: JobDatabase = { executeSql: (text, values) => database.raw(text, values) };
  const boss = new PgBoss({
    ...(options.postgresUrl ? { connectionString: options.postgresUrl, max: 4, useListenNotify: true } : { db: embedded, backend: 'pglite' }),
    schema: 'jobs',
    schedule: false,
    application_name: 'plugtime-jobs',
  });
  boss.on('error', options.onError);
  await boss.start();
  for (const kind of options.kinds) {
    const notify = options.postgresUrl !== undefined;
    await boss.createQueue(kind, { policy: 'exclusive', retryLimit: 10, retryBackoff: true, retryDelay: 1, expireInSeconds: LONGEST_JOB_SECONDS, notify });
    await boss.findJobs(kind, { id: NO_JOB }); // fills the queue cache, which a send inside a transaction could not
  }
  return {
    enqueue: async (tx, kind, payload, { key, runAt }) => {
      const { raw } = tx as RawTransaction;
      const db: JobDatabase = { executeSql: raw };
      await boss.send(kind, payload, { db, singletonKey: key, ...(runAt === undefined ? {} : { startAfter: new Date(runAt) }) });
    },
    handle: async (kind, handler, { concurrency = 4 } = {}) => {
      const seconds = options.postgresUrl ? 2 : 0.5;
      const work = { batchSize: 1, pollingIntervalSeconds: seconds, notifyPollingIntervalSeconds: seconds };
      for (let i = 0; i < concurrency; i++) {
        const worker = await boss.work(kind, work, async (jobs: Job[]) => {
          for (const job of jobs) await handler(job.data);
          boss.notifyWorker(worker); // a worker that found a job looks for the next one at once, not at its next poll
        });
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS }),
  };
}
