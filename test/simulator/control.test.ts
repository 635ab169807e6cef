/** What a central system may ask of a virtual station beside charging: reservations, settings, resets, lists, and more. */
import { afterEach, describe, expect, it } from 'vitest';
import { NOON, openBed, type SimulatorBed } from '../support/scripted-central-system.ts';
import type { StationOptions } from '../../src/simulator/index.ts';

let bed: SimulatorBed;
const open = async (...args: Parameters<typeof openBed>): Promise<SimulatorBed> => (bed = await openBed(...args));
afterEach(async () => {
  expect(bed.events.filter(({ type }) => type === 'message_dropped')).toEqual([]);
  await bed.close();
});

const V2: Partial<StationOptions> = { protocol: 'ocpp2.0.1' };
const at = (seconds: number): string => new Date(NOON + seconds * 1_000).toISOString();
const reserve16 = (more: object = {}) => ({ connectorId: 1, reservationId: 5, idTag: 'HOLDER', expiryDate: at(600), ...more });
const reserve2 = (more: object = {}) => ({ id: 5, evseId: 1, idToken: { idToken: 'HOLDER', type: 'Central' }, expiryDateTime: at(600), ...more });

describe('a reservation', () => {
  it('keeps a connector for its holder, and is used up by the start', async () => {
    await open();
    expect(await bed.ask('ReserveNow', reserve16())).toEqual({ status: 'Accepted' });
    expect(bed.status()).toBe('Reserved');
    bed.station.plugIn();
    expect(await bed.station.tap('OTHER')).toBe('refused');
    expect(await bed.ask('RemoteStartTransaction', { connectorId: 1, idTag: 'OTHER' })).toEqual({ status: 'Rejected' });
    expect(await bed.station.tap('HOLDER')).toBe('started');
    await bed.pass(0);
    expect(bed.central.of('StartTransaction')).toMatchObject([{ idTag: 'HOLDER', reservationId: 5 }]);
    expect(await bed.ask('CancelReservation', { reservationId: 5 })).toEqual({ status: 'Rejected' });
  });

  it('lets in others of its group', async () => {
    await open({}, ({ answers }) => {
      answers.Authorize = ({ idTag }) => ({ idTagInfo: { status: 'Accepted', ...(idTag === 'CARD' ? { parentIdTag: 'FAMILY' } : {}) } });
    });
    await bed.ask('ReserveNow', reserve16({ parentIdTag: 'FAMILY' }));
    expect(await bed.station.tap('OTHER')).toBe('refused');
    expect(await bed.station.tap('CARD')).toBe('awaiting_car');
  });

  it('expires, and says so where there is a message for it', async () => {
    await open(V2);
    expect(await bed.ask('ReserveNow', reserve2())).toMatchObject({ status: 'Accepted' });
    await bed.pass(601);
    expect(bed.status()).toBe('Available');
    expect(bed.central.of('ReservationStatusUpdate')).toEqual([{ reservationId: 5, reservationUpdateStatus: 'Expired' }]);
    expect(bed.central.of('StatusNotification').map(({ connectorStatus }) => connectorStatus)).toEqual(['Available', 'Reserved', 'Available']);
  });

  it('is refused where it is not possible, replaced by its own id, and cancelled', async () => {
    await open();
    expect(await bed.ask('ReserveNow', reserve16({ connectorId: 0 }))).toEqual({ status: 'Rejected' });
    expect(await bed.ask('ReserveNow', reserve16({ expiryDate: at(-1) }))).toEqual({ status: 'Rejected' });
    await bed.ask('ReserveNow', reserve16());
    expect(await bed.ask('ReserveNow', reserve16({ expiryDate: at(900) }))).toEqual({ status: 'Accepted' });
    expect(await bed.ask('ReserveNow', reserve16({ reservationId: 6 }))).toEqual({ status: 'Occupied' });
    expect(await bed.ask('CancelReservation', { reservationId: 5 })).toEqual({ status: 'Accepted' });
    bed.station.plugIn();
    expect(await bed.ask('ReserveNow', reserve16())).toEqual({ status: 'Occupied' });
    bed.station.unplug();
    bed.station.fault(1, 'GroundFailure');
    expect(await bed.ask('ReserveNow', reserve16())).toEqual({ status: 'Faulted' });
    bed.station.clearFault();
    await bed.ask('ChangeAvailability', { connectorId: 1, type: 'Inoperative' });
    expect(await bed.ask('ReserveNow', reserve16())).toEqual({ status: 'Unavailable' });
  });

  it('ends when its connector fails', async () => {
    await open(V2);
    await bed.ask('ReserveNow', reserve2());
    bed.station.fault();
    await bed.pass(0);
    expect(bed.central.of('ReservationStatusUpdate')).toEqual([{ reservationId: 5, reservationUpdateStatus: 'Removed' }]);
    expect(bed.status()).toBe('Faulted');
  });
});

