/** From a draft to a location that may be stored, or to the reason why not. */
import { FACILITIES, PARKING_TYPES } from '../enums.ts';
import type { BusinessDetails, Coordinates, LocationInput, StationInput } from '../location.ts';
import { countryCodeOf } from './country.ts';
import type { Bounds, ImportDefaults, LocationDraft } from './draft.ts';
import { finishDirections, finishEvses, isOnEarth } from './finish-evse.ts';
import { alwaysOpen } from './opening-hours.ts';
import { countPlugs, packEvses } from './pack-evses.ts';
import { type Refusal, type RefusalReason, warn } from './record.ts';
import { isTimeZone, timeZoneAt } from './time-zone.ts';
import { cleanRef, cleanText, manyOf, NAME_LENGTH_MAX, oneOf, shorten } from './values.ts';

/** more is a mistake of the source, and each of them becomes rows */
export const EVSES_MAX = 1_000;

export type Finished = { input: LocationInput; refused?: undefined } | { input?: undefined; refused: Refusal };

/** Checks and completes a draft; warnings are added to the list. */
export function finishLocation(draft: LocationDraft, defaults: ImportDefaults, bounds: Bounds | undefined, warnings: string[]): Finished {
  const ref = cleanRef(draft.ref);
  if (ref === undefined) return refuse('ref_missing', 'ref');
  if (ref.length > NAME_LENGTH_MAX) return refuse('ref_too_long', 'ref');
  const coordinates = finishCoordinates(draft, bounds, warnings);
  if ('reason' in coordinates) return { refused: coordinates };
  const country = countryCodeOf(draft.country ?? defaults.country);
  if (country === undefined) return refuse('country_unknown', 'country', draft.country);
  const address = cleanText(draft.address, NAME_LENGTH_MAX, 'address', warnings);
  const name = cleanText(draft.name, NAME_LENGTH_MAX, 'name', warnings) ?? address;
  if (name === undefined) return refuse('name_missing', 'name');
  const evseCount = draft.evses?.length ?? countPlugs(draft.plugs ?? []);
  if (!(evseCount <= EVSES_MAX)) return refuse('too_many_evses', 'evses', String(evseCount));
  return {
    input: {
      ref,
      publish: draft.publish ?? true,
      name,
      address: address ?? '',
      city: cleanText(draft.city, NAME_LENGTH_MAX, 'city', warnings) ?? '',
      postalCode: cleanText(draft.postalCode, NAME_LENGTH_MAX, 'postal code', warnings),
      state: cleanText(draft.state, NAME_LENGTH_MAX, 'state', warnings),
      country,
      coordinates,
      parkingType: oneOf(PARKING_TYPES, draft.parkingType),
      directions: finishDirections(draft.directions, warnings),
      operator: finishBusiness(draft.operator ?? operatorOf(defaults), warnings),
      suboperator: finishBusiness(draft.suboperator, warnings),
      owner: finishBusiness(draft.owner, warnings),
      facilities: manyOf(FACILITIES, draft.facilities ?? [], 'facilities', warnings),
      timeZone: finishTimeZone(draft.timeZone ?? defaults.timeZone, coordinates, warnings),
      openingTimes: draft.openingTimes ?? alwaysOpen(),
      chargingWhenClosed: draft.chargingWhenClosed ?? true,
      images: draft.images ?? [],
      energyMix: draft.energyMix,
      stations: finishStations(draft, ref, warnings),
    },
  };
}

function refuse(reason: RefusalReason, field: string, detail?: string): Finished {
  return { refused: { reason, field, detail: detail === undefined ? undefined : shorten(detail, 100) } };
}

function finishCoordinates(draft: LocationDraft, bounds: Bounds | undefined, warnings: string[]): Coordinates | Refusal {
  const { latitude, longitude } = draft;
  const missing = latitude === undefined ? 'latitude' : longitude === undefined ? 'longitude' : undefined;
  if (latitude === undefined || longitude === undefined) return { reason: 'coordinates_missing', field: missing };
  const detail = `${latitude}, ${longitude}`;
  if (latitude === 0 && longitude === 0) return { reason: 'coordinates_zero', field: 'coordinates' };
  if (bounds !== undefined && !lies(latitude, longitude, bounds) && lies(longitude, latitude, bounds)) {
    warn(warnings, 'coordinates_exchanged', `${detail} were latitude and longitude exchanged`);
    return { latitude: longitude, longitude: latitude };
  }
  if (!isOnEarth(latitude, longitude)) return { reason: 'coordinates_invalid', field: 'coordinates', detail };
  if (bounds !== undefined && !lies(latitude, longitude, bounds)) return { reason: 'coordinates_outside_bounds', field: 'coordinates', detail };
  return { latitude, longitude };
}

function lies(latitude: number, longitude: number, { south, west, north, east }: Bounds): boolean {
  return latitude >= south && latitude <= north && longitude >= west && longitude <= east;
}

function finishTimeZone(name: string | undefined, coordinates: Coordinates, warnings: string[]): string {
  if (name !== undefined && isTimeZone(name)) return name;
  if (name !== undefined) warn(warnings, 'time_zone_unknown', `"${shorten(name, 60)}"; the zone of the coordinates was taken`);
  return timeZoneAt(coordinates);
}

function operatorOf({ operator }: ImportDefaults): BusinessDetails | undefined {
  return operator === undefined ? undefined : { name: operator };
}

function finishBusiness(business: BusinessDetails | undefined, warnings: string[]): BusinessDetails | undefined {
  const name = cleanText(business?.name, NAME_LENGTH_MAX, 'business name', warnings);
  return name === undefined ? undefined : { ...business, name };
}

/** No source here knows several stations at a location, and a location without EVSEs needs none. */
function finishStations(draft: LocationDraft, ref: string, warnings: string[]): StationInput[] {
  const evses = finishEvses(draft.evses ?? packEvses(draft), warnings);
  if (evses.length === 0) return [];
  const { name, vendor, model } = draft.station ?? {};
  return [{
    ref: cleanRef(draft.stationRef) ?? ref,
    name: cleanText(name, NAME_LENGTH_MAX, 'station name', warnings),
    vendor: cleanText(vendor, NAME_LENGTH_MAX, 'vendor', warnings),
    model: cleanText(model, NAME_LENGTH_MAX, 'model', warnings),
    evses,
  }];
}
