import type { Duplex } from 'node:stream';
import pg from 'pg';
import { isRetryable, OID, parseTimestamptz, SQL_STATE, type Database, type RawTransaction } from './database.ts';
import { toStatement } from './sql.ts';
import { runTransaction, withRetries, type Connection } from './transaction.ts';

export interface PostgresOptions {
  url: string;
  /** Most connections of this process; requests beyond it queue. */
  maxConnections: number;
  /** Prepared statements must be off behind a pooler in transaction mode. */
  prepare: boolean;
  /** How long a request waits for a connection; 15 s unless told. */
  connectTimeoutMs?: number;
  onError(error: Error): void;
}

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
    if (oid === OID.int8) return BigInt;
    if (oid === OID.timestamptz) return parseTimestamptz;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  },
};

/** The driver's own failures, with the SQLSTATE that says the same: without one, nobody could tell a busy server from a bug. */
function withState(error: Error & { code?: string }): never {
  if (error.code === undefined && error.message.startsWith('timeout exceeded when trying to connect')) throw Object.assign(error, { code: SQL_STATE.tooManyConnections });
  if (error.code === undefined && error.message.startsWith('Connection terminated')) throw Object.assign(error, { code: SQL_STATE.connectionFailure });
  throw error;
}

/** What is given to a connection in one go is written in one go: each write costs both sides more than most statements do. */
function writeTogether(stream: Duplex): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** A PostgreSQL server (15 or newer) through a pool of connections. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const config = { connectionString: options.url, types, options: '-c timezone=UTC', application_name: 'plugtime' };
  const pool = new pg.Pool({ ...config, pipeline: true, max: options.maxConnections, connectionTimeoutMillis: options.connectTimeoutMs ?? 15_000 });
  pool.on('error', options.onError);
  const listener = new Listener(config, options.onError);

  const connectionOf = (client: pg.PoolClient | pg.Pool): Connection => ({
    origin: pool,
    run: async ({ text, values, name }) => {
      const query = options.prepare && name !== undefined ? { text, values, name } : { text, values };
      if ('connection' in client) writeTogether(client.connection.stream);
      const { rows } = await client.query(query as pg.QueryConfig).catch(withState);
      return rows as Record<string, unknown>[];
    },
  });

  const transaction = async <T>(work: (tx: RawTransaction) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch(withState);
    let broken: Error | undefined;
    client.on('error', (error) => (broken = error));
    try {
      return await runTransaction(connectionOf(client), work);
    } finally {
      client.removeAllListeners('error');
      client.release(broken ?? false);
    }
  };

  // Reaching the server now makes a wrong URL an error at start, not at the first request.
  await pool.query('SELECT 1');
  const direct = connectionOf(pool);
  return {
    kind: 'postgres',
    origin: pool,
    query: async <T extends object>(statement: Parameters<Database['query']>[0]) => (await direct.run(toStatement(statement))) as T[],
    transaction: (work) => withRetries(isRetryable, () => transaction(work)),
    script: async (text) => void (await pool.query(text)),
    raw: async (text, values = []) => ({ rows: await direct.run({ text, values }) }),
    listen: (channel, onMessage) => listener.listen(channel, onMessage),
    close: async () => {
      await listener.close();
      await pool.end();
    },
  };
}

/** One connection of its own for LISTEN; it reconnects by itself, and readers poll besides, so nothing is missed. */
class Listener {
  private readonly channels = new Map<string, ((payload: string) => void)[]>();
  private client: pg.Client | undefined;
  private closed = false;
  private readonly config: pg.ClientConfig;
  private readonly onError: (error: Error) => void;

  constructor(config: pg.ClientConfig, onError: (error: Error) => void) {
    this.config = config;
    this.onError = onError;
  }

  async listen(channel: string, onMessage: (payload: string) => void): Promise<void> {
    const known = this.channels.get(channel);
    if (known) return void known.push(onMessage);
    this.channels.set(channel, [onMessage]);
    if (this.client) await this.client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    else await this.connect();
  }

  private async connect(): Promise<void> {
    const client = new pg.Client(this.config);
    client.on('notification', ({ channel, payload }) => {
      for (const tell of this.channels.get(channel) ?? []) tell(payload ?? '');
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client));
    await client.connect();
    this.client = client;
    for (const channel of this.channels.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
  }

  private lost(client: pg.Client, error?: Error): void {
    if (this.client !== client || this.closed) return;
    this.client = undefined;
    if (error) this.onError(error);
    const retry = (): void => {
      if (this.closed) return;
      this.connect().catch((again: Error) => {
        this.onError(again);
        setTimeout(retry, 1_000).unref();
      });
    };
    setTimeout(retry, 200).unref();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client?.end().catch(() => undefined);
  }
}
