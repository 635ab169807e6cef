/** Open Charge Map's points of interest as JSON, verbose or compact. */
import { DomainError } from '../../../platform/errors/index.ts';
import type { BusinessDetails, Image } from '../location.ts';
import type { ImportDefaults, LocationDraft } from './draft.ts';
import { jsonValues } from './json-values.ts';
import { readConnection, statusOfOcm } from './ocm-connections.ts';
import { finishReadings, type Reading } from './reader.ts';
import type { ImportRecord } from './record.ts';
import { asBoolean, asNumber, asObject, asObjects, asPositive, asText, asUrl, type JsonObject } from './values.ts';

/** OperatorID of "unknown" and "business owner at location", which are no brands. */
const NO_OPERATORS = new Set([1, 44, 45]);
const PRIVATE_RESTRICTED = 2;
const STAFF_AND_CUSTOMERS = 6;

/**
 * Reads points of interest from an array, an envelope, one object or JSON lines. The compact form has numbers of countries
 * only, so it needs a default country.
 * @throws DomainError invalid_request where the file is no JSON or another format.
 */
export function readOcm(source: AsyncIterable<Uint8Array>, defaults: ImportDefaults = {}): AsyncGenerator<ImportRecord> {
  return finishReadings(readPoints(source, defaults.language ?? 'en'), defaults);
}

async function* readPoints(source: AsyncIterable<Uint8Array>, language: string): AsyncGenerator<Reading> {
  let first = true;
  for await (const { value, refused, line } of jsonValues(source)) {
    const object = asObject(value);
    if (first && object !== undefined && !('AddressInfo' in object) && ('coordinates' in object || 'evses' in object)) {
      throw new DomainError('invalid_request', 'This is a file of OCPI locations; import it with the format "ocpi".');
    }
    first = false;
    if (refused !== undefined) yield { refused, line };
    else if (object === undefined) yield { refused: { reason: 'not_an_object' }, line };
    else yield { draft: readPoint(object, language), line };
  }
}

function readPoint(object: JsonObject, language: string): LocationDraft {
  const usage = asNumber(object['UsageTypeID'] ?? asObject(object['UsageType'])?.['ID']);
  const status = statusOfOcm(object['StatusTypeID'] ?? asObject(object['StatusType'])?.['ID']);
  const isLive = asBoolean(asObject(object['SubmissionStatus'])?.['IsLive']) ?? true;
  return {
    ...readAddress(asObject(object['AddressInfo']) ?? {}, language),
    ref: asText(object['ID']) ?? asText(object['UUID']),
    publish: isLive && status !== 'REMOVED' && usage !== PRIVATE_RESTRICTED,
    operator: readOperator(object),
    images: asObjects(object['MediaItems']).map(readMedia).filter((image) => image !== undefined).slice(0, 100),
    plugs: asObjects(object['Connections']).map(readConnection).map((plug) => ({ ...plug, status: strongest(status, plug.status) })),
    bays: asPositive(object['NumberOfPoints']),
    evse: { status, parkingRestrictions: usage === STAFF_AND_CUSTOMERS ? ['CUSTOMERS'] : [] },
  };
}

function readAddress(address: JsonObject, language: string): LocationDraft {
  const comments = asText(address['AccessComments']);
  const lines = [asText(address['AddressLine1']), asText(address['AddressLine2'])].filter((line) => line !== undefined);
  return {
    name: asText(address['Title']),
    address: lines.length === 0 ? undefined : lines.join(', '),
    city: asText(address['Town']),
    postalCode: asText(address['Postcode']),
    state: asText(address['StateOrProvince']),
    country: asText(asObject(address['Country'])?.['ISOCode']),
    latitude: asNumber(address['Latitude']),
    longitude: asNumber(address['Longitude']),
    directions: comments === undefined ? [] : [{ language, text: comments }],
  };
}

/** What holds for the whole place (planned, removed, out of order) is stronger than what is said of one plug. */
function strongest(place: string | undefined, plug: string | undefined): string | undefined {
  return place === undefined || place === 'UNKNOWN' || place === 'AVAILABLE' ? (plug ?? place) : place;
}

function readOperator(object: JsonObject): BusinessDetails | undefined {
  const operator = asObject(object['OperatorInfo']);
  const name = asText(operator?.['Title']);
  const id = asNumber(object['OperatorID'] ?? operator?.['ID']);
  if (name === undefined || (id !== undefined && NO_OPERATORS.has(id)) || name.startsWith('(')) return undefined;
  return { name, website: asUrl(operator?.['WebsiteURL']) };
}

function readMedia(object: JsonObject): Image | undefined {
  const url = asUrl(object['ItemURL']);
  if (url === undefined || asBoolean(object['IsVideo']) === true || asBoolean(object['IsEnabled']) === false) return undefined;
  const type = /\.(jpe?g|png|gif|webp)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? 'jpeg';
  return { url, thumbnail: asUrl(object['ItemThumbnailURL']), category: 'LOCATION', type: type === 'jpg' ? 'jpeg' : type };
}
