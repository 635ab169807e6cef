/** Catalogues of the candidate: an item for each connector, an offer for each price (BKC-1). For answers of discovery, and for publishing. */
import type { Context } from '../../../../domain/organisations/index.ts';
import type { EpochMs } from '../../../../platform/clock/index.ts';
import { standingOffers, type OfferedConnector, type OfferedEvse, type OfferedPlace } from '../../catalogue.ts';
import { ANY } from '../../provider/index.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import { CORE, itemName, OFFER, plugOf, serviceOf, unitPriceOf } from './words.ts';

/** Who publishes: us, as the network's registry has us. */
export interface Publisher {
  id: string;
  uri: string;
  /** what the code at a plug says, where codes can be printed: for that people know this server by an address that stays */
  startAddress?(connectorId: string): string;
}

const descriptor = (name: string, shortDesc: string, more: Fields = {}): Fields => ({ '@type': 'beckn:Descriptor', 'schema:name': name, 'beckn:shortDesc': shortDesc, ...more });

/** One catalogue for each operator. Plugs that the closed list of connectors has no word for are not told, since no message could name them. */
export async function catalogsOf(ctx: Context, places: readonly OfferedPlace[], publisher: Publisher): Promise<Fields[]> {
  const catalogs: Fields[] = [];
  for (const [operatorId, own] of Map.groupBy(places.map(withKnownPlugs).filter(({ evses }) => evses.length > 0), ({ operator }) => operator.id)) {
    const [{ operator, location }] = own as [OfferedPlace];
    const about = descriptor(`${location.operator?.name ?? operator.name} EV charging`, `Charging stations of ${operator.name}`, logoOf(own));
    catalogs.push(await catalogFields(ctx, own, publisher, { id: `catalog-${operatorId}`, about }));
  }
  return catalogs;
}

export const catalogIdOf = (locationId: string): string => `catalog-${locationId}`;

/** BKC-20: the catalogue of one place, for publishing: so what changes at one is no news of the others. */
export async function catalogOfPlace(ctx: Context, place: OfferedPlace, publisher: Publisher, isThere: boolean): Promise<Fields> {
  const { location, operator } = place;
  const about = descriptor(`${location.operator?.name ?? operator.name}: ${location.name}`, `${location.address}, ${location.city}`, logoOf([place]));
  const shown = isThere ? withKnownPlugs(place) : { ...place, evses: [] };
  return { ...await catalogFields(ctx, [shown], publisher, { id: catalogIdOf(location.id), about }), 'beckn:isActive': isThere };
}

function logoOf(places: readonly OfferedPlace[]): Fields {
  const logo = places.map(({ location }) => location.operator?.logo?.url).find((url) => url !== undefined);
  return logo === undefined ? {} : { 'schema:image': [logo] };
}

async function catalogFields(ctx: Context, places: readonly OfferedPlace[], publisher: Publisher, { id, about }: { id: string; about: Fields }): Promise<Fields> {
  return {
    '@context': CORE, '@type': 'beckn:Catalog', 'beckn:id': id, 'beckn:bppId': publisher.id, 'beckn:bppUri': publisher.uri, 'beckn:providerId': places[0]!.operator.id,
    'beckn:descriptor': about,
    'beckn:items': places.flatMap((place) => place.evses.flatMap((evse) => evse.connectors.map((connector) => itemOf(place, evse, connector, publisher)))),
    'beckn:offers': [...rateOffers(places), ...await discounts(ctx, places)],
  };
}

function withKnownPlugs(place: OfferedPlace): OfferedPlace {
  const evses = place.evses.map((evse) => ({ ...evse, connectors: evse.connectors.filter(({ connector }) => plugOf(connector.standard) !== undefined) }));
  return { ...place, evses: evses.filter(({ connectors }) => connectors.length > 0) };
}

