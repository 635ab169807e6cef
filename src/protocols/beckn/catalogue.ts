/** What providers show of the network: places that fit a search, what their connectors cost, and when they are free. */
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { together } from '../../platform/database/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { mergeIntervals, type Interval } from '../../domain/calendar/index.ts';
import { ratingsOf, type RatingSummary } from '../../domain/feedback/index.ts';
import { findOrganisation, type Context, type Organisation } from '../../domain/organisations/index.ts';
import { loadRules, rulesInForce, shownPrice, type Offer, type PriceRule, type ShownPrice } from '../../domain/pricing/index.ts';
import { listFreeSlotsOfAll, locate, locateAll, locateConnector, type BookingPolicy, type Located } from '../../domain/reservations/index.ts';
import { search, type SearchKeeper, type SearchQuery } from '../../domain/search/index.ts';
import { evsesOf, type Connector, type Evse, type Location } from '../../domain/stations/index.ts';
import { BusinessError } from './wire/index.ts';

/** What handlers need besides the transaction. */
export interface Services {
  keeper: SearchKeeper;
  /** how people reach this server */
  publicUrl(): string;
  /** where other subscribers reach us */
  becknUrl(): string;
  /** what the code at a plug says; undefined where none can be printed */
  startAddress?(connectorId: string): string;
  /** ours, as the registry has it */
  subscriberId: string;
  /** where transfers go; not offered where it is not known */
  bank: { code?: string; account?: string };
  support: { phone?: string; email?: string };
  /** orders are confirmed with a password that their driver is sent */
  wantsConfirmOtp: boolean;
  /** charging is started with one, too, where the generation leaves it to us */
  wantsStartOtp: boolean;
  /** tells URLs of apps how charging goes on */
  telemetry: Telemetry;
}

export interface Telemetry {
  /** Tells a URL from now on. */
  watch(ctx: Context, listener: { networkId: string; reservationId: string; url: string }): Promise<void>;
  /** Something has happened to that order. */
  hurry(ctx: Context, reservationId: string): Promise<void>;
}

/** One connector: what an order is about. */
export interface Item {
  location: Location;
  operator: Organisation;
  evse: Evse;
  connector: Connector;
}

/** What stands for an item in the transaction that has read it: it need not be read again. */
export interface ReadItem extends Item {
  policy: BookingPolicy;
  /** all of its operator */
  rules: readonly PriceRule[];
}

export interface OfferedConnector {
  connector: Connector;
  /** of a session that begins with the first free slot, and of one that begins now; undefined where nobody has set one */
  price?: ShownPrice;
  priceNow?: ShownPrice;
  /** what drivers think of it; undefined where nobody has rated it */
  rating?: RatingSummary;
}

export interface OfferedEvse {
  evse: Evse;
  connectors: OfferedConnector[];
  /** free, bookable, one after another */
  slots: Interval[];
  /** nobody is charging there now, and who comes by may */
  isSpot: boolean;
}

export interface OfferedPlace {
  location: Location;
  operator: Organisation;
  rating?: RatingSummary;
  evses: OfferedEvse[];
}

export interface CatalogueWish extends Pick<SearchQuery, 'area' | 'connectorStandards' | 'greenOnly' | 'powerTypes' | 'minPowerW' | 'maxPowerW' | 'minRating'> {
  /** words of people, of which those that every place of the network would answer to are left out */
  text?: string;
  /** when slots are wanted; else those of the next hours are told */
  window?: Interval;
  /** as long as a plug stays free, of the next day, in place of slots of an hour */
  isWhole?: boolean;
  /** most places */
  limit?: number;
  cursor?: string;
}

export interface Catalogue {
  places: OfferedPlace[];
  total: number;
  nextCursor?: string;
}

const PLACES = 20;
const SLOTS = 8;
const SLOT_MINUTES = 60;
const NEXT_MS = 6 * HOUR_MS;

/** Words that say no more than that somebody looks for a place to charge. */
const EVERYWHERE = new Set([
  'ev', 'evs', 'evse', 'electric', 'vehicle', 'vehicles', 'car', 'charger', 'chargers', 'charge', 'charging', 'station', 'stations', 'point', 'points', 'plug', 'fast', 'slow',
  'dc', 'ac', 'slot', 'slots', 'near', 'me', 'the', 'a', 'in', 'at', 'of', 'for',
]);

