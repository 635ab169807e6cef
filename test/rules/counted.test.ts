/** Rules that count, which no constraint holds: however many requests come at once, the count is right. On both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../support/databases.ts';
import { iso, MINUTE, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

describe.each(testDatabases())('rules that count ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const book = (place: Place, i: number, more: Record<string, unknown> = {}) => w.provider.api.post(
    '/v1/reservations', place.slot('10:00', '10:30', { evse: place.evses[i], ...more }),
  );
  const tally = async (calls: Promise<Parameters<typeof outcome>[0]>[]) => {
    const counts: Record<string, number> = {};
    for (const answer of await Promise.all(calls)) counts[outcome(answer)] = (counts[outcome(answer)] ?? 0) + 1;
    return counts;
  };
  const read = async (id: string) => must(await w.provider.api.get(`/v1/reservations/${id}`));

  it('CAL-1 CAL-2 of many who want one slot at once exactly one gets it', async () => {
    const place = await w.place();
    expect(await tally(Array.from({ length: 20 }, (_, i) => book(place, 0, { confirm: i % 2 === 0 })))).toEqual({ 201: 1, slot_unavailable: 19 });
  });

  it('CAL-1 of many who want any EVSE of a location at once as many get one as there are', async () => {
    const place = await w.place({ evses: 4 });
    const calls = Array.from(
      { length: 12 }, () => w.provider.api.post('/v1/reservations', { ...place.slot('10:00', '10:30'), evse: undefined, location_id: place.id }),
    );
    expect(await tally(calls)).toEqual({ 201: 4, slot_unavailable: 8 });
  });

  it('RSV-5 RSV-P17 of ten reservations that a driver asks for at once, three are made where three may be active', async () => {
    const place = await w.place({ evses: 10, policy: { max_active_per_driver: 3 } });
    const { id: driver } = await w.driver();
    expect(await tally(place.evses.map((_, i) => book(place, i, { driver })))).toEqual({ 201: 3, too_many_active_reservations: 7 });
    const [first] = must(await w.provider.api.get(`/v1/reservations?driver=${driver}&status=pending`)).data;
    must(await w.provider.api.post(`/v1/reservations/${first.id}/cancel`));
    const others = place.evses.map(
      (_, i) => w.provider.api.post('/v1/reservations', place.slot('12:00', '12:30', { evse: place.evses[i], driver, confirm: true })),
    );
    expect(await tally(others)).toEqual({ 201: 1, too_many_active_reservations: 9 });
  });

  it('RSV-7 RSV-P17 of ten reservations at once, as many are made as the share of the walk-ins leaves', async () => {
    const place = await w.place({ evses: 6, policy: { walk_in_share_percent: 40 } });
    expect(await tally(Array.from({ length: 10 }, (_, i) => book(place, i % 6)))).toMatchObject({ 201: 3 });
    const [{ evse }] = must(await w.provider.api.get(`/v1/reservations?location_id=${place.id}`)).data;
    const free = place.evses.find((id) => id !== evse)!;
    expect(outcome(await w.provider.api.post('/v1/reservations', place.slot('10:30', '11:00', { evse: free })))).toBe(201);
  });

  it('RSV-7 of many who move into one hour at once, as many succeed as the share leaves', async () => {
    const place = await w.place({ evses: 5, policy: { walk_in_share_percent: 60 } });
    const ids: string[] = [];
    for (const [i, hour] of ['06:00', '06:15', '07:00', '07:15', '08:00'].entries()) {
      ids.push(must(await w.provider.api.post('/v1/reservations', {
        evse: place.evses[i], ideal_start: iso(place.at(hour)), ideal_end: iso(place.at(hour) + 15 * MINUTE), confirm: true,
      })).id);
    }
    const moves = ids.map((id) => w.provider.api.post(`/v1/reservations/${id}/move`, { start: iso(place.at('10:00')), duration_minutes: 30 }));
    expect(await tally(moves)).toEqual({ 200: 2, walk_in_share_reached: 3 });
  });

  it('RSV-6 DRV-3 RSV-P17 so many no-shows in a row ban a driver for a while; a used slot begins the row anew', async () => {
    const place = await w.place({
      evses: 4, policy: { no_show_ban: { consecutive: 2, ban_minutes: 24 * 60 }, no_show_minutes: 15, max_active_per_driver: 10 },
    });
    const { id: driver } = await w.driver();
    const reserve = async (clock: string, day: number, i = 0) => w.provider.api.post('/v1/reservations', {
      evse: place.evses[i], driver, ideal_start: iso(place.at(clock, day)), ideal_end: iso(place.at(clock, day) + 30 * MINUTE), confirm: true,
    });
    const standing = async () => {
      const { consecutive_no_shows: row, banned_until: until } = must(await w.provider.api.get(`/v1/drivers/${driver}`));
      return [row, until === null ? null : Date.parse(until)];
    };
    for (const clock of ['08:00', '09:00', '10:00']) must(await reserve(clock, 1));
    await w.advanceTo(place.at('08:20'));
    expect(await standing()).toEqual([1, null]);
    await w.advanceTo(place.at('09:00'));
    const [{ id: second }] = must(await w.provider.api.get(`/v1/reservations?driver=${driver}&status=confirmed`)).data.filter(
      (r: { reserved_start: string }) => r.reserved_start === iso(place.at('09:00')),
    );
    const { id: session } = must(await w.provider.api.post('/v1/sandbox/sessions', { reservation: second }));
    must(await w.provider.api.post(`/v1/sandbox/sessions/${session}/end`));
    expect(await standing()).toEqual([0, null]);

    must(await reserve('10:00', 1, 1)); // both of one moment are counted
    const standingBefore = must(await reserve('08:00', 4));
    await w.advanceTo(place.at('10:20'));
    const bannedUntil = place.at('10:15', 2);
    expect(await standing()).toEqual([0, bannedUntil]);
    expect((await reserve('12:00', 1)).body).toMatchObject({ code: 'driver_banned', banned_until: iso(bannedUntil) });
    expect((await read(standingBefore.id)).status).toBe('confirmed');
    await w.advanceTo(bannedUntil);
    expect(outcome(await reserve('12:00', 2))).toBe(201);
  });

  it('RSV-6 where the policy names no ban, nobody is banned', async () => {
    const place = await w.place({ policy: { no_show_ban: null, max_active_per_driver: 10 } });
    const { id: driver } = await w.driver();
    for (const clock of ['08:00', '09:00', '10:00', '11:00']) {
      must(await w.provider.api.post(
        '/v1/reservations', { evse: place.evse, driver, ideal_start: iso(place.at(clock)), duration_minutes: 30, confirm: true },
      ));
    }
    await w.advanceTo(place.at('12:00'));
    expect(must(await w.provider.api.get(`/v1/drivers/${driver}`))).toMatchObject({ consecutive_no_shows: 4, banned_until: null });
  });

  it('STA-4 DRV-1 of many who take one ref at once exactly one gets it', async () => {
    const body = {
      ref: 'ONE', name: 'One', address: 'Road', city: 'Town', country: 'IND', coordinates: { latitude: 1, longitude: 1 }, time_zone: 'Asia/Kolkata',
    };
    expect(await tally(Array.from({ length: 6 }, () => w.operator.api.post('/v1/locations', body)))).toEqual({ 201: 1, already_exists: 5 });
    const drivers = [await w.driver(), await w.driver(), await w.driver()];
    const changes = drivers.map(({ id }) => w.provider.api.patch(`/v1/drivers/${id}`, { ref: 'carla' }));
    const additions = [0, 1, 2].map(() => w.provider.api.post('/v1/drivers', { ref: 'carla' }));
    const { already_exists: refused, ...done } = await tally([...changes, ...additions]);
    expect([refused, Object.values(done)]).toEqual([5, [1]]);
  });

  it('ORG-10 an organisation has so many holds at a time; what is confirmed, cancelled or over does not count', async () => {
    const few = await w.addOrganisation({ roles: ['provider'], maxActiveHolds: 2 });
    const place = await w.place({ evses: 6 });
    const hold = (i: number, confirm = false) => few.api.post('/v1/reservations', place.slot('10:00', '10:30', { evse: place.evses[i], confirm }));
    const ids = [must(await hold(0)).id, must(await hold(1)).id];
    expect((await hold(2)).body).toMatchObject({ code: 'hold_limit_reached', status: 429, max_active_holds: 2 });
    expect(outcome(await hold(2, true))).toBe(201); // it is no hold
    must(await few.api.post(`/v1/reservations/${ids[0]}/confirm`));
    expect(outcome(await hold(3))).toBe(201);
    must(await few.api.post(`/v1/reservations/${ids[1]}/cancel`));
    expect(outcome(await hold(4))).toBe(201);
    expect(outcome(await hold(5))).toBe('hold_limit_reached');
    await w.advance(11 * MINUTE);
    expect(outcome(await hold(5))).toBe(201);
  });

  it('DUE-1 two sweepers at once do each thing once', async () => {
    const place = await w.place({ evses: 8 });
    const { id: driver } = await w.driver();
    await place.policy({ max_active_per_driver: 20, no_show_ban: null });
    const holds: string[] = [];
    const unused: string[] = [];
    for (const evse of place.evses) {
      holds.push(must(await w.provider.api.post('/v1/reservations', place.slot('12:00', '12:30', { evse }))).id);
      unused.push(must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { evse, driver, confirm: true }))).id);
    }
    const used = must(await w.provider.api.post('/v1/reservations', place.slot('08:00', '08:30', { confirm: true }))).id;
    await w.leapTo(place.at('08:00'));
    const { id: session } = must(await w.provider.api.post('/v1/sandbox/sessions', { reservation: used }));
    await w.leapTo(place.at('11:00'));
    const swept = await Promise.all([w.sweep(), w.sweep(), w.sweep()]);
    expect(swept.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(17);
    for (const id of [...holds, ...unused, used]) {
      const events = await w.eventsOf(id);
      const { status, version } = await read(id);
      expect(status).toBe(holds.includes(id) ? 'failed' : unused.includes(id) ? 'expired' : 'completed');
      expect(events.map(({ object_version: each }) => each)).toEqual(Array.from({ length: version }, (_, i) => i + 1));
      expect(version).toBe(id === used ? 3 : 2);
    }
    expect(must(await w.provider.api.get(`/v1/sessions/${session}`))).toMatchObject({ status: 'ended', version: 2 });
    expect(must(await w.provider.api.get(`/v1/drivers/${driver}`)).consecutive_no_shows).toBe(8);
    expect(await w.sweep()).toBe(0);
  });
});
