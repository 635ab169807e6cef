import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { requireAccess, type Actor } from '../../../domain/organisations/index.ts';
import type { RatingSummary } from '../../../domain/feedback/index.ts';
import type { ShownPrice } from '../../../domain/pricing/index.ts';
import {
  search, type LocationSummary, type PriceTeller, type SearchHit, type SearchKeeper, type SearchPage, type SearchQuery, type SearchWindow,
} from '../../../domain/search/index.ts';
import { CAPABILITIES, FACILITIES, POWER_TYPES, type PowerType } from '../../../domain/stations/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { Encoding } from '../encode/encoding.ts';
import { decodeStandard } from '../encode/location.ts';
import { decodeCurrency } from '../encode/reservation.ts';
import { inWordsOf } from '../encode/search-pointers.ts';
import { encodeElsewhere, searchElsewhere, type ExternalSearchOptions } from './external-search.ts';
import { answerOnce, bearerOf, encodingOf, IDEMPOTENCY_KEY, identify, sendAnswer, TIME_FORMAT } from '../route.ts';
import { AreaIn, decodeArea, Latitude, Longitude, Radius } from '../schemas/area.ts';
import { RatingSummaryOut } from '../schemas/feedback.ts';
import { Currency, Id, InstantIn, InstantOut, InstantQuery, Nullable, ProblemSchema, Strict } from '../schemas/common.ts';
import { parseInstant } from '../times.ts';

const optional = Type.Optional;
const watts = Type.Integer({ minimum: 0, maximum: 4_000_000, description: 'W' });
const word = Type.String({ minLength: 1, maxLength: 40 });
const sort = Type.Enum(['distance', 'detour', 'power', 'free_time', 'name', 'price', 'rating']);
const MinRating = Type.Number({ minimum: 1, maximum: 5, description: 'drivers rate it no lower, on average' });
const PerKwh = Type.String({
  pattern: String.raw`^\d{1,6}(\.\d{1,6})?$`, description: 'what a kWh costs at most, in whole units with surcharges and tax; a decimal number as text',
});
const limit = Type.Integer({ minimum: 1, maximum: 200, default: 50 });
const cursor = Type.String({ maxLength: 500 });
const minutes = Type.Integer({ minimum: 1, maximum: 44_640 });
const PowerTypes = Type.Enum([...POWER_TYPES, 'AC'], { description: '`AC` stands for every kind of alternating current' });
const text = Type.String({ minLength: 1, maxLength: 200 });

const Body = Type.Partial(Strict({
  area: AreaIn, origin: Strict({ latitude: Latitude, longitude: Longitude }), connector_type: Type.Array(word, { maxItems: 20 }), power_type: Type.Array(PowerTypes,
  { maxItems: 10 }), min_power: watts,
  max_power: watts, capabilities: Type.Array(Type.Enum([...CAPABILITIES]), { maxItems: 20 }), available: Type.Boolean(),
  window: Strict(
    { start: InstantIn('from when'), end: InstantIn('until when'), duration_minutes: optional(minutes) },
    { description: 'a slot of the duration is free in it; without one, all of it' },
  ),
  facilities: Type.Array(Type.Enum([...FACILITIES]), { maxItems: 20 }), any_facility: Type.Array(Type.Enum([...FACILITIES]), { maxItems: 20 }),
  operator_id: Type.Array(Id('organisation'), { maxItems: 50 }), open_at: InstantIn('open at this moment'), green: Type.Boolean(),
  price: Strict({ currency: Currency, max_per_kwh: optional(PerKwh) }, { description: 'there is a price in this currency' }), min_rating: MinRating, text, sort, limit, cursor,
}), { additionalProperties: false });

const many = <T extends Type.TSchema>(schema: T) => optional(Type.Union([schema, Type.Array(schema, { maxItems: 20 })]));
const Query = Strict({
  latitude: optional(Latitude), longitude: optional(Longitude), radius: optional(Radius), connector_type: many(word), power_type: many(PowerTypes), min_power: optional(watts),
  max_power: optional(watts), available: optional(Type.Boolean()), start: optional(InstantQuery('a slot is free from then')), end: optional(InstantQuery('until then')),
  duration_minutes: optional(minutes), facility: many(Type.Enum([...FACILITIES])), operator_id: many(Id('organisation')), open_at: optional(InstantQuery('open at this moment')),
  green: optional(Type.Boolean()), currency: optional(Currency), max_per_kwh: optional(PerKwh), min_rating: optional(MinRating), text: optional(text), sort: optional(sort),
  limit: optional(limit),
  cursor: optional(cursor), external_network: many(Id('externalNetwork', 'what is found there stands beside what is ours, on the first page; it is waited for')),
});

