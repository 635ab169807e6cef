/** "Somewhere here, about then": flexible reservations from the wish to the assignment, over HTTP and the test clock. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignInWorker } from '../../src/domain/reservations/assignment/index.ts';
import { giveSlot } from '../../src/domain/reservations/flexible/decide.ts';
import { loadNeighbourhoods } from '../../src/domain/reservations/flexible/neighbourhood.ts';
import type { Json } from '../support/api.ts';
import { HOUR, iso, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

describe('flexible reservations', () => {
  let w: World;
  let day = 0;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());

  const api = () => w.provider.api;
  const read = async (id: string): Promise<Json> => must(await api().get(`/v1/reservations/${id}`));

  /** A wish for half an hour around 10:00 of the day, within 2 km of a place. */
  const wishAt = (place: Place, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    location: { ...place.coordinates, radius: 2_000 }, connector_type: ['CCS2'], ideal_start: iso(place.at('10:00', day)), ideal_end: iso(place.at('10:30', day)),
    earliest_start: iso(place.at('09:00', day)), latest_end: iso(place.at('11:30', day)), ...more,
  });
  const ask = (place: Place, more?: Record<string, unknown>) => api().post('/v1/reservations', wishAt(place, more));
  const takeAll = async (place: Place, begin: string, end: string): Promise<void> => {
    for (const evse of place.evses) {
      must(await api().post('/v1/reservations', { evse, confirm: true, ideal_start: iso(place.at(begin, day)), ideal_end: iso(place.at(end, day)) }));
    }
  };
  const newDay = async (place: Place): Promise<void> => {
    day = Math.floor(((await w.now()) - place.at('00:00', 0)) / (24 * HOUR)) + 1;
    await w.advanceTo(place.at('06:00', day));
  };

  it('RSV-F1 RSV-F4 waits without a slot, and has the best one half an hour before its window', async () => {
    const place = await w.place({ evses: 2 });
    await newDay(place);
    const asked = must(await ask(place, { metadata: { trip: 'a' } }));
    expect(asked).toMatchObject({
      mode: 'flexible', status: 'pending', evse: null, charging_station: null, operator_id: null, reserved_start: null, hold_expires_at: null, failed_reason: null,
      location: { ...place.coordinates, radius: 2_000 }, assign_at: iso(place.at('08:30', day)), assignment: null,
    });
    await w.advanceTo(place.at('08:29', day));
    expect((await read(asked.id)).status).toBe('pending');
    await w.advanceTo(place.at('08:30', day));
    const got = await read(asked.id);
    expect(got).toMatchObject({
      status: 'confirmed', reserved_start: iso(place.at('10:00', day)), reserved_end: iso(place.at('10:30', day)), location_id: place.id, operator_id: w.operator.organisation.id,
      assign_at: null, outlook: null, confirmed_at: iso(place.at('08:30', day)), assignment: { reason: null, displacement_minutes: 0, distance_m: 0, rank: 1 },
    });
    expect(place.evses).toContain(got.evse);
    const events = await w.eventsOf(asked.id);
    expect(events.map(({ type }) => type)).toEqual(['reservation.created', 'reservation.confirmed']);
    expect(must(await w.operator.api.get(`/v1/reservations/${asked.id}`)).metadata).toEqual({});
  });

  it('RSV-F4 moves as far as it must, and says what kept it from its wish', async () => {
    const place = await w.place();
    await newDay(place);
    await takeAll(place, '09:45', '10:15');
    const { id } = must(await ask(place));
    await w.advanceTo(place.at('08:30', day));
    const got = await read(id);
    expect([iso(place.at('09:15', day)), iso(place.at('10:15', day))]).toContain(got.reserved_start);
    expect(got.assignment).toMatchObject({ displacement_minutes: 15, rank: 1, kept_from_better_time: { unavailable: 1, taken: 0 } });
  });

  it('RSV-F9 plans all that wait together: one that can move gives way to one that can not', async () => {
    const place = await w.place();
    await newDay(place);
    const movable = must(await ask(place));
    const fixed = must(await ask(place, { earliest_start: iso(place.at('10:00', day)), latest_end: iso(place.at('10:30', day)) }));
    await w.advanceTo(place.at('08:30', day));
    expect(await read(movable.id)).toMatchObject({ status: 'confirmed', assignment: { kept_from_better_time: { taken: 1 } } });
    expect((await read(movable.id)).reserved_start).not.toBe(iso(place.at('10:00', day)));
    await w.advanceTo(place.at('09:30', day));
    expect(await read(fixed.id)).toMatchObject({ status: 'confirmed', reserved_start: iso(place.at('10:00', day)) });
  });

  it('RSV-F5 fails with the reason and alternatives when nothing is to be had', async () => {
    const place = await w.place();
    await newDay(place);
    await takeAll(place, '09:00', '11:30');
    const { id } = must(await ask(place));
    await w.advanceTo(place.at('08:30', day));
    const lost = await read(id);
    expect(lost).toMatchObject({
      status: 'failed', failed_reason: 'no_available_connectors', ended_detail: 'no_free_slot', evse: null, assign_at: null,
      assignment: { reason: 'no_free_slot', tried: { evses_in_area: 1, evses_fitting: 1, evses_free: 0 }, displacement_minutes: null },
    });
    const instead = (lost.assignment.alternatives.nearest_times as Json[]).find(({ start }) => start === iso(place.at('11:30', day)))!;
    must(await api().post('/v1/reservations', { evse: instead.evse, ideal_start: instead.start, ideal_end: instead.end }));
  });

  it('RSV-F3 tells how likely it is, and what was tried, while it waits', async () => {
    const place = await w.place();
    await newDay(place);
    const { id, version } = must(await ask(place));
    const hopeless = must(await ask(place, { earliest_start: iso(place.at('10:00', day)), latest_end: iso(place.at('10:30', day)) }));
    await takeAll(place, '10:00', '10:30');
    await w.sweep();
    const told = await read(id);
    expect(told).toMatchObject({ status: 'pending', version, outlook: { planned: true, tried: { evses_in_area: 1, evses_free: 1 } } });
    const { outlook } = await read(hopeless.id);
    expect(outlook).toMatchObject({ planned: false, tried: { evses_free: 0 } });
    expect(told.outlook.likelihood).toBeGreaterThan(outlook.likelihood);
    must(await api().post(`/v1/reservations/${id}/cancel`));
    must(await api().post(`/v1/reservations/${hopeless.id}/cancel`));
    expect(await read(id)).toMatchObject({ status: 'cancelled', outlook: null, assign_at: null });
  });

  it('RSV-F7 is assigned at once when it is confirmed, and goes on waiting when nothing is free', async () => {
    const place = await w.place();
    await newDay(place);
    const { id } = must(await ask(place));
    const confirmed = must(await api().post(`/v1/reservations/${id}/confirm`, { payment_method: 'card' }));
    expect(confirmed).toMatchObject({ status: 'confirmed', reserved_start: iso(place.at('10:00', day)), payment_method: 'card' });
    expect(must(await ask(place, { confirm: true }))).toMatchObject({ status: 'confirmed', assignment: { displacement_minutes: 30 } });
    await takeAll(place, '09:00', '09:30').catch(() => undefined);
    await takeAll(place, '10:30', '11:30').catch(() => undefined);
    const { id: last } = must(await ask(place));
    const answer = await api().post(`/v1/reservations/${last}/confirm`);
    expect([outcome(answer), Object.keys(answer.body.alternatives).sort()]).toEqual(['slot_unavailable', ['nearest_times', 'neighbouring_locations', 'sibling_evses']]);
    expect((await read(last)).status).toBe('pending');
    expect(outcome(await ask(place, { confirm: true }))).toBe('slot_unavailable');
  });

  it('RSV-F4 holds the slot where something has to be paid first', async () => {
    const place = await w.place({ policy: { fee: { currency: 'INR', fixed: 5_000, per_minute: 0, deposit: 0, credited: true } } });
    await newDay(place);
    const { id } = must(await ask(place));
    await w.advanceTo(place.at('08:30', day));
    const held = await read(id);
    expect(held).toMatchObject({ status: 'pending', evse: place.evse, reservation_fee: 5_000, currency: 'inr', assign_at: null });
    expect(held.hold_expires_at).toBe(iso(place.at('08:40', day)));
    await w.advanceTo(place.at('08:45', day));
    expect(await read(id)).toMatchObject({ status: 'failed', failed_reason: 'payment_failed' });
  });

  it('RSV-F6 expires when its window is over before anybody decided', async () => {
    const place = await w.place();
    await newDay(place);
    const { id } = must(await ask(place));
    await w.leapTo(place.at('12:00', day));
    await w.sweep();
    expect(await read(id)).toMatchObject({ status: 'expired', ended_detail: 'window_passed', no_show_fee: 0 });
  });

  it('RSV-F8 can be changed while it waits, under the same rules', async () => {
    const place = await w.place();
    await newDay(place);
    const { id } = must(await ask(place));
    const later = { ideal_start: iso(place.at('15:00', day)), earliest_start: iso(place.at('14:00', day)), latest_end: iso(place.at('17:00', day)), duration_minutes: 60 };
    const changed = must(await api().post(`/v1/reservations/${id}`, later));
    expect(changed).toMatchObject({ status: 'pending', ideal_end: iso(place.at('16:00', day)), assign_at: iso(place.at('13:30', day)), outlook: null });
    expect(outcome(await api().post(`/v1/reservations/${id}`, { latest_end: iso(place.at('14:30', day)) }))).toBe('invalid_time_range');
    must(await api().post(`/v1/reservations/${id}/confirm`));
    expect(await read(id)).toMatchObject({ reserved_start: iso(place.at('15:00', day)), reserved_end: iso(place.at('16:00', day)) });
    expect(outcome(await api().post(`/v1/reservations/${id}`, later))).toBe('invalid_state');
    const exact = must(await api().post('/v1/reservations', { evse: place.evse, ideal_start: iso(place.at('20:00', day)), duration_minutes: 30 }));
    expect(outcome(await api().post(`/v1/reservations/${exact.id}`, later))).toBe('invalid_state');
  });

  it('RSV-F2 names what no assignment could help', async () => {
    const place = await w.place({ evses: 1 });
    await newDay(place);
    const at = (clock: string) => iso(place.at(clock, day));
    const { id: driver } = await w.driver();
    const vehicle = must(await api().post(`/v1/drivers/${driver}/vehicles`, { connector_type: ['IEC_62196_T2'] })).id;
    const square = (west: number, south: number, size: number) => ({
      type: 'polygon', polygon: { type: 'Polygon', coordinates: [[[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]] },
    });
    const refused: [Record<string, unknown>, string, string?][] = [
      [{ latest_end: at('10:15') }, 'invalid_time_range', '/ideal_start'],
      [{ earliest_start: at('10:15'), ideal_start: at('10:15'), latest_end: at('10:20') }, 'invalid_time_range'],
      [{ earliest_start: at('10:05') }, 'invalid_time_range', '/earliest_start'],
      [{ earliest_start: at('05:00') }, 'time_in_past', '/earliest_start'],
      [{ latest_end: iso(place.at('10:00', day + 3)) }, 'invalid_time_range', '/latest_end'],
      [{ ideal_end: at('09:00') }, 'invalid_time_range'],
      [{ location: { latitude: -75, longitude: 0, radius: 100 } }, 'evse_not_bookable', '/location'],
      [{ connector_type: ['CHADEMO'] }, 'connector_incompatible', '/location'],
      [{ min_power: 400_000 }, 'connector_incompatible', '/location'],
      [{ driver, vehicle }, 'connector_incompatible', '/connector_type'],
      [{ evse: place.evse }, 'invalid_request', '/evse'],
      [{ area: square(0, 0, 1) }, 'invalid_request', '/area'],
      [{ location: undefined }, 'invalid_request', '/earliest_start'],
      [{ location: undefined, area: { type: 'polygon', polygon: { type: 'Polygon', coordinates: [] } } }, 'invalid_request', '/area/polygon/coordinates'],
      [{ location: { ...place.coordinates, radius: 0 } }, 'invalid_request', '/location/radius'],
      [{ earliest_start: iso(place.at('09:00', day + 60)), ideal_start: iso(place.at('10:00', day + 60)), ideal_end: undefined, latest_end: undefined }, 'lead_time_not_allowed'],
    ];
    for (const [change, code, pointer] of refused) {
      const answer = await ask(place, change);
      expect([change, outcome(answer)]).toEqual([change, code]);
      if (pointer !== undefined) expect([change, (answer.body.errors as Json[]).map((error) => error.pointer)]).toEqual([change, expect.arrayContaining([pointer])]);
    }
    expect(outcome(await w.operator.api.post('/v1/reservations', wishAt(place)))).toBe('forbidden');
    expect(outcome(await w.anybody.post('/v1/reservations', wishAt(place)))).toBe('unauthenticated');
  });

  it('RSV-F2 refuses an area with more EVSEs than one reservation may be chosen from', async () => {
    const [first] = await Promise.all(Array.from({ length: 11 }, (_, i) => w.place({ evses: 190, coordinates: { latitude: 45.5 + i / 1_000, longitude: 8.5 } })));
    await newDay(first!);
    expect(outcome(await ask(first!, { location: { latitude: 45.5, longitude: 8.5, radius: 50 } }))).toBe(201);
    expect(outcome(await ask(first!, { location: { latitude: 45.5, longitude: 8.5, radius: 5_000 } }))).toBe('area_too_large');
  });

  it('RSV-F1 takes a polygon or a corridor as well, and an energy instead of an end', async () => {
    const place = await w.place({ powerW: 60_000 });
    await newDay(place);
    const { latitude, longitude } = place.coordinates;
    const line = { type: 'LineString', coordinates: [[longitude - 1, latitude], [longitude + 1, latitude]] };
    const asked = must(await ask(place, { location: undefined, area: { type: 'corridor', line, width: 3_000 }, ideal_end: undefined, energy_wh: 40_000, confirm: true }));
    expect(asked).toMatchObject({ status: 'confirmed', reserved_start: iso(place.at('10:00', day)), reserved_end: iso(place.at('10:45', day)), energy_wh: 40_000 });
    expect(asked.area).toMatchObject({ type: 'corridor', width: 3_000 });
  });

  it('RSV-F10 DRV-7 a driver who lost goes before others the next time', async () => {
    const place = await w.place();
    await newDay(place);
    const exactly = { earliest_start: iso(place.at('10:00', day)), latest_end: iso(place.at('10:30', day)) };
    const [lucky, unlucky] = [await w.driver(), await w.driver()];
    const first = must(await ask(place, { ...exactly, driver: lucky.id }));
    const second = must(await ask(place, { ...exactly, driver: unlucky.id }));
    await w.advanceTo(place.at('09:30', day));
    expect([(await read(first.id)).status, (await read(second.id)).status]).toEqual(['confirmed', 'failed']);
    expect(must(await api().get(`/v1/drivers/${unlucky.id}`)).consecutive_losses).toBe(1);

    await newDay(place);
    const again = { earliest_start: iso(place.at('10:00', day)), latest_end: iso(place.at('10:30', day)) };
    const third = must(await ask(place, { ...again, driver: lucky.id }));
    const fourth = must(await ask(place, { ...again, driver: unlucky.id }));
    await w.advanceTo(place.at('09:30', day));
    expect([(await read(third.id)).status, (await read(fourth.id)).status]).toEqual(['failed', 'confirmed']);
    expect(must(await api().get(`/v1/drivers/${unlucky.id}`)).consecutive_losses).toBe(0);
  });

  it('RSV-F11 a driver has no more of them than the policies allow, and the share for walk-ins is kept', async () => {
    const place = await w.place({ evses: 2, policy: { max_active_per_driver: 1, walk_in_share_percent: 50 } });
    await newDay(place);
    const exactly = { earliest_start: iso(place.at('10:00', day)), latest_end: iso(place.at('10:30', day)) };
    const { id: driver } = await w.driver();
    const mine = must(await ask(place, { ...exactly, driver }));
    expect(outcome(await ask(place, { ...exactly, driver }))).toBe('too_many_active_reservations');
    const other = must(await ask(place, exactly));
    await w.advanceTo(place.at('09:30', day));
    expect([(await read(mine.id)).status, (await read(other.id)).status]).toEqual(['confirmed', 'failed']);
  });

  it('RSV-F4 what has no slot yet can be neither extended nor moved', async () => {
    const place = await w.place();
    await newDay(place);
    const { id } = must(await ask(place));
    expect(outcome(await api().post(`/v1/reservations/${id}/extend`, { by_minutes: 15 }))).toBe('invalid_state');
    expect(outcome(await api().post(`/v1/reservations/${id}/move`, { start: iso(place.at('12:00', day)) }))).toBe('invalid_state');
    expect(must(await api().get(`/v1/reservations/${id}/cancel_quote`))).toMatchObject({ cancellable: true, cancellation_fee: 0 });
  });

  describe('between a plan and its decision', () => {
    /** The plan for what waits, and what becomes of it after something has happened. */
    async function decideAfter(id: string, happen: () => Promise<unknown>): Promise<string> {
      const { earliest_start: from, latest_end: to } = await read(id);
      const seed = { id, earliestStart: Date.parse(from), latestEnd: Date.parse(to) };
      const [part] = await w.asSystem((ctx) => loadNeighbourhoods(ctx, [seed], () => true));
      const result = (await assignInWorker(part!.problem, { effort: 'quick' })).results.find(({ requestId }) => requestId === id);
      if (result?.outcome !== 'assigned') throw new Error('the plan has no slot for it');
      const planned = part!.waiting.find((one) => one.id === id)!;
      await happen();
      const decided = await w.asSystem((ctx) => giveSlot(ctx, planned, result));
      return typeof decided === 'string' ? decided : decided.status;
    }

    it('RSV-F8 RSV-F9 nothing is decided about what asks for something else by now', async () => {
      const place = await w.place();
      await newDay(place);
      const { id } = must(await ask(place));
      const later = { earliest_start: iso(place.at('15:00', day)), ideal_start: iso(place.at('16:00', day)), latest_end: iso(place.at('18:00', day)), duration_minutes: 30 };
      expect(await decideAfter(id, async () => must(await api().post(`/v1/reservations/${id}`, later)))).toBe('gone');
      expect(await read(id)).toMatchObject({ status: 'pending', evse: null, assign_at: iso(place.at('14:30', day)) });
    });

    it('RSV-F11 a driver who has made others meanwhile gets no more than a location allows', async () => {
      const [place, elsewhere] = [await w.place({ policy: { max_active_per_driver: 1 } }), await w.place()];
      const { id: driver } = await w.driver();
      await newDay(place);
      const { id } = must(await ask(place, { driver }));
      const other = { evse: elsewhere.evse, driver, confirm: true, ideal_start: iso(place.at('20:00', day)), ideal_end: iso(place.at('20:30', day)) };
      expect(await decideAfter(id, async () => must(await api().post('/v1/reservations', other)))).toBe('taken');
      expect(await read(id)).toMatchObject({ status: 'pending', evse: null });
    });
  });
});
