/** What a station of OCPP 2.x does when it is asked. */
import { changeAvailability, clearProfiles, remoteStart, remoteStop, reset, setProfile, trigger, unlock } from './controls.ts';
import { transfer } from './life.ts';
import type { Payload, Reply } from './link.ts';
import { circuitOf, iso, profileLimitW, stationTime, timestampOf } from './metering.ts';
import type { Authorization, Connector, Handler, Station, Tag } from './model.ts';
import { compositeW, type Profile, type Purpose } from './profiles.ts';
import { endReservation, reserve } from './reservations.ts';
import { say as post } from './status.ts';

export interface TokenInfo {
  status: string;
  groupIdToken?: { idToken: string };
  cacheExpiryDateTime?: string;
}

export const authorizationOf = ({ status, groupIdToken, cacheExpiryDateTime }: TokenInfo): Authorization => (
  { isAccepted: status === 'Accepted', status, group: groupIdToken?.idToken, expiresAt: cacheExpiryDateTime === undefined ? undefined : Date.parse(cacheExpiryDateTime) });

interface Token {
  idToken: string;
  type: string;
}

const tagOf = ({ idToken, type }: Token): Tag => ({ value: idToken, type });
const say = (status: string, after?: () => void, more: object = {}): Reply => ({ answer: { status, ...more }, after });
const accept = ({ isAccepted, after }: { isAccepted: boolean; after?: () => void }): Reply => say(isAccepted ? 'Accepted' : 'Rejected', after);

/** The connector of an EVSE that is named, the one in use, or the first. */
function find({ connectors }: Station, evseId: number | undefined, connectorId?: number): Connector | undefined {
  const there = connectors.filter((one) => one.evseId === evseId && (connectorId === undefined || one.connectorId === connectorId));
  return there.find(({ car, transaction }) => car ?? transaction) ?? there[0];
}

const PURPOSES: Record<string, Purpose> = {
  ChargingStationExternalConstraints: 'external', ChargingStationMaxProfile: 'station_max', TxDefaultProfile: 'tx_default', TxProfile: 'tx',
};

interface Schedule2 {
  duration?: number;
  startSchedule?: string;
  chargingRateUnit: 'A' | 'W';
  chargingSchedulePeriod: { startPeriod: number; limit: number; numberPhases?: number }[];
}

interface Profile2 {
  id: number;
  transactionId?: string;
  stackLevel: number;
  chargingProfilePurpose: string;
  chargingProfileKind: Profile['kind'];
  recurrencyKind?: Profile['recurrency'];
  validFrom?: string;
  validTo?: string;
  chargingSchedule: Schedule2[];
}

const when = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

function profileOf(outlet: number, { chargingSchedule: [schedule], ...profile }: Profile2): Profile {
  const { startSchedule, duration, chargingRateUnit, chargingSchedulePeriod } = schedule!;
  return {
    id: profile.id, outlet, purpose: PURPOSES[profile.chargingProfilePurpose] ?? 'tx_default', stack: profile.stackLevel, transactionId: profile.transactionId,
    kind: profile.chargingProfileKind, recurrency: profile.recurrencyKind, validFrom: when(profile.validFrom), validTo: when(profile.validTo),
    schedule: {
      startsAt: when(startSchedule), durationMs: duration === undefined ? undefined : duration * 1_000, unit: chargingRateUnit,
      periods: chargingSchedulePeriod.map(({ startPeriod, limit, numberPhases }) => ({ fromMs: startPeriod * 1_000, limit, phases: numberPhases })),
    },
  };
}

