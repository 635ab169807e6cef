/**
 * The waitlist, while many claim, skip, leave, cancel and book at once at several processes, holds run out, and a process is killed: nobody
 * is lost, nothing is given twice, and nobody waits for somebody who waits.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sql } from '../../src/platform/database/index.ts';
import type { Answer, Json } from '../support/api.ts';
import { openTestPostgres, type TestDatabase } from '../support/databases.ts';
import { deadlocksOnceGone, PROBED } from '../support/deadlocks.ts';
import { brokenPromises } from '../support/promises-oracle.ts';
import { randomFrom, report, seedOf, type Random } from '../support/random.ts';
import { startServerProcess, startServerProcesses, temporaryFolder, type ServerProcess } from '../support/server-process.ts';
import { brokenWaitlist } from '../support/waitlist-oracle.ts';
import { evseBody, iso, MINUTE, must } from '../support/world.ts';

const EVSES = 3;
const DRIVERS = 12;
const ROUNDS = 8;
const AT_ONCE = 50;
const SLOT = 30 * MINUTE;
/** Slots that everybody wants. */
const WANTED = 8;
/** What a call may be refused with, when others were faster. */
const REFUSALS = new Set(['invalid_state', 'slot_unavailable', 'waitlist_limit_reached', 'not_found']);

