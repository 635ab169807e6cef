/** Random problems for the tests of this room: small towns with policies, opening hours, bookings, odd days and requests of every kind. */
import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { gridStarts, openIntervals, type Interval } from '../../calendar/index.ts';
import { oddMoment } from '../../calendar/time-samples.ts';
import type { Area } from '../../geography/index.ts';
import { ALWAYS_OPEN, type ConnectorStandard, type OpeningTimes } from '../../stations/index.ts';
import { DEFAULT_POLICY, type BookingPolicy } from '../policy.ts';
import type { AssignmentEvse, AssignmentProblem, AssignmentRequest } from './problem.ts';

const CENTRE = { latitude: 52.5, longitude: 13.4 };
const DEGREE_M = 111_195;
const STANDARDS: ConnectorStandard[] = ['IEC_62196_T2', 'IEC_62196_T2_COMBO', 'CHADEMO'];

/** What the rules of exact reservations are asked about; the problem is made from it. */
export interface SampleTown {
  now: EpochMs;
  timeZone: string;
  locations: { id: string; openingTimes: OpeningTimes; policy: BookingPolicy }[];
  problem: AssignmentProblem;
}

const policyArbitrary: fc.Arbitrary<BookingPolicy> = fc.record({
  slotGridMinutes: fc.constantFrom(15, 30, 50), bufferMinutes: fc.constantFrom(0, 10, 30), minDurationMinutes: fc.constantFrom(15, 60),
  maxDurationMinutes: fc.constantFrom(120, 240), minLeadMinutes: fc.constantFrom(0, 90), maxLeadMinutes: fc.constantFrom(300, 30 * 24 * 60),
}).map((fields) => ({ ...DEFAULT_POLICY, ...fields }));

const openingArbitrary: fc.Arbitrary<OpeningTimes> = fc.oneof({ weight: 2, arbitrary: fc.constant(ALWAYS_OPEN) }, fc.constant<OpeningTimes>({
  twentyFourSeven: false, exceptionalOpenings: [], exceptionalClosings: [],
  regularHours: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, periodBegin: '07:00', periodEnd: '19:30' })),
}));

const near = fc.record({ north: fc.integer({ min: -4_000, max: 4_000 }), east: fc.integer({ min: -4_000, max: 4_000 }) })
  .map(({ north, east }) => ({ latitude: CENTRE.latitude + north / DEGREE_M, longitude: CENTRE.longitude + east / DEGREE_M / 0.6 }));

const areaArbitrary: fc.Arbitrary<Area> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ at: near, radiusM: fc.integer({ min: 500, max: 6_000 }) }).map(({ at, radiusM }): Area => ({ type: 'circle', ...at, radiusM })) },
  fc.tuple(near, near).map(([a, b]): Area => {
    const [west, east, south, north] = [a.longitude, b.longitude + 0.001, a.latitude, b.latitude + 0.001];
    return { type: 'polygon', polygon: { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] } };
  }),
  fc.record({ from: near, to: near, widthM: fc.integer({ min: 300, max: 3_000 }) }).map(({ from, to, widthM }): Area => (
    { type: 'corridor', line: { type: 'LineString', coordinates: [[from.longitude, from.latitude], [to.longitude, to.latitude]] }, widthM })),
);

const minutes = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most }).map((count) => count * MINUTE_MS);

function requestArbitrary(now: EpochMs): fc.Arbitrary<Omit<AssignmentRequest, 'id'>> {
  return fc.record({
    area: areaArbitrary,
    connectorStandards: fc.subarray(STANDARDS, { maxLength: 2 }),
    minPowerW: fc.option(fc.constantFrom(11_000, 50_000), { nil: undefined, freq: 4 }),
    vehicle: fc.option(fc.record({
      connectorStandards: fc.subarray(STANDARDS), maxAcPowerW: fc.constantFrom(7_400, 11_000), maxDcPowerW: fc.constantFrom(50_000, 150_000),
    }), { nil: undefined }),
    need: fc.oneof(minutes(150).map((durationMs) => ({ durationMs: durationMs + MINUTE_MS })), fc.integer({ min: 1_000, max: 60_000 }).map((energyWh) => ({ energyWh }))),
    start: minutes(8 * 60), flexibility: minutes(120), stay: minutes(240),
    priority: fc.constantFrom(0, 0, 0, 1, 2), createdAt: fc.integer({ min: 0, max: 3 }), isDue: fc.boolean(),
    notAtLocationIds: fc.option(fc.constant(['location-0']), { nil: undefined, freq: 5 }),
  }).map(({ start, flexibility, stay, ...request }) => ({
    ...request, idealStart: now + start, earliestStart: now + start - flexibility, latestEnd: now + start + flexibility + stay,
  }));
}

