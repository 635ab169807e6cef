/** The connections of Open Charge Map, whose plugs and currents are numbers of its own reference lists. */
import { connectorStandardOf, type ConnectorStandard } from '../enums.ts';
import type { ConnectorDraft, PlugDraft } from './draft.ts';
import { asNumber, asObject, asPositive, asText, type JsonObject, lookUp } from './values.ts';

/** ConnectionTypeID; numbers of plugs that OCPI does not know (inductive, battery swap, NEMA 6-15, ...) are not here. */
const STANDARDS: Record<number, ConnectorStandard> = {
  1: 'IEC_62196_T1', 2: 'CHADEMO', 3: 'DOMESTIC_G', 4: 'IEC_60309_2_single_16', 8: 'TESLA_R', 9: 'NEMA_5_20', 10: 'NEMA_14_30', 11: 'NEMA_14_50',
  13: 'DOMESTIC_C', 16: 'IEC_60309_2_single_16', 17: 'IEC_60309_2_three_16', 22: 'DOMESTIC_B', 23: 'DOMESTIC_E', 25: 'IEC_62196_T2',
  26: 'IEC_62196_T3C',
  27: 'TESLA_S', 28: 'DOMESTIC_F', 29: 'DOMESTIC_I', 30: 'TESLA_S', 32: 'IEC_62196_T1_COMBO', 33: 'IEC_62196_T2_COMBO', 34: 'IEC_60309_2_single_16',
  35: 'IEC_60309_2_three_16', 36: 'IEC_62196_T3A', 1036: 'IEC_62196_T2', 1037: 'DOMESTIC_J', 1038: 'GBT_AC', 1039: 'GBT_AC', 1040: 'GBT_DC',
  1043: 'DOMESTIC_M', 1044: 'CHAOJI',
};
const TETHERED = new Set([1, 1036, 1039]);
const FIVE_PIN = new Set([17, 35]);
/** CurrentTypeID */
const POWER_TYPES: Record<number, string> = { 10: 'AC_1_PHASE', 20: 'AC_3_PHASE', 30: 'DC' };
/** StatusTypeID. "Operational" tells that it works, not that it is free: that stays UNKNOWN. */
const STATUSES: Record<number, string> = {
  10: 'AVAILABLE', 20: 'CHARGING', 30: 'INOPERATIVE', 50: 'UNKNOWN', 75: 'UNKNOWN', 100: 'OUTOFORDER', 150: 'PLANNED', 200: 'REMOVED', 210: 'REMOVED',
};

export function statusOfOcm(value: unknown): string | undefined {
  return lookUp(STATUSES, asNumber(value));
}

export function readConnection(object: JsonObject): PlugDraft {
  const quantity = Math.max(1, Math.floor(asPositive(object['Quantity']) ?? 1));
  return { connector: readConnector(object), quantity, status: statusOfOcm(object['StatusTypeID'] ?? asObject(object['StatusType'])?.['ID']) };
}

function readConnector(object: JsonObject): ConnectorDraft {
  const type = asObject(object['ConnectionType']);
  const typeId = asNumber(object['ConnectionTypeID'] ?? type?.['ID']);
  const powerKw = asNumber(object['PowerKW']);
  const amperageA = asPositive(object['Amps']);
  const title = asText(type?.['Title']);
  return {
    ref: asText(object['ID']),
    standard: standardOf(typeId, title, amperageA) ?? title ?? (typeId === undefined ? undefined : `ConnectionTypeID ${typeId}`),
    format: typeId !== undefined && TETHERED.has(typeId) ? 'CABLE' : undefined,
    powerType: lookUp(POWER_TYPES, asNumber(object['CurrentTypeID'] ?? asObject(object['CurrentType'])?.['ID'])),
    maxVoltageV: asPositive(object['Voltage']),
    maxAmperageA: amperageA,
    maxPowerW: powerKw === undefined ? undefined : powerKw * 1_000,
  };
}

function standardOf(typeId: number | undefined, title: string | undefined, amperageA: number | undefined): ConnectorStandard | undefined {
  if (typeId !== undefined && FIVE_PIN.has(typeId) && amperageA !== undefined && amperageA > 16) {
    return amperageA > 32 ? 'IEC_60309_2_three_64' : 'IEC_60309_2_three_32';
  }
  return lookUp(STANDARDS, typeId) ?? connectorStandardOf(title ?? '');
}
