/** What may be booked: the fields of the policy that a slot is measured by, one by one, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iso, MINUTE, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

describe('the policy and the slot', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());

  const book = (body: Record<string, unknown>) => w.provider.api.post('/v1/reservations', body);
  const slotsOf = async (place: Place, query: string) => must(
    await w.anybody.get(`/v1/evses/${place.evse}/slots?${query}`),
  ).data as { start: string; end: string }[];
  const window = (place: Place, from: string, to: string) => `start=${iso(place.at(from))}&end=${iso(place.at(to))}&limit=500`;

  it('RSV-P4 walk_in_only takes no bookings and lists no slots; booking_only takes no walk-ins; mixed takes both', async () => {
    const place = await w.place({ policy: { mode: 'walk_in_only' } });
    expect(outcome(await book(place.slot('10:00', '10:30')))).toBe('booking_not_offered');
    expect(await slotsOf(place, window(place, '10:00', '12:00'))).toEqual([]);
    await place.policy({ mode: 'booking_only' });
    expect(outcome(await book(place.slot('10:00', '10:30')))).toBe(201);
    expect(outcome(await w.operator.api.post('/v1/sandbox/sessions', { evse: place.evse }))).toBe('walk_in_not_offered');
    await place.policy({ mode: 'mixed' });
    expect(outcome(await book(place.slot('11:00', '11:30')))).toBe(201);
    const walkIn = must(await w.operator.api.post('/v1/sandbox/sessions', { evse: place.evse }));
    must(await w.operator.api.post(`/v1/sandbox/sessions/${walkIn.id}/end`));
  });

  it.each([
    ['Asia/Kolkata', 60, '10:00', '10:30'], ['Asia/Kathmandu', 60, '10:00', '10:15'], ['Europe/Berlin', 45, '09:00', '09:30'],
    ['Asia/Kolkata', 50, '23:20', '23:50'],
  ])('RSV-P5 slots lie on a grid from local midnight (%s, %i minutes)', async (timeZone, grid, onGrid, offGrid) => {
    const place = await w.place({ timeZone, policy: { slot_grid_minutes: grid, min_duration_minutes: 15, max_duration_minutes: 600 } });
    const end = onGrid === '23:20' ? iso(place.at('00:00', 2)) : iso(place.at(onGrid) + grid * MINUTE);
    const refused = await book({ ...place.slot(offGrid, '12:00'), ideal_end: iso(place.at(offGrid) + grid * MINUTE) });
    expect(refused.body).toMatchObject({ code: 'off_grid', slot_grid_minutes: grid, time_zone: timeZone });
    expect(outcome(await book({ ...place.slot(onGrid, '12:00'), ideal_end: iso(Date.parse(end) - 15 * MINUTE) }))).toBe('off_grid');
    expect(outcome(await book({ ...place.slot(onGrid, '12:00'), ideal_end: end }))).toBe(201);
  });

  it('RSV-P6 slots are as long as the shortest at least and the longest at most', async () => {
    const place = await w.place({ policy: { slot_grid_minutes: 15, min_duration_minutes: 30, max_duration_minutes: 60 } });
    const refused = await book(place.slot('10:00', '10:15'));
    expect(refused).toMatchObject({ status: 422, body: { code: 'duration_not_allowed', min_duration_minutes: 30, max_duration_minutes: 60 } });
    expect(outcome(await book(place.slot('10:00', '11:15')))).toBe('duration_not_allowed');
    expect(outcome(await book(place.slot('10:00', '10:30')))).toBe(201);
    expect(outcome(await book(place.slot('11:00', '12:00')))).toBe(201);
    expect(await slotsOf(place, `${window(place, '14:00', '16:00')}&duration_minutes=75`)).toEqual([]);
  });

  it('RSV-P7 slots are booked no later and no earlier than the lead times say', async () => {
    const place = await w.place({ policy: { min_lead_minutes: 90, max_lead_minutes: 2 * 24 * 60 } });
    await w.advanceTo(place.at('08:00'));
    const early = await book(place.slot('09:15', '09:30'));
    expect(early).toMatchObject({ status: 422, body: { code: 'lead_time_not_allowed', min_lead_minutes: 90 } });
    const late = await book({ ...place.slot('10:00', '10:30'), ideal_start: iso(place.at('08:15', 3)), ideal_end: iso(place.at('08:30', 3)) });
    expect(late).toMatchObject({ status: 422, body: { code: 'lead_time_not_allowed', max_lead_minutes: 2880 } });
    expect(
      outcome(await book({ ...place.slot('10:00', '10:30'), ideal_start: iso(place.at('07:00')), ideal_end: iso(place.at('07:30')) })),
    ).toBe('time_in_past');
    const listed = await slotsOf(place, `start=${iso(place.at('08:00'))}&end=${iso(place.at('12:00', 3))}&duration_minutes=15&limit=500`);
    expect(listed[0]!.start).toBe(iso(place.at('09:45')));
    expect(Date.parse(listed.at(-1)!.start)).toBeLessThanOrEqual(place.at('08:01', 3));
    expect(outcome(await book(place.slot('09:45', '10:00')))).toBe(201);
    expect(outcome(await book({ evse: place.evse, ideal_start: iso(place.at('08:00', 3)), ideal_end: iso(place.at('08:15', 3)) }))).toBe(201);
  });

  it('RSV-P8 CAL-1 nothing else is promised in the buffer after a booking', async () => {
    const place = await w.place({ policy: { buffer_minutes: 15 } });
    expect(outcome(await book(place.slot('10:00', '10:30')))).toBe(201);
    expect(outcome(await book(place.slot('10:30', '11:00')))).toBe('slot_unavailable');
    expect(outcome(await book(place.slot('09:30', '10:00')))).toBe('slot_unavailable');
    expect(outcome(await book(place.slot('10:45', '11:15')))).toBe(201);
    expect(outcome(await book(place.slot('09:15', '09:45')))).toBe(201);
    const starts = (await slotsOf(place, `${window(place, '09:00', '12:00')}&duration_minutes=15`)).map(({ start }) => start);
    expect(starts).toEqual(['11:30', '11:45'].map((clock) => iso(place.at(clock))));
  });

  it('CAL-10 a slot lies within one stretch of opening hours', async () => {
    const openDaily = Array.from({ length: 7 }, (_, i) => ({ weekday: i + 1, period_begin: '08:00', period_end: '20:00' }));
    const probe = await w.place();
    const closing = { period_begin: iso(probe.at('12:00')), period_end: iso(probe.at('13:00')) };
    const opening = { period_begin: iso(probe.at('21:00')), period_end: iso(probe.at('22:00')) };
    const openingTimes = { twentyfourseven: false, regular_hours: openDaily, exceptional_openings: [opening], exceptional_closings: [closing] };
    const place = await w.place({ openingTimes });
    for (const [begin, end] of [
      ['07:30', '08:30'], ['19:30', '20:15'], ['11:45', '12:15'], ['12:15', '12:45'], ['11:30', '13:30'], ['20:30', '21:30'],
    ] as const) {
      expect([begin, outcome(await book(place.slot(begin, end)))]).toEqual([begin, 'outside_opening_hours']);
    }
    for (const [begin, end] of [['08:00', '08:30'], ['11:30', '12:00'], ['13:00', '13:30'], ['19:30', '20:00'], ['21:00', '22:00']] as const) {
      expect([begin, outcome(await book(place.slot(begin, end)))]).toEqual([begin, 201]);
    }
  });

  it('RSV-T3 DRV-5 an energy takes as long as the connector, and the vehicle, need for it, rounded up to the grid', async () => {
    const place = await w.place({ powerW: 60_000 });
    const { id: driver } = await w.driver();
    const vehicleOf = async (power: Record<string, number>) => must(
      await w.provider.api.post(`/v1/drivers/${driver}/vehicles`, { connector_type: ['CCS2'], ...power }),
    ).id as string;
    const slow = await vehicleOf({ max_dc_power_w: 30_000 });
    const onlyAcLimit = await vehicleOf({ max_ac_power_w: 7_000 });
    const minutes = async (begin: string, wish: Record<string, unknown>) => {
      const { reserved_start: start, reserved_end: end } = must(await book({ evse: place.evse, ideal_start: iso(place.at(begin)), ...wish }));
      return (Date.parse(end) - Date.parse(start)) / MINUTE;
    };
    await place.policy({ max_active_per_driver: 100 });
    expect(await minutes('00:00', { energy_wh: 15_000 })).toBe(15);
    expect(await minutes('01:00', { energy_wh: 15_001 })).toBe(30);
    expect(await minutes('02:00', { energy_wh: 1 })).toBe(15);
    expect(await minutes('03:00', { energy_wh: 15_001, driver, vehicle: slow })).toBe(45);
    expect(await minutes('04:00', { energy_wh: 15_001, driver, vehicle: onlyAcLimit })).toBe(30);
    expect(await minutes('05:00', { duration_minutes: 31 })).toBe(45);
    expect(await minutes('06:00', {})).toBe(15);
    expect(outcome(await book({ evse: place.evse, ideal_start: iso(place.at('07:00')), energy_wh: 250_000 }))).toBe('duration_not_allowed');
  });

  it('RSV-T4 an amount buys energy at its price, and that takes its time', async () => {
    const place = await w.place({ powerW: 60_000 });
    const spend = (amount: number, price: string, begin: string) => book({
      evse: place.evse, ideal_start: iso(place.at(begin)), spend: { amount, price_per_kwh: price },
    });
    expect(must(await spend(50_000, '1800', '00:00'))).toMatchObject({ energy_wh: 27_777, reserved_end: iso(place.at('00:30')) });
    expect(must(await spend(54_001, '1800.0', '02:00'))).toMatchObject({ energy_wh: 30_000, reserved_end: iso(place.at('02:30')) });
    expect(must(await spend(54_002, '1800', '04:00'))).toMatchObject({ energy_wh: 30_001, reserved_end: iso(place.at('04:45')) });
    expect(await spend(100, '0', '06:00')).toMatchObject({ status: 400, body: { errors: [{ pointer: '/spend/price_per_kwh' }] } });
    expect(await spend(100, '0.000', '06:00')).toMatchObject({ status: 400 });
  });

  it('RSV-T2 how long is said in one way, and the end comes after the start', async () => {
    const place = await w.place();
    expect(outcome(await book(place.slot('10:00', '10:30', { duration_minutes: 30 })))).toBe('invalid_request');
    expect(outcome(await book(place.slot('10:00', '10:00')))).toBe('invalid_time_range');
    expect(outcome(await book(place.slot('10:30', '10:00')))).toBe('invalid_time_range');
  });

  it('RSV-P2 a policy that contradicts itself is refused field by field, and changes nothing', async () => {
    const place = await w.place();
    const change = (fields: Record<string, unknown>) => w.operator.api.patch(`/v1/locations/${place.id}/policy`, fields);
    const pointers = async (fields: Record<string, unknown>) => ((await change(fields)).body.errors as { pointer: string }[]).map(
      ({ pointer }) => pointer,
    );
    expect(await pointers({ min_duration_minutes: 300 })).toEqual(['/max_duration_minutes']);
    expect(await pointers({ slot_grid_minutes: 45, min_duration_minutes: 60, max_duration_minutes: 80 })).toEqual(['/max_duration_minutes']);
    expect(await pointers({ min_lead_minutes: 100, max_lead_minutes: 90 })).toEqual(['/max_lead_minutes']);
    expect(await pointers({ no_show_minutes: 31 })).toEqual(['/grace_minutes']);
    expect(await pointers({ late_stop_minutes: 1 })).toEqual(['/late_stop_minutes']);
    const tier = { min_minutes_before_start: 60, refund_percent: 50 };
    expect(await pointers({ refund_tiers: [tier, { ...tier, refund_percent: 10 }] })).toEqual(['/refund_tiers']);
    expect(must(await w.anybody.get(`/v1/locations/${place.id}/policy`))).toMatchObject({ version: 0, location_id: null });
  });
});
