import {
  CAPABILITIES, CONNECTOR_FORMATS, CONNECTOR_STANDARDS, EVSE_STATUSES, FACILITIES, POWER_TYPES, type Capability, type ConnectorFormat, type ConnectorStandard,
  type EvseStatus, type Facility, type PowerType,
} from '../stations/index.ts';

/** A closed list as small numbers: a value's code is its place in the list. */
function codesOf<T extends string>(values: readonly T[]): (value: T) => number {
  const codes = new Map(values.map((value, code) => [value, code]));
  return (value) => {
    const code = codes.get(value);
    if (code === undefined) throw new RangeError(`not one of ${values.join(', ')}: ${value}`);
    return code;
  };
}

export const standardCode: (standard: ConnectorStandard) => number = codesOf(CONNECTOR_STANDARDS);
export const powerTypeCode: (powerType: PowerType) => number = codesOf(POWER_TYPES);
export const formatCode: (format: ConnectorFormat) => number = codesOf(CONNECTOR_FORMATS);
export const statusCode: (status: EvseStatus) => number = codesOf(EVSE_STATUSES);
const facilityCode: (facility: Facility) => number = codesOf(FACILITIES);
const capabilityCode: (capability: Capability) => number = codesOf(CAPABILITIES);

/** One bit for each facility (there are fewer than 32). */
export function facilityMask(facilities: readonly Facility[]): number {
  return facilities.reduce((mask, facility) => mask | (1 << facilityCode(facility)), 0);
}

/** One bit for each capability (there are fewer than 16). */
export function capabilityMask(capabilities: readonly Capability[]): number {
  return capabilities.reduce((mask, capability) => mask | (1 << capabilityCode(capability)), 0);
}

/** Beside the capabilities, the bit that says that an EVSE can be booked at all. */
export const BOOKABLE: number = 1 << 15;

/** One bit for each standard, in two numbers since there are more than 32. */
export function standardMasks(standards: readonly ConnectorStandard[]): [low: number, high: number] {
  const codes = standards.map(standardCode);
  const maskFrom = (base: number): number => codes.reduce((mask, code) => (code >= base && code < base + 32 ? mask | (1 << (code - base)) : mask), 0);
  return [maskFrom(0), maskFrom(32)];
}

/** A table that says 1 for each allowed code and 0 for the rest, or undefined where everything is allowed. */
export function allowedCodes<T>(values: readonly T[] | undefined, codeOf: (value: T) => number): Uint8Array | undefined {
  if (values === undefined || values.length === 0) return undefined;
  const allowed = new Uint8Array(64);
  for (const value of values) allowed[codeOf(value)] = 1;
  return allowed;
}
