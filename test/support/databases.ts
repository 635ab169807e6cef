import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate, openEmbedded, openPostgres, type Database } from '../../src/platform/database/index.ts';
import { TEMPLATE } from './embedded-template.ts';

/** A database of the test's own, migrated; gone after `close`. */
export interface TestDatabase {
  database: Database;
  /** set on a PostgreSQL server; other processes can be given it */
  url?: string;
  close(): Promise<void>;
}

export interface TestDatabaseKind {
  kind: 'embedded' | 'postgres';
  open(): Promise<TestDatabase>;
}

/** The databases that this run has: always the embedded one, and a PostgreSQL server where there is one. */
export function testDatabases(): TestDatabaseKind[] {
  const kinds: TestDatabaseKind[] = [{ kind: 'embedded', open: openTestEmbedded }];
  if (inject('postgresUrl') !== '') kinds.push({ kind: 'postgres', open: openTestPostgres });
  return kinds;
}

export async function openTestEmbedded(): Promise<TestDatabase> {
  const parent = inject('embeddedFolder');
  const folder = mkdtempSync(join(parent, 'copy-'));
  cpSync(join(parent, TEMPLATE), folder, { recursive: true });
  const database = await openEmbedded(folder);
  return {
    database,
    close: async () => {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A fresh database on the server. */
export async function openTestPostgres(): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `plugtime_test_${randomBytes(6).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openPostgres({ url: url.href, maxConnections: 10, prepare: true, onError: () => undefined });
  await migrate(database);
  return {
    database, url: url.href,
    close: async () => {
      await database.close();
      await administer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