const TRANSACTIONS: Record<string, Handler> = {
  RequestStartTransaction: (station, payload) => {
    const { evseId, idToken, groupIdToken, remoteStartId, chargingProfile } = payload as {
      evseId?: number; idToken: Token; groupIdToken?: Token; remoteStartId: number; chargingProfile?: Profile2;
    };
    const wanted = find(station, evseId);
    if (evseId !== undefined && !wanted) return say('Rejected');
    const profile = chargingProfile && !station.faults.rejectsProfiles ? profileOf(evseId ?? 0, chargingProfile) : undefined;
    const done = remoteStart(station, wanted, { tag: tagOf(idToken), group: groupIdToken?.idToken, remoteStartId, profile });
    if (profile && done.connector) profile.outlet = done.connector.evseId;
    const transactionId = done.connector?.transaction?.key;
    return say(done.isAccepted ? 'Accepted' : 'Rejected', done.after, transactionId === undefined ? {} : { transactionId });
  },
  RequestStopTransaction: (station, { transactionId }) => accept(remoteStop(station, ({ key }) => key === transactionId)),
  GetTransactionStatus: (station, { transactionId }) => {
    if (transactionId === undefined) return { answer: { messagesInQueue: station.outbox.waiting() > 0 } };
    const transaction = station.transactions.find(({ key }) => key === transactionId);
    return { answer: { messagesInQueue: (transaction?.waiting ?? 0) > 0, ongoingIndicator: transaction !== undefined && transaction.endedAt === undefined } };
  },
  ReserveNow: (station, payload) => {
    const { id, expiryDateTime, idToken, evseId, groupIdToken } = payload as { id: number; expiryDateTime: string; idToken: Token; evseId?: number; groupIdToken?: Token };
    const connector = find(station, evseId);
    if (evseId !== undefined && !connector) return say('Rejected');
    if (!station.settings.flag('reservationEnabled')) return say('Rejected');
    return say(reserve(station, { id, connector, tag: idToken.idToken, group: groupIdToken?.idToken, expiresInMs: Date.parse(expiryDateTime) - stationTime(station) }));
  },
  CancelReservation: (station, { reservationId }) => say(endReservation(station, reservationId as number, 'Cancelled') ? 'Accepted' : 'Rejected'),
  SetChargingProfile: (station, payload) => {
    const { evseId, chargingProfile } = payload as { evseId: number; chargingProfile: Profile2 };
    return accept(setProfile(station, profileOf(evseId, chargingProfile)));
  },
  ClearChargingProfile: (station, payload) => {
    const { chargingProfileId: id, chargingProfileCriteria: of = {} } = payload as {
      chargingProfileId?: number; chargingProfileCriteria?: { evseId?: number; chargingProfilePurpose?: string; stackLevel?: number };
    };
    const done = clearProfiles(station, { id, outlet: of.evseId, purpose: PURPOSES[of.chargingProfilePurpose ?? ''], stack: of.stackLevel });
    return say(done.isAccepted ? 'Accepted' : 'Unknown', done.after);
  },
  GetCompositeSchedule: (station, payload) => {
    const { evseId, duration, chargingRateUnit = 'W' } = payload as { evseId: number; duration: number; chargingRateUnit?: 'A' | 'W' };
    const connector = find(station, evseId);
    if (!connector) return say('Rejected');
    const { voltageV, phases } = circuitOf(connector);
    const unit = (limitW: number): number => Math.round((chargingRateUnit === 'W' ? limitW : limitW / voltageV / phases) * 10) / 10;
    const periods = compositeW((at) => profileLimitW(station, connector, at), station.clock.now(), duration * 1_000, connector.maxPowerW);
    return say('Accepted', undefined, {
      schedule: {
        evseId, duration, scheduleStart: timestampOf(station), chargingRateUnit,
        chargingSchedulePeriod: periods.map(({ fromSeconds, limitW }) => ({ startPeriod: fromSeconds, limit: unit(limitW) })),
      },
    });
  },
};

const DEVICE: Record<string, Handler> = {
  TriggerMessage: (station, payload) => {
    const { requestedMessage, evse } = payload as { requestedMessage: string; evse?: { id: number; connectorId?: number } };
    const connector = find(station, evse?.id, evse?.connectorId);
    if (evse && !connector) return say('Rejected');
    const run = trigger(station, requestedMessage, connector);
    return say(run ? 'Accepted' : 'NotImplemented', run);
  },
  ChangeAvailability: (station, payload) => {
    const { operationalStatus, evse } = payload as { operationalStatus: string; evse?: { id: number; connectorId?: number } };
    const some = station.connectors.filter(({ evseId, connectorId }) => !evse || (evseId === evse.id && (evse.connectorId === undefined || evse.connectorId === connectorId)));
    if (some.length === 0) return say('Rejected');
    const { status, after } = changeAvailability(station, some, operationalStatus === 'Operative');
    return say(status, after);
  },
  Reset: (station, { type, evseId }) => {
    if (evseId !== undefined) return say('Rejected');
    const { status, after } = reset(station, type === 'Immediate' ? 'hard' : 'when_idle');
    return say(status, after);
  },
  UnlockConnector: (station, { evseId, connectorId }) => {
    const connector = find(station, evseId as number, connectorId as number);
    if (!connector) return say('UnknownConnector');
    const { outcome, after } = unlock(station, connector);
    return say(outcome, after);
  },
  UpdateFirmware: (station, { requestId }) => say('Accepted', () => (
    transfer(station, 'firmware', 'FirmwareStatusNotification', ['Downloading', 'Downloaded', 'Installing', 'Installed'], { requestId }))),
  GetLog: (station, { requestId }) => say('Accepted', () => (
    transfer(station, 'log', 'LogStatusNotification', ['Uploading', 'Uploaded'], { requestId })), { filename: 'simulated.log' }),
  ClearCache: ({ cache, settings }) => {
    cache.clear();
    return say(settings.flag('cacheEnabled') ? 'Accepted' : 'Rejected');
  },
  DataTransfer: (_station, { vendorId, data }) => say(vendorId === 'plugtime.simulator' ? 'Accepted' : 'UnknownVendorId', undefined, data === undefined ? {} : { data }),
  InstallCertificate: () => say('Rejected'), DeleteCertificate: () => say('NotFound'), GetInstalledCertificateIds: () => say('NotFound'),
  CertificateSigned: () => say('Rejected'),
};

