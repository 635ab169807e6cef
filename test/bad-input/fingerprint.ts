import type { Runtime } from '../../src/domain/organisations/index.ts';
import { sql, type Database } from '../../src/platform/database/index.ts';

/** A refusal that its Idempotency-Key keeps, how far a reader of the events has come, and what is noted of refusals: these may move meanwhile.
 * That somebody claimed to be a member is counted although it is refused. */
const LEFT_OUT = new Set(['idempotency_keys', 'event_readers', 'refusals', 'membership_claims']);

/** Likewise of rows: when a key was used last, and what comes of a delivery that was on its way before. */
const UNCOUNTED: Record<string, string[]> = {
  api_keys: ['last_used_at'], ocpp_connections: ['lease_until', 'last_message_at'],
  webhook_deliveries: ['status', 'attempts', 'next_attempt_at', 'log', 'sends', 'updated_at'], webhook_endpoints: ['failing_since'],
};
const row = (table: string) => (UNCOUNTED[table] ? `(to_jsonb(t) - '{${UNCOUNTED[table].join(',')}}'::text[])::text` : 't::text');

/** Rows and a hash over them, for every table of the program. */
type Fingerprint = Record<string, string>;

async function fingerprint(database: Database): Promise<Fingerprint> {
  const tables = await database.query<{ name: string }>(sql`
    SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`);
  const names = tables.map(({ name }) => name).filter((name) => !LEFT_OUT.has(name));
  if (names.length < 20) throw new Error(`only ${names.length} tables were found`);
  const { rows } = await database.raw(names.map((name) =>
    `SELECT '${name}' AS name, count(*) || ' rows, ' || coalesce(sum(hashtextextended(${row(name)}, 0)), 0) AS print FROM "${name}" t`).join(' UNION ALL '));
  return Object.fromEntries((rows as { name: string; print: string }[]).map(({ name, print }) => [name, print]));
}

/** The tables that were changed by what was done. */
export async function changedTables({ database, app }: { database: Database; app: { runtime: Runtime } }, work: () => Promise<unknown>): Promise<string[]> {
  await app.runtime.events.settled();
  const before = await fingerprint(database);
  await work();
  await app.runtime.events.settled();
  const after = await fingerprint(database);
  return Object.keys(after).filter((table) => after[table] !== before[table]);
}
