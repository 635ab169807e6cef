import { DAY_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError, type ErrorCode, type FieldError } from '../../platform/errors/index.ts';
import { AREA_LIMITS, checkArea, checkPosition, type ReportFault } from '../geography/index.ts';
import { isCurrency } from '../pricing/index.ts';
import type { SearchQuery, SearchSort, SearchWindow } from './query.ts';

/** What one search may ask for. */
export const SEARCH_LIMITS = {
  ...AREA_LIMITS,
  windowMs: 31 * DAY_MS,
  textLength: 200,
  listLength: 200,
  limit: 200,
} as const;

const LAST_INSTANT = Date.UTC(9999, 11, 31);

/** The sort that a query means when it names none. */
export function sortOf({ sort, area, origin }: SearchQuery): SearchSort {
  if (sort !== undefined) return sort;
  if (area?.type === 'corridor') return 'detour';
  return area?.type === 'circle' || origin !== undefined ? 'distance' : 'name';
}

/** Throws a DomainError that names everything that is wrong with a query (shapes: the first thing). */
export function checkQuery(query: SearchQuery, now: EpochMs): void {
  const errors: FieldError[] = [];
  const report: ReportFault = (pointer, message) => void errors.push({ pointer, message });
  if (query.area !== undefined) checkArea(query.area, '/area', report);
  if (query.origin !== undefined) checkPosition([query.origin.longitude, query.origin.latitude], 180, '/origin', report);
  checkSort(query, report);
  checkFilters(query, report);
  if (errors.length > 0) throw refuse('invalid_request', errors);
  if (query.window !== undefined) checkWindow(query.window, now);
}

function refuse(code: ErrorCode, errors: FieldError[]): DomainError {
  return new DomainError(code, `The search can not be made: ${errors[0]!.message}`, { errors });
}

function checkSort(query: SearchQuery, report: ReportFault): void {
  const { sort, area, origin, window } = query;
  if (sort === 'distance' && origin === undefined && (area === undefined || area.type === 'polygon')) {
    report('/sort', 'Sorting by distance needs a circle, a corridor or an origin.');
  }
  if (sort === 'detour' && area?.type !== 'corridor') report('/sort', 'Sorting by detour needs a corridor.');
  if (sort === 'price' && query.price === undefined) report('/sort', 'Sorting by price needs a currency.');
  if (sort === 'free_time' && window === undefined) report('/sort', 'Sorting by free time needs a window.');
}

function checkFilters(query: SearchQuery, report: ReportFault): void {
  const { minPowerW, maxPowerW, limit, text, openAt, price, minRating } = query;
  if (price?.maxPerKwh !== undefined && !(price.maxPerKwh >= 0)) report('/price/maxPerKwh', 'A price is a number from 0 on.');
  if (price !== undefined && !isCurrency(price.currency)) report('/price/currency', 'This is no currency of ISO 4217.');
  if (minRating !== undefined && !(minRating >= 1 && minRating <= 5)) report('/minRating', 'A rating is a number from 1 to 5.');
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
