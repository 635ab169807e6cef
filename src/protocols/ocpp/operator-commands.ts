/** Commands of operators in the words of each version. What a version can't say is undefined: `not_supported`. */
import type { LocalToken, OperatorCommandType, StationCommand } from '../../domain/chargers/index.ts';
import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { allSet, always, byStatus, triggerOf16, triggerOf2, variableOf, type Call } from './call.ts';

type Parameters = StationCommand['parameters'];
type Mapping = Record<OperatorCommandType, (parameters: Parameters) => Call | undefined>;

const none = (): undefined => undefined;
const call = (action: string, payload: object, isAccepted = byStatus): Call => ({ action, payload, isAccepted });
const timeOrNot = (at: EpochMs | undefined): string | undefined => (at === undefined ? undefined : toRfc3339(at));

/** Without what is not there, at any depth; so a payload can be written in one piece. */
function compact<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => compact(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, inner]: [string, unknown]) => (inner === undefined ? [] : [[name, compact(inner)]]))) as T;
}

/** `always_front` → `AlwaysFront` */
const pascal = (word: string): string => word.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
const pascalOrNot = (word: string | undefined): string | undefined => (word === undefined ? undefined : pascal(word));

const STATUSES = { accepted: 'Accepted', blocked: 'Blocked', expired: 'Expired', invalid: 'Invalid', concurrent_tx: 'ConcurrentTx' } as const;
const TOKEN_TYPES = {
  rfid: 'ISO14443', rfid_iso15693: 'ISO15693', app: 'Central', emaid: 'eMAID', key_code: 'KeyCode', mac_address: 'MacAddress', local: 'Local',
} as const;
const UPDATES = { full: 'Full', differential: 'Differential' } as const;
/** Of tokens in 1.6; whatever they are, it has one kind of them. */
const LONGEST_TOKEN_16 = 20;

const token16 = ({ token, status, expires, group }: LocalToken) => (
  { idTag: token, idTagInfo: status && { status: STATUSES[status], expiryDate: timeOrNot(expires), parentIdTag: group } });
const idToken = (token: string, type: LocalToken['type']) => ({ idToken: token, type: TOKEN_TYPES[type ?? 'rfid'] });
const token2 = ({ token, type, status, expires, group }: LocalToken) => ({
  idToken: idToken(token, type),
  idTokenInfo: status && { status: STATUSES[status], cacheExpiryDateTime: timeOrNot(expires), groupIdToken: group === undefined ? undefined : idToken(group, 'app') },
});

const PURPOSES_16 = { station_max: 'ChargePointMaxProfile', tx_default: 'TxDefaultProfile' } as const;
const PURPOSES_2 = { station_max: 'ChargingStationMaxProfile', tx_default: 'TxDefaultProfile' } as const;
const KINDS = { absolute: 'Absolute', relative: 'Relative', daily: 'Recurring', weekly: 'Recurring' } as const;
const RECURRENCES = { absolute: undefined, relative: undefined, daily: 'Daily', weekly: 'Weekly' } as const;

/** What both versions call the same. */
function profileOf({ stackLevel = 0, kind = 'absolute', validFrom, validTo }: NonNullable<Parameters['profile']>) {
  return { stackLevel, chargingProfileKind: KINDS[kind], recurrencyKind: RECURRENCES[kind], validFrom: timeOrNot(validFrom), validTo: timeOrNot(validTo) };
}
function scheduleOf({ kind, start, durationSeconds, unit, minimum, periods }: NonNullable<Parameters['profile']>) {
  return {
    startSchedule: kind === 'relative' ? undefined : timeOrNot(start), duration: durationSeconds, chargingRateUnit: unit, minChargingRate: minimum,
    chargingSchedulePeriod: periods.map(({ startSeconds, limit, phases }) => ({ startPeriod: startSeconds, limit, numberPhases: phases })),
  };
}

