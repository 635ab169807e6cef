/** Between the rows of the four tables and the tree that the domain works with. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Connector, Evse, Location, Station } from './location.ts';

export interface LocationRow extends Pick<
  Location, 'id' | 'networkId' | 'operatorId' | 'ref' | 'publish' | 'name' | 'country' | 'timeZone' | 'version' | 'createdAt' | 'updatedAt'
> {
  latitude: number;
  longitude: number;
  attributes: Record<string, unknown>;
  retiredAt: EpochMs | null;
}

export interface StationRow {
  id: string;
  locationId: string;
  ref: string;
  attributes: Record<string, unknown>;
}

export interface EvseRow extends Pick<Evse, 'id' | 'locationId' | 'stationId' | 'uid' | 'status' | 'statusAt'> {
  attributes: Record<string, unknown>;
}

export interface ConnectorRow extends Pick<Connector, 'id' | 'evseId' | 'ref' | 'standard' | 'powerType' | 'maxPowerW'> {
  attributes: Record<string, unknown>;
}

/** `attributes` were written from the same types, so they are taken back as they are. */
export function assembleLocations(locations: LocationRow[], stations: StationRow[], evses: EvseRow[], connectors: ConnectorRow[]): Location[] {
  const connectorsOf = groupBy(connectors, (row) => row.evseId);
  const evsesOf = groupBy(evses, (row) => row.stationId);
  const stationsOf = groupBy(stations, (row) => row.locationId);
  return locations.map(({ attributes, latitude, longitude, retiredAt, ...location }) => ({
    ...(attributes as unknown as Location), ...location, coordinates: { latitude, longitude }, ...(retiredAt === null ? {} : { retiredAt }),
    stations: (stationsOf.get(location.id) ?? []).map(({ attributes: shown, ...station }) => ({
      ...(shown as Partial<Station>), ...station,
      evses: (evsesOf.get(station.id) ?? []).map(({ attributes: details, ...evse }) => ({
        ...(details as unknown as Evse), ...evse,
        connectors: (connectorsOf.get(evse.id) ?? []).map(({ attributes: more, ...connector }) => ({ ...(more as unknown as Connector), ...connector })),
      })),
    })),
  }));
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}
