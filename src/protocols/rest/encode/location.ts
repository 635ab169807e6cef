/** Locations between the domain and what REST says. */
import type { Static } from 'typebox';
import countries from 'i18n-iso-countries/index.js';
import { DomainError, type FieldError } from '../../../platform/errors/index.ts';
import type { RatingSummary } from '../../../domain/feedback/index.ts';
import { checkOpeningTimes } from '../../../domain/calendar/index.ts';
import {
  ALWAYS_OPEN, connectorStandardOf, isBookable, powerFromElectrics, type Connector, type ConnectorInput, type ConnectorStandard, type EnergyMix, type Evse, type EvseInput,
  type Location, type LocationInput, type OpeningTimes, type Station, type StationInput,
} from '../../../domain/stations/index.ts';
import type { ConnectorIn, EvseIn, LocationIn, LocationPatch, StationIn } from '../schemas/location.ts';
import { parseInstant } from '../times.ts';
import type { Encoding } from './encoding.ts';

type In = Static<typeof LocationIn>;

/** A whole location as sent. Throws `invalid_request` for what the schema can't see (time zone, country, opening times). */
export function decodeLocation(body: In): LocationInput {
  const { ref, name, address, city, country, coordinates, time_zone: timeZone, charging_stations: stations } = body;
  const patch = decodeLocationPatch(body);
  return {
    publish: true, directions: [], facilities: [], openingTimes: ALWAYS_OPEN, chargingWhenClosed: true, images: [],
    ...patch, ref, name, address, city, country, coordinates, timeZone, stations: (stations ?? []).map((station, i) => decodeStation(station, `/charging_stations/${i}`)),
  };
}

/** The fields of a location that were sent, in the domain's names. */
export function decodeLocationPatch(body: Static<typeof LocationPatch>): Partial<LocationInput> {
  requireKnownPlace(body);
  const { opening_times: openingTimes, energy_mix: energyMix } = body;
  return defined({
    publish: body.publish, name: body.name, address: body.address, city: body.city, postalCode: body.postal_code, state: body.state, country: body.country,
    coordinates: body.coordinates, parkingType: body.parking_type, directions: body.directions, operator: body.operator, suboperator: body.suboperator, owner: body.owner,
    facilities: body.facilities && [...new Set(body.facilities)], timeZone: body.time_zone, openingTimes: openingTimes && decodeOpeningTimes(openingTimes),
    chargingWhenClosed: body.charging_when_closed, images: body.images,
    energyMix: energyMix && decodeEnergyMix(energyMix),
  });
}

export function decodeEnergyMix(sent: NonNullable<In['energy_mix']>): EnergyMix {
  const { energy_sources: energySources, environ_impact: environImpact, supplier_name: supplierName, energy_product_name: energyProductName } = sent;
  return { isGreenEnergy: sent.is_green_energy, ...defined({ energySources, environImpact, supplierName, energyProductName }) };
}

export function encodeEnergyMix(mix: EnergyMix) {
  return defined({
    is_green_energy: mix.isGreenEnergy, energy_sources: mix.energySources, environ_impact: mix.environImpact, supplier_name: mix.supplierName,
    energy_product_name: mix.energyProductName,
  });
}

function requireKnownPlace(body: { time_zone?: string; country?: string }): void {
  const errors: FieldError[] = [];
  if (body.time_zone !== undefined && !isTimeZone(body.time_zone)) errors.push({ pointer: '/time_zone', message: 'must be an IANA time zone' });
  if (body.country !== undefined && !countries.isValid(body.country)) errors.push({ pointer: '/country', message: 'must be an ISO 3166-1 alpha-3 code' });
  if (errors.length > 0) throw new DomainError('invalid_request', 'The place is not known.', { errors });
}

export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Throws `invalid_request`; its pointers begin with `/opening_times`. */
export function decodeOpeningTimes(sent: NonNullable<In['opening_times']>): OpeningTimes {
  const periods = (list: typeof sent.exceptional_openings, name: string) => (list ?? []).map(({ period_begin: begin, period_end: end }, i) => ({
    periodBegin: parseInstant(begin, `/opening_times/${name}/${i}/period_begin`), periodEnd: parseInstant(end, `/opening_times/${name}/${i}/period_end`),
  }));
  const openingTimes: OpeningTimes = {
    twentyFourSeven: sent.twentyfourseven,
    regularHours: (sent.regular_hours ?? []).map(({ weekday, period_begin: periodBegin, period_end: periodEnd }) => ({ weekday, periodBegin, periodEnd })),
    exceptionalOpenings: periods(sent.exceptional_openings, 'exceptional_openings'), exceptionalClosings: periods(sent.exceptional_closings, 'exceptional_closings'),
  };
  try {
    checkOpeningTimes(openingTimes);
  } catch (error) {
    throw new DomainError('invalid_request', 'The opening times can not be understood.', { errors: [{ pointer: '/opening_times', message: (error as Error).message }] });
  }
  return openingTimes;
}

export function decodeStation(sent: Static<typeof StationIn>, pointer = ''): StationInput {
  const { ref, name, vendor, model } = sent;
  return defined({ ref, name, vendor, model, evses: (sent.evses ?? []).map((evse, i) => decodeEvse(evse, `${pointer}/evses/${i}`)) }) as StationInput;
}