const HASH = ({ algorithm, issuerName, issuerKey, serialNumber }: NonNullable<Parameters['certificateHash']>) => (
  { hashAlgorithm: algorithm, issuerNameHash: issuerName, issuerKeyHash: issuerKey, serialNumber });
const deleteCertificate = ({ certificateHash }: Parameters): Call => call('DeleteCertificate', { certificateHashData: HASH(certificateHash!) });
const dataTransfer = ({ vendorMessage }: Parameters): Call => (
  call('DataTransfer', compact({ vendorId: vendorMessage!.vendor, messageId: vendorMessage!.message, data: vendorMessage!.data })));

/** Only the certificate authorities that it has a name for. */
const ROOTS_16: Partial<Record<string, string>> = { csms_root: 'CentralSystemRootCertificate', manufacturer_root: 'ManufacturerRootCertificate' };
const ROOTS_2 = {
  csms_root: 'CSMSRootCertificate', manufacturer_root: 'ManufacturerRootCertificate', v2g_root: 'V2GRootCertificate', mo_root: 'MORootCertificate',
  v2g_chain: 'V2GCertificateChain',
} as const;

export const OPERATOR_1_6: Mapping = {
  extended_trigger_message: ({ message, target }) => call('ExtendedTriggerMessage', {
    requestedMessage: message === 'log_status' ? 'LogStatusNotification' : triggerOf16(message!), ...(target ? { connectorId: target.throughNumber } : {}),
  }),
  clear_cache: () => call('ClearCache', {}),
  send_local_list: ({ localList, listVersion }) => {
    const { update, tokens } = localList!;
    if (tokens.some(({ token, group = '' }) => token.length > LONGEST_TOKEN_16 || group.length > LONGEST_TOKEN_16)) return undefined;
    return call('SendLocalList', compact({ listVersion, updateType: UPDATES[update], localAuthorizationList: tokens.map(token16) }));
  },
  get_local_list_version: () => call('GetLocalListVersion', {}, always),
  update_firmware: ({ firmware, requestId }) => {
    const { url, retries, retryIntervalSeconds: retryInterval, retrieve, install, signingCertificate, signature } = firmware!;
    const retrieveDate = toRfc3339(retrieve!);
    if (signature === undefined) return install === undefined ? call('UpdateFirmware', compact({ location: url, retrieveDate, retries, retryInterval }), always) : undefined;
    const signed = { location: url, retrieveDateTime: retrieveDate, installDateTime: timeOrNot(install), signingCertificate, signature };
    return call('SignedUpdateFirmware', compact({ requestId, retries, retryInterval, firmware: signed }));
  },
  get_log: ({ log, requestId }) => {
    const { kind, url, retries, retryIntervalSeconds: retryInterval, start, end } = log!;
    if (kind === 'diagnostics') {
      return call('GetDiagnostics', compact({ location: url, retries, retryInterval, startTime: timeOrNot(start), stopTime: timeOrNot(end) }), always);
    }
    return call('GetLog', compact({
      logType: 'SecurityLog', requestId, retries, retryInterval, log: { remoteLocation: url, oldestTimestamp: timeOrNot(start), latestTimestamp: timeOrNot(end) },
    }));
  },
  set_charging_profile: ({ profile, target }) => call('SetChargingProfile', compact({
    connectorId: target?.throughNumber ?? 0,
    csChargingProfiles: {
      chargingProfileId: profile!.id, chargingProfilePurpose: PURPOSES_16[profile!.purpose], ...profileOf(profile!), chargingSchedule: scheduleOf(profile!),
    },
  })),
  clear_charging_profile: ({ profileFilter: { id, purpose, stackLevel } = {}, target }) => call('ClearChargingProfile', compact({
    id, connectorId: target?.throughNumber, chargingProfilePurpose: purpose && PURPOSES_16[purpose], stackLevel,
  })),
  get_composite_schedule: ({ schedule, target }) => call('GetCompositeSchedule', compact({
    connectorId: target?.throughNumber ?? 0, duration: schedule!.durationSeconds, chargingRateUnit: schedule!.unit,
  })),
  get_charging_profiles: none, set_display_message: none, clear_display_message: none, get_display_messages: none, get_report: none, set_variables: none,
  set_network_profile: none, get_transaction_status: none, customer_information: none,
  certificate_signed: ({ signedCertificate }) => (signedCertificate!.use === 'v2g' ? undefined : call('CertificateSigned', { certificateChain: signedCertificate!.chain })),
  install_certificate: ({ rootCertificate }) => {
    const certificateType = ROOTS_16[rootCertificate!.use];
    return certificateType === undefined ? undefined : call('InstallCertificate', { certificateType, certificate: rootCertificate!.pem });
  },
  get_installed_certificates: ({ certificateUses = [] }) => {
    const [certificateType, ...more] = certificateUses.map((use) => ROOTS_16[use]);
    return certificateType && more.length === 0 ? call('GetInstalledCertificateIds', { certificateType }, found) : undefined;
  },
  delete_certificate: deleteCertificate, data_transfer: dataTransfer,
};

