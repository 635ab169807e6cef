/** The closed lists of OCPI 2.2.1 (mod_locations), word for word. */

export const PARKING_TYPES = ['ALONG_MOTORWAY', 'PARKING_GARAGE', 'PARKING_LOT', 'ON_DRIVEWAY', 'ON_STREET', 'UNDERGROUND_GARAGE'] as const;

export const FACILITIES = [
  'HOTEL', 'RESTAURANT', 'CAFE', 'MALL', 'SUPERMARKET', 'SPORT', 'RECREATION_AREA', 'NATURE', 'MUSEUM', 'BIKE_SHARING', 'BUS_STOP', 'TAXI_STAND',
  'TRAM_STOP', 'METRO_STATION', 'TRAIN_STATION', 'AIRPORT', 'PARKING_LOT', 'CARPOOL_PARKING', 'FUEL_STATION', 'WIFI',
] as const;

/** What an EVSE is doing, as it reports. RESERVED and what is booked ahead are different things: the calendar knows the latter. */
export const EVSE_STATUSES = ['AVAILABLE', 'BLOCKED', 'CHARGING', 'INOPERATIVE', 'OUTOFORDER', 'PLANNED', 'REMOVED', 'RESERVED', 'UNKNOWN'] as const;

export const CAPABILITIES = [
  'CHARGING_PROFILE_CAPABLE', 'CHARGING_PREFERENCES_CAPABLE', 'CHIP_CARD_SUPPORT', 'CONTACTLESS_CARD_SUPPORT', 'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE', 'PED_TERMINAL', 'REMOTE_START_STOP_CAPABLE', 'RESERVABLE', 'RFID_READER', 'START_SESSION_CONNECTOR_REQUIRED',
  'TOKEN_GROUP_CAPABLE', 'UNLOCK_CAPABLE',
] as const;

export const PARKING_RESTRICTIONS = ['EV_ONLY', 'PLUGGED', 'DISABLED', 'CUSTOMERS', 'MOTORCYCLES'] as const;

export const CONNECTOR_STANDARDS = [
  'CHADEMO', 'CHAOJI', 'DOMESTIC_A', 'DOMESTIC_B', 'DOMESTIC_C', 'DOMESTIC_D', 'DOMESTIC_E', 'DOMESTIC_F', 'DOMESTIC_G', 'DOMESTIC_H', 'DOMESTIC_I',
  'DOMESTIC_J', 'DOMESTIC_K', 'DOMESTIC_L', 'DOMESTIC_M', 'DOMESTIC_N', 'DOMESTIC_O', 'GBT_AC', 'GBT_DC', 'IEC_60309_2_single_16',
  'IEC_60309_2_three_16', 'IEC_60309_2_three_32', 'IEC_60309_2_three_64', 'IEC_62196_T1', 'IEC_62196_T1_COMBO', 'IEC_62196_T2',
  'IEC_62196_T2_COMBO', 'IEC_62196_T3A', 'IEC_62196_T3C', 'NEMA_5_20', 'NEMA_6_30', 'NEMA_6_50', 'NEMA_10_30', 'NEMA_10_50', 'NEMA_14_30',
  'NEMA_14_50', 'PANTOGRAPH_BOTTOM_UP', 'PANTOGRAPH_TOP_DOWN', 'TESLA_R', 'TESLA_S',
] as const;

export const CONNECTOR_FORMATS = ['SOCKET', 'CABLE'] as const;

export const POWER_TYPES = ['AC_1_PHASE', 'AC_2_PHASE', 'AC_2_PHASE_SPLIT', 'AC_3_PHASE', 'DC'] as const;

export const IMAGE_CATEGORIES = ['CHARGER', 'ENTRANCE', 'LOCATION', 'NETWORK', 'OPERATOR', 'OTHER', 'OWNER'] as const;

export const ENERGY_SOURCES = ['NUCLEAR', 'GENERAL_FOSSIL', 'COAL', 'GAS', 'GENERAL_GREEN', 'SOLAR', 'WIND', 'WATER'] as const;

export const ENVIRONMENTAL_IMPACTS = ['NUCLEAR_WASTE', 'CARBON_DIOXIDE'] as const;

export type ParkingType = (typeof PARKING_TYPES)[number];
export type Facility = (typeof FACILITIES)[number];
export type EvseStatus = (typeof EVSE_STATUSES)[number];
export type Capability = (typeof CAPABILITIES)[number];
export type ParkingRestriction = (typeof PARKING_RESTRICTIONS)[number];
export type ConnectorStandard = (typeof CONNECTOR_STANDARDS)[number];
export type ConnectorFormat = (typeof CONNECTOR_FORMATS)[number];
export type PowerType = (typeof POWER_TYPES)[number];

/**
 * What people call the plugs, in upper case with everything but letters and digits taken out (`Type 2`, `type-2` and
 * `TYPE2` are one). Callers may use these words wherever a connector standard is expected.
 */
const STANDARD_ALIASES: Record<string, ConnectorStandard> = {
  CCS: 'IEC_62196_T2_COMBO', CCS2: 'IEC_62196_T2_COMBO', COMBO2: 'IEC_62196_T2_COMBO', CCS1: 'IEC_62196_T1_COMBO', COMBO1: 'IEC_62196_T1_COMBO',
  TYPE2: 'IEC_62196_T2', MENNEKES: 'IEC_62196_T2', TYPE1: 'IEC_62196_T1', J1772: 'IEC_62196_T1', CHADEMO: 'CHADEMO', GBTAC: 'GBT_AC', GBTDC: 'GBT_DC',
  NACS: 'TESLA_S', TESLA: 'TESLA_S', TESLAROADSTER: 'TESLA_R', TYPE3A: 'IEC_62196_T3A', TYPE3C: 'IEC_62196_T3C', SCHUKO: 'DOMESTIC_F',
};
const STANDARDS_BY_FOLDED_NAME = new Map<string, ConnectorStandard>(CONNECTOR_STANDARDS.map((standard) => [foldName(standard), standard]));

function foldName(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
}

/** What people call a plug, where they call it otherwise than the standard does. */
const COMMON_NAMES: Partial<Record<ConnectorStandard, string>> = {
  IEC_62196_T2_COMBO: 'CCS 2', IEC_62196_T1_COMBO: 'CCS 1', IEC_62196_T2: 'Type 2', IEC_62196_T1: 'Type 1', CHADEMO: 'CHAdeMO', GBT_AC: 'GB/T AC', GBT_DC: 'GB/T DC',
  TESLA_S: 'NACS', TESLA_R: 'Tesla Roadster', IEC_62196_T3A: 'Type 3A', IEC_62196_T3C: 'Type 3C', DOMESTIC_F: 'Schuko',
};

export function commonNameOf(standard: ConnectorStandard): string {
  return COMMON_NAMES[standard] ?? standard.replaceAll('_', ' ');
}

/** The connector standard that a word means (`CCS2`, `Type 2`, `IEC_62196_T2`), or undefined. */
export function connectorStandardOf(word: string): ConnectorStandard | undefined {
  const folded = foldName(word);
  return STANDARDS_BY_FOLDED_NAME.get(folded) ?? (Object.hasOwn(STANDARD_ALIASES, folded) ? STANDARD_ALIASES[folded] : undefined);
}