export function decodeEvse(sent: Static<typeof EvseIn>, pointer = ''): EvseInput {
  return {
    status: 'AVAILABLE', capabilities: [], directions: [], parkingRestrictions: [], images: [], ...decodeEvsePatch(sent), uid: sent.uid,
    connectors: (sent.connectors ?? []).map((connector, i) => decodeConnector(connector, `${pointer}/connectors/${i}`)),
  };
}

export function decodeEvsePatch(sent: Omit<Static<typeof EvseIn>, 'uid' | 'connectors'>): Partial<EvseInput> {
  return defined({
    emi3Id: sent.evse_id, status: sent.status, capabilities: sent.capabilities && [...new Set(sent.capabilities)], floorLevel: sent.floor_level, coordinates: sent.coordinates,
    physicalReference: sent.physical_reference, directions: sent.directions, parkingRestrictions: sent.parking_restrictions, images: sent.images,
  });
}

export function decodeConnector(sent: Static<typeof ConnectorIn>, pointer = ''): ConnectorInput {
  const { power_type: powerType, max_voltage: maxVoltageV, max_amperage: maxAmperageA } = sent;
  return defined({
    ref: sent.ref, standard: decodeStandard(sent.standard, `${pointer}/standard`), format: sent.format, powerType, maxVoltageV, maxAmperageA,
    maxPowerW: sent.max_electric_power ?? Math.min(4_000_000, powerFromElectrics(powerType, maxVoltageV, maxAmperageA)), tariffIds: sent.tariff_ids ?? [],
    termsAndConditions: sent.terms_and_conditions,
  }) as ConnectorInput;
}

export function decodeStandard(word: string, pointer: string): ConnectorStandard {
  const standard = connectorStandardOf(word);
  if (standard) return standard;
  throw new DomainError(
    'invalid_request', `No connector standard is called "${word}".`,
    { errors: [{ pointer, message: 'must be an OCPI connector standard, or a common name for one' }] },
  );
}

/** How locations, EVSEs and connectors are rated, by their ids. */
export type Ratings = ReadonlyMap<string, RatingSummary>;
const NO_RATINGS: Ratings = new Map();

export function encodeConnector(connector: Connector, ratings = NO_RATINGS) {
  return defined({
    id: connector.id, object: 'connector', evse: connector.evseId, ref: connector.ref, standard: connector.standard, format: connector.format, power_type: connector.powerType,
    max_voltage: connector.maxVoltageV, max_amperage: connector.maxAmperageA, max_electric_power: connector.maxPowerW, tariff_ids: connector.tariffIds,
    terms_and_conditions: connector.termsAndConditions, rating: ratings.get(connector.id),
  });
}

export function encodeEvse(evse: Evse, encoding: Encoding, ratings = NO_RATINGS) {
  return defined({
    id: evse.id, object: 'evse', charging_station: evse.stationId, location_id: evse.locationId, uid: evse.uid, evse_id: evse.emi3Id, status: evse.status,
    status_updated: encoding.time(evse.statusAt), bookable: isBookable(evse), capabilities: evse.capabilities, floor_level: evse.floorLevel, coordinates: evse.coordinates,
    physical_reference: evse.physicalReference, directions: evse.directions, parking_restrictions: evse.parkingRestrictions, images: evse.images,
    rating: ratings.get(evse.id), connectors: evse.connectors.map((connector) => encodeConnector(connector, ratings)),
  });
}

export function encodeStation(station: Station, encoding: Encoding, ratings = NO_RATINGS) {
  return defined({
    id: station.id, object: 'charging_station', location_id: station.locationId, ref: station.ref, name: station.name, vendor: station.vendor, model: station.model,
    evses: station.evses.map((evse) => encodeEvse(evse, encoding, ratings)),
  });
}

export function encodeLocation(location: Location, encoding: Encoding, ratings = NO_RATINGS) {
  const { energyMix, openingTimes } = location;
  const periods = (list: OpeningTimes['exceptionalOpenings']) => list.map(({ periodBegin, periodEnd }) => ({
    period_begin: encoding.time(periodBegin), period_end: encoding.time(periodEnd),
  }));
  return defined({
    id: location.id, object: 'location', operator_id: location.operatorId, ref: location.ref, publish: location.publish, name: location.name, address: location.address,
    city: location.city, postal_code: location.postalCode, state: location.state, country: location.country, coordinates: location.coordinates, parking_type: location.parkingType,
    directions: location.directions, operator: location.operator, suboperator: location.suboperator, owner: location.owner, facilities: location.facilities,
    time_zone: location.timeZone,
    opening_times: {
      twentyfourseven: openingTimes.twentyFourSeven,
      regular_hours: openingTimes.regularHours.map(({ weekday, periodBegin, periodEnd }) => ({ weekday, period_begin: periodBegin, period_end: periodEnd })),
      exceptional_openings: periods(openingTimes.exceptionalOpenings), exceptional_closings: periods(openingTimes.exceptionalClosings),
    },
    charging_when_closed: location.chargingWhenClosed, images: location.images,
    energy_mix: energyMix && encodeEnergyMix(energyMix),
    version: location.version, created: encoding.time(location.createdAt), last_updated: encoding.time(location.updatedAt),
    retired: location.retiredAt === undefined ? undefined : encoding.time(location.retiredAt),
    rating: ratings.get(location.id), charging_stations: location.stations.map((station) => encodeStation(station, encoding, ratings)),
  });
}

/** Without the fields that nothing was said about. */
function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
