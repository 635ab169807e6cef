import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Database, RawTransaction } from './database.ts';
import { sql } from './sql.ts';

export interface Migration {
  name: string;
  text: string;
  checksum: string;
}

const FOLDER = new URL('./migrations/', import.meta.url);

/** The migrations in their order: numbered `.sql` files that are never changed once released. */
export function readMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, FOLDER), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    });
}

const LOCK_KEY = 0x706c7567; // "plug": one process migrates, the others wait

/** Brings the database up to date and tells which migrations ran. Safe to call from several processes at once. */
export async function migrate(database: Database): Promise<string[]> {
  return database.transaction(async (tx) => {
    const { raw } = tx as RawTransaction;
    await raw(`SELECT pg_advisory_xact_lock(${LOCK_KEY})`);
    await raw(`CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const done = new Map((await tx.query<{ name: string; checksum: string }>(sql`SELECT name, checksum FROM migrations`)).map((row) => [row.name, row.checksum]));
    const migrations = readMigrations();
    const unknown = [...done.keys()].filter((name) => !migrations.some((migration) => migration.name === name));
    if (unknown.length > 0) throw new Error(`the database was made by a newer version of this program: it has ${unknown.join(', ')}`);
    const ran: string[] = [];
    for (const migration of migrations) {
      const known = done.get(migration.name);
      if (known === migration.checksum) continue;
      if (known !== undefined) throw new Error(`migration ${migration.name} was changed after it had run`);
      for (const statement of splitStatements(migration.text)) await raw(statement);
      await tx.query(sql`INSERT INTO migrations (name, checksum) VALUES (${migration.name}, ${migration.checksum})`);
      ran.push(migration.name);
    }
    return ran;
  });
}

/** Statements end with a `;` at the end of a line, except inside a `$$` body. Comments go. */
export function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let current = '';
  let inBody = false;
  for (const line of text.split('\n')) {
    if (!inBody && /^\s*--/.test(line)) continue;
    if ((line.match(/\$\$/g)?.length ?? 0) % 2 === 1) inBody = !inBody;
    current += `${line}\n`;
    if (!inBody && /;\s*$/.test(line)) {
      statements.push(current.trim());
      current = '';
    }
  }
  if (current.trim()) statements.push(current.trim());
  return statements;
}
