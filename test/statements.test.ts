/** Every statement that the program can send is described by the database: its syntax, its tables and columns, the types of its values. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases, type TestDatabase } from './support/databases.ts';
import { readStatements, type SourceStatement } from './tidy/statements.ts';
import { productionFiles, readTree, requireEnough } from './tidy/tree.ts';

const LEAST_STATEMENTS = 150;

/** What the database says against the statements. */
async function complaints({ database }: TestDatabase, statements: readonly SourceStatement[]): Promise<string[]> {
  const found: string[] = [];
  for (const { where, text } of statements) {
    try {
      await database.script(`PREPARE described AS ${text}`);
      await database.script('DEALLOCATE described');
    } catch (error) {
      found.push(`${where} ${(error as Error).message}: ${text.trim()}`);
    }
  }
  return found;
}

describe('the statements in the source', () => {
  it('are seen in every store', () => {
    const files = productionFiles(readTree());
    const stores = files.map(({ path }) => path).filter((path) => /\/store(-[a-z-]+)?\.ts$/.test(path));
    requireEnough('stores', stores.length, 8);
    const statements = readStatements(files);
    requireEnough('statements', statements.length, LEAST_STATEMENTS);
    // a store whose only statement is a command that can't be prepared would have to be named here
    expect(stores.filter((path) => !statements.some(({ where }) => where.startsWith(`${path}:`)))).toEqual([]);
  });

  it('are read with what is inlined into them', () => {
    const text = `
      import { COLUMNS } from './columns.ts';
      const at = (when: number) => sql\`\${String(when)}::timestamptz\`;
      const conditions = (filter: Filter) => sql\`\${filter.a === undefined ? sql\`\` : sql\`AND a = \${filter.a}\`}\`;
      export async function list(db: Queryable, filter: Filter) {
        const order = filter.newest ? sql\`DESC\` : sql\`ASC\`;
        return db.query(sql\`SELECT \${COLUMNS} FROM t WHERE b < \${at(filter.when)} \${conditions(filter)} ORDER BY a \${order}\`);
      }
      async function page(db: Queryable, select: Sql, after: string) {
        return db.query(sql\`\${select} AND id > \${after}\`);
      }
      export const pageOf = (db: Queryable, b: number) => page(db, sql\`SELECT * FROM t WHERE b = \${b}\`, 'x');
    `;
    const columns = { path: 'src/a/columns.ts', text: 'export const COLUMNS = sql`a, b`;' };
    expect(readStatements([{ path: 'src/a/store.ts', text }, columns]).map((statement) => statement.text)).toEqual([
      'SELECT a, b FROM t WHERE b < $1::timestamptz  ORDER BY a DESC',
      'SELECT a, b FROM t WHERE b < $1::timestamptz AND a = $2 ORDER BY a ASC',
      'SELECT a, b FROM t WHERE b < $1::timestamptz AND a = $2 ORDER BY a DESC',
      'SELECT a, b FROM t WHERE b < $1::timestamptz  ORDER BY a ASC',
      'SELECT * FROM t WHERE b = $1 AND id > $2',
      'SELECT * FROM t WHERE b = $1',
    ]);
  });
});

describe.each(testDatabases())('the statements of the program ($kind)', ({ open }) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  it('are all described by the database', async () => {
    expect(await complaints(db, readStatements(productionFiles(readTree())))).toEqual([]);
  });

  it.each([
    ['a column that is not there', 'SELECT nobody FROM networks'], ['a table that is not there', 'SELECT 1 FROM nothing'], ['broken syntax', 'SELECT FROM WHERE'],
    ['a value of no type', 'SELECT $1 IS NULL'], ['types that do not meet', 'SELECT id FROM networks WHERE created_at = $1::int'],
  ])('would be found out with %s', async (_what, text) => {
    expect(await complaints(db, [{ where: 'src/a/store.ts:1', text }])).toHaveLength(1);
  });
});