describe.runIf(inject('postgresUrl') !== '')('the waitlist at several processes', () => {
  let db: TestDatabase;
  let servers: ServerProcess[];
  let settings: Record<string, string>;
  const folder = temporaryFolder();
  const random = randomFrom(seedOf('waitlist'));

  beforeAll(async () => {
    db = await openTestPostgres();
    const url = new URL(db.url!);
    url.searchParams.set('application_name', PROBED);
    settings = { DATABASE_URL: url.href, DATABASE_MAX_CONNECTIONS: '6', PLUGTIME_DATA: folder.path, PLUGTIME_SWEEP_INTERVAL_MS: '50' };
    servers = await startServerProcesses(2, settings);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    folder.remove();
    await db.close();
  });

  const demo = () => servers[0]!.demo;

  interface Stage {
    location: string;
    drivers: string[];
    /** when the hours that everybody wants begin */
    start: number;
    entries: Json[];
    taken: Json[];
  }
  interface Call {
    what: string;
    /** undefined when the connection broke */
    answer: Answer<Json> | undefined;
  }

  async function prepare(): Promise<Omit<Stage, 'entries' | 'taken'>> {
    const { id: location } = must(await demo().post('/v1/locations', {
      ref: 'WAITLIST', name: 'Waitlist', address: 'Main Road', city: 'Town', country: 'IND', coordinates: { latitude: -40, longitude: 100 }, time_zone: 'Asia/Kolkata',
      charging_stations: [{ ref: 'A', evses: Array.from({ length: EVSES }, (_, i) => evseBody(`W${i}`)) }],
    }));
    must(await demo().patch(`/v1/locations/${location}/policy`, { max_active_per_driver: 1000 }));
    const drivers: string[] = [];
    for (let i = 0; i < DRIVERS; i++) drivers.push(must(await demo().post('/v1/drivers', {})).id);
    const start = Math.ceil((await now()) / SLOT) * SLOT + 6 * 60 * MINUTE;
    for (let i = 0; i < EVSES * WANTED; i++) must(await demo().post('/v1/reservations', bookingOf(location, start + (i % WANTED) * SLOT)));
    return { location, drivers, start };
  }

  const now = async (): Promise<number> => Date.parse(must(await demo().get('/v1/test_clock')).now);
  const bookingOf = (location: string, at: number) => ({ location_id: location, ideal_start: iso(at), duration_minutes: 30, confirm: true });
  const live = async (): Promise<Json[]> => {
    const pages = await Promise.all(['waiting', 'offered'].map((status) => demo().get(`/v1/waitlist_entries?limit=100&status=${status}`)));
    return pages.flatMap((page) => must(page).data as Json[]);
  };
  const booked = async (location: string): Promise<Json[]> => must(await demo().get(`/v1/reservations?location_id=${location}&status=confirmed&limit=100`)).data;

  /** One thing that somebody does, at any of the processes. */
  async function act(own: Random, { location, drivers, start, entries, taken }: Stage): Promise<Call> {
    const api = own.pick(servers).demo;
    const call = async (what: string, path: string, body?: unknown): Promise<Call> => ({ what, answer: await api.post(path, body).catch(() => undefined) });
    const from = start + own.below(WANTED - 2) * SLOT;
    const dice = own.below(100);
    if (dice < 25 || entries.length === 0) {
      return call('join', '/v1/waitlist_entries', {
        location_id: location, driver: own.pick(drivers), ideal_start: iso(from + SLOT), earliest_start: iso(from), latest_end: iso(from + 3 * SLOT), duration_minutes: 30,
      });
    }
    if (dice < 45 && taken.length > 0) return call('cancel', `/v1/reservations/${own.pick(taken).id}/cancel`);
    if (dice < 55) return call('book', '/v1/reservations', bookingOf(location, from));
    const offered = entries.filter(({ status }) => status === 'offered');
    const entry = own.pick(offered.length > 0 && dice < 95 ? offered : entries);
    if (dice < 62 && entry.offer) return call('cancel offer', `/v1/reservations/${entry.offer.reservation}/cancel`);
    if (dice < 68 && entry.offer) return call('confirm offer', `/v1/reservations/${entry.offer.reservation}/confirm`);
    return call(dice < 80 ? 'claim' : dice < 92 ? 'skip' : 'leave', `/v1/waitlist_entries/${entry.id}/${dice < 80 ? 'claim' : dice < 92 ? 'skip' : 'leave'}`);
  }

  async function killOne(): Promise<Call> {
    await servers[1]!.kill();
    servers[1] = await startServerProcess(settings);
    return { what: 'kill', answer: undefined };
  }

  /** Whether nobody who waits could have what is free. */
  async function settled(location: string): Promise<boolean> {
    const waiting = (await live()).filter(({ status, skips }) => status === 'waiting' && skips === 0);
    for (const { earliest_start: from, latest_end: to } of waiting) {
      const { data } = must(await demo().get(`/v1/locations/${location}/slots?start=${from}&end=${to}&duration_minutes=30`));
      if (data.length > 0) return false;
    }
    return true;
  }

  it('WTL-13 CAL-1: loses nobody, gives nothing twice and never locks up, through 400 calls and a kill', async () => {
    const stage = await prepare();
    const joined: string[] = [];
    const counts = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const [entries, taken] = await Promise.all([live(), booked(stage.location)]);
      const calls = Array.from({ length: AT_ONCE }, () => act(random.fork(), { ...stage, entries, taken }));
      if (round === ROUNDS / 2) calls.push(killOne());
      for (const { what, answer } of await Promise.all(calls)) {
        const outcome = answer === undefined ? 'cut off' : answer.status < 300 ? 'done' : String(answer.body.code);
        counts.set(`${what}: ${outcome}`, (counts.get(`${what}: ${outcome}`) ?? 0) + 1);
        if (answer && answer.status >= 300) expect([what, outcome, REFUSALS.has(outcome)]).toEqual([what, outcome, true]);
        if (what === 'join' && answer?.status === 201) joined.push(answer.body.id);
      }
      if (round % 3 === 2) must(await demo().post('/v1/test_clock/advance', { by_seconds: 660 })); // what is offered lapses
    }
    report(`waitlist: ${[...counts].map(([what, n]) => `${what} ${n}`).sort((a, b) => a.localeCompare(b)).join(', ')}`);
    for (const what of ['join', 'claim', 'skip', 'leave', 'cancel']) expect(counts.get(`${what}: done`)).toBeGreaterThan(0);
    await expect.poll(() => settled(stage.location), { timeout: 20_000, interval: 200 }).toBe(true);

    const failures = servers.flatMap((server) => server.failures());
    await Promise.all(servers.map((server) => server.stop()));
    expect(failures).toEqual([]);
    expect(await brokenPromises(db.database)).toEqual([]);
    expect(await brokenWaitlist(db.database)).toEqual([]);
    const known = await db.database.query<{ id: string }>(sql`SELECT id FROM waitlist_entries`);
    expect(joined.filter((id) => !known.some((entry) => entry.id === id))).toEqual([]);
    expect(await deadlocksOnceGone(db.url!)).toBe(0);
  }, 180_000);
});
