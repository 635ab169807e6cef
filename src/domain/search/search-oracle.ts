/** What a search must find, worked out the slow and plain way: for the property tests of this room. */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { freeSlots, intersectIntervals, mergeIntervals, openIntervals, subtractIntervals, totalMs, type Interval } from '../calendar/index.ts';
import { isBookable, type Connector } from '../stations/location.ts';
import type { EvseEntry, SearchEntry } from './entry.ts';
import type { SearchQuery } from './query.ts';
import { samplePrice, sampleRating } from './search-samples.ts';

export interface Known {
  entries: Map<string, SearchEntry>;
  busy: Map<string, Interval[]>;
}

export interface Expected {
  locationId: string;
  distanceM: number | undefined;
  strongestW: number;
  /** least price of a kWh, where prices are asked about */
  cheapest: number;
  name: string;
  rest: string;
  evses: { evseId: string; connectorIds: string[]; firstStart: EpochMs | undefined; freeMinutes: number }[];
}


const RADIUS_M = 6_371_008.8;

/** Every location that a query finds, in no order; undefined when one lies so near an edge that rounding decides. */
export function expectedHits({ entries, busy }: Known, query: SearchQuery, now: EpochMs): Expected[] | undefined {
  const found: Expected[] = [];
  for (const entry of entries.values()) {
    if (entry.networkId !== query.networkId || !entry.publish || !locationFits(entry, query)) continue;
    const distanceM = query.area === undefined ? 0 : areaDistanceM(entry, query.area);
    if (distanceM === 'doubtful') return undefined;
    if (distanceM === undefined) continue;
    const evses = entry.evses.flatMap((evse) => expectedEvse(entry, evse, busy.get(evse.evseId) ?? [], query, now)).flatMap((hit) => affordable(entry, hit, query, now));
    if (evses.length === 0 && (entry.evses.length > 0 || wantsEvse(query))) continue;
    const powers = entry.evses.flatMap((evse) => evse.connectors).filter(({ connectorId }) => evses.some((evse) => evse.connectorIds.includes(connectorId)));
    found.push({
      locationId: entry.locationId,
      distanceM: query.origin !== undefined ? greatCircleM(entry, query.origin) : query.area === undefined || query.area.type === 'polygon' ? undefined : distanceM,
      strongestW: Math.max(0, ...powers.map(({ maxPowerW }) => maxPowerW)),
      cheapest: Math.min(...evses.flatMap((hit) => hit.connectorIds.map((id) => priceAt(entry, hit, id, query, now) ?? Infinity))),
      name: plainWords(entry.name).join(' '),
      rest: [entry.address, entry.city, entry.operatorName].flatMap(plainWords).join(' '),
      evses,
    });
  }
  return found;
}

/** The same order as the sort of the query (distance and detour aside, which are compared with a tolerance). */
export function inOrder(found: readonly Expected[], sort: 'free_time' | 'name'): Expected[] {
  const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const free = ({ evses }: Expected): number => evses.reduce((sum, { freeMinutes }) => sum + freeMinutes, 0);
  const earliest = ({ evses }: Expected): number => Math.min(...evses.map(({ firstStart }) => firstStart!));
  const compare = {
    free_time: (a: Expected, b: Expected) => free(b) - free(a) || earliest(a) - earliest(b),
    name: (a: Expected, b: Expected) => text(sortedText(a), sortedText(b)),
  }[sort];
  return found.toSorted((a, b) => compare(a, b) || text(a.locationId, b.locationId));
}

/** Name, then the rest, as far as they count. A line break stands before all letters, so a shorter name comes first. */
function sortedText({ name, rest }: Expected): string {
  return ` ${[name, '\n', rest].filter((part) => part !== '').join(' ')}`.slice(0, 64);
}

