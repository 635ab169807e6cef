/** What `/metrics` tells, of a whole program. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastPosition } from '../src/platform/events/index.ts';
import { startTestApp, type TestApp } from './support/app.ts';
import { openTestEmbedded, type TestDatabase } from './support/databases.ts';

describe('the metrics', () => {
  let db: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    db = await openTestEmbedded();
    app = await startTestApp(db);
  });
  afterAll(async () => {
    await app.stop();
    await db.close();
  });

  const read = async (name: string): Promise<number> => {
    const { body } = (await app.anybody.get('/metrics')) as { body: string };
    return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(body)?.[1] ?? Number.NaN);
  };

  it('tell the position of the newest event, from the start on and also while nothing happens', async () => {
    const demo = await app.as('demo');
    const before = await lastPosition(db.database);
    expect(before).toBeGreaterThan(0);
    expect(await read('plugtime_event_position')).toBe(before);
    await demo.post('/v1/drivers', { ref: 'counted' });
    await app.runtime.events.settled();
    await app.runtime.events.settled(); // a second look at the log finds nothing new
    expect(await read('plugtime_event_position')).toBe(before + 1);
  });

  it('tell how many connectors can be searched now', async () => {
    const before = await read('plugtime_indexed_connectors');
    expect(before).toBeGreaterThan(50);
    const connector = { ref: '1', standard: 'CCS2', format: 'CABLE', power_type: 'DC', max_voltage: 400, max_amperage: 125 };
    const demo = await app.as('demo');
    const added = await demo.post('/v1/locations', {
      ref: 'counted', name: 'Counted', address: 'x', city: 'x', country: 'IND', coordinates: { latitude: 12, longitude: 77 }, time_zone: 'Asia/Kolkata',
      charging_stations: [{ ref: 'A', evses: [{ uid: 'A1', connectors: [connector] }] }],
    });
    expect(added.status).toBe(201);
    await app.runtime.events.settled();
    expect(await read('plugtime_indexed_connectors')).toBe(before + 1);
  });
});
