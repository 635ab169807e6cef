/** What several processes need so that none waits for ever, nor for what another will never give. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { oneProcessAtATime, openPostgres, sql, withPatience } from '../../src/platform/database/index.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { openTestPostgres, testDatabases, type TestDatabase } from '../support/databases.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.runIf(inject('postgresUrl') !== '')('locks on a server', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestPostgres();
    await db.database.script(`CREATE TABLE things (id int PRIMARY KEY, n int NOT NULL); INSERT INTO things VALUES (1, 0), (2, 0)`);
  });
  afterAll(() => db.close());

  it('gives up what is locked for longer than its patience, and only that', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let locked: () => void = () => undefined;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const other = db.database.transaction(async (tx) => {
      await tx.query(sql`UPDATE things SET n = n + 10 WHERE id = 1`);
      locked();
      await released;
    });
    await isLocked;
    const results = await db.database.transaction(async (tx) => {
      const add = (id: number) => withPatience(tx, 30, async () => {
        await tx.query(sql`UPDATE things SET n = n + 1 WHERE id = 2`);
        return tx.query(sql`UPDATE things SET n = n + 1 WHERE id = ${id} RETURNING n`);
      });
      const both = [await add(1), await add(2)];
      release();
      await other;
      return [...both, await tx.query(sql`UPDATE things SET n = n + 1 WHERE id = 1 RETURNING n`)]; // outside, it waits as ever
    });
    expect(results).toEqual([undefined, [{ n: 2 }], [{ n: 11 }]]);
  });

  it('does work under one key in one process at a time', async () => {
    let inside = 0;
    const most = await Promise.all(Array.from({ length: 4 }, () => oneProcessAtATime(db.database, 7, async () => {
      inside += 1;
      await pause(20);
      const now = inside;
      inside -= 1;
      return now;
    })));
    expect(most).toEqual([1, 1, 1, 1]);
  });

  it('says that it is busy when no connection comes free in time', async () => {
    const small = await openPostgres({ url: db.url!, maxConnections: 2, connectTimeoutMs: 1_000, prepare: true, onError: () => undefined });
    const waits = [1, 2].map(() => small.transaction((tx) => tx.query(sql`SELECT pg_sleep(2)`)));
    await pause(300);
    const tooMany = await Promise.allSettled([small.transaction((tx) => tx.query(sql`SELECT 1 AS one`)), small.query(sql`SELECT 1 AS one`)]);
    expect(tooMany).toMatchObject([1, 2].map(() => ({ status: 'rejected', reason: { code: '53300' } })));
    await Promise.all(waits);
    expect(await small.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    await small.close();
  });
});

describe.each(testDatabases())('a test clock that several callers move ($kind)', ({ open }) => {
  let db: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    db = await open();
    app = await startTestApp(db);
  });
  afterAll(async () => {
    await app.stop();
    await db.close();
  });

  it('moves by the sum of what they ask for, and tells each of them another time', async () => {
    const demo = await app.as('demo');
    const read = async (): Promise<number> => Date.parse((await demo.get('/v1/test_clock')).body.now);
    const before = await read();
    const answers = await Promise.all(Array.from({ length: 8 }, () => demo.post('/v1/test_clock/advance', { by_seconds: 3600 })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const told = answers.map(({ body }) => Math.floor((Date.parse(body.now) - before) / 3_600_000)).sort((a, b) => a - b);
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const moved = (await read()) - before;
    expect(moved).toBeGreaterThanOrEqual(8 * 3_600_000);
    expect(moved).toBeLessThan(9 * 3_600_000);
  });
});