const Slot = Nullable(Type.Object({ start: InstantOut, end: InstantOut }));
const Amount = Type.String({ description: 'in whole units of the currency' });
const Price = Type.Object({ currency: Currency, per_kwh: Amount, per_hour: Amount, per_parked_hour: Nullable(Amount), per_session: Amount }, {
  description: 'of what begins with the first slot, or now; surcharges and tax included, offers and what a tariff asks later are not. Null where nobody has set one',
});
const Connector = Type.Object({
  id: Type.Union([Id('connector'), Id('externalConnector')]), standard: Nullable(Type.String()), power_type: Nullable(Type.Enum([...POWER_TYPES, 'AC'])),
  max_electric_power: Nullable(Type.Integer()), format: Nullable(Type.String()), price: Nullable(Price),
}, { description: 'in another network, what its provider does not tell is null' });
const Reply = Type.Object({
  object: Type.Literal('list'), total: Type.Integer(), has_more: Type.Boolean(), next_cursor: Nullable(Type.String()),
  data: Type.Array(Type.Object({
    object: Type.Literal('search_result'), network: Nullable(Id('externalNetwork', 'null: it is of this network')),
    location_id: Type.Union([Id('location'), Id('externalLocation')]), name: Type.String(), address: Type.String(), city: Type.String(), country: Type.String(),
    coordinates: Nullable(Type.Object({ latitude: Latitude, longitude: Longitude })), time_zone: Nullable(Type.String()), operator_id: Nullable(Id('organisation')),
    operator_name: Type.String(), facilities: Type.Array(Type.String({ description: 'of ours, those of OCPI' })), green: Nullable(Type.Boolean()),
    distance_m: Nullable(Type.Integer()), detour_m: Nullable(Type.Integer()),
    along_m: Nullable(Type.Integer()), rating: Nullable(RatingSummaryOut), first_slot: Slot, free_minutes: Nullable(Type.Integer()),
    evses: Type.Array(Type.Object({
      id: Type.Union([Id('evse'), Id('externalEvse')]), charging_station: Nullable(Id('station')), status: Type.String(), first_slot: Slot,
        free_minutes: Nullable(Type.Integer()), connectors: Type.Array(Connector),
    })),
  })),
});

export interface SearchOptions extends ExternalSearchOptions {
  keeper: SearchKeeper;
  onSearched(seconds: number): void;
}

/** Both forms of the search: a query string for what fits one, a body for areas and corridors. Answered from memory. */
export function addSearchRoutes(app: FastifyInstance, options: SearchOptions): void {
  const security: Record<string, string[]>[] = [{}, { apiKey: [] }];
  const shared = { tags: ['Search'], security, headers: TIME_FORMAT, response: { 200: Reply, '4xx': ProblemSchema } };
  const onRequest = options.limiter.take;
  app.route({
    method: 'GET', url: '/v1/search', onRequest,
    schema: { ...shared, operationId: 'search', summary: 'Search around a place', querystring: Query },
    handler: async (request) => {
      const { external_network: elsewhere, ...asked } = request.query as Static<typeof Query>;
      const query = fromQuery(asked);
      const page = answer(options, request, await callerOf(options, request), query);
      if (elsewhere === undefined || query.cursor !== undefined) return page;
      const found = await searchElsewhere(options, request, [elsewhere].flat(), query);
      return besides(page, found.map((place) => encodeElsewhere(place, query, encodingOf(request))), query);
    },
  });
  app.route({
    method: 'POST', url: '/v1/search', onRequest,
    schema: {
      ...shared, operationId: 'searchArea', summary: 'Search in a circle, a polygon or along a route', body: Body, querystring: Strict({}),
      headers: Type.Interface([IDEMPOTENCY_KEY, TIME_FORMAT], {}),
    },
    handler: async (request, reply) => {
      const caller = await callerOf(options, request);
      const work = () => Promise.try(() => ({ status: 200, body: answer(options, request, caller, fromBody(request.body as Static<typeof Body>)) }));
      // A search changes nothing, and without a key there is nobody whom a stored answer could belong to.
      const isOnce = caller.actor.kind === 'key' && request.headers['idempotency-key'] !== undefined;
      return sendAnswer(reply, isOnce
        ? await options.runtime.database.transaction((tx) => answerOnce(options, request, encodingOf(request), tx, caller.actor, work))
        : await work());
    },
  });
}

