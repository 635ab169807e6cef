/** on_discover: catalogues of items, each a connector, put together to places. */
import type { FoundConnector, FoundPlace, ToldPrice } from '../../../../domain/external/index.ts';
import { connectorStandardOf, type EvseStatus } from '../../../../domain/stations/index.ts';
import { at, listOf, numberOf, textOf } from '../../provider/index.ts';
import { parseMoment, type Fields } from '../../wire/index.ts';
import { currencyOf, shortOf } from '../money.ts';

export function found(body: Fields): FoundPlace[] {
  const places = new Map<string, FoundPlace>();
  for (const catalog of listOf(body['catalogs'] ?? at(body, 'message', 'catalogs'))) {
    for (const item of listOf(catalog['beckn:items'])) {
      const itemId = shortOf(item['beckn:id']);
      if (itemId === undefined) continue;
      const place = placeOf(catalog, item);
      const known = places.get(place.key) ?? place;
      if (!known.connectors.some((one) => one.itemId === itemId)) known.connectors.push(connectorOf(item, itemId));
      places.set(place.key, known);
    }
  }
  return [...places.values()];
}

/** The draft has no name for a place: its operator, its coordinates and how it is called are one. */
function placeOf(catalog: Fields, item: Fields): FoundPlace {
  const [location] = listOf(item['beckn:availableAt']);
  const provider = item['beckn:provider'];
  const ref = shortOf(at(provider, 'beckn:id')) ?? shortOf(provider) ?? shortOf(catalog['beckn:providerId']) ?? '';
  const coordinates = coordinatesOf(location);
  const address = at(location, 'beckn:address');
  const attributes = item['beckn:itemAttributes'];
  const street = shortOf(at(address, 'schema:streetAddress')) ?? '';
  const name = shortOf(at(attributes, 'ev:stationName')) ?? (street === '' ? shortOf(at(item, 'beckn:descriptor', 'schema:name')) ?? ref : street);
  const facilities = at(attributes, 'ev:amenities');
  return {
    key: JSON.stringify([ref, coordinates?.latitude, coordinates?.longitude, name]).slice(0, 1_000),
    operator: { ref, name: shortOf(at(provider, 'beckn:descriptor', 'schema:name')) ?? shortOf(at(catalog, 'beckn:descriptor', 'schema:name')) ?? ref },
    name, address: street, city: shortOf(at(address, 'schema:addressLocality')) ?? '', country: shortOf(at(address, 'schema:addressCountry')) ?? '', coordinates,
    facilities: Array.isArray(facilities) ? facilities.filter((one): one is string => typeof one === 'string').slice(0, 30).map((one) => one.slice(0, 60)) : [],
    isGreen: at(item, 'beckn:category', 'schema:codeValue') === 'green-tariff' ? true : null, connectors: [],
  };
}

function coordinatesOf(location: Fields | undefined): FoundPlace['coordinates'] {
  const gps = location?.['beckn:gps'];
  const pair = at(location, 'geo', 'coordinates');
  const [longitude, latitude] = Array.isArray(pair) ? (pair as unknown[]) : [at(gps, 'schema:longitude'), at(gps, 'schema:latitude')];
  const degrees = (value: unknown, most: number): number | undefined => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Math.abs(number) <= most ? number : undefined;
  };
  const [lat, lon] = [degrees(latitude, 90), degrees(longitude, 180)];
  return lat === undefined || lon === undefined ? null : { latitude: lat, longitude: lon };
}

const STATUSES: Record<string, EvseStatus> = { AVAILABLE: 'AVAILABLE', IN_USE: 'CHARGING', 'IN USE': 'CHARGING', RESERVED: 'RESERVED', MAINTENANCE: 'OUTOFORDER' };
const MOST_SLOTS = 50;

function connectorOf(item: Fields, itemId: string): FoundConnector {
  const attributes = item['beckn:itemAttributes'];
  const word = textOf(at(attributes, 'ev:connectorType'));
  const current = textOf(at(attributes, 'ev:currentType'))?.toUpperCase();
  const powerKw = numberOf(at(attributes, 'ev:maxPowerKW'));
  return {
    itemId, evseKey: shortOf(at(attributes, 'ev:evseId')) ?? itemId, name: shortOf(at(item, 'beckn:descriptor', 'schema:name')) ?? null,
    standard: (word === undefined ? undefined : connectorStandardOf(word)) ?? null, powerType: current === undefined ? null : current.startsWith('DC') ? 'DC' : 'AC',
    maxPowerW: powerKw === undefined || powerKw > 4_000 ? null : Math.round(powerKw * 1_000),
    status: STATUSES[textOf(at(attributes, 'ev:availability'))?.toUpperCase() ?? ''] ?? 'UNKNOWN', price: priceOf(at(attributes, 'ev:tariff')),
    slots: listOf(item['beckn:availabilityWindow']).slice(0, MOST_SLOTS).flatMap((window) => {
      const [start, end] = [parseMoment(window['schema:startTime']), parseMoment(window['schema:endTime'])];
      return start === undefined || end === undefined || end <= start ? [] : [{ start, end }];
    }),
  };
}

function priceOf(tariff: unknown): ToldPrice | null {
  const [price, currency] = [numberOf(at(tariff, 'schema:price')), currencyOf(at(tariff, 'schema:priceCurrency'))];
  if (price === undefined || currency === undefined) return null;
  const unit = textOf(at(tariff, 'ev:pricingUnit')) ?? 'PER_KWH';
  const of = (name: string): string => (unit === name ? String(price) : '0');
  return { currency, perKwh: of('PER_KWH'), perHour: of('PER_HOUR'), perSession: of('PER_SESSION') };
}
