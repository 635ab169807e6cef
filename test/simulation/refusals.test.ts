/** What is kept of requests that were refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/database/index.ts';
import { testDatabases } from '../support/databases.ts';
import { DAY, openWorld, outcome, type Place, type World } from '../support/world.ts';

interface Row {
  driver: string | null;
  code: string;
  at: number;
  asked: Record<string, unknown>;
}

describe.each(testDatabases())('refused requests ($kind)', ({ open }) => {
  let w: World;
  let place: Place;
  beforeAll(async () => {
    w = await openWorld(open);
    place = await w.place({ policy: { max_duration_minutes: 120, max_active_per_driver: 1 } });
  });
  afterAll(() => w.close());

  const kept = async (): Promise<Row[]> => {
    await w.app.runtime.notes.settled();
    return w.db.database.query<Row>(sql`SELECT driver_id AS driver, code, asked_at AS at, asked FROM refusals WHERE location_id = ${place.id} ORDER BY seq`);
  };
  /** What is kept of a request. */
  const refused = async (body: object, headers?: Record<string, string>): Promise<[string | number, Row[]]> => {
    const before = (await kept()).length;
    const answer = await w.provider.api.post('/v1/reservations', body, headers);
    return [outcome(answer), (await kept()).slice(before)];
  };

  it('SIM-2 are kept when there was no room, or a rule of the policy stood against them, though nothing else of them is', async () => {
    const driver = await w.driver();
    expect(await refused(place.slot('10:00', '11:00', { confirm: true, driver: driver.id }))).toEqual([201, []]);
    const [code, rows] = await refused(place.slot('10:30', '11:30'));
    expect([code, rows]).toEqual(['slot_unavailable', [{
      driver: null, code: 'slot_unavailable', at: expect.any(Number), asked: { evseId: place.evse, start: place.at('10:30'), end: place.at('11:30') },
    }]]);
    expect(Math.abs(rows[0]!.at - (await w.now()))).toBeLessThan(60_000);
    expect((await refused(place.slot('12:00', '13:00', { driver: driver.id })))[1]).toMatchObject([{ driver: driver.id, code: 'too_many_active_reservations' }]);
    const vehicle = (await w.provider.api.post(`/v1/drivers/${driver.id}/vehicles`, { connector_type: ['CCS2'], max_dc_power_w: 20_000, license_plate: 'KA 01' })).body;
    const wish = { location_id: place.id, ideal_start: new Date(place.at('14:00')).toISOString(), energy_wh: 60_000, driver: driver.id, vehicle: vehicle.id };
    expect((await refused(wish))[1]).toMatchObject([{
      code: 'duration_not_allowed', asked: { energyWh: 60_000, vehicle: { connectorStandards: ['IEC_62196_T2_COMBO'], maxDcPowerW: 20_000 } },
    }]);
    expect(JSON.stringify(await kept())).not.toMatch(/KA 01|Asha|veh_/);
  });

  it('SIM-2 are kept once with an idempotency key too, under which the refusal is stored', async () => {
    const body = place.slot('10:30', '11:00');
    const key = { 'idempotency-key': 'refused' };
    expect(await refused(body, key)).toEqual(['slot_unavailable', [expect.objectContaining({ code: 'slot_unavailable' })]]);
    expect(await refused(body, key)).toEqual(['slot_unavailable', []]);
  });

  it('SIM-2 are not kept for what no policy and no room could have given', async () => {
    expect(await refused({ ...place.slot('15:00', '14:00') })).toEqual(['invalid_time_range', []]);
    expect(await refused({ ...place.slot('15:00', '16:00'), connector_type: ['CHAdeMO'] })).toEqual(['connector_incompatible', []]);
    expect(await refused({ ...place.slot('15:00', '16:00'), driver: 'drv_01jq8y3k5wf0xr7q1m3zs5c9tb' })).toEqual(['not_found', []]);
    expect(await refused({ ...place.slot('15:00', '16:00'), driver: 'nobody' })).toEqual(['invalid_request', []]);
  });

  it('SIM-2 are kept of one organisation up to a number in a minute, and of another nevertheless', async () => {
    const flooder = await w.addOrganisation({});
    const before = (await kept()).length;
    await Promise.all(Array.from({ length: 130 }, () => flooder.api.post('/v1/reservations', place.slot('10:00', '11:00'))));
    const after = (await kept()).length;
    expect(after - before).toBeGreaterThanOrEqual(100);
    expect(after - before).toBeLessThanOrEqual(200); // 100, or a minute has begun meanwhile
    expect((await refused(place.slot('10:00', '11:00')))[1]).toHaveLength(1);
  });

  it('SIM-3 are kept for 92 days', async () => {
    const count = (await kept()).length;
    expect(count).toBeGreaterThan(100);
    await w.leapTo((await w.now()) + 91 * DAY);
    await w.sweep();
    expect(await kept()).toHaveLength(count);
    await w.leapTo((await w.now()) + 2 * DAY);
    await w.sweep();
    expect(await kept()).toEqual([]);
  });
});
