/** A fingerprint of what an operator tells of a location, so that importing the same again changes nothing. */
import { createHash } from 'node:crypto';
import type { ConnectorInput, EvseInput, LocationInput, StationInput } from '../location.ts';

/**
 * SHA-256 (hex) over the location in one canonical form: the order of keys, of stations, EVSEs and connectors, and of lists
 * that are sets (facilities, capabilities, restrictions, tariff ids) makes no difference, nor do keys that are undefined.
 * Equal hashes mean equal locations, EVSE statuses included.
 */
export function contentHashOf(input: LocationInput): string {
  const canonical = { ...input, facilities: input.facilities.toSorted(), stations: sortedBy(input.stations.map(canonicalStation), 'ref') };
  return hashOf(canonical);
}

/** SHA-256 (hex) of any plain data, whatever the order of its keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function canonicalStation(station: StationInput): StationInput {
  return { ...station, evses: sortedBy(station.evses.map(canonicalEvse), 'uid') };
}

function canonicalEvse(evse: EvseInput): EvseInput {
  return {
    ...evse,
    capabilities: evse.capabilities.toSorted(),
    parkingRestrictions: evse.parkingRestrictions.toSorted(),
    connectors: sortedBy(evse.connectors.map(canonicalConnector), 'ref'),
  };
}

function canonicalConnector(connector: ConnectorInput): ConnectorInput {
  return { ...connector, tariffIds: connector.tariffIds.toSorted() };
}

/** By code units, which no locale changes. */
function sortedBy<K extends string, T extends Record<K, string>>(items: T[], key: K): T[] {
  return items.sort((a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
