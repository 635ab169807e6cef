import type { Capability, ConnectorFormat, ConnectorStandard, EvseStatus, Facility, OpeningTimes, PowerType } from '../stations/index.ts';

/** The part of a booking policy that decides which slots exist. */
export interface BookableRule {
  /** where `walk_in_only`, no slot is ever found */
  mode: 'mixed' | 'booking_only' | 'walk_in_only';
  /** slots start on this grid, 1 to 1440 minutes */
  gridMinutes: number;
  /** kept free after each slot */
  bufferMinutes: number;
  minDurationMinutes: number;
  maxDurationMinutes: number;
  /** a slot starts at the earliest this long from now … */
  minLeadMinutes: number;
  /** … and at the latest this long from now */
  maxLeadMinutes: number;
}

export interface ConnectorEntry {
  connectorId: string;
  standard: ConnectorStandard;
  powerType: PowerType;
  /** kept as whole watts */
  maxPowerW: number;
  format: ConnectorFormat;
}

export interface EvseEntry {
  evseId: string;
  stationId: string;
  status: EvseStatus;
  capabilities: readonly Capability[];
  connectors: readonly ConnectorEntry[];
}

/** All that the index wants to know of a location. */
export interface SearchEntry {
  networkId: string;
  locationId: string;
  name: string;
  address: string;
  city: string;
  operatorId: string;
  /** the name that drivers know */
  operatorName: string;
  /** degrees north */
  latitude: number;
  /** degrees east, -180 to 180 */
  longitude: number;
  /** IANA name */
  timeZone: string;
  facilities: readonly Facility[];
  greenEnergy: boolean | undefined;
  openingTimes: OpeningTimes;
  /** false: kept, but found by nobody */
  publish: boolean;
  bookable: BookableRule;
  evses: readonly EvseEntry[];
}
