import { Worker } from 'node:worker_threads';
import { isRetryable, type Database, type RawTransaction, type Row } from './database.ts';
import type { EmbeddedReply, EmbeddedRequest } from './embedded-worker.ts';
import { toStatement } from './sql.ts';
import { runTransaction, withRetries, type Connection } from './transaction.ts';

/**
 * The embedded PostgreSQL in a worker thread. It has one connection: transactions queue for it, and a query from
 * outside a running transaction waits until that one has ended (inside one, always use the transaction's handle).
 * It outlives a killed process but not a power cut, since it never syncs.
 *
 * @param folder where the data lies; without one, everything is kept in memory and gone at the end.
 */
export async function openEmbedded(folder?: string): Promise<Database> {
  const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), { workerData: { folder } });
  const waiting = new Map<number, { resolve(rows: Row[]): void; reject(error: Error): void }>();
  const listeners = new Map<string, ((payload: string) => void)[]>();
  let lastId = 0;
  let dead: Error | undefined;

  const fail = (error: Error): void => {
    dead = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const send = (kind: EmbeddedRequest['kind'], text: string, values: unknown[] = []): Promise<Row[]> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead);
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, kind, text, values } satisfies EmbeddedRequest);
    });

  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: EmbeddedReply) => {
      if ('ready' in message) return resolve();
      if ('failed' in message) return reject(new Error(`the embedded database did not open: ${message.failed}`));
      if ('channel' in message) return listeners.get(message.channel)?.forEach((tell) => tell(message.payload));
      const request = waiting.get(message.id);
      waiting.delete(message.id);
      if ('rows' in message) request?.resolve(message.rows);
      else request?.reject(Object.assign(new Error(message.error.message), message.error));
    });
    worker.on('error', (error: Error) => (fail(error), reject(error)));
    worker.on('exit', () => fail(new Error('the embedded database is closed')));
  });

  const exclusive = mutex();
  const connection: Connection = { origin: worker, run: ({ text, values }) => send('query', text, values) };
  const transaction = <T>(work: (tx: RawTransaction) => Promise<T>): Promise<T> => exclusive(() => runTransaction(connection, work));
  return {
    kind: 'embedded',
    origin: worker,
    query: <T extends object>(statement: Parameters<Database['query']>[0]) => exclusive(() => connection.run(toStatement(statement)) as Promise<T[]>),
    transaction: (work) => withRetries(isRetryable, () => transaction(work)),
    script: (text) => exclusive(async () => void (await send('script', text))),
    raw: (text, values = []) => exclusive(async () => ({ rows: values.length > 0 ? await connection.run({ text, values }) : await send('script', text) })),
    listen: async (channel, onMessage) => {
      const known = listeners.get(channel);
      if (known) return void known.push(onMessage);
      listeners.set(channel, [onMessage]);
      await exclusive(() => send('listen', channel));
    },
    close: async () => {
      await exclusive(() => send('close', ''));
      await worker.terminate();
    },
  };
}

/** Runs one task at a time, in the order of the calls. */
function mutex(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task, task);
    last = result.catch(() => undefined);
    return result;
  };
}