interface SearchCaller {
  actor: Actor;
  network: { id: string };
}

async function callerOf(options: SearchOptions, request: FastifyRequest): Promise<SearchCaller> {
  const secret = bearerOf(request);
  if (secret === undefined) return { actor: { kind: 'public' }, network: { id: options.publicNetworkId } };
  return identify(options, request, options.runtime.database, secret);
}

function answer(options: SearchOptions, request: FastifyRequest, caller: SearchCaller, query: Omit<SearchQuery, 'networkId'>) {
  requireAccess(caller, 'location.read');
  const encoding = encodingOf(request);
  const started = performance.now();
  const [now, prices] = [options.keeper.nowIn(caller.network.id), options.keeper.priceTeller()];
  const page = searchFor(request, () => search(options.keeper.index, { ...query, networkId: caller.network.id }, now, prices.perKwh, (id) => options.keeper.ratingOf(id)?.average));
  options.onSearched((performance.now() - started) / 1000);
  return {
    object: 'list', total: page.total, has_more: page.nextCursor !== undefined, next_cursor: page.nextCursor ?? null,
    data: page.items.flatMap((hit) => encodeHit(options.keeper.summaryOf(hit.locationId), hit, { prices, now, rating: options.keeper.ratingOf(hit.locationId) }, encoding) ?? []),
  };
}

type Answered = ReturnType<typeof answer>;
type Elsewhere = ReturnType<typeof encodeElsewhere>;

/** Both in one list: by the distance where they are sorted by it, else ours first. */
function besides(page: Answered, found: readonly Elsewhere[], { sort: by = 'distance' }: Omit<SearchQuery, 'networkId'>) {
  const all: (Answered['data'][number] | Elsewhere)[] = [...page.data, ...found];
  if (by === 'distance') all.sort((a, b) => (a.distance_m ?? Infinity) - (b.distance_m ?? Infinity) || 0);
  return { ...page, total: page.total + found.length, data: all };
}

function searchFor(request: FastifyRequest, run: () => SearchPage): SearchPage {
  try {
    return run();
  } catch (error) {
    throw inWordsOf(request.method === 'POST' ? 'body' : 'query', error);
  }
}

/** What is told beside what was found. */
interface Beside {
  prices: PriceTeller;
  now: number;
  rating: RatingSummary | undefined;
}

function encodeHit(summary: LocationSummary | undefined, hit: SearchHit, { prices, now, rating }: Beside, { time }: Encoding) {
  if (!summary) return undefined;
  const slot = (free: SearchHit['firstSlot']) => (free ? { start: time(free.start), end: time(free.end) } : null);
  const rounded = (metres: number | undefined) => (metres === undefined ? null : Math.round(metres));
  const { latitude: lat, longitude: lng } = summary;
  return {
    object: 'search_result', network: null, location_id: hit.locationId, name: summary.name, address: summary.address, city: summary.city, country: summary.country,
    coordinates: { latitude: lat, longitude: lng }, time_zone: summary.timeZone, operator_id: summary.operatorId, operator_name: summary.operatorName,
    facilities: summary.facilities, green: summary.isGreen ?? null, distance_m: rounded(hit.distanceM), detour_m: rounded(hit.detourM), along_m: rounded(hit.alongM),
    rating: rating ?? null, first_slot: slot(hit.firstSlot), free_minutes: hit.freeMinutes ?? null,
    evses: hit.evses.map((evse) => ({
      id: evse.evseId, charging_station: evse.stationId, status: evse.status, first_slot: slot(evse.firstSlot), free_minutes: evse.freeMinutes ?? null,
      connectors: evse.connectors.map((c) => ({
        id: c.connectorId, standard: c.standard, power_type: c.powerType, max_electric_power: c.maxPowerW, format: c.format,
        price: encodePrice(prices.price(summary, c, evse.firstSlot?.start ?? now)),
      })),
    })),
  };
}

