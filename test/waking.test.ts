/** The sweeper is awake when somebody waits, however long its interval. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from './support/app.ts';
import type { Api, Json } from './support/api.ts';
import { openTestEmbedded, type TestDatabase } from './support/databases.ts';
import { evseBody, iso, MINUTE, must } from './support/world.ts';

describe('the sweeper of a running program', () => {
  let db: TestDatabase;
  let app: TestApp;
  let demo: Api;
  beforeAll(async () => {
    db = await openTestEmbedded();
    app = await startTestApp(db, { PLUGTIME_SWEEP_INTERVAL_MS: '900000' });
    demo = await app.as('demo');
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await db.close();
  });

  const statusOf = async (id: string): Promise<string> => must(await demo.get(`/v1/reservations/${id}`)).status;
  const soon = (minutes: number): string => iso(Math.ceil((Date.now() + minutes * MINUTE) / (15 * MINUTE)) * 15 * MINUTE);

  it('DUE-4 assigns what is due as soon as it is asked for, and moves whose EVSE is lost', async () => {
    const coordinates = { latitude: -33.3, longitude: 151.1 };
    const location: Json = must(await demo.post('/v1/locations', {
      ref: 'WAKING', name: 'Waking', address: 'A', city: 'B', country: 'AUS', coordinates, time_zone: 'Australia/Sydney',
      charging_stations: [{ ref: 'A', evses: [evseBody('WAKING-1'), evseBody('WAKING-2')] }],
    }));
    const { id } = must(await demo.post('/v1/reservations', { location: { ...coordinates, radius: 1_000 }, ideal_start: soon(15), duration_minutes: 30 }));
    await expect.poll(() => statusOf(id), { timeout: 20_000 }).toBe('confirmed');

    const { evse } = must(await demo.get(`/v1/reservations/${id}`));
    must(await demo.post('/v1/outages', { evse, reason: 'broken' }));
    const other = location.charging_stations[0].evses.map((one: Json) => one.id).find((one: string) => one !== evse);
    await expect.poll(async () => must(await demo.get(`/v1/reservations/${id}`)).evse, { timeout: 20_000 }).toBe(other);
  }, 60_000);
});
