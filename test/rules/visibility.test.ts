/** Who sees which fields, what keys open, and networks that never see each other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, createOrganisation, inContext, issueKey, SCOPES, type Network, type Scope } from '../../src/domain/organisations/index.ts';
import { lastPosition, readEvents } from '../../src/platform/events/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { encodeWebhookBody } from '../../src/protocols/rest/encode/webhook.ts';
import { apiOf, type Api, type Json } from '../support/api.ts';
import { MINUTE, must, openWorld, outcome, type Party, type World } from '../support/world.ts';

describe('what is seen of a reservation', () => {
  let w: World;
  let driver: { id: string; api: Api };
  let vehicle: string;
  let id: string;
  beforeAll(async () => {
    w = await openWorld();
    const place = await w.place();
    driver = await w.driver();
    vehicle = must(await w.provider.api.post(`/v1/drivers/${driver.id}/vehicles`, { connector_type: ['CCS2'], license_plate: 'KA-01-SECRET' })).id;
    const more = { driver: driver.id, vehicle, metadata: { note: 'SECRET-NOTE' }, payment_method: 'SECRET-PM' };
    id = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', more))).id;
  });
  afterAll(() => w.close());

  const EXPAND = 'expand[]=driver&expand[]=vehicle&expand[]=evse&expand[]=location_id&expand[]=charging_station';
  const seen = { vehicle: expect.anything(), payment_method: 'SECRET-PM', metadata: { note: 'SECRET-NOTE' } };
  const hidden = { vehicle: null, payment_method: null, metadata: {} };

  /** Every way in which a caller reads the reservation: itself, expanded, in lists, in events. */
  async function readings(api: Api): Promise<Json[]> {
    await w.app.runtime.events.settled();
    return [
      must(await api.get(`/v1/reservations/${id}`)),
      must(await api.get(`/v1/reservations/${id}?${EXPAND}`)),
      ...must(await api.get('/v1/reservations')).data,
      ...must(await api.get(`/v1/reservations?${EXPAND}`)).data,
      ...(must(await api.get(`/v1/events?object_id=${id}`)).data as Json[]).map((event) => event.data.object),
    ];
  }

  it('ORG-5 the operator sees neither vehicle, nor payment method, nor metadata, in no reading', async () => {
    const all = await readings(w.operator.api);
    expect(all.length).toBeGreaterThanOrEqual(5);
    for (const reading of all) expect(reading).toMatchObject({ id, ...hidden });
    expect(JSON.stringify(all)).not.toMatch(/SECRET/);
    const changed = await w.operator.api.post(`/v1/reservations/${id}/extend`, { by_minutes: 15 });
    expect(must(changed)).toMatchObject(hidden);
  });

  it('ORG-5 provider and driver see them, and expanded what they stand for', async () => {
    for (const api of [w.provider.api, driver.api]) for (const reading of await readings(api)) expect(reading).toMatchObject({ id, ...seen });
    const expanded = must(await driver.api.get(`/v1/reservations/${id}?${EXPAND}`));
    expect(expanded).toMatchObject({ driver: { id: driver.id }, vehicle: { id: vehicle, license_plate: 'KA-01-SECRET' }, evse: { object: 'evse' } });
    expect(must(await w.operator.api.get(`/v1/reservations/${id}?${EXPAND}`)).driver).toBe(driver.id);
  });

  it('ORG-5 a webhook tells each party what that party may see', async () => {
    await w.app.runtime.events.settled();
    const [event] = await readEvents(w.db.database, { limit: 1 }, { objectId: id });
    const body = (party: Party) => JSON.stringify(encodeWebhookBody(event!, { organisationId: party.organisation.id }));
    expect(body(w.operator)).not.toMatch(/SECRET/);
    expect(body(w.provider)).toMatch(/SECRET-NOTE/);
  });

  it('ORG-5 the operator changes none of them either, though it may confirm', async () => {
    const { api } = w.operator;
    expect(outcome(await api.post(`/v1/reservations/${id}`, { metadata: { note: 'mine' } }))).toBe('forbidden');
    expect(outcome(await api.post(`/v1/reservations/${id}`, { vehicle: null }))).toBe('forbidden');
    expect(outcome(await api.post(`/v1/reservations/${id}/confirm`, { payment_method: 'pm_operator' }))).toBe('forbidden');
    expect(must(await w.provider.api.get(`/v1/reservations/${id}`))).toMatchObject({ ...seen, status: 'pending' });
    expect(must(await api.post(`/v1/reservations/${id}/confirm`))).toMatchObject({ status: 'confirmed', ...hidden });
  });

  it('ORG-5 an operator that books for itself is its own provider', async () => {
    const place = await w.place();
    const own = must(await w.operator.api.post('/v1/reservations', place.slot('12:00', '12:30', { metadata: { a: 'b' }, payment_method: 'pm' })));
    expect(own).toMatchObject({ metadata: { a: 'b' }, payment_method: 'pm' });
    expect(must(await w.operator.api.post(`/v1/reservations/${own.id}`, { metadata: { a: 'c' } })).metadata).toEqual({ a: 'c' });
    expect(must(await w.operator.api.post(`/v1/reservations/${own.id}/cancel`))).toMatchObject({ cancelled_by: 'driver' });
  });

  it('ORG-9 DRV-2 a driver sees and does what is theirs alone', async () => {
    const place = await w.place({ evses: 2 });
    const other = await w.driver();
    must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { driver: other.id })));
    const mine = must(await driver.api.post('/v1/reservations', place.slot('10:00', '10:30', { evse: place.evses[1] })));
    expect(mine.driver).toBe(driver.id);
    expect((must(await driver.api.get('/v1/reservations')).data as Json[]).map((r) => r.driver)).toEqual([driver.id, driver.id]);
    expect(must(await driver.api.get(`/v1/reservations?driver=${other.id}`)).data).toEqual([]);
    expect((must(await driver.api.get('/v1/drivers')).data as Json[]).map((d) => d.id)).toEqual([driver.id]);
    expect(outcome(await driver.api.post('/v1/reservations', place.slot('12:00', '12:30', { driver: other.id })))).toBe('forbidden');
    await w.app.runtime.events.settled();
    const events = must(await driver.api.get('/v1/events?limit=100')).data as Json[];
    const subjects = events.filter(({ type }) => /^(reservation|driver|vehicle)\./.test(type)).map(
      ({ data }) => data.object.driver ?? data.object.id,
    );
    expect(new Set(subjects)).toEqual(new Set([driver.id]));
  });

  it('DRV-1 DRV-4 a ref is one driver\'s, and a vehicle that was removed is gone', async () => {
    must(await w.provider.api.post('/v1/drivers', { ref: 'anna' }));
    expect(outcome(await w.provider.api.post('/v1/drivers', { ref: 'anna' }))).toBe('already_exists');
    expect(outcome(await w.otherProvider.api.post('/v1/drivers', { ref: 'anna' }))).toBe(201);
    const second = must(await w.provider.api.post('/v1/drivers', { ref: 'bea', metadata: { a: '1' } }));
    expect(outcome(await w.provider.api.patch(`/v1/drivers/${second.id}`, { ref: 'anna' }))).toBe('already_exists');
    expect(
      must(await w.provider.api.patch(`/v1/drivers/${second.id}`, { name: 'Bea' })),
    ).toMatchObject({ ref: 'bea', name: 'Bea', metadata: { a: '1' }, version: 2 });
    const car = must(await w.provider.api.post(`/v1/drivers/${second.id}/vehicles`, { connector_type: ['Type 2'], max_ac_power_w: 11_000 }));
    expect(car.connector_type).toEqual(['IEC_62196_T2']);
    must(await w.provider.api.delete(`/v1/vehicles/${car.id}`));
    expect(outcome(await w.provider.api.get(`/v1/vehicles/${car.id}`))).toBe('not_found');
    expect(must(await w.provider.api.get(`/v1/drivers/${second.id}/vehicles`)).data).toEqual([]);
    const place = await w.place();
    expect(
      outcome(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { driver: second.id, vehicle: car.id }))),
    ).toBe('not_found');
  });

  describe('keys', () => {
    const restricted = async (scopes: Scope[], of = w.provider): Promise<Json> => {
      const made = must(await of.api.post('/v1/api_keys', { name: 'restricted', scopes }));
      return { ...made, api: apiOf(w.app.url, made.secret) };
    };

    it('ORG-6 a restricted key does what its scopes say and no more', async () => {
      const { api } = await restricted(['reservations:read']);
      expect(outcome(await api.get('/v1/reservations'))).toBe(200);
      const place = await w.place();
      const refused = await api.post('/v1/reservations', place.slot('10:00', '10:30'));
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', detail: expect.stringContaining('"reservations:write"') } });
      for (const path of [
        '/v1/drivers', '/v1/events', '/v1/api_keys', '/v1/audit_log', '/v1/organisation', '/v1/sessions', '/v1/webhook_endpoints', '/v1/locations',
        `/v1/locations/${place.id}`, `/v1/evses/${place.evse}`, `/v1/evses/${place.evse}/slots`, `/v1/locations/${place.id}/policy`,
      ]) {
        expect([path, outcome(await api.get(path))]).toEqual([path, 'forbidden']);
      }
      expect(outcome(await w.provider.api.post('/v1/api_keys', { name: 'no scopes' }))).toBe('invalid_request');
      const books = await restricted(['reservations:write']);
      expect(outcome(await books.api.post('/v1/reservations', place.slot('10:00', '10:30')))).toBe(201);
      expect(
        outcome(await books.api.post('/v1/reservations', { ...place.slot('11:00', '11:30'), evse: undefined, location_id: place.id })),
      ).toBe(201);
    });

    it('ORG-3 a key gives away no scope that it lacks', async () => {
      const { api } = await restricted(['keys:write', 'events:read']);
      expect(outcome(await api.post('/v1/api_keys', { name: 'x', scopes: ['events:read'] }))).toBe(201);
      const refused = await api.post('/v1/api_keys', { name: 'x', scopes: ['events:read', 'audit:read'] });
      expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('audit:read') } });
      expect(outcome(await api.post('/v1/api_keys', { name: 'x', kind: 'secret' }))).toBe('forbidden');
      const withDrivers = await restricted(['keys:write', 'drivers:read']);
      expect(outcome(await withDrivers.api.post(`/v1/drivers/${driver.id}/keys`, { name: 'app' }))).toBe('forbidden');
      expect(SCOPES.length).toBeGreaterThan(15);
    });

    it('ORG-7 a key that is revoked opens nothing from then on', async () => {
      const { id: key, api } = await restricted(['keys:write', 'keys:read', 'reservations:read']);
      expect(outcome(await api.get('/v1/reservations'))).toBe(200);
      expect(must(await w.provider.api.post(`/v1/api_keys/${key}/revoke`)).revoked_at).not.toBeNull();
      expect(await api.get('/v1/reservations')).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(outcome(await api.get('/v1/locations'))).toBe('unauthenticated');
      expect(outcome(await apiOf(w.app.url, 'pt_sk_test_0000000000000000').get('/v1/reservations'))).toBe('unauthenticated');
      expect(outcome(await apiOf(w.app.url, 'nonsense').get('/v1/locations'))).toBe('unauthenticated');
    });

    it('ORG-8 a secret is shown once: no list, no log, no table holds it', async () => {
      const { id: key, secret } = await restricted(['events:read']);
      const listed = must(await w.provider.api.get('/v1/api_keys'));
      expect(
        (listed.data as Json[]).find((item) => item.id === key),
      ).toMatchObject({ hint: secret.slice(-4), scopes: ['events:read'], kind: 'restricted' });
      expect(JSON.stringify(listed)).not.toContain(secret);
      expect(JSON.stringify(must(await w.provider.api.get(`/v1/audit_log?object_id=${key}`)))).not.toContain(secret);
      const rows = await w.db.database.query(
        sql`SELECT k.*, a.changes FROM api_keys k LEFT JOIN audit_log a ON a.object_id = k.id WHERE k.id = ${key}`,
      );
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(secret.slice(12));
    });

    it('ORG-11 who changed what is written down, for the organisation that did it', async () => {
      const { id: key } = await restricted(['events:read']);
      must(await w.provider.api.post(`/v1/api_keys/${key}/revoke`));
      const log = must(await w.provider.api.get(`/v1/audit_log?object_id=${key}`)).data;
      expect(log).toMatchObject([
        { action: 'api_key.revoke', actor: expect.stringMatching(/^key_/) }, { action: 'api_key.create', changes: { scopes: ['events:read'] } },
      ]);
      expect(must(await w.otherProvider.api.get(`/v1/audit_log?object_id=${key}`)).data).toEqual([]);
    });
  });

  describe('networks', () => {
    let live: Network;
    let api: Api;
    beforeAll(async () => {
      live = await w.db.database.transaction((tx) => createNetwork(tx, 'Live', 'live'));
      api = await inContext(w.app.runtime, { networkId: live.id, actor: { kind: 'system' } }, async (ctx) => {
        const organisation = await createOrganisation(ctx, { slug: 'provider', name: 'Live', roles: ['operator', 'provider'] });
        const { secret } = await issueKey(ctx, organisation.id, { name: 'live', kind: 'secret' });
        expect(secret).toMatch(/^pt_sk_live_/);
        return apiOf(w.app.url, secret);
      });
    });

    it('ORG-4 a live key finds nothing of the sandbox, and the sandbox nothing of what is live', async () => {
      const place = await w.place();
      const reservation = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30'))).id;
      const { id: policyOwner } = w.operator.organisation;
      const paths = [
        `/v1/locations/${place.id}`, `/v1/evses/${place.evse}`, `/v1/evses/${place.evse}/slots`, `/v1/locations/${place.id}/policy`,
        `/v1/policy?operator_id=${policyOwner}`,
        `/v1/reservations/${reservation}`, `/v1/drivers/${driver.id}`, `/v1/vehicles/${vehicle}`,
      ];
      for (const path of paths) expect([path, outcome(await api.get(path))]).toEqual([path, 'not_found']);
      expect(outcome(await api.post('/v1/reservations', place.slot('12:00', '12:30')))).toBe('not_found');
      expect(
        outcome(await api.post('/v1/blocks', { evse: place.evse, start: '2030-01-01T00:00:00Z', end: '2030-01-01T01:00:00Z', reason: 'x' })),
      ).toBe('not_found');
      for (const path of ['/v1/locations', '/v1/reservations', '/v1/drivers', '/v1/sessions', '/v1/events', '/v1/conflicts']) expect(
        must(await api.get(path)).data,
      ).toEqual([]);
      const ours = must(await api.post('/v1/locations', {
        ref: 'L', name: 'Live', address: 'Road', city: 'Town', country: 'IND', coordinates: { latitude: 1, longitude: 1 }, time_zone: 'Asia/Kolkata',
      }));
      for (const other of [w.operator.api, w.provider.api, w.anybody]) expect(outcome(await other.get(`/v1/locations/${ours.id}`))).toBe('not_found');
      await w.app.runtime.events.settled();
      expect((must(await api.get('/v1/events')).data as Json[]).map(({ type }) => type)).toEqual(['location.created']);
      expect(await lastPosition(w.db.database)).toBeGreaterThan(10);
    });

    it('ORG-12 SES-1 a live network has no test clock and no sandbox sessions, and its time is not moved by others', async () => {
      expect(must(await api.get('/v1/test_clock'))).toMatchObject({ advanceable: false });
      expect(outcome(await api.post('/v1/test_clock/advance', { by_seconds: 60 }))).toBe('test_mode_only');
      expect(outcome(await api.post('/v1/sandbox/sessions', { evse: (await w.place()).evse }))).toBe('test_mode_only');
      await w.advance(100 * MINUTE);
      expect(Math.abs(Date.parse(must(await api.get('/v1/test_clock')).now) - Date.now())).toBeLessThan(60_000);
    });
  });
});
