/** Stations that nobody has announced. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handshake, plugIn } from '../support/charger.ts';
import { BOOT_16, BOOT_2, errorOf, until } from '../support/charger-bed.ts';
import { testDatabases } from '../support/databases.ts';
import { must, openWorld, outcome, type World } from '../support/world.ts';

describe.each(testDatabases())('stations that come unknown ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());
  const pathOf = (identity: string) => `/ocpp/${w.operator.organisation.id}/${identity}`;
  const waiting = async () => must(await w.operator.api.get('/v1/pending_stations')).data;
  const newStation = async () => must(await w.anybody.get(`/v1/evses/${(await w.place()).evse}`)).charging_station as string;

  it('OCPP-10 CHS-7 are refused; or wait, are told so, and come in when they are accepted, with the password that they had', async () => {
    expect((await handshake(w.app.url, pathOf('NEW-1'))).status).toBe(404);
    expect(must(await w.operator.api.get('/v1/station_onboarding')).unknown_stations).toBe('refuse');
    must(await w.operator.api.send('PUT', '/v1/station_onboarding', { unknown_stations: 'pending' }));
    const password = 'made in the factory';
    const charger = await plugIn(w.app.url, pathOf('NEW-1'), { password });
    expect((await charger.call('BootNotification', BOOT_16))[2]).toEqual({ currentTime: expect.any(String), interval: 60, status: 'Pending' });
    expect(errorOf(await charger.call('Heartbeat', {}))).toBe('SecurityError');
    const [pending] = await waiting();
    expect(pending).toMatchObject({ identity: 'NEW-1', has_password: true, boot: { vendor: 'ABB' }, protocol: 'ocpp1.6' });
    expect(outcome(await w.otherOperator.api.post(`/v1/pending_stations/${pending.id}/accept`, { charging_station: await newStation() }))).toBe('not_found');
    const id = await newStation();
    expect(must(await w.operator.api.post(`/v1/pending_stations/${pending.id}/accept`, { charging_station: id }))).toMatchObject({
      charging_station: id, identity: 'NEW-1', security_profile: 1, password: null,
    });
    expect(await charger.closed).toBe(4001);
    expect((await handshake(w.app.url, pathOf('NEW-1'))).status).toBe(401);
    const again = await plugIn(w.app.url, pathOf('NEW-1'), { password });
    expect((await again.call('BootNotification', BOOT_16))[2]).toMatchObject({ status: 'Accepted' });
    expect(await waiting()).toEqual([]);
    expect((await w.eventsOf(pending.id, w.operator)).map(({ type }) => type)).toEqual(['pending_station.created', 'pending_station.accepted']);
    again.close();
  });

  it('CHS-7 one that came without a password is given one where it needs one; one that is forgotten may come again', async () => {
    must(await w.operator.api.send('PUT', '/v1/station_onboarding', { unknown_stations: 'pending' }));
    const [first, second] = [await plugIn(w.app.url, pathOf('NEW-2'), { protocols: ['ocpp2.0.1'] }), await plugIn(w.app.url, pathOf('NEW-2'), { protocols: ['ocpp2.0.1'] })];
    expect(await first.closed).toBe(4001);
    expect((await second.call('BootNotification', BOOT_2))[2]).toMatchObject({ status: 'Pending' });
    const [{ id }] = await waiting();
    must(await w.operator.api.delete(`/v1/pending_stations/${id}`));
    expect(await second.closed).toBe(4001);
    const third = await plugIn(w.app.url, pathOf('NEW-2'));
    const [{ id: other }] = await waiting();
    expect(other).not.toBe(id);
    const { password } = must(await w.operator.api.post(`/v1/pending_stations/${other}/accept`, { charging_station: await newStation(), security_profile: 1 }));
    expect((await handshake(w.app.url, pathOf('NEW-2'), { password })).status).toBe(101);
    await until(() => expect(third.isOpen()).toBe(false));
  });

  it('CHS-7 only so many wait', async () => {
    must(await w.otherOperator.api.send('PUT', '/v1/station_onboarding', { unknown_stations: 'pending' }));
    const statuses: number[] = [];
    for (let i = 0; i < 202; i++) statuses.push((await handshake(w.app.url, `/ocpp/other-operator/N-${i}`)).status);
    expect([statuses.filter((status) => status === 101).length, statuses.slice(-2)]).toEqual([200, [404, 404]]);
  });
});
