import { SQL_STATE, sqlState, type Transaction } from './database.ts';
import { sql } from './sql.ts';

/**
 * Runs `work` behind a savepoint and gives it up when it has to wait longer than `patienceMs` for a lock: what it did is undone,
 * and the locks that it took are free again. For a transaction that works on many things in an order that is not that of their
 * locks; it would otherwise sooner or later wait for somebody who waits for it.
 *
 * @returns what the work returned, or undefined when it was given up.
 */
export async function withPatience<T>(tx: Transaction, patienceMs: number, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await tx.savepoint(async () => {
      tx.send(sql`SELECT set_config('lock_timeout', ${`${patienceMs}ms`}, true)`);
      const result = await work();
      tx.send(sql`SELECT set_config('lock_timeout', '0', true)`);
      return result;
    });
  } catch (error) {
    if (sqlState(error) === SQL_STATE.lockNotAvailable) return undefined;
    throw error;
  }
}
