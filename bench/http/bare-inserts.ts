/** In a process of its own: the least that keeps a slot, one prepared insert into the constrained table a booking, committed by itself. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Slot } from './network.ts';
import { serveJobs } from './worker.ts';

export interface InsertJob {
  databaseUrl: string;
  slots: Slot[];
  clients: number;
}

const TEXT = `
  INSERT INTO bookings (id, location_id, evse_id, kind, reservation_id, starts_at, ends_at, during, created_at)
  VALUES ($1, $2, $3, 'booked', $4, $5::timestamptz, $6::timestamptz, tstzrange($5::timestamptz, $6::timestamptz), $7::timestamptz)
  ON CONFLICT DO NOTHING RETURNING id`;

const connections: pg.Client[] = [];

serveJobs(async ({ databaseUrl, slots, clients }: InsertJob) => {
  while (connections.length < clients) {
    const connection = new pg.Client({ connectionString: databaseUrl });
    await connection.connect();
    connections.push(connection);
  }
  const now = new Date().toISOString();
  return {
    clients,
    items: slots.map(({ locationId, evseId, start, end }) => (
      [`bkg_${randomUUID()}`, locationId, evseId, `res_${randomUUID()}`, new Date(start).toISOString(), new Date(end).toISOString(), now])),
    one: async (values, client) => {
      const { rows } = await connections[client]!.query({ name: 'insert', text: TEXT, values });
      return `${rows.length} rows`;
    },
  };
});
