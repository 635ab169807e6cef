/** discover → on_discover: the live network, as catalogues (BKB-1 to BKB-3). */
import type { Area } from '../../../../domain/geography/index.ts';
import type { Context } from '../../../../domain/organisations/index.ts';
import { loadRules, type Offer } from '../../../../domain/pricing/index.ts';
import { connectorStandardOf, type ConnectorStandard } from '../../../../domain/stations/index.ts';
import { findCatalogue, type CatalogueWish, type OfferedConnector, type OfferedEvse, type OfferedPlace, type Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { BusinessError, formatMoment, isFields, type Fields } from '../../wire/index.ts';
import { matches, parseFilter, requirementsOf, type Expr } from './filter.ts';
import { at, numberOf, textOf } from './read.ts';
import { CATALOG_CONTEXT, ITEM_CONTEXT, itemAttributes, itemName, OFFER_CONTEXT, unitPriceOf } from './words.ts';

const MOST_PLACES = 100;
const DEFAULT_LIMIT = 20;
/** Places that are looked at for one answer, at most. */
const MOST_LOOKED_AT = 500;

export const discover = (services: Services) => async (ctx: Context, { body, context }: BecknMessage): Promise<Answer> => {
  const of = (name: string): unknown => body[name] ?? at(body, 'message', name);
  const { page, limit } = pagingOf(of('pagination'));
  const filters = of('filters');
  const expression = textOf(filters) ?? textOf(at(filters, 'expression'));
  const filter = expression === undefined ? undefined : parseFilter(expression);
  const wish = { ...textWish(textOf(of('text_search'))), ...filterWish(filter), ...spatialWish(of('spatial')) };
  const { places, total } = await fitting(ctx, services, wish, filter, { skip: (page - 1) * limit, limit });
  const networkId = at(context.raw, 'network_id');
  return { body: { catalogs: await catalogsOf(ctx, places, networkId), pagination: { page, limit, total } } };
};

function pagingOf(asked: unknown): { page: number; limit: number } {
  const page = Math.max(1, Math.floor(numberOf(at(asked, 'page')) ?? 1));
  const limit = Math.min(MOST_PLACES, Math.max(1, Math.floor(numberOf(at(asked, 'limit')) ?? DEFAULT_LIMIT)));
  return { page, limit };
}

/** A place with those of its plugs that fit. */
async function fitting(ctx: Context, services: Services, wish: CatalogueWish, filter: Expr | undefined, { skip, limit }: { skip: number; limit: number }):
Promise<{ places: OfferedPlace[]; total: number }> {
  const places: OfferedPlace[] = [];
  let [found, looked, cursor, total] = [0, 0, undefined as string | undefined, 0];
  do {
    const page = await findCatalogue(ctx, services, { ...wish, limit: MOST_PLACES, ...(cursor === undefined ? {} : { cursor }) });
    [cursor, total] = [page.nextCursor, page.total];
    for (const place of page.places) {
      looked += 1;
      const kept = filter ? keep(place, filter) : place;
      if (kept.evses.length === 0) continue;
      found += 1;
      if (found > skip && places.length < limit) places.push(kept);
    }
  } while (cursor !== undefined && places.length < limit && looked < MOST_LOOKED_AT);
  return { places, total: filter && cursor === undefined ? found : total };
}

function keep(place: OfferedPlace, filter: Expr): OfferedPlace {
  const evses = place.evses.map((evse) => ({ ...evse, connectors: evse.connectors.filter((connector) => matches(filter, itemOf(place, evse, connector, undefined))) }));
  return { ...place, evses: evses.filter(({ connectors }) => connectors.length > 0) };
}

/** Words that name plugs are plugs. */
function textWish(text: string | undefined): CatalogueWish {
  if (text === undefined) return {};
  const words = text.split(/\s+/).filter((word) => !/^(connectors?|plugs?)$/i.test(word));
  const standards = words.flatMap((word) => connectorStandardOf(word) ?? []);
  const others = words.filter((word) => connectorStandardOf(word) === undefined);
  return { ...(others.length > 0 ? { text: others.join(' ') } : {}), ...(standards.length > 0 ? { connectorStandards: standards } : {}) };
}

/** What the index can look for of a filter: plugs, and a box of coordinates. */
function filterWish(filter: Expr | undefined): CatalogueWish {
  if (!filter) return {};
  const required = requirementsOf(filter);
  const standards = required.filter(({ name, op }) => name === 'connectortype'
    && op === '==').flatMap(({ value }): readonly ConnectorStandard[] => [connectorStandardOf(String(value)) ?? []].flat());
  const bound = (name: string, ops: string[], outermost: number): number => {
    const values = required.filter((one) => one.name === name && ops.includes(one.op) && typeof one.value === 'number').map(({ value }) => value as number);
    return values.length === 0 ? outermost : ops.includes('>=') ? Math.max(...values) : Math.min(...values);
  };
  const [south, north] = [bound('latitude', ['>=', '>'], -90), bound('latitude', ['<=', '<'], 90)];
  const [west, east] = [bound('longitude', ['>=', '>'], -180), bound('longitude', ['<=', '<'], 180)];
  const isBox = west > -180 && east < 180 && south > -90 && north < 90 && south < north && west < east && east - west < 180;
  return { ...(standards.length > 0 ? { connectorStandards: standards } : {}), ...(isBox ? { area: boxOf(south, west, north, east) } : {}) };
}

function boxOf(south: number, west: number, north: number, east: number): Area {
  return { type: 'polygon', polygon: { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] } };
}

