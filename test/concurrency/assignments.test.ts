/** Several processes that assign at once, on one PostgreSQL server, while drivers change their minds. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startRuntime } from '../../src/app/runtime.ts';
import { claim } from '../../src/domain/reservations/flexible/leases.ts';
import { loadNeighbourhoods } from '../../src/domain/reservations/flexible/neighbourhood.ts';
import { assignAll } from '../../src/domain/reservations/index.ts';
import type { Runtime } from '../../src/domain/organisations/index.ts';
import { readConfig } from '../../src/platform/config/index.ts';
import { openPostgres, sql } from '../../src/platform/database/index.ts';
import type { Json } from '../support/api.ts';
import { openTestPostgres } from '../support/databases.ts';
import { deadlocksOnceGone, PROBED } from '../support/deadlocks.ts';
import { brokenPromises } from '../support/promises-oracle.ts';
import { report } from '../support/random.ts';
import { iso, must, openWorld, type World } from '../support/world.ts';

const PROCESSES = 4;
const WISHES = 120;

describe.runIf(inject('postgresUrl') !== '')(`${PROCESSES} processes that assign at once`, () => {
  let w: World;
  const others: { runtime: Runtime; stop(): Promise<void> }[] = [];
  beforeAll(async () => {
    w = await openWorld(openTestPostgres);
    const config = readConfig({ DATABASE_URL: w.db.url! });
    for (let i = 0; i < PROCESSES; i++) {
      const url = new URL(w.db.url!);
      url.searchParams.set('application_name', PROBED);
      const database = await openPostgres({ url: url.href, maxConnections: 4, prepare: true, onError: () => undefined });
      const runtime = await startRuntime(database, config, { onError: () => undefined, onWarning: () => undefined });
      others.push({ runtime, stop: () => runtime.stop().then(() => database.close()) });
    }
  }, 60_000);
  afterAll(() => w.close());

  it('RSV-F9 decide each reservation once, in one neighbourhood one at a time, whatever drivers do meanwhile', async () => {
    const near = Array.from({ length: 4 }, (_, i) => ({ latitude: 48 + i / 200, longitude: 11.5 }));
    const places = await Promise.all(near.map((coordinates) => w.place({ evses: 3, coordinates })));
    const at = places[0]!.at;
    const asked = await Promise.all(Array.from({ length: WISHES }, (_, i) => w.provider.api.post('/v1/reservations', {
      location: { ...near[i % near.length], radius: 1_500 }, ideal_start: iso(at(`1${i % 3}:00`)), duration_minutes: 30 + 15 * (i % 3), earliest_start: iso(at('09:30')),
      latest_end: iso(at('14:00')),
    })));
    const ids = asked.map((answer) => must(answer).id as string);
    await w.leapTo(at('09:05'));
    const started = performance.now();
    const changes = ids.filter((_, i) => i % 6 === 0).map((id, i) => w.provider.api.post(`/v1/reservations/${id}/${i % 2 === 0 ? 'cancel' : 'confirm'}`));
    const decided = await Promise.all(others.map(({ runtime }) => assignAll(runtime)));
    await Promise.all(changes);
    await assignAll(w.app.runtime);
    report(`assignments: ${WISHES} wishes, ${PROCESSES} processes decided ${decided.join(', ')} of them in ${Math.round(performance.now() - started)} ms`);

    const after: Json[] = await Promise.all(ids.map(async (id) => must(await w.provider.api.get(`/v1/reservations/${id}`))));
    const count = (status: string) => after.filter((one) => one.status === status).length;
    expect(count('confirmed') + count('failed') + count('cancelled')).toBe(WISHES);
    expect(count('confirmed')).toBeGreaterThan(WISHES / 3);
    for (const one of after) {
      const types = (await w.eventsOf(one.id)).map(({ type }) => type as string);
      expect(types.filter((type) => ['reservation.confirmed', 'reservation.failed'].includes(type)).length).toBeLessThanOrEqual(1);
    }
    expect(await brokenPromises(w.db.database)).toEqual([]);
    expect(await w.db.database.query(sql`SELECT * FROM assignment_leases`)).toEqual([]);
  }, 60_000);

  it('RSV-F9 leave a neighbourhood alone that another one has claimed, until the claim ends', async () => {
    const place = await w.place();
    const location = { ...place.coordinates, radius: 500 };
    const { id } = must(await w.provider.api.post('/v1/reservations', { location, ideal_start: iso(place.at('10:00')), duration_minutes: 30 }));
    await w.leapTo(place.at('09:45'));
    const { latitude, longitude } = place.coordinates;
    const cell = `${Math.floor(latitude * 4)} ${Math.floor(longitude * 4)}`;
    await w.db.database.query(sql`
      INSERT INTO assignment_leases (network_id, cell, holder, expires_at) VALUES (${w.network.id}, ${cell}, 'somebody', clock_timestamp() + interval '1 hour')`);
    expect(await assignAll(w.app.runtime)).toBe(0);
    expect(must(await w.provider.api.post(`/v1/reservations/${id}/confirm`))).toMatchObject({ status: 'pending', assign_at: expect.any(String) });
    await w.db.database.query(sql`UPDATE assignment_leases SET expires_at = clock_timestamp()`);
    expect(await assignAll(w.app.runtime)).toBe(1);
    expect(must(await w.provider.api.get(`/v1/reservations/${id}`)).status).toBe('confirmed');
  });

  it('RSV-F7 answer who confirms with what another one has decided meanwhile', async () => {
    const place = await w.place();
    const { id } = must(await w.provider.api.post('/v1/reservations', {
      location: { ...place.coordinates, radius: 500 }, ideal_start: iso(place.at('10:00')), duration_minutes: 30,
    }));
    const caller = { networkId: w.network.id, actor: { kind: 'system' } } as const;
    const seed = { id, earliestStart: place.at('10:00'), latestEnd: place.at('10:30') };
    const [part] = await w.asSystem((ctx) => loadNeighbourhoods(ctx, [seed], () => true));
    const lease = (await claim(others[0]!.runtime, caller, part!, 'somebody'))!;
    const confirmed = w.provider.api.post(`/v1/reservations/${id}/confirm`);
    await expect.poll(async () => (await w.eventsOf(id)).length).toBe(2); // it is left to the other one
    await lease.release();
    expect(await assignAll(others[0]!.runtime)).toBe(1);
    expect(must(await confirmed)).toMatchObject({ status: 'confirmed', evse: place.evse, version: 3 });
  });

  it('RSV-F9 renew their claims while they work', async () => {
    const place = await w.place();
    const { id } = must(await w.provider.api.post('/v1/reservations', {
      location: { ...place.coordinates, radius: 500 }, ideal_start: iso(place.at('12:00')), duration_minutes: 30,
    }));
    const [part] = await w.asSystem((ctx) => loadNeighbourhoods(ctx, [{ id, earliestStart: place.at('12:00'), latestEnd: place.at('12:30') }], () => true));
    const lease = (await claim(others[0]!.runtime, { networkId: w.network.id, actor: { kind: 'system' } }, part!, 'somebody'))!;
    const endOf = async (): Promise<number> => (await w.db.database.query<{ at: number }>(sql`SELECT expires_at AS at FROM assignment_leases`))[0]!.at;
    const first = await endOf();
    await expect.poll(endOf, { timeout: 20_000 }).toBeGreaterThan(first);
    expect(await w.asSystem(lease.isHeld)).toBe(true);
    await lease.release();
    expect(await w.db.database.query(sql`SELECT * FROM assignment_leases`)).toEqual([]);
  });

  it('wait for nobody who waits for them', async () => {
    for (const { stop } of others) await stop();
    expect(await deadlocksOnceGone(w.db.url!)).toBe(0);
  });
});
