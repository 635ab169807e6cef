/** Series of reservations, over HTTP: what becomes of each occurrence, at its time. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Api, Json } from '../support/api.ts';
import { DAY, HOUR, iso, MINUTE, must, openWorld, outcome, type Place, type PlaceOptions, type World } from '../support/world.ts';

const ZONE = 'Asia/Kolkata';
const DAY_MINUTES = 24 * 60;

describe('a series', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());
  beforeEach(async () => {
    const tomorrow = Temporal.Instant.fromEpochMilliseconds(await w.now()).toZonedDateTimeISO(ZONE).startOfDay().add({ days: 1 });
    await w.advanceTo(tomorrow.add({ minutes: 30 }).epochMilliseconds);
  });

  const placeFor = (policy: Record<string, unknown> = {}, options: PlaceOptions = {}): Promise<Place> =>
    w.place({ policy: { max_lead_minutes: 4 * DAY_MINUTES, max_active_per_driver: 1000, ...policy }, ...options });
  /** daily at eight, from tomorrow unless told */
  const body = (place: Place, count: number, more: Record<string, unknown> = {}, each: Record<string, unknown> = {}, clock = '08:00') => ({
    rrule: `FREQ=DAILY;COUNT=${count}`, start: `${dateOf(place.at(clock))}T${clock}`, reservation: { evse: place.evse, duration_minutes: 30, ...each }, ...more,
  });
  const dateOf = (at: number): string => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE).toPlainDate().toString();
  const make = async (sent: unknown, api: Api = w.provider.api): Promise<Json> => must(await api.post('/v1/reservation_series', sent));
  const read = async (id: string, api: Api = w.provider.api): Promise<Json> => must(await api.get(`/v1/reservation_series/${id}`));
  const statuses = ({ occurrences }: Json): string[] => occurrences.map(({ status }: Json) => status);
  const codes = ({ occurrences }: Json): (string | null)[] => occurrences.map(({ problem }: Json) => problem?.code ?? null);
  const act = (series: Json, i: number, what: 'skip' | 'retry', api: Api = w.provider.api) =>
    api.post(`/v1/reservation_series/${series.id}/occurrences/${series.occurrences[i].date}/${what}`);
  const eventTypes = async (id: string): Promise<[string, number][]> => (await w.eventsOf(id)).map(({ type, object_version: version }: Json) => [type, version]);

  it('SER-4 SER-5 SER-12 books what its place takes bookings for, and the rest at its lead time', async () => {
    const place = await placeFor();
    const { id: driver } = await w.driver();
    const made = await make(body(place, 7, { exdates: [dateOf(place.at('08:00', 2))] }, { driver, metadata: { trip: 'work' } }));
    expect(statuses(made)).toEqual(['reserved', 'excepted', 'reserved', 'scheduled', 'scheduled', 'scheduled', 'scheduled']);
    expect(made).toMatchObject({ object: 'reservation_series', status: 'active', driver, time_zone: ZONE, version: 1 });
    expect(made.counts).toEqual({ reserved: 2, excepted: 1, scheduled: 4, unavailable: 0, cancelled: 0 });
    expect(made.occurrences[3].book_at).toBe(iso(place.at('08:00', 4) - 4 * DAY));
    const first = must(await w.provider.api.get(`/v1/reservations/${made.occurrences[0].reservation}`));
    expect(first).toMatchObject({ series: made.id, status: 'confirmed', driver, metadata: { trip: 'work' } });
    expect([first.reserved_start, first.reserved_end]).toEqual([iso(place.at('08:00')), iso(place.at('08:30'))]);
    await w.advanceTo(place.at('08:00', 4) - 4 * DAY - MINUTE);
    expect((await read(made.id)).counts.reserved).toBe(2);
    await w.advanceTo(place.at('08:00', 5) - 4 * DAY);
    const later = await read(made.id);
    expect(statuses(later)).toEqual(['reserved', 'excepted', 'reserved', 'reserved', 'reserved', 'scheduled', 'scheduled']);
    expect(await eventTypes(made.id)).toEqual([['reservation_series.created', 1]]);
    expect(must(await w.operator.api.get(`/v1/reservations/${made.occurrences[0].reservation}`)).series).toBeNull();
  });

  it('SER-14 goes on after an occurrence at which the program fails, tells of it, and tries it again', async () => {
    const place = await placeFor();
    const setTrap = () => w.db.database.script(`ALTER TABLE reservations ADD CONSTRAINT trap CHECK (reserved_start <> '${iso(place.at('08:00', 4))}') NOT VALID`);
    const made = await make(body(place, 6));
    expect(statuses(made)).toEqual(['reserved', 'reserved', 'reserved', 'scheduled', 'scheduled', 'scheduled']);
    await setTrap();
    try {
      await w.leapTo(place.at('08:00', 5) - 4 * DAY);
      await expect(w.sweep()).rejects.toThrow('trap');
      expect(await w.sweep()).toBe(0);
      const now = await w.now();
      const stuck = await read(made.id);
      expect(statuses(stuck)).toEqual(['reserved', 'reserved', 'reserved', 'scheduled', 'reserved', 'scheduled']);
      expect(codes(stuck)).toEqual([null, null, null, 'internal', null, null]);
      expect(Math.abs(Date.parse(stuck.occurrences[3].book_at) - now - MINUTE)).toBeLessThan(30_000);
      // later and later, also while the test clock moves past it
      await w.advance(2 * DAY);
      const later = await read(made.id);
      expect(statuses(later)).toEqual(['reserved', 'reserved', 'reserved', 'scheduled', 'reserved', 'reserved']);
      expect(Date.parse(later.occurrences[3].book_at) - (await w.now())).toBeGreaterThan(HOUR);
    } finally {
      await w.db.database.script('ALTER TABLE reservations DROP CONSTRAINT trap');
    }
    await w.advance(7 * HOUR);
    const done = await read(made.id);
    expect([statuses(done)[3], codes(done)[3]]).toEqual(['reserved', null]);
  });

  it('SER-14 SER-7 is unavailable where the program fails until it should begin, and where it fails to cancel the others are cancelled', async () => {
    const place = await placeFor({ max_lead_minutes: 10 * DAY_MINUTES });
    const kept = await make(body(place, 3));
    await w.db.database.script(`ALTER TABLE reservations ADD CONSTRAINT trap CHECK (reserved_start <> '${iso(place.at('12:00', 2))}'
      AND (status <> 'cancelled' OR reserved_start <> '${iso(place.at('08:00', 2))}')) NOT VALID`);
    try {
      const never = await make(body(place, 3, {}, {}, '12:00'));
      expect([statuses(never), codes(never)]).toEqual([['reserved', 'scheduled', 'reserved'], [null, 'internal', null]]);
      must(await w.provider.api.post(`/v1/reservation_series/${kept.id}/cancel`));
      const cancelled = await read(kept.id);
      expect([statuses(cancelled), codes(cancelled)]).toEqual([['cancelled', 'reserved', 'cancelled'], [null, 'internal', null]]);
      await w.advanceTo(place.at('12:00', 2) + MINUTE);
      expect([statuses(await read(never.id))[1], codes(await read(never.id))[1]]).toEqual(['unavailable', 'internal']);
      expect((await eventTypes(never.id)).at(-1)).toEqual(['reservation_series.occurrence_unavailable', 2]);
      expect([statuses(await read(kept.id))[1], codes(await read(kept.id))[1]]).toEqual(['reserved', 'cancel_cut_off_passed']);
      expect(await w.sweep()).toBe(0);
    } finally {
      await w.db.database.script('ALTER TABLE reservations DROP CONSTRAINT trap');
    }
  });

  it('SER-4 is made once, however often it is asked for with a key, also when it was cut off', async () => {
    const place = await placeFor();
    const sent = body(place, 5);
    const post = () => w.provider.api.post('/v1/reservation_series', sent, { 'idempotency-key': `commute ${place.id}` });
    const [a, b, c] = await Promise.all([post(), post(), post()]);
    const again = await post();
    expect(new Set([a, b, c, again].map((answer) => must(answer).id)).size).toBe(1);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(statuses(again.body)).toEqual(['reserved', 'reserved', 'reserved', 'scheduled', 'scheduled']);
    const found = must(await w.provider.api.get(`/v1/reservations?location_id=${place.id}&limit=100`)).data;
    expect(found.map(({ id }: Json) => id).sort()).toEqual(again.body.occurrences.flatMap(({ reservation }: Json) => reservation ?? []).sort());
  });

  it('SER-7 SER-10 SER-12 tells what could not be had, and tries again when asked to', async () => {
    const place = await placeFor({}, { evses: 1 });
    const taken = must(await w.otherProvider.api.post('/v1/reservations', {
      evse: place.evse, ideal_start: iso(place.at('08:00', 2)), ideal_end: iso(place.at('09:00', 2)), confirm: true,
    }));
    const made = await make(body(place, 3));
    expect(statuses(made)).toEqual(['reserved', 'unavailable', 'reserved']);
    expect(made.occurrences[1].problem).toMatchObject({ code: 'slot_unavailable', doc_url: '/docs/errors#slot_unavailable' });
    expect(made.occurrences[1].problem.alternatives.nearest_times[0]).toMatchObject({ evse: place.evse, start: iso(place.at('07:30', 2)) });
    const events = await w.eventsOf(made.id);
    expect(events.map(({ type, object_version: version }: Json) => [type, version])).toEqual([['reservation_series.created', 1], ['reservation_series.occurrence_unavailable', 2]]);
    expect(events[1].data.object).toMatchObject({ id: made.id, occurrence: { date: made.occurrences[1].date, status: 'unavailable', problem: { code: 'slot_unavailable' } } });
    expect(must(await act(made, 1, 'retry'))).toMatchObject({ status: 'unavailable', problem: { code: 'slot_unavailable' } });
    must(await w.otherProvider.api.post(`/v1/reservations/${taken.id}/cancel`));
    expect(must(await act(made, 1, 'retry'))).toMatchObject({ status: 'reserved', reservation_status: 'confirmed', problem: null });
    expect(outcome(await act(made, 1, 'retry'))).toBe('invalid_state');
  });

  it('SER-7 tells of days on which its place is closed, or gone', async () => {
    const place = await placeFor();
    const closed = { period_begin: iso(place.at('00:00', 2)), period_end: iso(place.at('00:00', 3)) };
    must(await w.operator.api.patch(`/v1/locations/${place.id}`, { opening_times: { twentyfourseven: true, exceptional_closings: [closed] } }));
    const made = await make(body(place, 5));
    expect(codes(made)).toEqual([null, 'outside_opening_hours', null, null, null]);
    must(await w.operator.api.delete(`/v1/locations/${place.id}`));
    await w.advance(2 * DAY);
    expect(codes(await read(made.id))).toEqual([null, 'outside_opening_hours', null, 'not_found', 'not_found']);
  });

  it('SER-6 waits while its driver has no room, and takes it as it comes, the earliest first', async () => {
    const place = await placeFor({ max_active_per_driver: 2, max_lead_minutes: 30 * DAY_MINUTES, no_show_ban: null });
    const { id: driver } = await w.driver();
    const made = await make(body(place, 6, {}, { driver }));
    expect(statuses(made)).toEqual(['reserved', 'reserved', 'scheduled', 'scheduled', 'scheduled', 'scheduled']);
    expect(codes(made)).toEqual([null, null, ...Array.from({ length: 4 }, () => 'too_many_active_reservations')]);
    must(await w.provider.api.post(`/v1/reservations/${made.occurrences[1].reservation}/cancel`));
    await w.sweep();
    expect(statuses(await read(made.id))).toEqual(['reserved', 'cancelled', 'reserved', 'scheduled', 'scheduled', 'scheduled']);
    await w.advanceTo(place.at('08:16')); // nobody comes: the first is over, and the next one has room
    expect(statuses(await read(made.id))).toEqual(['reserved', 'cancelled', 'reserved', 'reserved', 'scheduled', 'scheduled']);
    await w.advanceTo(place.at('08:31', 6));
    expect(statuses(await read(made.id))).toEqual(['reserved', 'cancelled', 'reserved', 'reserved', 'reserved', 'reserved']);
    expect((await read(made.id)).occurrences.map((o: Json) => o.reservation_status)).toEqual(['expired', 'cancelled', 'expired', 'expired', 'expired', 'expired']);
  });

  it('SER-6 gives up what waits when it should begin, and says what it waited for', async () => {
    const place = await placeFor({ max_active_per_driver: 1, max_lead_minutes: 30 * DAY_MINUTES, no_show_ban: null });
    const { id: driver } = await w.driver();
    must(await w.provider.api.post('/v1/reservations', { evse: place.evse, ideal_start: iso(place.at('08:00', 9)), duration_minutes: 30, confirm: true, driver }));
    const made = await make(body(place, 1, {}, { driver }));
    expect([statuses(made), codes(made)]).toEqual([['scheduled'], ['too_many_active_reservations']]);
    await w.advanceTo(place.at('08:00') - MINUTE);
    expect(statuses(await read(made.id))).toEqual(['scheduled']);
    await place.policy({ min_lead_minutes: 60 });
    await w.advanceTo(place.at('08:00'));
    const late = await read(made.id);
    expect([statuses(late), codes(late)]).toEqual([['unavailable'], ['too_many_active_reservations']]);
    expect((await eventTypes(made.id)).at(-1)).toEqual(['reservation_series.occurrence_unavailable', 2]);
  });

  it('SER-6 waits for the end of a ban that ends before', async () => {
    const place = await placeFor({ max_lead_minutes: 30 * DAY_MINUTES, no_show_ban: { consecutive: 1, ban_minutes: 3 * DAY_MINUTES } });
    const { id: driver } = await w.driver();
    must(await w.provider.api.post('/v1/reservations', { evse: place.evse, ideal_start: iso(place.at('06:00')), duration_minutes: 30, confirm: true, driver }));
    await w.advanceTo(place.at('06:15'));
    const made = await make(body(place, 5, {}, { driver }));
    expect([statuses(made), codes(made)]).toEqual([
      ['unavailable', 'unavailable', 'unavailable', 'scheduled', 'scheduled'], Array.from({ length: 5 }, () => 'driver_banned'),
    ]);
    expect(made.occurrences[3].book_at).toBe(iso(place.at('06:15', 4)));
    await w.advanceTo(place.at('06:15', 4));
    expect(statuses(await read(made.id)).slice(3)).toEqual(['reserved', 'reserved']);
  });

  it('SER-8 SER-12 is cancelled with its reservations, but for those past their cut-off, which say so', async () => {
    const place = await placeFor({ cancel_until_minutes: 36 * 60 });
    const made = await make(body(place, 6));
    await w.advance(HOUR);
    const cancelled = must(await w.provider.api.post(`/v1/reservation_series/${made.id}/cancel`));
    expect(cancelled).toMatchObject({ status: 'cancelled', version: 2 });
    expect(statuses(cancelled)).toEqual(['reserved', 'cancelled', 'cancelled', 'cancelled', 'cancelled', 'cancelled']);
    expect(codes(cancelled).slice(0, 2)).toEqual(['cancel_cut_off_passed', null]);
    const second = must(await w.provider.api.get(`/v1/reservations/${made.occurrences[1].reservation}`));
    expect(second).toMatchObject({ status: 'cancelled', cancelled_by: 'driver', ended_detail: 'series_cancelled' });
    expect(must(await w.provider.api.get(`/v1/reservations/${made.occurrences[0].reservation}`)).status).toBe('confirmed');
    expect(await eventTypes(made.id)).toEqual([['reservation_series.created', 1], ['reservation_series.cancelled', 2]]);
    expect(outcome(await w.provider.api.post(`/v1/reservation_series/${made.id}/cancel`))).toBe('invalid_state');
    expect(outcome(await act(made, 2, 'retry'))).toBe('invalid_state');
    await w.advance(10 * DAY);
    expect((await read(made.id)).counts).toMatchObject({ cancelled: 5, reserved: 1, scheduled: 0 });
  });

  it('SER-9 SER-12 leaves out one occurrence, with its reservation, unless that can not be cancelled', async () => {
    const place = await placeFor({ cancel_until_minutes: 36 * 60 });
    const made = await make(body(place, 6));
    await w.advance(HOUR);
    expect(outcome(await act(made, 0, 'skip'))).toBe('cancel_cut_off_passed');
    expect(must(await act(made, 1, 'skip'))).toMatchObject({ status: 'excepted', reservation_status: 'cancelled' });
    expect(must(await act(made, 5, 'skip'))).toMatchObject({ status: 'excepted', reservation: null, book_at: null });
    expect(outcome(await act(made, 5, 'skip'))).toBe('invalid_state');
    expect(outcome(await act(made, 5, 'retry'))).toBe('invalid_state');
    expect(outcome(await w.provider.api.post(`/v1/reservation_series/${made.id}/occurrences/2031-01-01/skip`))).toBe('not_found');
    await w.advance(6 * DAY);
    expect(statuses(await read(made.id))).toEqual(['reserved', 'excepted', 'reserved', 'reserved', 'reserved', 'excepted']);
    expect(outcome(await act(made, 2, 'skip'))).toBe('invalid_state');
    expect((await eventTypes(made.id)).slice(1)).toEqual([['reservation_series.occurrence_skipped', 2], ['reservation_series.occurrence_skipped', 3]]);
  });

  it('SER-11 is seen and changed by its maker and its driver, and not by the operator of the place', async () => {
    const place = await placeFor();
    const driver = await w.driver();
    const other = await w.driver();
    const made = await make(body(place, 2), driver.api);
    expect(made.driver).toBe(driver.id);
    expect((await read(made.id)).id).toBe(made.id);
    const ids = async (api: Api, query = ''): Promise<string[]> => must(await api.get(`/v1/reservation_series?limit=100${query}`)).data.map(({ id }: Json) => id);
    expect(await ids(driver.api)).toEqual([made.id]);
    expect(await ids(w.provider.api, `&driver=${driver.id}`)).toEqual([made.id]);
    for (const api of [w.operator.api, w.otherProvider.api, other.api]) {
      expect(outcome(await api.get(`/v1/reservation_series/${made.id}`))).toBe('not_found');
      expect(outcome(await act(made, 0, 'skip', api))).toBe('not_found');
      expect(await ids(api)).not.toContain(made.id);
    }
    expect(await ids(driver.api, `&driver=${other.id}`)).toEqual([]);
    const [event] = must(await driver.api.get(`/v1/events?object_id=${made.id}&since=0`)).data;
    expect(event.type).toBe('reservation_series.created');
    expect(must(await act(made, 0, 'skip', driver.api)).status).toBe('excepted');
  });

  it('SER-11 goes on when the key that made it is revoked', async () => {
    const place = await placeFor();
    const key = must(await w.provider.api.post('/v1/api_keys', { name: 'till', scopes: ['reservations:write', 'reservations:read'] }));
    const sent = await fetch(`${w.app.url}/v1/reservation_series`, {
      method: 'POST', headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' }, body: JSON.stringify(body(place, 6)),
    });
    const { id } = await sent.json() as Json;
    must(await w.provider.api.post(`/v1/api_keys/${key.id}/revoke`));
    await w.advance(4 * DAY);
    expect((await read(id)).counts.reserved).toBe(6);
  });

  it('SER-13 wishes for somewhere and about then, each time anew', async () => {
    const place = await placeFor({}, { evses: 1 });
    must(await w.otherProvider.api.post('/v1/reservations', { evse: place.evse, ideal_start: iso(place.at('08:00', 1)), duration_minutes: 30, confirm: true }));
    must(await w.otherProvider.api.post('/v1/reservations', { evse: place.evse, ideal_start: iso(place.at('07:00', 2)), duration_minutes: 150, confirm: true }));
    const sent = body(place, 6);
    const each = { location: { ...place.coordinates, radius: 1000 }, duration_minutes: 30, earliest_start_minutes_before: 60, latest_end_minutes_after: 90 };
    const made = await make({ ...sent, reservation: each });
    expect(made.time_zone).toBe(ZONE);
    expect(statuses(made)).toEqual(['reserved', 'reserved', 'reserved', 'scheduled', 'scheduled', 'scheduled']);
    const first = must(await w.provider.api.get(`/v1/reservations/${made.occurrences[0].reservation}`));
    expect(first).toMatchObject({ series: made.id, mode: 'flexible', status: 'pending', earliest_start: iso(place.at('07:00')), latest_end: iso(place.at('09:30')) });
    const refused = await w.provider.api.post('/v1/reservation_series', { ...sent, reservation: { ...each, latest_end_minutes_after: 20 } });
    expect([outcome(refused), refused.body.errors[0].pointer]).toEqual(['invalid_time_range', '/start']);
    const both = await w.provider.api.post('/v1/reservation_series', { ...sent, reservation: { ...each, evse: place.evse } });
    expect([outcome(both), both.body.errors[0].pointer]).toEqual(['invalid_request', '/reservation/evse']);
    const neither = await w.provider.api.post('/v1/reservation_series', { ...sent, reservation: { evse: place.evse, latest_end_minutes_after: 20 } });
    expect([outcome(neither), neither.body.errors[0].pointer]).toEqual(['invalid_request', '/reservation/latest_end_minutes_after']);
    const nowhere = await w.provider.api.post('/v1/reservation_series', { ...sent, reservation: { ...each, location: { latitude: 80, longitude: 0, radius: 10 } } });
    expect([outcome(nowhere), nowhere.body.errors[0].pointer]).toEqual(['evse_not_bookable', '/reservation/location']);
    await w.advanceTo(place.at('07:00', 2));
    const later = await read(made.id);
    expect(statuses(later)).toEqual(['reserved', 'unavailable', 'reserved', 'reserved', 'reserved', 'scheduled']);
    expect(later.occurrences.map((o: Json) => o.reservation_status).slice(0, 3)).toEqual(['expired', 'failed', 'pending']);
    expect(must(await act(made, 1, 'retry'))).toMatchObject({ status: 'reserved', reservation_status: 'pending' });
  });

  it('SER-3 is refused for what would be refused of every occurrence, with the field that says it', async () => {
    const place = await placeFor();
    const { id: strangersDriver } = await w.driver(w.otherProvider);
    const refusal = async (sent: unknown): Promise<[string | number, string | undefined]> => {
      const answer = await w.provider.api.post('/v1/reservation_series', sent);
      return [outcome(answer), answer.body.errors?.[0].pointer];
    };
    expect(await refusal({ ...body(place, 2), start: `${dateOf(place.at('08:00'))}T08:07` })).toEqual(['off_grid', undefined]);
    expect(await refusal(body(place, 2, {}, { duration_minutes: 1000 }))).toEqual(['duration_not_allowed', undefined]);
    expect(await refusal(body(place, 2, {}, { driver: strangersDriver }))).toEqual(['not_found', undefined]);
    expect(await refusal(body(place, 2, {}, { connector_type: ['CHADEMO'] }))).toEqual(['connector_incompatible', undefined]);
    expect(await refusal(body(place, 2, {}, { evse: undefined }))).toEqual(['invalid_request', '/reservation/evse']);
    expect(await refusal(body(place, 2, {}, { energy_wh: 5000 }))).toEqual(['invalid_request', '/reservation/duration_minutes']);
    expect(await refusal(body(place, 2, { rrule: 'FREQ=DAILY' }))).toEqual(['invalid_request', '/rrule']);
    expect(await refusal(body(place, 2, { start: '2020-01-01T08:00' }))).toEqual(['time_in_past', '/start']);
    expect(await refusal(body(place, 2, { start: '2027-02-30T08:00' }))).toEqual(['invalid_request', '/start']);
    expect(await refusal(body(place, 2, { time_zone: 'Mars/Olympus' }))).toEqual(['invalid_request', '/time_zone']);
    expect(await refusal(body(place, 1, { exdates: [dateOf(place.at('08:00'))] }))).toEqual(['invalid_request', '/exdates']);
    await place.policy({ mode: 'walk_in_only' });
    expect(await refusal(body(place, 2))).toEqual(['booking_not_offered', undefined]);
  });

  it('SER-2 keeps the time of day of a zone that it names', async () => {
    const place = await placeFor({ max_lead_minutes: 525_600 });
    const year = new Date(await w.now()).getUTCFullYear() + 1;
    const made = await make({ ...body(place, 2), rrule: 'FREQ=MONTHLY;COUNT=6', start: `${year}-01-10T08:00`, time_zone: 'Europe/Berlin' });
    expect(made.occurrences.map(({ start }: Json) => start.slice(5, 16))).toEqual(['01-10T07:00', '02-10T07:00', '03-10T07:00', '04-10T06:00', '05-10T06:00', '06-10T06:00']);
  });

  it('SER-4 books a year of days within what it waits for, or soon after', async () => {
    const place = await placeFor({ max_lead_minutes: 525_600 });
    const made = await make(body(place, 366));
    expect(made.occurrences).toHaveLength(366);
    await w.sweep();
    expect((await read(made.id)).counts).toMatchObject({ reserved: 364, scheduled: 2 });
  });
});
