/** The main job, as a newcomer would do it: over HTTP, on the demo network. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from './support/app.ts';
import { testDatabases, type TestDatabase } from './support/databases.ts';

describe.each(testDatabases())('a slot found and booked ($kind)', ({ open }) => {
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

  it('finds a CCS2 plug near a food court, holds it, confirms it, sees it gone, cancels it, sees it back', async () => {
    const demo = await app.as('demo');
    const tomorrow = Temporal.Now.zonedDateTimeISO('Asia/Kolkata').add({ days: 1 });
    const at = (clock: string) => tomorrow.withPlainTime(clock).toInstant().toString();
    const [start, end] = [at('12:45'), at('13:30')];
    const search = () => app.anybody.get(`/v1/search?latitude=12.65&longitude=77.2&radius=20000&connector_type=CCS2&facility=RESTAURANT&start=${start}&end=${end}`);
    const found = await search();
    expect(found.status).toBe(200);
    const [first] = found.body.data;
    const free = async () => (await app.anybody.get(`/v1/locations/${first.location_id}/slots?connector_type=CCS2&start=${start}&end=${end}&duration_minutes=45`)).body.data;
    const before = await free();
    expect(before.length).toBeGreaterThan(1);

    const held = await demo.post('/v1/reservations', { evse: before[0].evse, connector_type: ['CCS2'], ideal_start: start, ideal_end: end });
    expect(held.status).toBe(201);
    expect(held.body).toMatchObject({ status: 'pending', evse: before[0].evse });
    expect(await free()).toHaveLength(before.length - 1);

    const confirmed = await demo.post(`/v1/reservations/${held.body.id}/confirm`);
    expect(confirmed.body.status).toBe('confirmed');
    expect((await free()).map((slot: { evse: string }) => slot.evse)).not.toContain(before[0].evse);
    await app.runtime.events.settled();
    const again = (await search()).body.data.find((hit: { location_id: string }) => hit.location_id === first.location_id);
    expect(again.evses).toHaveLength(first.evses.length - 1);

    const cancelled = await demo.post(`/v1/reservations/${held.body.id}/cancel`);
    expect(cancelled.body.status).toBe('cancelled');
    expect(await free()).toEqual(before);
  });
});
