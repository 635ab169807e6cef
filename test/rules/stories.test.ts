/** Whole lives of reservations, played by the test clock. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iso, MINUTE, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

/** The fields of seed 004, with the names of its published reference. */
const SEED_FIELDS = [
  'id', 'object', 'cancellation_policy', 'charging_station', 'confirmed_at', 'connector_type', 'created', 'currency', 'driver', 'earliest_start', 'failed_reason',
  'ideal_end', 'ideal_start', 'latest_end', 'location', 'metadata', 'payment_method', 'reservation_fee', 'reserved_end', 'reserved_start', 'status', 'updated', 'vehicle',
];

describe('stories', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());

  const confirmed = async (place: Place, begin: string, end: string, more = {}) => must(
    await w.provider.api.post('/v1/reservations', place.slot(begin, end, { confirm: true, ...more })));
  const act = (id: string, action: string, body?: unknown, as = w.provider) => as.api.post(`/v1/reservations/${id}/${action}`, body);
  const read = async (id: string) => must(await w.provider.api.get(`/v1/reservations/${id}`));
  const start = async (reservation: string) => must(await w.provider.api.post('/v1/sandbox/sessions', { reservation }));
  const told = async (id: string) => (await w.eventsOf(id)).map(({ type, object_version: version, created }) => [type, version, Date.parse(created)]);
  const other = (place: Place, begin: string, end: string) => w.otherProvider.api.post('/v1/reservations', place.slot(begin, end));

  it('RSV-11 RSV-19 RSV-20 RSV-21 SES-5 DUE-2 held, confirmed, begun early, extended, used to its end', async () => {
    const place = await w.place();
    await w.advanceTo(place.at('09:00'));
    const held = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30')));
    expect(Object.keys(held)).toEqual(expect.arrayContaining(SEED_FIELDS));
    const { id } = held;
    must(await act(id, 'confirm'));
    await w.advanceTo(place.at('09:52'));
    const session = await start(id);
    expect(session).toMatchObject({ status: 'started', reservation: id, evse: place.evse, ends_by: iso(place.at('10:30')) });
    expect(await read(id)).toMatchObject({ status: 'confirmed', session: session.id, kept_until: null });
    await w.advanceTo(place.at('10:20'));
    expect(must(await act(id, 'extend', { by_minutes: 30 })).reserved_end).toBe(iso(place.at('11:00')));
    await w.advanceTo(place.at('12:00'));
    expect(must(await w.provider.api.get(`/v1/sessions/${session.id}`))).toMatchObject({ status: 'ended', ended_at: iso(place.at('11:00')) });
    expect(await read(id)).toMatchObject({ status: 'completed', ended_at: iso(place.at('11:00')), reserved_end: iso(place.at('11:00')) });
    const events = await told(id);
    expect(events.map(([type, version]) => [type, version])).toEqual([
      ['reservation.created', 1], ['reservation.confirmed', 2], ['reservation.in_use', 3], ['reservation.extended', 4], ['reservation.completed', 5],
    ]);
    expect(events.at(-1)![2]).toBe(place.at('11:00'));
    expect(
      (await told(session.id)).map(([type, version]) => [type, version]),
    ).toEqual([['session.started', 1], ['session.updated', 2], ['session.ended', 3]]);
  });

  it('RSV-15 RSV-20 DUE-2 nobody comes', async () => {
    const place = await w.place({ policy: { no_show_minutes: 15 } });
    const { id } = await confirmed(place, '10:00', '10:30');
    await w.advanceTo(place.at('15:00'));
    expect(await told(id)).toEqual([['reservation.confirmed', 1, expect.any(Number)], ['reservation.expired', 2, place.at('10:15')]]);
  });

  it('DUE-2 on the way of the test clock everything happens at its own time and in its order', async () => {
    const place = await w.place({ evses: 3, policy: { hold_minutes: 600, no_show_minutes: 15 } });
    const used = await confirmed(place, '10:00', '10:30');
    const unused = await confirmed(place, '10:00', '11:00', { evse: place.evses[1] });
    await w.advanceTo(place.at('09:55'));
    const held = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { evse: place.evses[2] })));
    await start(used.id);
    await w.advanceTo(place.at('11:00', 2));
    await w.app.runtime.events.settled();
    const events = must(
      await w.provider.api.get('/v1/events?limit=100&type=reservation.*'),
    ).data as { object_id: string; type: string; created: string }[];
    const ends = events.filter(
      ({ object_id: id, type }) => [used.id, unused.id, held.id].includes(id) && /expired|failed|completed/.test(type),
    ).reverse();
    const [first, second, third] = ends.map(({ type, created }) => `${type} ${created}`);
    expect(new Set([first, second])).toEqual(
      new Set([`reservation.expired ${iso(place.at('10:15'))}`, `reservation.failed ${iso(place.at('10:15'))}`]),
    );
    expect(third).toBe(`reservation.completed ${iso(place.at('10:30'))}`);
  });

  it('RSV-14 RSV-20 late, but there in time', async () => {
    const place = await w.place({ policy: { no_show_minutes: 10, grace_minutes: 30 } });
    const { id } = await confirmed(place, '10:00', '11:00');
    await w.advanceTo(place.at('10:08'));
    must(await act(id, 'late', { expected_arrival: iso(place.at('10:25')) }));
    await w.advanceTo(place.at('10:25'));
    const { id: session } = await start(id);
    must(await w.provider.api.post(`/v1/sandbox/sessions/${session}/end`, { energy_wh: 9_000 }));
    expect(
      (await told(id)).map(([type]) => type),
    ).toEqual(['reservation.confirmed', 'reservation.late', 'reservation.in_use', 'reservation.completed']);
  });

  it('RSV-19 the end of the session frees the rest of the slot at once, after the buffer', async () => {
    const place = await w.place({ policy: { buffer_minutes: 5, slot_grid_minutes: 5 } });
    const { id } = await confirmed(place, '10:00', '11:00');
    await w.advanceTo(place.at('10:00'));
    const { id: session } = await start(id);
    await w.advanceTo(place.at('10:12'));
    expect(outcome(await other(place, '10:20', '10:40'))).toBe('slot_unavailable');
    must(await w.provider.api.post(`/v1/sandbox/sessions/${session}/end`));
    expect(outcome(await other(place, '10:15', '10:40'))).toBe('slot_unavailable'); // the car left at 10:12 and some seconds
    expect(outcome(await other(place, '10:20', '10:40'))).toBe(201);
  });

  it('RSV-17 CAL-8 who says that they leave frees the rest for others, as soon as the car can be gone', async () => {
    const place = await w.place();
    const { id } = await confirmed(place, '10:00', '12:00');
    await w.advanceTo(place.at('10:00'));
    const { id: session } = await start(id);
    await w.advanceTo(place.at('10:20'));
    expect(outcome(await other(place, '11:00', '11:30'))).toBe('slot_unavailable');
    const left = must(await act(id, 'leave'));
    expect(left).toMatchObject({ status: 'confirmed' });
    expect(Date.parse(left.reserved_end)).toBeLessThan(place.at('10:21'));
    expect(outcome(await other(place, '10:30', '10:45'))).toBe('slot_unavailable');
    expect(outcome(await other(place, '11:00', '11:30'))).toBe(201);
    expect(outcome(await act(id, 'leave'))).toBe('invalid_state');
    expect(outcome(await act(id, 'extend', { end: iso(place.at('11:00')) }))).toBe('invalid_state');
    must(await w.provider.api.post(`/v1/sandbox/sessions/${session}/end`));
    expect(await read(id)).toMatchObject({ status: 'completed' });
    expect(outcome(await other(place, '10:45', '11:00'))).toBe(201);
  });

  it('RSV-17 RSV-11 who leaves before the slot has begun gives it back whole, and can not extend it any more', async () => {
    const place = await w.place();
    const { id } = await confirmed(place, '10:00', '10:30');
    await w.advanceTo(place.at('09:50'));
    const { id: session } = await start(id);
    must(await act(id, 'leave'));
    expect(outcome(await act(id, 'extend', { by_minutes: 15 }))).toBe('invalid_state');
    must(await w.provider.api.post(`/v1/sandbox/sessions/${session}/end`));
    expect(outcome(await other(place, '10:00', '10:30'))).toBe(201);
    expect((await read(id)).status).toBe('completed');
  });

  it('RSV-17 who leaves without having charged gives the slot back, and that is no no-show', async () => {
    const place = await w.place({ policy: { no_show_fee: 500 } });
    const { id: driver } = await w.driver();
    const { id } = await confirmed(place, '10:00', '10:30', { driver });
    expect(outcome(await act(id, 'leave'))).toBe('too_early');
    await w.advanceTo(place.at('10:05'));
    expect(must(await act(id, 'leave'))).toMatchObject({ status: 'expired', ended_detail: 'left_unused', no_show_fee: 0 });
    expect(must(await w.provider.api.get(`/v1/drivers/${driver}`)).consecutive_no_shows).toBe(0);
    expect(outcome(await other(place, '10:15', '10:30'))).toBe(201);
  });

  it('RSV-13 CAL-9 the operator cancels with a reason, and the driver reads it', async () => {
    const place = await w.place({ policy: { cancel_until_minutes: 500_000 } });
    const { id } = await confirmed(place, '10:00', '10:30');
    expect((await act(id, 'cancel', {}, w.operator)).body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/reason' }] });
    expect(outcome(await act(id, 'cancel'))).toBe('cancel_cut_off_passed');
    must(await act(id, 'cancel', { reason: 'The road is closed.' }, w.operator));
    expect(await read(id)).toMatchObject({ status: 'cancelled', cancelled_by: 'operator', ended_detail: 'The road is closed.' });
    expect(outcome(await other(place, '10:00', '10:30'))).toBe(201);
    const audit = must(await w.operator.api.get(`/v1/audit_log?object_id=${id}`)).data;
    expect(audit).toMatchObject([{ action: 'reservation.cancel', object_id: id, changes: { reason: 'The road is closed.' } }]);
  });

  it('RSV-10 RSV-11 CAL-4 a move and an extension that can not be had leave the old slot as it stands, with alternatives', async () => {
    const place = await w.place({ evses: 2 });
    const mine = await confirmed(place, '10:00', '10:30');
    await confirmed(place, '10:30', '11:00');
    const before = await read(mine.id);
    const extension = await act(mine.id, 'extend', { by_minutes: 15 });
    expect(extension).toMatchObject({
      status: 409, body: { code: 'slot_unavailable', alternatives: { sibling_evses: [expect.objectContaining({ evse: place.evses[1] })] } },
    });
    expect((await act(mine.id, 'move', { start: iso(place.at('10:15')) })).body.code).toBe('slot_unavailable');
    expect({ ...(await read(mine.id)), cancel_quote: null }).toEqual({ ...before, cancel_quote: null });
    expect(outcome(await other(place, '10:00', '10:30'))).toBe('slot_unavailable');
    const moved = must(await act(mine.id, 'move', { evse: place.evses[1], duration_minutes: 45 }));
    expect(moved).toMatchObject({ evse: place.evses[1], reserved_start: iso(place.at('10:00')), reserved_end: iso(place.at('10:45')), version: 2 });
    expect(outcome(await other(place, '10:00', '10:30'))).toBe(201);
    expect(outcome(await act(mine.id, 'extend', { end: iso(place.at('10:45')) }))).toBe('invalid_time_range');
    expect(must(await act(mine.id, 'move', { start: iso(place.at('10:30')) })).reserved_start).toBe(iso(place.at('10:30')));
  });

  it('RSV-8 what is said besides the slot changes while it is pending, metadata key by key', async () => {
    const place = await w.place();
    const { id: driver } = await w.driver();
    const vehicle = must(await w.provider.api.post(`/v1/drivers/${driver}/vehicles`, { connector_type: ['CCS2'] })).id;
    const { id } = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { driver, metadata: { a: '1', b: '2' } })));
    const update = (body: unknown) => w.provider.api.post(`/v1/reservations/${id}`, body);
    expect(
      must(await update({ metadata: { b: '', c: '3' }, vehicle, payment_method: 'pm_1' })),
    ).toMatchObject({ metadata: { a: '1', c: '3' }, vehicle, payment_method: 'pm_1', version: 2 });
    expect(must(await update({ vehicle: null })).metadata).toEqual({ a: '1', c: '3' });
    const stranger = must(await w.provider.api.post(`/v1/drivers/${(await w.driver()).id}/vehicles`, { connector_type: ['CCS2'] })).id;
    expect(outcome(await update({ vehicle: stranger }))).toBe('not_found');
    must(await act(id, 'confirm', { payment_method: 'pm_2' }));
    expect((await read(id)).payment_method).toBe('pm_2');
    expect(outcome(await update({ metadata: {} }))).toBe('invalid_state');
  });

  it('ORG-12 the test clock goes forward only, and not too far at once', async () => {
    const advance = (body: unknown) => w.provider.api.post('/v1/test_clock/advance', body);
    const before = await w.now();
    expect(outcome(await advance({ to: iso(before - MINUTE) }))).toBe('time_in_past');
    expect(outcome(await advance({ to: iso(before + 401 * 24 * 60 * MINUTE) }))).toBe('invalid_time_range');
    expect(Date.parse(must(await advance({ by_seconds: 90 })).now) - before).toBeGreaterThanOrEqual(90_000);
    expect((await w.now()) - before).toBeGreaterThanOrEqual(90_000);
  });
});
