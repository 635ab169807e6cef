import type { EpochMs } from '../../platform/clock/index.ts';
import type { Area } from '../geography/index.ts';
import type { Capability, ConnectorFormat, ConnectorStandard, EvseStatus, Facility, PowerType } from '../stations/index.ts';

/** One EVSE has a free slot of `durationMinutes` (the whole window, when it is not given) within [start, end). */
export interface SearchWindow {
  start: EpochMs;
  end: EpochMs;
  durationMinutes?: number;
}

export type SearchSort = 'distance' | 'detour' | 'power' | 'free_time' | 'name' | 'price' | 'rating';

/** Every filter that is given must hold; an empty list is as good as none. Those about EVSEs must all hold for the same one. */
export interface SearchQuery {
  networkId: string;
  /** without one, the whole network */
  area?: Area;
  /** from where distance is measured; the centre of the circle or the line of the corridor when not given */
  origin?: { latitude: number; longitude: number };
  /** one connector has one of these standards, one of these power types and a power within these limits */
  connectorStandards?: readonly ConnectorStandard[];
  powerTypes?: readonly PowerType[];
  minPowerW?: number;
  maxPowerW?: number;
  /** the EVSE has all of them */
  capabilities?: readonly Capability[];
  /** the EVSE reports AVAILABLE and nothing in its calendar covers this moment */
  availableNow?: boolean;
  window?: SearchWindow;
  facilities?: { allOf?: readonly Facility[]; anyOf?: readonly Facility[] };
  operatorIds?: readonly string[];
  openAt?: EpochMs;
  greenOnly?: boolean;
  /** the connector has a price in this currency (ISO 4217), and, where it is given, a kWh costs no more (whole units, with surcharges and tax) */
  price?: { currency: string; maxPerKwh?: number };
  /** drivers rate it no lower; what nobody has rated does not fit */
  minRating?: number;
  /** every word of it begins a word of name, address, city or operator; case and accents do not count */
  text?: string;
  /** when not given: distance in a circle or from an origin, detour in a corridor, else name */
  sort?: SearchSort;
  /** 1 to 200; 50 when not given */
  limit?: number;
  /** of the page before */
  cursor?: string;
}

/** What a kWh costs at a connector that begins to charge at an instant, in whole units of the currency; undefined where it has no price in it. */
export type PriceOf = (locationId: string, connectorId: string, powerW: number, at: EpochMs, currency: string) => number | undefined;

/** What drivers think of a location, on average: 1 to 5; undefined where nobody has rated it. */
export type RatingOf = (locationId: string) => number | undefined;

export interface FreeSlot {
  start: EpochMs;
  end: EpochMs;
}

export interface ConnectorHit {
  connectorId: string;
  standard: ConnectorStandard;
  powerType: PowerType;
  maxPowerW: number;
  format: ConnectorFormat;
}

/** An EVSE that matches, with those of its connectors that do. */
export interface EvseHit {
  evseId: string;
  stationId: string;
  status: EvseStatus;
  connectors: ConnectorHit[];
  /** with a window: the earliest slot in it … */
  firstSlot?: FreeSlot;
  /** … and how long the EVSE is open, bookable and free within it, in whole minutes */
  freeMinutes?: number;
}

export interface SearchHit {
  locationId: string;
  /** great-circle distance from the origin, the circle's centre or the corridor's line */
  distanceM?: number;
  /** corridor only: there and back from the line, as the crow flies */
  detourM?: number;
  /** corridor only: how far along the line its nearest point is */
  alongM?: number;
  evses: EvseHit[];
  /** with a window: the earliest slot of all matching EVSEs, and the sum of their free minutes */
  firstSlot?: FreeSlot;
  freeMinutes?: number;
}

export interface SearchPage {
  items: SearchHit[];
  /** of all pages */
  total: number;
  /** absent on the last page */
  nextCursor?: string;
}
