import { DomainError } from '../../../platform/errors/index.ts';

/** What the domain calls the parts of a search, and what the two forms of the request call them. */
const NAMES: Record<string, { query: string; body: string }> = {
  '/area': { query: '?latitude', body: '/area' }, '/area/radiusM': { query: '?radius', body: '/area/radius' },
  '/area/widthM': { query: '?width', body: '/area/width' }, '/window': { query: '?start', body: '/window' },
  '/window/durationMinutes': { query: '?duration_minutes', body: '/window/duration_minutes' }, '/minPowerW': { query: '?min_power', body: '/min_power' },
  '/maxPowerW': { query: '?max_power', body: '/max_power' }, '/operatorIds': { query: '?operator_id', body: '/operator_id' },
  '/openAt': { query: '?open_at', body: '/open_at' }, '/sort': { query: '?sort', body: '/sort' }, '/limit': { query: '?limit', body: '/limit' },
  '/price/currency': { query: '?currency', body: '/price/currency' }, '/price/maxPerKwh': { query: '?max_per_kwh', body: '/price/max_per_kwh' },
  '/minRating': { query: '?min_rating', body: '/min_rating' },
  '/text': { query: '?text', body: '/text' }, '/cursor': { query: '?cursor', body: '/cursor' },
};

/** A refusal of the search itself, pointing into the request as it was sent; any other error as it is. */
export function inWordsOf(form: 'query' | 'body', error: unknown): Error {
  if (!(error instanceof DomainError) || error.details.errors === undefined) return error as Error;
  const errors = error.details.errors.map(({ pointer, message }) => ({ pointer: NAMES[pointer]?.[form] ?? pointer, message }));
  return new DomainError(error.code, error.message, { ...error.details, errors });
}
