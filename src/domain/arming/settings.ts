/** Settings by which a station asks us before it lets anybody charge: without them, soft enforcement is a wish (ARM-8). Pure. */
import type { StationCommand } from '../chargers/index.ts';

interface Wanted {
  value: 'true' | 'false';
  /** without it the station starts without asking; the others only make it quicker to stop */
  isDecisive: boolean;
}

const yes: Wanted = { value: 'true', isDecisive: false };
const never: Wanted = { value: 'false', isDecisive: true };

const WANTED_1_6: Readonly<Record<string, Wanted>> = {
  LocalPreAuthorize: never, LocalAuthorizeOffline: never, AuthorizationCacheEnabled: never, AllowOfflineTxForUnknownId: never, StopTransactionOnInvalidId: yes,
  AuthorizeRemoteTxRequests: yes,
};
const WANTED_2: Readonly<Record<string, Wanted>> = {
  'AuthCtrlr.LocalPreAuthorize': never, 'AuthCtrlr.LocalAuthorizeOffline': never, 'AuthCacheCtrlr.Enabled': never, 'AuthCtrlr.OfflineTxForUnknownIdEnabled': never,
  'TxCtrlr.StopTxOnInvalidId': yes, 'AuthCtrlr.AuthorizeRemoteStart': yes,
};
const PROFILES = 'SupportedFeatureProfiles';
const RESERVES_2 = 'ReservationCtrlr.Enabled';

const is16 = (protocol: string): boolean => protocol === 'ocpp1.6';
const wantedOf = (protocol: string): Readonly<Record<string, Wanted>> => (is16(protocol) ? WANTED_1_6 : WANTED_2);

/** What a station is asked, in one message. */
export function keysToRead(protocol: string): string[] {
  return [...Object.keys(wantedOf(protocol)), is16(protocol) ? PROFILES : RESERVES_2];
}

export interface Setting {
  value: string;
  isReadOnly: boolean;
}

interface Result16 { configurationKey?: { key: string; value?: string; readonly?: boolean }[] }
interface Result2 { getVariableResult?: { attributeStatus: string; attributeValue?: string; component: { name: string }; variable: { name: string } }[] }

/** What a station says of its settings; those that it does not know are left out. By key in lower case: stations spell them as they like. */
export function settingsOf({ result }: Pick<StationCommand, 'result'>): Map<string, Setting> {
  const { configurationKey = [] } = (result ?? {}) as Result16;
  const { getVariableResult = [] } = (result ?? {}) as Result2;
  return new Map([
    ...configurationKey.map(({ key, value = '', readonly: isReadOnly = false }) => [key.toLowerCase(), { value, isReadOnly }] as const),
    ...getVariableResult.filter(({ attributeStatus }) => attributeStatus === 'Accepted')
      .map(({ component, variable, attributeValue = '' }) => [`${component.name}.${variable.name}`.toLowerCase(), { value: attributeValue, isReadOnly: false }] as const),
  ]);
}

export interface WrongSetting {
  key: string;
  wanted: string;
  actual: string;
}

const isSame = (one: string, other: string): boolean => one.trim().toLowerCase() === other;

/** Those that are other than wanted. */
function wrongOf(protocol: string, settings: ReadonlyMap<string, Setting>): (WrongSetting & Wanted & Setting)[] {
  return Object.entries(wantedOf(protocol)).flatMap(([key, wanted]) => {
    const found = settings.get(key.toLowerCase());
    return found && !isSame(found.value, wanted.value) ? [{ ...found, ...wanted, key, wanted: wanted.value, actual: found.value }] : [];
  });
}

/** What a station is told to change: never what it says can't be. */
export function toChange(protocol: string, settings: ReadonlyMap<string, Setting>): { key: string; value: string }[] {
  return wrongOf(protocol, settings).filter(({ isReadOnly }) => !isReadOnly).map(({ key, wanted: value }) => ({ key, value }));
}

export type EnforcementResult = 'enforceable' | 'soft_only' | 'not_enforceable';

/** What a station's settings come to: whether it can reserve, and what stands against asking us. `reserves` is null where it does not say. */
export function judgeSettings(protocol: string, settings: ReadonlyMap<string, Setting>): { reserves: boolean | null; against: WrongSetting[] } {
  const against = wrongOf(protocol, settings).filter(({ isDecisive }) => isDecisive).map(({ key, wanted, actual }) => ({ key, wanted, actual }));
  const said = settings.get((is16(protocol) ? PROFILES : RESERVES_2).toLowerCase())?.value;
  if (said === undefined || said === '') return { reserves: null, against };
  const reserves = is16(protocol) ? said.split(',').some((profile) => isSame(profile, 'reservation')) : isSame(said, 'true');
  return { reserves, against };
}

export function resultOf({ reserves, against }: { reserves: boolean | null; against: readonly WrongSetting[] }): EnforcementResult {
  if (reserves === true) return 'enforceable';
  return against.length > 0 ? 'not_enforceable' : 'soft_only';
}
