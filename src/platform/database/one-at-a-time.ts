import type { Database } from './database.ts';
import { sql } from './sql.ts';

/**
 * Runs `work` in one process at a time: another process that comes with the same key waits until it is done, or its process
 * has died. For work of several transactions, like preparing a database at the start; it takes one more connection meanwhile.
 * The embedded database has one process anyway.
 */
export async function oneProcessAtATime<T>(database: Database, key: number, work: () => Promise<T>): Promise<T> {
  if (database.kind === 'embedded') return work();
  return database.transaction(async (tx) => {
    await tx.query(sql`SELECT pg_advisory_xact_lock(${key})`);
    return work();
  });
}
