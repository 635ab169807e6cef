/** Blocks, expired holds and what the operator reads of its calendar. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/database/index.ts';
import { testDatabases } from '../support/databases.ts';
import { HOUR, iso, MINUTE, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

describe.each(testDatabases())('the calendar ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const book = (place: Place, begin: string, end: string, more = {}) => w.provider.api.post('/v1/reservations', place.slot(begin, end, more));
  const block = (place: Place, begin: string, end: string) => w.operator.api.post(
    '/v1/blocks', { evse: place.evse, start: iso(place.at(begin)), end: iso(place.at(end)), reason: 'works' },
  );
  const calendar = async (place: Place) => must(
    await w.operator.api.get(`/v1/evses/${place.evse}/calendar?start=${iso(place.at('00:00'))}&end=${iso(place.at('23:59'))}`),
  );

  it('CAL-1 the database itself refuses two promises that overlap, whatever the program does', async () => {
    const place = await w.place({ policy: { buffer_minutes: 10 } });
    const { id } = must(await book(place, '10:00', '10:30'));
    const copy = (from: string, to: string) => w.db.database.query(sql`
      INSERT INTO bookings (id, location_id, evse_id, kind, reservation_id, starts_at, ends_at, during, created_at)
      SELECT ${`bkg_${from}`}, location_id, evse_id, 'booked', reservation_id, ${iso(place.at(from))}::timestamptz, ${iso(place.at(to))}::timestamptz,
        tstzrange(${iso(place.at(from))}::timestamptz, ${iso(place.at(to))}::timestamptz), created_at
      FROM bookings WHERE reservation_id = ${id}`);
    await expect(copy('10:35', '11:00')).rejects.toThrow(/bookings_never_overlap/);
    await expect(copy('10:40', '11:00')).resolves.toEqual([]);
  });

  it('CAL-5 a block keeps bookings away and is refused where something is promised, which it names', async () => {
    const place = await w.place();
    const { id } = must(await book(place, '10:00', '10:30'));
    const refused = await block(place, '10:15', '11:00');
    expect(refused).toMatchObject({ status: 409, body: { code: 'slot_unavailable', in_the_way: [{ reservation: id, kind: 'hold' }] } });
    const made = must(await block(place, '10:30', '12:00'));
    expect(outcome(await block(place, '11:00', '11:30'))).toBe('slot_unavailable');
    expect(outcome(await book(place, '11:00', '11:30'))).toBe('slot_unavailable');
    expect(must(await w.operator.api.delete(`/v1/blocks/${made.id}`))).toMatchObject({ deleted: true });
    expect(outcome(await w.operator.api.delete(`/v1/blocks/${made.id}`))).toBe('not_found');
    expect(outcome(await book(place, '11:00', '11:30'))).toBe(201);
    expect(
      (await w.eventsOf(made.id, w.operator)).map(({ type, object_version: version }) => [type, version]),
    ).toEqual([['block.created', 1], ['block.removed', 2]]);
  });

  it('CAL-5 a block has an end after its start, which lies ahead, and lasts a year at most', async () => {
    const place = await w.place();
    expect(outcome(await block(place, '11:00', '10:00'))).toBe('invalid_time_range');
    const span = (from: number, to: number) => w.operator.api.post(
      '/v1/blocks', { evse: place.evse, start: iso(from), end: iso(to), reason: 'works' },
    );
    expect(outcome(await span(place.at('10:00', -2), place.at('11:00', -2)))).toBe('time_in_past');
    expect(outcome(await span(place.at('10:00'), place.at('10:00') + 367 * 24 * HOUR))).toBe('invalid_time_range');
  });

  it('CAL-3 RSV-4 an expired hold is in nobody\'s way: not on the list, and removed by whoever finds it', async () => {
    const place = await w.place();
    const mine = must(await book(place, '10:00', '10:30', { evse: place.evse }));
    await w.leapTo(Date.parse(mine.hold_expires_at) + 1000);
    const free = must(
      await w.anybody.get(`/v1/evses/${place.evse}/slots?start=${iso(place.at('10:00'))}&end=${iso(place.at('10:30'))}&duration_minutes=30`),
    ).data;
    expect(free).toHaveLength(1);
    expect(must(await w.provider.api.get(`/v1/reservations/${mine.id}`)).status).toBe('pending');
    const theirs = must(await w.otherProvider.api.post('/v1/reservations', place.slot('10:15', '10:45', { confirm: true })));
    expect(
      must(await w.provider.api.get(`/v1/reservations/${mine.id}`)),
    ).toMatchObject({ status: 'failed', failed_reason: 'other', ended_detail: 'hold_expired', version: 2 });
    expect((await w.eventsOf(mine.id)).map(({ type }) => type)).toEqual(['reservation.created', 'reservation.failed']);
    expect((await calendar(place)).bookings).toMatchObject([{ reservation: theirs.id }]);
    await w.sweep();
    expect(must(await w.provider.api.get(`/v1/reservations/${mine.id}`)).version).toBe(2);
  });

  it('CAL-3 also by who moves or extends into it', async () => {
    const place = await w.place({ policy: { hold_minutes: 60 } });
    const firm = must(await book(place, '09:30', '10:00', { confirm: true }));
    await place.policy({ hold_minutes: 5 });
    const one = must(await book(place, '10:00', '10:30'));
    await w.leapTo(Date.parse(one.hold_expires_at) + 1000);
    expect(outcome(await w.provider.api.post(`/v1/reservations/${firm.id}/extend`, { by_minutes: 15 }))).toBe(200);
    expect(must(await w.provider.api.get(`/v1/reservations/${one.id}`)).status).toBe('failed');
  });

  it('CAL-12 the operator reads what is promised and what is the case at its EVSE', async () => {
    const place = await w.place({ policy: { buffer_minutes: 10 } });
    const { id: held } = must(await book(place, '10:00', '10:30'));
    must(await block(place, '14:00', '15:00'));
    must(await w.operator.api.post(
      '/v1/outages', { evse: place.evse, reason: 'fault', start: iso(place.at('16:00')), expected_end: iso(place.at('17:00')) },
    ));
    await w.leapTo(place.at('08:00'));
    const { id: session } = must(await w.operator.api.post('/v1/sandbox/sessions', { evse: place.evse }));
    const { bookings, outages, occupancies } = await calendar(place);
    expect(bookings).toMatchObject([
      { kind: 'hold', reservation: held, start: iso(place.at('10:00')), end: iso(place.at('10:30')), kept_until: iso(place.at('10:40')) },
      { kind: 'block', reservation: null, reason: 'works', kept_until: iso(place.at('15:00')) },
    ]);
    expect(outages).toMatchObject([{ reason: 'fault', start: iso(place.at('16:00')), expected_end: iso(place.at('17:00')), end: null }]);
    expect(occupancies).toMatchObject([{ session, reservation: null, expected_end: null, end: null }]);
    const ask = (from: number, to: number) => w.operator.api.get(`/v1/evses/${place.evse}/calendar?start=${iso(from)}&end=${iso(to)}`);
    expect(outcome(await ask(place.at('10:00'), place.at('09:00')))).toBe('invalid_time_range');
    expect(outcome(await ask(place.at('10:00'), place.at('10:00') + 367 * 24 * HOUR))).toBe('invalid_time_range');
    must(await w.operator.api.post(`/v1/sandbox/sessions/${session}/end`));
  });

  it('RSV-21 lists are filtered and paged, newest first, in both directions', async () => {
    const place = await w.place({ evses: 2 });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(must(await book(
      place, '10:00', '10:15', { ideal_start: iso(place.at('10:00') + i * 15 * MINUTE), ideal_end: iso(place.at('10:15') + i * 15 * MINUTE) },
    )).id);
    must(await w.provider.api.post(`/v1/reservations/${ids[1]}/cancel`));
    const list = async (query: string) => {
      const { data, has_more: more, next_page_url: next } = must(await w.provider.api.get(`/v1/reservations?location_id=${place.id}&${query}`));
      return { ids: (data as { id: string }[]).map(({ id }) => id), more, next };
    };
    const first = await list('limit=2');
    expect(first).toMatchObject({ ids: ids.slice(0, 2), more: true });
    const second = must(await w.provider.api.get(first.next));
    expect(second.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2, 4));
    expect(await list(`limit=2&after=${ids[3]}`)).toMatchObject({ ids: ids.slice(4), more: false, next: null });
    expect(await list(`limit=2&before=${ids[3]}`)).toMatchObject({ ids: ids.slice(1, 3), more: true });
    expect((await list('status=cancelled')).ids).toEqual([ids[1]]);
    expect((await list(`evse=${place.evses[1]}`)).ids).toEqual([]);
    expect((await list(`evse=${place.evse}&status=pending`)).ids).toEqual([ids[0], ...ids.slice(2)]);
  });
});
