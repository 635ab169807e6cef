/** The index follows what happens, and agrees with the list of free slots. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from './support/api.ts';
import { startTestApp, type TestApp } from './support/app.ts';
import { testDatabases, type TestDatabase } from './support/databases.ts';

describe.each(testDatabases())('search follows what happens ($kind)', ({ open }) => {
  let db: TestDatabase;
  let app: TestApp;
  let demo: Api;
  let operator: Api;
  const tomorrow = Temporal.Now.zonedDateTimeISO('Asia/Kolkata').add({ days: 1 });
  const at = (clock: string) => tomorrow.withPlainTime(clock).toInstant().toString();
  const [start, end] = [at('12:45'), at('13:30')];

  beforeAll(async () => {
    db = await open();
    app = await startTestApp(db);
    [demo, operator] = [await app.as('demo'), await app.as('hakki-charge')];
  });
  afterAll(async () => {
    await app.stop();
    await db.close();
  });

  /** EVSEs of a location by search, and by its list of free slots. */
  const both = async (locationId: string, text: string) => {
    await app.runtime.events.settled();
    const hits = (await app.anybody.get(`/v1/search?text=${text}&start=${start}&end=${end}`)).body.data.filter((hit: { location_id: string }) => hit.location_id === locationId);
    const slots = (await app.anybody.get(`/v1/locations/${locationId}/slots?duration_minutes=45&start=${start}&end=${end}`)).body.data;
    return {
      searched: hits.flatMap((hit: { evses: { id: string }[] }) => hit.evses.map((evse) => evse.id)).sort(),
      listed: slots.map((slot: { evse: string }) => slot.evse).sort(),
    };
  };
  const locate = async (text: string) => (await app.anybody.get(`/v1/search?text=${text}`)).body.data[0].location_id as string;

  it('RSV-7: finds nothing where the share for walk-ins is reached, and again when it is given up', async () => {
    const id = await locate('gombe');
    await operator.patch(`/v1/locations/${id}/policy`, { walk_in_share_percent: 50 });
    const before = await both(id, 'gombe');
    expect(before.searched).toEqual(before.listed);
    const bookable = Math.floor(before.listed.length / 2);
    for (const evse of before.listed.slice(0, bookable)) {
      const booked = await demo.post('/v1/reservations', { evse, ideal_start: start, ideal_end: end, confirm: true });
      expect(booked.status).toBe(201);
    }
    expect(await both(id, 'gombe')).toEqual({ searched: [], listed: [] });
    await operator.patch(`/v1/locations/${id}/policy`, { walk_in_share_percent: 0 });
    const after = await both(id, 'gombe');
    expect(after.listed).toHaveLength(before.listed.length - bookable);
    expect(after.searched).toEqual(after.listed);
    await operator.patch(`/v1/locations/${id}/policy`, { walk_in_share_percent: 100 });
    expect(await both(id, 'gombe')).toEqual({ searched: [], listed: [] });
  });

  it('follows outages, blocks, and EVSEs that are not to be booked', async () => {
    const id = await locate('sakkare');
    const before = await both(id, 'sakkare');
    expect(before.searched).toEqual(before.listed);
    const [broken, blocked, unbookable] = before.listed;
    const outage = await operator.post('/v1/outages', { evse: broken, reason: 'cable cut' });
    await operator.post('/v1/blocks', { evse: blocked, start, end, reason: 'inspection' });
    await operator.patch(`/v1/evses/${unbookable}`, { capabilities: ['RFID_READER'] });
    const during = await both(id, 'sakkare');
    expect(during.listed).toEqual(before.listed.slice(3));
    expect(during.searched).toEqual(during.listed);
    await operator.post(`/v1/outages/${outage.body.id}/end`);
    const after = await both(id, 'sakkare');
    expect(after.listed).toContain(broken);
    expect(after.searched).toEqual(after.listed);
  });
});
