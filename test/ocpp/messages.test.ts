/** What stations say, what they are answered, and what comes of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectStation, loseConnection, loseExpired, touch, renewLeases } from '../../src/domain/chargers/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { handshake } from '../support/charger.ts';
import { addStation, BOOT_16, BOOT_2, errorOf, until } from '../support/charger-bed.ts';
import { testDatabases } from '../support/databases.ts';
import { iso, MINUTE, must, openWorld, type World } from '../support/world.ts';

describe.each(testDatabases())('messages of charging stations ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open, { PLUGTIME_OCPP_FRAME_LIMIT_BYTES: '65536', PLUGTIME_OCPP_HEARTBEAT_SECONDS: '120' });
  });
  afterAll(() => w.close());
  const status16 = (connectorId: number, status: string, more = {}) => ({ connectorId, errorCode: 'NoError', status, ...more });

  it('OCPP-5 BootNotification is answered with our time and interval, and what the station is can be read', async () => {
    const station = await addStation(w);
    expect(await station.connection()).toMatchObject({ online: false, protocol: null, identity: station.path.split('/').at(-1) });
    const charger = await station.plug();
    const [type, , answer] = await charger.call('BootNotification', BOOT_16) as [number, string, { currentTime: string }];
    expect([type, answer]).toEqual([3, { currentTime: expect.any(String), interval: 120, status: 'Accepted' }]);
    expect(Math.abs(Date.parse(answer.currentTime) - (await w.now()))).toBeLessThan(5_000);
    expect(await station.connection()).toMatchObject({
      online: true, protocol: 'ocpp1.6', security_profile: 0, boot: { vendor: 'ABB', model: 'Terra 54', firmware_version: '1.2.3', serial_number: null },
    });
    charger.close();
    await until(async () => expect(await station.connection()).toMatchObject({ online: false, online_since: null, offline_since: expect.any(String) }));
    expect((await w.eventsOf(station.id, w.operator)).map(({ type: told }) => told)).toEqual(['station.online', 'station.booted', 'station.offline']);
    expect(await w.eventsOf(station.id, w.provider)).toEqual([]);
  });

  it.each(['ocpp2.0.1', 'ocpp2.1'])('OCPP-5 the same in %s', async (version) => {
    const station = await addStation(w);
    const charger = await station.plug({ protocols: [version] });
    expect((await charger.call('BootNotification', BOOT_2))[2]).toMatchObject({ status: 'Accepted' });
    expect(await station.connection()).toMatchObject({ protocol: version, boot: { vendor: 'Alfen', iccid: '89', reason: 'PowerUp' } });
    expect((await charger.call('Heartbeat', {}))[2]).toEqual({ currentTime: expect.any(String) });
    const timestamp = iso(await w.now());
    const status = (evseId: number, connectorStatus: string) => charger.call('StatusNotification', { timestamp, evseId, connectorId: 1, connectorStatus });
    expect((await status(2, 'Occupied'))[0]).toBe(3);
    expect(await Promise.all(station.evses.map(station.statusOf))).toEqual(['AVAILABLE', 'CHARGING']);
    expect((await status(9, 'Occupied'))[0]).toBe(3);
    expect((await charger.call('SecurityEventNotification', { type: 'SettingSystemTime', timestamp }))[2]).toEqual({});
    expect((await charger.call('NotifyReport', { requestId: 1, generatedAt: timestamp, seqNo: 0 }))[2]).toEqual({});
    const eventData = [{ eventId: 1, timestamp, trigger: 'Alerting', actualValue: 'x', eventNotificationType: 'HardWiredNotification',
      component: { name: 'C' }, variable: { name: 'V' } }];
    expect((await charger.call('NotifyEvent', { generatedAt: timestamp, seqNo: 0, eventData }))[2]).toEqual({});
    expect((await charger.call('LogStatusNotification', { status: 'Uploaded' }))[2]).toEqual({});
    expect(must(await w.operator.api.get(`/v1/charging_stations/${station.id}/reports`)).data.map((report: { action: string }) => report.action)).toEqual([
      'NotifyEvent', 'SecurityEventNotification',
    ]);
    charger.close();
  });

  it('OCPP-7 what a station of 1.6 says of its connectors becomes the status of EVSEs', async () => {
    const station = await addStation(w);
    const charger = await station.plug();
    const said = async (connectorId: number, status: string) => {
      expect(await charger.call('StatusNotification', status16(connectorId, status))).toMatchObject([3, expect.anything(), {}]);
      return Promise.all(station.evses.map(station.statusOf));
    };
    expect(await said(1, 'Preparing')).toEqual(['CHARGING', 'AVAILABLE']);
    expect(await said(2, 'Faulted')).toEqual(['CHARGING', 'OUTOFORDER']);
    expect(await said(1, 'Available')).toEqual(['AVAILABLE', 'OUTOFORDER']);
    expect(await said(0, 'Unavailable')).toEqual(['AVAILABLE', 'OUTOFORDER']);
    charger.close();
  });

  it('OCPP-7 a connector that we do not know is noted and answered like any other', async () => {
    const station = await addStation(w, undefined, { evses: 1 });
    const charger = await station.plug();
    for (const connector of [7, -3, 2 ** 40]) expect((await charger.call('StatusNotification', status16(connector, 'Available')))[0]).toBe(3);
    expect((await station.connection()).connectors.map((seen: Record<string, unknown>) => [seen.connector_number, seen.evse])).toEqual([[-1, null], [7, null], [1_000_000, null]]);
    charger.close();
  });

  it('CHS-4 an EVSE with two connectors is in use while one of them is', async () => {
    const station = await addStation(w, undefined, { evses: 1 });
    const two = { ref: '2', standard: 'CHADEMO', format: 'CABLE', power_type: 'DC', max_voltage: 500, max_amperage: 100 };
    must(await w.operator.api.post(`/v1/evses/${station.evses[0]}/connectors`, two));
    const charger = await station.plug();
    await charger.call('StatusNotification', status16(1, 'Charging'));
    await charger.call('StatusNotification', status16(2, 'Unavailable'));
    expect(await station.statusOf(station.evses[0]!)).toBe('CHARGING');
    await charger.call('StatusNotification', status16(1, 'Available'));
    expect(await station.statusOf(station.evses[0]!)).toBe('AVAILABLE');
    charger.close();
  });

  it('OCPP-8 a clock in 1970 is taken as it is, and its skew is noted', async () => {
    const station = await addStation(w);
    const charger = await station.plug();
    await charger.call('StatusNotification', status16(1, 'Faulted', { timestamp: '1970-01-01T00:00:09Z' }));
    expect(await station.statusOf(station.evses[0]!)).toBe('OUTOFORDER');
    const { clock_skew_ms: skew } = await station.connection();
    expect(Math.abs(skew + (await w.now()))).toBeLessThan(60_000);
    charger.close();
  });

  it('OCPP-5 progress of firmware and log, and messages of vendors', async () => {
    const station = await addStation(w);
    const charger = await station.plug();
    expect((await charger.call('FirmwareStatusNotification', { status: 'Downloading' }))[2]).toEqual({});
    expect((await charger.call('DiagnosticsStatusNotification', { status: 'Uploading' }))[2]).toEqual({});
    expect((await charger.call('DataTransfer', { vendorId: 'com.acme', data: 'x' }))[2]).toEqual({ status: 'UnknownVendorId' });
    expect((await charger.call('SecurityEventNotification', { type: 'A\0B', timestamp: '2026-01-01T00:00:00Z' }))[2]).toEqual({});
    expect(await station.connection()).toMatchObject({ firmware_status: 'Downloading', log_status: 'Uploading' });
    charger.close();
  });

  it('OCPP-6 every mistake in a payload has its code, by the version', async () => {
    const [one, two] = [await (await addStation(w)).plug(), await (await addStation(w)).plug({ protocols: ['ocpp2.0.1'] })];
    const status = status16(1, 'Available');
    const code = async (action: string, payload: unknown, charger = one) => errorOf(await charger.call(action, payload));
    expect(await code('Nonsense', {})).toBe('NotImplemented');
    expect(await code('__proto__', {})).toBe('NotImplemented');
    expect(await code('NotifyEVChargingNeeds', { evseId: 1, chargingNeeds: { requestedEnergyTransfer: 'DC' } }, two)).toBe('NotSupported');
    expect(await code('BootNotification', {})).toBe('OccurrenceConstraintViolation');
    expect(await code('StatusNotification', { ...status, connectorId: 'one' })).toBe('TypeConstraintViolation');
    expect(await code('StatusNotification', { ...status, status: 'Sleeping' })).toBe('PropertyConstraintViolation');
    expect(await code('BootNotification', { ...BOOT_16, chargePointVendor: 'x'.repeat(21) })).toBe('PropertyConstraintViolation');
    for (const payload of [[], 'x', 7, null, { more: 1 }]) {
      expect([payload, await code('Heartbeat', payload)]).toEqual([payload, 'FormationViolation']);
      expect([payload, await code('Heartbeat', payload, two)]).toEqual([payload, 'FormatViolation']);
    }
    expect(await code('StopTransaction', { transactionId: 1, meterStop: 1, timestamp: '2026-01-01T00:00:00Z' }, two)).toBe('NotImplemented');
    expect((await one.call('Heartbeat', {}))[0]).toBe(3);
  });

  it('OCPP-6 frames that can not be read are answered, and after many in a row the socket is closed', async () => {
    const [one, two] = [await (await addStation(w)).plug(), await (await addStation(w)).plug({ protocols: ['ocpp2.0.1'] })];
    for (const text of ['{', '{}', '"x"', '[]', '[2]', '["2","a","Heartbeat",{}]', '[2,7,"Heartbeat",{}]', '[2,"a",{},{}]']) {
      two.send(text);
      expect([text, errorOf(await two.next())]).toEqual([text, 'RpcFrameworkError']);
      one.send(text);
      expect([text, errorOf(await one.next())]).toEqual([text, 'FormationViolation']);
    }
    two.send('[9,"a",{}]');
    expect(errorOf(await two.next())).toBe('MessageTypeNotSupported');
    one.send('[9,"a",{}]'); // 1.6 says to ignore it
    for (const text of ['[3,"nobody",{}]', '[4,"nobody","GenericError","",{}]', '']) one.send(text); // answers to nothing are not answered
    expect(await one.call('Heartbeat', {})).toMatchObject([3, 'c1', {}]);
    for (let i = 0; i < 30; i++) two.send('{');
    expect(await two.closed).toBe(1002);
  });

  it('OCPP-6 a frame that is too large closes the socket with 1009, one that is nested without end is refused', async () => {
    const station = await addStation(w);
    const charger = await station.plug({ protocols: ['ocpp2.0.1'] });
    const nested = `[2,"deep","DataTransfer",{"vendorId":"x","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}]`;
    charger.send(nested);
    expect(errorOf(await charger.next())).toBe('FormatViolation');
    charger.send(JSON.stringify([2, 'x', 'DataTransfer', { vendorId: 'x', data: 'x'.repeat(70_000) }]));
    expect(await charger.closed).toBe(1009);
    await until(async () => expect((await station.connection()).online).toBe(false));
  });

  it('OCPP-6 a message id that is in use is refused, one that was used before is a new message', async () => {
    const charger = await (await addStation(w)).plug({ protocols: ['ocpp2.0.1'] });
    charger.send('[2,"same","Heartbeat",{}]');
    charger.send('[2,"same","Heartbeat",{}]');
    const answers = [await charger.next(), await charger.next()];
    expect(answers.map(([type]) => type).sort((a, b) => a - b)).toEqual([3, 4]);
    charger.send('[2,"same","Heartbeat",{}]');
    expect((await charger.next())[0]).toBe(3);
    charger.close();
  });

  it('OCPP-4 a newer connection takes over, also in another process, and what comes over the older one changes nothing', async () => {
    const station = await addStation(w);
    const [first, second] = [await station.plug(), await station.plug()];
    expect(await first.closed).toBe(4001);
    expect((await second.call('BootNotification', BOOT_16))[0]).toBe(3);
    const identity = { stationId: station.id, networkId: w.network.id, operatorId: w.operator.organisation.id, identity: 'x', securityProfile: 0 as const, passwordHash: null,
      createdAt: 0, updatedAt: 0 };
    const link = (await w.asSystem((ctx) => connectStation(ctx, identity, { owner: 'another process', protocol: 'ocpp1.6', remoteAddress: null })))!;
    const late = second.call('StatusNotification', status16(1, 'Faulted')).catch(() => undefined);
    expect(await second.closed).toBe(4001);
    await late;
    expect(await station.statusOf(station.evses[0]!)).toBe('AVAILABLE');
    expect(await station.connection()).toMatchObject({ online: true });
    await expect(w.asSystem((ctx) => touch(ctx, { ...link, generation: link.generation - 1 }))).rejects.toThrow('newer connection');
    await w.asSystem((ctx) => loseConnection(ctx, { ...link, generation: link.generation - 1 }));
    expect((await station.connection()).online).toBe(true);
  });

  it('CHS-1 who was let in by credentials that have changed meanwhile does not come in', async () => {
    const station = await addStation(w, { security_profile: 1 });
    const stale = { stationId: station.id, networkId: w.network.id, operatorId: w.operator.organisation.id, identity: 'x', securityProfile: 1 as const, passwordHash: 'sha256$0',
      createdAt: 0, updatedAt: 0 };
    expect(await w.asSystem((ctx) => connectStation(ctx, stale, { owner: 'x', protocol: 'ocpp1.6', remoteAddress: null }))).toBeUndefined();
  });

  it('CHS-2 what a dead process held is lost when its lease has run out, and not before', async () => {
    const station = await addStation(w);
    const identity = { stationId: station.id, networkId: w.network.id, operatorId: w.operator.organisation.id, identity: 'x', securityProfile: 0 as const, passwordHash: null,
      createdAt: 0, updatedAt: 0 };
    const link = (await w.asSystem((ctx) => connectStation(ctx, identity, { owner: 'dead', protocol: 'ocpp1.6', remoteAddress: null })))!;
    await w.asSystem(loseExpired);
    expect((await station.connection()).online).toBe(true);
    expect(await renewLeases(w.db.database, 'dead', [link])).toEqual(new Set([station.id]));
    expect(await renewLeases(w.db.database, 'somebody else', [link])).toEqual(new Set());
    await w.db.database.query(sql`UPDATE ocpp_connections SET lease_until = clock_timestamp() - interval '1 second' WHERE station_id = ${station.id}`);
    await w.asSystem(loseExpired);
    expect((await station.connection()).online).toBe(false);
    await expect(w.asSystem((ctx) => touch(ctx, link))).rejects.toThrow('newer connection');
  });

  it('CHS-12 a station that is retired, by itself or with its location, loses its socket and gets none', async () => {
    const [alone, placed] = [await addStation(w, undefined, { evses: 1 }), await addStation(w, undefined, { evses: 1 })];
    const [one, two] = [await alone.plug(), await placed.plug()];
    const locationOf = async (evse: string) => must(await w.anybody.get(`/v1/evses/${evse}`)).location_id as string;
    must(await w.operator.api.delete(`/v1/charging_stations/${alone.id}`));
    must(await w.operator.api.delete(`/v1/locations/${await locationOf(placed.evses[0]!)}`));
    expect(await Promise.all([one.closed, two.closed])).toEqual([4001, 4001]);
    for (const { id, path } of [alone, placed]) {
      expect((await handshake(w.app.url, path)).status).toBe(404);
      expect((await w.eventsOf(id, w.operator)).map(({ type }) => type)).toEqual(['station.online', 'station.offline']);
    }
  });

  it('CHS-3 EVSEs of a station that stays away show UNKNOWN, those in use go on, and what was said stands again when it is back', async () => {
    const station = await addStation(w, undefined, { evses: 3 });
    const charger = await station.plug();
    for (const [i, status] of ['Available', 'Charging', 'Faulted'].entries()) await charger.call('StatusNotification', status16(i + 1, status));
    charger.close();
    await until(async () => expect((await station.connection()).online).toBe(false));
    const statuses = () => Promise.all(station.evses.map(station.statusOf));
    await w.sweep();
    expect(await statuses()).toEqual(['AVAILABLE', 'CHARGING', 'OUTOFORDER']);
    await w.leapTo((await w.now()) + 6 * MINUTE);
    await w.sweep();
    expect(await statuses()).toEqual(['UNKNOWN', 'CHARGING', 'OUTOFORDER']);
    const back = await station.plug();
    expect(await statuses()).toEqual(['AVAILABLE', 'CHARGING', 'OUTOFORDER']);
    back.close();
  });

  it('OCPP-9 a station is answered in the order in which it speaks, and a second one is not disturbed by a flood', async () => {
    const [station, other] = [await addStation(w), await addStation(w)];
    const [charger, calm] = [await station.plug(), await other.plug()];
    const flood = Array.from({ length: 80 }, (_, i) => charger.call('StatusNotification', status16(1, i % 2 === 0 ? 'Faulted' : 'Available')));
    const start = performance.now();
    expect((await calm.call('Heartbeat', {}))[0]).toBe(3);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect((await Promise.all(flood)).every(([type]) => type === 3)).toBe(true);
    expect(await station.statusOf(station.evses[0]!)).toBe('AVAILABLE');
    await pause(0);
    charger.close();
    calm.close();
  });
});
