import type { EpochMs } from '../../platform/clock/index.ts';
import { areaMatcher, chordFrom, type AreaMatcher } from './area-matcher.ts';
import { checkQuery, sortOf } from './check-query.ts';
import {
  compileFilters, evseFits, firstStart, freeMinutesOf, hasFittingEvse, leastPerKwh, planOf, quickFits, slowFits, type Filters,
} from './filters.ts';
import { cheapestPerKwh, describeHit, strongestPowerW } from './hit.ts';
import { rowsOf, rowsWithPrefixes, treeRowsInBoxes, type NetworkPart } from './network-part.ts';
import { comparePlaces, compareText, decodeCursor, encodeCursor, firstMatches, sortedPart, type Match, type Place } from './order.ts';
import type { PriceOf, RatingOf, SearchPage, SearchQuery, SearchSort } from './query.ts';
import type { SearchIndex } from './search-index.ts';
import { FLAG } from './tables.ts';

const DEFAULT_LIMIT = 50;

/**
 * Finds the locations of a network that have an EVSE which fits, a page at a time.
 *
 * @param now decides about lead times and `availableNow`
 * @param perKwh tells prices, for queries that ask about them
 * @param ratingOf tells ratings, for queries that ask about them
 * Throws DomainError `invalid_request` (shapes, limits, cursor, contradictions), `invalid_time_range` and `time_in_past`
 * (window), each with pointers into the query.
 */
export function search(
  index: SearchIndex, query: SearchQuery, now: EpochMs, perKwh: PriceOf = () => undefined, ratingOf: RatingOf = () => undefined,
): SearchPage {
  checkQuery(query, now);
  const sort = sortOf(query);
  const after = query.cursor === undefined ? undefined : decodeCursor(sort, query.cursor);
  const part = index.networks.get(query.networkId);
  if (part === undefined) return { items: [], total: 0 };

  const filters = compileFilters(index, part.number, query, now, { perKwh, ratingOf });
  const area = query.area === undefined ? undefined : areaMatcher(index.locations, query.area);
  const fromOrigin = query.origin === undefined ? undefined : chordFrom(index.locations, query.origin.latitude, query.origin.longitude);
  const matches = collect(index, part, filters, area, keysOf(index, filters, sort, fromOrigin));

  const placeOf = (match: Match): Place => placeOfMatch(index, sort, match);
  const remaining = after === undefined ? matches : matches.filter((match) => comparePlaces(placeOf(match), after) > 0);
  const limit = query.limit ?? DEFAULT_LIMIT;
  const page = firstMatches(remaining, limit, matchOrder(index, sort));
  const items = page.map(({ row }) => describeHit(index, filters, row, area, fromOrigin));
  return { items, total: matches.length, ...(remaining.length > limit ? { nextCursor: encodeCursor(sort, placeOf(page.at(-1)!)) } : {}) };
}

/** The primary and secondary sort key of a row, given how far away it is. */
type Keys = (row: number, distance: number) => [primary: number, secondary: number];

function collect(index: SearchIndex, part: NetworkPart, filters: Filters, area: AreaMatcher | undefined, keys: Keys): Match[] {
  const matches: Match[] = [];
  const mayMeetTwice = area === undefined || area.boxesOverlap;
  const { seenBy } = index.locations;
  const searchNumber = nextSearchNumber(index);
  const consider = (row: number, flags: number): void => {
    if (!quickFits(index, filters, row, flags)) return;
    if (mayMeetTwice) {
      if (seenBy[row] === searchNumber) return;
      seenBy[row] = searchNumber;
    }
    const distance = area === undefined ? 0 : area.measure(row);
    if (Number.isNaN(distance) || !slowFits(index, filters, row) || !hasFittingEvse(index, filters, row)) return;
    const [primary, secondary] = keys(row, distance);
    matches.push({ row, primary, secondary });
  };
  if (area !== undefined) {
    for (const row of treeRowsInBoxes(part, index.locations, area.boxes)) consider(row, filters.flags | FLAG.inTree);
    for (const row of part.outsideTree) consider(row, filters.flags);
  } else {
    const hasText = filters.prefixes.length > 0;
    const rows = hasText ? rowsWithPrefixes(part, index.locations, filters.prefixes) : rowsOf(part, index.locations);
    for (const row of rows) consider(row, filters.flags);
  }
  return matches;
}

/** Marks of searches long past must not be mistaken for this one's when the numbers start again. */
function nextSearchNumber(index: SearchIndex): number {
  index.searches = (index.searches + 1) >>> 0;
  if (index.searches === 0) {
    index.locations.seenBy.fill(0);
    index.searches = 1;
  }
  return index.searches;
}

function keysOf(index: SearchIndex, filters: Filters, sort: SearchSort, fromOrigin: ((row: number) => number) | undefined): Keys {
  const far = fromOrigin ?? ((_row: number, distance: number): number => distance);
  switch (sort) {
    case 'distance': return (row, distance) => [far(row, distance), 0];
    case 'detour': return (_row, distance) => [distance, 0];
    case 'power': return (row, distance) => [-strongestPowerW(index, filters, row), far(row, distance)];
    case 'free_time': return (row) => freeTimeKeys(index, filters, row);
    case 'price': return (row, distance) => [cheapestPerKwh(index, filters, row), far(row, distance)];
    case 'rating': return (row, distance) => [-(filters.ratingOf(index.locations.ids[row]!) ?? 0), far(row, distance)];
    case 'name': return () => [0, 0];
  }
}

function freeTimeKeys(index: SearchIndex, filters: Filters, row: number): [primary: number, secondary: number] {
  const plan = planOf(index, filters, row)!;
  const first = index.locations.firstEvse[row]!;
  let freeMinutes = 0;
  let earliest = Infinity;
  for (let evse = first; evse < first + index.locations.evseCount[row]!; evse++) {
    const start = evseFits(index, filters, evse) ? firstStart(index, plan, evse) : undefined;
    if (start === undefined || (filters.price !== undefined && leastPerKwh(index, filters, row, evse, start) === undefined)) continue;
    freeMinutes += freeMinutesOf(index, plan, evse);
    earliest = Math.min(earliest, start);
  }
  return [-freeMinutes, earliest];
}

/** The order of {@link comparePlaces}, without making places: this runs often. */
function matchOrder({ locations }: SearchIndex, sort: SearchSort): (a: Match, b: Match) => number {
  const { texts, ids } = locations;
  const byText = sort === 'name';
  return (a, b) =>
    a.primary - b.primary ||
    a.secondary - b.secondary ||
    (byText ? compareText(sortedPart(texts[a.row]!), sortedPart(texts[b.row]!)) : 0) ||
    compareText(ids[a.row]!, ids[b.row]!);
}

function placeOfMatch({ locations }: SearchIndex, sort: SearchSort, { row, primary, secondary }: Match): Place {
  return { primary, secondary, text: sort === 'name' ? sortedPart(locations.texts[row]!) : '', locationId: locations.ids[row]! };
}
