import { DAY_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError, type ErrorCode, type FieldError } from '../../platform/errors/index.ts';
import { edgeLengthBoundM } from './corridor.ts';
import type { SearchArea, SearchQuery, SearchSort, SearchWindow } from './query.ts';

/** What one search may ask for. */
export const SEARCH_LIMITS = {
  radiusM: 500_000,
  widthM: 100_000,
  lineM: 5_000_000,
  vertices: 20_000,
  windowMs: 31 * DAY_MS,
  textLength: 200,
  listLength: 200,
  limit: 200,
} as const;

const LAST_INSTANT = Date.UTC(9999, 11, 31);

type Report = (pointer: string, message: string) => void;

/** The sort that a query means when it names none. */
export function sortOf({ sort, area, origin }: SearchQuery): SearchSort {
  if (sort !== undefined) return sort;
  if (area?.type === 'corridor') return 'detour';
  return area?.type === 'circle' || origin !== undefined ? 'distance' : 'name';
}

/** Throws a DomainError that names everything that is wrong with a query (shapes: the first thing). */
export function checkQuery(query: SearchQuery, now: EpochMs): void {
  const errors: FieldError[] = [];
  const report: Report = (pointer, message) => void errors.push({ pointer, message });
  if (query.area !== undefined) checkArea(query.area, report);
  if (query.origin !== undefined) checkPosition([query.origin.longitude, query.origin.latitude], 180, '/origin', report);
  checkSort(query, report);
  checkFilters(query, report);
  if (errors.length > 0) throw refuse('invalid_request', errors);
  if (query.window !== undefined) checkWindow(query.window, now);
}

function refuse(code: ErrorCode, errors: FieldError[]): DomainError {
  return new DomainError(code, `The search can not be made: ${errors[0]!.message}`, { errors });
}

function checkArea(area: SearchArea, report: Report): void {
  switch (area.type) {
    case 'circle':
      checkPosition([area.longitude, area.latitude], 180, '/area', report);
      return checkLength(area.radiusM, SEARCH_LIMITS.radiusM, '/area/radiusM', report);
    case 'polygon':
      return checkPolygon(area.polygon.coordinates, report);
    case 'corridor':
      checkLine(area.line.coordinates, report);
      return checkLength(area.widthM, SEARCH_LIMITS.widthM, '/area/widthM', report);
    default:
      return report('/area/type', 'An area is a circle, a polygon or a corridor.');
  }
}

function checkLength(metres: number, max: number, pointer: string, report: Report): void {
  if (!(metres > 0 && metres <= max)) report(pointer, `This must be more than 0 and at most ${max} (metres).`);
}

/** Whether a position is fine. */
function checkPosition(position: readonly number[], maxLongitude: number, pointer: string, report: Report): boolean {
  const [longitude, latitude] = position;
  if (Math.abs(latitude!) <= 90 && Math.abs(longitude!) <= maxLongitude) return true;
  report(pointer, `A position has a latitude from -90 to 90 and a longitude from -${maxLongitude} to ${maxLongitude} (GeoJSON: longitude first).`);
  return false;
}

/** Whether all positions, and the edges between them, are fine; the first that is not is reported. */
function checkPositions(positions: readonly (readonly number[])[], pointer: string, report: Report): boolean {
  return positions.every((position, i) => {
    if (!checkPosition(position, 360, `${pointer}/${i}`, report)) return false;
    if (i === 0 || Math.abs(position[0]! - positions[i - 1]![0]!) <= 180) return true;
    report(`${pointer}/${i}`, 'An edge spans more than 180 degrees of longitude. Across the antimeridian, go on beyond 180 (or -180).');
    return false;
  });
}

function checkCount(count: number, pointer: string, report: Report): boolean {
  if (count <= SEARCH_LIMITS.vertices) return true;
  report(pointer, `A shape has at most ${SEARCH_LIMITS.vertices} positions; this one has ${count}.`);
  return false;
}

