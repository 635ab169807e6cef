import { describe, expect, it } from 'vitest';
import { createSearchIndex, search, type SearchQuery } from '../../../domain/search/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { inWordsOf } from './search-pointers.ts';

const NOW = Date.UTC(2026, 10, 21);
const wrong: [string, Omit<SearchQuery, 'networkId'>, string, string][] = [
  ['a radius', { area: { type: 'circle', latitude: 0, longitude: 0, radiusM: 0 } }, '?radius', '/area/radius'],
  ['a duration', { window: { start: NOW, end: NOW + 60_000, durationMinutes: 5 } }, '?duration_minutes', '/window/duration_minutes'],
  ['a window', { window: { start: NOW - 120_000, end: NOW - 60_000 } }, '?start', '/window'],
  ['a power', { minPowerW: 5, maxPowerW: 2 }, '?min_power', '/min_power'],
  ['a sort', { sort: 'distance' }, '?sort', '/sort'],
  ['a cursor', { cursor: 'x' }, '?cursor', '/cursor'],
];

function refusalOf(query: Omit<SearchQuery, 'networkId'>, form: 'query' | 'body'): string[] {
  try {
    search(createSearchIndex(), { ...query, networkId: 'net' }, NOW);
  } catch (error) {
    return (inWordsOf(form, error) as DomainError).details.errors!.map(({ pointer }) => pointer);
  }
  return [];
}

describe('what is wrong with a search', () => {
  it.each(wrong)('is said in the words of the request: %s', (_what, query, inQuery, inBody) => {
    expect(refusalOf(query, 'query')).toEqual([inQuery]);
    expect(refusalOf(query, 'body')).toEqual([inBody]);
  });

  it('leaves other errors alone', () => {
    const error = new Error('broken');
    expect(inWordsOf('query', error)).toBe(error);
    const withoutField = new DomainError('unavailable', 'Later.');
    expect(inWordsOf('body', withoutField)).toBe(withoutField);
  });
});
