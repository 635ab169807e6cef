/** Random networks and queries for the property tests of this room. */
import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { Interval } from '../calendar/index.ts';
import type { Area } from '../geography/index.ts';
import { CAPABILITIES, EVSE_STATUSES, FACILITIES } from '../stations/enums.ts';
import type { OpeningTimes } from '../stations/location.ts';
import type { BookableRule, EvseEntry, SearchEntry } from './entry.ts';
import type { PriceOf, RatingOf, SearchQuery, SearchSort } from './query.ts';

/** On the evening before clocks change in Europe. */
export const NOW: EpochMs = Date.parse('2026-10-24T18:07Z');

/** Ordinary, across the antimeridian, far north. */
export const REGIONS = [
  { latitude: 12.6, longitude: 76.9 },
  { latitude: -17.2, longitude: 179.95 },
  { latitude: 69.5, longitude: 18.9 },
] as const;
export type Region = (typeof REGIONS)[number];

const WORDS = ["Café", 'Mysuru', 'Highway', "McDonald's", 'Plaza', 'Ørsted', 'Straße', 'hub', 'HUB', '7', 'São', 'Paulo', 'bp'];
const STANDARDS = ['IEC_62196_T2', 'IEC_62196_T2_COMBO', 'CHADEMO', 'TESLA_S', 'GBT_DC'] as const;
const TYPES = ['AC_1_PHASE', 'AC_3_PHASE', 'DC'] as const;
const POWERS = [7_400, 22_000, 50_000, 150_000];
export const NETWORKS = ['net_a', 'net_b'];

const words = (max: number): fc.Arbitrary<string> => fc.array(fc.constantFrom(...WORDS.filter((word) => !/[Øß]/.test(word))), { maxLength: max }).map((list) => list.join(' '));
const few = <T>(values: readonly T[], maxLength: number): fc.Arbitrary<T[]> => fc.uniqueArray(fc.constantFrom(...values), { maxLength });
const soon = (fromMinutes: number, toMinutes: number): fc.Arbitrary<EpochMs> =>
  fc.integer({ min: fromMinutes, max: toMinutes }).map((minutes) => Math.floor(NOW / HOUR_MS) * HOUR_MS + minutes * MINUTE_MS);

const openingTimes: fc.Arbitrary<OpeningTimes> = fc.record({
  twentyFourSeven: fc.boolean(),
  regularHours: fc.constantFrom(
    [],
    [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, periodBegin: '08:00', periodEnd: '20:00' })),
    [6, 7].map((weekday) => ({ weekday, periodBegin: '18:00', periodEnd: '04:00' })),
  ),
  exceptionalOpenings: fc.array(soon(-600, 3_000).map((at) => ({ periodBegin: at, periodEnd: at + 5 * HOUR_MS })), { maxLength: 1 }),
  exceptionalClosings: fc.array(soon(-600, 3_000).map((at) => ({ periodBegin: at, periodEnd: at + 3 * HOUR_MS })), { maxLength: 1 }),
});

const bookable: fc.Arbitrary<BookableRule> = fc.record({
  mode: fc.constantFrom('mixed', 'mixed', 'booking_only', 'walk_in_only'),
  gridMinutes: fc.constantFrom(5, 15, 30, 50),
  bufferMinutes: fc.constantFrom(0, 0, 10),
  minDurationMinutes: fc.constantFrom(0, 15, 30),
  maxDurationMinutes: fc.constantFrom(60, 240, 1_440),
  minLeadMinutes: fc.constantFrom(0, 30, 120),
  maxLeadMinutes: fc.constantFrom(600, 20_160),
});

function evse(evseId: string): fc.Arbitrary<EvseEntry> {
  const connector = fc.record({
    standard: fc.constantFrom(...STANDARDS),
    powerType: fc.constantFrom(...TYPES),
    maxPowerW: fc.constantFrom(...POWERS),
    format: fc.constantFrom('SOCKET' as const, 'CABLE' as const),
  });
  return fc.record({
    evseId: fc.constant(evseId),
    stationId: fc.constant(`${evseId}-station`),
    status: fc.oneof({ weight: 3, arbitrary: fc.constant('AVAILABLE' as const) }, { weight: 1, arbitrary: fc.constantFrom(...EVSE_STATUSES) }),
    capabilities: fc.oneof(fc.constant([]), few(CAPABILITIES.slice(6, 10), 4)),
    connectors: fc.array(connector, { maxLength: 3 }).map((list) => list.map((one, i) => ({ connectorId: `${evseId}-${i}`, ...one }))),
  });
}

