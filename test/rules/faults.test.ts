/** EVSEs that break, close or are kept by a car that stays: what becomes of those to whom they were promised. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { iso, must, openWorld, outcome, type Place, type PlaceOptions, type World } from '../support/world.ts';

describe.each(testDatabases())('an EVSE that is lost ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const api = () => w.provider.api;
  const read = async (id: string): Promise<Json> => must(await api().get(`/v1/reservations/${id}`));
  const breakDown = async (evse: string): Promise<string> => must(await w.operator.api.post('/v1/outages', { evse, reason: 'broken' })).id;
  const conflictOf = async (id: string): Promise<Json> => must(await w.operator.api.get('/v1/conflicts?limit=100')).data.find((one: Json) => one.reservation === id);

  /** A place, and a reservation of its first EVSE for the next day at 10:00. */
  async function booked(options: PlaceOptions = {}, more: Record<string, unknown> = {}): Promise<{ place: Place; id: string }> {
    const place = await w.place({ evses: 3, ...options });
    const { id } = must(await api().post('/v1/reservations', place.slot('10:00', '10:30', { confirm: true, ...more })));
    return { place, id };
  }

  it('RSV-22 RSV-P16 moves a reservation to the backup of its policy, and says why', async () => {
    const { place, id } = await booked();
    await place.policy({ backup_evse_uids: [`${place.ref}-2`] });
    const { id: second } = must(await api().post('/v1/reservations', place.slot('10:30', '11:00', { confirm: true })));
    await breakDown(place.evse);
    await w.sweep();
    expect(await read(id)).toMatchObject({ status: 'confirmed', moved_because: 'outage', reserved_start: iso(place.at('10:00')), version: 2 });
    expect(place.evses.slice(1)).toContain((await read(id)).evse);
    expect(await read(second)).toMatchObject({ evse: place.evses[2], moved_because: 'outage' }); // the policy with the backup is this one's
    expect((await w.eventsOf(id)).map(({ type }) => type)).toEqual(['reservation.confirmed', 'reservation.moved']);
    expect(await conflictOf(id)).toMatchObject({ status: 'resolved', resolution: 'moved' });
  });

  it('RSV-24 fails, with the reason, half an hour before its slot when nothing else is free', async () => {
    const { place, id } = await booked({ evses: 1 });
    await breakDown(place.evse);
    await w.advanceTo(place.at('09:29'));
    expect((await read(id)).status).toBe('confirmed');
    await w.advanceTo(place.at('09:30'));
    expect(await read(id)).toMatchObject({ status: 'failed', failed_reason: 'other', ended_detail: 'evse_lost', no_show_fee: 0 });
    expect((await w.eventsOf(id)).at(-1).type).toBe('reservation.failed');
  });

  it('RSV-24 keeps a reservation whose EVSE works again in time', async () => {
    const { place, id } = await booked({ evses: 1 });
    const outage = await breakDown(place.evse);
    await w.advanceTo(place.at('08:00'));
    must(await w.operator.api.post(`/v1/outages/${outage}/end`));
    await w.advanceTo(place.at('09:45'));
    expect(await read(id)).toMatchObject({ status: 'confirmed', evse: place.evse, moved_because: null });
  });

  it('CAL-14 RSV-24 what somebody else gives back goes to those who lost their EVSE', async () => {
    const { place, id } = await booked({ evses: 2 });
    const other = must(await api().post('/v1/reservations', place.slot('09:45', '10:15', { evse: place.evses[1], confirm: true })));
    await breakDown(place.evse);
    await w.sweep();
    expect((await read(id)).evse).toBe(place.evse);
    must(await api().post(`/v1/reservations/${other.id}/cancel`));
    await w.sweep();
    expect(await read(id)).toMatchObject({ status: 'confirmed', evse: place.evses[1], moved_because: 'outage' });
    expect(outcome(await api().post('/v1/reservations', place.slot('10:00', '10:30', { evse: place.evses[1] })))).toBe('slot_unavailable');
  });

  it('RSV-P16 with refund nothing is moved', async () => {
    const { place, id } = await booked({ policy: { on_fault: 'refund' } });
    await breakDown(place.evse);
    await w.advanceTo(place.at('09:30'));
    expect(await read(id)).toMatchObject({ status: 'failed', ended_detail: 'evse_lost', evse: place.evse });
  });

  it('RSV-23 a flexible one is assigned again, in another place of its area if need be', async () => {
    const coordinates = { latitude: 60.1 + Math.random() / 10, longitude: 24.9 };
    const near = { latitude: coordinates.latitude + 0.01, longitude: coordinates.longitude };
    const first = await w.place({ coordinates });
    const { id } = must(await api().post('/v1/reservations', {
      location: { ...coordinates, radius: 3_000 }, ideal_start: iso(first.at('10:00')), ideal_end: iso(first.at('10:30')), latest_end: iso(first.at('11:30')), confirm: true,
    }));
    expect((await read(id)).evse).toBe(first.evse);
    const second = await w.place({ coordinates: near, by: w.otherOperator });
    must(await api().post('/v1/reservations', { evse: second.evse, ideal_start: iso(first.at('10:00')), ideal_end: iso(first.at('10:30')), confirm: true }));
    await breakDown(first.evse);
    await w.sweep();
    expect(await read(id)).toMatchObject({
      status: 'confirmed', evse: second.evse, operator_id: w.otherOperator.organisation.id, moved_because: 'outage', reserved_start: iso(first.at('10:30')),
    });
    expect(must(await w.otherOperator.api.get(`/v1/reservations/${id}`)).id).toBe(id);
    expect(outcome(await w.operator.api.get(`/v1/reservations/${id}`))).toBe('not_found');
  });

  it('RSV-22 a car that stays beyond its time sends the next driver to a sibling', async () => {
    const place = await w.place({ evses: 2, policy: { walk_in_into_slot: 'allow' } });
    const next = must(await api().post('/v1/reservations', place.slot('10:00', '10:30', { confirm: true })));
    await w.advanceTo(place.at('09:30'));
    must(await api().post('/v1/sandbox/sessions', { evse: place.evse }));
    await w.advanceTo(place.at('09:54'));
    expect((await read(next.id)).evse).toBe(place.evse);
    await w.advanceTo(place.at('09:56'));
    expect(await read(next.id)).toMatchObject({ status: 'confirmed', evse: place.evses[1], moved_because: 'occupancy' });
  });

  it('RSV-24 whom a car keeps out has not failed to come', async () => {
    const place = await w.place({ evses: 1, policy: { walk_in_into_slot: 'allow', no_show_fee: 500 } });
    const { id: driver } = await w.driver();
    const next = must(await api().post('/v1/reservations', place.slot('10:00', '10:30', { confirm: true, driver })));
    await w.advanceTo(place.at('09:50'));
    must(await api().post('/v1/sandbox/sessions', { evse: place.evse }));
    await w.advanceTo(place.at('10:20'));
    expect(await read(next.id)).toMatchObject({ status: 'failed', ended_detail: 'evse_lost', no_show_fee: 0 });
    expect(must(await api().get(`/v1/drivers/${driver}`)).consecutive_no_shows).toBe(0);
  });

  it('RSV-22 an EVSE that is taken out of the network counts as lost', async () => {
    const { place, id } = await booked({ evses: 2 });
    must(await w.operator.api.delete(`/v1/evses/${place.evse}`));
    await w.sweep();
    expect(await read(id)).toMatchObject({ status: 'confirmed', evse: place.evses[1], moved_because: 'outage' });
  });

  it('SES-7 no session begins at an EVSE that is gone, on a reservation or as a walk-in', async () => {
    const { place, id } = await booked({ evses: 1 });
    must(await w.operator.api.delete(`/v1/evses/${place.evse}`));
    await w.leapTo(place.at('10:01'));
    expect((await api().post('/v1/sandbox/sessions', { reservation: id })).body).toMatchObject({ code: 'evse_not_bookable' });
    expect(await read(id)).toMatchObject({ status: 'confirmed', session: null });
    expect(outcome(await w.operator.api.post('/v1/sandbox/sessions', { evse: place.evse }))).toBe('not_found');
  });

  it('SES-7 nor at a location that is closed', async () => {
    const { place, id } = await booked({ evses: 2 });
    must(await w.operator.api.delete(`/v1/locations/${place.id}`));
    await w.leapTo(place.at('10:01'));
    expect((await api().post('/v1/sandbox/sessions', { reservation: id })).body).toMatchObject({ code: 'evse_not_bookable' });
    expect(outcome(await w.operator.api.post('/v1/sandbox/sessions', { evse: place.evse }))).toBe('not_found');
  });
});
