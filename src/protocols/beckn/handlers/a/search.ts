/** search → on_search: the live network as a catalogue of Beckn 1.1. */
import Type from 'typebox';
import type { Context } from '../../../../domain/organisations/index.ts';
import type { RatingSummary } from '../../../../domain/feedback/index.ts';
import { connectorStandardOf, POWER_TYPES, type ConnectorStandard } from '../../../../domain/stations/index.ts';
import { findCatalogue, type CatalogueWish, type OfferedPlace, type Services } from '../../catalogue.ts';
import type { Answer, BecknMessage, Handler } from '../../exchange/index.ts';
import { BusinessError, parseMoment, type Fields } from '../../wire/index.ts';
import { fieldsOf, listOf, tagValue, textOf } from './read.ts';
import { fulfillmentOfEvse, itemOf, locationOf, providerOf } from './show.ts';

export const SPOT = '~spot';

export const searchHandler = (services: Services): Handler => ({
  schema: Type.Object({ message: Type.Object({ intent: Type.Object({}) }) }),
  handle: async (ctx, message) => answerSearch(ctx, services, message),
});

async function answerSearch(ctx: Context, services: Services, { body }: BecknMessage): Promise<Answer> {
  const wish = wishOf(fieldsOf(fieldsOf(body.message).intent));
  const { places } = wish ? await findCatalogue(ctx, services, wish) : { places: [] };
  const operators = Map.groupBy(places, ({ operator }) => operator.id);
  return { body: { message: { catalog: { providers: [...operators.values()].map((own) => providerWith(own)) } } } };
}

function providerWith(places: readonly OfferedPlace[]): Fields {
  const isGreen = places.some(({ location }) => location.energyMix?.isGreenEnergy === true);
  return {
    ...providerOf(places[0]!),
    ...(isGreen ? { categories: [{ id: GREEN, descriptor: { code: GREEN, name: 'Green energy' } }] } : {}),
    locations: places.map(({ location, rating }) => ({ ...locationOf(location), ...ratingOf(rating) })),
    fulfillments: places.flatMap(({ location, evses }) => evses.map(({ evse, slots }) => fulfillmentOfEvse(location, evse, slots))),
    items: places.flatMap(itemsOf),
  };
}

/** A connector is an item to book, and, where nobody is charging, one to use at once. */
function itemsOf({ location, evses }: OfferedPlace): Fields[] {
  const more = { location_ids: [location.id], ...(location.energyMix?.isGreenEnergy === true ? { category_ids: [GREEN] } : {}) };
  return evses.flatMap(({ evse, connectors, slots, isSpot }) => connectors.flatMap(({ connector, price, priceNow, rating }) => [
    ...(slots.length === 0 ? [] : [{ ...itemOf({ evse, connector }, price), rateable: true, ...ratingOf(rating), fulfillment_ids: [evse.id], ...more }]),
    ...(isSpot ? [{ ...itemOf({ evse, connector }, priceNow, { id: `${connector.id}${SPOT}`, shortDesc: 'Spot Booking' }), rateable: true, ...ratingOf(rating),
      fulfillment_ids: [evse.id], ...more }] : []),
  ]));
}

/** In the core a rating is a text, without a count. */
const ratingOf = (rating: RatingSummary | undefined): Fields => (rating ? { rating: String(rating.average) } : {});

const GREEN = 'green-tariff';
const METRES: Record<string, number> = { km: 1_000, kms: 1_000, kilometer: 1_000, kilometers: 1_000, mi: 1_609.344, mile: 1_609.344, miles: 1_609.344, m: 1, meter: 1, meters: 1 };

