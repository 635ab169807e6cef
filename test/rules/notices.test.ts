/** What drivers are told: contacts and preferences, the outbox of a sandbox, reminders, and the events that are told; over HTTP and on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellDriver } from '../../src/domain/notices/index.ts';
import { checkStartOtp } from '../../src/domain/reservations/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import type { Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { openBrowser } from '../support/push-subscription.ts';
import { HOUR, iso, MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe.each(testDatabases())('notices ($kind)', ({ open }) => {
  let w: World;
  let phones = 0;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const notices = async (driver: string): Promise<Json[]> => {
    await w.tell();
    return must(await w.provider.api.get(`/v1/sandbox/notices?driver=${driver}&limit=100`)).data.toReversed();
  };
  const kinds = async (driver: string) => (await notices(driver)).map(({ kind, channel }) => `${kind} ${channel}`);
  const contact = () => ({ phone: `+9198456${String(++phones).padStart(5, '0')}`, email: `driver${phones}@example.org`, languages: ['en-IN'] });
  const reachable = async (more: object = {}) => {
    const driver = await w.driver();
    must(await w.provider.api.put(`/v1/drivers/${driver.id}/contact`, { ...contact(), ...more }));
    return driver;
  };
  const prefer = async (driver: { id: string; api: World['anybody'] }, body: object) => must(await driver.api.put(`/v1/drivers/${driver.id}/notice_preferences`, body));

  it('NTC-4 a contact is told by the provider, read by the driver, and in no event, no audit entry and no answer to others', async () => {
    const driver = await w.driver();
    const path = `/v1/drivers/${driver.id}/contact`;
    expect(must(await w.provider.api.get(path))).toEqual({ object: 'contact', driver: driver.id, phone: null, email: null, languages: [] });
    const told = { phone: '+91 98450 12345', email: 'asha@example.org', languages: ['kn-in', 'en'] };
    expect(must(await w.provider.api.put(path, told))).toMatchObject({ phone: '+919845012345', email: 'asha@example.org', languages: ['kn-IN', 'en'] });
    expect(must(await driver.api.get(path)).phone).toBe('+919845012345');
    expect(outcome(await driver.api.put(path, told))).toBe('forbidden');
    for (const other of [w.otherProvider, w.operator]) expect(outcome(await other.api.get(path))).toBe('not_found');
    const wrongs: [object, string][] = [
      [{ phone: '98450' }, '/phone'], [{ email: 'a@b' }, '/email'], [{ email: 'a\r\nbcc: b@c.de' }, '/email'], [{ languages: ['not a tag'] }, '/languages/0'],
    ];
    for (const [wrong, pointer] of wrongs) {
      const refused = await w.provider.api.put(path, wrong);
      expect([outcome(refused), refused.body.errors[0].pointer]).toEqual(['invalid_request', pointer]);
    }
    const places = ['events', 'audit_log'];
    for (const place of places) {
      const rows = await w.db.database.query(place === 'events' ? sql`SELECT data FROM events` : sql`SELECT changes FROM audit_log`);
      expect(JSON.stringify(rows)).not.toMatch(/asha@example|9845012345/);
    }
    expect(must(await w.provider.api.put(path, {}))).toMatchObject({ phone: null, email: null, languages: [] });
  });

  it('NTC-4 push subscriptions: one of a kind, ten at most, without their keys in answers, and none to private addresses', async () => {
    const driver = await w.driver();
    const path = `/v1/drivers/${driver.id}/push_subscriptions`;
    const { subscription } = openBrowser();
    const made = must(await driver.api.post(path, { ...subscription, expirationTime: null }));
    expect(JSON.stringify(made)).not.toContain(subscription.keys.auth);
    expect(must(await driver.api.post(path, { ...openBrowser(subscription.endpoint).subscription })).id).toBe(made.id);
    const wrong = await driver.api.post(path, { ...subscription, keys: { p256dh: 'AAAA', auth: subscription.keys.auth } });
    expect([outcome(wrong), wrong.body.errors[0].pointer]).toEqual(['invalid_request', '/keys/p256dh']);
    expect(outcome(await driver.api.post(path, { ...subscription, endpoint: 'ftp://push.example.org/' }))).toBe('url_not_allowed');
    for (let i = 1; i < 10; i++) must(await driver.api.post(path, openBrowser().subscription));
    expect(outcome(await driver.api.post(path, openBrowser().subscription))).toBe('invalid_state');
    must(await driver.api.delete(`${path}/${made.id}`));
    expect(must(await w.provider.api.get(path)).data).toHaveLength(9);
    expect(outcome(await w.otherProvider.api.get(path))).toBe('not_found');
    expect(must(await w.anybody.get('/v1/push_key'))).toEqual({ object: 'push_key', public_key: null });
  });

  it('TLG-1 TLG-2 NTC-2 NTC-5 NTC-6 a confirmed slot is told once, in the language of the driver, the zone of the location', async () => {
    const place = await w.place({ timeZone: 'Asia/Kolkata' });
    const [driver, silent] = [await reachable({ languages: ['kn-IN'] }), await w.driver()];
    const { id } = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { driver: driver.id, confirm: true })));
    must(await w.provider.api.post('/v1/reservations', place.slot('11:00', '11:30', { driver: silent.id, confirm: true })));
    const [notice, ...others] = await notices(driver.id);
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ kind: 'reservation_confirmed', channel: 'email', language: 'kn-IN', about: id, title: 'ನಿಮ್ಮ ಸ್ಲಾಟ್ ಬುಕ್ ಆಗಿದೆ' });
    expect(notice.recipient).toMatch(/@example\.org$/);
    expect(notice.text).toContain('10:00');
    expect(await notices(silent.id)).toEqual([]);
    // Another process that had the same position tells nothing again.
    await w.db.database.query(sql`UPDATE event_readers SET position = 0 WHERE name = 'telling'`);
    expect(await notices(driver.id)).toHaveLength(1);
  });

  it('NTC-5 a kind goes by the channels that are chosen for it, or not at all', async () => {
    const place = await w.place();
    const driver = await reachable();
    must(await driver.api.post(`/v1/drivers/${driver.id}/push_subscriptions`, openBrowser().subscription));
    must(await driver.api.post(`/v1/drivers/${driver.id}/push_subscriptions`, openBrowser().subscription));
    expect(await prefer(driver, { channels: { reservation_confirmed: ['sms', 'push'], cancelled_by_operator: [] } })).toMatchObject({ reminder_minutes: 30 });
    const reserve = async (from: string, to: string) => must(await w.provider.api.post('/v1/reservations', place.slot(from, to, { driver: driver.id, confirm: true }))).id;
    const id = await reserve('10:00', '10:30');
    expect((await kinds(driver.id)).toSorted()).toEqual(['reservation_confirmed push', 'reservation_confirmed push', 'reservation_confirmed sms']);
    must(await w.operator.api.post(`/v1/reservations/${id}/cancel`, { reason: 'works' }));
    expect(await kinds(driver.id)).toHaveLength(3);
    const refused = await driver.api.put(`/v1/drivers/${driver.id}/notice_preferences`, { channels: { session_otp: [] } });
    expect([outcome(refused), refused.body.errors[0].pointer]).toEqual(['invalid_request', '/channels/session_otp']);
    await prefer(driver, {});
    const second = await reserve('12:00', '12:30');
    must(await w.operator.api.post(`/v1/reservations/${second}/cancel`, { reason: 'works' }));
    const [confirmed, cancelled] = (await notices(driver.id)).slice(3);
    expect([confirmed.channel, cancelled.channel, cancelled.text]).toEqual(['email', 'push', expect.stringContaining('was cancelled by the operator: works')]);
  });

  it('TLG-3 a driver is reminded at their own time, once, on the way of a test clock', async () => {
    const place = await w.place({ evses: 2, policy: { max_lead_minutes: 10_000 } });
    const [usual, early, late] = [await reachable(), await reachable(), await reachable()];
    await prefer(early, { reminder_minutes: 120, channels: { reservation_confirmed: [] } });
    const at = Math.ceil((await w.now()) / HOUR) * HOUR + 6 * HOUR;
    const reserve = async (driver: { id: string }, start: number, evse = place.evse) => (
      must(await w.provider.api.post('/v1/reservations', { evse, driver: driver.id, ideal_start: iso(start), ideal_end: iso(start + 30 * MINUTE), confirm: true })).id);
    await reserve(usual, at);
    const id = await reserve(early, at + HOUR);
    await w.tell();
    await w.advanceTo(at + 40 * MINUTE);
    const [confirmed, reminded, ...others] = await notices(usual.id);
    expect(others).toEqual([]);
    expect([confirmed.kind, reminded.kind, reminded.channel, Date.parse(reminded.created)]).toEqual(['reservation_confirmed', 'reservation_reminder', 'sms', at - 30 * MINUTE]);
    const [only, ...more] = await notices(early.id);
    expect([more, only.kind, only.about, Date.parse(only.created)]).toEqual([[], 'reservation_reminder', id, at - HOUR]);
    const soon = Math.ceil((await w.now()) / (15 * MINUTE)) * 15 * MINUTE;
    await reserve(late, soon + 15 * MINUTE, place.evses[1]);
    await w.sweep();
    await w.advance(25 * MINUTE);
    expect(await kinds(late.id)).toEqual(['reservation_confirmed email']);
    expect(await w.sweep()).toBe(0);
  });

  it('TLG-2 a session that begins and ends is told, with energy and cost in the currency of the price', async () => {
    const place = await w.place({ policy: { early_start_minutes: 1440 } });
    must(await w.operator.api.post('/v1/tariffs', {
      ref: 'inr', name: 'Standard', is_default: true, currency: 'INR', elements: [{ price_components: [{ type: 'ENERGY', price: '20' }] }],
    }));
    const driver = await reachable();
    await prefer(driver, { channels: { reservation_confirmed: [] } });
    const start = Math.ceil((await w.now()) / (15 * MINUTE)) * 15 * MINUTE + 2 * HOUR;
    const slot = { evse: place.evse, ideal_start: iso(start), ideal_end: iso(start + HOUR) };
    const { id } = must(await w.provider.api.post('/v1/reservations', { ...slot, driver: driver.id, confirm: true }));
    await w.leapTo(start);
    const session = must(await w.provider.api.post('/v1/sandbox/sessions', { reservation: id }));
    await w.leapTo(start + 20 * MINUTE);
    must(await w.provider.api.post(`/v1/sandbox/sessions/${session.id}/end`, { energy_wh: 12_500 }));
    const [begun, ended, ...others] = await notices(driver.id);
    expect([begun.kind, ended.kind, others]).toEqual(['session_started', 'session_finished', []]);
    expect(ended).toMatchObject({ channel: 'email', text: expect.stringMatching(/^Final: ₹250\.00 for 12\.5 kWh at /) });
  });

  it('TLG-2 a slot that has moved and each part of the money that goes back are told', async () => {
    const place = await w.place({ evses: 2 });
    const driver = await reachable();
    await prefer(driver, { channels: { reservation_confirmed: [] } });
    const { id } = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { driver: driver.id })));
    const { id: payment } = must(await w.provider.api.post(`/v1/reservations/${id}/payments`, { method: 'bank_transfer', amount: 1_000 }));
    must(await w.provider.api.post(`/v1/payments/${payment}/mark_paid`, {}));
    must(await w.provider.api.post(`/v1/reservations/${id}/confirm`, {}));
    must(await w.operator.api.post(`/v1/reservations/${id}/move`, { evse: place.evses[1] }));
    for (const amount of [300, 250]) must(await w.provider.api.post(`/v1/payments/${payment}/refunds`, { amount, reason: 'by_hand' }));
    const [moved, ...refunds] = await notices(driver.id);
    expect([moved.kind, moved.channel, moved.about]).toEqual(['moved', 'sms', id]);
    expect(moved.text).toMatch(/^Your slot is now at Place \d+: .*10:00.*10:30/);
    expect(refunds.map(({ text }) => text)).toEqual([expect.stringMatching(/^\D*3\.00 were refunded to you\.$/), expect.stringMatching(/^\D*2\.50 were refunded to you\.$/)]);
  });

  it('TLG-2 what is yet to come of sessions is told by the names of its events, with the words of seed 001', async () => {
    const place = await w.place({ timeZone: 'Europe/Berlin' });
    const driver = await reachable({ languages: ['en-GB'] });
    const at = await w.now();
    const data = { driverId: driver.id, locationId: place.id, evseId: place.evse, energyWh: 4_200 };
    const overstay = { freeUntil: at + 2 * HOUR, perMinute: { currency: 'JPY', amountMinor: '5' } };
    const kind = { object: 'session', isPublic: false, audience: [w.provider.organisation.id], touches: [] };
    await w.asSystem((ctx) => ctx.emit(
      { ...kind, type: 'session.interrupted', objectId: 's', objectVersion: 2, data: { ...data, estimatedRefund: { currency: 'INR', amountMinor: 48_000 } } },
      { ...kind, type: 'session.interrupted', objectId: 's', objectVersion: 3, data: { ...data, continuesLocally: true } },
      { ...kind, type: 'session.reconnected', objectId: 's', objectVersion: 4, data },
      { ...kind, type: 'session.overstay', objectId: 's', objectVersion: 5, data: { ...data, overstay } },
      { ...kind, type: 'session.overstay', objectId: 's', objectVersion: 6, data },
      { ...kind, type: 'session.interrupted', objectId: 's', objectVersion: 7, data: { driverId: driver.id } },
      { ...kind, object: 'reservation', type: 'reservation.armed', objectId: 'r', objectVersion: 3, data: { ...data, reservedStart: at, reservedEnd: at + HOUR, noShowAt: null } },
    ));
    expect((await notices(driver.id)).map(({ text }) => text.replace(/ \(.*?\)| at Place \d+/, ''))).toEqual([
      'Session interrupted—only actual energy will be billed. You may unplug or wait for power to resume. Estimated refund: ₹480.00.',
      'Connectivity issue at site—session continues locally. The final bill will be reconciled in sync.',
      expect.stringMatching(/^The charger is connected again: 4\.2 kWh so far\.$/),
      expect.stringMatching(/^Your vehicle has stopped charging\. Please move it until \d?\d:\d\d; afterwards each minute costs JP¥5\.$/),
      'Your vehicle has stopped charging. Please move it: others are waiting.',
      'The plug is waiting for you.',
    ]);
  });

  it('NTC-7 one key is told once, and a driver hears sixty messages an hour at most', async () => {
    const driver = await reachable();
    const values = { currency: 'EUR', amount: '1.00' };
    const tell = (dedupeKey: string) => w.asSystem((ctx) => tellDriver(ctx, { driverId: driver.id, kind: 'refund', values, dedupeKey, about: 'pay' }));
    expect(await Promise.all(['a', 'a', 'a'].map(tell))).toEqual(expect.arrayContaining([1, 0, 0]));
    for (let i = 1; i < 60; i++) expect(await tell(`b${i}`)).toBe(1);
    expect(await tell('c')).toBe(0);
    await w.leapTo((await w.now()) + HOUR + MINUTE);
    expect(await tell('d')).toBe(1);
    expect(await w.asSystem((ctx) => tellDriver(ctx, { driverId: 'drv_nobody', kind: 'refund', values, dedupeKey: 'a', about: 'pay' }))).toBe(0);
  });

  it('OTP-1 OTP-2 RSV-O1 a password to start charging goes to the driver alone, stands for a while, five tries and one use', async () => {
    const place = await w.place();
    const driver = await reachable();
    const { id } = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { driver: driver.id, confirm: true })));
    const sent = must(await driver.api.post(`/v1/reservations/${id}/otp`, {}));
    expect(sent).toEqual({ object: 'otp_sent', reservation: id, expires_at: expect.any(String) });
    const left = Date.parse(sent.expires_at) - (await w.now());
    expect(left > 9 * MINUTE && left <= 10 * MINUTE).toBe(true);
    const otpOf = async () => /^\d{6}/.exec((await notices(driver.id)).findLast(({ kind }) => kind === 'session_otp').text)![0];
    const otp = await otpOf();
    const wrong = String((Number(otp) + 1) % 1_000_000).padStart(6, '0');
    const check = (reservation: string, given: string) => w.asSystem((ctx) => checkStartOtp(ctx, reservation, given));
    expect(await check(id, wrong)).toEqual({ refused: 'otp_wrong', triesLeft: 4 });
    expect(await check('res_other', otp)).toEqual({ refused: 'otp_expired' });
    expect(await check(id, otp)).toEqual({ right: true, driverId: driver.id });
    expect(await check(id, otp)).toEqual({ refused: 'otp_expired' });
    must(await w.provider.api.post(`/v1/reservations/${id}/otp`, {}));
    const second = await otpOf();
    const tries = await Promise.all(Array.from({ length: 8 }, () => check(id, wrong === second ? otp : wrong)));
    expect(tries.filter((tried) => 'refused' in tried && tried.refused === 'otp_wrong')).toHaveLength(5);
    expect(await check(id, second)).toEqual({ refused: 'otp_expired' });
    must(await w.provider.api.post(`/v1/reservations/${id}/otp`, {}));
    const third = await otpOf();
    await w.leapTo((await w.now()) + 10 * MINUTE);
    expect(await check(id, third)).toEqual({ refused: 'otp_expired' });
    const rows = await w.db.database.query(sql`SELECT to_jsonb(o) AS o FROM otps o`);
    expect(JSON.stringify([rows, await w.db.database.query(sql`SELECT data FROM events`)])).not.toContain(`"${third}"`);
  });

  it('OTP-3 RSV-O1 a driver is sent six passwords an hour, and none for what can not be begun or to nobody', async () => {
    const place = await w.place();
    const [driver, silent] = [await reachable(), await w.driver()];
    const reserve = async (from: string, to: string, more: object) => must(await w.provider.api.post('/v1/reservations', place.slot(from, to, { ...more }))).id;
    const ask = (id: string) => w.provider.api.post(`/v1/reservations/${id}/otp`, {});
    const [mine, held, theirs, nobodys] = [
      await reserve('10:00', '10:30', { driver: driver.id, confirm: true }), await reserve('11:00', '11:30', { driver: driver.id }),
      await reserve('12:00', '12:30', { driver: silent.id, confirm: true }), await reserve('13:00', '13:30', { confirm: true }),
    ];
    expect([await ask(held), await ask(theirs), await ask(nobodys)].map(outcome)).toEqual(['invalid_state', 'no_notice_sender', 'invalid_state']);
    expect(outcome(await w.otherProvider.api.post(`/v1/reservations/${mine}/otp`, {}))).toBe('not_found');
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(mine)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
    expect((await kinds(driver.id)).filter((kind) => kind.startsWith('session_otp'))).toHaveLength(6);
  });
});
