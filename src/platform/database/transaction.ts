import type { RawTransaction, Row } from './database.ts';
import { toStatement, type Statement } from './sql.ts';

/** What a driver gives: one connection, used by one transaction at a time. */
export interface Connection {
  /** the open database that it is a connection to */
  origin: object;
  run(statement: Omit<Statement, 'name'> & { name?: string }): Promise<Row[]>;
}

/**
 * Runs `work` between BEGIN and COMMIT on the connection; hooks run after the commit. Nobody waits for BEGIN, for savepoints and
 * for what is sent: they go ahead of the next statement, and what fails among them fails the transaction.
 */
export async function runTransaction<T>(connection: Connection, work: (tx: RawTransaction) => Promise<T>): Promise<T> {
  const sent = sentAhead();
  const tx = transactionOn(connection, sent);
  sent.add(connection.run({ text: 'BEGIN', values: [] }));
  let result: T;
  try {
    result = await work(tx);
    const committed = connection.run({ text: 'COMMIT', values: [] });
    await Promise.all([sent.settled(), committed]);
  } catch (error) {
    await connection.run({ text: 'ROLLBACK', values: [] }).catch(() => undefined); // the connection is gone: the server rolls back by itself
    throw sent.takeFailure() ?? error;
  }
  for (const hook of tx.hooks) hook();
  return result;
}

/** What has been sent without waiting for it. */
interface SentAhead {
  add(answer: Promise<unknown>): void;
  /** waits for all of it; throws what failed first */
  settled(): Promise<void>;
  /** what failed first, once it has been undone: whatever came after it failed because of it */
  takeFailure(): Error | undefined;
}

function sentAhead(): SentAhead {
  let failure: Error | undefined;
  let last: Promise<void> = Promise.resolve();
  return {
    add: (answer) => {
      const noted = answer.then(() => undefined, (error: Error) => void (failure ??= error));
      last = last.then(() => noted);
    },
    settled: async () => {
      await last;
      if (failure) throw failure;
    },
    takeFailure: () => {
      const taken = failure;
      failure = undefined;
      return taken;
    },
  };
}

function transactionOn(connection: Connection, sent: SentAhead): RawTransaction & { hooks: (() => void)[] } {
  const hooks: (() => void)[] = [];
  let savepoints = 0;
  const command = (text: string) => connection.run({ text, values: [] });
  return {
    hooks,
    origin: connection.origin,
    query: async <R extends object>(statement: Parameters<RawTransaction['query']>[0]) => (await connection.run(toStatement(statement))) as R[],
    send: (statement) => sent.add(connection.run(toStatement(statement))),
    raw: async (text, values = []) => ({ rows: await connection.run({ text, values }) }),
    afterCommit: (run) => void hooks.push(run),
    savepoint: async (inner) => {
      const name = `s${++savepoints}`;
      const hooksBefore = hooks.length;
      sent.add(command(`SAVEPOINT ${name}`));
      try {
        const result = await inner();
        await sent.settled();
        sent.add(command(`RELEASE SAVEPOINT ${name}`));
        return result;
      } catch (error) {
        hooks.length = hooksBefore;
        await command(`ROLLBACK TO SAVEPOINT ${name}`);
        throw sent.takeFailure() ?? error;
      }
    },
  };
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
