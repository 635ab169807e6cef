/** A station in the words of OCPP 1.6J. */
import { changeAvailability, clearProfiles, remoteStart, remoteStop, reset, setProfile, trigger, unlock } from './controls.ts';
import { transfer } from './life.ts';
import { CallError, type Payload, type Reply } from './link.ts';
import { profileLimitW, samples, stationTime, timestampOf, circuitOf } from './metering.ts';
import type { Authorization, Connector, Dialect, Handler, Station, StopReason, Transaction } from './model.ts';
import { compositeW, type Profile, type Purpose } from './profiles.ts';
import { endReservation, reserve } from './reservations.ts';
import { signedValue } from './signed.ts';
import { statusOf } from './status.ts';

const REASONS: Partial<Record<StopReason, string>> = { Fault: 'Other', Timeout: 'Other' };
const LONGEST_TAG = 20;

const sampled = (station: Station, connector: Connector, wanted: string, context: string): object[] => (
  samples(station, connector, wanted).map((sample) => ({ ...sample, context, location: sample.measurand === 'SoC' ? 'EV' : 'Outlet' })));

/** As the central system knows it: its own number; the wrong one of a station that has none since it began offline. */
function idOf({ faults }: Station, { id, wasOfflineAtStart }: Transaction): number {
  return wasOfflineAtStart && faults.offlineTransactionId !== undefined ? faults.offlineTransactionId : id ?? -1;
}

function endPayload(station: Station, transaction: Transaction): Payload {
  const { connector, tag, reason, meterStopWh } = transaction;
  const values = sampled(station, connector, station.settings.text('measurandsAtEnd'), 'Transaction.End');
  if (station.options.signsMeterValues) {
    values.push({
      value: signedValue(station, transaction).data, context: 'Transaction.End', format: 'SignedData', measurand: 'Energy.Active.Import.Register', location: 'Outlet', unit: 'Wh',
    });
  }
  return {
    meterStop: meterStopWh, timestamp: timestampOf(station), reason: REASONS[reason!] ?? reason, ...(tag ? { idTag: tag.value } : {}),
    transactionData: [{ timestamp: timestampOf(station), sampledValue: values }],
  };
}

export const OCPP_1_6: Dialect = {
  boot: ({ options }) => ({
    action: 'BootNotification',
    payload: {
      chargePointVendor: options.vendor ?? 'Plugtime', chargePointModel: options.model ?? 'Simulator',
      chargePointSerialNumber: options.serialNumber ?? options.identity.slice(0, 25),
      firmwareVersion: options.firmwareVersion ?? 'simulated-1.0',
    },
  }),
  status: (station, connector) => {
    const told = connector ? statusOf(station, connector) : 'Available';
    const errorCode = connector?.fault ?? 'NoError';
    return { told, post: { action: 'StatusNotification', payload: { connectorId: connector?.number ?? 0, errorCode, status: told, timestamp: timestampOf(station) } } };
  },
  authorize: ({ value }) => ({ action: 'Authorize', payload: { idTag: value } }),
  authorization: ({ idTagInfo }) => {
    if (typeof idTagInfo !== 'object' || idTagInfo === null) return undefined;
    return authorizationOf(idTagInfo as TagInfo);
  },
  started: (station, { connector, tag, meterStartWh, reservationId }) => ({
    action: 'StartTransaction',
    payload: {
      connectorId: connector.number, idTag: (tag?.value ?? '').slice(0, LONGEST_TAG), meterStart: meterStartWh, timestamp: timestampOf(station),
      ...(reservationId === undefined ? {} : { reservationId }),
    },
  }),
  updated: (station, transaction, why) => {
    if (why !== 'MeterValuePeriodic') return undefined;
    const meterValue = [{ timestamp: timestampOf(station), sampledValue: sampled(station, transaction.connector, station.settings.text('measurands'), 'Sample.Periodic') }];
    return { action: 'MeterValues', payload: () => ({ connectorId: transaction.connector.number, transactionId: idOf(station, transaction), meterValue }) };
  },
  ended: (station, transaction) => {
    const payload = endPayload(station, transaction);
    return { action: 'StopTransaction', payload: () => ({ transactionId: idOf(station, transaction), ...payload }) };
  },
  meterValues: (station, connector) => ({
    action: 'MeterValues',
    payload: {
      connectorId: connector.number, ...(connector.transaction ? { transactionId: idOf(station, connector.transaction) } : {}),
      meterValue: [{ timestamp: timestampOf(station), sampledValue: sampled(station, connector, station.settings.text('measurands'), 'Trigger') }],
    },
  }),
  reservationEnded: () => undefined,
  calls: calls(),
};

interface TagInfo {
  status: string;
  parentIdTag?: string;
  expiryDate?: string;
}

const authorizationOf = ({ status, parentIdTag, expiryDate }: TagInfo): Authorization => (
  { isAccepted: status === 'Accepted', status, group: parentIdTag, expiresAt: expiryDate === undefined ? undefined : Date.parse(expiryDate) });

