/** The waitlist over HTTP and the test clock: who gets what frees up, in which order, and what becomes of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { waitlistBed, window } from '../support/waitlist-bed.ts';
import { HOUR, iso, MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe('the waitlist', () => {
  let w: World;
  const { placeFor, reserve, cancel, join, read, act, reservationOf, typesOf, newDay } = waitlistBed(() => w);
  const api = () => w.provider.api;
  beforeAll(async () => {
    w = await openWorld();
  });
  beforeEach(() => newDay());
  afterAll(() => w.close());

  it('WTL-1 WTL-4 WTL-5 WTL-6 WTL-12 holds what is freed for who waits, who claims it', async () => {
    const place = await placeFor();
    const taken = await reserve(place.evse, place, '10:00', '10:30');
    const driver = await w.driver();
    const entry = await join(place, { driver: driver.id, metadata: { trip: 'a' }, payment_method: 'card' });
    expect(entry).toMatchObject({ object: 'waitlist_entry', status: 'waiting', position: 1, offer: null, version: 1, evse: place.evse, duration_minutes: 30, lapses: 0, skips: 0 });
    await w.sweep();
    expect((await read(entry)).status).toBe('waiting');
    await cancel(taken);
    await w.sweep();
    const now = await w.now();
    const offered = must(await driver.api.get(`/v1/waitlist_entries/${entry.id}`));
    const slot = { evse: place.evse, start: iso(place.at('10:00')), end: iso(place.at('10:30')) };
    expect(offered).toMatchObject({ status: 'offered', position: null, expected_wait: null, offer: slot });
    expect(Math.abs(Date.parse(offered.offer.claim_by) - now - 10 * MINUTE)).toBeLessThan(5_000);
    expect(await reservationOf(entry)).toMatchObject({
      status: 'pending', waitlist_entry: entry.id, driver: driver.id, metadata: { trip: 'a' }, payment_method: 'card', hold_expires_at: offered.offer.claim_by,
    });
    expect(outcome(await w.otherProvider.api.post('/v1/reservations', place.slot('10:00', '10:30')))).toBe('slot_unavailable');
    const claimed = must(await driver.api.post(`/v1/waitlist_entries/${entry.id}/claim`));
    expect(claimed).toMatchObject({ status: 'claimed', version: 3, offer: { reservation: offered.offer.reservation } });
    expect((await reservationOf(entry)).status).toBe('confirmed');
    expect(await typesOf(entry)).toEqual(['created', 'offered', 'claimed']);
    expect(must(await driver.api.get(`/v1/events?object_id=${entry.id}&since=0`)).data).toHaveLength(3);
    // the operator sees the reservation alone
    expect(await reservationOf(entry, w.operator.api)).toMatchObject({ waitlist_entry: null, metadata: {} });
    expect(must(await w.operator.api.get(`/v1/events?object_id=${entry.id}&since=0`)).data).toEqual([]);
    // and what happens to it afterwards is no business of the entry
    must(await api().post(`/v1/reservations/${offered.offer.reservation}/cancel`));
    expect((await read(entry)).status).toBe('claimed');
  });

  it('WTL-4 offers at once what is free when somebody joins, the slot nearest to the ideal one', async () => {
    const place = await placeFor({}, { evses: 2 });
    await reserve(place.evses[0]!, place, '09:45', '10:45');
    await reserve(place.evses[1]!, place, '09:30', '10:15');
    const entry = await join(place, { location_id: place.id, ...window(place, '08:00', '12:00') });
    expect(entry).toMatchObject({ status: 'offered', offer: { evse: place.evses[1], start: iso(place.at('10:15')), end: iso(place.at('10:45')) } });
    expect(await typesOf(entry)).toEqual(['created', 'offered']);
  });

  it('WTL-4 joins freed time with what was free around it', async () => {
    const place = await placeFor();
    const [first, second] = [await reserve(place.evse, place, '10:00', '10:15'), await reserve(place.evse, place, '10:30', '10:45')];
    const entry = await join(place, { duration_minutes: 30 });
    expect(entry.status).toBe('waiting');
    await cancel(second);
    await w.sweep();
    expect((await read(entry)).status).toBe('waiting'); // 10:15 to 10:45 is free, and is not in its window
    await cancel(first);
    await w.sweep();
    expect(await read(entry)).toMatchObject({ status: 'offered', offer: { start: iso(place.at('10:00')), end: iso(place.at('10:30')) } });
  });

  it('WTL-7 WTL-9 asks in the order of joining, and tells everybody their position', async () => {
    const place = await placeFor({}, { evses: 2 });
    const taken = [await reserve(place.evses[0]!, place, '09:00', '12:00'), await reserve(place.evses[1]!, place, '09:00', '12:00')];
    const first = await join(place);
    const second = await join(place, { location_id: place.id });
    const third = await join(place, { location: { ...place.coordinates, radius: 1_000 }, ...window(place, '09:00', '12:00') });
    const elsewhen = await join(place, { ideal_start: iso(place.at('11:00')) });
    const elsewhere = await join(place, { evse: place.evses[1] });
    const positions = async () => Promise.all([first, second, third, elsewhen, elsewhere].map(async (entry) => (await read(entry)).position));
    expect(await positions()).toEqual([1, 2, 3, 2, 3]);
    await cancel(taken[0]);
    await w.sweep();
    // 10:00 for the first; the second could have had it; the third finds room around it; the fourth has its 11:00
    expect(await read(first)).toMatchObject({ status: 'offered', offer: { evse: place.evses[0], start: iso(place.at('10:00')) } });
    expect((await read(second)).status).toBe('waiting');
    expect(await read(third)).toMatchObject({ status: 'offered', offer: { start: iso(place.at('09:30')) } });
    expect(await read(elsewhen)).toMatchObject({ status: 'offered', offer: { start: iso(place.at('11:00')) } });
    expect(await positions()).toEqual([null, 1, null, null, 2]);
  });

  it('WTL-8 who skips keeps the place, is not offered that time again, and the next one gets it', async () => {
    const place = await placeFor();
    const taken = await reserve(place.evse, place, '10:00', '10:30');
    const [first, second] = [await join(place), await join(place)];
    await cancel(taken);
    await w.sweep();
    expect([(await read(first)).status, (await read(second)).status]).toEqual(['offered', 'waiting']);
    expect(must(await act(first, 'skip'))).toMatchObject({ status: 'waiting', skips: 1, position: 1, offer: null });
    await w.sweep();
    expect([(await read(first)).status, (await read(second)).status]).toEqual(['waiting', 'offered']);
    must(await act(second, 'skip'));
    await w.sweep();
    await w.advance(2 * HOUR);
    expect([(await read(first)).status, (await read(second)).status]).toEqual(['waiting', 'waiting']);
    expect(outcome(await act(first, 'skip'))).toBe('invalid_state');
  });

  it('WTL-8 offers another time after the skipped one, and takes the cancelling of the hold for a skip', async () => {
    const place = await placeFor();
    const entry = await join(place, window(place, '09:00', '11:00'));
    must(await api().post(`/v1/reservations/${entry.offer.reservation}/cancel`));
    await w.sweep();
    expect(await read(entry)).toMatchObject({ status: 'offered', skips: 1, offer: { start: iso(place.at('09:30')) } });
    must(await act(entry, 'skip'));
    await w.sweep();
    expect(await read(entry)).toMatchObject({ status: 'offered', skips: 2, offer: { start: iso(place.at('10:30')) } });
    expect(await typesOf(entry)).toEqual(['created', 'offered', 'skipped', 'offered', 'skipped', 'offered']);
  });

  it('WTL-2 WTL-6 WTL-7 an offer that nobody answers lapses, goes to the next one, and the second ends the entry', async () => {
    const place = await placeFor();
    const taken = await reserve(place.evse, place, '10:00', '10:30');
    const [first, second] = [await join(place), await join(place)];
    await cancel(taken);
    await w.sweep();
    const { reservation } = (await read(first)).offer;
    await w.advance(9 * MINUTE);
    expect((await read(first)).status).toBe('offered');
    await w.advance(2 * MINUTE);
    expect(must(await api().get(`/v1/reservations/${reservation}`))).toMatchObject({ status: 'failed', ended_detail: 'hold_expired' });
    expect([(await read(first)).status, (await read(second)).status]).toEqual(['waiting', 'offered']);
    expect(await read(first)).toMatchObject({ lapses: 1, position: 1 });
    must(await act(second, 'skip'));
    await w.sweep();
    expect((await read(first)).status).toBe('offered');
    await w.advance(11 * MINUTE);
    expect(await read(first)).toMatchObject({ status: 'lapsed', lapses: 2, offer: null, position: null });
    expect(await typesOf(first)).toEqual(['created', 'offered', 'lapsed', 'offered', 'lapsed']);
    const third = await join(place);
    expect(third.status).toBe('offered');
  });

  it('WTL-7 who has let an offer lapse stands behind those who have not', async () => {
    const place = await placeFor();
    const taken = await reserve(place.evse, place, '10:00', '10:30');
    const first = await join(place);
    await cancel(taken);
    await w.sweep();
    await w.leapTo((await w.now()) + 11 * MINUTE);
    const again = await reserve(place.evse, place, '10:00', '10:30'); // takes the hold that has run out
    expect(await read(first)).toMatchObject({ status: 'waiting', lapses: 1 });
    const second = await join(place);
    expect([(await read(first)).position, second.position]).toEqual([2, 1]);
    await cancel(again);
    await w.sweep();
    expect([(await read(first)).status, (await read(second)).status]).toEqual(['waiting', 'offered']);
  });

  it('WTL-6 claims no longer than the slot is free to begin, and three minutes at least', async () => {
    const place = await placeFor({ no_show_minutes: 15 });
    const claimMinutes = async (begin: string, minutesBefore: number): Promise<number> => {
      const { claim_by: claimBy } = (await joinAt(begin, minutesBefore)).offer;
      return Math.round((Date.parse(claimBy) - (await w.now())) / MINUTE);
    };
    const joinAt = async (begin: string, minutesBefore: number): Promise<Json> => {
      await w.advanceTo(place.at(begin) - minutesBefore * MINUTE);
      return join(place, { ideal_start: iso(place.at(begin)) });
    };
    expect(await claimMinutes('10:00', 60)).toBe(10);
    expect(await claimMinutes('11:00', 5)).toBe(5);
    expect(await claimMinutes('12:00', 1)).toBe(3);
    await place.policy({ no_show_minutes: 1 });
    expect(await claimMinutes('13:00', 1)).toBe(2);
    const late = await joinAt('14:00', 30);
    await w.leapTo(Date.parse(late.offer.claim_by) + 1_000);
    expect(outcome(await act(late, 'claim'))).toBe('invalid_state');
  });

  it('WTL-6 asks for what is due before an offer can be claimed, and confirming its reservation claims it', async () => {
    const place = await placeFor({ fee: { currency: 'INR', fixed: 5_000, per_minute: 0, deposit: 1_000, credited: true } });
    const entry = await join(place);
    expect(entry.offer).toMatchObject({ reservation_fee: 5_000, amount_due: 6_000, currency: 'inr' });
    const refused = await act(entry, 'claim', { payment_method: 'card' });
    expect([outcome(refused), refused.body.amount_due]).toEqual(['payment_required', 6_000]);
    expect((await read(entry)).status).toBe('offered');
    const free = await placeFor();
    const other = await join(free);
    must(await api().post(`/v1/reservations/${other.offer.reservation}/confirm`));
    expect((await read(other)).status).toBe('claimed');
    expect(outcome(await act(other, 'claim'))).toBe('invalid_state');
  });

  it('WTL-2 leaves, with or without an offer, and expires when its window is over', async () => {
    const place = await placeFor();
    const offered = await join(place);
    const waiting = await join(place);
    expect(must(await act(offered, 'leave'))).toMatchObject({ status: 'left', offer: null });
    expect(must(await api().get(`/v1/reservations/${offered.offer.reservation}`))).toMatchObject({ status: 'cancelled', cancelled_by: 'driver', ended_detail: 'waitlist_left' });
    await w.sweep();
    expect((await read(waiting)).status).toBe('offered');
    const late = await join(place);
    must(await act(waiting, 'claim'));
    must(await act(await join(place), 'leave'));
    await w.advanceTo(place.at('09:59'));
    expect((await read(late)).status).toBe('waiting');
    await w.advanceTo(place.at('10:01'));
    expect(await read(late)).toMatchObject({ status: 'expired', ended_at: iso(place.at('10:00')) });
    expect(outcome(await act(late, 'leave'))).toBe('invalid_state');
    expect(await typesOf(offered)).toEqual(['created', 'offered', 'left']);
  });

  it('WTL-2 withdraws an offer whose EVSE is lost or that the operator cancels, which costs nothing; one that can be moved is', async () => {
    const place = await placeFor({}, { evses: 2 });
    const entry = await join(place, { location_id: place.id });
    must(await w.operator.api.post('/v1/outages', { evse: entry.offer.evse, reason: 'fault' }));
    await w.sweep();
    const moved = await read(entry);
    expect(moved).toMatchObject({ status: 'offered', offer: { evse: place.evses.find((evse) => evse !== entry.offer.evse), reservation: entry.offer.reservation } });
    must(await w.operator.api.post(`/v1/reservations/${moved.offer.reservation}/cancel`, { reason: 'works' }));
    expect(await read(entry)).toMatchObject({ status: 'waiting', lapses: 0, skips: 0 });
    expect(await typesOf(entry)).toEqual(['created', 'offered', 'offer_moved', 'withdrawn']);
  });

  it('WTL-4 gives what is freed to those who lost their EVSE before those who wait', async () => {
    const place = await placeFor({}, { evses: 2 });
    const [a, b] = place.evses as [string, string];
    const affected = await reserve(a, place, '10:00', '10:30');
    const inTheWay = await reserve(b, place, '10:00', '10:30');
    const entry = await join(place, { location_id: place.id });
    must(await w.operator.api.post('/v1/outages', { evse: a, reason: 'fault' }));
    await w.sweep();
    await cancel(inTheWay);
    await w.sweep();
    expect(must(await w.otherProvider.api.get(`/v1/reservations/${affected.id}`))).toMatchObject({ status: 'confirmed', evse: b });
    expect((await read(entry)).status).toBe('waiting');
  });

  it('WTL-4 is offered what a block, an outage or a hold that ran out gives back', async () => {
    const place = await placeFor();
    const block = must(await w.operator.api.post('/v1/blocks', { evse: place.evse, start: iso(place.at('09:00')), end: iso(place.at('12:00')), reason: 'works' }));
    const entry = await join(place);
    must(await w.operator.api.delete(`/v1/blocks/${block.id}`));
    await w.sweep();
    expect((await read(entry)).status).toBe('offered');
    must(await act(entry, 'leave'));
    await w.sweep();

    const outage = must(await w.operator.api.post('/v1/outages', { evse: place.evse, reason: 'fault' }));
    const second = await join(place);
    expect(second.status).toBe('waiting');
    must(await w.operator.api.post(`/v1/outages/${outage.id}/end`));
    await w.sweep();
    expect((await read(second)).status).toBe('offered');
    must(await act(second, 'leave'));
    await w.sweep();

    await reserve(place.evse, place, '10:00', '10:30', false);
    const third = await join(place);
    expect(third.status).toBe('waiting');
    await w.advance(11 * MINUTE);
    expect((await read(third)).status).toBe('offered');
  });

  it('WTL-5 keeps the share for walk-ins, and sees that an end at one EVSE opens another', async () => {
    const place = await placeFor({ walk_in_share_percent: 50 }, { evses: 2 });
    const taken = await reserve(place.evses[0]!, place, '10:00', '10:30');
    const entry = await join(place, { evse: place.evses[1] });
    expect(entry.status).toBe('waiting');
    await cancel(taken);
    await w.sweep();
    expect(await read(entry)).toMatchObject({ status: 'offered', offer: { evse: place.evses[1] } });
    const next = await join(place, { location_id: place.id });
    expect(next.status).toBe('waiting');
  });

  it('WTL-5 passes over a driver who has no room or is banned, and does not count offers among the holds', async () => {
    const place = await placeFor({ max_active_per_driver: 1 });
    const { id: driver } = await w.driver();
    must(await api().post('/v1/reservations', { driver, ...place.slot('15:00', '15:30') }));
    const full = await join(place, { driver });
    expect(full.status).toBe('waiting');
    const next = await join(place);
    expect(next.status).toBe('offered');

    const small = await w.addOrganisation({ slug: 'small', maxActiveHolds: 1 });
    const { id: ours } = await w.driver(small);
    const other = await placeFor({}, { evses: 2 });
    const wait = (clock: string) => small.api.post('/v1/waitlist_entries', { driver: ours, evse: other.evse, ideal_start: iso(other.at(clock)), duration_minutes: 30 });
    expect(must(await wait('10:00')).status).toBe('offered');
    must(await small.api.post('/v1/reservations', other.slot('12:00', '12:30')));
    expect(outcome(await small.api.post('/v1/reservations', other.slot('13:00', '13:30')))).toBe('hold_limit_reached');
    expect(must(await wait('14:00')).status).toBe('offered');
  });
});
