/** What operators do with their stations: lists, firmware, logs, limits, displays, reports, certificates. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/api.ts';
import type { Charger } from '../support/charger.ts';
import { addStation, BOOT_16, BOOT_2, until, type TestStation } from '../support/charger-bed.ts';
import { testDatabases } from '../support/databases.ts';
import { must, openWorld, outcome, type World } from '../support/world.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const CSR = '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n';
const AT = '2027-01-01T00:00:00.000Z';
const [URL_OF_FIRMWARE, URL_OF_LOGS] = ['https://files.example/fw.bin', 'ftp://files.example/logs'];
const PROFILE = { id: 7, purpose: 'station_max', stack_level: 2, unit: 'A', start: AT, duration_seconds: 3600,
  periods: [{ start_seconds: 0, limit: 16.1 }, { start_seconds: 60, limit: 32, phases: 1 }] };
const PERIODS = [{ startPeriod: 0, limit: 16.1 }, { startPeriod: 60, limit: 32, numberPhases: 1 }];
const SCHEDULE = { startSchedule: AT, duration: 3600, chargingRateUnit: 'A', chargingSchedulePeriod: PERIODS };
const HASH = { algorithm: 'SHA256', issuer_name: 'aa', issuer_key: 'bb', serial_number: '01' };
const HASH_DATA = { certificateHashData: { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '01' } };
const NUMBER = expect.any(Number) as number;

describe.each(testDatabases())('commands of operators ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());
  const post = ({ id }: TestStation, body: object) => w.operator.api.post(`/v1/charging_stations/${id}/commands`, body);
  const tell = async (station: TestStation, body: object) => must(await post(station, body)).id as string;
  const read = async (id: string) => must(await w.operator.api.get(`/v1/station_commands/${id}`));
  const booted = async (station: TestStation, protocol = 'ocpp1.6'): Promise<Charger> => {
    const charger = await station.plug({ protocols: [protocol] });
    expect((await charger.call('BootNotification', protocol === 'ocpp1.6' ? BOOT_16 : BOOT_2))[0]).toBe(3);
    return charger;
  };
  /** Gives a command, checks the call, answers it, and gives the command as it ended. */
  const done = async (station: TestStation, charger: Charger, body: object, answer: object): Promise<Json> => {
    const id = await tell(station, body);
    charger.answer((await charger.next())[1], answer);
    await until(async () => expect((await read(id)).finished).not.toBeNull());
    return read(id);
  };

  it.each([
    ['ocpp1.6', { type: 'clear_cache' }, 'ClearCache', {}],
    ['ocpp2.1', { type: 'clear_cache' }, 'ClearCache', {}],
    ['ocpp1.6', { type: 'extended_trigger_message', message: 'log_status' }, 'ExtendedTriggerMessage', { requestedMessage: 'LogStatusNotification' }],
    ['ocpp1.6', { type: 'trigger_message', message: 'sign_certificate' }, 'ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' }],
    ['ocpp2.0.1', { type: 'trigger_message', message: 'sign_certificate' }, 'TriggerMessage', { requestedMessage: 'SignChargingStationCertificate' }],
    ['ocpp1.6', { type: 'update_firmware', firmware: { url: URL_OF_FIRMWARE, retrieve: AT, retries: 3, retry_interval_seconds: 60 } }, 'UpdateFirmware',
      { location: URL_OF_FIRMWARE, retrieveDate: AT, retries: 3, retryInterval: 60 }],
    ['ocpp1.6', { type: 'update_firmware', firmware: { url: URL_OF_FIRMWARE, retrieve: AT, install: AT, signing_certificate: PEM, signature: 'QQ==' } }, 'SignedUpdateFirmware',
      { requestId: NUMBER, firmware: { location: URL_OF_FIRMWARE, retrieveDateTime: AT, installDateTime: AT, signingCertificate: PEM, signature: 'QQ==' } }],
    ['ocpp2.0.1', { type: 'update_firmware', firmware: { url: URL_OF_FIRMWARE } }, 'UpdateFirmware',
      { requestId: NUMBER, firmware: { location: URL_OF_FIRMWARE, retrieveDateTime: expect.any(String) } }],
    ['ocpp1.6', { type: 'get_log', log: { kind: 'diagnostics', url: URL_OF_LOGS, start: AT } }, 'GetDiagnostics', { location: URL_OF_LOGS, startTime: AT }],
    ['ocpp1.6', { type: 'get_log', log: { kind: 'security', url: URL_OF_LOGS } }, 'GetLog', { requestId: NUMBER, logType: 'SecurityLog', log: { remoteLocation: URL_OF_LOGS } }],
    ['ocpp2.1', { type: 'get_log', log: { kind: 'diagnostics', url: URL_OF_LOGS, end: AT } }, 'GetLog',
      { requestId: NUMBER, logType: 'DiagnosticsLog', log: { remoteLocation: URL_OF_LOGS, latestTimestamp: AT } }],
    ['ocpp1.6', { type: 'set_charging_profile', profile: PROFILE }, 'SetChargingProfile', {
      connectorId: 0,
      csChargingProfiles: { chargingProfileId: 7, chargingProfilePurpose: 'ChargePointMaxProfile', stackLevel: 2, chargingProfileKind: 'Absolute', chargingSchedule: SCHEDULE },
    }],
    ['ocpp2.0.1', { type: 'set_charging_profile', profile: { ...PROFILE, purpose: 'tx_default', kind: 'daily', unit: 'W' }, evse: 1 }, 'SetChargingProfile', {
      evseId: 2, chargingProfile: {
        id: 7, chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 2, chargingProfileKind: 'Recurring', recurrencyKind: 'Daily',
        chargingSchedule: [{ id: 7, ...SCHEDULE, chargingRateUnit: 'W' }],
      },
    }],
    ['ocpp1.6', { type: 'clear_charging_profile', profile_filter: { purpose: 'tx_default', stack_level: 0 }, evse: 1 }, 'ClearChargingProfile',
      { connectorId: 2, chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 }],
    ['ocpp2.1', { type: 'clear_charging_profile', profile_filter: { id: 7 } }, 'ClearChargingProfile', { chargingProfileId: 7 }],
    ['ocpp1.6', { type: 'get_composite_schedule', schedule: { duration_seconds: 600, unit: 'W' } }, 'GetCompositeSchedule',
      { connectorId: 0, duration: 600, chargingRateUnit: 'W' }],
    ['ocpp2.0.1', { type: 'get_composite_schedule', schedule: { duration_seconds: 600 }, evse: 0 }, 'GetCompositeSchedule', { evseId: 1, duration: 600 }],
    ['ocpp2.1', { type: 'get_charging_profiles', profile_filter: { purpose: 'station_max' } }, 'GetChargingProfiles',
      { requestId: NUMBER, chargingProfile: { chargingProfilePurpose: 'ChargingStationMaxProfile' } }],
    ['ocpp2.0.1', { type: 'set_display_message', display_message: { id: 1, priority: 'always_front', content: 'Closed at ten', state: 'idle', end: AT } }, 'SetDisplayMessage',
      { message: { id: 1, priority: 'AlwaysFront', state: 'Idle', endDateTime: AT, message: { format: 'UTF8', content: 'Closed at ten' } } }],
    ['ocpp2.1', { type: 'clear_display_message', display_message_id: 1 }, 'ClearDisplayMessage', { id: 1 }],
    ['ocpp2.0.1', { type: 'get_display_messages', display_filter: { ids: [1, 2] } }, 'GetDisplayMessages', { requestId: NUMBER, id: [1, 2] }],
    ['ocpp2.0.1', { type: 'get_report', report: { base: 'full' } }, 'GetBaseReport', { requestId: NUMBER, reportBase: 'FullInventory' }],
    ['ocpp2.1', { type: 'get_report', report: { keys: ['EVSE', 'AuthCtrlr.Enabled'], criteria: ['problem'] } }, 'GetReport', {
      requestId: NUMBER, componentCriteria: ['Problem'], componentVariable: [{ component: { name: 'EVSE' } }, { component: { name: 'AuthCtrlr' }, variable: { name: 'Enabled' } }],
    }],
    ['ocpp2.0.1', { type: 'set_variables', variables: [{ key: 'A.B', value: '1' }, { key: 'C.D', value: '2', attribute: 'target' }] }, 'SetVariables', {
      setVariableData: [
        { attributeValue: '1', component: { name: 'A' }, variable: { name: 'B' } },
        { attributeType: 'Target', attributeValue: '2', component: { name: 'C' }, variable: { name: 'D' } },
      ],
    }],
    ['ocpp2.0.1', { type: 'set_network_profile',
      network_profile: { slot: 1, url: 'wss://csms.example/ocpp', security_profile: 2, interface: 'Wired0', message_timeout_seconds: 30 } },
      'SetNetworkProfile', {
        configurationSlot: 1,
        connectionData: {
          ocppVersion: 'OCPP20', ocppTransport: 'JSON', ocppCsmsUrl: 'wss://csms.example/ocpp', messageTimeout: 30, securityProfile: 2, ocppInterface: 'Wired0',
        },
      }],
    ['ocpp1.6', { type: 'install_certificate', root_certificate: { use: 'csms_root', pem: PEM } }, 'InstallCertificate',
      { certificateType: 'CentralSystemRootCertificate', certificate: PEM }],
    ['ocpp2.0.1', { type: 'install_certificate', root_certificate: { use: 'v2g_root', pem: PEM } }, 'InstallCertificate',
      { certificateType: 'V2GRootCertificate', certificate: PEM }],
    ['ocpp1.6', { type: 'get_installed_certificates', certificate_uses: ['manufacturer_root'] }, 'GetInstalledCertificateIds', { certificateType: 'ManufacturerRootCertificate' }],
    ['ocpp2.1', { type: 'get_installed_certificates' }, 'GetInstalledCertificateIds', {}],
    ['ocpp1.6', { type: 'delete_certificate', certificate_hash: HASH }, 'DeleteCertificate', HASH_DATA],
    ['ocpp2.0.1', { type: 'delete_certificate', certificate_hash: HASH }, 'DeleteCertificate', HASH_DATA],
    ['ocpp1.6', { type: 'data_transfer', vendor_message: { vendor: 'com.acme', message: 'blink', data: '3' } }, 'DataTransfer',
      { vendorId: 'com.acme', messageId: 'blink', data: '3' }],
    ['ocpp2.0.1', { type: 'get_transaction_status', ocpp_transaction_id: 'T1' }, 'GetTransactionStatus', { transactionId: 'T1' }],
    ['ocpp2.1', { type: 'customer_information', customer: { report: true, clear: false, token: 'AB12' } }, 'CustomerInformation',
      { requestId: NUMBER, report: true, clear: false, idToken: { idToken: 'AB12', type: 'ISO14443' } }],
  ])('CHS-5 in the words of %s: %j', async (version, { evse, ...body }: Record<string, unknown>, action, payload) => {
    const station = await addStation(w);
    const charger = await booted(station, version);
    await tell(station, { ...body, ...(evse === undefined ? {} : { evse: station.evses[evse as number] }) });
    expect((await charger.next()).slice(2)).toEqual([action, payload]);
    charger.close();
  });

  it('CHS-5 what a version has no words for has failed as not_supported, and the next command is sent', async () => {
    const [old, young] = [await addStation(w), await addStation(w)];
    const [one, two] = [await booted(old), await booted(young, 'ocpp2.0.1')];
    const list = { update: 'full', tokens: [{ token: 'x'.repeat(21), status: 'accepted' }] };
    for (const [station, body] of [
      [old, { type: 'get_report', report: { base: 'full' } }], [old, { type: 'set_variables', variables: [{ key: 'A.B', value: '1' }] }],
      [old, { type: 'get_installed_certificates' }], [old, { type: 'send_local_list', local_list: list }],
      [old, { type: 'install_certificate', root_certificate: { use: 'mo_root', pem: PEM } }],
      [old, { type: 'install_certificate', root_certificate: { use: 'csms_root', pem: PEM + 'x'.repeat(6_000) } }],
      [young, { type: 'set_variables', variables: [{ key: 'NoVariable', value: '1' }] }],
      [young, { type: 'set_display_message', display_message: { id: 1, priority: 'in_front', content: 'x'.repeat(513) } }],
    ] as const) {
      const id = await tell(station, body);
      await until(async () => expect([body, await read(id)]).toMatchObject([body, { status: 'failed', failure: 'not_supported' }]));
    }
    for (const [station, charger] of [[old, one], [young, two]] as const) {
      expect((await done(station, charger, { type: 'clear_cache' }, { status: 'Accepted' })).status).toBe('accepted');
      charger.close();
    }
  });

  it('CHS-5 what makes no sense is refused, with where', async () => {
    const station = await addStation(w);
    const pointers = async (body: object) => ((await post(station, body)).body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
    const display = { id: 1, priority: 'in_front', content: 'x' };
    for (const [body, pointer] of [
      [{ type: 'clear_cache', report: { base: 'full' } }, '/report'], [{ type: 'send_local_list' }, '/local_list'], [{ type: 'get_report', report: {} }, '/report'],
      [{ type: 'get_report', report: { base: 'full', keys: ['A.B'] } }, '/report/base'],
      [{ type: 'send_local_list', local_list: { update: 'full', tokens: [{ token: 'A' }] } }, '/local_list/tokens/0/status'],
      [{ type: 'send_local_list', local_list: { update: 'differential', tokens: [{ token: 'A' }, { token: 'a' }] } }, '/local_list/tokens/1/token'],
      [{ type: 'set_charging_profile', profile: { ...PROFILE, periods: [{ start_seconds: 5, limit: 1 }] } }, '/profile/periods'],
      [{ type: 'set_charging_profile', profile: { ...PROFILE, kind: 'relative' } }, '/profile/kind'],
      [{ type: 'set_charging_profile', profile: { ...PROFILE, start: undefined, kind: 'daily' } }, '/profile/start'],
      [{ type: 'set_charging_profile', profile: { ...PROFILE, valid_from: AT, valid_to: AT } }, '/profile/valid_to'],
      [{ type: 'set_charging_profile', profile: { ...PROFILE, start: 'noon' } }, '/profile/start'],
      [{ type: 'get_log', log: { kind: 'security', url: 'file:///etc/passwd' } }, '/log/url'],
      [{ type: 'get_log', log: { kind: 'security', url: URL_OF_LOGS, start: AT, end: AT } }, '/log/end'],
      [{ type: 'update_firmware', firmware: { url: URL_OF_FIRMWARE, signature: 'QQ==' } }, '/firmware/signature'],
      [{ type: 'set_display_message', display_message: { ...display, start: AT, end: AT } }, '/display_message/end'],
      [{ type: 'customer_information', customer: { report: false, clear: false } }, '/customer'],
      [{ type: 'certificate_signed', signed_certificate: { chain: PEM, request: `csr_${'0'.repeat(26)}` } }, '/signed_certificate/request'],
    ] as const) expect([body, await pointers(body)]).toEqual([body, [pointer]]);
  });

  it.each(['ocpp1.6', 'ocpp2.0.1'])('CHS-8 the list of whom %s lets charge has versions of ours, and what it holds can be read', async (version) => {
    const station = await addStation(w);
    const charger = await booted(station, version);
    const versionOf = ([, , , payload]: unknown[]) => { const p = payload as Json; return [p.listVersion ?? p.versionNumber, p.updateType]; };
    const send = async (update: string, tokens: object[], answer: object) => {
      const id = await tell(station, { type: 'send_local_list', local_list: { update, tokens } });
      const frame = await charger.next();
      charger.answer(frame[1], answer);
      await until(async () => expect((await read(id)).finished).not.toBeNull());
      return [...versionOf(frame), (await read(id)).status];
    };
    const list = async () => must(await w.operator.api.get(`/v1/charging_stations/${station.id}/local_list`));
    const accepted = { status: 'Accepted' };
    expect(await list()).toMatchObject({ list_version: 0, is_known: true, tokens: [], updated: null });
    const [a, b] = [{ token: 'A', status: 'accepted', expires: AT, group: 'G' }, { token: 'B', status: 'blocked' }];
    expect(await send('full', [a, b], accepted)).toEqual([1, 'Full', 'accepted']);
    expect(await send('differential', [{ token: 'a' }, { token: 'C', status: 'accepted' }], accepted)).toEqual([2, 'Differential', 'accepted']);
    expect(await list()).toMatchObject({ list_version: 2, is_known: true, tokens: [b, { token: 'C', status: 'accepted' }] });
    expect(await send('differential', [{ token: 'B' }], { status: 'Failed' })).toEqual([3, 'Differential', 'rejected']);
    expect(await list()).toMatchObject({ list_version: 2, is_known: true });
    expect(await send('differential', [{ token: 'B' }], { status: 'VersionMismatch' })).toEqual([4, 'Differential', 'rejected']);
    expect(await list()).toMatchObject({ list_version: 2, is_known: false });
    const id = await tell(station, { type: 'send_local_list', local_list: { update: 'differential', tokens: [{ token: 'B' }] } });
    await until(async () => expect(await read(id)).toMatchObject({ status: 'failed', failure: 'list_not_known' }));
    const asked = version === 'ocpp1.6' ? { listVersion: 2 } : { versionNumber: 2 };
    expect(await done(station, charger, { type: 'get_local_list_version' }, asked)).toMatchObject({ status: 'accepted', result: asked });
    expect(await list()).toMatchObject({ list_version: 2, is_known: true });
    expect(await send('full', [], accepted)).toEqual([5, 'Full', 'accepted']);
    expect(await list()).toMatchObject({ list_version: 5, is_known: true, tokens: [] });
    charger.close();
  });

  it('CHS-8 a list whose answer was lost is not changed but sent in full', async () => {
    const station = await addStation(w);
    const first = await booted(station);
    const lost = await tell(station, { type: 'send_local_list', local_list: { update: 'differential', tokens: [{ token: 'A', status: 'accepted' }] } });
    await first.next();
    const change = await tell(station, { type: 'send_local_list', local_list: { update: 'differential', tokens: [{ token: 'A' }] } });
    const full = await tell(station, { type: 'send_local_list', local_list: { update: 'full', tokens: [] } });
    const second = await booted(station);
    expect((await second.next())[3]).toEqual({ listVersion: 2, updateType: 'Full', localAuthorizationList: [] });
    expect(await Promise.all([lost, change, full].map(async (id) => (await read(id)).failure))).toEqual(['no_answer', 'list_not_known', null]);
    second.close();
  });

  it('CHS-9 what a station reports of itself is kept, and what a full report lacks is gone', async () => {
    const station = await addStation(w);
    const charger = await booted(station, 'ocpp2.0.1');
    const one = (component: string, variable: string, value: string, evse?: number) => ({
      component: { name: component, ...(evse === undefined ? {} : { evse: { id: evse } }) }, variable: { name: variable },
      variableAttribute: [{ type: 'Actual', value, mutability: 'ReadOnly' }], variableCharacteristics: { dataType: 'string', supportsMonitoring: false },
    });
    const report = async (parts: object[][], base = 'full') => {
      const id = await tell(station, { type: 'get_report', report: { base } });
      const [, frame, , payload] = await charger.next();
      charger.answer(frame, { status: 'Accepted' });
      await until(async () => expect((await read(id)).status).toBe('accepted'));
      const { requestId } = payload as { requestId: number };
      expect((await read(id)).request_id).toBe(requestId);
      for (const [seqNo, reportData] of parts.entries()) {
        const said = { requestId, seqNo, generatedAt: AT, tbc: seqNo < parts.length - 1, ...(reportData.length > 0 ? { reportData } : {}) };
        expect((await charger.call('NotifyReport', said)).slice(2)).toEqual([{}]);
      }
    };
    const variables = async (query = '') => (must(await w.operator.api.get(`/v1/charging_stations/${station.id}/variables?limit=100${query}`)).data as Json[])
      .map(({ component, variable, attributes }) => [component.name, component.evse?.id ?? null, variable.name, attributes[0].value])
      .sort((a, b) => String(a).localeCompare(String(b)));
    await report([[one('EVSE', 'Power', '11', 1), one('EVSE', 'Power', '22', 2)], [one('SecurityCtrlr', 'BasicAuthPassword', 'secret'), one('AuthCtrlr', 'Enabled', 'true')], []]);
    expect(await variables()).toEqual([
      ['AuthCtrlr', null, 'Enabled', 'true'], ['EVSE', 1, 'Power', '11'], ['EVSE', 2, 'Power', '22'], ['SecurityCtrlr', null, 'BasicAuthPassword', ''],
    ]);
    await report([[one('EVSE', 'Power', '12', 1)]], 'summary');
    expect(await variables('&component=evse')).toEqual([['EVSE', 1, 'Power', '12'], ['EVSE', 2, 'Power', '22']]);
    await report([[one('EVSE', 'Power', '13', 1)]]);
    expect(await variables()).toEqual([['EVSE', 1, 'Power', '13']]);
    charger.close();
  });

  it('OCPP-5 profiles and displayed messages that were asked for are kept as reports', async () => {
    const station = await addStation(w);
    const charger = await booted(station, 'ocpp2.0.1');
    const profile = { id: 1, stackLevel: 0, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Relative', chargingSchedule: [{ id: 1, chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] }] };
    for (const [action, payload] of [
      ['ReportChargingProfiles', { requestId: 1, chargingLimitSource: 'CSO', evseId: 1, chargingProfile: [profile] }],
      ['NotifyDisplayMessages', { requestId: 1, messageInfo: [{ id: 1, priority: 'InFront', message: { format: 'UTF8', content: 'x' } }] }],
      ['NotifyCustomerInformation', { requestId: 1, seqNo: 0, generatedAt: AT, data: 'x' }],
    ] as const) expect((await charger.call(action, payload)).slice(2)).toEqual([{}]);
    expect(must(await w.operator.api.get(`/v1/charging_stations/${station.id}/reports`)).data.map((report: Json) => report.action)).toEqual([
      'NotifyCustomerInformation', 'NotifyDisplayMessages', 'ReportChargingProfiles',
    ]);
    charger.close();
  });

  it('CHS-10 a station asks for a certificate; its operator hands one in, or refuses', async () => {
    const station = await addStation(w);
    const charger = await booted(station, 'ocpp2.1');
    const ask = async (csr: string, more = {}) => (await charger.call('SignCertificate', { csr, ...more }))[2];
    expect(await ask('nonsense')).toEqual({ status: 'Rejected' });
    expect(await ask(CSR, { requestId: 42 })).toEqual({ status: 'Accepted' });
    expect(await ask(CSR, { certificateType: 'V2GCertificate' })).toEqual({ status: 'Accepted' });
    const requests = async () => must(await w.operator.api.get(`/v1/charging_stations/${station.id}/certificate_requests`)).data as Json[];
    const [second, first] = await requests();
    expect([first, second]).toMatchObject([{ csr: CSR, use: 'charging_station', status: 'waiting' }, { use: 'v2g' }]);
    const signed = { type: 'certificate_signed', signed_certificate: { chain: PEM, request: first!.id } };
    const id = await tell(station, signed);
    const [, frame, action, payload] = await charger.next();
    expect([action, payload]).toEqual(['CertificateSigned', { certificateChain: PEM, certificateType: 'ChargingStationCertificate', requestId: 42 }]);
    charger.answer(frame, { status: 'Accepted' });
    await until(async () => expect((await read(id)).status).toBe('accepted'));
    expect(outcome(await post(station, signed))).toBe('invalid_request');
    expect(outcome(await w.otherOperator.api.post(`/v1/certificate_requests/${second!.id}/refuse`))).toBe('forbidden');
    expect(must(await w.operator.api.post(`/v1/certificate_requests/${second!.id}/refuse`)).status).toBe('refused');
    expect(outcome(await w.operator.api.post(`/v1/certificate_requests/${second!.id}/refuse`))).toBe('invalid_state');
    expect((await requests()).map(({ status }) => status)).toEqual(['refused', 'signed']);
    charger.close();
  });

  it('CHS-5 passwords in commands are sent, and neither shown nor kept', async () => {
    const station = await addStation(w);
    const network = { slot: 1, url: 'wss://csms.example/', security_profile: 1, interface: 'Wireless0', message_timeout_seconds: 30,
      apn: { apn: 'net', user: 'u', password: 'hush-1', authentication: 'PAP' } };
    const bodies = [
      { type: 'set_network_profile', network_profile: network }, { type: 'set_variables', variables: [{ key: 'SecurityCtrlr.BasicAuthPassword', value: 'hush-2' }] },
      { type: 'get_log', log: { kind: 'security', url: 'ftp://me:hush-3@files.example/x' } },
    ];
    const ids: string[] = [];
    for (const body of bodies) ids.push(await tell(station, body));
    const charger = await booted(station, 'ocpp2.0.1');
    let sent = '';
    const set = { attributeStatus: 'Accepted', component: { name: 'S' }, variable: { name: 'B' } };
    for (const answer of [{ status: 'Accepted' }, { setVariableResult: [set] }, { status: 'Accepted' }]) {
      const frame = await charger.next();
      sent += JSON.stringify(frame);
      charger.answer(frame[1], answer);
    }
    expect(sent.match(/hush-\d/g)).toEqual(['hush-1', 'hush-2', 'hush-3']);
    await until(async () => expect((await read(ids[2]!)).status).toBe('accepted'));
    const kept = (await w.db.database.raw(`SELECT parameters::text AS text FROM station_commands WHERE station_id = '${station.id}'`)).rows.map(({ text }) => text).join();
    const told = (await Promise.all(ids.map((id) => w.eventsOf(id, w.operator)))).flat();
    expect(`${kept}${JSON.stringify(told)}${JSON.stringify(await Promise.all(ids.map(read)))}`).not.toContain('hush');
    charger.close();
  });
});
