/** A virtual station boots, charges and is told what to do, in each version; every frame is checked by the official schemas. */
import { afterEach, describe, expect, it } from 'vitest';
import { NOON, openBed, type Said, type SimulatorBed } from '../support/scripted-central-system.ts';
import type { StationOptions } from '../../src/simulator/index.ts';

let bed: SimulatorBed;
const open = async (...args: Parameters<typeof openBed>): Promise<SimulatorBed> => (bed = await openBed(...args));
afterEach(async () => {
  expect(bed.events.filter(({ type }) => type === 'message_dropped')).toEqual([]);
  await bed.close();
});

const V2: Partial<StationOptions> = { protocol: 'ocpp2.0.1' };
const statuses = (): unknown[] => bed.central.of('StatusNotification').filter(({ connectorId }) => connectorId !== 0).map((said) => said.status ?? said.connectorStatus);
const registerIn = (values: unknown): number => {
  const [{ sampledValue }] = values as [{ sampledValue: { measurand: string; value: unknown }[] }];
  return Number(sampledValue.find(({ measurand }) => measurand === 'Energy.Active.Import.Register')!.value);
};
const EMPTY_CAR = { capacityWh: 40_000, socPercent: 20, maxDcW: 50_000 };

describe('a station that starts', () => {
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)('boots, tells its status and beats, in %s', async (protocol) => {
    await open({ protocol, evses: [[{}], [{}]] });
    expect(bed.central.of('BootNotification')).toHaveLength(1);
    expect(statuses()).toEqual(['Available', 'Available']);
    await bed.pass(700);
    expect(bed.central.of('Heartbeat')).toHaveLength(2);
  });

  it('says nothing but BootNotification until it is accepted', async () => {
    let tries = 0;
    await open({}, (central) => {
      central.answers.BootNotification = () => ({ status: ['Rejected', 'Pending'][tries++] ?? 'Accepted', interval: 20, currentTime: new Date(NOON).toISOString() });
    });
    await bed.pass(30);
    expect(bed.central.heard.map(({ action }) => action)).toEqual(['BootNotification', 'BootNotification']);
    await bed.pass(15);
    expect(bed.central.heard.map(({ action }) => action).slice(2, 4)).toEqual(['BootNotification', 'StatusNotification']);
  });
});

