/** The edges of the map and of the calendar: poles, the antimeridian, and the days on which clocks change. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { wrongs } from './checks.ts';
import { LOCATION, POLICY } from './objects.ts';
import { changedTables } from './fingerprint.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;

/** Where clocks change, by an hour or by half of one, and a place where they never do. */
const ZONES: { zone: string; shiftMinutes: number }[] = [
  { zone: 'Europe/Berlin', shiftMinutes: 60 }, { zone: 'America/New_York', shiftMinutes: 60 }, { zone: 'Australia/Lord_Howe', shiftMinutes: 30 },
  { zone: 'Asia/Kolkata', shiftMinutes: 0 },
];

export function edgesOfTheMap(world: () => World): void {
  const corners: [string, number, number][] = [
    ['the north pole', 90, 0], ['the south pole', -90, 180], ['the antimeridian from the west', 10, 180], ['the antimeridian from the east', 10, -180], ['the origin', 0, 0],
  ];
  it.each(corners)('finds a station at %s from beside it', async (_where, latitude, longitude) => {
    const { make, app, send, ours } = world();
    const { loc } = await make.site({ coordinates: { latitude, longitude }, name: 'Edge' });
    await app.runtime.events.settled();
    const beside = Math.sign(latitude || 1) * (Math.abs(latitude) - 0.01);
    const across = longitude === 0 ? 0.01 : -longitude + Math.sign(longitude) * 0.01; // the other side of the line
    const find = async (body: object) => {
      const got = await send({ method: 'POST', path: '/v1/search', body: JSON.stringify({ operator_id: [ours.org], text: 'edge', ...body }) });
      expect(got.status, got.text).toBe(200);
      return got.body.data.map((hit: Json) => hit.location_id);
    };
    expect(await find({ area: { type: 'circle', latitude: beside, longitude, radius: 5_000 } })).toContain(loc);
    expect(await find({ area: { type: 'circle', latitude: beside, longitude: across, radius: 5_000 } })).toContain(loc);
    expect(await find({ area: { type: 'corridor', line: { type: 'LineString', coordinates: [[longitude, beside], [longitude, latitude]] }, width: 2_000 } })).toContain(loc);
    if (Math.abs(latitude) === 90) return;
    const east = longitude < 0 ? 360 + longitude : longitude;
    const ring = [[east - 1, latitude - 1], [east + 1, latitude - 1], [east + 1, latitude + 1], [east - 1, latitude + 1], [east - 1, latitude - 1]];
    expect(await find({ area: { type: 'polygon', polygon: { type: 'Polygon', coordinates: [ring] } } })).toContain(loc);
  });

  it('answers a polygon that crosses itself', async () => {
    const bowTie = [[13, 52], [14, 53], [14, 52], [13, 53], [13, 52]];
    const got = await world().send({
      method: 'POST', path: '/v1/search', body: JSON.stringify({ area: { type: 'polygon', polygon: { type: 'Polygon', coordinates: [bowTie] } } }),
    });
    expect(world().checker.success('searchArea', got)).toBeUndefined();
  });
}

