/** What is wrong with real stations, at a virtual one: each trap can be switched on, and does what it is called. */
import { afterEach, describe, expect, it } from 'vitest';
import { NOON, openBed, type Said, type SimulatorBed } from '../support/scripted-central-system.ts';
import type { StationOptions } from '../../src/simulator/index.ts';

let bed: SimulatorBed;
const open = async (...args: Parameters<typeof openBed>): Promise<SimulatorBed> => (bed = await openBed(...args));
afterEach(() => bed.close());

const V2: Partial<StationOptions> = { protocol: 'ocpp2.0.1' };
const TRANSACTION = ['StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent'];
const heardOf = (actions = TRANSACTION): string[] => bed.central.heard.filter(({ action }) => actions.includes(action)).map(({ action }) => action);
const at = (seconds: number): string => new Date(NOON + seconds * 1_000).toISOString();
const OFFLINE_START: Partial<StationOptions> = { settings: { AllowOfflineTxForUnknownId: 'true', MeterValueSampleInterval: '60' } };
const CAR = { capacityWh: 60_000, socPercent: 20 };

/** plugs in, charges for so long, and unplugs, while offline */
async function chargeOffline(seconds: number): Promise<void> {
  bed.station.goOffline();
  bed.station.plugIn(1, CAR);
  expect(await bed.station.tap('TAG1')).toBe('started');
  await bed.pass(seconds);
  bed.station.unplug();
  await bed.pass(1);
}

describe('a lost network', () => {
  it('keeps what was said of transactions, and says it in order afterwards, behind the status', async () => {
    await open(OFFLINE_START);
    await chargeOffline(150);
    expect(heardOf()).toEqual([]);
    expect(bed.station.state().waiting).toBe(4);
    const before = bed.central.heard.length;
    bed.station.goOnline();
    await bed.pass(10);
    expect(bed.central.heard.slice(before).map(({ action }) => action)).toEqual([
      'StatusNotification', 'StatusNotification', 'StartTransaction', 'MeterValues', 'MeterValues', 'StopTransaction',
    ]);
    expect(bed.central.of('StartTransaction')[0]).toMatchObject({ timestamp: at(0) });
    expect(bed.central.of('StopTransaction')[0]).toMatchObject({ transactionId: 1, timestamp: at(150) });
    expect(bed.central.of('BootNotification')).toHaveLength(1);
  });

  it('amid a session leaves it running, and 2.0.1 says what happened offline', async () => {
    await open(V2);
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG1');
    await bed.pass(61);
    bed.station.goOffline();
    await bed.pass(121);
    bed.station.goOnline();
    await bed.pass(60);
    bed.station.unplug();
    await bed.pass(0);
    const events = bed.central.of('TransactionEvent');
    expect(events.map(({ eventType, seqNo, offline = false }) => [eventType, seqNo, offline])).toEqual([
      ['Started', 0, false], ['Updated', 1, false], ['Updated', 2, true], ['Updated', 3, true], ['Updated', 4, false], ['Ended', 5, false],
    ]);
  });

  it('may be hidden, and its end come bare', async () => {
    await open({ ...V2, faults: { hidesOffline: true } });
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG1');
    bed.station.goOffline();
    await bed.pass(30);
    bed.station.unplug();
    bed.station.goOnline();
    await bed.pass(10);
    const ended = bed.central.of('TransactionEvent').at(-1)!;
    expect(ended.eventType).toBe('Ended');
    expect(ended).not.toHaveProperty('offline');
    expect(ended).not.toHaveProperty('meterValue');
  });

  it('may be followed by a slow drain with growing gaps, overtaken by what happens now', async () => {
    await open({ ...OFFLINE_START, faults: { slowDrain: { gapMs: 20_000, growth: 2, liveOvertakes: true } } });
    await chargeOffline(150);
    bed.station.goOnline();
    await bed.pass(10);
    expect(heardOf()).toEqual([]);
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG2');
    await bed.pass(1);
    expect(bed.central.of('StartTransaction')).toMatchObject([{ idTag: 'TAG2' }]);
    await bed.pass(600);
    const drained = bed.central.heard.filter(({ payload }) => payload.idTag === 'TAG1' || payload.transactionId === 2);
    const times = drained.map(({ at: heardAt }) => heardAt);
    expect(drained.map(({ action }) => action)).toEqual(['StartTransaction', 'MeterValues', 'MeterValues', 'StopTransaction']);
    expect(times[2]! - times[1]!).toBeLessThan(times[3]! - times[2]!);
    expect(heardOf().slice(0, 2)).toEqual(['StartTransaction', 'StartTransaction']);
  });

  it('makes a station come again and again, more and more slowly', async () => {
    await open();
    const { url } = bed.central;
    expect(url).toMatch(/^ws:/);
    bed.station.goOffline();
    await bed.pass(300);
    const before = bed.central.connections();
    bed.station.goOnline();
    await bed.pass(5);
    expect(bed.central.connections()).toBe(before + 1);
  });
});