describe('a car that charges', () => {
  it('does so from the tap to the unplugging, in 1.6', async () => {
    await open();
    const { station } = bed;
    station.plugIn(1, EMPTY_CAR);
    await bed.pass(0);
    expect(await station.tap('TAG1')).toBe('started');
    await bed.pass(1_805);
    expect(await station.tap('TAG1')).toBe('stopped');
    await bed.pass(10);
    station.unplug();
    await bed.pass(0);
    expect(statuses()).toEqual(['Available', 'Preparing', 'Charging', 'Finishing', 'Available']);
    const [began] = bed.central.of('StartTransaction');
    const [ended] = bed.central.of('StopTransaction');
    const [{ energyWh, id }] = station.transactions() as [ReturnType<typeof station.transactions>[number]];
    expect(began).toMatchObject({ connectorId: 1, idTag: 'TAG1' });
    expect(ended).toMatchObject({ transactionId: id, reason: 'Local', idTag: 'TAG1' });
    expect(Math.abs((ended!.meterStop as number) - (began!.meterStart as number) - energyWh)).toBeLessThan(1);
    expect(energyWh).toBeGreaterThan(20_000);
    expect(energyWh).toBeLessThan(25_000); // 50 kW for half an hour, less the ramp
    expect(bed.central.of('MeterValues')).toHaveLength(30);
  });

  it('does so in 2.0.1, with events in their order', async () => {
    await open(V2);
    bed.station.plugIn(1, EMPTY_CAR);
    await bed.station.tap('TAG1');
    await bed.pass(185);
    await bed.station.tap('TAG1');
    bed.station.unplug();
    await bed.pass(0);
    const events = bed.central.of('TransactionEvent');
    expect(events.map(({ eventType }) => eventType)).toEqual(['Started', 'Updated', 'Updated', 'Updated', 'Ended']);
    expect(events.map(({ seqNo }) => seqNo)).toEqual([0, 1, 2, 3, 4]);
    expect(events[0]).toMatchObject({ triggerReason: 'Authorized', idToken: { idToken: 'TAG1', type: 'ISO14443' }, evse: { id: 1, connectorId: 1 } });
    expect(events.at(-1)).toMatchObject({ triggerReason: 'StopAuthorized', transactionInfo: { stoppedReason: 'Local' } });
    expect(statuses()).toEqual(['Available', 'Occupied', 'Available']);
    const { energyWh } = bed.station.transactions()[0]!;
    expect(Math.abs(registerIn(events.at(-1)!.meterValue) - registerIn(events[0]!.meterValue) - energyWh)).toBeLessThanOrEqual(1);
  });

  it('takes less and less above 80 %, is full, and waits for its driver', async () => {
    await open();
    bed.station.plugIn(1, { capacityWh: 30_000, socPercent: 70, maxDcW: 50_000 });
    await bed.station.tap('TAG1');
    await bed.pass(120);
    const powerAt = (): number => bed.station.state().connectors[0]!.powerW;
    expect(powerAt()).toBe(50_000);
    await bed.pass(400);
    expect(powerAt()).toBeLessThan(40_000);
    await bed.pass(3_600);
    expect(bed.status()).toBe('SuspendedEV');
    expect(bed.station.state().connectors[0]!.socPercent).toBe(100);
    expect(bed.station.transactions()[0]).toMatchObject({ endedAt: undefined });
    bed.station.unplug();
    await bed.pass(0);
    expect(bed.central.of('StopTransaction')[0]).toMatchObject({ reason: 'EVDisconnected' });
    expect(bed.station.transactions()[0]!.energyWh).toBeCloseTo(9_000 / 0.96, 0);
  });

  it('takes from AC what it and the post can', async () => {
    await open({ evses: [[{ supply: 'AC', maxPowerW: 22_000, phases: 3 }]] });
    bed.station.plugIn(1, { maxAcW: 7_400, acPhases: 1 });
    await bed.station.tap('TAG1');
    await bed.pass(60);
    expect(bed.station.state().connectors[0]!.powerW).toBe(7_400);
  });

  it('starts when it is plugged in after the tap, and the station gives up waiting', async () => {
    await open();
    expect(await bed.station.tap('TAG1')).toBe('awaiting_car');
    expect(bed.status()).toBe('Preparing');
    await bed.pass(61);
    expect(bed.status()).toBe('Available');
    await bed.station.tap('TAG1');
    bed.station.plugIn();
    await bed.pass(0);
    expect(bed.central.of('StartTransaction')).toHaveLength(1);
  });

  it('is not charged for a tag that may not, before or after it starts', async () => {
    await open({}, ({ answers }) => {
      answers.Authorize = () => ({ idTagInfo: { status: 'Blocked' } });
      answers.StartTransaction = () => ({ transactionId: 7, idTagInfo: { status: 'Invalid' } });
    });
    bed.station.plugIn();
    expect(await bed.station.tap('TAG1')).toBe('refused');
    bed.central.answers.Authorize = () => ({ idTagInfo: { status: 'Accepted' } });
    expect(await bed.station.tap('TAG1')).toBe('started');
    await bed.pass(0);
    expect(bed.central.of('StopTransaction')).toMatchObject([{ transactionId: 7, reason: 'DeAuthorized' }]);
  });

  it('may begin before anybody is authorised, and last until it leaves (2.0.1)', async () => {
    await open({ ...V2, settings: { 'TxCtrlr.TxStartPoint': 'EVConnected', 'TxCtrlr.TxStopPoint': 'EVConnected' } });
    bed.station.plugIn(1, EMPTY_CAR);
    await bed.pass(0);
    await bed.station.tap('TAG1');
    await bed.pass(90);
    await bed.station.tap('TAG1');
    await bed.pass(90);
    bed.station.unplug();
    await bed.pass(0);
    const events = bed.central.of('TransactionEvent').map(({ eventType, triggerReason, transactionInfo: info }) => [eventType, triggerReason, (info as Said).chargingState]);
    expect(events).toEqual([
      ['Started', 'CablePluggedIn', 'EVConnected'], ['Updated', 'Authorized', 'Charging'], ['Updated', 'MeterValuePeriodic', 'Charging'],
      ['Updated', 'StopAuthorized', 'EVConnected'],
      ['Updated', 'MeterValuePeriodic', 'EVConnected'], ['Updated', 'MeterValuePeriodic', 'EVConnected'], ['Ended', 'EVCommunicationLost', 'Idle'],
    ]);
  });

  it('has its end signed, saying that it is simulated', async () => {
    await open({ signsMeterValues: true });
    bed.station.plugIn();
    await bed.station.tap('TAG1');
    await bed.pass(60);
    bed.station.unplug();
    await bed.pass(0);
    const [{ transactionData }] = bed.central.of('StopTransaction') as [{ transactionData: [{ sampledValue: { format?: string; value: string }[] }] }];
    const { value } = transactionData[0].sampledValue.find(({ format }) => format === 'SignedData')!;
    expect(value).toMatch(/^OCMF\|\{.*SIMULATED.*\}\|\{"SA":"ECDSA-secp256r1-SHA256","SD":"[0-9a-f]+"\}$/);
  });
});

