/** What the policy says of a reservation between its making and its use: holds, fees, cut-offs, early, late, not at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, iso, MINUTE, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

const FEE = { currency: 'inr', fixed: 0, per_minute: 0, deposit: 0, credited: true };

describe('the policy and the life of a reservation', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());

  const book = async (place: Place, begin: string, end: string, more: Record<string, unknown> = {}) => must(
    await w.provider.api.post('/v1/reservations', place.slot(begin, end, more)),
  );
  const confirmed = (place: Place, begin: string, end: string, more: Record<string, unknown> = {}) => book(
    place, begin, end, { confirm: true, ...more },
  );
  const act = (id: string, action: string, body?: unknown, as = w.provider) => as.api.post(`/v1/reservations/${id}/${action}`, body);
  const read = async (id: string) => must(await w.provider.api.get(`/v1/reservations/${id}`));
  const start = (id: string) => w.provider.api.post('/v1/sandbox/sessions', { reservation: id });

  describe('holds and fees', () => {
    it('RSV-1 RSV-4 a hold lasts as long as the policy says, and ends as failed (other) where nothing was to pay', async () => {
      const place = await w.place({ policy: { hold_minutes: 7 } });
      const held = await book(place, '10:00', '10:30');
      expect(held).toMatchObject({ status: 'pending', confirmed_at: null, kept_until: null });
      expect(Date.parse(held.hold_expires_at) - Date.parse(held.created)).toBe(7 * MINUTE);
      await w.advanceTo(Date.parse(held.hold_expires_at) - MINUTE);
      expect((await read(held.id)).status).toBe('pending');
      await w.advanceTo(Date.parse(held.hold_expires_at));
      expect(await read(held.id)).toMatchObject({
        status: 'failed', failed_reason: 'other', ended_detail: 'hold_expired', hold_expires_at: null, ended_at: held.hold_expires_at,
      });
      expect((await confirmed(place, '10:00', '10:30')).status).toBe('confirmed');
    });

    it('RSV-4 a hold never outlasts the time for which its slot would be kept', async () => {
      const place = await w.place({ policy: { hold_minutes: 600, no_show_minutes: 5 } });
      await w.advanceTo(place.at('09:00'));
      expect((await book(place, '10:00', '10:30')).hold_expires_at).toBe(iso(place.at('10:05')));
    });

    it.each([
      [{ fixed: 5000 }, 5000, 5000], [{ per_minute: 150 }, 4500, 4500], [{ fixed: 100, per_minute: 10, deposit: 2000 }, 400, 2400],
      [{ deposit: 2000 }, 0, 2000],
    ])('RSV-3 RSV-4 RSV-P11 where %j is due, confirming waits for the payment, and the hold ends as payment_failed', async (fee, feeMinor, due) => {
      const place = await w.place({ policy: { fee: { ...FEE, ...fee } } });
      const held = await confirmed(place, '10:00', '10:30');
      expect(held).toMatchObject({ status: 'pending', reservation_fee: feeMinor, currency: 'inr' });
      const refused = await act(held.id, 'confirm', { payment_method: 'pm_1' });
      expect(refused).toMatchObject({ status: 402, body: { code: 'payment_required', amount_due: due, currency: 'inr' } });
      expect(await read(held.id)).toMatchObject({ status: 'pending', version: 1 });
      await w.advanceTo(Date.parse(held.hold_expires_at));
      expect(await read(held.id)).toMatchObject({ status: 'failed', failed_reason: 'payment_failed', ended_detail: 'hold_expired' });
    });

    it('RSV-3 a hold whose time is over is not confirmed, though nobody has removed it yet', async () => {
      const place = await w.place();
      const held = await book(place, '10:00', '10:30');
      await w.leapTo(Date.parse(held.hold_expires_at));
      expect(outcome(await act(held.id, 'confirm'))).toBe('invalid_state');
      await w.sweep();
      expect((await read(held.id)).status).toBe('failed');
    });
  });

  describe('coming early, late, not at all', () => {
    it('RSV-16 RSV-P9 a session begins no earlier than the early start, and not while the EVSE is promised to somebody else', async () => {
      const place = await w.place({ policy: { early_start_minutes: 20 } });
      const first = await confirmed(place, '09:30', '09:45');
      const second = await confirmed(place, '10:00', '10:30');
      await w.advanceTo(place.at('09:39'));
      expect((await start(second.id)).body).toMatchObject({ code: 'too_early', earliest: iso(place.at('09:40')) });
      await w.advanceTo(place.at('09:40'));
      expect(outcome(await start(second.id))).toBe('too_early');
      must(await act(first.id, 'leave'));
      expect(outcome(await start(second.id))).toBe(201);
    });

    it('RSV-16 a session does not begin on a slot that is over', async () => {
      const place = await w.place({ policy: { no_show_minutes: 60, grace_minutes: 60 } });
      const { id } = await confirmed(place, '10:00', '10:15');
      await w.leapTo(place.at('10:15'));
      expect(outcome(await start(id))).toBe('invalid_state');
    });

    it('SES-5 RSV-P10 a session goes on after its slot as long as the late stop, and no longer', async () => {
      const place = await w.place({ policy: { buffer_minutes: 10, late_stop_minutes: 10 } });
      const { id } = await confirmed(place, '10:00', '10:30');
      await w.advanceTo(place.at('10:00'));
      const session = must(await start(id));
      expect(session.ends_by).toBe(iso(place.at('10:40')));
      await w.advanceTo(place.at('10:39'));
      expect((await read(id)).status).toBe('confirmed');
      await w.advanceTo(place.at('10:41'));
      expect(must(await w.provider.api.get(`/v1/sessions/${session.id}`))).toMatchObject({ status: 'ended', ended_at: iso(place.at('10:40')) });
      expect(await read(id)).toMatchObject({ status: 'completed', ended_at: iso(place.at('10:40')) });
    });

    it('RSV-15 RSV-P12 who does not come within the no-show time loses the slot and owes the fee', async () => {
      const place = await w.place({ policy: { no_show_minutes: 12, no_show_fee: 10_000 } });
      const { id, kept_until: keptUntil, no_show_fee: fee } = await confirmed(place, '10:00', '10:30');
      expect([keptUntil, fee]).toEqual([iso(place.at('10:12')), 0]);
      expect((await read(id)).cancel_quote.no_show_fee).toBe(10_000);
      await w.advanceTo(place.at('10:11'));
      expect((await read(id)).status).toBe('confirmed');
      await w.advanceTo(place.at('10:12'));
      expect(await read(id)).toMatchObject({ status: 'expired', ended_detail: 'no_show', no_show_fee: 10_000, kept_until: null });
      expect((await w.provider.api.post('/v1/reservations', place.slot('10:15', '10:30'))).status).toBe(201);
    });

    it('RSV-15 the slot is never kept beyond its end', async () => {
      const place = await w.place({ policy: { no_show_minutes: 30, grace_minutes: 60 } });
      expect((await confirmed(place, '10:00', '10:15')).kept_until).toBe(iso(place.at('10:15')));
    });

    it('RSV-14 a driver who says that they are late keeps the slot until then and a little longer, at most through the grace', async () => {
      const place = await w.place({ policy: { no_show_minutes: 10, grace_minutes: 25 } });
      const { id } = await confirmed(place, '10:00', '11:00');
      await w.advanceTo(place.at('10:05'));
      const late = (clock: string) => act(id, 'late', { expected_arrival: iso(place.at(clock)) });
      expect((await late('10:26')).body).toMatchObject({ code: 'grace_exceeded', kept_until: iso(place.at('10:25')) });
      expect(outcome(await late('10:04'))).toBe('time_in_past');
      expect(
        must(await late('10:12')),
      ).toMatchObject({ status: 'confirmed', expected_arrival: iso(place.at('10:12')), kept_until: iso(place.at('10:22')) });
      expect(must(await late('10:07')).kept_until).toBe(iso(place.at('10:22')));
      expect(must(await late('10:20')).kept_until).toBe(iso(place.at('10:25')));
      await w.advanceTo(place.at('10:24'));
      expect(outcome(await start(id))).toBe(201);
      expect(outcome(await late('10:25'))).toBe('invalid_state');
    });

    it('RSV-14 RSV-15 who is late beyond the grace loses the slot', async () => {
      const place = await w.place({ policy: { no_show_minutes: 10, grace_minutes: 25 } });
      const { id } = await confirmed(place, '10:00', '11:00');
      must(await act(id, 'late', { expected_arrival: iso(place.at('10:20')) }));
      await w.leapTo(place.at('10:25'));
      expect(outcome(await act(id, 'late', { expected_arrival: iso(place.at('10:25')) }))).toBe('grace_exceeded');
      await w.sweep();
      expect(await read(id)).toMatchObject({ status: 'expired', ended_at: expect.stringContaining(iso(place.at('10:25')).slice(0, 16)) });
    });

    it('RSV-10 RSV-14 what was said of an arrival says nothing of another time', async () => {
      const place = await w.place({ policy: { no_show_minutes: 10, grace_minutes: 25 } });
      const { id } = await confirmed(place, '10:00', '11:00');
      must(await act(id, 'late', { expected_arrival: iso(place.at('10:20')) }));
      expect(
        must(await act(id, 'move', { start: iso(place.at('09:00')) })),
      ).toMatchObject({ expected_arrival: null, kept_until: iso(place.at('09:10')) });
    });
  });

  describe('cancelling and changing', () => {
    const percentAt = async (id: string, at: number) => {
      await w.advanceTo(at);
      return must(await w.provider.api.get(`/v1/reservations/${id}/cancel_quote`)).refund_percent as number;
    };

    it('RSV-12 RSV-P13 the quote gives back 85 % with four hours of notice and nothing after, as the seed has it', async () => {
      const place = await w.place({ policy: { refund_tiers: [{ min_minutes_before_start: 240, refund_percent: 85 }], no_show_fee: 500 } });
      const { id, cancel_quote: quote, cancellation_policy: free } = await confirmed(place, '12:45', '13:30');
      expect(quote).toEqual({
        cancellable: true, reason: null, refund_percent: 85, refund: 0, cancellation_fee: 0, no_show_fee: 500, currency: 'eur',
      });
      expect(free).toBeNull();
      const begin = place.at('12:45');
      expect(await percentAt(id, begin - 4 * HOUR - MINUTE)).toBe(85);
      expect(await percentAt(id, begin - 4 * HOUR + MINUTE)).toBe(0);
    });

    it('RSV-12 RSV-P13 tiers go by the notice; a hold costs nothing', async () => {
      const tiers = [{ min_minutes_before_start: 30, refund_percent: 50 }, { min_minutes_before_start: 240, refund_percent: 85 }];
      const place = await w.place({ policy: { refund_tiers: tiers, hold_minutes: 600, fee: { ...FEE, fixed: 9_999 } } });
      const held = await book(place, '11:00', '11:30');
      await place.policy({ fee: FEE });
      const { id } = await confirmed(place, '12:00', '12:30');
      const begin = place.at('12:00');
      expect(await percentAt(id, begin - 4 * HOUR - MINUTE)).toBe(85);
      expect(await percentAt(id, begin - 4 * HOUR + MINUTE)).toBe(50);
      expect(await percentAt(id, begin - 29 * MINUTE)).toBe(0);
      expect(held.cancel_quote).toMatchObject({ refund_percent: 100, refund: 9_999, cancellation_fee: 0 });
    });

    it('RSV-13 RSV-P14 a driver cancels until the cut-off, and never once the slot has begun', async () => {
      const place = await w.place({ policy: { cancel_until_minutes: 60, refund_tiers: [{ min_minutes_before_start: 0, refund_percent: 100 }] } });
      const one = await confirmed(place, '10:00', '10:30');
      const two = await confirmed(place, '11:00', '11:30');
      expect(one.cancellation_policy).toEqual({ type: 'free_cancellation', free_until_before: 3600 });
      await w.advanceTo(place.at('09:01'));
      const refused = await act(one.id, 'cancel');
      expect(outcome(refused)).toBe('cancel_cut_off_passed');
      expect(await read(one.id)).toMatchObject({
        status: 'confirmed', cancel_quote: { cancellable: false, reason: expect.stringContaining('60 minutes') },
      });
      expect(
        must(await act(two.id, 'cancel', { reason: 'other plans' })),
      ).toMatchObject({ status: 'cancelled', cancelled_by: 'driver', ended_detail: 'other plans' });
      await place.policy({ cancel_until_minutes: 0 });
      const three = await confirmed(place, '12:00', '12:30');
      await w.advanceTo(place.at('12:00'));
      expect(outcome(await act(three.id, 'cancel'))).toBe('cancel_cut_off_passed');
    });

    it('RSV-10 RSV-P14 a driver moves a reservation until the cut-off; its operator at any time before charging', async () => {
      const place = await w.place({ evses: 2, policy: { change_until_minutes: 60 } });
      const { id } = await confirmed(place, '10:00', '10:30');
      expect(
        must(await act(id, 'move', { start: iso(place.at('11:00')) })),
      ).toMatchObject({ reserved_start: iso(place.at('11:00')), reserved_end: iso(place.at('11:30')) });
      await w.advanceTo(place.at('10:01'));
      expect(
        (await act(id, 'move', { start: iso(place.at('12:00')) })).body,
      ).toMatchObject({ code: 'change_cut_off_passed', change_until_minutes: 60 });
      const moved = must(await act(id, 'move', { evse: place.evses[1] }, w.operator));
      expect(moved).toMatchObject({ evse: place.evses[1], reserved_start: iso(place.at('11:00')) });
      await w.advanceTo(place.at('11:00'));
      must(await start(id));
      expect(outcome(await act(id, 'move', { evse: place.evse }, w.operator))).toBe('invalid_state');
    });

    it("RSV-10 ORG-9 a driver's key is no operator's, though one organisation be both", async () => {
      const both = await w.addOrganisation({ roles: ['operator', 'provider'] });
      const place = await w.place({ by: both, policy: { change_until_minutes: 60 } });
      const driver = await w.driver(both);
      const { id } = must(await driver.api.post('/v1/reservations', place.slot('10:00', '10:30', { confirm: true })));
      await w.advanceTo(place.at('09:30'));
      expect(outcome(await driver.api.post(`/v1/reservations/${id}/move`, { start: iso(place.at('12:00')) }))).toBe('change_cut_off_passed');
    });
  });

  describe('versions', () => {
    it('RSV-P1 a change of the policy changes nothing about a promise that is made', async () => {
      const place = await w.place({ policy: {
        no_show_minutes: 10, grace_minutes: 20, no_show_fee: 100, cancel_until_minutes: 0, change_until_minutes: 0, max_duration_minutes: 60,
      } });
      const { id, policy } = await confirmed(place, '10:00', '10:30');
      await place.policy({
        mode: 'walk_in_only', slot_grid_minutes: 60, min_duration_minutes: 60, max_duration_minutes: 240, no_show_minutes: 1, grace_minutes: 2,
        no_show_fee: 999, early_start_minutes: 0,
        cancel_until_minutes: 500_000, change_until_minutes: 500_000, refund_tiers: [], min_lead_minutes: 10_000, max_lead_minutes: 20_000,
        fee: { ...FEE, fixed: 1 },
      });
      expect((await read(id)).policy).toEqual(policy);
      expect(
        must(await act(id, 'extend', { by_minutes: 15 })),
      ).toMatchObject({ reserved_end: iso(place.at('10:45')), kept_until: iso(place.at('10:10')) });
      expect(must(await act(id, 'move', { start: iso(place.at('11:15')) })).reserved_start).toBe(iso(place.at('11:15')));
      expect(must(await act(id, 'late', { expected_arrival: iso(place.at('11:30')) })).kept_until).toBe(iso(place.at('11:35')));
      expect(
        must(await w.provider.api.get(`/v1/reservations/${id}/cancel_quote`)),
      ).toMatchObject({ cancellable: true, refund_percent: 100, no_show_fee: 100 });
      await w.advanceTo(place.at('11:35'));
      expect(await read(id)).toMatchObject({ status: 'expired', no_show_fee: 100 });
    });

    it("RSV-P3 a location's own policy goes before its operator's, and that before the built-in one; every change is a version", async () => {
      const fresh = await w.addOrganisation({ roles: ['operator'] });
      const place = await w.place({ by: fresh });
      const inForce = async () => must(await w.anybody.get(`/v1/locations/${place.id}/policy`));
      expect(await inForce()).toMatchObject({ id: null, version: 0, location_id: null, operator_id: fresh.organisation.id, hold_minutes: 10 });
      must(await fresh.api.patch('/v1/policy', { hold_minutes: 3 }));
      must(await fresh.api.patch('/v1/policy', { buffer_minutes: 5 }));
      expect(await inForce()).toMatchObject({ version: 2, location_id: null, hold_minutes: 3, buffer_minutes: 5 });
      must(await fresh.api.patch(`/v1/locations/${place.id}/policy`, { hold_minutes: 4 }));
      must(await fresh.api.patch('/v1/policy', { hold_minutes: 20, buffer_minutes: 20 }));
      expect(await inForce()).toMatchObject({ version: 1, location_id: place.id, hold_minutes: 4, buffer_minutes: 5 });
      const held = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30')));
      expect(Date.parse(held.hold_expires_at) - Date.parse(held.created)).toBe(4 * MINUTE);
      const events = await w.eventsOf(place.id, fresh);
      expect(events.filter(({ type }) => type === 'policy.updated').map(({ object_version: version }) => version)).toEqual([1]);
    });

    it('RSV-P16 what is to be done on a fault is kept and shown with the promise', async () => {
      const place = await w.place({ policy: { backup_evse_uids: ['B1', 'B2'], on_fault: 'refund' } });
      expect((await confirmed(place, '10:00', '10:30')).policy).toMatchObject({ backup_evse_uids: ['B1', 'B2'], on_fault: 'refund' });
    });
  });
});
