/** Eight clients create, extend, move, leave and cancel at random on three EVSEs: in four processes on PostgreSQL, and in one on the embedded database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/database/index.ts';
import type { Api, Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { brokenEvents } from '../support/events-oracle.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { brokenPromises } from '../support/promises-oracle.ts';
import { randomFrom, report, seedOf } from '../support/random.ts';
import { DRIVERS, EVERYTHING, runStorm, type Stage, type StormResult } from '../support/storm.ts';

const CLIENTS = 8;
const STEPS = Number(process.env.STORM_STEPS ?? 40);
const POLICY = {
  slot_grid_minutes: 15, min_duration_minutes: 15, max_duration_minutes: 120, no_show_minutes: 15, grace_minutes: 30, hold_minutes: 5, max_active_per_driver: 1000,
  no_show_ban: null, change_until_minutes: 0, cancel_until_minutes: 0,
};

describe.each(testDatabases())('8 clients on 3 EVSEs ($kind)', ({ kind }) => {
  let fleet: Fleet;
  const random = randomFrom(seedOf(`8 clients on 3 EVSEs (${kind})`));
  beforeAll(async () => {
    fleet = await startFleet(kind, { PLUGTIME_SWEEP_INTERVAL_MS: '200' });
  }, 120_000);
  afterAll(() => fleet.close());

  async function storm(what: string, actions: typeof DRIVERS, policy: object): Promise<StormResult> {
    const stage = await setUp(fleet.demo, what, { ...POLICY, ...policy });
    const started = performance.now();
    const result = await runStorm(stage, actions, { clients: CLIENTS, steps: STEPS, random });
    const ms = performance.now() - started;
    report(`${what} (${kind}): ${result.calls} calls in ${Math.round(ms)} ms, ${Math.round((result.calls * 1000) / ms)}/s; ${tell(result)}`);
    return result;
  }

  const share = (result: StormResult, outcome: RegExp): number => [...result.outcomes].reduce((sum, [name, n]) => (outcome.test(name) ? sum + n : sum), 0);

  it('keep the buffer between bookings', async () => {
    const result = await storm('buffer', DRIVERS, { buffer_minutes: 10 });
    expect(result.surprises).toEqual([]);
    expect(share(result, /^(move|extend) 200/)).toBeGreaterThan(CLIENTS); // they did get something done
    expect(share(result, /slot_unavailable/)).toBeGreaterThan(CLIENTS); // and got into each other's way
  });

  it('keep the share for walk-ins', async () => {
    const result = await storm('share', DRIVERS, { walk_in_share_percent: 30 });
    expect(result.surprises).toEqual([]);
    expect(share(result, /walk_in_share_reached/)).toBeGreaterThan(CLIENTS);
  });

  it('while cars come and go, EVSEs break down and time passes', async () => {
    const result = await storm('everything', EVERYTHING, { buffer_minutes: 5, walk_in_share_percent: 30 });
    expect(result.surprises).toEqual([]);
    expect(share(result, /^passTime 200/)).toBeGreaterThan(0);
  });

  it('left no promise broken, no event missing, no failure in the log, no deadlock', async () => {
    const waiting = () => fleet.database.query(sql`SELECT 1 AS one FROM events WHERE position IS NULL LIMIT 1`);
    await expect.poll(waiting, { timeout: 10_000 }).toEqual([]);
    expect(await fleet.stop()).toEqual({ failures: [], deadlocks: 0 });
    expect(await brokenPromises(fleet.database)).toEqual([]);
    expect(await brokenEvents(fleet.database)).toEqual([]);
  });
});

/** A location of the demo organisation with three EVSEs, and four drivers. */
async function setUp(apis: readonly Api[], name: string, policy: object): Promise<Stage> {
  const [api] = apis as [Api];
  const connectors = [{ ref: '1', standard: 'CCS2', format: 'CABLE', power_type: 'DC', max_voltage: 1000, max_amperage: 500, max_electric_power: 60_000 }];
  const location: Json = (await api.post('/v1/locations', {
    ref: `storm-${name}`, name: `Storm ${name}`, address: 'Main Road', city: 'Town', country: 'IND', coordinates: { latitude: 10, longitude: 70 }, time_zone: 'Asia/Kolkata',
    charging_stations: [{ ref: 'A', evses: [1, 2, 3].map((n) => ({ uid: `${name}-${n}`, connectors })) }],
  })).body;
  const set = await api.patch(`/v1/locations/${location.id}/policy`, policy);
  if (set.status !== 200) throw new Error(JSON.stringify(set.body));
  const drivers: string[] = [];
  for (let i = 0; i < 4; i++) drivers.push((await api.post('/v1/drivers', {})).body.id);
  const { now } = (await api.get('/v1/test_clock')).body;
  return {
    apis, locationId: location.id, evses: location.charging_stations[0].evses.map(({ id }: Json) => id), drivers, reservations: [], sessions: [], outages: [], blocks: [],
    now: Date.parse(now),
  };
}

function tell({ outcomes }: StormResult): string {
  return [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([outcome, n]) => `${outcome} ${n}`).join(', ');
}
