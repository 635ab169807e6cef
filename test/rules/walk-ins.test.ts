/** Walk-ins, and what happens where a fact (a car, a fault) and a promise collide. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, iso, MINUTE, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

describe('walk-ins, outages and conflicts', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());

  const confirmed = async (place: Place, begin: string, end: string, more = {}) => must(
    await w.provider.api.post('/v1/reservations', place.slot(begin, end, { confirm: true, ...more })));
  const walkIn = (place: Place) => w.operator.api.post('/v1/sandbox/sessions', { evse: place.evse });
  const finish = async (id: string, as = w.operator) => must(await as.api.post(`/v1/sandbox/sessions/${id}/end`, { energy_wh: 12_000 }));
  const conflictsOf = async (reservation: string) => {
    const all = must(
      await w.operator.api.get('/v1/conflicts?limit=100'),
    ).data as { id: string; reservation: string; status: string; resolution: string | null; cause: string }[];
    return all.filter((conflict) => conflict.reservation === reservation).map(({ status, resolution, cause }) => ({ status, resolution, cause }));
  };
  const freeAt = async (place: Place, clock: string) => {
    const query = `start=${iso(place.at(clock))}&end=${iso(place.at(clock) + 15 * MINUTE)}&duration_minutes=15`;
    return (must(await w.anybody.get(`/v1/evses/${place.evse}/slots?${query}`)).data as unknown[]).length === 1;
  };
  const outage = (place: Place, more: Record<string, unknown> = {}) => w.operator.api.post(
    '/v1/outages', { evse: place.evse, reason: 'broken cable', ...more },
  );

  describe('walk-ins', () => {
    it('SES-4 RSV-P15 refuse: a walk-in does not start when a booked slot comes up', async () => {
      const place = await w.place({ policy: { walk_in_into_slot: 'refuse', max_duration_minutes: 60 } });
      await confirmed(place, '10:00', '10:30');
      await w.advanceTo(place.at('09:30'));
      expect((await walkIn(place)).body).toMatchObject({ code: 'slot_unavailable', next_slot_starts: iso(place.at('10:00')) });
      await w.advanceTo(place.at('11:00'));
      expect(outcome(await walkIn(place))).toBe(201);
    });

    it('SES-4 RSV-P15 limit: a walk-in charges until the booked slot begins', async () => {
      const place = await w.place({ policy: { walk_in_into_slot: 'limit' } });
      const { id: reservation } = await confirmed(place, '10:00', '10:30');
      await w.advanceTo(place.at('09:30'));
      const session = must(await walkIn(place));
      expect(session).toMatchObject({ status: 'started', reservation: null, ends_by: iso(place.at('10:00')) });
      await w.advanceTo(place.at('10:01'));
      expect(must(await w.operator.api.get(`/v1/sessions/${session.id}`))).toMatchObject({ status: 'ended', ended_at: iso(place.at('10:00')) });
      expect(outcome(await w.provider.api.post('/v1/sandbox/sessions', { reservation }))).toBe(201);
      expect(await conflictsOf(reservation)).toEqual([]);
    });

    it('SES-4 RSV-P15 CAL-6 CAL-9 allow: one that overruns collides with the booking, until it is gone', async () => {
      const place = await w.place({ policy: { walk_in_into_slot: 'allow' } });
      const { id: reservation } = await confirmed(place, '10:00', '11:00');
      await w.advanceTo(place.at('09:50'));
      const session = must(await walkIn(place));
      expect(session.ends_by).toBeNull();
      expect(await conflictsOf(reservation)).toEqual([]);
      await w.leapTo(place.at('10:05'));
      await w.sweep();
      expect(await conflictsOf(reservation)).toEqual([{ status: 'open', resolution: null, cause: 'occupancy' }]);
      await w.sweep();
      expect(await conflictsOf(reservation)).toHaveLength(1);
      expect(outcome(await w.provider.api.post('/v1/sandbox/sessions', { reservation }))).toBe('evse_occupied');
      await finish(session.id);
      expect(await conflictsOf(reservation)).toEqual([{ status: 'resolved', resolution: 'cause_ended', cause: 'occupancy' }]);
      expect(outcome(await w.provider.api.post('/v1/sandbox/sessions', { reservation }))).toBe(201);
    });

    it('SES-2 SES-3 an EVSE serves one vehicle at a time, and nobody walks into a slot that has begun, or into a block', async () => {
      const place = await w.place({ evses: 2, policy: { walk_in_into_slot: 'allow' } });
      const session = must(await walkIn(place));
      expect(outcome(await walkIn(place))).toBe('evse_occupied');
      await finish(session.id);
      await confirmed(place, '10:00', '10:30');
      must(await w.operator.api.post(
        '/v1/blocks', { evse: place.evses[1], start: iso(place.at('10:00')), end: iso(place.at('11:00')), reason: 'works' },
      ));
      await w.advanceTo(place.at('10:05'));
      expect(outcome(await walkIn(place))).toBe('slot_unavailable');
      expect(outcome(await w.operator.api.post('/v1/sandbox/sessions', { evse: place.evses[1] }))).toBe('slot_unavailable');
    });

    it('CAL-8 a car whose departure is not known keeps the EVSE for an hour from now, and one that overstays for a quarter of an hour', async () => {
      const place = await w.place({ policy: { buffer_minutes: 60 } });
      await w.advanceTo(place.at('08:00'));
      const session = must(await walkIn(place));
      await place.policy({ buffer_minutes: 0 });
      expect([await freeAt(place, '08:45'), await freeAt(place, '09:15')]).toEqual([false, true]);
      await w.advanceTo(place.at('08:30'));
      expect([await freeAt(place, '09:15'), await freeAt(place, '09:45')]).toEqual([false, true]);
      await finish(session.id);
      expect(await freeAt(place, '08:45')).toBe(true);
    });

    it('SES-6 the status of the EVSE follows its sessions', async () => {
      const place = await w.place();
      const status = async () => must(await w.anybody.get(`/v1/evses/${place.evse}`)).status as string;
      const { id } = must(await walkIn(place));
      expect(await status()).toBe('CHARGING');
      expect(await finish(id)).toMatchObject({ status: 'ended', energy_wh: 12_000, version: 2 });
      expect(await status()).toBe('AVAILABLE');
      expect(outcome(await w.operator.api.post(`/v1/sandbox/sessions/${id}/end`))).toBe('invalid_state');
    });
  });

  describe('outages', () => {
    it('CAL-6 CAL-8 CAL-9 an outage without a known end collides with every promise from then on; its end resolves them', async () => {
      const place = await w.place();
      const soon = await confirmed(place, '10:00', '10:30');
      const later = must(await w.provider.api.post('/v1/reservations', {
        evse: place.evse, ideal_start: iso(place.at('10:00', 9)), ideal_end: iso(place.at('10:30', 9)), confirm: true,
      }));
      const { id } = must(await outage(place));
      expect(await conflictsOf(soon.id)).toEqual([{ status: 'open', resolution: null, cause: 'outage' }]);
      expect(await conflictsOf(later.id)).toHaveLength(1);
      expect(must(await w.anybody.get(`/v1/evses/${place.evse}`)).status).toBe('OUTOFORDER');
      expect(outcome(await w.provider.api.post('/v1/reservations', place.slot('15:00', '15:30')))).toBe('slot_unavailable');
      must(await w.operator.api.post(`/v1/outages/${id}/end`));
      expect(await conflictsOf(soon.id)).toEqual([{ status: 'resolved', resolution: 'cause_ended', cause: 'outage' }]);
      expect(must(await w.anybody.get(`/v1/evses/${place.evse}`)).status).toBe('AVAILABLE');
      expect(outcome(await w.provider.api.post('/v1/reservations', place.slot('15:00', '15:30')))).toBe(201);
      expect(outcome(await w.operator.api.post(`/v1/outages/${id}/end`))).toBe('invalid_state');
    });

    it('CAL-6 CAL-8 one with an expected end collides with what lies before it, and with more when it overruns', async () => {
      const place = await w.place();
      const [one, two] = [await confirmed(place, '10:00', '10:30'), await confirmed(place, '12:00', '12:30')];
      await w.advanceTo(place.at('09:00'));
      must(await outage(place, { expected_end: iso(place.at('11:00')) }));
      expect([(await conflictsOf(one.id)).length, (await conflictsOf(two.id)).length]).toEqual([1, 0]);
      expect([await freeAt(place, '10:30'), await freeAt(place, '11:00')]).toEqual([false, true]);
      await w.leapTo(place.at('11:50'));
      await w.sweep();
      expect(await conflictsOf(two.id)).toHaveLength(1);
      expect([await freeAt(place, '12:30'), await freeAt(place, '12:45')]).toEqual([true, true]);
    });

    it('CAL-13 an EVSE is out of order as long as any outage of it lasts', async () => {
      const place = await w.place();
      const [one, two] = [must(await outage(place)), must(await outage(place))];
      const status = async () => must(await w.anybody.get(`/v1/evses/${place.evse}`)).status as string;
      must(await w.operator.api.post(`/v1/outages/${one.id}/end`));
      expect(await status()).toBe('OUTOFORDER');
      must(await w.operator.api.post(`/v1/outages/${two.id}/end`));
      expect(await status()).toBe('AVAILABLE');
      const { id: session } = must(await walkIn(place));
      const three = must(await outage(place));
      must(await w.operator.api.post(`/v1/outages/${three.id}/end`));
      expect(await status()).toBe('CHARGING');
      await finish(session);
      expect(await status()).toBe('AVAILABLE');
    });

    it('CAL-13 one that is announced changes the status of nothing yet, and can be taken back', async () => {
      const place = await w.place();
      const { id } = must(await outage(place, { start: iso(place.at('10:00')), expected_end: iso(place.at('11:00')) }));
      expect(must(await w.anybody.get(`/v1/evses/${place.evse}`)).status).toBe('AVAILABLE');
      expect([await freeAt(place, '09:45'), await freeAt(place, '10:00'), await freeAt(place, '11:00')]).toEqual([true, false, true]);
      must(await w.operator.api.post(`/v1/outages/${id}/end`));
      expect(await freeAt(place, '10:00')).toBe(true);
      expect(outcome(await outage(place, { start: iso(place.at('11:00')), expected_end: iso(place.at('10:00')) }))).toBe('invalid_time_range');
    });
  });

  describe('conflicts', () => {
    it('CAL-9 a conflict is resolved when the promise goes, whatever becomes of it', async () => {
      const place = await w.place({ evses: 2, policy: { on_fault: 'refund' } });
      const slots = [await confirmed(place, '10:00', '10:30'), await confirmed(place, '11:00', '11:30'), await confirmed(place, '12:00', '12:30')];
      must(await outage(place));
      must(await w.provider.api.post(`/v1/reservations/${slots[0].id}/cancel`));
      must(await w.operator.api.post(`/v1/reservations/${slots[1].id}/move`, { evse: place.evses[1] }));
      await w.advanceTo(place.at('12:16'));
      const resolutions = await Promise.all(slots.map(async ({ id }) => (await conflictsOf(id))[0]?.resolution));
      expect(resolutions).toEqual(['cancelled', 'moved', 'failed']);
    });

    it('CAL-9 also when the promise was used to its very end', async () => {
      const place = await w.place();
      const { id: reservation } = await confirmed(place, '10:00', '10:30');
      await w.advanceTo(place.at('10:00'));
      must(await w.provider.api.post('/v1/sandbox/sessions', { reservation }));
      must(await outage(place));
      expect(await conflictsOf(reservation)).toMatchObject([{ status: 'open' }]);
      await w.advanceTo(place.at('10:45'));
      expect(must(await w.provider.api.get(`/v1/reservations/${reservation}`)).status).toBe('completed');
      expect(await conflictsOf(reservation)).toMatchObject([{ status: 'resolved', resolution: 'completed' }]);
    });

    it('CAL-9 the operator resolves one in its own words, once; both sides of that are told as events', async () => {
      const place = await w.place();
      const { id: reservation } = await confirmed(place, '10:00', '10:30');
      must(await outage(place));
      const open = must(await w.operator.api.get('/v1/conflicts?status=open')).data as { id: string; reservation: string }[];
      const { id } = open.find((conflict) => conflict.reservation === reservation)!;
      expect(
        must(await w.operator.api.post(`/v1/conflicts/${id}/resolve`, { resolution: 'a driver was called' })),
      ).toMatchObject({ status: 'resolved', version: 2 });
      expect(outcome(await w.operator.api.post(`/v1/conflicts/${id}/resolve`, { resolution: 'again' }))).toBe('invalid_state');
      const events = await w.eventsOf(id, w.operator);
      expect(events.map(({ type, object_version: version }) => [type, version])).toEqual([['conflict.opened', 1], ['conflict.resolved', 2]]);
      await w.sweep();
      expect(await conflictsOf(reservation)).toHaveLength(1);
    });

    it("CAL-6 a driver's own car is no conflict with their own slot", async () => {
      const place = await w.place({ policy: { early_start_minutes: 30, buffer_minutes: 10, late_stop_minutes: 10 } });
      const { id } = await confirmed(place, '10:00', '10:30');
      await w.advanceTo(place.at('09:45'));
      must(await w.provider.api.post('/v1/sandbox/sessions', { reservation: id }));
      await w.advance(HOUR / 2);
      expect(await conflictsOf(id)).toEqual([]);
    });
  });
});