interface Variable {
  component: { name: string };
  variable: { name: string };
  attributeType?: string;
  attributeValue: string;
}

/** of a station whose answer names a component that it knows */
function unknown({ settings }: Station, component: string): string {
  return settings.all().some(({ name }) => name.startsWith(`${component}.`)) ? 'UnknownVariable' : 'UnknownComponent';
}

const DATA: Record<string, Handler> = {
  GetVariables: (station, payload) => ({
    answer: {
      getVariableResult: (payload.getVariableData as Variable[]).map(({ component, variable, attributeType }) => {
        const setting = station.settings.find(`${component.name}.${variable.name}`);
        const isOther = attributeType !== undefined && attributeType !== 'Actual';
        const attributeStatus = !setting ? unknown(station, component.name) : isOther ? 'NotSupportedAttributeType' : 'Accepted';
        const value = attributeStatus === 'Accepted' ? { attributeValue: setting!.value } : {};
        return { attributeStatus, component, variable, ...(attributeType === undefined ? {} : { attributeType }), ...value };
      }),
    },
  }),
  SetVariables: (station, payload) => ({
    answer: {
      setVariableResult: (payload.setVariableData as Variable[]).map(({ component, variable, attributeType, attributeValue }) => {
        const statuses = { changed: 'Accepted', read_only: 'Rejected', invalid: 'Rejected', unknown: unknown(station, component.name) };
        const isOther = attributeType !== undefined && attributeType !== 'Actual';
        const attributeStatus = isOther ? 'NotSupportedAttributeType' : statuses[station.settings.change(`${component.name}.${variable.name}`, attributeValue)];
        return { attributeStatus, component, variable, ...(attributeType === undefined ? {} : { attributeType }) };
      }),
    },
  }),
  GetBaseReport: (station, { requestId }) => say('Accepted', () => report(station, requestId as number)),
  GetReport: (station, { requestId }) => say('Accepted', () => report(station, requestId as number)),
  SendLocalList: (station, payload) => {
    const { versionNumber, updateType, localAuthorizationList = [] } = payload as {
      versionNumber: number; updateType: string; localAuthorizationList?: { idToken: Token; idTokenInfo?: TokenInfo }[];
    };
    const { localList, settings } = station;
    if (!settings.flag('localListEnabled')) return say('Failed');
    if (updateType === 'Differential' && versionNumber <= localList.version) return say('VersionMismatch');
    if (updateType === 'Full') localList.tags.clear();
    for (const { idToken, idTokenInfo } of localAuthorizationList) {
      if (idTokenInfo) localList.tags.set(idToken.idToken, authorizationOf(idTokenInfo));
      else localList.tags.delete(idToken.idToken);
    }
    localList.version = versionNumber;
    return say('Accepted');
  },
  GetLocalListVersion: ({ localList }) => ({ answer: { versionNumber: localList.version } }),
  SetDisplayMessage: (station, payload) => {
    const message = payload.message as { id: number; transactionId?: string; message: { content: string } };
    if (message.transactionId !== undefined && !station.connectors.some(({ transaction }) => transaction?.key === message.transactionId)) return say('UnknownTransaction');
    station.messages.set(message.id, message);
    station.emit('display', { text: message.message.content });
    return say('Accepted');
  },
  GetDisplayMessages: (station, payload) => {
    const { requestId, id } = payload as { requestId: number; id?: number[] };
    const found = [...station.messages.entries()].filter(([known]) => !id || id.includes(known)).map(([, message]) => message);
    if (found.length === 0) return say('Unknown');
    return say('Accepted', () => post(station, { action: 'NotifyDisplayMessages', payload: { requestId, messageInfo: found } }));
  },
  ClearDisplayMessage: ({ messages }, { id }) => say(messages.delete(id as number) ? 'Accepted' : 'Unknown'),
  CostUpdated: (station, { totalCost, transactionId }) => {
    station.emit('cost', { transaction: transactionId, totalCost });
    return { answer: {} };
  },
};

function report(station: Station, requestId: number): void {
  const reportData = station.settings.all().map(({ name, value, isReadOnly }): Payload => {
    const [component, variable] = name.split('.') as [string, string];
    return {
      component: { name: component }, variable: { name: variable },
      variableAttribute: [{ type: 'Actual', value, mutability: isReadOnly ? 'ReadOnly' : 'ReadWrite' }],
      variableCharacteristics: { dataType: /^\d+$/.test(value) ? 'integer' : /^(true|false)$/.test(value) ? 'boolean' : 'string', supportsMonitoring: false },
    };
  });
  post(station, { action: 'NotifyReport', payload: { requestId, generatedAt: iso(stationTime(station)), seqNo: 0, tbc: false, reportData } });
}

export const CALLS_2: Record<string, Handler> = { ...TRANSACTIONS, ...DEVICE, ...DATA };
