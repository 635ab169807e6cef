/** Stations: what stands where, who sees it, what keeps its id, what goes and what comes back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importLocations } from '../../src/domain/calendar/index.ts';
import { ALWAYS_OPEN, findEvse, getLocationOf, reportEvseStatus, type Location, type LocationInput } from '../../src/domain/stations/index.ts';
import type { Json } from '../support/api.ts';
import { evseBody, iso, must, openWorld, outcome, type World } from '../support/world.ts';

describe('stations', () => {
  let w: World;
  let refs = 0;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());

  const body = (more: Record<string, unknown> = {}) => {
    refs += 1;
    return {
      ref: `REF-${refs}`, name: 'A place', address: 'Main Road', city: 'Town', country: 'IND', coordinates: { latitude: 12, longitude: 77 },
      time_zone: 'Asia/Kolkata',
      charging_stations: [{ ref: 'A', evses: [evseBody('E1'), evseBody('E2')] }, { ref: 'B', evses: [evseBody('E3')] }], ...more,
    };
  };
  const create = async (more = {}) => must(await w.operator.api.post('/v1/locations', body(more)));
  const read = async (id: string, as = w.anybody) => must(await as.get(`/v1/locations/${id}`));
  const evsesOf = (location: Json) => (location.charging_stations as { evses: { id: string; uid: string }[] }[]).flatMap(({ evses }) => evses);
  const idsOf = (location: Json) => evsesOf(location).map(({ id, uid }) => `${uid} ${id}`).sort();
  const reserve = (evse: string, at: number) => w.provider.api.post(
    '/v1/reservations', { evse, ideal_start: iso(at), duration_minutes: 30, confirm: true },
  );
  const tomorrow = async () => Math.ceil(((await w.now()) + 86_400_000) / 3_600_000) * 3_600_000 + 1_800_000; // a full hour in Kolkata
  const conflictsAt = async (evse: string) => (must(await w.operator.api.get('/v1/conflicts?limit=100')).data as Json[]).filter(
    (conflict) => conflict.evse === evse,
  );

  it('STA-3 a location that a process has kept in memory is read as it is now, also when its version had another content that was rolled back', async () => {
    const { id } = evsesOf(await create())[0]!;
    const kept = () => w.asSystem((ctx) => getLocationOf(ctx, 'evse', id));
    const seen = (location: Location) => [location.version, findEvse(location, id)!.status];
    const first = await kept();
    expect(await kept()).toBe(first);
    expect(() => first.stations.pop()).toThrow(TypeError);
    const undone = w.asSystem(async (ctx) => {
      await reportEvseStatus(ctx, id, 'CHARGING');
      expect(seen(await getLocationOf(ctx, 'evse', id))).toEqual([2, 'CHARGING']);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(seen(await kept())).toEqual(seen(first));
    await w.asSystem((ctx) => reportEvseStatus(ctx, id, 'BLOCKED'));
    expect(seen(await kept())).toEqual([2, 'BLOCKED']);
  });

  it('STA-1 a location is made with all that stands there, and read by anybody in whole or in part', async () => {
    const made = await create();
    expect(made).toMatchObject({ version: 1, publish: true, operator_id: w.operator.organisation.id, opening_times: { twentyfourseven: true } });
    expect(await read(made.id)).toEqual(made);
    const [station] = made.charging_stations;
    const [evse] = station.evses;
    expect(must(await w.anybody.get(`/v1/charging_stations/${station.id}`))).toEqual(station);
    expect(must(await w.anybody.get(`/v1/evses/${evse.id}`))).toEqual(evse);
    expect(must(await w.anybody.get(`/v1/connectors/${evse.connectors[0].id}`))).toEqual(evse.connectors[0]);
    expect(evse).toMatchObject({ charging_station: station.id, location_id: made.id, status: 'AVAILABLE', bookable: true });
  });

  it('STA-2 one that is not published is there for its operator only, and so is all that stands there', async () => {
    const hidden = await create({ publish: false });
    const [evse] = evsesOf(hidden);
    for (const api of [w.anybody, w.provider.api, w.otherOperator.api]) {
      for (const path of [
        `/v1/locations/${hidden.id}`, `/v1/charging_stations/${hidden.charging_stations[0].id}`, `/v1/evses/${evse!.id}`,
        `/v1/evses/${evse!.id}/slots`, `/v1/locations/${hidden.id}/policy`,
      ]) {
        expect([path, outcome(await api.get(path))]).toEqual([path, 'not_found']);
      }
      const listed = must(await api.get(`/v1/locations?limit=100&operator_id=${w.operator.organisation.id}`)).data as { id: string }[];
      expect(listed.map(({ id }) => id)).not.toContain(hidden.id);
    }
    expect(outcome(await reserve(evse!.id, await tomorrow()))).toBe('not_found');
    expect((await w.eventsOf(hidden.id, w.provider))).toEqual([]);
    expect((await w.eventsOf(hidden.id, w.operator)).map(({ type }) => type)).toEqual(['location.created']);
    expect(await read(hidden.id, w.operator.api)).toEqual(hidden);
    must(await w.operator.api.patch(`/v1/locations/${hidden.id}`, { publish: true }));
    expect((await read(hidden.id)).version).toBe(2);
    expect(outcome(await reserve(evse!.id, await tomorrow()))).toBe(201);
  });

  it('STA-3 what changes keeps its id, and every change raises the version by one and is told', async () => {
    const made = await create();
    const [one] = evsesOf(made);
    must(await w.operator.api.patch(`/v1/locations/${made.id}`, { name: 'Another name', facilities: ['CAFE', 'CAFE'] }));
    must(await w.operator.api.patch(`/v1/evses/${one!.id}`, { physical_reference: '7' }));
    must(await w.operator.api.patch(`/v1/evses/${one!.id}`, { status: 'BLOCKED' }));
    const added = must(await w.operator.api.post(`/v1/charging_stations/${made.charging_stations[1].id}/evses`, evseBody('E4')));
    const after = await read(made.id);
    expect(after).toMatchObject({ name: 'Another name', facilities: ['CAFE'], version: 5, created: made.created });
    expect(idsOf(after)).toEqual([...idsOf(made), `E4 ${added.id}`].sort());
    expect(evsesOf(after)[0]).toMatchObject({ physical_reference: '7', status: 'BLOCKED' });
    const events = await w.eventsOf(made.id);
    expect(
      events.map(({ type, object_version: version }) => [type, version]),
    ).toEqual([['location.created', 1], ['location.updated', 2], ['location.updated', 3], ['location.updated', 5]]);
    expect(
      (await w.eventsOf(one!.id)).map(({ type, data }) => [type, data.object.previous_status, data.object.status]),
    ).toEqual([['evse.status_changed', 'AVAILABLE', 'BLOCKED']]);
  });

  it('STA-4 refs are unique among siblings, EVSE uids in the location, location refs among the operator\'s', async () => {
    const twice = (stations: unknown) => w.operator.api.post('/v1/locations', body({ charging_stations: stations }));
    const pointers = async (stations: unknown) => ((await twice(stations)).body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(await pointers([{ ref: 'A' }, { ref: 'A' }])).toEqual(['/stations/1/ref']);
    expect(
      await pointers([{ ref: 'A', evses: [evseBody('E1')] }, { ref: 'B', evses: [evseBody('E2'), evseBody('E1')] }]),
    ).toEqual(['/stations/1/evses/1/uid']);
    const [connector] = evseBody('E1').connectors as unknown[];
    expect(
      await pointers([{ ref: 'A', evses: [{ uid: 'E1', connectors: [connector, connector] }] }]),
    ).toEqual(['/stations/0/evses/0/connectors/1/ref']);
    const known = await create();
    expect((await w.operator.api.post('/v1/locations', body({ ref: known.ref }))).body).toMatchObject({ code: 'already_exists', location: known.id });
    expect(outcome(await w.otherOperator.api.post('/v1/locations', body({ ref: known.ref })))).toBe(201);
    expect(
      outcome(await w.operator.api.post(`/v1/locations/${known.id}/charging_stations`, { ref: 'C', evses: [evseBody('E3')] })),
    ).toBe('invalid_request');
    expect((await read(known.id)).version).toBe(1);
  });

  it('STA-8 a power that is not said follows from voltage, current and phases, and follows them', async () => {
    const connector = { ref: '1', standard: 'Type 2', format: 'SOCKET', power_type: 'AC_3_PHASE', max_voltage: 230, max_amperage: 32 };
    const made = await create({ charging_stations: [{ ref: 'A', evses: [{ uid: 'E1', connectors: [connector] }] }] });
    const [{ id, standard, max_electric_power: power }] = made.charging_stations[0].evses[0].connectors;
    expect([standard, power]).toEqual(['IEC_62196_T2', 22_080]);
    const change = async (fields: unknown) => must(await w.operator.api.patch(`/v1/connectors/${id}`, fields)).max_electric_power as number;
    expect(await change({ max_amperage: 16 })).toBe(11_040);
    expect(await change({ max_electric_power: 10_000 })).toBe(10_000);
    expect(await change({ format: 'CABLE' })).toBe(10_000);
    expect(await change({ power_type: 'AC_1_PHASE' })).toBe(3_680);
  });

  describe('going and coming back', () => {
    it('STA-7 CAL-6 CAL-7 a retired location is gone from lists and slots, its bookings are conflicts, and the driver can still cancel', async () => {
      const made = await create();
      const [one] = evsesOf(made);
      const { id: reservation } = must(await reserve(one!.id, await tomorrow()));
      expect(
        must(await w.operator.api.delete(`/v1/locations/${made.id}`)),
      ).toMatchObject({ version: 2, charging_stations: [], retired: expect.any(String) });
      expect(await read(made.id)).toMatchObject({ retired: expect.any(String), charging_stations: [] });
      expect(outcome(await w.anybody.get(`/v1/evses/${one!.id}`))).toBe('not_found');
      expect(outcome(await w.anybody.get(`/v1/locations/${made.id}/slots`))).toBe('not_found');
      expect((must(await w.anybody.get('/v1/locations?limit=100')).data as Json[]).map(({ id }) => id)).not.toContain(made.id);
      expect(await conflictsAt(one!.id)).toMatchObject([{ status: 'open', reservation, cause: 'outage' }]);
      expect(outcome(await w.provider.api.post(`/v1/reservations/${reservation}/move`, { start: iso(await tomorrow()) }))).toBe('evse_not_bookable');
      must(await w.provider.api.post(`/v1/reservations/${reservation}/cancel`));
      expect(await conflictsAt(one!.id)).toMatchObject([{ status: 'resolved', resolution: 'cancelled' }]);
      expect(outcome(await w.operator.api.delete(`/v1/locations/${made.id}`))).toBe('not_found');
    });

    it('STA-7 CAL-7 a retired EVSE is out until it is added again, with the id and the bookings that it had', async () => {
      const made = await create();
      const [one, two] = evsesOf(made);
      const at = await tomorrow();
      const { id: reservation } = must(await reserve(one!.id, at));
      must(await w.operator.api.delete(`/v1/evses/${one!.id}`));
      expect(await conflictsAt(one!.id)).toMatchObject([{ status: 'open', reservation }]);
      expect(outcome(await w.anybody.get(`/v1/evses/${two!.id}`))).toBe(200);
      const again = must(await w.operator.api.post(`/v1/charging_stations/${made.charging_stations[1].id}/evses`, evseBody('E1')));
      expect(again).toMatchObject({ id: one!.id, status: 'AVAILABLE', charging_station: made.charging_stations[1].id });
      expect(await conflictsAt(one!.id)).toMatchObject([{ status: 'resolved', resolution: 'cause_ended' }]);
      expect(outcome(await reserve(one!.id, at))).toBe('slot_unavailable');
      expect(outcome(await reserve(one!.id, at + 3_600_000))).toBe(201);
    });
  });

  describe('imports', () => {
    const input = (more: Partial<LocationInput> = {}): LocationInput => ({
      ref: 'IMPORTED-1', publish: true, name: 'Imported', address: 'Main Road', city: 'Town', country: 'IND',
      coordinates: { latitude: 11, longitude: 76 }, directions: [],
      facilities: [], timeZone: 'Asia/Kolkata', openingTimes: ALWAYS_OPEN, chargingWhenClosed: true, images: [],
      stations: [{ ref: 'A', evses: ['X1', 'X2'].map((uid) => ({
        uid, status: 'UNKNOWN', capabilities: [], directions: [], parkingRestrictions: [], images: [],
        connectors: [{
          ref: '1', standard: 'IEC_62196_T2', format: 'SOCKET', powerType: 'AC_3_PHASE', maxVoltageV: 230, maxAmperageA: 32, maxPowerW: 22_080,
          tariffIds: [],
        }],
      })) }],
      ...more,
    });
    const run = (...inputs: LocationInput[]) => w.asSystem((ctx) => importLocations(ctx, w.operator.organisation.id, inputs));
    const find = async () => (must(await w.anybody.get(`/v1/locations?limit=100&operator_id=${w.operator.organisation.id}`)).data as Json[]).find(
      ({ ref }) => ref === 'IMPORTED-1',
    )!;

    it('STA-6 an import adds, changes what is different, and leaves alone what is the same; ids stay', async () => {
      expect(await run(input())).toEqual({ created: 1, updated: 0, unchanged: 0 });
      const first = await find();
      expect(await run(input())).toEqual({ created: 0, updated: 0, unchanged: 1 });
      expect(await find()).toEqual(first);
      expect(await run(input({ name: 'Imported anew' }), input({ ref: 'IMPORTED-2' }))).toEqual({ created: 1, updated: 1, unchanged: 0 });
      const second = await find();
      expect([second.id, second.version, second.name]).toEqual([first.id, 2, 'Imported anew']);
      expect(idsOf(second)).toEqual(idsOf(first));
      expect((await w.eventsOf(first.id)).map(({ type }) => type)).toEqual(['location.created', 'location.updated']);
    });

    it('STA-6 STA-7 CAL-7 what an import leaves out goes, its bookings are conflicts, and what comes back is what it was', async () => {
      await run(input());
      const before = await find();
      const [one, two] = evsesOf(before);
      const { id: reservation } = must(await reserve(two!.id, await tomorrow()));
      const [station] = input().stations;
      await run(input({ stations: [{ ...station!, evses: [station!.evses[0]!] }] }));
      expect(evsesOf(await find()).map(({ id }) => id)).toEqual([one!.id]);
      expect(await conflictsAt(two!.id)).toMatchObject([{ status: 'open', reservation }]);
      await run(input());
      expect(idsOf(await find())).toEqual(idsOf(before));
      expect(await conflictsAt(two!.id)).toMatchObject([{ status: 'resolved', resolution: 'cause_ended' }]);
      must(await w.operator.api.delete(`/v1/locations/${before.id}`));
      expect(await find()).toBeUndefined();
      expect(await run(input())).toEqual({ created: 0, updated: 1, unchanged: 0 });
      const after = await find();
      expect([after.id, idsOf(after)]).toEqual([before.id, idsOf(before)]);
      expect(outcome(await reserve(one!.id, await tomorrow()))).toBe(201);
    });

    it('STA-9 a source that does not know the status does not overrule one that was reported', async () => {
      await run(input());
      const [one] = evsesOf(await find());
      must(await w.operator.api.patch(`/v1/evses/${one!.id}`, { status: 'CHARGING' }));
      must(await w.operator.api.patch(`/v1/evses/${one!.id}`, { status: 'CHARGING' }));
      expect(await w.eventsOf(one!.id)).toHaveLength(1);
      await run(input({ name: 'Once more' }));
      expect(evsesOf(await find())[0]).toMatchObject({ status: 'CHARGING' });
      const [station] = input().stations;
      await run(input({ stations: [{ ...station!, evses: station!.evses.map((evse) => ({ ...evse, status: 'OUTOFORDER' as const })) }] }));
      expect(evsesOf(await find())[0]).toMatchObject({ status: 'OUTOFORDER' });
    });
  });
});