const say = (status: string, after?: () => void): Reply => ({ answer: { status }, after });
const accept = ({ isAccepted, after }: { isAccepted: boolean; after?: () => void }): Reply => say(isAccepted ? 'Accepted' : 'Rejected', after);

function find({ connectors }: Station, id: unknown): Connector | undefined {
  return connectors.find(({ number }) => number === id);
}

const PURPOSES: Record<string, Purpose> = { ChargePointMaxProfile: 'station_max', TxDefaultProfile: 'tx_default', TxProfile: 'tx' };

interface Profile16 {
  chargingProfileId: number;
  transactionId?: number;
  stackLevel: number;
  chargingProfilePurpose: string;
  chargingProfileKind: Profile['kind'];
  recurrencyKind?: Profile['recurrency'];
  validFrom?: string;
  validTo?: string;
  chargingSchedule: {
    duration?: number; startSchedule?: string; chargingRateUnit: 'A' | 'W'; chargingSchedulePeriod: { startPeriod: number; limit: number; numberPhases?: number }[];
  };
}

const when = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

function profileOf(outlet: number, { chargingSchedule: schedule, ...profile }: Profile16): Profile {
  return {
    id: profile.chargingProfileId, outlet, purpose: PURPOSES[profile.chargingProfilePurpose]!, stack: profile.stackLevel, transactionId: profile.transactionId,
    kind: profile.chargingProfileKind, recurrency: profile.recurrencyKind, validFrom: when(profile.validFrom), validTo: when(profile.validTo),
    schedule: {
      startsAt: when(schedule.startSchedule), durationMs: schedule.duration === undefined ? undefined : schedule.duration * 1_000, unit: schedule.chargingRateUnit,
      periods: schedule.chargingSchedulePeriod.map(({ startPeriod, limit, numberPhases }) => ({ fromMs: startPeriod * 1_000, limit, phases: numberPhases })),
    },
  };
}

function calls(): Record<string, Handler> {
  return {
    RemoteStartTransaction: (station, payload) => {
      const { connectorId, idTag, chargingProfile } = payload as { connectorId?: number; idTag: string; chargingProfile?: Profile16 };
      const wanted = find(station, connectorId);
      if (connectorId !== undefined && !wanted) return say('Rejected');
      const profile = chargingProfile && !station.faults.rejectsProfiles ? profileOf(connectorId ?? 0, chargingProfile) : undefined;
      const done = remoteStart(station, wanted, { tag: { value: idTag, type: 'Central' }, profile });
      if (profile && done.connector) profile.outlet = done.connector.number;
      return accept(done);
    },
    RemoteStopTransaction: (station, { transactionId }) => accept(remoteStop(station, ({ id }) => id === transactionId)),
    ReserveNow: (station, payload) => {
      const { connectorId, expiryDate, idTag, parentIdTag, reservationId } = payload as {
        connectorId: number; expiryDate: string; idTag: string; parentIdTag?: string; reservationId: number;
      };
      const connector = find(station, connectorId);
      if (!connector && connectorId !== 0) return say('Rejected');
      return say(reserve(station, { id: reservationId, connector, tag: idTag, group: parentIdTag, expiresInMs: Date.parse(expiryDate) - stationTime(station) }));
    },
    CancelReservation: (station, { reservationId }) => say(endReservation(station, reservationId as number, 'Cancelled') ? 'Accepted' : 'Rejected'),
    SetChargingProfile: (station, payload) => {
      const { connectorId, csChargingProfiles } = payload as { connectorId: number; csChargingProfiles: Profile16 };
      return accept(setProfile(station, profileOf(connectorId, csChargingProfiles)));
    },
    ClearChargingProfile: (station, payload) => {
      const { id, connectorId, chargingProfilePurpose, stackLevel } = payload as { id?: number; connectorId?: number; chargingProfilePurpose?: string; stackLevel?: number };
      const done = clearProfiles(station, { id, outlet: connectorId, purpose: PURPOSES[chargingProfilePurpose ?? ''], stack: stackLevel });
      return say(done.isAccepted ? 'Accepted' : 'Unknown', done.after);
    },
    GetCompositeSchedule: (station, payload) => {
      const { connectorId, duration, chargingRateUnit = 'W' } = payload as { connectorId: number; duration: number; chargingRateUnit?: 'A' | 'W' };
      const connector = find(station, connectorId);
      if (!connector) return say('Rejected');
      const { voltageV, phases } = circuitOf(connector);
      const unit = (limitW: number): number => Math.round((chargingRateUnit === 'W' ? limitW : limitW / voltageV / phases) * 10) / 10;
      const now = station.clock.now();
      const periods = compositeW((at) => profileLimitW(station, connector, at), now, duration * 1_000, connector.maxPowerW);
      return {
        answer: {
          status: 'Accepted', connectorId, scheduleStart: timestampOf(station),
          chargingSchedule: { duration, chargingRateUnit, chargingSchedulePeriod: periods.map(({ fromSeconds, limitW }) => ({ startPeriod: fromSeconds, limit: unit(limitW) })) },
        },
      };
    },
    ...deviceCalls(),
    ...dataCalls(),
  };
}