function encodePrice(price: ShownPrice | undefined) {
  return price === undefined ? null : {
    currency: price.currency.toLowerCase(), per_kwh: price.perKwh, per_hour: price.perHour, per_parked_hour: price.perParkedHour, per_session: price.perSession,
  };
}

const AC_TYPES = POWER_TYPES.filter((type) => type !== 'DC');
const powerTypes = (types: readonly (PowerType | 'AC')[] | undefined) => types?.flatMap((type) => (type === 'AC' ? AC_TYPES : type));

function fromBody(body: Static<typeof Body>): Omit<SearchQuery, 'networkId'> {
  const { window } = body;
  return {
    area: body.area && decodeArea(body.area), origin: body.origin, connectorStandards: body.connector_type?.map((name, i) => decodeStandard(name, `/connector_type/${i}`)),
    powerTypes: powerTypes(body.power_type), minPowerW: body.min_power, maxPowerW: body.max_power, capabilities: body.capabilities, availableNow: body.available,
    window: window && toWindow(parseInstant(window.start, '/window/start'), parseInstant(window.end, '/window/end'), window.duration_minutes, '/window/end'),
    facilities: { allOf: body.facilities, anyOf: body.any_facility }, operatorIds: body.operator_id,
    openAt: body.open_at === undefined ? undefined : parseInstant(body.open_at, '/open_at'), greenOnly: body.green,
    price: body.price && toPrice(body.price.currency, body.price.max_per_kwh, '/price/currency'), minRating: body.min_rating, text: body.text, sort: body.sort, limit: body.limit,
    cursor: body.cursor,
  };
}

function fromQuery(query: Static<typeof Query>): Omit<SearchQuery, 'networkId'> {
  const list = <T>(value: T | T[] | undefined) => (value === undefined ? undefined : [value].flat() as T[]);
  const { latitude: lat, longitude: lng, start, end } = query;
  if ((lat === undefined) !== (lng === undefined)) throw invalid('?longitude', 'goes with latitude');
  if (query.radius !== undefined && lat === undefined) throw invalid('?latitude', 'is required with radius');
  if (query.max_per_kwh !== undefined && query.currency === undefined) throw invalid('?currency', 'is required with max_per_kwh');
  if ((start === undefined) !== (end === undefined)) throw invalid('?end', 'goes with start');
  return {
    area: lat === undefined || lng === undefined ? undefined : { type: 'circle', latitude: lat, longitude: lng, radiusM: query.radius ?? 5_000 },
    connectorStandards: list(query.connector_type)?.map((name) => decodeStandard(name, '?connector_type')), powerTypes: powerTypes(list(query.power_type)),
    minPowerW: query.min_power, maxPowerW: query.max_power, availableNow: query.available,
    window: start === undefined || end === undefined ? undefined : toWindow(parseInstant(start, '?start'), parseInstant(end, '?end'), query.duration_minutes, '?end'),
    facilities: { allOf: list(query.facility) }, operatorIds: list(query.operator_id), openAt: query.open_at === undefined ? undefined : parseInstant(query.open_at, '?open_at'),
    greenOnly: query.green, price: query.currency === undefined ? undefined : toPrice(query.currency, query.max_per_kwh, '?currency'), minRating: query.min_rating,
    text: query.text,
    sort: query.sort, limit: query.limit, cursor: query.cursor,
  };
}

function toPrice(currency: string, maxPerKwh: string | undefined, pointer: string): SearchQuery['price'] {
  return { currency: decodeCurrency(currency, pointer), ...(maxPerKwh === undefined ? {} : { maxPerKwh: Number(maxPerKwh) }) };
}

function toWindow(start: number, end: number, durationMinutes: number | undefined, pointer: string): SearchWindow {
  if (end <= start) throw new DomainError('invalid_time_range', 'The end must come after the start.', { errors: [{ pointer, message: 'must come after the start' }] });
  return { start, end, durationMinutes };
}

function invalid(pointer: string, message: string): DomainError {
  return new DomainError('invalid_request', 'The search is not valid.', { errors: [{ pointer, message }] });
}
