import type { RawTransaction, Row } from './database.ts';
import { toStatement, type Statement } from './sql.ts';

/** What a driver gives: one connection, used by one transaction at a time. */
export interface Connection {
  run(statement: Omit<Statement, 'name'> & { name?: string }): Promise<Row[]>;
}

/** Runs `work` between BEGIN and COMMIT on the connection; hooks run after the commit. */
export async function runTransaction<T>(connection: Connection, work: (tx: RawTransaction) => Promise<T>): Promise<T> {
  const hooks: (() => void)[] = [];
  let savepoints = 0;
  const command = (text: string) => connection.run({ text, values: [] });
  const tx: RawTransaction = {
    query: async <R extends object>(statement: Parameters<RawTransaction['query']>[0]) => (await connection.run(toStatement(statement))) as R[],
    raw: async (text, values = []) => ({ rows: await connection.run({ text, values }) }),
    afterCommit: (run) => void hooks.push(run),
    savepoint: async (inner) => {
      const name = `s${++savepoints}`;
      const hooksBefore = hooks.length;
      await command(`SAVEPOINT ${name}`);
      try {
        const result = await inner();
        await command(`RELEASE SAVEPOINT ${name}`);
        return result;
      } catch (error) {
        hooks.length = hooksBefore;
        await command(`ROLLBACK TO SAVEPOINT ${name}`);
        throw error;
      }
    },
  };
  await command('BEGIN');
  let result: T;
  try {
    result = await work(tx);
    await command('COMMIT');
  } catch (error) {
    await command('ROLLBACK').catch(() => undefined); // the connection is gone: the server rolls back by itself
    throw error;
  }
  for (const hook of hooks) hook();
  return result;
}

const RETRIES = 3;

/** Runs again what lost a deadlock or a serialization race, after a short random pause. */
export async function withRetries<T>(isRetryable: (error: unknown) => boolean, run: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= RETRIES || !isRetryable(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20 * 2 ** attempt));
    }
  }
}
