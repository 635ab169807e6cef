/** Who gets a socket, and what the others are told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namesInCertificate } from '../../src/protocols/ocpp/certificate.ts';
import { handshake, plugIn } from '../support/charger.ts';
import { addStation, until, type TestStation } from '../support/charger-bed.ts';
import { testDatabases } from '../support/databases.ts';
import { must, openWorld, outcome, type World } from '../support/world.ts';

/** Of /O=ACME/CN=STATION-3, with the DNS name sn-3.example, signed by itself. */
const CERTIFICATE = `MIIBtTCCAVygAwIBAgIUNlLx8rrfd1CwV9Vh9SKxBllazjIwCgYIKoZIzj0EAwIwIzENMAsGA1UECgwEQUNNRTESMBAGA1UEAwwJ
U1RBVElPTi0zMCAXDTI2MTEyMTEwMTYwMVoYDzIxMjYxMDI4MTAxNjAxWjAjMQ0wCwYDVQQKDARBQ01FMRIwEAYDVQQDDAlTVEFU
SU9OLTMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ5aG1WvquXfpeLBvJINVTzpE/qRbFDKU+WMtVzsHRqA0pe206Z6rnSaE/9
i6IGAFv2u19f2h6s9Uk6R8nF9/49o2wwajAdBgNVHQ4EFgQUcrI38VXQeSlim0mtM2oYOOr/Sv8wHwYDVR0jBBgwFoAUcrI38VXQ
eSlim0mtM2oYOOr/Sv8wDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxzbi0zLmV4YW1wbGUwCgYIKoZIzj0EAwIDRwAwRAIg
dYScwiteQDiTLEi3jaNA/ACe47xmaJLCCT1eKBmyFSUCIHNm3M/osAhr2mTq/qXChlzNKGdUmuhkCONpZn4IyI3F`;