/** Places that fit, with their free slots of the window. Throws `time_in_past` and the like for a window that can't be. */
export async function findCatalogue(ctx: Context, { keeper }: Services, wish: CatalogueWish): Promise<Catalogue> {
  const { text = '', window, isWhole = false, limit = PLACES, ...filters } = wish;
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '' && !EVERYWHERE.has(word.toLowerCase())).join(' ');
  const asked = window && { start: Math.max(window.start, ctx.now), end: window.end };
  const freeIn = asked ?? { start: ctx.now, end: ctx.now + (isWhole ? DAY_MS : NEXT_MS) };
  const query: SearchQuery = { ...filters, networkId: ctx.network.id, limit, ...(words === '' ? {} : { text: words }) };
  const wanted = asked ? { ...query, window: { ...asked, durationMinutes: MOST_PATIENT_MINUTES } } : query;
  const page = search(keeper.index, wanted, ctx.now, undefined, (id) => keeper.ratingOf(id)?.average);
  const places = (await placesOf(ctx, page.items, { freeIn, isWhole })).filter(({ location }) => location.retiredAt === undefined);
  return { places, total: page.total, nextCursor: page.nextCursor };
}

/** The shortest slot that makes a place worth showing for a window. */
const MOST_PATIENT_MINUTES = 15;

/** All of a place, with the free time of the next day: for publishing, right at the moment of the reading. */
export async function placeWhole(ctx: Context, location: Location): Promise<OfferedPlace> {
  const evses = evsesOf(location).filter(({ status, retiredAt }) => status !== 'REMOVED' && status !== 'PLANNED' && retiredAt === undefined);
  const hits = evses.map(({ id, connectors }) => ({ evseId: id, connectors: connectors.map((connector) => ({ connectorId: connector.id })) }));
  const [place] = await placesOf(ctx, [{ locationId: location.id, evses: hits }], { freeIn: { start: ctx.now, end: ctx.now + DAY_MS }, isWhole: true });
  return place!;
}

interface Free {
  freeIn: Interval;
  isWhole: boolean;
}

interface Hit {
  locationId: string;
  evses: readonly { evseId: string; connectors: readonly { connectorId: string }[] }[];
}

/** All that is told of the places, read together. */
async function placesOf(ctx: Context, hits: readonly Hit[], free: Free): Promise<OfferedPlace[]> {
  if (hits.length === 0) return [];
  const located = await locateAll(ctx, hits.map(({ locationId }) => locationId));
  const operatorIds = [...new Set(located.map(({ location }) => location.operatorId))];
  const [organisations, rules, ratings, slots] = await together([
    together(operatorIds.map((id) => findOrganisation(ctx.tx, id))), loadRules(ctx.tx, operatorIds),
    ratingsOf(ctx.tx, hits.flatMap(({ locationId, evses }) => [locationId, ...evses.flatMap(({ connectors }) => connectors.map(({ connectorId }) => connectorId))])),
    slotsOf(ctx, located, free),
  ]);
  const operators = new Map(organisations.map((operator) => [operator!.id, operator!]));
  const rulesOf = Map.groupBy(rules, ({ operatorId }) => operatorId);
  const evsesAt = new Map(hits.map(({ locationId, evses }) => [locationId, evses]));
  return located.map(({ location, inForce: { policy } }) => ({
    location, operator: operators.get(location.operatorId)!, rating: ratings.get(location.id),
    evses: evsesOfPlace(
      ctx.now, { location, policy, ratings, rules: rulesOf.get(location.operatorId) ?? [], slots: slots.get(location.id) ?? new Map() }, evsesAt.get(location.id)!,
    ),
  }));
}

interface Read {
  location: Location;
  ratings: ReadonlyMap<string, RatingSummary>;
  policy: BookingPolicy;
  rules: readonly PriceRule[];
  slots: ReadonlyMap<string, Interval[]>;
}

function evsesOfPlace(now: EpochMs, { location, policy, rules, slots, ratings }: Read, hits: Hit['evses']): OfferedEvse[] {
  const known = new Map(evsesOf(location).map((evse) => [evse.id, evse]));
  const priced = (connector: Connector, start: EpochMs): ShownPrice | undefined => shownAt(rules, { location, connector }, start);
  return hits.flatMap(({ evseId, connectors }): OfferedEvse[] => {
    const evse = known.get(evseId);
    if (!evse) return [];
    const own = slots.get(evseId) ?? [];
    const fitting = evse.connectors.filter(({ id }) => connectors.some(({ connectorId }) => connectorId === id));
    return [{
      evse, slots: own, isSpot: evse.status === 'AVAILABLE' && policy.mode !== 'booking_only',
      connectors: fitting.map((connector) => ({
        connector, price: priced(connector, own[0]?.start ?? now), priceNow: priced(connector, now), rating: ratings.get(connector.id),
      })),
    }];
  });
}

