/** Commands that only operators give: lists, firmware, logs, limits, displays, reports, certificates. In no version's words. */
import type { EpochMs } from '../../platform/clock/index.ts';

export const OPERATOR_COMMAND_TYPES = [
  'extended_trigger_message', 'clear_cache', 'send_local_list', 'get_local_list_version', 'update_firmware', 'get_log', 'set_charging_profile', 'clear_charging_profile',
  'get_composite_schedule', 'get_charging_profiles', 'set_display_message', 'clear_display_message', 'get_display_messages', 'get_report', 'set_variables',
  'set_network_profile', 'certificate_signed', 'install_certificate', 'get_installed_certificates', 'delete_certificate', 'data_transfer', 'get_transaction_status',
  'customer_information',
] as const;
export type OperatorCommandType = (typeof OPERATOR_COMMAND_TYPES)[number];

export const TOKEN_TYPES = ['rfid', 'rfid_iso15693', 'app', 'emaid', 'key_code', 'mac_address', 'local'] as const;
export const TOKEN_STATUSES = ['accepted', 'blocked', 'expired', 'invalid', 'concurrent_tx'] as const;
export const PROFILE_PURPOSES = ['station_max', 'tx_default'] as const;
export const DISPLAY_PRIORITIES = ['always_front', 'in_front', 'normal_cycle'] as const;
export const DISPLAY_STATES = ['charging', 'faulted', 'idle', 'unavailable'] as const;
export const REPORT_BASES = ['configuration', 'full', 'summary'] as const;
export const REPORT_CRITERIA = ['active', 'available', 'enabled', 'problem'] as const;
export const ROOT_CERTIFICATES = ['csms_root', 'manufacturer_root', 'v2g_root', 'mo_root'] as const;
export const CERTIFICATE_USES = [...ROOT_CERTIFICATES, 'v2g_chain'] as const;
export const HASH_ALGORITHMS = ['SHA256', 'SHA384', 'SHA512'] as const;
export const INTERFACES = ['Wired0', 'Wired1', 'Wired2', 'Wired3', 'Wireless0', 'Wireless1', 'Wireless2', 'Wireless3'] as const;

type One<T extends readonly unknown[]> = T[number];

/** Who may charge while the station can't ask. Without a status, a differential update takes the token out. */
export interface LocalToken {
  token: string;
  type?: One<typeof TOKEN_TYPES>;
  status?: One<typeof TOKEN_STATUSES>;
  expires?: EpochMs;
  /** parentIdTag, groupIdToken */
  group?: string;
}

export interface SchedulePeriod {
  /** after the start of the schedule */
  startSeconds: number;
  /** in the unit of the schedule */
  limit: number;
  phases?: number;
}

export interface ChargingProfile {
  id: number;
  purpose: One<typeof PROFILE_PURPOSES>;
  stackLevel?: number;
  /** counts from its `start`, from the beginning of each transaction, or again each day or week */
  kind?: 'absolute' | 'relative' | 'daily' | 'weekly';
  unit: 'A' | 'W';
  start?: EpochMs;
  validFrom?: EpochMs;
  validTo?: EpochMs;
  durationSeconds?: number;
  minimum?: number;
  periods: SchedulePeriod[];
}

interface Download {
  retries?: number;
  retryIntervalSeconds?: number;
}

export interface OperatorParameters {
  /** of send_local_list; its version is kept by us */
  localList?: { update: 'full' | 'differential'; tokens: LocalToken[] };
  firmware?: Download & { url: string; retrieve?: EpochMs; install?: EpochMs; signingCertificate?: string; signature?: string };
  log?: Download & { kind: 'diagnostics' | 'security'; url: string; start?: EpochMs; end?: EpochMs };
  profile?: ChargingProfile;
  /** of clear_charging_profile and get_charging_profiles */
  profileFilter?: { id?: number; purpose?: One<typeof PROFILE_PURPOSES>; stackLevel?: number };
  /** of get_composite_schedule */
  schedule?: { durationSeconds: number; unit?: 'A' | 'W' };
  displayMessage?: {
    id: number; priority: One<typeof DISPLAY_PRIORITIES>; content: string; format?: 'ascii' | 'html' | 'uri' | 'utf8'; language?: string; state?: One<typeof DISPLAY_STATES>;
    start?: EpochMs; end?: EpochMs; ocppTransactionId?: string;
  };
  displayFilter?: { ids?: number[]; priority?: One<typeof DISPLAY_PRIORITIES>; state?: One<typeof DISPLAY_STATES> };
  /** of clear_display_message */
  displayMessageId?: number;
  /** of get_report: a whole inventory, or what is asked for; a key is `Component` or `Component.Variable` */
  report?: { base?: One<typeof REPORT_BASES>; keys?: string[]; criteria?: One<typeof REPORT_CRITERIA>[] };
  /** of set_variables; the EVSE as the station counts it, else the whole station */
  variables?: { key: string; value: string; attribute?: 'actual' | 'target' | 'min_set' | 'max_set'; evse?: number }[];
  networkProfile?: {
    slot: number; url: string; securityProfile: number; interface: One<typeof INTERFACES>; messageTimeoutSeconds: number; identity?: string; basicAuthPassword?: string;
    apn?: { apn: string; user?: string; password?: string; authentication: 'CHAP' | 'NONE' | 'PAP' | 'AUTO' };
  };
  /** of certificate_signed: PEM, the station's own first; and which request of the station's it answers */
  signedCertificate?: { chain: string; use?: 'charging_station' | 'v2g'; request?: string };
  rootCertificate?: { use: One<typeof ROOT_CERTIFICATES>; pem: string };
  /** of get_installed_certificates; in 1.6 there must be one */
  certificateUses?: One<typeof CERTIFICATE_USES>[];
  certificateHash?: { algorithm: One<typeof HASH_ALGORITHMS>; issuerName: string; issuerKey: string; serialNumber: string };
  vendorMessage?: { vendor: string; message?: string; data?: string };
  /** as the station names it; of get_transaction_status, which asks for all without */
  ocppTransactionId?: string;
  customer?: { report: boolean; clear: boolean; identifier?: string; token?: string; tokenType?: One<typeof TOKEN_TYPES> };
}