describe('a power loss', () => {
  it('ends transactions, which is told after the boot', async () => {
    await open();
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG1');
    await bed.pass(100);
    bed.station.powerLoss(120);
    await bed.pass(300);
    expect(bed.central.of('BootNotification')).toHaveLength(2);
    const [stopped] = bed.central.of('StopTransaction');
    expect(stopped).toMatchObject({ reason: 'PowerLoss', timestamp: at(100), transactionId: 1 });
    expect(bed.station.transactions()[0]).toMatchObject({ reason: 'PowerLoss', waiting: 0 });
    expect(bed.status()).toBe('Finishing');
  });

  it('may put the meter below where the transaction began', async () => {
    await open({ faults: { meterForgets: true } });
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG1');
    await bed.pass(600);
    bed.station.powerLoss();
    await bed.pass(120);
    const [started] = bed.central.of('StartTransaction');
    const [stopped] = bed.central.of('StopTransaction');
    expect(stopped!.meterStop).toBe(0);
    expect(started!.meterStart).toBeGreaterThan(0);
    expect(bed.station.transactions()[0]!.energyWh).toBeGreaterThan(5_000); // which is what is true
  });

  it('may take the clock back to 1970, until it is told the time', async () => {
    await open({ ...OFFLINE_START, faults: { clockForgets: true } });
    bed.station.goOffline();
    bed.station.powerLoss(30);
    await bed.pass(60);
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG1');
    await bed.pass(60);
    bed.station.goOnline();
    await bed.pass(60);
    bed.station.unplug();
    await bed.pass(0);
    expect(bed.central.of('StartTransaction')[0]!.timestamp).toMatch(/^1970-01-01T00:00:3/);
    expect(bed.central.of('StopTransaction')[0]!.timestamp).toMatch(/^2027-03-01T12:0/);
  });

  it('may forget reservations', async () => {
    await open({ faults: { forgetsReservations: true } });
    await bed.ask('ReserveNow', { connectorId: 1, reservationId: 5, idTag: 'HOLDER', expiryDate: at(3_600) });
    bed.station.powerLoss(30);
    await bed.pass(90);
    expect(bed.status()).toBe('Available');
  });
});

describe('messages', () => {
  it.each(['same_id', 'new_id'] as const)('of transactions come twice, with the %s', async (duplicates) => {
    await open({ faults: { duplicates }, tellsFrames: true });
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG1');
    await bed.pass(10);
    bed.station.unplug();
    await bed.pass(0);
    expect(heardOf()).toEqual(['StartTransaction', 'StartTransaction', 'StopTransaction', 'StopTransaction']);
    const frames = bed.events.filter(({ type, data }) => type === 'frame' && String(data.text).includes('"StartTransaction"'));
    const ids = frames.map(({ data }) => (JSON.parse(data.text as string) as unknown[])[1]);
    expect(new Set(ids).size).toBe(duplicates === 'same_id' ? 1 : 2);
  });

  it.each([0, -1] as const)('that end what began offline name transaction %i', async (offlineTransactionId) => {
    await open({ ...OFFLINE_START, faults: { offlineTransactionId } });
    await chargeOffline(30);
    bed.station.goOnline();
    await bed.pass(10);
    expect(bed.central.of('StopTransaction')).toMatchObject([{ transactionId: offlineTransactionId }]);
  });

  it('are sent again when they fail, and dropped at last', async () => {
    let tries = 0;
    await open({ settings: { TransactionMessageRetryInterval: '10' } }, ({ answers }) => {
      answers.StartTransaction = () => {
        tries += 1;
        throw new Error('not now');
      };
    });
    bed.station.plugIn();
    await bed.station.tap('TAG1');
    await bed.pass(45);
    expect(tries).toBe(3);
    expect(bed.events.filter(({ type }) => type === 'message_dropped')).toHaveLength(1);
    bed.station.unplug();
    await bed.pass(0);
    expect(bed.central.of('StopTransaction')).toMatchObject([{ transactionId: -1 }]);
  });

  it('between begin and end may be lost, with their numbers', async () => {
    await open({ ...V2, faults: { dropsUpdates: 0.5 } });
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG1');
    await bed.pass(1_205);
    bed.station.unplug();
    await bed.pass(0);
    const numbers = bed.central.of('TransactionEvent').map(({ seqNo }) => seqNo as number);
    expect(numbers.length).toBeLessThan(18);
    expect(numbers.length).toBeGreaterThan(5);
    expect(numbers.at(-1)).toBe(21);
  });

  it('tell another time than it is', async () => {
    await open({ faults: { clockOffsetMs: -7_200_000 } });
    bed.station.plugIn();
    await bed.station.tap('TAG1');
    await bed.pass(0);
    expect(bed.central.of('StartTransaction')[0]!.timestamp).toBe(at(-7_200));
  });
});

