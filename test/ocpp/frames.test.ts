/** Frames that are written down, and played again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepableFrame } from '../../src/protocols/ocpp/frame-secrets.ts';
import type { Json } from '../support/api.ts';
import { addStation, BOOT_16, until, type TestStation } from '../support/charger-bed.ts';
import { testDatabases } from '../support/databases.ts';
import { replay, type LoggedFrame } from '../support/replay.ts';
import { DAY, iso, MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe.each(testDatabases())('frames of charging stations ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open, { PLUGTIME_OCPP_RATE_LIMIT_PER_MINUTE: '100000' });
  });
  afterAll(() => w.close());
  const path = ({ id }: TestStation, of: string) => `/v1/charging_stations/${id}/${of}`;
  const log = async (station: TestStation, body: object) => must(await w.operator.api.send('PUT', path(station, 'frame_log'), body));
  /** Oldest first. */
  const frames = async (station: TestStation): Promise<LoggedFrame[]> => {
    const all: Json[] = [];
    let next: string | null = `${path(station, 'frames')}?limit=100`;
    while (next !== null) {
      const page: Json = must(await w.operator.api.get(next));
      all.push(...page.data);
      next = page.next_page_url;
    }
    return all.reverse() as never;
  };
  const status = (connectorId: number, said: string) => ({ connectorId, errorCode: 'NoError', status: said });

  it('CHS-11 they are written down in both directions while that is wanted, for the operator alone', async () => {
    const station = await addStation(w);
    const charger = await station.plug();
    await charger.call('Heartbeat', {});
    expect(must(await w.operator.api.get(path(station, 'frame_log')))).toMatchObject({ enabled: false, until: null });
    expect(await log(station, { enabled: true })).toMatchObject({ object: 'station_frame_log', enabled: true, until: null });
    await until(async () => {
      await charger.call('BootNotification', BOOT_16);
      expect((await frames(station)).length).toBeGreaterThan(2);
    });
    const all = await frames(station);
    const seen = all.slice(all.findIndex(({ direction }) => direction === 'in')); // it may begin with the answer to a call from before
    expect(seen[0]).toMatchObject({ object: 'station_frame', direction: 'in', at: expect.any(String) });
    expect(JSON.parse(seen[0]!.frame).slice(2)).toEqual(['BootNotification', BOOT_16]);
    expect([seen[1]!.direction, JSON.parse(seen[1]!.frame)[2].status]).toEqual(['out', 'Accepted']);
    expect(outcome(await w.otherOperator.api.get(path(station, 'frames')))).toBe('forbidden');
    expect(outcome(await w.provider.api.get(path(station, 'frames')))).toBe('forbidden');
    await log(station, { enabled: false });
    await until(async () => {
      const before = (await frames(station)).length;
      await charger.call('Heartbeat', {});
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect((await frames(station)).length).toBe(before);
    });
    expect((await w.eventsOf(station.id, w.operator)).map(({ type }) => type).filter((type) => type.startsWith('station_frame_log'))).toHaveLength(2);
    charger.close();
  });

  it('CHS-11 until then and no longer, the newest 1,000, and for a week', async () => {
    const station = await addStation(w);
    await log(station, { enabled: true, until: iso((await w.now()) + 10 * MINUTE) });
    const charger = await station.plug();
    for (let i = 0; i < 600; i++) await charger.call('Heartbeat', {});
    await until(async () => expect(JSON.parse((await frames(station)).at(-1)!.frame)[1]).toBe('c600'));
    const kept = await frames(station);
    expect([kept.length, JSON.parse(kept[0]!.frame)[1]]).toEqual([1_000, 'c101']);
    await w.leapTo((await w.now()) + 20 * MINUTE);
    await charger.call('Heartbeat', {});
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await frames(station)).length).toBe(1_000);
    await w.leapTo((await w.now()) + 8 * DAY);
    await w.sweep();
    expect(await frames(station)).toEqual([]);
    charger.close();
  });

  it('CHS-11 a log that is played again to another station has the same effect', async () => {
    const [station, other] = [await addStation(w), await addStation(w)];
    await log(station, { enabled: true });
    const charger = await station.plug();
    await charger.call('BootNotification', BOOT_16);
    await charger.call('StatusNotification', status(1, 'Faulted'));
    must(await w.operator.api.post(path(station, 'commands'), { type: 'clear_cache' }));
    charger.answer((await charger.next())[1], { status: 'Accepted' });
    await charger.call('StatusNotification', status(2, 'Charging'));
    await charger.call('Nonsense', {});
    await until(async () => expect((await frames(station)).filter(({ direction }) => direction === 'in')).toHaveLength(5));
    const second = await other.plug();
    must(await w.operator.api.post(path(other, 'commands'), { type: 'clear_cache' }));
    const given = await replay(second, await frames(station));
    expect(given.map(([type, , third]) => `${type} ${typeof third === 'string' ? third : ''}`).sort((a, b) => a.localeCompare(b)))
      .toEqual(['2 ClearCache', '3 ', '3 ', '3 ', '4 NotImplemented']);
    for (const each of [station, other]) expect(await Promise.all(each.evses.map(each.statusOf))).toEqual(['OUTOFORDER', 'CHARGING']);
    await until(async () => expect(must(await w.operator.api.get(path(other, 'commands'))).data[0].status).toBe('accepted'));
    charger.close();
    second.close();
  });

  it('CHS-11 passwords are blank in what is kept', () => {
    const kept = (frame: unknown) => keepableFrame(JSON.stringify(frame));
    for (const frame of [
      [2, 'a', 'ChangeConfiguration', { key: 'AuthorizationKey', value: 'hush' }], [3, 'a', { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: 'hush' }] }],
      [2, 'a', 'SetVariables', { setVariableData: [{ attributeValue: 'hush', component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } }] }],
      [2, 'a', 'NotifyReport', { reportData: [{ component: { name: 'S' }, variable: { name: 'BasicAuthPassword' }, variableAttribute: [{ value: 'hush' }] }] }],
      [2, 'a', 'SetNetworkProfile', { connectionData: { basicAuthPassword: 'hush', apn: { apnPassword: 'hush', simPin: 1 },
        vpn: { server: 's', user: 'u', password: 'hush', key: 'hush' } } }],
      [2, 'a', 'GetDiagnostics', { location: 'ftp://me:hush@files.example/' }],
    ]) expect([frame, kept(frame)]).toEqual([frame, expect.not.stringContaining('hush')]);
    expect(kept([2, 'a', 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '60' }])).toBe('[2,"a","ChangeConfiguration",{"key":"HeartbeatInterval","value":"60"}]');
    expect(keepableFrame('[2,"a","ChangeConfiguration",{"key":"AuthorizationKey","value":"hush"')).not.toContain('hush');
    expect([keepableFrame('{\0'), keepableFrame(`"${'x'.repeat(16_000)}"`)]).toEqual(['{', '(16002 characters: too long to be kept)']);
  });
});