/** CQL2 operators on the place: so far from a point or a line, or inside a polygon; positions are longitude, latitude. */
function spatialWish(spatial: unknown): CatalogueWish {
  if (spatial === undefined) return {};
  const [one, ...others] = (Array.isArray(spatial) ? spatial : [spatial]) as unknown[];
  const wrong = (why: string) => new BusinessError('filter_invalid', `That spatial filter can not be followed: ${why}.`, '/spatial');
  if (!isFields(one) || others.length > 0) throw wrong('there must be one');
  const op = (textOf(one['op']) ?? '').toLowerCase();
  const geometry = one['geometry'];
  const coordinates = at(geometry, 'coordinates');
  const metres = numberOf(one['distanceMeters'] ?? one['distance_meters']);
  const type = textOf(at(geometry, 'type'));
  if (op === 's_dwithin' && type === 'Point' && metres !== undefined && Array.isArray(coordinates) && coordinates.every((part) => typeof part === 'number')) {
    return { area: { type: 'circle', longitude: coordinates[0] as number, latitude: coordinates[1] as number, radiusM: metres } };
  }
  if (op === 's_dwithin' && type === 'LineString' && metres !== undefined) return { area: { type: 'corridor', line: geometry as never, widthM: metres } };
  if ((op === 's_within' || op === 's_intersects') && type === 'Polygon') return { area: { type: 'polygon', polygon: geometry as never } };
  throw wrong(`${op || 'it'} of a ${type ?? 'geometry without type'} is not known`);
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

function itemOf({ location, operator }: OfferedPlace, { evse, slots, isSpot }: OfferedEvse, { connector, price }: OfferedConnector, networkId: unknown): Fields {
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
    'beckn:rateable': true, ...(Array.isArray(networkId) ? { 'beckn:networkId': networkId } : {}),
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
  const operatorId = places[0]!.operator.id;
  const rules = await loadRules(ctx.tx, [operatorId]);
  return rules.filter(({ kind }) => kind === 'offer').flatMap(({ id, content }): Fields[] => {
    const offer = content as unknown as Offer;
    const isOver = (offer.validUntil !== undefined && offer.validUntil <= ctx.now) || (offer.validFrom !== undefined && offer.validFrom > ctx.now);
    const items = places.flatMap((place) => (offer.locationIds && !offer.locationIds.includes(place.location.id) ? [] : place.evses.flatMap(({ connectors }) => connectors
      .map(({ connector }) => connector.id)))).filter((one) => !offer.connectorIds || offer.connectorIds.includes(one));
    if (isOver || items.length === 0) return [];
    return [{
      '@context': OFFER_CONTEXT, '@type': 'beckn:Offer', 'beckn:id': id, 'beckn:descriptor': { '@type': 'beckn:Descriptor', 'schema:name': offer.name },
        'beckn:provider': operatorId,
      'beckn:items': items, 'beckn:offerAttributes': {
        discount: offer.discount, ...(offer.minEnergyWh === undefined ? {} : { 'minimum-energy': { value: String(offer.minEnergyWh / 1_000), unit: 'kWh' } }),
        ...(offer.minAmount === undefined ? {} : { 'minimum-amount': offer.minAmount }), ...(offer.programmeIds ? { 'for-members-of': offer.programmeIds } : {}),
        ...(offer.validUntil === undefined ? {} : { 'valid-until': formatMoment(offer.validUntil) }),
      },
    }];
  });
}
