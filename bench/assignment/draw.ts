/** Problems as they could be on a day at real stations: who comes when and for how long is drawn from real stays. */
import { areaShape } from '../../src/domain/geography/index.ts';
import type { AssignmentEvse, AssignmentProblem, AssignmentRequest } from '../../src/domain/reservations/assignment/index.ts';
import { randomFrom, type Random } from '../../test/support/random.ts';
import type { PowerClass, RealData, RealStation } from './data.ts';

export const MINUTE_MS = 60_000;
export const SLOT_MINUTES = 15;
const DAY = { opens: 7 * 60, closes: 21 * 60 };
const FLEXIBILITIES = [0, 15, 30, 60, 90];
const RADII_M = [1_000, 2_000, 3_000, 5_000];
const TOWN_RADIUS_M = 6_000;
/** A driver wants to charge at most so far from some station. */
const NEAR_STATION_M = 800;
const DEGREE_M = 111_195;
const CLASSES: PowerClass[] = ['AC', 'DC'];
const STANDARDS = { AC: ['IEC_62196_T2'], DC: ['IEC_62196_T2_COMBO', 'CHADEMO'] } as const;

/** When the day of a problem begins. */
export const MORNING_MS = Date.parse('2026-11-20T00:00Z');

export interface Drawn {
  problem: AssignmentProblem;
  /** requested slots as a share of what the EVSEs of each class have, as asked for */
  load: number;
  seed: number;
}

/**
 * So many EVSEs within six kilometres, in a town that has not twice as many, and at least a fifth of them of each class. Which town,
 * the random choices say. Throws where there is none.
 */
export function drawTown({ stations }: RealData, evses: number, random: Random): AssignmentEvse[] {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const around = stationsAround(stations, random.pick(stations));
    const sockets = around.flatMap((station) => station.sockets.map((socket) => ({ station, socket })));
    const chosen = sockets.slice(0, evses);
    const least = Math.min(...CLASSES.map((wanted) => chosen.filter(({ socket }) => socket.powerClass === wanted).length));
    if (sockets.length < evses || sockets.length > 2 * evses || least < evses / 5) continue;
    return chosen.map(({ station, socket }, i) => evseOf(station, socket, i));
  }
  throw new Error('the data has no town of that size');
}

/** So many EVSEs nearest to the station with the most of them around it. */
export function largestTown({ stations }: RealData, evses: number): AssignmentEvse[] {
  const busiest = stations.filter((_, i) => i % 20 === 0)
    .map((station) => ({ station, around: stationsAround(stations, station).length })).reduce((a, b) => (b.around > a.around ? b : a)).station;
  const nearest = stationsAround(stations, busiest, Infinity);
  return nearest.flatMap((station) => station.sockets.map((socket) => ({ station, socket }))).slice(0, evses).map(({ station, socket }, i) => evseOf(station, socket, i));
}

function stationsAround(stations: readonly RealStation[], { latitude, longitude }: RealStation, withinM: number = TOWN_RADIUS_M): RealStation[] {
  const { distanceM } = areaShape({ type: 'circle', latitude, longitude, radiusM: Math.min(withinM, 100_000) });
  return stations.map((station) => ({ station, metres: distanceM(station.latitude, station.longitude) }))
    .filter(({ metres }) => metres !== undefined).sort((a, b) => a.metres! - b.metres! || (a.station.id < b.station.id ? -1 : 1)).map(({ station }) => station);
}

function evseOf({ id, latitude, longitude }: RealStation, { connector }: RealStation['sockets'][number], i: number): AssignmentEvse {
  return {
    id: `evse-${String(i).padStart(4, '0')}`, locationId: id, latitude, longitude, connectors: [{ id: `connector-${i}`, ...connector }], grid: 0, bufferMs: 0,
    minDurationMs: SLOT_MINUTES * MINUTE_MS, maxDurationMs: 240 * MINUTE_MS, earliestStart: MORNING_MS, latestStart: MORNING_MS + DAY.closes * MINUTE_MS, busy: [],
  };
}