describe('settings', () => {
  it('are told and changed in 1.6, where they may be', async () => {
    await open({ faults: { unknownSettings: ['LocalPreAuthorize'], readOnlySettings: ['AuthorizationCacheEnabled'] } });
    expect(await bed.ask('GetConfiguration', { key: ['HeartbeatInterval', 'NumberOfConnectors', 'LocalPreAuthorize'] })).toEqual({
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }, { key: 'NumberOfConnectors', readonly: true, value: '1' }], unknownKey: ['LocalPreAuthorize'],
    });
    const change = async (key: string, value: string): Promise<unknown> => (await bed.ask('ChangeConfiguration', { key, value })).status;
    expect(await change('MeterValueSampleInterval', '30')).toBe('Accepted');
    expect(await change('MeterValueSampleInterval', 'often')).toBe('Rejected');
    expect(await change('StopTransactionOnInvalidId', 'TRUE')).toBe('Accepted');
    expect(await change('NumberOfConnectors', '2')).toBe('Rejected');
    expect(await change('AuthorizationCacheEnabled', 'false')).toBe('Rejected');
    expect(await change('LocalPreAuthorize', 'false')).toBe('NotSupported');
    const { configurationKey } = await bed.ask('GetConfiguration', {});
    expect((configurationKey as unknown[]).length).toBeGreaterThan(15);
  });

  it('are told and changed in 2.0.1, where they may be', async () => {
    await open(V2);
    const of = (component: string, variable: string, more: object = {}) => ({ component: { name: component }, variable: { name: variable }, ...more });
    const { setVariableResult } = await bed.ask('SetVariables', {
      setVariableData: [
        of('AuthCtrlr', 'LocalAuthorizeOffline', { attributeValue: 'false' }), of('ReservationCtrlr', 'Available', { attributeValue: 'false' }),
        of('AuthCtrlr', 'Nothing', { attributeValue: '1' }), of('NoSuchCtrlr', 'Nothing', { attributeValue: '1' }),
      ],
    });
    const set = (setVariableResult as { attributeStatus: string }[]).map(({ attributeStatus }) => attributeStatus);
    expect(set).toEqual(['Accepted', 'Rejected', 'UnknownVariable', 'UnknownComponent']);
    const { getVariableResult } = await bed.ask('GetVariables', { getVariableData: [of('AuthCtrlr', 'LocalAuthorizeOffline'), of('AuthCtrlr', 'Nothing')] });
    expect(getVariableResult).toMatchObject([{ attributeStatus: 'Accepted', attributeValue: 'false' }, { attributeStatus: 'UnknownVariable' }]);
    await bed.ask('GetBaseReport', { requestId: 9, reportBase: 'FullInventory' });
    expect(bed.central.of('NotifyReport')).toMatchObject([{ requestId: 9, seqNo: 0 }]);
  });
});

describe('a reset', () => {
  it('ends transactions with its reason, and boots again, in 1.6', async () => {
    await open();
    for (const [i, [type, reason]] of ([['Soft', 'SoftReset'], ['Hard', 'HardReset']] as const).entries()) {
      bed.station.plugIn();
      await bed.station.tap('TAG1');
      await bed.pass(100);
      expect(await bed.ask('Reset', { type })).toEqual({ status: 'Accepted' });
      await bed.pass(60);
      expect(bed.central.of('StopTransaction')[i]).toMatchObject({ reason, transactionId: i + 1 });
      expect(bed.central.of('BootNotification')).toHaveLength(i + 2);
      bed.station.unplug();
      await bed.pass(0);
    }
  });

  it('waits until nobody charges, in 2.0.1', async () => {
    await open(V2);
    bed.station.plugIn();
    await bed.station.tap('TAG1');
    expect(await bed.ask('Reset', { type: 'OnIdle' })).toMatchObject({ status: 'Scheduled' });
    await bed.pass(300);
    expect(bed.central.of('BootNotification')).toHaveLength(1);
    bed.station.unplug();
    await bed.pass(60);
    expect(bed.central.of('BootNotification')).toMatchObject([{ reason: 'PowerUp' }, { reason: 'ScheduledReset' }]);
  });
});