export const evseIdOf = (location: number, evseNumber: number): string => `evse-${location}-${evseNumber}`;
export const EVSES_MOST = 3;

/** An entry of the location with the number `location`, somewhere in the region. */
export function entryOf(region: Region, location: number): fc.Arbitrary<SearchEntry> {
  const offset = fc.double({ min: -0.4, max: 0.4, noNaN: true });
  return fc.record({
    networkId: fc.constantFrom(...NETWORKS, NETWORKS[0]!, NETWORKS[0]!),
    locationId: fc.constant(`loc-${String(location).padStart(3, '0')}`),
    name: words(3), address: words(3), city: words(1), operatorName: words(1),
    operatorId: fc.constantFrom('op-a', 'op-b', 'op-c'),
    position: fc.record({ latitude: offset, longitude: offset }),
    timeZone: fc.constantFrom('Asia/Kolkata', 'Europe/Berlin', 'Australia/Lord_Howe'),
    facilities: few(FACILITIES.slice(0, 4), 3),
    greenEnergy: fc.constantFrom(true, false, undefined),
    openingTimes,
    publish: fc.integer({ min: 0, max: 9 }).map((roll) => roll > 0),
    bookable,
    evses: fc.integer({ min: 0, max: EVSES_MOST }).chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => evse(evseIdOf(location, i))))),
  }).map(({ position, ...rest }) => {
    const longitude = region.longitude + position.longitude;
    return { ...rest, latitude: region.latitude + position.latitude, longitude: longitude > 180 ? longitude - 360 : longitude };
  });
}

export const busyTimes: fc.Arbitrary<Interval[]> = fc.array(
  fc.record({ start: soon(-300, 2_800), minutes: fc.integer({ min: 0, max: 400 }) }).map(({ start, minutes }) => ({ start, end: start + minutes * MINUTE_MS })),
  { maxLength: 5 },
);

function areaIn(region: Region): fc.Arbitrary<Area> {
  const offset = fc.double({ min: -0.3, max: 0.3, noNaN: true });
  // Longitudes go on beyond 180 here, as the shapes of a query may.
  const position = fc.tuple(offset, offset).map(([east, north]) => [region.longitude + east, region.latitude + north]);
  const corner = fc.record({ reach: fc.double({ min: 0.2, max: 0.6, noNaN: true }) });
  const circle = fc.record({ centre: position, radiusM: fc.integer({ min: 1, max: 60_000 }) }).map(({ centre, radiusM }) => ({
    type: 'circle' as const, latitude: centre[1]!, longitude: centre[0]! > 180 ? centre[0]! - 360 : centre[0]!, radiusM,
  }));
  const polygon = fc.record({ centre: position, corners: fc.array(corner, { minLength: 3, maxLength: 12 }), hole: fc.boolean() }).map(({ centre, corners, hole }) => {
    const ring = (scale: number): number[][] => {
      const open = corners.map(({ reach }, i) => {
        const angle = (2 * Math.PI * i) / corners.length;
        return [centre[0]! + Math.cos(angle) * reach * scale, centre[1]! + Math.sin(angle) * reach * scale];
      });
      return [...open, open[0]!];
    };
    return { type: 'polygon' as const, polygon: { type: 'Polygon' as const, coordinates: hole ? [ring(1), ring(0.4)] : [ring(1)] } };
  });
  const corridor = fc.record({ line: fc.array(position, { minLength: 2, maxLength: 5 }), widthM: fc.integer({ min: 500, max: 30_000 }) }).map(({ line, widthM }) => ({
    type: 'corridor' as const, line: { type: 'LineString' as const, coordinates: line }, widthM,
  }));
  return fc.oneof(circle, polygon, corridor);
}