/** Free slots of each place's EVSEs, one after another, an hour long where the policy lets them be; or all their free time. None where only walk-ins are welcome. */
async function slotsOf(ctx: Context, located: readonly Located[], { freeIn: { start, end }, isWhole }: Free): Promise<Map<string, Map<string, Interval[]>>> {
  const places = located.map(({ location, inForce: { policy } }) => {
    const wishedMinutes = isWhole ? policy.minDurationMinutes : Math.max(SLOT_MINUTES, policy.minDurationMinutes);
    return { location, policy, durationMinutes: Math.min(wishedMinutes, policy.maxDurationMinutes, Math.floor((end - start) / MINUTE_MS)) };
  });
  try {
    const found = await listFreeSlotsOfAll(ctx, places, { from: start, to: end, limitEach: isWhole ? MOST_STARTS : 1_000 });
    return new Map([...found].map(([locationId, slots]) => [locationId, byEvse(slots, isWhole)]));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error; // nothing of it can be booked
    return new Map();
  }
}

function byEvse(slots: readonly (Interval & { evseId: string })[], isWhole: boolean): Map<string, Interval[]> {
  const own = Map.groupBy(slots, ({ evseId }) => evseId);
  return new Map([...own].map(([evseId, times]) => [evseId, isWhole ? mergeIntervals(times.map(({ start, end }) => ({ start, end }))) : oneAfterAnother(times)]));
}

/** Times to begin at, of all plugs of a place. */
const MOST_STARTS = 50_000;

function oneAfterAnother(slots: readonly Interval[]): Interval[] {
  return slots.reduce<Interval[]>((own, { start, end }) => (own.length < SLOTS && (own.at(-1)?.end ?? 0) <= start ? [...own, { start, end }] : own), []);
}

/** What an item's id names: a connector, or an EVSE and its strongest connector. Throws `item_not_found`. */
export async function requireItem(ctx: Context, itemId: string): Promise<ReadItem> {
  try {
    const { location, inForce: { policy } } = await (itemId.startsWith('evse_') ? locate(ctx, { evseId: itemId }) : locateConnector(ctx, itemId));
    for (const evse of evsesOf(location)) {
      const own = evse.id === itemId ? [...evse.connectors].sort((a, b) => b.maxPowerW - a.maxPowerW) : evse.connectors.filter(({ id }) => id === itemId);
      if (!own[0]) continue;
      const [operator, rules] = await together([findOrganisation(ctx.tx, location.operatorId), loadRules(ctx.tx, [location.operatorId])]);
      return { location, evse, connector: own[0], operator: operator!, policy, rules };
    }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
  throw new BusinessError('item_not_found', 'There is no such item.', '/message/order/items');
}

/** The shown price of a connector, for a session that begins at an instant. */
export async function priceAt(ctx: Context, item: Pick<Item, 'location' | 'connector'> & Partial<Pick<ReadItem, 'rules'>>, start: EpochMs): Promise<ShownPrice | undefined> {
  return shownAt(item.rules ?? await loadRules(ctx.tx, [item.location.operatorId]), item, start);
}

function shownAt(rules: readonly PriceRule[], { location, connector }: Pick<Item, 'location' | 'connector'>, start: EpochMs): ShownPrice | undefined {
  const inForce = rulesInForce(rules, { locationId: location.id, tariffRefs: connector.tariffIds, start });
  return inForce && shownPrice(inForce, { start, timeZone: location.timeZone, powerW: connector.maxPowerW });
}

export interface StandingOffer {
  id: string;
  offer: Offer;
  /** that it is for, of those places */
  connectorIds: string[];
}

/** Discounts that stand now at places of one operator. */
export async function standingOffers(ctx: Context, places: readonly OfferedPlace[]): Promise<StandingOffer[]> {
  const rules = await loadRules(ctx.tx, [places[0]!.operator.id]);
  return rules.filter(({ kind }) => kind === 'offer').flatMap(({ id, content }): StandingOffer[] => {
    const offer = content as unknown as Offer;
    const isOver = (offer.validUntil !== undefined && offer.validUntil <= ctx.now) || (offer.validFrom !== undefined && offer.validFrom > ctx.now);
    const connectorIds = places.flatMap((place) => (offer.locationIds && !offer.locationIds.includes(place.location.id) ? [] : place.evses.flatMap(({ connectors }) => connectors
      .map(({ connector }) => connector.id)))).filter((one) => !offer.connectorIds || offer.connectorIds.includes(one));
    return isOver || connectorIds.length === 0 ? [] : [{ id, offer, connectorIds }];
  });
}
