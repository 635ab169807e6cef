/**
 * What stands where: location → charging station (the cabinet, OCPP's identity) → EVSE → connector, with the fields of
 * OCPI 2.2.1. An EVSE charges one vehicle at a time, so it is what a booking promises. Pure data, no I/O.
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import type {
  Capability, ConnectorFormat, ConnectorStandard, ENERGY_SOURCES, ENVIRONMENTAL_IMPACTS, EvseStatus, Facility, IMAGE_CATEGORIES, ParkingRestriction,
  ParkingType, PowerType,
} from './enums.ts';

export interface DisplayText {
  /** ISO 639-1 */
  language: string;
  text: string;
}

export interface Coordinates {
  /** degrees north, -90 to 90 */
  latitude: number;
  /** degrees east, -180 to 180 */
  longitude: number;
}

export interface Image {
  url: string;
  thumbnail?: string;
  category: (typeof IMAGE_CATEGORIES)[number];
  /** file type, `jpeg` for example */
  type: string;
  width?: number;
  height?: number;
}

export interface BusinessDetails {
  name: string;
  website?: string;
  logo?: Image;
}

export interface EnergyMix {
  isGreenEnergy: boolean;
  energySources?: { source: (typeof ENERGY_SOURCES)[number]; percentage: number }[];
  environImpact?: { category: (typeof ENVIRONMENTAL_IMPACTS)[number]; amount: number }[];
  supplierName?: string;
  energyProductName?: string;
}

/** Weekday 1 (Monday) to 7 (Sunday); times `HH:MM` in the location's own time. An end of `24:00` or `00:00` is midnight. */
export interface RegularHours {
  weekday: number;
  periodBegin: string;
  periodEnd: string;
}

export interface ExceptionalPeriod {
  periodBegin: EpochMs;
  periodEnd: EpochMs;
}

/** OCPI Hours: exceptional openings add to the rule, exceptional closings take away from it and from the openings. */
export interface OpeningTimes {
  twentyFourSeven: boolean;
  regularHours: RegularHours[];
  exceptionalOpenings: ExceptionalPeriod[];
  exceptionalClosings: ExceptionalPeriod[];
}

/** What an operator tells of a connector. */
export interface ConnectorInput {
  /** id within its EVSE (OCPI connector id) */
  ref: string;
  standard: ConnectorStandard;
  format: ConnectorFormat;
  powerType: PowerType;
  maxVoltageV: number;
  maxAmperageA: number;
  /** the most it gives; where the source names none, voltage × current × phases */
  maxPowerW: number;
  tariffIds: string[];
  termsAndConditions?: string;
}

/** What an operator tells of an EVSE. */
export interface EvseInput {
  /** the operator's own id (OCPI uid), unique among its EVSEs of this location */
  uid: string;
  /** eMI3 id (OCPI evse_id), `IN*PTM*E001*1` for example */
  emi3Id?: string;
  status: EvseStatus;
  capabilities: Capability[];
  floorLevel?: string;
  coordinates?: Coordinates;
  /** what is painted on it */
  physicalReference?: string;
  directions: DisplayText[];
  parkingRestrictions: ParkingRestriction[];
  images: Image[];
  connectors: ConnectorInput[];
}

/** What an operator tells of a charging station. */
export interface StationInput {
  /** the operator's own id, unique within the location; the OCPP identity where it speaks OCPP */
  ref: string;
  name?: string;
  vendor?: string;
  model?: string;
  evses: EvseInput[];
}

/** What an operator tells of a location: the whole tree. */
export interface LocationInput {
  /** the operator's own id (OCPI id), unique among its locations */
  ref: string;
  publish: boolean;
  name: string;
  address: string;
  city: string;
  postalCode?: string;
  state?: string;
  /** ISO 3166-1 alpha-3 */
  country: string;
  coordinates: Coordinates;
  parkingType?: ParkingType;
  directions: DisplayText[];
  /** the name that drivers know (a brand); the organisation that owns the record is `operatorId` */
  operator?: BusinessDetails;
  suboperator?: BusinessDetails;
  owner?: BusinessDetails;
  facilities: Facility[];
  /** IANA name */
  timeZone: string;
  openingTimes: OpeningTimes;
  chargingWhenClosed: boolean;
  images: Image[];
  energyMix?: EnergyMix;
  stations: StationInput[];
}

export interface Connector extends ConnectorInput {
  id: string;
  evseId: string;
}

export interface Evse extends Omit<EvseInput, 'connectors'> {
  id: string;
  stationId: string;
  locationId: string;
  connectors: Connector[];
  statusAt: EpochMs;
  retiredAt?: EpochMs;
}

export interface Station extends Omit<StationInput, 'evses'> {
  id: string;
  locationId: string;
  evses: Evse[];
  retiredAt?: EpochMs;
}

export interface Location extends Omit<LocationInput, 'stations'> {
  id: string;
  networkId: string;
  /** the organisation it belongs to */
  operatorId: string;
  /** goes up by one with every change of anything below it */
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
  retiredAt?: EpochMs;
  stations: Station[];
}

export const ALWAYS_OPEN: OpeningTimes = { twentyFourSeven: true, regularHours: [], exceptionalOpenings: [], exceptionalClosings: [] };

/** The most power that voltage, current and phases allow, in watts. In OCPI a three-phase voltage is line to neutral. */
export function powerFromElectrics(powerType: PowerType, maxVoltageV: number, maxAmperageA: number): number {
  const phases = { AC_1_PHASE: 1, AC_2_PHASE: 2, AC_2_PHASE_SPLIT: 2, AC_3_PHASE: 3, DC: 1 }[powerType];
  return maxVoltageV * maxAmperageA * phases;
}

/**
 * Whether an EVSE can be promised to anybody at all (STA-5): it is there, has a connector, and does not say otherwise. By OCPI an
 * EVSE that lists its capabilities without RESERVABLE can not be reserved; one that lists none has said nothing.
 */
export function isBookable(evse: Pick<Evse, 'status' | 'capabilities' | 'connectors'>): boolean {
  if (evse.status === 'REMOVED' || evse.status === 'PLANNED' || evse.connectors.length === 0) return false;
  return evse.capabilities.length === 0 || evse.capabilities.includes('RESERVABLE');
}
