/** A driver's calendar feed, as a calendar app reads it: over HTTP, without a key, by another library than the one that writes it. */
import { Writable } from 'node:stream';
import ICAL from 'ical.js';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app/serve.ts';
import { readConfig } from '../../src/platform/config/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { apiOf, type Api } from '../support/api.ts';
import { DAY, iso, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

interface Feed {
  text: string;
  headers: Headers;
  events: Map<string, ICAL.Component>;
}

describe('a calendar feed', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());

  const addressOf = async (driverId: string, api: Api = w.provider.api): Promise<string> => must(await api.post(`/v1/drivers/${driverId}/calendar_feed`)).secret_url;
  async function read(url: string): Promise<Feed> {
    const response = await fetch(url);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`answered ${response.status}: ${text}`);
    const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
    const events = calendar.getAllSubcomponents('vevent').map((event) => [String(event.getFirstPropertyValue('uid')), event] as const);
    return { text, headers: response.headers, events: new Map(events) };
  }
  const valueOf = (event: ICAL.Component | undefined, name: string): string => String(event?.getFirstPropertyValue(name));
  const book = async (place: Place, driver: string, day: number, more: Record<string, unknown> = {}) => must(await w.provider.api.post('/v1/reservations', {
    evse: place.evse, ideal_start: iso(place.at('10:00', day)), ideal_end: iso(place.at('10:30', day)), driver, confirm: true, ...more,
  }));

  it('FEED-3 FEED-5 shows reservations as events that another library understands', async () => {
    const place = await w.place({ policy: { max_active_per_driver: 100 }, coordinates: { latitude: 12.9716, longitude: 77.5946 } });
    must(await w.operator.api.patch(`/v1/locations/${place.id}`, { name: 'Hafen; "Süd", \\ 充電ステーション 充電ステーション 充電ステーション 充電ステーション' }));
    const { id: driver } = await w.driver();
    const held = await book(place, driver, 1, { confirm: false });
    const firm = await book(place, driver, 2, { metadata: { secret: 'between us' } });
    const given = await book(place, driver, 3);
    must(await w.provider.api.post(`/v1/reservations/${given.id}/cancel`));
    const { text, headers, events } = await read(await addressOf(driver));
    expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(headers.get('cache-control')).toMatch(/^private/);
    expect([...events.keys()]).toEqual([held.id, firm.id, given.id]);
    const event = events.get(firm.id)!;
    expect(valueOf(event, 'dtstart')).toBe(firm.reserved_start.replace('.000Z', 'Z'));
    expect(valueOf(event, 'dtend')).toBe(firm.reserved_end.replace('.000Z', 'Z'));
    expect(valueOf(event, 'summary')).toBe('Charging at Hafen; "Süd", \\ 充電ステーション 充電ステーション 充電ステーション 充電ステーション');
    expect(valueOf(event, 'location')).toContain('Main Road, Town');
    expect(valueOf(event, 'geo')).toBe('12.9716,77.5946');
    expect(valueOf(event, 'description')).toContain('Plug: IEC_62196_T2_COMBO, 60 kW\nEVSE: ');
    expect([held, firm, given].map(({ id }) => valueOf(events.get(id), 'status'))).toEqual(['TENTATIVE', 'CONFIRMED', 'CANCELLED']);
    expect([held, firm, given].map(({ id }) => valueOf(events.get(id), 'sequence'))).toEqual(['1', '1', '2']);
    expect(valueOf(events.get(given.id), 'last-modified')).toBe(valueOf(events.get(given.id), 'dtstamp'));
    expect(text).not.toContain('between us');
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  it('FEED-3 follows a reservation that moves, and is the same while nothing changes', async () => {
    const place = await w.place();
    const { id: driver } = await w.driver();
    const { id } = await book(place, driver, 1);
    const url = await addressOf(driver);
    const [first, again] = [await read(url), await read(url)];
    expect(again.text).toBe(first.text);
    const etag = first.headers.get('etag')!;
    const unchanged = await fetch(url, { headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([unchanged.status, unchanged.headers.get('etag'), await unchanged.text()]).toEqual([304, etag, '']);
    must(await w.provider.api.post(`/v1/reservations/${id}/move`, { start: iso(place.at('12:00')) }));
    const moved = await fetch(url, { headers: { 'if-none-match': etag } });
    expect(moved.status).toBe(200);
    const event = (await read(url)).events.get(id);
    expect([valueOf(event, 'sequence'), valueOf(event, 'dtstart')]).toEqual(['2', iso(place.at('12:00')).replace('.000Z', 'Z')]);
  });

  it('FEED-4 forgets what is over for 30 days', async () => {
    const place = await w.place({ policy: { max_lead_minutes: 525_600, no_show_ban: null } });
    const { id: driver } = await w.driver();
    const over = await book(place, driver, 1);
    const later = await book(place, driver, 60);
    const given = await book(place, driver, 61);
    must(await w.provider.api.post(`/v1/reservations/${given.id}/cancel`));
    const url = await addressOf(driver);
    const shown = async () => [...(await read(url)).events.keys()];
    await w.advance(29 * DAY);
    expect(await shown()).toEqual([over.id, later.id, given.id]);
    await w.advance(3 * DAY);
    expect(await shown()).toEqual([later.id]);
  });

  it('FEED-4 shows 1,000 events at most, the nearest', async () => {
    const place = await w.place();
    const { id: driver } = await w.driver();
    const { id } = await book(place, driver, 1);
    await w.db.database.query(sql`
      INSERT INTO reservations (id, network_id, organisation_id, operator_id, mode, status, location_id, station_id, evse_id, connector_id, driver_id,
        reserved_start, reserved_end, policy, details, metadata, created_at, updated_at)
      SELECT 'res_' || lpad(n::text, 26, '0'), network_id, organisation_id, operator_id, mode, 'completed', location_id, station_id, evse_id, connector_id, driver_id,
        reserved_start + n * interval '1 hour', reserved_end + n * interval '1 hour', policy, details, metadata, created_at, updated_at
      FROM reservations, generate_series(1, 1500) n WHERE id = ${id}`);
    const { events } = await read(await addressOf(driver));
    expect(events.size).toBe(1_000);
    expect(events.has(id)).toBe(true);
    expect(events.has(`res_${'999'.padStart(26, '0')}`)).toBe(true);
  });

  it('FEED-1 FEED-2 has one address at a time, which opens nothing when it is another or wrong', async () => {
    const driver = await w.driver();
    const first = await addressOf(driver.id, driver.api);
    const second = await addressOf(driver.id);
    expect(second).toMatch(/\/v1\/calendar_feeds\/cf_[0-9a-f]{40}\.ics$/);
    expect((await fetch(first)).status).toBe(404);
    expect((await read(second)).events.size).toBe(0);
    const stored = await w.db.database.query<{ all: string }>(sql`SELECT f::text AS all FROM calendar_feeds f WHERE driver_id = ${driver.id}`);
    expect(stored[0]!.all).not.toContain(/cf_[0-9a-f]+/.exec(second)![0].slice(3));
    const problem = await w.anybody.get(`/v1/calendar_feeds/cf_${'0'.repeat(40)}.ics`);
    expect([problem.status, problem.body.code]).toEqual([404, 'not_found']);
    must(await driver.api.delete(`/v1/drivers/${driver.id}/calendar_feed`));
    expect((await fetch(second)).status).toBe(404);
    expect(outcome(await driver.api.delete(`/v1/drivers/${driver.id}/calendar_feed`))).toBe('not_found');
    const actions = must(await w.provider.api.get(`/v1/audit_log?object_id=${driver.id}`)).data.map(({ action }: { action: string }) => action);
    expect(actions.slice(0, 3)).toEqual(['calendar_feed.end', 'calendar_feed.create', 'calendar_feed.create']);
  });

  it('FEED-2 is made by nobody who may not read what it shows', async () => {
    const { id: driver } = await w.driver();
    const keyWith = async (scopes: string[]): Promise<Api> => apiOf(w.app.url, must(await w.provider.api.post('/v1/api_keys', { name: 'till', scopes })).secret);
    const post = async (api: Api) => outcome(await api.post(`/v1/drivers/${driver}/calendar_feed`));
    expect(await post(await keyWith(['drivers:read', 'reservations:write']))).toBe('forbidden');
    expect(await post(await keyWith(['drivers:read', 'reservations:read']))).toBe('forbidden');
    expect(await post(await keyWith(['drivers:read', 'reservations:read', 'reservations:write']))).toBe(201);
  });

  it('FEED-5 leaves its address in no log, also when it fails', async () => {
    const { id: driver } = await w.driver();
    const token = (await addressOf(driver)).split('/').at(-1)!;
    const lines: string[] = [];
    const config = readConfig({ PORT: '0', PLUGTIME_LOG: 'trace', PLUGTIME_SWEEP_INTERVAL_MS: '1000000', ...(w.db.url ? { DATABASE_URL: w.db.url } : {}) });
    const log = pino({ level: 'trace' }, new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    }));
    const app = await startApp({ config, log, isDemo: true, database: w.db.database });
    const statuses = [];
    for (const path of [token, `${token}x`, `cf_${'1'.repeat(40)}.ics`]) statuses.push((await fetch(`${app.url}/v1/calendar_feeds/${path}`)).status);
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    await app.stop();
    expect(statuses).toEqual([200, 400, 404]);
    expect(lines.join('')).toContain('/v1/calendar_feeds/:file');
    expect(lines.join('') + metrics).not.toMatch(/cf_[0-9a-f]{6}/);
  });
});