export function classOf({ connectors }: AssignmentEvse): PowerClass {
  return connectors[0]!.powerType === 'DC' ? 'DC' : 'AC';
}

/** The instants of a day at which slots begin and end. */
function dayGrid(): number[] {
  return Array.from({ length: (DAY.closes - DAY.opens) / SLOT_MINUTES + 1 }, (_, i) => MORNING_MS + (DAY.opens + i * SLOT_MINUTES) * MINUTE_MS);
}

/** Requests for each class until they ask for a share of its slots. */
export function drawDay(data: RealData, evses: AssignmentEvse[], load: number, seed: number): Drawn {
  const random = randomFrom(seed * 1_000 + Math.round(load * 100));
  const grid = dayGrid();
  const requests = CLASSES.flatMap((wanted) => {
    const own = evses.filter((evse) => classOf(evse) === wanted);
    const drawn: Omit<AssignmentRequest, 'id'>[] = [];
    for (let left = load * own.length * (grid.length - 1); left > 0;) {
      const request = drawRequest(data, own, wanted, random);
      drawn.push(request);
      left -= durationOf(request) / (SLOT_MINUTES * MINUTE_MS);
    }
    return drawn;
  });
  return { problem: { grids: [grid], evses, requests: named(requests) }, load, seed };
}

/** So many requests, each for the class of some EVSE. */
export function drawMany(data: RealData, evses: AssignmentEvse[], count: number, seed: number): Drawn {
  const random = randomFrom(seed);
  const byClass = Map.groupBy(evses, classOf);
  const requests = named(Array.from({ length: count }, () => {
    const wanted = classOf(random.pick(evses));
    return drawRequest(data, byClass.get(wanted)!, wanted, random);
  }));
  const grid = dayGrid();
  const load = requests.reduce((sum, request) => sum + durationOf(request), 0) / (evses.length * (grid.at(-1)! - grid[0]!));
  return { problem: { grids: [grid], evses, requests }, load, seed };
}

export function durationOf({ need }: Pick<AssignmentRequest, 'need'>): number {
  if ('durationMs' in need) return need.durationMs;
  throw new Error('only durations are drawn here');
}

function drawRequest({ stays }: RealData, own: readonly AssignmentEvse[], wanted: PowerClass, random: Random): Omit<AssignmentRequest, 'id'> {
  for (;;) {
    const stay = random.pick(stays[wanted]);
    const start = Math.floor(stay.arrivalMinute / SLOT_MINUTES) * SLOT_MINUTES;
    const minutes = Math.ceil(stay.minutes / SLOT_MINUTES) * SLOT_MINUTES;
    if (start < DAY.opens || start + minutes > DAY.closes) continue;
    const flexibility = random.pick(FLEXIBILITIES);
    const at = (minute: number): number => MORNING_MS + Math.min(DAY.closes, Math.max(DAY.opens, minute)) * MINUTE_MS;
    return {
      area: { type: 'circle', ...nearSome(own, random), radiusM: random.pick(RADII_M) }, connectorStandards: STANDARDS[wanted], need: { durationMs: minutes * MINUTE_MS },
      idealStart: at(start), earliestStart: at(start - flexibility), latestEnd: at(start + minutes + flexibility), priority: 0, createdAt: random.below(1e6), isDue: true,
    };
  }
}

function nearSome(own: readonly AssignmentEvse[], random: Random): { latitude: number; longitude: number } {
  const { latitude, longitude } = random.pick(own);
  const [metres, angle] = [NEAR_STATION_M * Math.sqrt(random.next()), 2 * Math.PI * random.next()];
  return {
    latitude: latitude + (metres * Math.sin(angle)) / DEGREE_M, longitude: longitude + (metres * Math.cos(angle)) / (DEGREE_M * Math.cos((latitude * Math.PI) / 180)),
  };
}

function named(requests: readonly Omit<AssignmentRequest, 'id'>[]): AssignmentRequest[] {
  return requests.map((request, i) => ({ ...request, id: `request-${String(i).padStart(5, '0')}` }));
}