describe('a remote start', () => {
  it('starts and ends a transaction, in 1.6', async () => {
    await open();
    bed.station.plugIn();
    expect(await bed.ask('RemoteStartTransaction', { connectorId: 1, idTag: 'APP1' })).toEqual({ status: 'Accepted' });
    expect(bed.central.of('StartTransaction')).toMatchObject([{ idTag: 'APP1' }]);
    expect(await bed.ask('RemoteStartTransaction', { connectorId: 1, idTag: 'APP2' })).toEqual({ status: 'Rejected' });
    expect(await bed.ask('RemoteStopTransaction', { transactionId: 99 })).toEqual({ status: 'Rejected' });
    expect(await bed.ask('RemoteStopTransaction', { transactionId: 1 })).toEqual({ status: 'Accepted' });
    expect(bed.central.of('StopTransaction')).toMatchObject([{ reason: 'Remote' }]);
  });

  it('waits for the car, and tells its number, in 2.0.1', async () => {
    await open(V2);
    const idToken = { idToken: 'APP1', type: 'Central' };
    expect(await bed.ask('RequestStartTransaction', { evseId: 1, idToken, remoteStartId: 42 })).toMatchObject({ status: 'Accepted' });
    expect(bed.central.of('TransactionEvent')).toEqual([]);
    bed.station.plugIn();
    await bed.pass(0);
    const [started] = bed.central.of('TransactionEvent') as [{ transactionInfo: { transactionId: string } }];
    expect(started).toMatchObject({ triggerReason: 'RemoteStart', transactionInfo: { remoteStartId: 42 }, idToken });
    const { transactionId } = started.transactionInfo;
    expect(await bed.ask('GetTransactionStatus', { transactionId })).toEqual({ ongoingIndicator: true, messagesInQueue: false });
    expect(await bed.ask('RequestStopTransaction', { transactionId })).toMatchObject({ status: 'Accepted' });
    expect(bed.central.of('TransactionEvent').at(-1)).toMatchObject({ eventType: 'Ended', triggerReason: 'RemoteStop', transactionInfo: { stoppedReason: 'Remote' } });
  });
});

describe('charging profiles', () => {
  const profile16 = (limit: number, more: object = {}) => ({
    connectorId: 1, csChargingProfiles: {
      chargingProfileId: 1, stackLevel: 0, chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Absolute',
      chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit }] }, ...more,
    },
  });

  it('limit, pause at 0 and let go on, in 1.6', async () => {
    await open();
    expect(await bed.ask('SetChargingProfile', profile16(10_000))).toEqual({ status: 'Rejected' }); // nobody charges
    bed.station.plugIn(1, EMPTY_CAR);
    await bed.station.tap('TAG1');
    await bed.pass(60);
    expect(await bed.ask('SetChargingProfile', profile16(10_000, { transactionId: 1 }))).toEqual({ status: 'Accepted' });
    await bed.pass(60);
    expect(bed.station.state().connectors[0]!.powerW).toBe(10_000);
    await bed.ask('SetChargingProfile', profile16(0, { transactionId: 1 }));
    expect(bed.status()).toBe('SuspendedEVSE');
    const before = bed.station.transactions()[0]!.energyWh;
    await bed.pass(600);
    expect(bed.station.transactions()[0]!.energyWh).toBe(before);
    expect(await bed.ask('ClearChargingProfile', { id: 1 })).toEqual({ status: 'Accepted' });
    await bed.pass(60);
    expect(bed.status()).toBe('Charging');
    expect(await bed.ask('ClearChargingProfile', { id: 1 })).toEqual({ status: 'Unknown' });
  });

  it('in ampere count at AC, less than 6 A is nothing, and change by themselves', async () => {
    await open({ ...V2, evses: [[{ supply: 'AC', maxPowerW: 22_000, phases: 3 }]] });
    const periods = [{ startPeriod: 0, limit: 10 }, { startPeriod: 600, limit: 5 }, { startPeriod: 1_200, limit: 32 }];
    expect(await bed.ask('SetChargingProfile', {
      evseId: 0, chargingProfile: {
        id: 3, stackLevel: 1, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Relative',
        chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: periods }],
      },
    })).toMatchObject({ status: 'Accepted' });
    bed.station.plugIn(1, { maxAcW: 11_000, acPhases: 3 });
    await bed.station.tap('TAG1');
    await bed.pass(300);
    expect(bed.station.state().connectors[0]!.powerW).toBe(6_900);
    await bed.pass(400);
    expect(bed.status()).toBe('SuspendedEVSE');
    await bed.pass(600);
    expect(bed.station.state().connectors[0]!.powerW).toBe(11_000);
    const changes = bed.central.of('TransactionEvent').filter(({ triggerReason }) => triggerReason === 'ChargingStateChanged');
    expect(changes.map(({ transactionInfo }) => (transactionInfo as Said).chargingState)).toEqual(['SuspendedEVSE', 'Charging']);
    expect(await bed.ask('GetCompositeSchedule', { evseId: 1, duration: 600, chargingRateUnit: 'A' })).toMatchObject({
      status: 'Accepted', schedule: { chargingSchedulePeriod: [{ startPeriod: 0, limit: 31.9 }] },
    });
  });
});