describe('other calls', () => {
  it('switch connectors off and on, after those who charge', async () => {
    await open({ evses: [[{}], [{}]] });
    bed.station.plugIn();
    await bed.station.tap('TAG1');
    expect(await bed.ask('ChangeAvailability', { connectorId: 0, type: 'Inoperative' })).toEqual({ status: 'Scheduled' });
    expect([bed.status(1), bed.status(2)]).toEqual(['Charging', 'Unavailable']);
    bed.station.unplug();
    expect(bed.status(1)).toBe('Unavailable');
    expect(await bed.ask('ChangeAvailability', { connectorId: 1, type: 'Operative' })).toEqual({ status: 'Accepted' });
    expect([bed.status(1), bed.status(2)]).toEqual(['Available', 'Unavailable']);
  });

  it('unlock: 1.6 ends what runs, 2.0.1 refuses', async () => {
    await open();
    bed.station.plugIn();
    await bed.station.tap('TAG1');
    expect(await bed.ask('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' });
    expect(bed.central.of('StopTransaction')).toMatchObject([{ reason: 'UnlockCommand' }]);
    await bed.close();
    await open(V2);
    bed.station.plugIn();
    await bed.station.tap('TAG1');
    expect(await bed.ask('UnlockConnector', { evseId: 1, connectorId: 1 })).toMatchObject({ status: 'OngoingAuthorizedTransaction' });
  });

  const toUpload = { logType: 'DiagnosticsLog', requestId: 3, log: { remoteLocation: 'ftp://x.example/' } };
  it.each([['ocpp1.6', 'GetDiagnostics', { location: 'ftp://x.example/' }], ['ocpp2.0.1', 'GetLog', toUpload]] as const)(
    'pretend to transfer firmware and logs, in %s', async (protocol, action, payload) => {
      await open({ protocol });
      await bed.ask(action, payload);
      await bed.ask('UpdateFirmware', protocol === 'ocpp1.6' ? { location: 'ftp://x.example/', retrieveDate: at(0) }
        : { requestId: 4, firmware: { location: 'ftp://x.example/', retrieveDateTime: at(0) } });
      await bed.pass(60);
      expect(bed.central.of('FirmwareStatusNotification').map(({ status }) => status)).toEqual(['Downloading', 'Downloaded', 'Installing', 'Installed']);
      const log = bed.central.of(protocol === 'ocpp1.6' ? 'DiagnosticsStatusNotification' : 'LogStatusNotification');
      expect(log.map(({ status }) => status)).toEqual(['Uploading', 'Uploaded']);
      expect(bed.events.filter(({ type }) => type === 'transfer').every(({ data }) => data.simulated)).toBe(true);
    });

  it('make it say again what it said', async () => {
    await open();
    for (const requestedMessage of ['BootNotification', 'Heartbeat', 'StatusNotification', 'MeterValues', 'FirmwareStatusNotification', 'DiagnosticsStatusNotification']) {
      const before = bed.central.of(requestedMessage).length;
      expect(await bed.ask('TriggerMessage', { requestedMessage })).toEqual({ status: 'Accepted' });
      expect(bed.central.of(requestedMessage).length).toBeGreaterThan(before);
    }
    expect(await bed.ask('TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 4 })).toEqual({ status: 'Rejected' });
  });

  it('keep lists of tags, which count when it is offline', async () => {
    await open();
    expect(await bed.ask('GetLocalListVersion', {})).toEqual({ listVersion: 0 });
    await bed.ask('SendLocalList', { listVersion: 3, updateType: 'Full', localAuthorizationList: [{ idTag: 'LISTED', idTagInfo: { status: 'Accepted' } }] });
    expect(await bed.ask('SendLocalList', { listVersion: 2, updateType: 'Differential', localAuthorizationList: [] })).toEqual({ status: 'VersionMismatch' });
    expect(await bed.ask('GetLocalListVersion', {})).toEqual({ listVersion: 3 });
    expect(await bed.ask('ClearCache', {})).toEqual({ status: 'Accepted' });
    expect(await bed.ask('DataTransfer', { vendorId: 'who' })).toEqual({ status: 'UnknownVendorId' });
    bed.station.goOffline();
    await bed.pass(1);
    expect(await bed.station.tap('STRANGER')).toBe('refused');
    expect(await bed.station.tap('LISTED')).toBe('awaiting_car');
  });

  it('show messages and costs, in 2.0.1', async () => {
    await open(V2);
    const message = { id: 1, priority: 'InFront', message: { format: 'UTF8', content: 'Reserved for Asha' } };
    expect(await bed.ask('SetDisplayMessage', { message })).toMatchObject({ status: 'Accepted' });
    expect(await bed.ask('GetDisplayMessages', { requestId: 1 })).toMatchObject({ status: 'Accepted' });
    expect(bed.central.of('NotifyDisplayMessages')).toMatchObject([{ requestId: 1, messageInfo: [message] }]);
    expect(await bed.ask('ClearDisplayMessage', { id: 1 })).toMatchObject({ status: 'Accepted' });
    await bed.ask('CostUpdated', { totalCost: 12.5, transactionId: 'x' });
    expect(bed.events.filter(({ type }) => type === 'display' || type === 'cost').map(({ data }) => data)).toEqual([
      { text: 'Reserved for Asha' }, { transaction: 'x', totalCost: 12.5 },
    ]);
  });

  it('that it does not know are answered so', async () => {
    await open({ ...V2, faults: { unsupportedActions: ['ReserveNow'] } });
    await expect(bed.ask('ReserveNow', reserve2())).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' });
    await expect(bed.ask('SetMonitoringLevel', { severity: 1 })).rejects.toMatchObject({ rpcErrorCode: 'NotImplemented' });
  });
});