function itemOf({ location, operator }: OfferedPlace, { evse, slots, isSpot }: OfferedEvse, { connector, rating }: OfferedConnector, publisher: Publisher): Fields {
  const code = publisher.startAddress?.(connector.id);
  const name = location.operator?.name ?? operator.name;
  return {
    '@context': CORE, '@type': 'beckn:Item', 'beckn:id': connector.id,
    'beckn:descriptor': descriptor(itemName(evse, connector), `${location.name}, ${location.city}`),
    'beckn:category': { '@type': 'schema:CategoryCode', 'schema:codeValue': 'ev-charging', 'schema:name': 'EV Charging' },
    'beckn:availableAt': [{ '@type': 'beckn:Location', geo: { type: 'Point', coordinates: [location.coordinates.longitude, location.coordinates.latitude] },
      address: `${location.address}, ${location.city}` }],
    'beckn:availabilityWindow': slots.map(windowOf), 'beckn:rateable': true,
    ...(rating ? { 'beckn:rating': { '@type': 'beckn:Rating', 'beckn:ratingValue': rating.average, 'beckn:ratingCount': rating.count } } : {}),
    'beckn:isActive': slots.length > 0 || isSpot,
    'beckn:provider': { 'beckn:id': operator.id, 'beckn:descriptor': descriptor(name, `Charging stations of ${operator.name}`) },
    'beckn:itemAttributes': { ...serviceOf(location, evse, connector, slots.length > 0), ...(code === undefined ? {} : { qrIdentifier: code }) },
  };
}

/** BKC-2: the published schema has times of day in `startTime`; the dates beside it say which day. */
function windowOf({ start, end }: { start: EpochMs; end: EpochMs }): Fields {
  const [from, until] = [formatMoment(start), formatMoment(end)];
  const timeOf = (moment: string): string => moment.slice(moment.indexOf('T') + 1);
  return { '@type': 'beckn:TimePeriod', 'schema:startDate': from, 'schema:endDate': until, 'schema:startTime': timeOf(from), 'schema:endTime': timeOf(until) };
}

/** The same item for filters: with times as those write them (instants, of the place's own clock), and nothing against any vehicle. */
export const filteredItem = (publisher: Publisher) => (place: OfferedPlace, evse: OfferedEvse, connector: OfferedConnector): Fields => {
  const local = (at: EpochMs): string => Temporal.Instant.fromEpochMilliseconds(at).toString({ timeZone: place.location.timeZone });
  return {
    ...itemOf(place, evse, connector, publisher), 'beckn:fulfillment': ANY,
    'beckn:availabilityWindow': evse.slots.map(({ start, end }) => ({
      'schema:startTime': local(start), 'schema:endTime': local(end), 'schema:startDate': local(start), 'schema:endDate': local(end),
    })),
  };
};

export const rateId = (connectorId: string): string => `rate-${connectorId}`;

function rateOffers(places: readonly OfferedPlace[]): Fields[] {
  return places.flatMap(({ operator, evses }) => evses.flatMap(({ evse, connectors }) => connectors.flatMap(({ connector, price: shown }) => {
    if (!shown) return [];
    const { price, tariffModel } = unitPriceOf(shown);
    const perMinute = Number((Number(shown.perParkedHour) / 60).toFixed(4));
    return [{
      '@context': CORE, '@type': 'beckn:Offer', 'beckn:id': rateId(connector.id), 'beckn:descriptor': { '@type': 'beckn:Descriptor',
        'schema:name': `Tariff of ${itemName(evse, connector)}` },
      'beckn:provider': operator.id, 'beckn:items': [connector.id], 'beckn:price': price,
      'beckn:offerAttributes': {
        '@context': OFFER, '@type': 'ChargingOffer', ...(tariffModel === undefined ? {} : { tariffModel }),
        ...(perMinute > 0 ? { idleFeePolicy: { currency: shown.currency, value: perMinute, applicableQuantity: { unitCode: 'MIN', unitText: 'minutes', unitQuantity: 1 } } } : {}),
      },
    }];
  })));
}

/** Discounts that stand now; what earns them is told in words, since the published pack of offers has no fields for it. */
async function discounts(ctx: Context, places: readonly OfferedPlace[]): Promise<Fields[]> {
  return (await standingOffers(ctx, places)).map(({ id, offer, connectorIds }) => {
    const { discount, minEnergyWh, programmeIds } = offer;
    const less = 'percent' in discount ? `${discount.percent}% off` : 'Less for this session';
    const words = [less, ...(minEnergyWh === undefined ? [] : [`from ${minEnergyWh / 1_000} kWh`]), ...(programmeIds ? ['for members'] : [])].join(', ');
    return {
      '@context': CORE, '@type': 'beckn:Offer', 'beckn:id': id, 'beckn:descriptor': descriptor(offer.name, words), 'beckn:provider': places[0]!.operator.id,
      'beckn:items': connectorIds,
      ...(offer.validUntil === undefined ? {} : { 'beckn:validity': { '@type': 'beckn:TimePeriod', 'schema:endDate': formatMoment(offer.validUntil) } }),
    };
  });
}
