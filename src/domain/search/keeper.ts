/**
 * Keeps the index right: built from the database at the start, and brought up to date by events, from this process and from
 * others. An event only says what to read again, so reading it twice, or late, does no harm.
 */
import { processNow, type EpochMs } from '../../platform/clock/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { StoredEvent } from '../../platform/events/index.ts';
import { listEvsesInUse } from '../calendar/index.ts';
import { ratingsOf, type Rating, type RatingSummary } from '../feedback/index.ts';
import { listNetworks, listOrganisations, type Runtime } from '../organisations/index.ts';
import { RULE_KINDS, type PriceRule, type RuleKind } from '../pricing/index.ts';
import { DEFAULT_POLICY, listCurrentPolicies, mostBookable, type BookingPolicy } from '../reservations/index.ts';
import { evsesOf, loadLocationsAfter, loadLocationsByIds, type EvseStatus, type Location } from '../stations/index.ts';
import { createCalendars, putCalendars, readCalendars, sharedEvsesOf, type Calendars } from './calendars.ts';
import type { SearchEntry } from './entry.ts';
import { createPrices, priceTeller, putTariffRefs, readPrices, type Prices, type PriceTeller } from './prices.ts';
import { createSearchIndex, pruneBusy, sizeOf, type SearchIndex } from './search-index.ts';
import { summarise, type LocationSummary } from './summary.ts';
import { prepareSearch, putBusy, putLocation, putStatus, removeLocation } from './write.ts';

export interface SearchKeeper {
  readonly index: SearchIndex;
  summaryOf(locationId: string): LocationSummary | undefined;
  /** a network's time as this process knows it, for searches (never for promises) */
  nowIn(networkId: string): EpochMs;
  /** for one search, and its results */
  priceTeller(): PriceTeller;
  /** what drivers think of a location; undefined where nobody has rated it */
  ratingOf(locationId: string): RatingSummary | undefined;
  size(): { locations: number; connectors: number };
  stop(): void;
}

const LOAD_BATCH = 1_000;
const REFRESH_MS = 60_000;

interface State {
  database: Database;
  index: SearchIndex;
  summaries: Map<string, LocationSummary>;
  /** by operator id and by location id */
  policies: Map<string, BookingPolicy>;
  operatorNames: Map<string, string>;
  clockOffsetMs: Map<string, number>;
  calendars: Calendars;
  prices: Prices;
  /** of locations */
  ratings: Map<string, RatingSummary>;
}

/** Builds the index and follows the events from then on. */
export async function startSearchKeeper({ database, events }: Pick<Runtime, 'database' | 'events'>, onError: (error: Error) => void): Promise<SearchKeeper> {
  const state: State = {
    database, index: createSearchIndex(), summaries: new Map(), policies: new Map(), operatorNames: new Map(), clockOffsetMs: new Map(), calendars: createCalendars(),
    prices: createPrices(), ratings: new Map(),
  };
  const waiting: StoredEvent[] = [];
  let loaded = false;
  const unfollow = events.follow(async (batch) => {
    if (loaded) await applyEvents(state, batch).catch(onError);
    else waiting.push(...batch); // what happens while the index is built is applied after it
  });
  await loadAll(state);
  loaded = true;
  await applyEvents(state, waiting);
  const refresh = setInterval(() => void refreshFacts(state).catch(onError), REFRESH_MS);
  return {
    index: state.index,
    summaryOf: (id) => state.summaries.get(id),
    nowIn: (networkId) => nowIn(state, networkId),
    priceTeller: () => priceTeller(state.prices, (id) => state.summaries.get(id)),
    ratingOf: (id) => state.ratings.get(id),
    size: () => sizeOf(state.index),
    stop: () => {
      clearInterval(refresh);
      unfollow();
    },
  };
}

function nowIn(state: State, networkId: string): EpochMs {
  return processNow() + (state.clockOffsetMs.get(networkId) ?? 0);
}

async function loadAll(state: State): Promise<void> {
  await loadNetworks(state);
  await loadPolicies(state, [...state.operatorNames.keys()]);
  await readPrices(state.database, state.prices, [...state.operatorNames.keys()]);
  state.ratings = await ratingsOf(state.database, 'all_locations');
  for (let after = ''; ;) {
    const locations = await loadLocationsAfter(state.database, after, LOAD_BATCH);
    for (const location of locations) put(state, location);
    if (locations.length < LOAD_BATCH) break;
    after = locations.at(-1)!.id;
  }
  await loadBusy(state, 'all');
  prepareSearch(state.index);
}

async function loadNetworks(state: State): Promise<void> {
  for (const network of await listNetworks(state.database)) state.clockOffsetMs.set(network.id, network.clockOffsetMs);
  for (const organisation of await listOrganisations(state.database)) state.operatorNames.set(organisation.id, organisation.name);
}

async function loadPolicies(state: State, operatorIds: string[]): Promise<void> {
  for (const { operatorId, locationId, policy } of await listCurrentPolicies(state.database, operatorIds)) state.policies.set(locationId ?? operatorId, policy);
}