export function daysOnWhichClocksChange(world: () => World): void {
  describe.each(ZONES)('in $zone', ({ zone, shiftMinutes }) => {
    it('offers every hour of the day once, and books what it offers', async () => {
      const { make, send, keys, checker } = world();
      for (const { day, hours } of oddDays(zone, shiftMinutes)) {
        const { loc, evse } = await make.site({ time_zone: zone });
        await make.call('PATCH', `/v1/locations/${loc}/policy`, { slot_grid_minutes: 30, min_duration_minutes: 30 });
        const [start, end] = [instant(day), instant(day.add({ days: 1 }))];
        expect((Date.parse(end) - Date.parse(start)) / HOUR_MS).toBe(hours);
        const list = async () => (await make.call(
          'GET', `/v1/locations/${loc}/slots?start=${start}&end=${end}&duration_minutes=30&limit=500`,
        )).data as { start: string; end: string }[];
        const offered = await list();
        expect(offered.map((slot) => slot.start)).toEqual(Array.from({ length: hours * 2 }, (_item, i) => instantAt(Date.parse(start) + i * HOUR_MS / 2)));
        const found = [];
        const aroundTheChange = offered.slice(0, 12);
        for (const slot of aroundTheChange) {
          const got = await send({
            method: 'POST', path: '/v1/reservations', key: keys.ours,
            body: JSON.stringify({ evse, ideal_start: slot.start, ideal_end: slot.end, confirm: true }),
          });
          found.push(checker.success('createReservation', got));
        }
        expect(wrongs(found)).toEqual([]);
        expect(await list()).toEqual(offered.slice(12));
      }
    });

    it('refuses what the clock skips, and what opening hours do not have on that day', async () => {
      const { make, send, keys, checker } = world();
      for (const { day } of oddDays(zone, shiftMinutes)) {
        const everyDay = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, period_begin: '02:00', period_end: '03:00' }));
        const { loc, evse } = await make.site({ time_zone: zone, opening_times: { twentyfourseven: false, regular_hours: everyDay } });
        await make.call('PATCH', `/v1/locations/${loc}/policy`, { slot_grid_minutes: 30, min_duration_minutes: 30 });
        const list = `/v1/evses/${evse}/slots?start=${instant(day)}&end=${instant(day.add({ days: 1 }))}&duration_minutes=30`;
        const offered = (await make.call('GET', list)).data;
        expect(offered.map((slot: Json) => slot.start), `${zone} ${day.toString()}`).toEqual(halfHoursWithin(day, 2));
        const changed = await changedTables(world(), async () => {
          for (const clock of ['02:30', '01:30', '03:15', '12:00']) {
            for (const disambiguation of ['earlier', 'later'] as const) {
              const at = day.toPlainDate().toPlainDateTime(clock).toZonedDateTime(zone, { disambiguation }).toInstant();
              const [start, end] = [at.toString(), at.add({ minutes: 30 }).toString()];
              if (offered.some((slot: Json) => Date.parse(slot.start) === at.epochMilliseconds)) continue;
              const got = await send({ method: 'POST', path: '/v1/reservations', key: keys.ours, body: JSON.stringify({ evse, ideal_start: start, ideal_end: end }) });
              expect(checker.refusal(got, { status: 422 }), `${zone} ${start}`).toBeUndefined();
              expect(['outside_opening_hours', 'off_grid']).toContain(got.body.code);
            }
          }
        });
        expect(changed).toEqual([]);
      }
    });
  });

  it('understands offsets that no clock there shows, since an instant is an instant', async () => {
    const { make, send, keys } = world();
    const { evse } = await make.site(LOCATION);
    const slot = make.slot();
    const start = Temporal.Instant.from(slot.start).toZonedDateTimeISO('+13:45').toString({ timeZoneName: 'never' });
    expect(start).toContain('+13:45');
    const got = await send({ method: 'POST', path: '/v1/reservations', key: keys.ours, body: JSON.stringify({ evse, ideal_start: start, ideal_end: slot.end }) });
    expect([got.status, got.body.reserved_start]).toEqual([201, slot.start]);
  });
}

/** The next days on which the clock changes there, with the hours that they have; where it never does, a day like any other. */
function oddDays(zone: string, shiftMinutes: number): { day: Temporal.ZonedDateTime; hours: number }[] {
  const soon = Temporal.Now.zonedDateTimeISO(zone).startOfDay().add({ days: 3 });
  if (shiftMinutes === 0) return [{ day: soon, hours: 24 }];
  const first = soon.getTimeZoneTransition('next')!;
  const last = Date.now() + (POLICY.max_lead_minutes - 2 * 1440) * 60_000;
  const days = [first, first.getTimeZoneTransition('next')!].filter((at) => at.epochMilliseconds < last).map((at) => at.startOfDay());
  expect(days.length).toBeGreaterThan(0);
  return days.map((day) => ({ day, hours: day.hoursInDay }));
}

/** The half hours of a day in which the local clock shows that hour: none where it is skipped, four where it comes twice. */
function halfHoursWithin(day: Temporal.ZonedDateTime, hour: number): string[] {
  const steps = Array.from({ length: day.hoursInDay * 2 }, (_item, i) => day.add({ minutes: 30 * i }));
  return steps.filter((at) => at.hour === hour && at.add({ minutes: 29 }).hour === hour).map(instant);
}

function instant(at: Temporal.ZonedDateTime): string {
  return instantAt(at.epochMilliseconds);
}

function instantAt(ms: number): string {
  return new Date(ms).toISOString();
}
