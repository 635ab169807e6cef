/** Commands to stations: written down, sent once, in order, never when stale. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeCommand } from '../../src/domain/chargers/index.ts';
import type { Charger } from '../support/charger.ts';
import { addStation, BOOT_16, BOOT_2, until, type TestStation } from '../support/charger-bed.ts';
import { testDatabases } from '../support/databases.ts';
import { MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe.each(testDatabases())('commands to charging stations ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());
  const tell = async ({ id }: TestStation, body: object) => must(await w.operator.api.post(`/v1/charging_stations/${id}/commands`, body)).id as string;
  const read = async (id: string) => must(await w.operator.api.get(`/v1/station_commands/${id}`));
  const booted = async (station: TestStation, protocol = 'ocpp1.6'): Promise<Charger> => {
    const charger = await station.plug({ protocols: [protocol] });
    expect((await charger.call('BootNotification', protocol === 'ocpp1.6' ? BOOT_16 : BOOT_2))[0]).toBe(3);
    return charger;
  };

  it('CHS-5 CHS-6 what waits is sent when the station is there, in order, one at a time, and how it ended is told', async () => {
    const station = await addStation(w);
    const ids = [await tell(station, { type: 'reset', kind: 'hard' }), await tell(station, { type: 'trigger_message', message: 'heartbeat' })];
    expect((await read(ids[0]!)).status).toBe('queued');
    const charger = await booted(station);
    const [, first, action, payload] = await charger.next();
    expect([action, payload]).toEqual(['Reset', { type: 'Hard' }]);
    expect([(await read(ids[0]!)).status, (await read(ids[1]!)).status]).toEqual(['sent', 'queued']);
    charger.answer(first, { status: 'Accepted' });
    const [, second, next] = await charger.next();
    expect(next).toBe('TriggerMessage');
    charger.answer(second, { status: 'Rejected' });
    await until(async () => expect([(await read(ids[0]!)).status, (await read(ids[1]!)).status]).toEqual(['accepted', 'rejected']));
    const third = await tell(station, { type: 'get_configuration', keys: ['HeartbeatInterval'] });
    charger.answer((await charger.next())[1], { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }] });
    await until(async () => expect(await read(third)).toMatchObject({ status: 'accepted', result: { configurationKey: [{ value: '300' }] } }));
    expect((await w.eventsOf(ids[1]!, w.operator)).map(({ type, data }) => [type, data.object.status])).toEqual([
      ['station_command.queued', 'queued'], ['station_command.completed', 'rejected'],
    ]);
    charger.close();
  });

  it.each([
    ['ocpp1.6', { type: 'reset' }, 'Reset', { type: 'Soft' }], ['ocpp2.0.1', { type: 'reset' }, 'Reset', { type: 'OnIdle' }],
    ['ocpp2.1', { type: 'reset', kind: 'hard' }, 'Reset', { type: 'Immediate' }],
    ['ocpp1.6', { type: 'trigger_message', message: 'log_status' }, 'TriggerMessage', { requestedMessage: 'DiagnosticsStatusNotification' }],
    ['ocpp2.0.1', { type: 'trigger_message', message: 'status_notification', evse: 1 }, 'TriggerMessage',
      { requestedMessage: 'StatusNotification', evse: { id: 2, connectorId: 1 } }],
    ['ocpp1.6', { type: 'change_availability', operative: false }, 'ChangeAvailability', { connectorId: 0, type: 'Inoperative' }],
    ['ocpp1.6', { type: 'change_availability', operative: true, evse: 1 }, 'ChangeAvailability', { connectorId: 2, type: 'Operative' }],
    ['ocpp2.0.1', { type: 'change_availability', operative: true, evse: 0 }, 'ChangeAvailability', { operationalStatus: 'Operative', evse: { id: 1 } }],
    ['ocpp1.6', { type: 'unlock_connector', connector: 1 }, 'UnlockConnector', { connectorId: 2 }],
    ['ocpp2.0.1', { type: 'unlock_connector', connector: 1 }, 'UnlockConnector', { evseId: 2, connectorId: 1 }],
    ['ocpp1.6', { type: 'get_configuration' }, 'GetConfiguration', {}],
    ['ocpp2.0.1', { type: 'get_configuration', keys: ['OCPPCommCtrlr.HeartbeatInterval'] }, 'GetVariables',
      { getVariableData: [{ component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }] }],
    ['ocpp1.6', { type: 'set_configuration', key: 'HeartbeatInterval', value: '60' }, 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '60' }],
    ['ocpp2.1', { type: 'set_configuration', key: 'AuthCtrlr.Enabled', value: 'true' }, 'SetVariables',
      { setVariableData: [{ attributeValue: 'true', component: { name: 'AuthCtrlr' }, variable: { name: 'Enabled' } }] }],
  ])('CHS-5 in the words of %s: %j', async (version, { evse, connector, ...body }: Record<string, unknown>, action, payload) => {
    const station = await addStation(w);
    const charger = await booted(station, version);
    const connectorOf = async (evseId: string) => must(await w.anybody.get(`/v1/evses/${evseId}`)).connectors[0].id as string;
    await tell(station, {
      ...body, ...(evse === undefined ? {} : { evse: station.evses[evse as number] }),
      ...(connector === undefined ? {} : { connector: await connectorOf(station.evses[connector as number]!) }),
    });
    expect((await charger.next()).slice(2)).toEqual([action, payload]);
    charger.close();
  });

  it('CHS-5 what has become stale is not sent', async () => {
    const station = await addStation(w);
    const stale = await tell(station, { type: 'reset', expires_in_seconds: 60 });
    const fresh = await tell(station, { type: 'trigger_message', message: 'heartbeat', expires_in_seconds: 3600 });
    await w.leapTo((await w.now()) + 2 * MINUTE);
    const charger = await booted(station);
    expect((await charger.next())[2]).toBe('TriggerMessage');
    expect((await read(stale)).status).toBe('expired');
    expect((await read(fresh)).status).toBe('sent');
    const never = await addStation(w);
    const alone = await tell(never, { type: 'reset', expires_in_seconds: 1 });
    await w.leapTo((await w.now()) + MINUTE);
    await w.sweep();
    expect((await read(alone)).status).toBe('expired');
    charger.close();
  });

  it('CHS-6 what was sent over a connection that was lost has failed and is not sent again, nor over an older connection', async () => {
    const station = await addStation(w);
    const first = await booted(station);
    const id = await tell(station, { type: 'reset' });
    expect((await first.next())[2]).toBe('Reset');
    const second = await booted(station);
    const next = await tell(station, { type: 'trigger_message', message: 'heartbeat' });
    expect((await second.next())[2]).toBe('TriggerMessage');
    expect(await read(id)).toMatchObject({ status: 'failed', failure: 'no_answer' });
    expect(await w.asSystem((ctx) => takeCommand(ctx, { stationId: station.id, networkId: w.network.id, generation: 1 }))).toBeUndefined();
    expect((await read(next)).status).toBe('sent');
    second.close();
  });

  it('CHS-6 errors of the station, answers that are none, and what a version has not', async () => {
    const station = await addStation(w);
    const charger = await booted(station, 'ocpp2.0.1');
    const failure = async (body: object, answer?: (id: string) => string) => {
      const id = await tell(station, body);
      if (answer) charger.send(answer((await charger.next())[1]));
      await until(async () => expect((await read(id)).status).toBe('failed'));
      return (await read(id)).failure;
    };
    expect(await failure({ type: 'reset' }, (id) => `[4,"${id}","NotImplemented","",{}]`)).toBe('NotImplemented');
    expect(await failure({ type: 'reset' }, (id) => `[3,"${id}",{"status":"Perhaps"}]`)).toMatch(/Violation/);
    expect(await failure({ type: 'get_configuration' })).toBe('not_supported');
    charger.close();
  });

  it('CHS-5 a command must be one, for this station; a password that it sets is not shown', async () => {
    const [station, other] = [await addStation(w), await addStation(w)];
    const post = (body: object, id = station.id) => w.operator.api.post(`/v1/charging_stations/${id}/commands`, body);
    for (const body of [
      { type: 'reset', message: 'heartbeat' }, { type: 'trigger_message' }, { type: 'set_configuration', key: 'x' },
      { type: 'change_availability', operative: true, evse: other.evses[0] },
    ]) expect(outcome(await post(body))).toBe('invalid_request');
    const place = await w.place();
    const { charging_station: unprovisioned } = must(await w.anybody.get(`/v1/evses/${place.evse}`));
    expect(outcome(await post({ type: 'reset' }, unprovisioned))).toBe('invalid_state');
    const id = await tell(station, { type: 'set_configuration', key: 'AuthorizationKey', value: 'a secret' });
    expect((await read(id)).value).toBe('');
    const charger = await booted(station);
    const [, frame, , payload] = await charger.next();
    expect(payload).toEqual({ key: 'AuthorizationKey', value: 'a secret' });
    charger.answer(frame, { status: 'Accepted' });
    await until(async () => expect((await read(id)).status).toBe('accepted'));
    expect((await w.db.database.raw(`SELECT parameters::text AS text FROM station_commands WHERE id = '${id}'`)).rows[0]!.text).not.toContain('a secret');
    expect(JSON.stringify(await w.eventsOf(id, w.operator))).not.toContain('a secret');
    charger.close();
  });
});
