/** A location as a reader understood it, before anything is checked: everything may be missing or wrong. */
import type { BusinessDetails, Coordinates, DisplayText, EnergyMix, Image, OpeningTimes } from '../location.ts';

export interface ConnectorDraft {
  ref?: string;
  /** any name of a standard */
  standard?: string;
  format?: string;
  powerType?: string;
  maxVoltageV?: number;
  /** the source follows OCPI in what the voltage of three phases is; others mean the voltage between lines */
  voltageIsLineToNeutral?: boolean;
  maxAmperageA?: number;
  maxPowerW?: number;
  tariffIds?: string[];
  termsAndConditions?: string;
}

export interface EvseDraft {
  uid?: string;
  emi3Id?: string;
  status?: string;
  capabilities?: string[];
  floorLevel?: string;
  coordinates?: Partial<Coordinates>;
  physicalReference?: string;
  directions?: DisplayText[];
  parkingRestrictions?: string[];
  images?: Image[];
  connectors: ConnectorDraft[];
}

/** Equal plugs of which the source does not say to which EVSE they belong. */
export interface PlugDraft {
  connector: ConnectorDraft;
  /** how many of them there are, 1 or more */
  quantity: number;
  status?: string;
}

export interface LocationDraft {
  ref?: string;
  /** id of its one charging station; the location's unless told */
  stationRef?: string;
  station?: { name?: string; vendor?: string; model?: string };
  publish?: boolean;
  name?: string;
  address?: string;
  city?: string;
  postalCode?: string;
  state?: string;
  country?: string;
  /** undefined where the source has none, NaN where it has something unreadable */
  latitude?: number;
  longitude?: number;
  parkingType?: string;
  directions?: DisplayText[];
  operator?: BusinessDetails;
  suboperator?: BusinessDetails;
  owner?: BusinessDetails;
  facilities?: string[];
  timeZone?: string;
  openingTimes?: OpeningTimes;
  chargingWhenClosed?: boolean;
  images?: Image[];
  energyMix?: EnergyMix;
  evses?: EvseDraft[];
  /** in place of EVSEs */
  plugs?: PlugDraft[];
  /** how many vehicles the plugs serve at a time, where the source says so; Infinity says one per plug */
  bays?: number;
  /** what holds for EVSEs made from plugs */
  evse?: Pick<EvseDraft, 'status' | 'capabilities' | 'parkingRestrictions'>;
}

/** What holds for records that do not say otherwise. */
export interface ImportDefaults {
  /** any spelling of a country */
  country?: string;
  /** IANA name */
  timeZone?: string;
  /** ISO 639-1, the language of texts; English unless told */
  language?: string;
  /** the brand that drivers know */
  operator?: string;
}

/** Degrees; a source that covers a country is wrong about what lies outside it. */
export interface Bounds {
  south: number;
  west: number;
  north: number;
  east: number;
}
