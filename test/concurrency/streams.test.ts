/**
 * Two processes on one PostgreSQL database: what happens in one is seen in the other, soon and in the same order, whether they wake
 * each other through the database or over NATS.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { openTestPostgres, type TestDatabase } from '../support/databases.ts';
import { readEventStream, type EventReader } from '../support/event-reader.ts';
import { hasNats, startNats, type NatsServer } from '../support/nats.ts';
import { report } from '../support/random.ts';
import { DEMO_KEY, startServerProcesses, temporaryFolder, type ServerProcess } from '../support/server-process.ts';

/** How long the other process may take. It takes some milliseconds; a lost notification would cost a second. */
const SOON_MS = 5_000;

const WAYS = [{ way: 'the database', overNats: false }, ...(hasNats() ? [{ way: 'NATS', overNats: true }] : [])];

describe.runIf(inject('postgresUrl') !== '').each(WAYS)('two processes on one database that wake each other through $way', ({ overNats }) => {
  const folder = temporaryFolder();
  let db: TestDatabase;
  let nats: NatsServer | undefined;
  let a: ServerProcess;
  let b: ServerProcess;
  let readers: EventReader[];
  let location: Json;
  let evses: string[];

  beforeAll(async () => {
    db = await openTestPostgres();
    nats = overNats ? await startNats() : undefined;
    const settings = { DATABASE_URL: db.url!, PLUGTIME_DATA: folder.path, ...(nats ? { NATS_URL: nats.url } : {}) };
    [a, b] = await startServerProcesses(2, settings) as [ServerProcess, ServerProcess];
    readers = [a, b].map(({ url }) => readEventStream(async () => url, DEMO_KEY));
    location = (await b.anybody.get('/v1/locations?limit=100')).body.data.find(({ ref }: Json) => ref === 'HAK-BID-01');
    evses = location.charging_stations.flatMap((station: Json) => station.evses).filter(({ bookable }: Json) => bookable).map(({ id }: Json) => id);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(readers.map((reader) => reader.stop()));
    await Promise.all([a.stop(), b.stop()]);
    await nats?.remove();
    folder.remove();
    await db.close();
  });

  const slot = (days: number) => {
    const start = Temporal.Now.zonedDateTimeISO('Asia/Kolkata').add({ days }).withPlainTime('12:45').toInstant();
    return { start: start.toString(), end: start.add({ minutes: 45 }).toString() };
  };
  /** The EVSEs of the location that a server finds free then. */
  const freeAt = async (server: ServerProcess, { start, end }: { start: string; end: string }): Promise<string[]> => {
    const { data } = (await server.anybody.get(`/v1/search?text=Thatte&start=${start}&end=${end}`)).body;
    return data.filter((hit: Json) => hit.location_id === location.id).flatMap((hit: Json) => hit.evses.map(({ id }: Json) => id));
  };
  const book = async (server: ServerProcess, evse: string, { start, end }: { start: string; end: string }, confirm = true): Promise<Json> => {
    const { status, body } = await server.demo.post('/v1/reservations', { evse, ideal_start: start, ideal_end: end, confirm });
    expect(status).toBe(201);
    return body;
  };
  const seen = (reader: EventReader | undefined, id: string): string[] => reader!.events.filter((event) => event.object_id === id).map(({ type }) => type);

  it('a booking made in one is in the stream and in the search of the other, and its end as well', async () => {
    const then = slot(1);
    const [evse] = evses as [string];
    expect(await freeAt(b, then)).toContain(evse);
    const started = performance.now();
    const { id } = await book(a, evse, then);
    const booked = performance.now();
    await expect.poll(() => seen(readers[1], id), { timeout: SOON_MS, interval: 2 }).toEqual(['reservation.confirmed']);
    const streamed = performance.now();
    await expect.poll(() => freeAt(b, then), { timeout: SOON_MS, interval: 2 }).not.toContain(evse);
    report(`seen in the other process: booked in ${Math.round(booked - started)} ms, in its stream ${Math.round(streamed - booked)} ms later,`
      + ` in its search after ${Math.round(performance.now() - booked)} ms`);
    await a.demo.post(`/v1/reservations/${id}/cancel`);
    await expect.poll(() => seen(readers[1], id), { timeout: SOON_MS }).toEqual(['reservation.confirmed', 'reservation.cancelled']);
    await expect.poll(() => freeAt(b, then), { timeout: SOON_MS }).toContain(evse);
  });

  it('a location made in one is found in the other', async () => {
    const made = await a.demo.post('/v1/locations', {
      ref: 'two-processes', name: 'Eradu Mane', address: 'Main Road', city: 'Bidadi', country: 'IND', coordinates: { latitude: 12.8, longitude: 77.4 }, time_zone: 'Asia/Kolkata',
    });
    await expect.poll(async () => (await b.anybody.get('/v1/search?text=Eradu')).body.data.map((hit: Json) => hit.location_id), { timeout: SOON_MS }).toEqual([made.body.id]);
  });

  it('readers of both see the same events in the same order, whoever wrote them', async () => {
    const writes = Array.from({ length: 5 * evses.length }, (_, i) => book([a, b][i % 2]!, evses[i % evses.length]!, slot(2 + Math.floor(i / evses.length))));
    const ids = (await Promise.all(writes)).map(({ id }) => id);
    for (const reader of readers) await expect.poll(() => ids.filter((id) => seen(reader, id).length !== 1), { timeout: SOON_MS }).toEqual([]);
    const [one, other] = readers.map((reader) => reader.events.map(({ position, id }) => [position, id]));
    expect(one).toEqual(other);
    expect(new Set(one!.map(([position]) => position)).size).toBe(one!.length);
  });

  it('a test clock that is moved in one is moved in the other, and what became due on the way is over there too', async () => {
    const soon = slot(11);
    const { id } = await book(a, evses[0]!, soon, false);
    await expect.poll(() => freeAt(b, soon), { timeout: SOON_MS }).not.toContain(evses[0]);
    const late = slot(16); // farther ahead than can be booked today
    expect(await freeAt(b, late)).toEqual([]);
    const { now } = (await a.demo.post('/v1/test_clock/advance', { by_seconds: 3 * 86_400 })).body;
    const moved = performance.now();
    expect(Math.abs(Date.parse((await b.demo.get('/v1/test_clock')).body.now) - Date.parse(now))).toBeLessThan(SOON_MS);
    await expect.poll(() => freeAt(b, late), { timeout: SOON_MS, interval: 2 }).toContain(evses[0]);
    report(`the test clock was moved in the other process's search after ${Math.round(performance.now() - moved)} ms`);
    await expect.poll(() => freeAt(b, soon), { timeout: SOON_MS }).toContain(evses[0]);
    await expect.poll(() => seen(readers[1], id), { timeout: SOON_MS }).toEqual(['reservation.created', 'reservation.failed']);
    const types = readers[1]!.events.map(({ type }) => type);
    expect(types.lastIndexOf('test_clock.advanced')).toBeGreaterThan(types.lastIndexOf('reservation.failed'));
  });

  it('what one had written when it was killed is still told by the other', async () => {
    const then = slot(12);
    const calls = evses.map((evse) => book(a, evse, then).catch(() => undefined));
    await Promise.race(calls); // one is acknowledged, the others are under way
    await a.kill();
    const acknowledged = (await Promise.all(calls)).flatMap((body: Json) => body?.id ?? []);
    expect(acknowledged).not.toEqual([]);
    for (const id of acknowledged) await expect.poll(() => seen(readers[1], id), { timeout: SOON_MS }).toEqual(['reservation.confirmed']);
    const booked = (await b.demo.get('/v1/reservations?limit=100&status=confirmed')).body.data.filter((r: Json) => Date.parse(r.reserved_start) === Date.parse(then.start));
    for (const { id } of booked) await expect.poll(() => seen(readers[1], id), { timeout: SOON_MS }).toEqual(['reservation.confirmed']);
    await expect.poll(async () => (await freeAt(b, then)).length, { timeout: SOON_MS }).toBe(evses.length - booked.length);
  });
});