function checkPolygon(rings: readonly (readonly (readonly number[])[])[], report: Report): void {
  const pointer = '/area/polygon/coordinates';
  if (rings.length === 0) return report(pointer, 'A polygon has at least one ring.');
  if (!checkCount(rings.reduce((sum, ring) => sum + ring.length, 0), pointer, report)) return;
  for (const [i, ring] of rings.entries()) {
    const [first, last] = [ring[0], ring.at(-1)];
    if (ring.length < 4 || first![0] !== last![0] || first![1] !== last![1]) {
      return report(`${pointer}/${i}`, 'A ring has at least four positions, and the last is the first again.');
    }
    if (!checkPositions(ring, `${pointer}/${i}`, report)) return;
  }
  const longitudes = rings[0]!.map(([longitude]) => longitude!);
  const spanned = longitudes.reduce((a, b) => Math.max(a, b)) - longitudes.reduce((a, b) => Math.min(a, b));
  if (spanned > 360) report(`${pointer}/0`, 'A ring spans at most 360 degrees of longitude.');
}

function checkLine(line: readonly (readonly number[])[], report: Report): void {
  const pointer = '/area/line/coordinates';
  if (line.length < 2) return report(pointer, 'A line has at least two positions.');
  if (!checkCount(line.length, pointer, report) || !checkPositions(line, pointer, report)) return;
  const lengthM = line.reduce((sum, position, i) => sum + (i === 0 ? 0 : edgeLengthBoundM(line[i - 1]!, position)), 0);
  // The bound counts a slanting edge by its two sides, which is at most 1.42 times its length.
  if (lengthM > SEARCH_LIMITS.lineM * Math.SQRT2) report(pointer, `A line is at most ${SEARCH_LIMITS.lineM / 1_000} km long.`);
}

function checkSort(query: SearchQuery, report: Report): void {
  const { sort, area, origin, window } = query;
  if (sort === 'distance' && origin === undefined && (area === undefined || area.type === 'polygon')) {
    report('/sort', 'Sorting by distance needs a circle, a corridor or an origin.');
  }
  if (sort === 'detour' && area?.type !== 'corridor') report('/sort', 'Sorting by detour needs a corridor.');
  if (sort === 'free_time' && window === undefined) report('/sort', 'Sorting by free time needs a window.');
}

function checkFilters(query: SearchQuery, report: Report): void {
  const { minPowerW, maxPowerW, limit, text, openAt } = query;
  if (minPowerW !== undefined && !(minPowerW >= 0)) report('/minPowerW', 'A power is a number from 0 on (watts).');
  if (maxPowerW !== undefined && !(maxPowerW >= 0)) report('/maxPowerW', 'A power is a number from 0 on (watts).');
  if (minPowerW !== undefined && maxPowerW !== undefined && minPowerW > maxPowerW) report('/minPowerW', 'The least power is more than the most power.');
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= SEARCH_LIMITS.limit)) {
    report('/limit', `A page has 1 to ${SEARCH_LIMITS.limit} locations.`);
  }
  if (text !== undefined && text.length > SEARCH_LIMITS.textLength) report('/text', `A text has at most ${SEARCH_LIMITS.textLength} characters.`);
  if (query.operatorIds !== undefined && query.operatorIds.length > SEARCH_LIMITS.listLength) {
    report('/operatorIds', `At most ${SEARCH_LIMITS.listLength} operators can be named.`);
  }
  if (openAt !== undefined && !isInstant(openAt)) report('/openAt', 'This is not an instant from 1970 to 9999.');
}

function isInstant(at: EpochMs): boolean {
  return at >= 0 && at <= LAST_INSTANT;
}

function checkWindow({ start, end, durationMinutes }: SearchWindow, now: EpochMs): void {
  const wrong = (code: ErrorCode, pointer: string, message: string): never => {
    throw refuse(code, [{ pointer, message }]);
  };
  if (!isInstant(start) || !isInstant(end) || start >= end) wrong('invalid_time_range', '/window', 'The window must end after it starts.');
  if (end - start > SEARCH_LIMITS.windowMs) wrong('invalid_time_range', '/window', 'The window is at most 31 days long.');
  const durationMs = durationMinutes === undefined ? end - start : durationMinutes * MINUTE_MS;
  if (!(durationMs > 0)) wrong('invalid_time_range', '/window/durationMinutes', 'The duration is a number of minutes above 0.');
  if (durationMs > end - start) wrong('invalid_time_range', '/window/durationMinutes', 'The window is shorter than the duration.');
  if (end - durationMs < now) wrong('time_in_past', '/window', 'No slot of the window lies ahead.');
}
