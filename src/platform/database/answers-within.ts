import type { Database } from './database.ts';
import { sql } from './sql.ts';

/** Whether the database answers in that time. */
export async function answersWithin(database: Database, timeoutMs: number): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(resolve, timeoutMs, false).unref());
  return Promise.race([database.query(sql`SELECT 1 AS one`).then(() => true, () => false), late]);
}
