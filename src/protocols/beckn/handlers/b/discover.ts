/** discover → on_discover: the live network, as catalogues (BKB-1 to BKB-3). */
import type { Context } from '../../../../domain/organisations/index.ts';
import { standingOffers, type OfferedConnector, type OfferedEvse, type OfferedPlace, type Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { at, numberOf, placesFor } from '../../provider/index.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import { CATALOG_CONTEXT, ITEM_CONTEXT, itemAttributes, itemName, OFFER_CONTEXT, unitPriceOf } from './words.ts';

const MOST_PLACES = 100;
const DEFAULT_LIMIT = 20;

export const discover = (services: Services) => async (ctx: Context, { body, context }: BecknMessage): Promise<Answer> => {
  const of = (name: string): unknown => body[name] ?? at(body, 'message', name);
  const { page, limit } = pagingOf(of('pagination'));
  const search = { text: of('text_search'), filters: of('filters'), spatial: of('spatial') };
  const { places, total } = await placesFor(ctx, services, search, (...plug) => itemOf(...plug, undefined), { skip: (page - 1) * limit, limit });
  const networkId = at(context.raw, 'network_id');
  return { body: { catalogs: await catalogsOf(ctx, places, networkId), pagination: { page, limit, total } } };
};

function pagingOf(asked: unknown): { page: number; limit: number } {
  const page = Math.max(1, Math.floor(numberOf(at(asked, 'page')) ?? 1));
  const limit = Math.min(MOST_PLACES, Math.max(1, Math.floor(numberOf(at(asked, 'limit')) ?? DEFAULT_LIMIT)));
  return { page, limit };
}

/** One catalogue for each operator. */
async function catalogsOf(ctx: Context, places: readonly OfferedPlace[], networkId: unknown): Promise<Fields[]> {
  const byOperator = Map.groupBy(places, ({ operator }) => operator.id);
  const catalogs: Fields[] = [];
  for (const [operatorId, own] of byOperator) {
    const [{ operator, location }] = own as [OfferedPlace];
    const logo = own.map((place) => place.location.operator?.logo?.url).find((url) => url !== undefined);
    const name = location.operator?.name ?? operator.name;
    catalogs.push({
      '@context': CATALOG_CONTEXT, '@type': 'beckn:Catalog', 'beckn:id': `catalog-${operatorId}`,
      'beckn:descriptor': {
        '@type': 'beckn:Descriptor', 'schema:name': `${name} EV Charging Network`, 'beckn:shortDesc': `Charging stations of ${operator.name}`,
        ...(logo === undefined ? {} : { 'schema:image': [logo] }),
      },
      'beckn:providerId': operatorId,
      'beckn:items': own.flatMap((place) => place.evses.flatMap((evse) => evse.connectors.map((connector) => itemOf(place, evse, connector, networkId)))),
      'beckn:offers': [...rateOffers(own), ...await discounts(ctx, own)],
    });
  }
  return catalogs;
}

function itemOf({ location, operator }: OfferedPlace, { evse, slots, isSpot }: OfferedEvse, { connector, price, rating }: OfferedConnector, networkId: unknown): Fields {
  const { latitude, longitude } = location.coordinates;
  const name = location.operator?.name ?? operator.name;
  return {
    '@context': ITEM_CONTEXT, '@type': 'beckn:Item', 'beckn:id': connector.id,
    'beckn:descriptor': { '@type': 'beckn:Descriptor', 'schema:name': itemName(evse, connector), 'beckn:shortDesc': location.name },
    'beckn:category': { '@type': 'schema:CategoryCode', 'schema:codeValue': location.energyMix?.isGreenEnergy === true ? 'green-tariff' : 'ev-charging',
      'schema:name': 'EV Charging' },
    'beckn:availableAt': [{
      '@type': 'beckn:Location', 'beckn:gps': { 'schema:latitude': latitude, 'schema:longitude': longitude }, geo: { type: 'Point', coordinates: [longitude, latitude] },
      'beckn:address': { 'schema:streetAddress': location.address, 'schema:addressLocality': location.city, 'schema:addressCountry': location.country },
    }],
    'beckn:availabilityWindow': slots.map(({ start, end }) => ({ '@type': 'beckn:TimePeriod', 'schema:startTime': formatMoment(start), 'schema:endTime': formatMoment(end) })),
    'beckn:rateable': true,
    ...(rating ? { 'beckn:rating': { '@type': 'beckn:Rating', 'beckn:ratingValue': rating.average, 'beckn:ratingCount': rating.count } } : {}),
    ...(Array.isArray(networkId) ? { 'beckn:networkId': networkId } : {}),
    'beckn:provider': {
      'beckn:id': operator.id,
      'beckn:descriptor': { '@type': 'beckn:Descriptor', 'schema:name': name, 'beckn:shortDesc': `Charging stations of ${operator.name}` },
    },
    'beckn:itemAttributes': { ...itemAttributes(connector, evse, price), 'ev:evseId': evse.id, 'ev:stationName': location.name,
      'ev:amenities': location.facilities, 'ev:providerTags': [...(slots.length > 0 ? ['RESERVATION'] : []), ...(isSpot ? ['SPOT'] : [])] },
  };
}

function rateOffers(places: readonly OfferedPlace[]): Fields[] {
  return places.flatMap(({ operator, evses }) => evses.flatMap(({ connectors }) => connectors.flatMap(({ connector, price }) => (price ? [{
    '@context': OFFER_CONTEXT, '@type': 'beckn:Offer', 'beckn:id': `rate-${connector.id}`,
    'beckn:descriptor': { '@type': 'beckn:Descriptor', 'schema:name': 'Standard Charging Rate', 'beckn:shortDesc': unitPriceOf(price).unit },
    'beckn:provider': operator.id, 'beckn:items': [connector.id], 'beckn:price': { currency: price.currency, value: unitPriceOf(price).price },
  }] : []))));
}

/** Discounts that stand now, with what earns them. */
async function discounts(ctx: Context, places: readonly OfferedPlace[]): Promise<Fields[]> {
  return (await standingOffers(ctx, places)).map(({ id, offer, connectorIds }) => ({
    '@context': OFFER_CONTEXT, '@type': 'beckn:Offer', 'beckn:id': id, 'beckn:descriptor': { '@type': 'beckn:Descriptor', 'schema:name': offer.name },
    'beckn:provider': places[0]!.operator.id, 'beckn:items': connectorIds,
    'beckn:offerAttributes': {
      discount: offer.discount, ...(offer.minEnergyWh === undefined ? {} : { 'minimum-energy': { value: String(offer.minEnergyWh / 1_000), unit: 'kWh' } }),
      ...(offer.minAmount === undefined ? {} : { 'minimum-amount': offer.minAmount }), ...(offer.programmeIds ? { 'for-members-of': offer.programmeIds } : {}),
      ...(offer.validUntil === undefined ? {} : { 'valid-until': formatMoment(offer.validUntil) }),
    },
  }));
}