/** That there is none is an answer too. */
const found = (answer: Record<string, unknown>): boolean => answer.status === 'Accepted' || answer.status === 'NotFound';

export const OPERATOR_2: Mapping = {
  extended_trigger_message: triggerOf2,
  clear_cache: () => call('ClearCache', {}),
  send_local_list: ({ localList, listVersion }) => {
    const { update, tokens } = localList!;
    return call('SendLocalList', compact({
      versionNumber: listVersion, updateType: UPDATES[update], localAuthorizationList: tokens.length === 0 ? undefined : tokens.map(token2),
    }));
  },
  get_local_list_version: () => call('GetLocalListVersion', {}, always),
  update_firmware: ({ firmware, requestId }) => {
    const { url, retries, retryIntervalSeconds: retryInterval, retrieve, install, signingCertificate, signature } = firmware!;
    return call('UpdateFirmware', compact({
      requestId, retries, retryInterval,
      firmware: { location: url, retrieveDateTime: toRfc3339(retrieve!), installDateTime: timeOrNot(install), signingCertificate, signature },
    }));
  },
  get_log: ({ log, requestId }) => {
    const { kind, url, retries, retryIntervalSeconds: retryInterval, start, end } = log!;
    return call('GetLog', compact({
      logType: kind === 'security' ? 'SecurityLog' : 'DiagnosticsLog', requestId, retries, retryInterval,
      log: { remoteLocation: url, oldestTimestamp: timeOrNot(start), latestTimestamp: timeOrNot(end) },
    }));
  },
  set_charging_profile: ({ profile, target }) => call('SetChargingProfile', compact({
    evseId: target?.evseNumber ?? 0,
    chargingProfile: {
      id: profile!.id, chargingProfilePurpose: PURPOSES_2[profile!.purpose], ...profileOf(profile!), chargingSchedule: [{ id: profile!.id, ...scheduleOf(profile!) }],
    },
  })),
  clear_charging_profile: ({ profileFilter: { id, purpose, stackLevel } = {}, target }) => call('ClearChargingProfile', compact({
    chargingProfileId: id,
    chargingProfileCriteria: id === undefined ? { evseId: target?.evseNumber, chargingProfilePurpose: purpose && PURPOSES_2[purpose], stackLevel } : undefined,
  })),
  get_composite_schedule: ({ schedule, target }) => call('GetCompositeSchedule', compact({
    evseId: target?.evseNumber ?? 0, duration: schedule!.durationSeconds, chargingRateUnit: schedule!.unit,
  })),
  get_charging_profiles: ({ profileFilter: { id, purpose, stackLevel } = {}, target, requestId }) => call('GetChargingProfiles', compact({
    requestId, evseId: target?.evseNumber,
    chargingProfile: { chargingProfileId: id === undefined ? undefined : [id], chargingProfilePurpose: purpose && PURPOSES_2[purpose], stackLevel },
  }), (answer) => answer.status === 'Accepted' || answer.status === 'NoProfiles'),
  set_display_message: ({ displayMessage }) => {
    const { id, priority, content, format = 'utf8', language, state, start, end, ocppTransactionId } = displayMessage!;
    return call('SetDisplayMessage', compact({
      message: {
        id, priority: pascal(priority), state: pascalOrNot(state), startDateTime: timeOrNot(start), endDateTime: timeOrNot(end), transactionId: ocppTransactionId,
        message: { format: format.toUpperCase(), language, content },
      },
    }));
  },
  clear_display_message: ({ displayMessageId }) => call('ClearDisplayMessage', { id: displayMessageId }),
  get_display_messages: ({ displayFilter: { ids, priority, state } = {}, requestId }) => call('GetDisplayMessages', compact({
    requestId, id: ids, priority: pascalOrNot(priority), state: pascalOrNot(state),
  }), (answer) => answer.status === 'Accepted' || answer.status === 'Unknown'),
  get_report: ({ report, requestId }) => {
    const { base, keys, criteria } = report!;
    if (base) return call('GetBaseReport', { requestId, reportBase: `${pascal(base)}Inventory` });
    const wanted = keys?.map((key) => (key.includes('.') ? variableOf(key) : { component: { name: key } }));
    if (wanted?.includes(undefined)) return undefined;
    return call('GetReport', compact({ requestId, componentVariable: wanted, componentCriteria: criteria?.map(pascal) }));
  },
  set_variables: ({ variables }) => {
    const data = variables!.map(({ key, value, attribute, evse }) => {
      const variable = variableOf(key);
      if (!variable) return undefined;
      const component = { ...variable.component, ...(evse === undefined ? {} : { evse: { id: evse } }) };
      return { attributeType: attribute && ATTRIBUTES[attribute], attributeValue: value, component, variable: variable.variable };
    });
    return data.includes(undefined) ? undefined : call('SetVariables', compact({ setVariableData: data }), allSet('setVariableResult'));
  },
  set_network_profile: ({ networkProfile }) => {
    const { slot, url, securityProfile, interface: ocppInterface, messageTimeoutSeconds: messageTimeout, identity, basicAuthPassword, apn } = networkProfile!;
    return call('SetNetworkProfile', compact({
      configurationSlot: slot,
      connectionData: {
        ocppVersion: 'OCPP20', ocppTransport: 'JSON', ocppCsmsUrl: url, messageTimeout, securityProfile, ocppInterface, identity, basicAuthPassword,
        apn: apn && { apn: apn.apn, apnUserName: apn.user, apnPassword: apn.password, apnAuthentication: apn.authentication },
      },
    }));
  },
  certificate_signed: ({ signedCertificate, certificateRequestId: requestId }) => call('CertificateSigned', compact({
    certificateChain: signedCertificate!.chain, certificateType: signedCertificate!.use === 'v2g' ? 'V2GCertificate' : 'ChargingStationCertificate', requestId,
  })),
  install_certificate: ({ rootCertificate }) => call('InstallCertificate', { certificateType: ROOTS_2[rootCertificate!.use], certificate: rootCertificate!.pem }),
  get_installed_certificates: ({ certificateUses }) => (
    call('GetInstalledCertificateIds', compact({ certificateType: certificateUses?.map((use) => ROOTS_2[use]) }), found)),
  delete_certificate: deleteCertificate, data_transfer: dataTransfer,
  get_transaction_status: ({ ocppTransactionId: transactionId }) => call('GetTransactionStatus', compact({ transactionId }), always),
  customer_information: ({ customer, requestId }) => {
    const { report, clear, identifier: customerIdentifier, token, tokenType } = customer!;
    return call('CustomerInformation', compact({ requestId, report, clear, customerIdentifier, idToken: token === undefined ? undefined : idToken(token, tokenType) }));
  },
};

const ATTRIBUTES = { actual: 'Actual', target: 'Target', min_set: 'MinSet', max_set: 'MaxSet' } as const;
