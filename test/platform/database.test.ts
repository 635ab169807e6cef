/** What every use case stands on: transactions, migrations and the one order of events, on both databases. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, sql, type Database, type Sql, type Transaction } from '../../src/platform/database/index.ts';
import { readMigrations, splitStatements } from '../../src/platform/database/migrate.ts';
import { appendEvents, readEvents, startEventLog, type EventLog, type StoredEvent } from '../../src/platform/events/index.ts';
import { newId } from '../../src/platform/ids/index.ts';
import { testDatabases, type TestDatabase } from '../support/databases.ts';

describe.each(testDatabases())('the database ($kind)', ({ open }) => {
  let db: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    db = await open();
    ({ database } = db);
    await database.script('CREATE TABLE notes (id int PRIMARY KEY, big bigint, at timestamptz, body jsonb)');
  });
  afterAll(() => db.close());

  const ids = async () => (await database.query<{ id: number }>(sql`SELECT id FROM notes ORDER BY id`)).map(({ id }) => id);
  const insert = (tx: Transaction, id: number) => tx.query(sql`INSERT INTO notes (id) VALUES (${id})`);

  it('keeps all of a transaction or nothing, and tells only of what it has kept', async () => {
    const told: string[] = [];
    const failing = database.transaction(async (tx) => {
      await insert(tx, 1);
      tx.afterCommit(() => void told.push('failed'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await database.transaction(async (tx) => {
      await insert(tx, 2);
      tx.afterCommit(() => void told.push('kept'));
      await tx.savepoint(async () => {
        await insert(tx, 3);
        tx.afterCommit(() => void told.push('undone'));
        throw new Error('inner');
      }).catch(() => undefined);
      await tx.savepoint(() => insert(tx, 2)).catch(() => undefined); // a violation spoils what is behind its savepoint only
      await tx.savepoint(() => insert(tx, 4));
      expect(told).toEqual([]);
    });
    expect([await ids(), told]).toEqual([[2, 4], ['kept']]);
  });

  it('fails with what was sent ahead, whatever came after it', async () => {
    const send = (tx: Transaction, id: number) => tx.send(sql`INSERT INTO notes (id) VALUES (${id})`);
    const told: string[] = [];
    const isSecond = { code: '23505' };
    await expect(database.transaction(async (tx) => {
      tx.afterCommit(() => void told.push('sent last'));
      send(tx, 20);
      send(tx, 2);
    })).rejects.toMatchObject(isSecond);
    await expect(database.transaction(async (tx) => {
      send(tx, 2);
      await insert(tx, 21);
    })).rejects.toMatchObject(isSecond);
    await expect(database.transaction(async (tx) => {
      send(tx, 2);
      throw new Error('refused');
    })).rejects.toMatchObject(isSecond);
    await database.transaction(async (tx) => {
      tx.afterCommit(() => void told.push('kept'));
      await expect(tx.savepoint(async () => send(tx, 2))).rejects.toMatchObject(isSecond);
      await expect(tx.savepoint(async () => {
        send(tx, 2);
        await insert(tx, 22);
      })).rejects.toMatchObject(isSecond);
      await tx.savepoint(async () => send(tx, 23));
      send(tx, 24);
      await Promise.all([insert(tx, 25), insert(tx, 26)]);
    });
    expect([await ids(), told]).toEqual([[2, 4, 23, 24, 25, 26], ['kept']]);
  });

  it('runs again what lost a deadlock, and gives up on what is wrong', async () => {
    let runs = 0;
    const deadlock = async (tx: Transaction) => {
      runs += 1;
      if (runs < 3) await tx.query(sql`DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$`);
      return runs;
    };
    expect(await database.transaction(deadlock)).toBe(3);
    await expect(database.transaction((tx) => insert(tx, 2))).rejects.toMatchObject({ code: '23505' });
  });

  it('reads types alike: bigint, instants in milliseconds, jsonb', async () => {
    const at = Date.UTC(2026, 10, 20, 12, 45, 0, 123);
    await database.query(sql`INSERT INTO notes VALUES (9, ${9_007_199_254_740_993n}, ${new Date(at).toISOString()}, ${'{"a":[1]}'}::jsonb)`);
    const [row] = await database.query(
      sql`SELECT big, at, body, count(*) OVER () AS n, true AS yes, ARRAY['a', 'b'] AS list FROM notes WHERE id = 9`,
    );
    expect(row).toEqual({ big: 9_007_199_254_740_993n, at, body: { a: [1] }, n: 1n, yes: true, list: ['a', 'b'] });
  });

  it('migrates once, and says when a migration was changed after it had run or is of a newer version', async () => {
    expect(await migrate(database)).toEqual([]);
    expect(await Promise.all([migrate(database), migrate(database)])).toEqual([[], []]);
    const [first] = readMigrations();
    await database.query(sql`UPDATE migrations SET checksum = 'other' WHERE name = ${first!.name}`);
    await expect(migrate(database)).rejects.toThrow(`migration ${first!.name} was changed after it had run`);
    await database.query(sql`UPDATE migrations SET checksum = ${first!.checksum} WHERE name = ${first!.name}`);
    await database.query(sql`INSERT INTO migrations (name, checksum) VALUES ('9999_later.sql', 'x')`);
    await expect(migrate(database)).rejects.toThrow('9999_later.sql');
    await database.query(sql`DELETE FROM migrations WHERE name = '9999_later.sql'`);
    expect(await migrate(database)).toEqual([]);
  });

  describe('the one order of events', () => {
    const logs: EventLog[] = [];
    const heard: StoredEvent[][] = [[], []];
    beforeAll(async () => {
      // Two sequencers that compete, each with a follower.
      for (const list of heard) {
        const log = await startEventLog(database, (error) => expect(error).toBeUndefined());
        log.follow((events) => void list.push(...events));
        logs.push(log);
      }
    });
    afterAll(async () => {
      for (const log of logs) await log.stop();
    });

    interface Write {
      object: number;
      events: number;
      pauseMs: number;
      isUndone: boolean;
    }
    const write = fc.record<Write>({ object: fc.nat(2), events: fc.integer({ min: 1, max: 3 }), pauseMs: fc.nat(3), isUndone: fc.boolean() });
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

    /** As use cases do: the object is locked, changed, told of, and some time later committed or not. */
    async function perform(run: number, { object, events, pauseMs, isUndone }: Write, log: EventLog): Promise<number> {
      const objectId = `obj_${run}_${object}`;
      return database.transaction(async (tx) => {
        await tx.query(sql`SELECT pg_advisory_xact_lock(${run * 10 + object})`);
        const [{ version }] = (await tx.query<{ version: number }>(
          sql`SELECT coalesce(max(object_version), 0)::int AS version FROM events WHERE object_id = ${objectId}`,
        )) as [{ version: number }];
        appendEvents(tx, Array.from({ length: events }, (_, i) => ({
          networkId: 'net_1', type: 'thing.changed', object: 'thing', objectId, objectVersion: version + 1 + i, isPublic: false, audience: [],
          touches: [], data: { isUndone },
          occurredAt: Date.UTC(2026, 0, 1),
        })));
        tx.afterCommit(() => log.kick());
        await pause(pauseMs);
        if (isUndone) throw new Error('undone');
        return events;
      }).catch((error: Error) => {
        if (error.message !== 'undone') throw error;
        return 0;
      });
    }

    it('is without gaps, the same for all, and each object\'s events stand in the order of its versions, however writers overlap', async () => {
      let run = 0;
      await fc.assert(fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 12 }), async (writes) => {
        run += 1;
        const before = heard.map((list) => list.length);
        const counts = await Promise.all(writes.map((one, i) => perform(run, one, logs[i % 2]!)));
        const kept = counts.reduce((sum, count) => sum + count, 0);
        for (const log of logs) await log.settled();
        const [one, two] = heard.map((list, i) => list.slice(before[i])) as [StoredEvent[], StoredEvent[]];
        expect(one).toHaveLength(kept);
        expect(two).toEqual(one);
        expect(one.every(({ data }) => data.isUndone === false)).toBe(true);
        for (const object of [0, 1, 2]) {
          const versions = one.filter(({ objectId }) => objectId === `obj_${run}_${object}`).map(({ objectVersion }) => objectVersion);
          expect(versions).toEqual(versions.map((_, i) => i + 1));
        }
      }), { numRuns: 25 });
      const all = await readEvents(database, { after: 0, limit: 10_000 });
      expect(all.map(({ position }) => position)).toEqual(all.map((_, i) => i + 1));
      expect(heard[0]).toEqual(all);
    });

    it('is read along its index, however many events there are', async () => {
      const given: Sql[] = [];
      const ask = { origin: {}, query: async (statement: Sql) => (given.push(statement), []) };
      await readEvents(ask, { after: 5, limit: 10 });
      await readEvents(ask, { before: 50, limit: 10, newestFirst: true });
      for (const { strings: [first, ...others], values } of given) {
        const plan = await database.transaction(async (tx) => {
          await tx.query(sql`SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`);
          return tx.query({ strings: [`EXPLAIN ${first}`, ...others], values });
        });
        expect(JSON.stringify(plan)).toMatch(/Index Scan[^"]*events_position_key/);
        expect(JSON.stringify(plan)).not.toContain('Sort');
      }
    });

    it('numbers what a process left behind that died before it could', async () => {
      await database.transaction(async (tx) => appendEvents(tx, [{
        networkId: 'net_1', type: 'thing.left', object: 'thing', objectId: newId('event'), objectVersion: 1, isPublic: true, audience: [],
        touches: [], data: {}, occurredAt: 0,
      }]));
      await expect.poll(() => heard[0]!.at(-1)?.type, { timeout: 5_000 }).toBe('thing.left');
    });
  });
});

describe('migrations', () => {
  it('are split at the ends of statements, not inside bodies, and without their comments', () => {
    const body = 'CREATE FUNCTION f() RETURNS int AS $$\nBEGIN\n  RETURN 1;\nEND;\n$$ LANGUAGE plpgsql;';
    const text = `-- a comment;\nCREATE TABLE a (b int);\n\n${body}\nSELECT 1`;
    expect(splitStatements(text)).toEqual([
      'CREATE TABLE a (b int);', body, 'SELECT 1',
    ]);
  });

  it('have names in their order and never the same', () => {
    const names = readMigrations().map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(5);
    expect(names.every((name, i) => Number(name.slice(0, 4)) === i + 1)).toBe(true);
  });
});