describe.each(testDatabases())('who may connect as a charging station ($kind)', ({ open }) => {
  let w: World;
  let free: TestStation;
  beforeAll(async () => {
    w = await openWorld(open, { PLUGTIME_TRUST_PROXY: 'true', PLUGTIME_OCPP_CONNECTS_PER_MINUTE: '40' });
    free = await addStation(w);
  });
  afterAll(() => w.close());
  const shake = (path: string, options = {}) => handshake(w.app.url, path, options);

  it('OCPP-1 the version is negotiated; without one of ours there is no socket', async () => {
    for (const [offered, got] of [[['ocpp1.6'], 'ocpp1.6'], [['ocpp1.6', 'ocpp2.0.1'], 'ocpp2.0.1'], [['ocpp2.1', 'ocpp2.0.1'], 'ocpp2.1']] as const) {
      expect((await shake(free.path, { protocols: [...offered] })).headers['sec-websocket-protocol']).toBe(got);
    }
    for (const protocols of [[], ['ocpp1.5'], ['mqtt']]) expect((await shake(free.path, { protocols })).status).toBe(400);
  });

  it('OCPP-2 who is unknown is refused before there is a socket, and HTTP goes on as ever', async () => {
    for (const path of [
      '/ocpp/nobody/X', free.path.replace(/[^/]+$/, 'unknown'), '/ocpp/operator', '/ocpp/operator/a/b', '/ocpp/%zz/%', '/ocpp/operator/%00', `/ocpp/operator/${'x'.repeat(500)}`,
      `/ocpp/${w.provider.organisation.id}/X`, `/ocpp/${w.otherOperator.organisation.id}/${free.path.split('/').at(-1)}`,
    ]) {
      const { status, body } = await shake(path);
      expect([path, status, JSON.parse(body)]).toEqual([path, 404, expect.objectContaining({ status: 404 })]);
    }
    expect((await shake('/v1/search?limit=1', { headers: { upgrade: 'h2c' } })).status).toBe(200);
    expect((await shake('/v1/search?limit=1')).status).toBe(200);
    expect((await w.anybody.get(free.path)).status).toBe(404);
  });

  it('OCPP-2 an operator is named by id or by slug', async () => {
    expect((await shake(`/ocpp/operator/${free.path.split('/').at(-1)}`)).status).toBe(101);
  });

  it('OCPP-3 with a password, those bytes open and no others; of 1.6, also the bytes that its digits stand for', async () => {
    const station = await addStation(w, { security_profile: 1 });
    expect(station.password).toMatch(/^[0-9a-f]{40}$/);
    for (const password of [station.password!, Buffer.from(station.password!, 'hex')]) expect((await shake(station.path, { password })).status).toBe(101);
    for (const password of [undefined, '', 'wrong', `${station.password}0`, Buffer.from([0, 255, 254, 10])]) {
      const { status, headers } = await shake(station.path, { password });
      expect([status, headers['www-authenticate']]).toEqual([401, 'Basic realm="OCPP"']);
    }
    for (const authorization of ['Bearer x', 'Basic', 'Basic !!!', `Basic ${Buffer.from(`other:${station.password}`).toString('base64')}`]) {
      expect((await shake(station.path, { headers: { authorization } })).status).toBe(401);
    }
  });

  it('OCPP-3 a password that the station has already is taken, and kept slowly hashed', async () => {
    const station = await addStation(w, { security_profile: 1, password: 'factory:ümlaut 1234' });
    expect(station.password).toBeUndefined();
    expect((await shake(station.path, { password: 'factory:ümlaut 1234' })).status).toBe(101);
    expect((await shake(station.path, { password: 'factory:ümlaut 1235' })).status).toBe(401);
    const [row] = (await w.db.database.raw(`SELECT password_hash FROM station_identities WHERE station_id = '${station.id}'`)).rows;
    expect(row!.password_hash).toMatch(/^scrypt\$/);
  });

  it('OCPP-3 profile 2 wants TLS, as the proxy tells', async () => {
    const station = await addStation(w, { security_profile: 2 });
    expect((await shake(station.path, { password: station.password })).status).toBe(403);
    expect((await shake(station.path, { password: station.password, headers: { 'x-forwarded-proto': 'https' } })).status).toBe(101);
  });

  it('OCPP-3 profile 3 wants a client certificate that names this station and no other', async () => {
    const pem = `-----BEGIN CERTIFICATE-----\n${CERTIFICATE}\n-----END CERTIFICATE-----\n`;
    const der = `:${CERTIFICATE.replaceAll('\n', '')}:`;
    expect(namesInCertificate(der)).toEqual(['STATION-3', 'sn-3.example']);
    expect(namesInCertificate(encodeURIComponent(pem))).toEqual(['STATION-3', 'sn-3.example']);
    expect(['', 'x', ':!:', '%', undefined].map(namesInCertificate)).toEqual([[], [], [], [], []]);
    const secure = { 'x-forwarded-proto': 'https' };
    const [mine, others] = [await addStation(w, { security_profile: 3, identity: 'STATION-3' }), await addStation(w, { security_profile: 3, identity: 'STATION-4' })];
    expect((await shake(mine.path, { headers: { ...secure, 'client-cert': der } })).status).toBe(101);
    expect((await shake(mine.path, { headers: { 'client-cert': der } })).status).toBe(403);
    expect((await shake(mine.path, { headers: secure })).status).toBe(401);
    expect((await shake(others.path, { headers: { ...secure, 'client-cert': der } })).status).toBe(401);
  });

  it('CHS-1 an identity belongs to one station of the operator; what is changed or taken away ends the connection', async () => {
    const station = await addStation(w, { security_profile: 1 });
    const other = await addStation(w);
    const identity = station.path.split('/').at(-1);
    expect(outcome(await w.operator.api.send('PUT', `/v1/charging_stations/${other.id}/credentials`, { security_profile: 0, identity }))).toBe('already_exists');
    const theirs = await addStation(w, { security_profile: 1, identity }, { by: w.otherOperator });
    expect((await shake(theirs.path, { password: theirs.password })).status).toBe(101);
    expect((await shake(station.path, { password: theirs.password })).status).toBe(401);
    const charger = await station.plug();
    must(await w.operator.api.send('PUT', `/v1/charging_stations/${station.id}/credentials`, { security_profile: 1, identity }));
    expect(await charger.closed).toBe(4001);
    expect((await shake(station.path, { password: station.password })).status).toBe(401);
    must(await w.operator.api.delete(`/v1/charging_stations/${station.id}/credentials`));
    expect((await shake(station.path, { password: station.password })).status).toBe(404);
    expect(outcome(await w.operator.api.delete(`/v1/charging_stations/${station.id}/credentials`))).toBe('not_found');
  });

  it('OCPP-4 of a thousand connections with one identity, the newest counts; those that come too often are told so', async () => {
    const [station, neighbour] = [await addStation(w), await addStation(w)];
    const beside = await neighbour.plug();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => plugIn(w.app.url, station.path).catch(() => undefined)));
    const let_in = answers.filter((charger) => charger !== undefined);
    expect(let_in.length).toBe(40);
    expect((await shake(station.path)).status).toBe(429);
    await until(() => expect(let_in.filter((charger) => charger.isOpen())).toHaveLength(1));
    const [newest] = let_in.filter((charger) => charger.isOpen());
    expect((await newest!.call('Heartbeat', {}))[0]).toBe(3);
    expect((await beside.call('Heartbeat', {}))[0]).toBe(3);
    beside.close();
  });
});
