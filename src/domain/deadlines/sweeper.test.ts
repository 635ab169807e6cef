import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEmbedded, type TestDatabase } from '../../../test/support/databases.ts';
import { startEventLog } from '../../platform/events/index.ts';
import type { Runtime } from '../organisations/index.ts';
import { startSweeper } from './sweeper.ts';

describe('the sweeper', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestEmbedded();
  });
  afterAll(() => db.close());

  it('DUE-3 tells of a sweep that failed and tries again, until it is stopped', async () => {
    const events = await startEventLog(db.database, () => undefined);
    let failures = 2;
    const query: Runtime['database']['query'] = async (statement) => {
      if (failures-- > 0) throw new Error('the database is away');
      return db.database.query(statement);
    };
    const runtime: Runtime = {
      database: { ...db.database, query }, events,
      settings: { assignLeadMs: 30 * 60_000, providers: [], allowOpenStations: false, stationAwayMs: 300_000, armLeadMs: 60_000, faultMs: 300_000,
        startWithinMs: 120_000, adjustsStations: false, noticeChannels: [], startOtpMs: null },
      jobs: { enqueue: async () => undefined, handle: async () => undefined, stop: async () => undefined },
      notes: { add: () => undefined, settled: async () => undefined, stop: async () => undefined },
    };
    const told: (number | string)[] = [];
    const sweeper = startSweeper(
      runtime, { intervalMs: 5, onSwept: (count) => void told.push(count), onError: ({ message }) => void told.push(message) },
    );
    await expect.poll(() => told.length).toBeGreaterThanOrEqual(4);
    await sweeper.stop();
    expect(told.slice(0, 4)).toEqual(['the database is away', 'the database is away', 0, 0]);
    const count = told.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(told).toHaveLength(count);
    await events.stop();
  });
});
