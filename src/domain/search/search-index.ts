import type { EpochMs } from '../../platform/clock/index.ts';
import type { FlatIntervals } from '../calendar/index.ts';
import type { OpeningTimes } from '../stations/index.ts';
import { createBusyStore, pruneStore, type BusyStore } from './busy-times.ts';
import type { BookableRule } from './entry.ts';
import { createInterner, type Interner } from './interner.ts';
import { createNetworkPart, type NetworkPart } from './network-part.ts';
import {
  createConnectorTable, createEvseTable, createLocationTable, type ConnectorTable, type EvseTable, type LocationTable,
} from './tables.ts';

/** What decides about slots, shared by all locations for which it is the same. */
export interface Schedule {
  rule: BookableRule;
  timeZone: string;
  openingTimes: OpeningTimes;
}

/**
 * Everything a search looks at, in memory. It is plain data that the functions of this room change and read; none of
 * them waits, so whoever searches sees every change made before, and never half of one.
 */
export interface SearchIndex {
  locations: LocationTable;
  evses: EvseTable;
  connectors: ConnectorTable;
  busy: BusyStore;
  operators: Interner<string>;
  schedules: Interner<Schedule>;
  networks: Map<string, NetworkPart>;
  networksByNumber: Map<number, NetworkPart>;
  networksMade: number;
  locationRows: Map<string, number>;
  /** the row of each EVSE in the location that named it last */
  evseRows: Map<string, number>;
  /** busy times of EVSEs that no location has named yet, or that have lost theirs */
  strayBusy: Map<string, FlatIntervals>;
  /** rows of EVSEs and connectors that nothing points to any more */
  unusedEvses: number;
  unusedConnectors: number;
  /** number of the latest search that marked rows as seen */
  searches: number;
}

export function createSearchIndex(): SearchIndex {
  return {
    locations: createLocationTable(),
    evses: createEvseTable(),
    connectors: createConnectorTable(),
    busy: createBusyStore(),
    operators: createInterner(),
    schedules: createInterner(),
    networks: new Map(),
    networksByNumber: new Map(),
    networksMade: 0,
    locationRows: new Map(),
    evseRows: new Map(),
    strayBusy: new Map(),
    unusedEvses: 0,
    unusedConnectors: 0,
    searches: 0,
  };
}

export function networkPartOf(index: SearchIndex, networkId: string): NetworkPart {
  let part = index.networks.get(networkId);
  if (part === undefined) {
    part = createNetworkPart(networkId, ++index.networksMade);
    index.networks.set(networkId, part);
    index.networksByNumber.set(part.number, part);
  }
  return part;
}

export interface SearchIndexSize {
  networks: number;
  locations: number;
  evses: number;
  connectors: number;
  /** EVSEs that have any busy time */
  busyEvses: number;
}

/** How much the index holds, for metrics. Walks through all EVSEs. */
export function sizeOf(index: SearchIndex): SearchIndexSize {
  return {
    networks: index.networks.size,
    locations: index.locationRows.size,
    evses: index.evses.length - index.unusedEvses,
    connectors: index.connectors.length - index.unusedConnectors,
    busyEvses: [...index.evseRows.values()].filter((row) => index.evses.busyCount[row]! > 0).length,
  };
}

/** Forgets busy times that ended by `instant`. Call it now and then: the past of an EVSE that nothing changes stays otherwise. */
export function pruneBusy(index: SearchIndex, instant: EpochMs): void {
  pruneStore(index.busy, index.evses, instant);
  for (const [evseId, { times }] of index.strayBusy) if (times.at(-1)! <= instant) index.strayBusy.delete(evseId);
}