describe('reservations', () => {
  const reserve = (more: object = {}) => bed.ask('ReserveNow', { connectorId: 1, reservationId: 5, idTag: 'HOLDER', expiryDate: at(600), ...more });

  it('are accepted without ever saying Reserved, also when they have expired', async () => {
    await open({ faults: { reservesSilently: true, acceptsPastReservations: true } });
    expect(await reserve({ expiryDate: at(-60), reservationId: 4 })).toEqual({ status: 'Accepted' });
    expect(await reserve()).toEqual({ status: 'Accepted' });
    expect(bed.status()).toBe('Available');
    bed.station.plugIn();
    expect(await bed.station.tap('OTHER')).toBe('refused');
  });

  it('let others start, at the station or from afar', async () => {
    await open({ evses: [[{}], [{}]], faults: { ignoresReservations: true, remoteStartIgnoresReservations: true } });
    await reserve();
    await reserve({ connectorId: 2, reservationId: 6 });
    bed.station.plugIn(1);
    expect(await bed.station.tap('OTHER', 1)).toBe('started');
    bed.station.plugIn(2);
    expect(await bed.ask('RemoteStartTransaction', { connectorId: 2, idTag: 'ANOTHER' })).toEqual({ status: 'Accepted' });
    expect(bed.central.of('StartTransaction').map(({ idTag }) => idTag)).toEqual(['OTHER', 'ANOTHER']);
  });

  it('never expire, or without a word', async () => {
    await open({ ...V2, faults: { expiresSilently: true } });
    const two = { id: 5, evseId: 1, idToken: { idToken: 'HOLDER', type: 'Central' }, expiryDateTime: at(60) };
    await bed.ask('ReserveNow', two);
    await bed.pass(61);
    expect(bed.central.of('ReservationStatusUpdate')).toEqual([]);
    expect(await bed.ask('CancelReservation', { reservationId: 5 })).toMatchObject({ status: 'Rejected' });
    bed.station.faults.neverExpires = true;
    await bed.ask('ReserveNow', { ...two, expiryDateTime: at(120) });
    await bed.pass(600);
    expect(bed.status()).toBe('Reserved');
  });

  it('are one for each tag', async () => {
    await open({ evses: [[{}], [{}]], faults: { oneReservationPerTag: true } });
    await reserve();
    expect(await reserve({ connectorId: 2, reservationId: 6 })).toEqual({ status: 'Occupied' });
  });
});

describe('a station', () => {
  it('fails amid a session', async () => {
    await open();
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG1');
    await bed.pass(100);
    bed.station.fault(1, 'GroundFailure');
    await bed.pass(0);
    expect(bed.central.of('StopTransaction')).toMatchObject([{ reason: 'Other' }]);
    expect(bed.central.of('StatusNotification').at(-1)).toMatchObject({ status: 'Faulted', errorCode: 'GroundFailure' });
  });

  it('refuses charging profiles, or accepts and ignores them', async () => {
    await open({ faults: { rejectsProfiles: true } });
    bed.station.plugIn(1, CAR);
    await bed.station.tap('TAG1');
    const csChargingProfiles = {
      chargingProfileId: 1, stackLevel: 0, chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Absolute',
      chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 0 }] },
    };
    expect(await bed.ask('SetChargingProfile', { connectorId: 1, csChargingProfiles })).toEqual({ status: 'Rejected' });
    Object.assign(bed.station.faults, { rejectsProfiles: false, ignoresProfiles: true });
    expect(await bed.ask('SetChargingProfile', { connectorId: 1, csChargingProfiles })).toEqual({ status: 'Accepted' });
    expect(bed.status()).toBe('Charging');
  });

  it('does not answer', async () => {
    await open({ faults: { isDeaf: true } });
    const asked = bed.central.call('Reset', { type: 'Soft' });
    await expect(Promise.race([asked, bed.pass(5).then((): Said => ({ status: 'nothing' }))])).resolves.toEqual({ status: 'nothing' });
    void asked.catch(() => undefined);
  });
});
