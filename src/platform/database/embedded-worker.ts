/** Runs in a worker thread: the embedded PostgreSQL (PGlite), which would block the sockets in the main thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { OID, parseTimestamptz } from './database.ts';

export interface EmbeddedRequest {
  id: number;
  kind: 'query' | 'script' | 'listen' | 'close';
  text: string;
  values: unknown[];
}

export type EmbeddedReply =
  | { id: number; rows: Record<string, unknown>[] }
  | { id: number; error: { message: string; code?: string; detail?: string; constraint?: string } }
  | { channel: string; payload: string }
  | { ready: true }
  | { failed: string };

const { folder } = workerData as { folder: string | undefined };
const port = parentPort!;
const reply = (message: EmbeddedReply) => port.postMessage(message);

async function open(): Promise<PGlite> {
  const database = await PGlite.create({
    ...(folder === undefined ? {} : { dataDir: folder }),
    extensions: { btree_gist },
    parsers: { [OID.int8]: BigInt, [OID.timestamptz]: parseTimestamptz },
  });
  await database.exec(`SET TIME ZONE 'UTC'`);
  return database;
}

/** Several statements at once; one that fails inside a BEGIN of its own must not leave the connection in it. */
async function runScript(database: PGlite, text: string): Promise<Record<string, unknown>[]> {
  try {
    return (await database.exec(text)).flatMap((result) => result.rows as Record<string, unknown>[]);
  } catch (error) {
    await database.exec('ROLLBACK');
    throw error;
  }
}

async function handle(database: PGlite, request: EmbeddedRequest): Promise<Record<string, unknown>[]> {
  switch (request.kind) {
    case 'query':
      return (await database.query<Record<string, unknown>>(request.text, request.values)).rows;
    case 'script':
      return runScript(database, request.text);
    case 'listen':
      await database.listen(request.text, (payload) => reply({ channel: request.text, payload }));
      return [];
    case 'close':
      await database.close();
      return [];
  }
}

try {
  const database = await open();
  // Requests run strictly one after another: it is one connection.
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: EmbeddedRequest) => {
    last = last.then(async () => {
      try {
        reply({ id: request.id, rows: await handle(database, request) });
      } catch (error) {
        const { message, code, detail, constraint } = error as Error & { code?: string; detail?: string; constraint?: string };
        reply({ id: request.id, error: { message, code, detail, constraint } });
      }
    });
  });
  reply({ ready: true });
} catch (error) {
  reply({ failed: (error as Error).message });
}
