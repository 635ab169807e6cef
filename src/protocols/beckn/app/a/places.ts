/** on_search: providers with locations, and items that refer to them. */
import type { FoundConnector, FoundPlace } from '../../../../domain/external/index.ts';
import { connectorStandardOf, POWER_TYPES, type EvseStatus } from '../../../../domain/stations/index.ts';
import { at, listOf, textOf } from '../../provider/index.ts';
import { isFields, parseMoment, type Fields } from '../../wire/index.ts';
import { currencyOf, shortOf } from '../money.ts';
import { tagIn } from './tags.ts';

const GREEN = 'green-tariff';
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []);

export function found(body: Fields): FoundPlace[] {
  return listOf(at(body, 'message', 'catalog', 'providers')).flatMap((provider) => {
    const items = listOf(provider.items);
    const fulfillments = listOf(provider.fulfillments);
    return listOf(provider.locations).flatMap((location): FoundPlace[] => {
      const id = shortOf(location.id);
      const own = items.filter((item) => textsOf(item.location_ids).includes(id ?? ''));
      if (id === undefined || own.length === 0) return [];
      const bookable = own.filter((item) => !isSpot(item) || !own.some((other) => !isSpot(other) && evseOf(other) === evseOf(item)));
      return [{ ...placeOf(provider, location, id, own), connectors: bookable.flatMap((item) => connectorOf(item, fulfillments)) }];
    });
  });
}

/** What is there to be used at once is no connector of its own. */
const isSpot = (item: Fields): boolean => /^spot/i.test(textOf(at(item, 'descriptor', 'short_desc')) ?? '');
const evseOf = (item: Fields): string | undefined => textsOf(item.fulfillment_ids)[0];

function placeOf(provider: Fields, location: Fields, id: string, items: readonly Fields[]): Omit<FoundPlace, 'connectors'> {
  const ref = shortOf(provider.id) ?? '';
  const [latitude, longitude] = (textOf(location.gps) ?? '').split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const isPlace = Math.abs(latitude ?? Number.NaN) <= 90 && Math.abs(longitude ?? Number.NaN) <= 180;
  const name = shortOf(at(location, 'descriptor', 'name')) ?? shortOf(location.address) ?? id;
  const city = isFields(location.city) ? location.city.name : undefined;
  return {
    key: JSON.stringify([ref, id]), operator: { ref, name: shortOf(at(provider, 'descriptor', 'name')) ?? ref }, name, address: shortOf(location.address) ?? '',
    city: shortOf(city) ?? '', country: shortOf(at(location, 'country', 'code')) ?? '', coordinates: isPlace ? { latitude: latitude!, longitude: longitude! } : null,
      facilities: [],
    isGreen: items.some((item) => textsOf(item.category_ids).includes(GREEN)) ? true : null,
  };
}

const STATUSES: Record<string, EvseStatus> = { AVAILABLE: 'AVAILABLE', 'IN USE': 'CHARGING', RESERVED: 'RESERVED', MAINTENANCE: 'OUTOFORDER' };
const MOST_SLOTS = 50;

function connectorOf(item: Fields, fulfillments: readonly Fields[]): FoundConnector[] {
  const itemId = shortOf(item.id);
  if (itemId === undefined) return [];
  const tag = (code: string): string | undefined => tagIn(item.tags, 'connector-specifications', code);
  const evseKey = evseOf(item)?.slice(0, 300) ?? itemId;
  const powerType = tag('power-type')?.toUpperCase();
  const powerKw = Number.parseFloat(tag('power-rating') ?? '');
  const times = listOf(fulfillments.find(({ id }) => id === evseKey)?.stops).slice(0, MOST_SLOTS);
  return [{
    itemId, evseKey, name: shortOf(at(item, 'descriptor', 'name')) ?? null, standard: connectorStandardOf(tag('connector-type') ?? '') ?? null,
    powerType: POWER_TYPES.find((type) => type === powerType) ?? (powerType === undefined ? null : powerType.startsWith('DC') ? 'DC' : 'AC'),
    maxPowerW: powerKw > 0 && powerKw <= 4_000 ? Math.round(powerKw * 1_000) : null, status: STATUSES[tag('status')?.toUpperCase() ?? ''] ?? 'UNKNOWN', price: priceOf(item.price),
    slots: times.flatMap((stop) => {
      const [start, end] = [parseMoment(at(stop, 'time', 'range', 'start')), parseMoment(at(stop, 'time', 'range', 'end'))];
      return start === undefined || end === undefined || end <= start ? [] : [{ start, end }];
    }),
  }];
}

/** `18` of `INR/kWh` */
function priceOf(price: unknown): FoundConnector['price'] {
  const [word, unit] = (textOf(at(price, 'currency')) ?? '').split('/');
  const [value, currency] = [textOf(at(price, 'value')), currencyOf(word)];
  if (value === undefined || !/^\d{1,9}(\.\d{1,6})?$/.test(value) || currency === undefined || !/^kwh$/i.test(unit ?? 'kWh')) return null;
  return { currency, perKwh: value, perHour: '0', perSession: '0' };
}