function locationFits(entry: SearchEntry, query: SearchQuery): boolean {
  const { facilities = {}, operatorIds = [], openAt, greenOnly, text, minRating } = query;
  if (minRating !== undefined && (sampleRating(entry.locationId) ?? 0) < minRating) return false;
  if (greenOnly === true && entry.greenEnergy !== true) return false;
  if (operatorIds.length > 0 && !operatorIds.includes(entry.operatorId)) return false;
  if (!(facilities.allOf ?? []).every((facility) => entry.facilities.includes(facility))) return false;
  const { anyOf = [] } = facilities;
  if (anyOf.length > 0 && !anyOf.some((facility) => entry.facilities.includes(facility))) return false;
  if (openAt !== undefined && openIntervals(entry.openingTimes, entry.timeZone, openAt, openAt + 1).length === 0) return false;
  const words = [entry.name, entry.address, entry.city, entry.operatorName].flatMap(plainWords);
  return plainWords(text ?? '').every((wanted) => words.some((word) => word.startsWith(wanted)));
}

function priceAt(entry: SearchEntry, { evseId, firstStart }: Expected['evses'][number], id: string, { price }: SearchQuery, now: EpochMs): number | undefined {
  const connector = entry.evses.find((evse) => evse.evseId === evseId)!.connectors.find(({ connectorId }) => connectorId === id)!;
  return price && samplePrice(entry.locationId, id, connector.maxPowerW, firstStart ?? now, price.currency);
}

/** The connectors that may be paid for, if any. */
function affordable(entry: SearchEntry, hit: Expected['evses'][number], query: SearchQuery, now: EpochMs): Expected['evses'] {
  if (query.price === undefined) return [hit];
  const { maxPerKwh = Infinity } = query.price;
  const connectorIds = hit.connectorIds.filter((id) => (priceAt(entry, hit, id, query, now) ?? Number.NaN) <= maxPerKwh);
  return connectorIds.length === 0 ? [] : [{ ...hit, connectorIds }];
}

function wantsEvse({ connectorStandards = [], powerTypes = [], capabilities = [], minPowerW = 0, maxPowerW, availableNow, window, price }: SearchQuery): boolean {
  if (price !== undefined) return true;
  return connectorStandards.length + powerTypes.length + capabilities.length + minPowerW > 0 || maxPowerW !== undefined || availableNow === true || window !== undefined;
}

