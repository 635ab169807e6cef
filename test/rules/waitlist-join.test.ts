/** Joining the waitlist over HTTP and the test clock: who may wait for what, what nobody tells of, how long it takes, who sees it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actorFor } from '../../src/domain/organisations/index.ts';
import { joinWaitlist } from '../../src/domain/reservations/index.ts';
import type { Api, Json } from '../support/api.ts';
import { waitlistBed } from '../support/waitlist-bed.ts';
import { HOUR, iso, MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe('joining the waitlist', () => {
  let w: World;
  const { placeFor, reserve, cancel, join, read, act, newDay } = waitlistBed(() => w);
  const api = () => w.provider.api;
  beforeAll(async () => {
    w = await openWorld();
  });
  beforeEach(() => newDay());
  afterAll(() => w.close());

  it('WTL-3 a driver waits for five things at most, and a banned one for none', async () => {
    const place = await placeFor();
    const { id: driver } = await w.driver();
    const body = (minute: number) => ({ driver, evse: place.evse, ideal_start: iso(place.at('10:00') + minute * MINUTE), duration_minutes: 15 });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => api().post('/v1/waitlist_entries', body(15 * i))));
    expect(answers.map(outcome).map(String).sort()).toEqual(['201', '201', '201', '201', '201', 'waitlist_limit_reached', 'waitlist_limit_reached', 'waitlist_limit_reached']);
    const [one] = must(await api().get(`/v1/waitlist_entries?driver=${driver}&limit=1`)).data;
    must(await act(one, 'leave'));
    must(await api().post('/v1/waitlist_entries', body(180)));

    const strict = await placeFor({ no_show_ban: { consecutive: 1, ban_minutes: 600 } });
    const { id: absent } = await w.driver();
    must(await api().post('/v1/reservations', { driver: absent, ...strict.slot('01:00', '01:30', { confirm: true }) }));
    await w.advanceTo(strict.at('01:30'));
    expect(outcome(await api().post('/v1/waitlist_entries', { driver: absent, evse: strict.evse, ideal_start: iso(strict.at('10:00')) }))).toBe('driver_banned');
  });

  it('WTL-1 names what could never be had', async () => {
    const place = await placeFor({ max_duration_minutes: 60 });
    const walkIns = await placeFor({ mode: 'walk_in_only' });
    const { id: driver } = await w.driver();
    const vehicle = must(await api().post(`/v1/drivers/${driver}/vehicles`, { connector_type: ['IEC_62196_T2'] })).id;
    const at = (clock: string, day?: number) => iso(place.at(clock, day));
    const refused: [Record<string, unknown>, string, string?][] = [
      [{ evse: undefined }, 'invalid_request', '/location'],
      [{ location_id: place.id }, 'invalid_request', '/location_id'],
      [{ location: { ...place.coordinates, radius: 100 } }, 'invalid_request', '/evse'],
      [{ driver: undefined }, 'invalid_request', '/driver'],
      [{ evse: walkIns.evse }, 'booking_not_offered'],
      [{ connector_type: ['CHADEMO'] }, 'connector_incompatible'],
      [{ vehicle }, 'connector_incompatible'],
      [{ vehicle, connector_type: ['CCS2'] }, 'connector_incompatible', '/connector_type'],
      [{ min_power: 400_000 }, 'connector_incompatible', '/evse'],
      [{ duration_minutes: 90 }, 'duration_not_allowed'],
      [{ earliest_start: at('00:00', 0) }, 'time_in_past', '/earliest_start'],
      [{ latest_end: at('10:15') }, 'invalid_time_range', '/latest_end'],
      [{ latest_end: at('10:00', 4) }, 'invalid_time_range', '/latest_end'],
      [{ ideal_start: at('10:00', 60) }, 'lead_time_not_allowed'],
      [{ evse: undefined, location: { latitude: -75, longitude: 0, radius: 100 } }, 'evse_not_bookable', '/location'],
      [{ evse: 'evse_01jq8y3k5wf0xr7q1m3zs5c9tb' }, 'not_found'],
      [{ driver: (await w.driver(w.otherProvider)).id }, 'not_found'],
    ];
    for (const [change, code, pointer] of refused) {
      const answer = await api().post('/v1/waitlist_entries', { driver, evse: place.evse, ideal_start: at('10:00'), duration_minutes: 30, ...change });
      expect([change, outcome(answer)]).toEqual([change, code]);
      if (pointer !== undefined) expect([change, (answer.body.errors as Json[]).map((error) => error.pointer)]).toEqual([change, expect.arrayContaining([pointer])]);
    }
    const byOperator = await w.operator.api.post('/v1/waitlist_entries', { driver, evse: place.evse, ideal_start: at('10:00') });
    expect(outcome(byOperator)).toBe('forbidden');
  });

  it('WTL-11 finds by itself what nobody told: a new EVSE in its area, another policy', async () => {
    const place = await placeFor();
    await reserve(place.evse, place, '09:00', '12:00');
    const inArea = await join(place, { location: { ...place.coordinates, radius: 2_000 } });
    expect(inArea.status).toBe('waiting');
    const beside = await placeFor({}, { coordinates: { ...place.coordinates, latitude: place.coordinates.latitude + 0.005 } });
    const buffered = await placeFor({ buffer_minutes: 30 });
    await reserve(buffered.evse, buffered, '10:45', '11:15');
    const inTheGap = await join(buffered);
    expect(inTheGap.status).toBe('waiting');
    await buffered.policy({ buffer_minutes: 0 });
    await w.advance(2 * HOUR + 8 * MINUTE); // a sixteenth of the way to 10:00 of the next day, and no claim's time more
    expect(await read(inArea)).toMatchObject({ status: 'offered', offer: { evse: beside.evse, start: iso(place.at('10:00')) } });
    expect(await read(inTheGap)).toMatchObject({ status: 'offered', offer: { start: iso(place.at('10:00')) } });
  });

  it('WTL-11 WTL-13 is looked for by the sweeper when the server died right after taking an entry', async () => {
    const place = await placeFor();
    const { id: driverId } = await w.driver();
    const { entry } = await w.asSystem(async (ctx) => joinWaitlist(
      ctx.as({ actor: await actorFor(ctx, w.provider.organisation.id, 'test') }), { evseId: place.evse, driverId, start: place.at('10:00'), durationMinutes: 30 },
    ));
    expect((await read(entry)).status).toBe('waiting');
    await w.sweep();
    expect((await read(entry)).status).toBe('offered');
  });

  it('WTL-11 offers what somebody else finds in the order of all who want it', async () => {
    const place = await placeFor({ mode: 'mixed' });
    const outage = must(await w.operator.api.post('/v1/outages', { evse: place.evse, reason: 'fault' }));
    const first = await join(place);
    must(await w.operator.api.post(`/v1/outages/${outage.id}/end`)); // told, and not swept yet
    const second = await join(place);
    expect([(await read(first)).status, second.status]).toEqual(['offered', 'waiting']);
  });

  it('WTL-10 tells the wait from what was cancelled in the last 28 days, and nothing where nothing was', async () => {
    const quiet = await placeFor();
    await reserve(quiet.evse, quiet, '10:00', '10:30');
    expect((await join(quiet)).expected_wait).toEqual({ minutes: null, days: 0, days_with_offer: 0 }); // it is new
    const place = await placeFor();
    await newDay();
    const book = async (day: number, minutes: number): Promise<Json> => must(await w.otherProvider.api.post('/v1/reservations', {
      evse: place.evse, ideal_start: iso(place.at('10:00', day)), duration_minutes: minutes, confirm: true,
    }));
    // Each day, from the one after the place was made, somebody cancels 10:00 of the next one: at 02:00, at 03:00, at 04:00, and at 05:00 what is too short.
    for (const [i, minutes] of [30, 30, 30, 15].entries()) {
      const made = await book(i + 2, minutes);
      await w.advanceTo(place.at(`0${2 + i}:00`, i + 1));
      await cancel(made);
      await w.advanceTo(place.at('00:30', i + 2));
    }
    await book(6, 30);
    const { expected_wait: told } = await join(place, { ideal_start: iso(place.at('10:00', 6)) });
    expect(told).toMatchObject({ days: 3, days_with_offer: 3 }); // yesterday's window is not over
    expect(Math.abs(told.minutes - 150)).toBeLessThan(2); // from half past midnight to 03:00
    const behind = await join(place, { ideal_start: iso(place.at('10:00', 6)) });
    expect(behind).toMatchObject({ position: 2, expected_wait: { minutes: null, days_with_offer: 0 } });
  });

  it('WTL-12 lists what is the caller\'s own, by page, status and driver', async () => {
    const place = await placeFor();
    const driver = await w.driver();
    const made = [];
    for (let i = 0; i < 3; i++) made.push(await join(place, { driver: driver.id }));
    const list = async (query: string, as: Api = driver.api) => (must(await as.get(`/v1/waitlist_entries?${query}`)).data as Json[]).map(({ id }) => id);
    const ids = made.map(({ id }) => id).reverse();
    expect(await list('limit=10')).toEqual(ids);
    expect(await list(`limit=1&after=${ids[0]}`)).toEqual([ids[1]]);
    expect(await list(`limit=1&before=${ids[2]}`)).toEqual([ids[1]]);
    expect(await list('status=offered')).toEqual([ids[2]]);
    expect(await list(`driver=${driver.id}&status=waiting`, api())).toEqual(ids.slice(0, 2));
    expect(await list(`driver=${driver.id}`, w.otherProvider.api)).toEqual([]);
    expect(outcome(await w.otherProvider.api.get(`/v1/waitlist_entries/${ids[0]}`))).toBe('not_found');
    expect(outcome(await w.anybody.get(`/v1/waitlist_entries/${ids[0]}`))).toBe('unauthenticated');
  });
});
