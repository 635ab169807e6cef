/** Loyalty programmes and fleets, over HTTP and on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureNetwork } from '../../src/app/networks.ts';
import { createOrganisation, inContext, issueKey } from '../../src/domain/organisations/index.ts';
import { programmesOf } from '../../src/domain/programmes/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { apiOf, type Api, type Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { HOUR, MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe.each(testDatabases())('programmes ($kind)', ({ open }) => {
  let w: World;
  let phones = 0;
  let refs = 0;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const newPhone = () => `+9198765${String(++phones).padStart(5, '0')}`;
  const programme = async (kind: string, members: object[] = [], more: object = {}): Promise<string> => {
    const { id } = must(await w.operator.api.post('/v1/programmes', { kind, ref: `p${++refs}`, name: 'Green Drive', ...more }));
    if (members.length > 0) must(await w.operator.api.post(`/v1/programmes/${id}/members`, { members }));
    return id;
  };
  const claim = (driver: string, id: string, by: object, api: Api = w.provider.api) => api.post(`/v1/drivers/${driver}/memberships`, { programme: id, ...by });
  const verify = (driver: string, id: string, otp: string, api: Api = w.provider.api) => api.post(`/v1/drivers/${driver}/memberships/${id}/verify`, { otp });
  const notices = async (driver: string): Promise<Json[]> => must(await w.provider.api.get(`/v1/sandbox/notices?driver=${driver}`)).data;
  const sentOtp = async (driver: string): Promise<string> => /^\d{6}/.exec((await notices(driver))[0].text)![0];
  const another = (otp: string, by = 1) => String((Number(otp) + by) % 1_000_000).padStart(6, '0');
  const active = (driver: string) => w.asSystem((ctx) => programmesOf(ctx, driver));

  it('PGM-1 PGM-8 members are registered in bulk, each once, in E.164, and only the operator sees them', async () => {
    const id = await programme('loyalty');
    const members = [{ phone: '+91 98450 11111' }, { phone: '+91-98450-22222', member_number: 'GD-2' }, { member_number: 'GD-3' }];
    const add = (list: object[]) => w.operator.api.post(`/v1/programmes/${id}/members`, { members: list });
    expect(must(await add(members))).toEqual({ object: 'members_added', programme: id, added: 3, known: 0 });
    expect(must(await add([{ phone: '+919845011111' }, { member_number: 'GD-4' }]))).toMatchObject({ added: 1, known: 1 });
    const list = async () => (must(await w.operator.api.get(`/v1/programmes/${id}/members?limit=100`)).data as Json[])
      .map(({ phone, member_number: number }) => `${phone} ${number}`).toSorted();
    expect(await list()).toEqual(['+919845011111 null', '+919845022222 GD-2', 'null GD-3', 'null GD-4']);
    const bad = await add([{ member_number: 'GD-5' }, { phone: '98450 33333' }, {}]);
    expect([outcome(bad), bad.body.errors.map(({ pointer }: Json) => pointer)]).toEqual(['invalid_request', ['/members/1/phone', '/members/2']]);
    expect(JSON.stringify(bad.body)).not.toContain('33333');
    const names = [{ phone: '+91 98450 22222' }, { member_number: 'GD-4' }, { member_number: 'nobody' }];
    expect(must(await w.operator.api.post(`/v1/programmes/${id}/members/remove`, { members: names }))).toMatchObject({ removed: 2 });
    expect(await list()).toHaveLength(2);
    expect(outcome(await w.otherOperator.api.get(`/v1/programmes/${id}/members`))).toBe('forbidden');
    expect(must(await w.anybody.get(`/v1/programmes/${id}`))).toMatchObject({ kind: 'loyalty', unlocked_by: ['phone', 'member_number'], name: 'Green Drive' });
  });

  it('PGM-2 in a loyalty programme a driver is recognised by phone or by number, at once and once', async () => {
    const phone = newPhone();
    const id = await programme('loyalty', [{ phone }, { member_number: 'GD-7' }]);
    const [first, second, stranger] = [await w.driver(), await w.driver(), await w.driver()];
    const membership = must(await claim(first.id, id, { phone: phone.replace('+91', '+91 ') }));
    expect(membership).toMatchObject({ status: 'active', recognised_by: 'phone', driver: first.id, programme: id, version: 1, otp_expires_at: null });
    expect(must(await claim(first.id, id, { phone }))).toMatchObject({ id: membership.id, version: 1 });
    expect(must(await claim(second.id, id, { member_number: 'GD-7' }, second.api))).toMatchObject({ status: 'active', recognised_by: 'member_number' });
    for (const by of [{ phone: newPhone() }, { member_number: 'GD-8' }]) expect(outcome(await claim(stranger.id, id, by))).toBe('not_a_member');
    expect([await active(first.id), await active(second.id), await active(stranger.id)]).toEqual([[id], [id], []]);
    expect(must(await first.api.get(`/v1/drivers/${first.id}/memberships`)).data).toEqual([membership]);
    expect((await w.eventsOf(membership.id)).map(({ type, object_version: version }) => [type, version])).toEqual([['membership.activated', 1]]);
    expect(await w.eventsOf(membership.id, w.operator)).toEqual([]);
    const onlyNumbers = await programme('loyalty', [{ phone }], { unlocked_by: ['member_number'] });
    expect(outcome(await claim(first.id, onlyNumbers, { phone }))).toBe('invalid_request');
  });

  it('PGM-3 NTC-1 NTC-2 a fleet wants the password that was sent to the registered phone', async () => {
    const phone = newPhone();
    const id = await programme('fleet', [{ phone }]);
    const driver = await w.driver();
    const pending = must(await claim(driver.id, id, { phone }));
    expect(pending).toMatchObject({ status: 'pending', recognised_by: 'otp', otp_tries_left: 5 });
    expect(Date.parse(pending.otp_expires_at) - Date.parse(pending.updated)).toBe(5 * MINUTE);
    expect(await active(driver.id)).toEqual([]);
    expect(await notices(driver.id)).toMatchObject([{ channel: 'sms', recipient: phone, kind: 'membership_otp', driver: driver.id, text: expect.stringContaining('Green Drive') }]);
    expect(must(await w.otherProvider.api.get('/v1/sandbox/notices')).data).toEqual([]);
    expect(must(await verify(driver.id, pending.id, await sentOtp(driver.id)))).toMatchObject({ id: pending.id, status: 'active', version: 2 });
    expect(await active(driver.id)).toEqual([id]);
    expect((await w.eventsOf(pending.id)).map(({ type }) => type)).toEqual(['membership.requested', 'membership.activated']);
  });

  it("PGM-3 a driver's own key has to show that the phone is theirs, also for loyalty", async () => {
    const phone = newPhone();
    const id = await programme('loyalty', [{ phone }]);
    const { id: driver, api } = await w.driver();
    const { id: membership, status } = must(await claim(driver, id, { phone }, api));
    expect([status, await active(driver)]).toEqual(['pending', []]);
    expect(must(await verify(driver, membership, await sentOtp(driver), api)).status).toBe('active');
  });

  it('PGM-4 a phone that is not registered is answered the same, and sent nothing', async () => {
    const [known, unknown] = [newPhone(), newPhone()];
    const id = await programme('fleet', [{ phone: known }]);
    const [one, other] = [await w.driver(), await w.driver()];
    const plain = ({ id: _id, driver: _driver, created: _created, updated: _updated, otp_expires_at: _expires, ...rest }: Json) => rest;
    expect(plain(must(await claim(one.id, id, { phone: unknown })))).toEqual(plain(must(await claim(other.id, id, { phone: known }))));
    expect(await notices(one.id)).toEqual([]);
    const [{ id: membership }] = must(await w.provider.api.get(`/v1/drivers/${one.id}/memberships`)).data;
    expect((await verify(one.id, membership, '123456')).body).toMatchObject({ code: 'otp_wrong', otp_tries_left: 4 });
  });

  it('PGM-5 a password stands for five tries, of which wrong ones count although they are refused, and however many come at once', async () => {
    const phone = newPhone();
    const id = await programme('fleet', [{ phone }]);
    const driver = await w.driver();
    const { id: membership } = must(await claim(driver.id, id, { phone }));
    const otp = await sentOtp(driver.id);
    const once = { 'idempotency-key': `wrong ${membership}` };
    const first = await w.provider.api.post(`/v1/drivers/${driver.id}/memberships/${membership}/verify`, { otp: another(otp) }, once);
    const again = await w.provider.api.post(`/v1/drivers/${driver.id}/memberships/${membership}/verify`, { otp: another(otp) }, once);
    expect([first, again].map(({ status, body }) => [status, body.code, body.otp_tries_left])).toEqual([[422, 'otp_wrong', 4], [422, 'otp_wrong', 4]]);
    const outcomes = (await Promise.all(Array.from({ length: 12 }, (_, i) => verify(driver.id, membership, another(otp, i + 2))))).map(outcome);
    expect(outcomes.filter((code) => code === 'otp_wrong')).toHaveLength(4);
    expect(outcomes.filter((code) => code === 'otp_expired')).toHaveLength(8);
    expect(outcome(await verify(driver.id, membership, otp))).toBe('otp_expired');
    expect(must(await claim(driver.id, id, { phone }))).toMatchObject({ id: membership, version: 2, otp_tries_left: 5 });
    if (otp !== await sentOtp(driver.id)) expect(outcome(await verify(driver.id, membership, otp))).toBe('otp_wrong');
    expect(must(await verify(driver.id, membership, await sentOtp(driver.id))).status).toBe('active');
  });

  it('PGM-5 a password stands for five minutes, and is nowhere to be read but in the outbox', async () => {
    const phone = newPhone();
    const id = await programme('fleet', [{ phone }]);
    const driver = await w.driver();
    const { id: membership } = must(await claim(driver.id, id, { phone }));
    const otp = await sentOtp(driver.id);
    const [row] = await w.db.database.query<{ salt: string; hash: string }>(sql`SELECT salt, hash FROM membership_otps WHERE membership_id = ${membership}`);
    expect(Buffer.from(row!.hash, 'base64')).toHaveLength(32);
    const written = JSON.stringify(await w.db.database.query(sql`
      SELECT e.data::text AS text FROM events e UNION ALL SELECT a.changes::text FROM audit_log a UNION ALL SELECT i.body::text FROM idempotency_keys i`));
    expect(written).toContain(membership);
    for (const secret of [phone, phone.slice(3)]) expect(written).not.toContain(secret);
    await w.advance(5 * MINUTE);
    expect(outcome(await verify(driver.id, membership, otp))).toBe('otp_expired');
    await w.advance(2 * HOUR);
    await w.sweep();
    expect(await w.db.database.query(sql`SELECT 1 AS one FROM membership_otps WHERE membership_id = ${membership}`)).toEqual([]);
    expect(await w.db.database.query(sql`SELECT 1 AS one FROM membership_claims WHERE driver_id = ${driver.id}`)).toEqual([]);
  });

  it('PGM-6 a phone is claimed five times an hour, by whomever and however many at once, and a driver claims ten times', async () => {
    const phone = newPhone();
    const id = await programme('fleet', [{ phone }]);
    const drivers = await Promise.all(Array.from({ length: 8 }, () => w.driver()));
    const outcomes = (await Promise.all(drivers.map((driver) => claim(driver.id, id, { phone })))).map(outcome);
    expect([outcomes.filter((code) => code === 201).length, outcomes.filter((code) => code === 'rate_limited').length]).toEqual([5, 3]);
    const refused = await claim(drivers[0]!.id, id, { phone });
    expect(refused.body).toMatchObject({ code: 'rate_limited', retry_after: expect.any(Number) });
    const eager = await w.driver();
    const loyalty = await programme('loyalty', [{ member_number: 'X' }]);
    const guesses = await Promise.all(Array.from({ length: 12 }, (_, i) => claim(eager.id, loyalty, { member_number: `guess ${i}` })));
    expect(guesses.map(outcome).filter((code) => code === 'not_a_member')).toHaveLength(10);
    await w.advance(HOUR + MINUTE);
    expect(must(await claim(drivers[0]!.id, id, { phone })).status).toBe('pending');
  });

  it('PGM-7 who is registered no more is a member no more, nor is anybody once the programme has gone, or when they leave', async () => {
    const [one, two] = [newPhone(), newPhone()];
    const id = await programme('loyalty', [{ phone: one }, { phone: two }, { member_number: 'N' }]);
    const [first, second, third] = [await w.driver(), await w.driver(), await w.driver()];
    const { id: membership } = must(await claim(first.id, id, { phone: one }));
    must(await claim(second.id, id, { phone: two }));
    const { id: left } = must(await claim(third.id, id, { member_number: 'N' }));
    must(await w.operator.api.post(`/v1/programmes/${id}/members/remove`, { members: [{ phone: one }] }));
    must(await third.api.delete(`/v1/drivers/${third.id}/memberships/${left}`));
    expect([await active(first.id), await active(second.id), await active(third.id)]).toEqual([[], [id], []]);
    expect((await w.eventsOf(membership)).map(({ type }) => type)).toEqual(['membership.activated', 'membership.ended']);
    expect(outcome(await third.api.delete(`/v1/drivers/${third.id}/memberships/${left}`))).toBe('not_found');
    must(await w.operator.api.delete(`/v1/programmes/${id}`));
    expect(await active(second.id)).toEqual([]);
    expect(outcome(await claim(third.id, id, { member_number: 'N' }))).toBe('not_found');
  });

  it('PGM-7 who is removed while they claim is no member afterwards', async () => {
    const members = Array.from({ length: 8 }, (_, i) => ({ member_number: `race ${i}` }));
    const id = await programme('loyalty', members);
    const drivers = await Promise.all(members.map(() => w.driver()));
    const remove = (member: object) => w.operator.api.post(`/v1/programmes/${id}/members/remove`, { members: [member] });
    const answers = await Promise.all(drivers.flatMap((driver, i) => [claim(driver.id, id, members[i]!), remove(members[i]!)]));
    expect(answers.map(outcome).every((code) => [200, 201, 'not_a_member'].includes(code))).toBe(true);
    for (const driver of drivers) expect(await active(driver.id)).toEqual([]);
  });

  it('PGM-9 a contract of a vehicle wants that vehicle', async () => {
    const phone = newPhone();
    const id = await programme('fleet', [{ phone, license_plate: 'KA 01 AB 1234' }]);
    const driver = await w.driver();
    must(await claim(driver.id, id, { phone }));
    expect(await notices(driver.id)).toEqual([]);
    must(await w.provider.api.post(`/v1/drivers/${driver.id}/vehicles`, { connector_type: ['CCS2'], license_plate: 'ka-01-ab-1234' }));
    const { id: membership } = must(await claim(driver.id, id, { phone }));
    expect(must(await verify(driver.id, membership, await sentOtp(driver.id))).status).toBe('active');
  });

  it('NTC-3 a live network has nobody who sends a password, and says so', async () => {
    const live = await ensureNetwork(w.db.database, 'live');
    const secret = await inContext(w.app.runtime, { networkId: live.id, actor: { kind: 'system' } }, async (ctx) => {
      const { id } = await createOrganisation(ctx, { slug: `live-${live.id}`, name: 'Live', roles: ['operator', 'provider'] });
      return (await issueKey(ctx, id, { name: 'test', kind: 'secret' })).secret;
    });
    const api = apiOf(w.app.url, secret);
    const { id: driver } = must(await api.post('/v1/drivers', {}));
    const { id } = must(await api.post('/v1/programmes', { kind: 'fleet', ref: 'f', name: 'Fleet' }));
    expect(outcome(await claim(driver, id, { phone: newPhone() }, api))).toBe('no_notice_sender');
    expect(must(await api.get(`/v1/drivers/${driver}/memberships`)).data).toEqual([]);
    expect(outcome(await api.get('/v1/sandbox/notices'))).toBe('test_mode_only');
  });
});
