/** What of a station can be set, by the names of 1.6 (a key) and of 2.x (a component and a variable). */
import type { Protocol } from './protocol.ts';

type Kind = 'whole' | 'boolean' | 'text';

interface Definition {
  fallback: string;
  kind: Kind;
  isReadOnly?: boolean;
  key?: string;
  variable?: string;
  needsReboot?: boolean;
}

const on = (key: string | undefined, variable: string | undefined, fallback: boolean): Definition => ({ key, variable, fallback: String(fallback), kind: 'boolean' });
const whole = (key: string | undefined, variable: string | undefined, fallback: number): Definition => ({ key, variable, fallback: String(fallback), kind: 'whole' });
const text = (key: string | undefined, variable: string | undefined, fallback: string): Definition => ({ key, variable, fallback, kind: 'text' });
const fixed = (definition: Definition): Definition => ({ ...definition, isReadOnly: true });

const MEASURANDS = 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC';

const DEFINITIONS = {
  heartbeatSeconds: whole('HeartbeatInterval', 'OCPPCommCtrlr.HeartbeatInterval', 300),
  sampleSeconds: whole('MeterValueSampleInterval', 'SampledDataCtrlr.TxUpdatedInterval', 60),
  clockAlignedSeconds: fixed(whole('ClockAlignedDataInterval', 'AlignedDataCtrlr.Interval', 0)),
  measurands: text('MeterValuesSampledData', 'SampledDataCtrlr.TxUpdatedMeasurands', MEASURANDS),
  measurandsAtStart: text(undefined, 'SampledDataCtrlr.TxStartedMeasurands', 'Energy.Active.Import.Register'),
  measurandsAtEnd: text('StopTxnSampledData', 'SampledDataCtrlr.TxEndedMeasurands', 'Energy.Active.Import.Register'),
  connectionTimeoutSeconds: whole('ConnectionTimeOut', 'TxCtrlr.EVConnectionTimeOut', 60),
  messageAttempts: whole('TransactionMessageAttempts', 'OCPPCommCtrlr.MessageAttempts', 3),
  messageRetrySeconds: whole('TransactionMessageRetryInterval', 'OCPPCommCtrlr.MessageAttemptInterval', 60),
  stopOnUnplug: on('StopTransactionOnEVSideDisconnect', 'TxCtrlr.StopTxOnEVSideDisconnect', true),
  stopOnInvalidId: on('StopTransactionOnInvalidId', 'TxCtrlr.StopTxOnInvalidId', true),
  localPreAuthorize: on('LocalPreAuthorize', 'AuthCtrlr.LocalPreAuthorize', false),
  localAuthorizeOffline: on('LocalAuthorizeOffline', 'AuthCtrlr.LocalAuthorizeOffline', true),
  offlineForUnknown: on('AllowOfflineTxForUnknownId', 'AuthCtrlr.OfflineTxForUnknownIdEnabled', false),
  cacheEnabled: on('AuthorizationCacheEnabled', 'AuthCacheCtrlr.Enabled', true),
  localListEnabled: on('LocalAuthListEnabled', 'LocalAuthListCtrlr.Enabled', true),
  authorizeRemote: on('AuthorizeRemoteTxRequests', 'AuthCtrlr.AuthorizeRemoteStart', false),
  startPoint: text(undefined, 'TxCtrlr.TxStartPoint', 'PowerPathClosed'),
  stopPoint: text(undefined, 'TxCtrlr.TxStopPoint', 'EVConnected,Authorized'),
  reservesStation: fixed(on('ReserveConnectorZeroSupported', 'ReservationCtrlr.NonEvseSpecific', false)),
  reservationAvailable: fixed(on(undefined, 'ReservationCtrlr.Available', true)),
  reservationEnabled: on(undefined, 'ReservationCtrlr.Enabled', true),
  smartChargingEnabled: on(undefined, 'SmartChargingCtrlr.Enabled', true),
  connectors: fixed(whole('NumberOfConnectors', undefined, 1)),
  featureProfiles: fixed(text('SupportedFeatureProfiles', undefined, 'Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger')),
  keyMaximum: fixed(whole('GetConfigurationMaxKeys', undefined, 50)),
  localListMaximum: fixed(whole('LocalAuthListMaxLength', undefined, 1_000)),
  listSendMaximum: fixed(whole('SendLocalListMaxLength', undefined, 1_000)),
  rateUnit: fixed(text('ChargingScheduleAllowedChargingRateUnit', 'SmartChargingCtrlr.RateUnit', 'Current,Power')),
  stackMaximum: fixed(whole('ChargeProfileMaxStackLevel', 'SmartChargingCtrlr.ProfileStackLevel', 10)),
  periodMaximum: fixed(whole('ChargingScheduleMaxPeriods', 'SmartChargingCtrlr.PeriodsPerSchedule', 24)),
  profileMaximum: fixed(whole('MaxChargingProfilesInstalled', 'SmartChargingCtrlr.Entries', 20)),
  pingSeconds: whole('WebSocketPingInterval', 'OCPPCommCtrlr.WebSocketPingInterval', 0),
} satisfies Record<string, Definition>;

export type SettingName = keyof typeof DEFINITIONS;
const ENTRIES = Object.entries(DEFINITIONS) as [SettingName, Definition][];

export interface Setting {
  /** `HeartbeatInterval`, `OCPPCommCtrlr.HeartbeatInterval` */
  name: string;
  value: string;
  isReadOnly: boolean;
}

export interface Settings {
  number(name: SettingName): number;
  flag(name: SettingName): boolean;
  text(name: SettingName): string;
  all(): Setting[];
  find(name: string): Setting | undefined;
  /** `invalid`: not of its kind */
  change(name: string, value: string): 'changed' | 'read_only' | 'unknown' | 'invalid';
}

/** @param initial by the names that the station's version has for them. Throws for a name that is none. */
export function createSettings(protocol: Protocol, initial: Record<string, string>, quirks: { unknown(): string[]; readOnly(): string[] }): Settings {
  const nameOf = ({ key, variable }: Definition): string | undefined => (protocol === 'ocpp1.6' ? key : variable);
  const values = new Map<SettingName, string>(ENTRIES.map(([name, { fallback }]) => [name, fallback]));
  const byName = new Map(ENTRIES.flatMap(([name, definition]): [string, [SettingName, Definition]][] => {
    const told = nameOf(definition);
    return told === undefined ? [] : [[told, [name, definition]]];
  }));
  for (const [name, value] of Object.entries(initial)) {
    const known = byName.get(name);
    if (!known) throw new Error(`no setting of ${protocol} is called ${name}`);
    values.set(known[0], value);
  }
  const find = (told: string): Setting | undefined => {
    const known = byName.get(told);
    if (!known || quirks.unknown().includes(told)) return undefined;
    return { name: told, value: values.get(known[0])!, isReadOnly: known[1].isReadOnly === true || quirks.readOnly().includes(told) };
  };
  return {
    find,
    number: (name) => Number(values.get(name)), flag: (name) => values.get(name) === 'true', text: (name) => values.get(name)!,
    all: () => [...byName.keys()].flatMap((told) => find(told) ?? []),
    change: (told, value) => {
      const setting = find(told);
      if (!setting) return 'unknown';
      if (setting.isReadOnly) return 'read_only';
      const [name, { kind }] = byName.get(told)!;
      const said = kind === 'boolean' ? value.toLowerCase() : value;
      if ((kind === 'whole' && !/^\d{1,9}$/.test(said)) || (kind === 'boolean' && said !== 'true' && said !== 'false')) return 'invalid';
      values.set(name, said);
      return 'changed';
    },
  };
}
