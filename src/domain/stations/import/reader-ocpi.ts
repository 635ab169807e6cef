/** OCPI 2.2.1 Locations as JSON. */
import { DomainError } from '../../../platform/errors/index.ts';
import type { ConnectorDraft, EvseDraft, ImportDefaults, LocationDraft } from './draft.ts';
import { jsonValues } from './json-values.ts';
import { readBusiness, readCoordinates, readEnergyMix, readImages, readOpeningTimes, readStrings, readTexts } from './ocpi-parts.ts';
import { finishReadings, type Reading } from './reader.ts';
import type { ImportRecord } from './record.ts';
import { asBoolean, asNumber, asObject, asObjects, asText, type JsonObject } from './values.ts';

/**
 * Reads locations from an array, a response envelope (`{"data": [...]}`), a single object or JSON lines.
 * OCPI has no charging stations: the EVSEs of a location become one station with the location's id.
 * @throws DomainError invalid_request where the file is no JSON or another format.
 */
export function readOcpi(source: AsyncIterable<Uint8Array>, defaults: ImportDefaults = {}): AsyncGenerator<ImportRecord> {
  return finishReadings(readLocations(source), defaults);
}

async function* readLocations(source: AsyncIterable<Uint8Array>): AsyncGenerator<Reading> {
  let first = true;
  for await (const { value, refused, line } of jsonValues(source)) {
    const object = asObject(value);
    if (first && object !== undefined && 'AddressInfo' in object) {
      throw new DomainError('invalid_request', 'This is an Open Charge Map file; import it with the format "ocm".');
    }
    first = false;
    if (refused !== undefined) yield { refused, line };
    else if (object === undefined) yield { refused: { reason: 'not_an_object' }, line };
    else yield { ...readLocation(object), line };
  }
}

function readLocation(object: JsonObject): Reading {
  const warnings: string[] = [];
  const id = asText(object['id']);
  return { draft: { ...readPlace(object, id), ...readDetails(object, warnings), ...readEvses(object['evses'], id) }, warnings };
}

/** Ids are unique within a party only, so the ref tells the party where the file does. */
function refOf(object: JsonObject, id: string | undefined): string | undefined {
  const [countryCode, partyId] = [asText(object['country_code']), asText(object['party_id'])];
  return id === undefined || countryCode === undefined || partyId === undefined ? id : `${countryCode}*${partyId}*${id}`;
}

function readPlace(object: JsonObject, id: string | undefined): LocationDraft {
  return {
    ref: refOf(object, id),
    publish: asBoolean(object['publish']),
    name: asText(object['name']),
    address: asText(object['address']),
    city: asText(object['city']),
    postalCode: asText(object['postal_code']),
    state: asText(object['state']),
    country: asText(object['country']),
    ...readCoordinates(object['coordinates']),
    timeZone: asText(object['time_zone']),
  };
}

function readDetails(object: JsonObject, warnings: string[]): LocationDraft {
  return {
    parkingType: asText(object['parking_type']),
    directions: readTexts(object['directions']),
    operator: readBusiness(object['operator']),
    suboperator: readBusiness(object['suboperator']),
    owner: readBusiness(object['owner']),
    facilities: readStrings(object['facilities']),
    openingTimes: readOpeningTimes(object['opening_times'], warnings),
    chargingWhenClosed: asBoolean(object['charging_when_closed']),
    images: readImages(object['images']),
    energyMix: readEnergyMix(object['energy_mix'], warnings),
  };
}

function readEvses(value: unknown, id: string | undefined): Pick<LocationDraft, 'stationRef' | 'evses'> {
  return { stationRef: id, evses: asObjects(value).map(readEvse) };
}

function readEvse(object: JsonObject): EvseDraft {
  return {
    uid: asText(object['uid']),
    emi3Id: asText(object['evse_id']),
    status: asText(object['status']),
    capabilities: readStrings(object['capabilities']),
    floorLevel: asText(object['floor_level']),
    coordinates: readCoordinates(object['coordinates']),
    physicalReference: asText(object['physical_reference']),
    directions: readTexts(object['directions']),
    parkingRestrictions: readStrings(object['parking_restrictions']),
    images: readImages(object['images']),
    connectors: asObjects(object['connectors']).map(readConnector),
  };
}

function readConnector(object: JsonObject): ConnectorDraft {
  return {
    ref: asText(object['id']),
    standard: asText(object['standard']),
    format: asText(object['format']),
    powerType: asText(object['power_type']),
    maxVoltageV: asNumber(object['max_voltage']),
    voltageIsLineToNeutral: true,
    maxAmperageA: asNumber(object['max_amperage']),
    maxPowerW: asNumber(object['max_electric_power']),
    tariffIds: readStrings(object['tariff_ids']),
    termsAndConditions: asText(object['terms_and_conditions']),
  };
}