function plainWords(text: string): string[] {
  return text.normalize('NFD').replaceAll(/\p{Diacritic}/gu, '').replaceAll("'", '').toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function expectedEvse(entry: SearchEntry, evse: EvseEntry, busy: Interval[], query: SearchQuery, now: EpochMs): Expected['evses'] {
  const { connectorStandards = [], powerTypes = [], minPowerW = 0, maxPowerW = Infinity, capabilities = [], availableNow, window } = query;
  if (evse.status === 'REMOVED' || evse.status === 'PLANNED') return [];
  if (!capabilities.every((capability) => evse.capabilities.includes(capability))) return [];
  if (availableNow === true && (evse.status !== 'AVAILABLE' || busy.some(({ start, end }) => start <= now && now < end))) return [];
  const connectors = evse.connectors.filter(({ standard, powerType, maxPowerW: powerW }) =>
    (connectorStandards.length === 0 || connectorStandards.includes(standard)) && (powerTypes.length === 0 || powerTypes.includes(powerType)) &&
    minPowerW <= powerW && powerW <= maxPowerW);
  const anyWillDo = connectorStandards.length === 0 && powerTypes.length === 0 && minPowerW === 0 && maxPowerW === Infinity;
  if (connectors.length === 0 && !anyWillDo) return [];
  const hit = { evseId: evse.evseId, connectorIds: connectors.map(({ connectorId }) => connectorId), firstStart: undefined, freeMinutes: 0 };
  if (window === undefined) return [hit];

  const { mode, minDurationMinutes, maxDurationMinutes, minLeadMinutes, maxLeadMinutes, bufferMinutes, gridMinutes } = entry.bookable;
  if (!isBookable({ ...evse, capabilities: [...evse.capabilities], connectors: evse.connectors as unknown as Connector[] })) return [];
  let durationMinutes = (window.end - window.start) / MINUTE_MS;
  if (window.durationMinutes !== undefined) {
    for (durationMinutes = 0; durationMinutes < Math.max(window.durationMinutes, minDurationMinutes); ) durationMinutes += gridMinutes;
  }
  if (mode === 'walk_in_only' || durationMinutes < minDurationMinutes || durationMinutes > maxDurationMinutes) return [];
  const open = openIntervals(entry.openingTimes, entry.timeZone, window.start, window.end);
  const slots = freeSlots({
    open, busy, bufferMs: bufferMinutes * MINUTE_MS, gridMinutes, timeZone: entry.timeZone, durationMs: durationMinutes * MINUTE_MS, from: window.start,
    to: window.end, limit: 100_000, endsOnGrid: true,
  });
  const firstStart = slots.find((start) => start >= now + minLeadMinutes * MINUTE_MS && start <= now + maxLeadMinutes * MINUTE_MS);
  if (firstStart === undefined) return [];
  const bookable = { start: Math.max(window.start, now + minLeadMinutes * MINUTE_MS), end: window.end };
  const free = subtractIntervals(intersectIntervals(open, [bookable]), mergeIntervals(busy));
  return [{ ...hit, firstStart, freeMinutes: Math.floor(totalMs(free) / MINUTE_MS) }];
}

/** How far from the circle's centre or the line; 0 in a polygon; undefined outside. */
function areaDistanceM(entry: SearchEntry, area: NonNullable<SearchQuery['area']>): number | 'doubtful' | undefined {
  if (area.type === 'polygon') {
    const inside = [-360, 0, 360].some((turn) => {
      const [outer, ...holes] = area.polygon.coordinates.map((ring) => winds(ring, entry.latitude, entry.longitude + turn));
      return outer === true && !holes.includes(true);
    });
    return inside ? 0 : undefined;
  }
  const distanceM = area.type === 'circle' ? greatCircleM(entry, area) : sampledDistanceM(entry, area.line.coordinates);
  const limitM = area.type === 'circle' ? area.radiusM : area.widthM;
  if (Math.abs(distanceM - limitM) < (area.type === 'circle' ? 1e-6 : 5 + limitM * 0.002)) return 'doubtful';
  return distanceM <= limitM ? distanceM : undefined;
}

/** Vincenty's formula on a sphere, which shares no step with the haversine. */
export function greatCircleM(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const [phiA, phiB, delta] = [a.latitude, b.latitude, b.longitude - a.longitude].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  const y = Math.hypot(Math.cos(phiB) * Math.sin(delta), Math.cos(phiA) * Math.sin(phiB) - Math.sin(phiA) * Math.cos(phiB) * Math.cos(delta));
  const x = Math.sin(phiA) * Math.sin(phiB) + Math.cos(phiA) * Math.cos(phiB) * Math.cos(delta);
  return RADIUS_M * Math.atan2(y, x);
}

/** The distance to the nearest of many points of a line: some on each edge, then ever denser ones around the nearest of those. */
export function sampledDistanceM(
  from: { latitude: number; longitude: number }, line: readonly (readonly number[])[], density: readonly number[] = [60, 30, 30],
): number {
  let nearest = Infinity;
  for (let i = 1; i < line.length; i++) {
    const [[fromLongitude, fromLatitude], [toLongitude, toLatitude]] = [line[i - 1]!, line[i]!] as [[number, number], [number, number]];
    const distanceAt = (part: number): number => greatCircleM(from, {
      latitude: fromLatitude + (toLatitude - fromLatitude) * part, longitude: fromLongitude + (toLongitude - fromLongitude) * part,
    });
    let [low, high] = [0, 1];
    for (const samples of density) {
      const parts = Array.from({ length: samples + 1 }, (_, step) => low + ((high - low) * step) / samples);
      const best = parts.reduce((a, b) => (distanceAt(b) < distanceAt(a) ? b : a));
      nearest = Math.min(nearest, distanceAt(best));
      [low, high] = [Math.max(0, best - (high - low) / samples), Math.min(1, best + (high - low) / samples)];
    }
  }
  return nearest;
}

/** Whether the ring turns round the point (sum of the angles under which its edges are seen). */
function winds(ring: readonly (readonly number[])[], latitude: number, longitude: number): boolean {
  let turned = 0;
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = [ring[i - 1]![0]! - longitude, ring[i - 1]![1]! - latitude];
    const [bx, by] = [ring[i]![0]! - longitude, ring[i]![1]! - latitude];
    turned += Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
  }
  return Math.abs(turned) > Math.PI;
}