type Takes = { may: readonly (keyof OperatorParameters | 'message' | 'evse')[]; must: readonly (keyof OperatorParameters | 'message' | 'evse')[] };
const all = (...names: Takes['must']): Takes => ({ may: names, must: names });

/** What a type of command takes, and what of it must be there. */
export const OPERATOR_TAKES: Record<OperatorCommandType, Takes> = {
  extended_trigger_message: { may: ['message', 'evse'], must: ['message'] }, clear_cache: all(), send_local_list: all('localList'), get_local_list_version: all(),
  update_firmware: all('firmware'), get_log: all('log'), set_charging_profile: { may: ['profile', 'evse'], must: ['profile'] },
  clear_charging_profile: { may: ['profileFilter', 'evse'], must: [] }, get_composite_schedule: { may: ['schedule', 'evse'], must: ['schedule'] },
  get_charging_profiles: { may: ['profileFilter', 'evse'], must: [] }, set_display_message: all('displayMessage'), clear_display_message: all('displayMessageId'),
  get_display_messages: { may: ['displayFilter'], must: [] }, get_report: all('report'), set_variables: all('variables'), set_network_profile: all('networkProfile'),
  certificate_signed: all('signedCertificate'), install_certificate: all('rootCertificate'), get_installed_certificates: { may: ['certificateUses'], must: [] },
  delete_certificate: all('certificateHash'), data_transfer: all('vendorMessage'), get_transaction_status: { may: ['ocppTransactionId'], must: [] },
  customer_information: all('customer'),
};

/** Those whose answer comes in messages of the station's own, which name the request by its number. */
export const NUMBERED: ReadonlySet<string> = new Set<OperatorCommandType>([
  'update_firmware', 'get_log', 'get_charging_profiles', 'get_display_messages', 'get_report', 'customer_information',
]);

type Problem = { pointer: string; message: string };

/** What no schema can say of the parameters. */
export function problemsOf({ profile, localList, report, customer, log, firmware, displayMessage }: OperatorParameters): Problem[] {
  return [
    ...(profile ? problemsOfProfile(profile) : []), ...(localList ? problemsOfList(localList) : []),
    ...(report && !report.base && !report.keys && !report.criteria ? [{ pointer: '/report', message: 'must name a base, keys or criteria' }] : []),
    ...(report?.base && (report.keys ?? report.criteria) ? [{ pointer: '/report/base', message: 'goes without keys and criteria' }] : []),
    ...(customer && !customer.report && !customer.clear ? [{ pointer: '/customer', message: 'must be reported, or cleared' }] : []),
    ...(firmware && (firmware.signature === undefined) !== (firmware.signingCertificate === undefined)
      ? [{ pointer: '/firmware/signature', message: 'goes with signing_certificate' }] : []),
    ...ordered(log?.start, log?.end, '/log/end'), ...ordered(displayMessage?.start, displayMessage?.end, '/display_message/end'),
  ];
}

const ordered = (start: EpochMs | undefined, end: EpochMs | undefined, pointer: string): Problem[] => (
  start !== undefined && end !== undefined && end <= start ? [{ pointer, message: 'must be later than the start' }] : []);

function problemsOfProfile({ purpose, kind, start, periods, validFrom, validTo }: ChargingProfile): Problem[] {
  const rising = periods.every(({ startSeconds }, i) => (i === 0 ? startSeconds === 0 : startSeconds > periods[i - 1]!.startSeconds));
  return [
    ...(rising ? [] : [{ pointer: '/profile/periods', message: 'must begin at 0 and follow each other' }]),
    ...(purpose === 'station_max' && kind === 'relative' ? [{ pointer: '/profile/kind', message: 'must not be relative for the whole station' }] : []),
    ...((kind === 'daily' || kind === 'weekly') && start === undefined ? [{ pointer: '/profile/start', message: 'is required where it recurs' }] : []),
    ...ordered(validFrom, validTo, '/profile/valid_to'),
  ];
}

function problemsOfList({ update, tokens }: NonNullable<OperatorParameters['localList']>): Problem[] {
  const at = (i: number): string => `/local_list/tokens/${i}`;
  const first = new Map(tokens.map(({ token }, i) => [keyOfToken(token), i] as const).reverse());
  return tokens.flatMap(({ token, status }, i) => [
    ...(first.get(keyOfToken(token)) === i ? [] : [{ pointer: `${at(i)}/token`, message: 'is there twice' }]),
    ...(update === 'full' && status === undefined ? [{ pointer: `${at(i)}/status`, message: 'is required in a full list' }] : []),
  ]);
}

/** OCPP compares tokens without regard to case. */
export const keyOfToken = (token: string): string => token.toLowerCase();