/** Undefined where something is asked for that nothing can be. */
function wishOf(intent: Fields): CatalogueWish | undefined {
  const fulfillment = fieldsOf(intent.fulfillment);
  const stops = listOf(fulfillment.stops);
  const category = (textOf(fieldsOf(fieldsOf(intent.category).descriptor).code) ?? textOf(fieldsOf(intent.category).id) ?? '').toLowerCase();
  if (category !== '' && category !== GREEN) return undefined;
  const asked = tagValue(fulfillment.tags, 'connector-type');
  const standards = asked?.split(/[,|]/).map((word) => connectorStandardOf(word.trim())).filter((standard): standard is ConnectorStandard => standard !== undefined);
  if (standards?.length === 0) return undefined;
  const power = tagValue(fulfillment.tags, 'power-type')?.toUpperCase();
  const powerTypes = power === undefined ? undefined : POWER_TYPES.filter((type) => type === power || type.split('_')[0] === power);
  if (powerTypes?.length === 0) return undefined;
  const powerKw = Number.parseFloat(tagValue(fulfillment.tags, 'power-rating') ?? '');
  const text = [intent.descriptor, fieldsOf(intent.provider).descriptor].map((one) => textOf(fieldsOf(one).name)).filter((one) => one !== undefined).join(' ');
  return {
    ...areaOf(stops), ...windowOf(stops), text,
    ...(category === GREEN ? { greenOnly: true } : {}), ...(standards ? { connectorStandards: standards } : {}), ...(powerTypes ? { powerTypes } : {}),
    ...minRatingOf(intent), ...(powerKw > 0 ? { minPowerW: Math.round(powerKw * 1_000) } : {}),
  };
}

/** The core's rating: a value, or one with an inequality. What is asked of an item, a fulfilment or a provider is asked of the place, which must be rated no lower. */
function minRatingOf(intent: Fields): Pick<CatalogueWish, 'minRating'> {
  const name = ['item', 'fulfillment', 'provider'].find((part) => fieldsOf(intent[part]).rating !== undefined);
  if (name === undefined) return {};
  const asked = fieldsOf(intent[name]).rating;
  const least = Number(/^\s*(?:>=|gte)?\s*:?\s*(\d(?:\.\d+)?)\s*$/i.exec(String(asked))?.[1]);
  if (!(least >= 1 && least <= 5)) throw new BusinessError('filter_invalid', 'A rating is asked for from 1 to 5, as "4" or ">=4".', `/message/intent/${name}/rating`);
  return { minRating: least };
}

function areaOf(stops: readonly Fields[]): Pick<CatalogueWish, 'area'> {
  const circle = stops.map(({ location }) => fieldsOf(fieldsOf(location).circle)).find(({ gps }) => gps !== undefined);
  if (!circle) return {};
  const wrong = (message: string, field: string) => new BusinessError('filter_invalid', message, `/message/intent/fulfillment/stops/0/location/circle/${field}`);
  const match = /^\s*([-+]?\d+(?:\.\d+)?)\s*,\s*([-+]?\d+(?:\.\d+)?)\s*$/.exec(String(circle.gps));
  const [latitude, longitude] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) throw wrong('The gps of the circle must be "latitude,longitude".', 'gps');
  const radius = fieldsOf(circle.radius);
  const [value, unit] = [Number(radius.value), METRES[(textOf(radius.unit) ?? 'km').toLowerCase()]];
  if (!(value > 0) || unit === undefined) throw wrong('The radius must be a number above 0, in km, miles or m.', 'radius');
  return { area: { type: 'circle', latitude, longitude, radiusM: value * unit } };
}

/** Times without an offset are taken to be Indian, as those of the seed are: no place is known yet whose own they could be. */
function windowOf(stops: readonly Fields[]): Pick<CatalogueWish, 'window'> {
  const range = stops.map(({ time }) => fieldsOf(fieldsOf(time).range)).find(({ start, end }) => start !== undefined && end !== undefined);
  if (!range) return {};
  const [start, end] = [parseMoment(range.start, SEARCH_ZONE), parseMoment(range.end, SEARCH_ZONE)];
  if (start === undefined || end === undefined || end <= start) {
    throw new BusinessError('filter_invalid', 'The time range must have a start and, after it, an end.', '/message/intent/fulfillment/stops/0/time/range');
  }
  return { window: { start, end } };
}

const SEARCH_ZONE = 'Asia/Kolkata';
