/**
 * A sandbox network of the test's own, over HTTP: two operators and two providers, without the demo. Nothing happens in it by
 * itself: the sweeper runs when the test says so, or on the way of the test clock.
 */
import { ensureNetwork } from '../../src/app/networks.ts';
import { startApp, type App } from '../../src/app/serve.ts';
import { sweepAll } from '../../src/domain/deadlines/index.ts';
import {
  createOrganisation, inContext, issueKey, type Actor, type Context, type Network, type NewOrganisation, type Organisation,
} from '../../src/domain/organisations/index.ts';
import { tellBatch } from '../../src/domain/telling/index.ts';
import { readConfig, type Config } from '../../src/platform/config/index.ts';
import { json, sql } from '../../src/platform/database/index.ts';
import { createLog } from '../../src/platform/log/index.ts';
import { scriptedNetwork } from './scripted-network.ts';
import { apiOf, type Answer, type Api, type Json } from './api.ts';
import { openTestEmbedded, type TestDatabase } from './databases.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Party {
  organisation: Organisation;
  api: Api;
}

export interface Place {
  id: string;
  ref: string;
  evses: string[];
  /** the first of them, and its connector */
  evse: string;
  connector: string;
  coordinates: { latitude: number; longitude: number };
  /** what its local clock reads so many days from the day on which the place was made, as an instant; tomorrow unless told */
  at(clock: string, day?: number): number;
  /** the body of a reservation of a slot tomorrow, at the first EVSE unless told */
  slot(begin: string, end: string, more?: Record<string, unknown>): Record<string, unknown>;
  policy(change: Record<string, unknown>): Promise<void>;
}

export interface PlaceOptions {
  evses?: number;
  timeZone?: string;
  openingTimes?: unknown;
  policy?: Record<string, unknown>;
  powerW?: number;
  coordinates?: { latitude: number; longitude: number };
  by?: Party;
}

export interface World {
  app: App;
  db: TestDatabase;
  network: Network;
  anybody: Api;
  operator: Party;
  otherOperator: Party;
  provider: Party;
  otherProvider: Party;
  addOrganisation(input: Partial<NewOrganisation>): Promise<Party>;
  place(options?: PlaceOptions): Promise<Place>;
  /** a driver of the provider, with a key of their own */
  driver(of?: Party): Promise<{ id: string; api: Api }>;
  /** the network's time */
  now(): Promise<number>;
  /** moves the test clock, and all that becomes due on the way happens */
  advance(byMs: number): Promise<void>;
  advanceTo(at: number): Promise<void>;
  /** moves the test clock, and nothing happens */
  leapTo(at: number): Promise<void>;
  sweep(): Promise<number>;
  /** drivers are told what has happened to them */
  tell(): Promise<void>;
  /** a network of others that answers at once; gives its id */
  addExternalNetwork(): Promise<string>;
  /** runs as the system */
  asSystem<T>(work: (ctx: Context) => Promise<T>): Promise<T>;
  /** events about an object, oldest first, as the organisation sees them */
  eventsOf(objectId: string, as?: Party): Promise<Json[]>;
  close(): Promise<void>;
}

const SYSTEM: Actor = { kind: 'system' };
let places = 0;