/** Present in one query of two, or of eight: with many filters at once nothing would be found. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 2 });
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.tuple(fc.integer({ min: 0, max: 7 }), arbitrary).map(([roll, value]) => (roll === 0 ? value : undefined));

export function queryIn(region: Region): fc.Arbitrary<SearchQuery> {
  const quarters = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max }).map((count) => count * 15);
  const from = fc.oneof(soon(15, 2 * 24 * 60), quarters(2 * 24 * 4).map((minutes) => Math.floor(NOW / HOUR_MS) * HOUR_MS + minutes * MINUTE_MS));
  const window = fc.oneof(
    fc.record({ start: from, lengthMinutes: quarters(8), durationMinutes: fc.constant(undefined) }),
    fc.record({ start: from, lengthMinutes: quarters(40).map((minutes) => minutes + 45), durationMinutes: fc.constantFrom(15, 20, 30, 60) }),
  ).map(({ start, lengthMinutes, durationMinutes }) => ({ start, end: start + lengthMinutes * MINUTE_MS, durationMinutes }));
  return fc.record({
    networkId: fc.integer({ min: 0, max: 9 }).map((roll) => NETWORKS[roll] ?? (roll === 9 ? 'net_none' : NETWORKS[0]!)),
    area: maybe(areaIn(region)),
    origin: rarely(fc.constant({ latitude: region.latitude, longitude: region.longitude })),
    connectorStandards: rarely(few(STANDARDS, 3)),
    powerTypes: rarely(few(TYPES, 2)),
    minPowerW: rarely(fc.constantFrom(0, ...POWERS)),
    maxPowerW: rarely(fc.constantFrom(150_000, 22_000)),
    capabilities: rarely(few(CAPABILITIES.slice(6, 9), 2)),
    availableNow: rarely(fc.boolean()),
    window: maybe(window),
    facilities: rarely(fc.record({ allOf: maybe(few(FACILITIES.slice(0, 4), 1)), anyOf: maybe(few(FACILITIES.slice(0, 4), 2)) })),
    operatorIds: rarely(few(['op-a', 'op-b', 'op-none'], 2)),
    openAt: rarely(soon(0, 4_000)),
    greenOnly: rarely(fc.boolean()),
    text: rarely(fc.constantFrom('', 'cafe', 'mys hi', 'MCDONALDS', "mcdonald's pl", 'hub', '7', 'sao', 'xyz', 'aulo', 'h p', '!')),
    price: rarely(fc.record({ currency: fc.constantFrom('EUR', 'EUR', 'INR'), maxPerKwh: maybe(fc.constantFrom(0, 2, 4, 6)) })),
    sort: maybe(fc.constantFrom<SearchSort>('distance', 'detour', 'power', 'free_time', 'name', 'price', 'rating')),
    minRating: rarely(fc.constantFrom(1, 2.5, 4)),
  }).map((query) => {
    if (query.minPowerW !== undefined && query.maxPowerW !== undefined && query.minPowerW > query.maxPowerW) query.minPowerW = undefined;
    const { sort, area, origin } = query;
    const isUseless = (sort === 'price' && query.price === undefined) || (sort === 'free_time' && query.window === undefined) || (sort === 'detour' && area?.type !== 'corridor') ||
      (sort === 'distance' && origin === undefined && (area === undefined || area.type === 'polygon'));
    return { ...query, sort: isUseless ? undefined : sort };
  });
}


/** By the ids, the power and the hour, at four connectors of five. */
export const samplePrice: PriceOf = (locationId, connectorId, powerW, at, currency) => {
  const mixed = `${locationId}${connectorId}`.split('').reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_009, powerW) + Math.floor(at / HOUR_MS);
  return currency !== 'EUR' || mixed % 5 === 0 ? undefined : (mixed % 17) / 2;
};

/** By the id, at three locations of four. */
export const sampleRating: RatingOf = (locationId) => {
  const mixed = locationId.split('').reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_009, 7);
  return mixed % 4 === 0 ? undefined : 1 + (mixed % 9) / 2;
};

/** A plain location: open around the clock, one CCS2 plug of 50 kW that is free, slots each quarter of an hour. */
export function plainEntry(changes: Partial<SearchEntry> = {}): SearchEntry {
  const locationId = changes.locationId ?? 'loc-1';
  return {
    networkId: 'net', locationId, name: 'Maddur Plaza', address: '12 Mysuru Road', city: 'Maddur', operatorId: 'op', operatorName: 'Volt', latitude: 12.58,
    longitude: 77.05, timeZone: 'Asia/Kolkata', facilities: ['RESTAURANT'], greenEnergy: undefined,
    openingTimes: { twentyFourSeven: true, regularHours: [], exceptionalOpenings: [], exceptionalClosings: [] },
    publish: true,
    bookable: {
      mode: 'mixed', gridMinutes: 15, bufferMinutes: 0, minDurationMinutes: 15, maxDurationMinutes: 240, minLeadMinutes: 0, maxLeadMinutes: 43_200,
    },
    evses: [plainEvse(`${locationId}-evse`)],
    ...changes,
  };
}

export function plainEvse(evseId: string, changes: Partial<EvseEntry> = {}): EvseEntry {
  const connector = { connectorId: `${evseId}-con`, standard: 'IEC_62196_T2_COMBO' as const, powerType: 'DC' as const, maxPowerW: 50_000, format: 'CABLE' as const };
  return { evseId, stationId: `${evseId}-station`, status: 'AVAILABLE', capabilities: [], connectors: [connector], ...changes };
}