const busyArbitrary = (now: EpochMs): fc.Arbitrary<Interval[]> => fc.array(
  fc.record({ start: fc.integer({ min: -60, max: 600 }), long: fc.integer({ min: 1, max: 180 }) })
    .map(({ start, long }) => ({ start: now + start * MINUTE_MS, end: now + (start + long) * MINUTE_MS })), { maxLength: 3 },
);

/** A town with up to so many EVSEs and requests. */
export function townArbitrary(mostEvses: number, mostRequests: number): fc.Arbitrary<SampleTown> {
  return oddMoment().chain(({ timeZone, at: now }) => fc.record({
    locations: fc.array(fc.record({ policy: policyArbitrary, openingTimes: openingArbitrary, at: near }), { minLength: 1, maxLength: 3 }),
    evses: fc.array(fc.record({ location: fc.nat(2), standards: fc.subarray(STANDARDS, { minLength: 1 }), busy: busyArbitrary(now) }), { maxLength: mostEvses }),
    requests: fc.array(requestArbitrary(now), { maxLength: mostRequests }),
  }).map(({ locations: drawn, evses, requests }) => {
    const locations = drawn.map((location, i) => ({ ...location, id: `location-${i}` }));
    const window = { from: now - DAY_MS, to: now + 2 * DAY_MS };
    const problem: AssignmentProblem = {
      grids: locations.map(({ policy }) => gridStarts(window.from, window.to, policy.slotGridMinutes, timeZone)),
      evses: evses.map(({ location, standards, busy }, i): AssignmentEvse => {
        const place = location % locations.length;
        const { id, policy, at, openingTimes } = locations[place]!;
        return {
          id: `evse-${i}`, locationId: id, ...at, grid: place, connectors: standards.map((standard) => connector(`evse-${i}-${standard}`, standard)),
          bufferMs: policy.bufferMinutes * MINUTE_MS, minDurationMs: policy.minDurationMinutes * MINUTE_MS, maxDurationMs: policy.maxDurationMinutes * MINUTE_MS,
          earliestStart: now + policy.minLeadMinutes * MINUTE_MS, latestStart: now + policy.maxLeadMinutes * MINUTE_MS,
          open: openingTimes.twentyFourSeven ? undefined : openIntervals(openingTimes, timeZone, window.from, window.to), busy,
        };
      }),
      requests: requests.map((request, i) => ({ ...request, id: `request-${i}` })),
    };
    return { now, timeZone, locations, problem };
  }));
}

function connector(id: string, standard: ConnectorStandard): AssignmentEvse['connectors'][number] {
  const isAc = standard === 'IEC_62196_T2';
  return { id, standard, powerType: isAc ? 'AC_3_PHASE' : 'DC', maxPowerW: isAc ? 22_000 : standard === 'CHADEMO' ? 50_000 : 150_000 };
}

/** A plain problem: EVSEs of one place that are free, on a grid of 15 minutes, and requests for some of their time (in minutes from the start). */
export function plainProblem(evses: number, requests: { id: string; ideal: number; long: number; flexible?: number; priority?: number; createdAt?: number }[]): AssignmentProblem {
  const at = (minute: number): EpochMs => minute * MINUTE_MS;
  return {
    grids: [Array.from({ length: 24 * 4 }, (_, i) => at(15 * i))],
    evses: Array.from({ length: evses }, (_, i) => ({
      id: `evse-${i}`, locationId: 'location-0', ...CENTRE, grid: 0, connectors: [connector(`connector-${i}`, 'CHADEMO')], bufferMs: 0, minDurationMs: 0,
      maxDurationMs: 24 * HOUR_MS, earliestStart: 0, latestStart: DAY_MS, busy: [],
    })),
    requests: requests.map(({ id, ideal, long, flexible = 0, priority = 0, createdAt = 0 }) => ({
      id, area: { type: 'circle', ...CENTRE, radiusM: 1_000 }, connectorStandards: [], need: { durationMs: at(long) }, idealStart: at(ideal),
      earliestStart: at(Math.max(0, ideal - flexible)), latestEnd: at(ideal + long + flexible), priority, createdAt, isDue: true,
    })),
  };
}