export async function openWorld(open: () => Promise<TestDatabase> = openTestEmbedded, settings: Partial<Record<keyof Config, string>> = {}): Promise<World> {
  const db = await open();
  const config = readConfig({
    PORT: '0', PLUGTIME_LOG: process.env.TEST_LOG ?? 'silent', PLUGTIME_RATE_LIMIT_PER_MINUTE: '1000000',
    PLUGTIME_PUBLIC_RATE_LIMIT_PER_MINUTE: '1000000', PLUGTIME_GUEST_STARTS_PER_HOUR: '1000000',
    PLUGTIME_OUTBOUND_ALLOW_PRIVATE: 'true', PLUGTIME_ADJUST_STATIONS: 'false', ...(db.url ? { DATABASE_URL: db.url } : {}), ...settings,
  });
  const scripted = scriptedNetwork();
  const app = await startApp({ config, log: createLog(config), isDemo: true, isDrivenByHand: true, database: db.database, networkPorts: scripted.ports });
  scripted.attach(app.runtime);
  const network = await ensureNetwork(db.database, 'sandbox');
  const asSystem: World['asSystem'] = (work) => inContext(app.runtime, { networkId: network.id, actor: SYSTEM }, work);
  const addOrganisation: World['addOrganisation'] = (input) => asSystem(async (ctx) => {
    places += 1;
    const organisation = await createOrganisation(ctx, { slug: `party-${places}`, name: 'A party', roles: ['provider'], ...input });
    const { secret } = await issueKey(ctx, organisation.id, { name: 'test', kind: 'secret' });
    return { organisation, api: apiOf(app.url, secret) };
  });
  const operator = await addOrganisation({ slug: 'operator', roles: ['operator'] });
  const otherOperator = await addOrganisation({ slug: 'other-operator', roles: ['operator'] });
  const provider = await addOrganisation({ slug: 'provider', roles: ['provider'] });
  const otherProvider = await addOrganisation({ slug: 'other-provider', roles: ['provider'] });
  const now = async (): Promise<number> => Date.parse((await operator.api.get('/v1/test_clock')).body.now as string);
  const advanceTo = async (at: number): Promise<void> => {
    must(await operator.api.post('/v1/test_clock/advance', { to: new Date(at).toISOString() }));
  };
  return {
    addExternalNetwork: () => asSystem((ctx) => scripted.add(ctx)),
    app, db, network, operator, otherOperator, provider, otherProvider, addOrganisation, asSystem, now, advanceTo,
    anybody: apiOf(app.url),
    place: async (options = {}) => makePlace(options.by ?? operator, await now(), options),
    driver: async (of = provider) => {
      const { id } = must(await of.api.post('/v1/drivers', {}));
      const { secret } = must(await of.api.post(`/v1/drivers/${id}/keys`, { name: 'app' }));
      return { id, api: apiOf(app.url, secret) };
    },
    advance: async (byMs) => advanceTo((await now()) + byMs),
    leapTo: async (at) => {
      const byMs = at - (await now());
      await db.database.query(sql`UPDATE networks SET clock_offset_ms = clock_offset_ms + ${byMs}::bigint WHERE id = ${network.id}`);
    },
    sweep: () => sweepAll(app.runtime),
    tell: async () => {
      await app.runtime.events.settled();
      const onError = (error: Error): never => { throw error; };
      for (let hasMore = true; hasMore;) hasMore = await tellBatch(app.runtime, { onError });
    },
    eventsOf: async (objectId, as = provider) => {
      await app.runtime.events.settled();
      return must(await as.api.get(`/v1/events?object_id=${objectId}&since=0&limit=100`)).data;
    },
    close: async () => {
      await app.stop();
      await db.close();
    },
  };
}

/** As that operator. */
export async function makePlace({ api }: Pick<Party, 'api'>, now: number, options: PlaceOptions): Promise<Place> {
  const { evses = 1, timeZone = 'Asia/Kolkata', openingTimes, policy, powerW = 60_000, coordinates = farFromOthers() } = options;
  places += 1;
  const ref = `PLACE-${places}`;
  const location = must(await api.post('/v1/locations', {
    ref, name: `Place ${places}`, address: 'Main Road', city: 'Town', country: 'IND', coordinates, time_zone: timeZone,
    ...(openingTimes === undefined ? {} : { opening_times: openingTimes }),
    charging_stations: [{ ref: 'A', evses: Array.from({ length: evses }, (_, i) => evseBody(`${ref}-${i}`, powerW)) }],
  }));
  const made = location.charging_stations[0].evses as { id: string; connectors: { id: string }[] }[];
  const ids = made.map(({ id }) => id);
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();
  const at = (clock: string, day = 1): number => today.add({ days: day }).toZonedDateTime({ timeZone, plainTime: clock }).epochMilliseconds;
  const change: Place['policy'] = async (fields) => void must(await api.patch(`/v1/locations/${location.id}/policy`, fields));
  if (policy) await change(policy);
  return {
    id: location.id, ref, evses: ids, evse: ids[0]!, connector: made[0]!.connectors[0]!.id, coordinates, at, policy: change,
    slot: (begin, end, more = {}) => ({ evse: ids[0], ideal_start: iso(at(begin)), ideal_end: iso(at(end)), ...more }),
  };
}

export function evseBody(uid: string, powerW = 60_000): Record<string, unknown> {
  return {
    uid, connectors: [{
      ref: '1', standard: 'CCS2', format: 'CABLE', power_type: 'DC', max_voltage: 1000, max_amperage: 500, max_electric_power: powerW,
    }],
  };
}

/** Places that a test does not put beside each other are no neighbours. */
function farFromOthers(): { latitude: number; longitude: number } {
  return { latitude: -60 + (places % 120), longitude: -170 + 3 * Math.floor(places / 120) };
}

export const iso = (at: number): string => new Date(at).toISOString();

/** The body of an answer that must be a success. */
export function must(answer: Answer<Json>): Json {
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${json(answer.body)}`);
  return answer.body;
}

/** `slot_unavailable` and the like, or the status of a success. */
export const outcome = ({ status, body }: Answer<Json>): string | number => (status < 300 ? status : body.code);