function deviceCalls(): Record<string, Handler> {
  const triggered: Handler = (station, { requestedMessage, connectorId }) => {
    const connector = find(station, connectorId);
    if (connectorId !== undefined && !connector) return say('Rejected');
    const run = trigger(station, requestedMessage as string, connector);
    return say(run ? 'Accepted' : 'NotImplemented', run);
  };
  return {
    TriggerMessage: triggered, ExtendedTriggerMessage: triggered,
    ChangeAvailability: (station, { connectorId, type }) => {
      const connector = find(station, connectorId);
      if (!connector && connectorId !== 0) return say('Rejected');
      const { status, after } = changeAvailability(station, connector ? [connector] : station.connectors, type === 'Operative');
      return say(status, after);
    },
    Reset: (station, { type }) => {
      const { status, after } = reset(station, type === 'Hard' ? 'hard' : 'soft');
      return say(status, after);
    },
    UnlockConnector: (station, { connectorId }) => {
      const connector = find(station, connectorId);
      if (!connector) return say('NotSupported');
      const { outcome, after } = unlock(station, connector);
      return say(outcome, after);
    },
    UpdateFirmware: (station) => ({
      answer: {}, after: () => transfer(station, 'firmware', 'FirmwareStatusNotification', ['Downloading', 'Downloaded', 'Installing', 'Installed'], {}),
    }),
    GetDiagnostics: (station) => ({
      answer: { fileName: 'simulated-diagnostics.log' }, after: () => transfer(station, 'log', 'DiagnosticsStatusNotification', ['Uploading', 'Uploaded'], {}),
    }),
    GetLog: (station, { requestId }) => ({
      answer: { status: 'Accepted', filename: 'simulated.log' }, after: () => transfer(station, 'log', 'LogStatusNotification', ['Uploading', 'Uploaded'], { requestId }),
    }),
    SignedUpdateFirmware: (station, { requestId }) => ({
      answer: { status: 'Accepted' },
      after: () => transfer(station, 'firmware', 'SignedFirmwareStatusNotification', ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'], { requestId }),
    }),
  };
}

function dataCalls(): Record<string, Handler> {
  return {
    GetConfiguration: ({ settings }, { key }) => {
      const wanted = (key ?? settings.all().map(({ name }) => name)) as string[];
      const found = wanted.flatMap((name) => settings.find(name) ?? []);
      const unknownKey = wanted.filter((wantedName) => !found.some(({ name }) => name === wantedName));
      const configurationKey = found.map(({ name, value, isReadOnly }) => ({ key: name, readonly: isReadOnly, value }));
      return { answer: { configurationKey, ...(unknownKey.length > 0 ? { unknownKey } : {}) } };
    },
    ChangeConfiguration: ({ settings }, { key, value }) => {
      const statuses = { changed: 'Accepted', read_only: 'Rejected', invalid: 'Rejected', unknown: 'NotSupported' } as const;
      return say(statuses[settings.change(key as string, value as string)]);
    },
    ClearCache: ({ cache, settings }) => {
      cache.clear();
      return say(settings.flag('cacheEnabled') ? 'Accepted' : 'Rejected');
    },
    SendLocalList: (station, payload) => {
      const { listVersion, updateType, localAuthorizationList = [] } = payload as {
        listVersion: number; updateType: string; localAuthorizationList?: { idTag: string; idTagInfo?: TagInfo }[];
      };
      const { localList, settings } = station;
      if (!settings.flag('localListEnabled')) return say('NotSupported');
      if (updateType === 'Differential' && listVersion <= localList.version) return say('VersionMismatch');
      if (updateType === 'Full') localList.tags.clear();
      for (const { idTag, idTagInfo } of localAuthorizationList) {
        if (idTagInfo) localList.tags.set(idTag, authorizationOf(idTagInfo));
        else localList.tags.delete(idTag);
      }
      localList.version = listVersion;
      return say('Accepted');
    },
    GetLocalListVersion: ({ localList, settings }) => ({ answer: { listVersion: settings.flag('localListEnabled') ? localList.version : -1 } }),
    DataTransfer: (_station, { vendorId, data }) => (
      { answer: vendorId === 'plugtime.simulator' ? { status: 'Accepted', ...(data === undefined ? {} : { data }) } : { status: 'UnknownVendorId' } }),
    InstallCertificate: () => say('Rejected'), DeleteCertificate: () => say('NotFound'), GetInstalledCertificateIds: () => say('NotFound'),
    CertificateSigned: () => {
      throw new CallError('NotSupported', 'the simulator has no certificates of its own');
    },
  };
}

