/** From what a demo site tells in few words to the location an operator would tell. */
import {
  ALWAYS_OPEN, type Capability, type DisplayText, type EnergyMix, type EvseInput, type Facility, type LocationInput, type OpeningTimes,
  type StationInput,
} from '../domain/stations/index.ts';
import type { Bay, Cabinet } from './chargers.ts';
import type { DemoPolicy } from './policy.ts';

export interface DemoOperator {
  slug: string;
  name: string;
  /** three letters, as OCPI and eMI3 want them */
  partyId: string;
  policy: DemoPolicy;
  sites: Site[];
}

export interface Site {
  /** `CPT-01`: the place and a number; with the operator's party id it makes all refs below */
  code: string;
  name: string;
  address: string;
  city: string;
  postalCode: string;
  /** [latitude, longitude] in degrees */
  at: [number, number];
  parkingType: NonNullable<LocationInput['parkingType']>;
  facilities: Facility[];
  directions: DisplayText[];
  /** round the clock unless told */
  hours?: OpeningTimes;
  /** true unless told */
  chargingWhenClosed?: boolean;
  energyMix?: EnergyMix;
  /** whoever owns the ground, where that is not the operator */
  ownerName?: string;
  /** what differs from the operator's policy */
  policy?: DemoPolicy;
  cabinets: Cabinet[];
}

/** A network entry of a site: the location and, where the site differs from its operator, its whole policy. */
export interface DemoLocation {
  operatorSlug: string;
  input: LocationInput;
  policy?: DemoPolicy;
}

export function en(text: string): DisplayText {
  return { language: 'en', text };
}

/** Kannada */
export function kn(text: string): DisplayText {
  return { language: 'kn', text };
}

/** Hindi */
export function hi(text: string): DisplayText {
  return { language: 'hi', text };
}

/** A green product. @param shares percent per source, 100 in all */
export function greenEnergy(shares: { SOLAR?: number; WIND?: number; WATER?: number }, energyProductName: string): EnergyMix {
  const energySources = (['SOLAR', 'WIND', 'WATER'] as const).flatMap((source) => {
    const percentage = shares[source];
    return percentage === undefined ? [] : [{ source, percentage }];
  });
  return { isGreenEnergy: true, energySources, environImpact: [{ category: 'CARBON_DIOXIDE', amount: 0 }], energyProductName };
}

/** What comes out of the grid in Karnataka, roughly; the impact in grams per kWh. */
export const GRID_ENERGY: EnergyMix = {
  isGreenEnergy: false,
  energySources: [
    { source: 'COAL', percentage: 40 }, { source: 'SOLAR', percentage: 25 }, { source: 'WIND', percentage: 15 }, { source: 'WATER', percentage: 15 },
    { source: 'NUCLEAR', percentage: 5 },
  ],
  environImpact: [{ category: 'CARBON_DIOXIDE', amount: 480 }],
};

function capabilitiesOf(bay: Bay, takesBookings: boolean): Capability[] {
  const capabilities: Capability[] = ['REMOTE_START_STOP_CAPABLE', 'RFID_READER'];
  if (bay.plugs.some((plug) => plug.powerType === 'DC')) capabilities.push('CHARGING_PROFILE_CAPABLE');
  if (bay.plugs.some((plug) => plug.format === 'SOCKET')) capabilities.push('UNLOCK_CAPABLE');
  if (bay.plugs.length > 1) capabilities.push('START_SESSION_CONNECTOR_REQUIRED');
  if (takesBookings && bay.bookable) capabilities.push('RESERVABLE');
  return capabilities;
}

function evseOf(bay: Bay, cabinet: Cabinet, painted: string, locationRef: string, takesBookings: boolean): EvseInput {
  const [partyId, place, number] = locationRef.split('-');
  return {
    uid: `${locationRef}-${painted}`,
    emi3Id: `IN*${partyId}*E${place}${number}*${painted}`,
    status: bay.status,
    capabilities: capabilitiesOf(bay, takesBookings),
    ...(cabinet.floorLevel === undefined ? {} : { floorLevel: cabinet.floorLevel }),
    physicalReference: painted,
    directions: [],
    parkingRestrictions: [...bay.parkingRestrictions],
    images: [],
    connectors: bay.plugs.map((plug, index) => ({ ref: String(index + 1), ...plug, tariffIds: [] })),
  };
}

function stationOf(cabinet: Cabinet, locationRef: string, takesBookings: boolean): StationInput {
  return {
    ref: `${locationRef}-${cabinet.letter}`,
    name: `Charger ${cabinet.letter}`,
    vendor: 'Minchu Power Electronics',
    model: cabinet.model,
    evses: cabinet.bays.map((bay, index) => evseOf(bay, cabinet, `${cabinet.letter}${index + 1}`, locationRef, takesBookings)),
  };
}

/**
 * The location of a site. An EVSE is RESERVABLE where its cabinet can be booked and the policy in force takes bookings at
 * all, so the two can't disagree.
 */
export function locationOf(operator: DemoOperator, site: Site): DemoLocation {
  const policy = { ...operator.policy, ...site.policy };
  const ref = `${operator.partyId}-${site.code}`;
  const input: LocationInput = {
    ref,
    publish: true,
    name: site.name,
    address: site.address,
    city: site.city,
    postalCode: site.postalCode,
    state: 'Karnataka',
    country: 'IND',
    coordinates: { latitude: site.at[0], longitude: site.at[1] },
    parkingType: site.parkingType,
    directions: site.directions,
    operator: { name: operator.name },
    ...(site.ownerName === undefined ? {} : { owner: { name: site.ownerName } }),
    facilities: site.facilities,
    timeZone: 'Asia/Kolkata',
    openingTimes: site.hours ?? ALWAYS_OPEN,
    chargingWhenClosed: site.chargingWhenClosed ?? true,
    images: [],
    energyMix: site.energyMix ?? GRID_ENERGY,
    stations: site.cabinets.map((cabinet) => stationOf(cabinet, ref, policy.mode !== 'walk_in_only')),
  };
  return { operatorSlug: operator.slug, input, ...(site.policy === undefined ? {} : { policy }) };
}
