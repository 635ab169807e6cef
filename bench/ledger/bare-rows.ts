/** In a process of its own: the least that keeps a transfer, one prepared insert of its row and those of its legs, committed by itself. */
import pg from 'pg';
import { serveJobs } from '../http/worker.ts';

/** A transfer's columns, and those of its legs, as text. */
export interface BareRow {
  transfer: (string | null)[];
  legs: (string | null)[][];
}

export interface BareJob {
  databaseUrl: string;
  rows: BareRow[];
  clients: number;
}

export const TRANSFER_COLUMNS = [
  'id', 'network_id', 'phase', 'pending_id', 'leg_count', 'reason', 'object', 'object_id', 'idempotency_key', 'metadata', 'expires_at', 'at',
] as const;
export const LEG_COLUMNS = ['transfer_id', 'leg', 'phase', 'from_id', 'to_id', 'currency', 'amount', 'at'] as const;
const LEG_TYPES = ['text', 'int', 'text', 'text', 'text', 'text', 'bigint', 'timestamptz'];

const TEXT = `
  WITH transfer AS (INSERT INTO bare_transfers (${TRANSFER_COLUMNS.join(', ')}) VALUES (${TRANSFER_COLUMNS.map((_, i) => `$${i + 1}`).join(', ')}))
  INSERT INTO bare_legs (${LEG_COLUMNS.join(', ')})
  SELECT * FROM unnest(${LEG_TYPES.map((type, i) => `$${TRANSFER_COLUMNS.length + i + 1}::${type}[]`).join(', ')})`;

const connections: pg.Client[] = [];

serveJobs(async ({ databaseUrl, rows, clients }: BareJob) => {
  while (connections.length < clients) {
    const connection = new pg.Client({ connectionString: databaseUrl });
    await connection.connect();
    connections.push(connection);
  }
  return {
    clients,
    items: rows.map(({ transfer, legs }) => [...transfer, ...LEG_COLUMNS.map((_, i) => legs.map((leg) => leg[i]!))]),
    one: async (values, client) => {
      await connections[client]!.query({ name: 'insert', text: TEXT, values });
      return 'inserted';
    },
  };
});