function put(state: State, location: Location): void {
  const operatorName = state.operatorNames.get(location.operatorId) ?? '';
  state.summaries.set(location.id, summarise(location, operatorName));
  const policy = state.policies.get(location.id) ?? state.policies.get(location.operatorId) ?? DEFAULT_POLICY;
  putCalendars(state.calendars, location, policy);
  putTariffRefs(state.prices, location);
  putLocation(state.index, toEntry(location, operatorName, policy));
}

function toEntry(location: Location, operatorName: string, policy: BookingPolicy): SearchEntry {
  return {
    networkId: location.networkId, locationId: location.id, name: location.name, address: location.address, city: location.city, operatorId: location.operatorId,
    operatorName: location.operator?.name ?? operatorName, latitude: location.coordinates.latitude, longitude: location.coordinates.longitude, timeZone: location.timeZone,
    facilities: location.facilities, greenEnergy: location.energyMix?.isGreenEnergy, openingTimes: location.openingTimes, publish: location.publish,
    bookable: {
      mode: mostBookable(location, policy) === 0 ? 'walk_in_only' : policy.mode,
      gridMinutes: policy.slotGridMinutes, bufferMinutes: policy.bufferMinutes, minDurationMinutes: policy.minDurationMinutes,
      maxDurationMinutes: policy.maxDurationMinutes, minLeadMinutes: policy.minLeadMinutes, maxLeadMinutes: policy.maxLeadMinutes,
    },
    evses: evsesOf(location).map((evse) => ({
      evseId: evse.id, stationId: evse.stationId, status: evse.status, capabilities: evse.capabilities,
      connectors: evse.connectors.map(({ id, standard, powerType, maxPowerW, format }) => ({ connectorId: id, standard, powerType, maxPowerW, format })),
    })),
  };
}

/** Reads again what the events touched: each thing once, however many events touched it. */
async function applyEvents(state: State, events: readonly StoredEvent[]): Promise<void> {
  if (events.length === 0) return;
  const touched = new Set(events.flatMap((event) => event.touches));
  const withPrefix = (prefix: string) => [...touched].filter((id) => id.startsWith(prefix));
  if (withPrefix('net_').length > 0 || withPrefix('org_').some((id) => !state.operatorNames.has(id))) await loadNetworks(state);
  const locationIds = new Set(withPrefix('loc_'));
  const policyOwners = events.filter((event) => event.object === 'policy').map((event) => event.data as { operatorId: string; locationId: string | null });
  if (policyOwners.length > 0) {
    await loadPolicies(state, [...new Set(policyOwners.map((owner) => owner.operatorId))]);
    const wholeOperators = new Set(policyOwners.filter((owner) => owner.locationId === null).map((owner) => owner.operatorId));
    for (const summary of state.summaries.values()) if (wholeOperators.has(summary.operatorId)) locationIds.add(summary.id);
  }
  const priceSetters = events.filter(({ object }) => RULE_KINDS.includes(object as RuleKind)).map((event) => (event.data as unknown as PriceRule).operatorId);
  if (priceSetters.length > 0) await readPrices(state.database, state.prices, [...new Set(priceSetters)]);
  await readRatings(state, events);
  await reloadLocations(state, [...locationIds]);
  for (const event of events) if (event.object === 'evse') putStatus(state.index, event.objectId, event.data.status as EvseStatus);
  await loadBusy(state, withPrefix('evse_'));
}

async function readRatings(state: State, events: readonly StoredEvent[]): Promise<void> {
  const rated = new Set(events.filter(({ object }) => object === 'rating').map(({ data }) => (data as unknown as Rating).locationId));
  for (const [id, rating] of await ratingsOf(state.database, [...rated])) state.ratings.set(id, rating);
}

async function reloadLocations(state: State, ids: string[]): Promise<void> {
  for (let i = 0; i < ids.length; i += LOAD_BATCH) {
    const wanted = ids.slice(i, i + LOAD_BATCH);
    const locations = await loadLocationsByIds(state.database, wanted);
    if (locations.some((location) => !state.operatorNames.has(location.operatorId))) await loadNetworks(state);
    const live = new Set<string>();
    for (const location of locations) {
      if (location.retiredAt !== undefined) continue;
      live.add(location.id);
      put(state, location);
    }
    await loadBusy(state, sharedEvsesOf(state.calendars, live)); // the share that is kept for walk-ins may be another one now
    for (const id of wanted) {
      if (live.has(id)) continue;
      removeLocation(state.index, id);
      state.summaries.delete(id);
    }
  }
}

async function loadBusy(state: State, evseIds: string[] | 'all'): Promise<void> {
  const busy = await readCalendars(state.database, state.calendars, evseIds, (networkId) => nowIn(state, networkId));
  for (const [evseId, intervals] of busy) putBusy(state.index, evseId, intervals);
}

/** How long an open fact lasts is guessed from now on, so the guess moves with the time (CAL-8); and what is over is forgotten. */
async function refreshFacts(state: State): Promise<void> {
  await loadBusy(state, await listEvsesInUse(state.database));
  const earliest = Math.min(processNow(), ...[...state.clockOffsetMs.values()].map((offset) => processNow() + offset));
  pruneBusy(state.index, earliest);
}
