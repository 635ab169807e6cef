import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Area } from '../geography/index.ts';
import { createSearchIndex, search, SEARCH_LIMITS, type SearchQuery } from './index.ts';
import { NOW } from './search-samples.ts';

/** The code and the pointers with which a query is refused; undefined when it is not. */
function refusal(query: Partial<SearchQuery>): [code: string, ...pointers: string[]] | undefined {
  try {
    search(createSearchIndex(), { networkId: 'net', ...query }, NOW);
    return undefined;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [error.code, ...(error.details.errors ?? []).map(({ pointer }) => pointer)];
  }
}

const circle = (changes: object = {}): Area => ({ type: 'circle', latitude: 12, longitude: 77, radiusM: 1_000, ...changes });
const polygon = (...coordinates: number[][][]): Area => ({ type: 'polygon', polygon: { type: 'Polygon', coordinates } });
const corridor = (coordinates: number[][], widthM = 1_000): Area => ({ type: 'corridor', line: { type: 'LineString', coordinates }, widthM });
const SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]];

describe('a search that can not be made', () => {
  it('SRC-50 names the circle that is none', () => {
    expect(refusal({ area: circle({ latitude: 90.1 }) })).toEqual(['invalid_request', '/area']);
    expect(refusal({ area: circle({ longitude: Number.NaN }) })).toEqual(['invalid_request', '/area']);
    for (const radiusM of [0, -1, 500_001, Number.NaN, Infinity]) expect(refusal({ area: circle({ radiusM }) })).toEqual(['invalid_request', '/area/radiusM']);
    expect(refusal({ area: circle({ radiusM: 500_000 }) })).toBeUndefined();
    expect(refusal({ area: { type: 'everywhere' } as unknown as Area })).toEqual(['invalid_request', '/area/type']);
    expect(refusal({ origin: { latitude: -91, longitude: 0 } })).toEqual(['invalid_request', '/origin']);
  });

  it('SRC-50 names the place in a polygon that is wrong', () => {
    expect(refusal({ area: polygon(SQUARE) })).toBeUndefined();
    expect(refusal({ area: polygon() })).toEqual(['invalid_request', '/area/polygon/coordinates']);
    expect(refusal({ area: polygon([[0, 0], [1, 0], [0, 0]]) })).toEqual(['invalid_request', '/area/polygon/coordinates/0']);
    expect(refusal({ area: polygon(SQUARE, [[0, 0], [1, 0], [1, 1], [0, 1]]) })).toEqual(['invalid_request', '/area/polygon/coordinates/1']);
    expect(refusal({ area: polygon([[0, 0], [1, 0], [1, 95], [0, 0]]) })).toEqual(['invalid_request', '/area/polygon/coordinates/0/2']);
    expect(refusal({ area: polygon([[0, 0], [], [1, 1], [0, 0]]) })).toEqual(['invalid_request', '/area/polygon/coordinates/0/1']);
    expect(refusal({ area: polygon([[179, 0], [-179, 0], [-179, 1], [179, 0]]) })).toEqual(['invalid_request', '/area/polygon/coordinates/0/1']);
    expect(refusal({ area: polygon([[-200, 0], [-50, 0], [100, 0], [200, 1], [50, 1], [-100, 1], [-200, 0]]) })).toEqual(['invalid_request', '/area/polygon/coordinates/0']);
    const big = Array.from({ length: SEARCH_LIMITS.vertices }, (_, i) => [Math.cos(i), Math.sin(i)]);
    expect(refusal({ area: polygon([...big, big[0]!]) })).toEqual(['invalid_request', '/area/polygon/coordinates']);
  });

  it('SRC-50 names what is wrong with a corridor', () => {
    expect(refusal({ area: corridor([[0, 0], [1, 1]]) })).toBeUndefined();
    expect(refusal({ area: corridor([[0, 0]]) })).toEqual(['invalid_request', '/area/line/coordinates']);
    expect(refusal({ area: corridor([[0, 0], [1, -90.5]]) })).toEqual(['invalid_request', '/area/line/coordinates/1']);
    expect(refusal({ area: corridor([[170, 0], [-170, 0]]) })).toEqual(['invalid_request', '/area/line/coordinates/1']);
    for (const widthM of [0, 100_001, Number.NaN]) expect(refusal({ area: corridor([[0, 0], [1, 1]], widthM) })).toEqual(['invalid_request', '/area/widthM']);
    expect(refusal({ area: corridor([[0, 0], [70, 0]]) })).toEqual(['invalid_request', '/area/line/coordinates']);
    expect(refusal({ area: corridor(Array.from({ length: 20_001 }, (_, i) => [i * 1e-4, 0])) })).toEqual(['invalid_request', '/area/line/coordinates']);
  });

  it('SRC-50 names filters that contradict themselves, and all of them', () => {
    expect(refusal({ minPowerW: 50_000, maxPowerW: 22_000 })).toEqual(['invalid_request', '/minPowerW']);
    expect(refusal({ minPowerW: -1, limit: 201, text: 'x'.repeat(201), openAt: Number.NaN })).toEqual(['invalid_request', '/minPowerW', '/limit', '/text', '/openAt']);
    for (const limit of [0, 1.5, -1, Number.NaN]) expect(refusal({ limit })).toEqual(['invalid_request', '/limit']);
    expect(refusal({ operatorIds: Array.from({ length: 201 }, (_, i) => `op-${i}`) })).toEqual(['invalid_request', '/operatorIds']);
    expect(refusal({ openAt: 1e18 })).toEqual(['invalid_request', '/openAt']);
  });

  it('SRC-50 refuses windows that can hold no slot', () => {
    const at = NOW + HOUR_MS;
    expect(refusal({ window: { start: at, end: at } })).toEqual(['invalid_time_range', '/window']);
    expect(refusal({ window: { start: at, end: Number.NaN } })).toEqual(['invalid_time_range', '/window']);
    expect(refusal({ window: { start: at, end: at + 31 * DAY_MS + 1 } })).toEqual(['invalid_time_range', '/window']);
    expect(refusal({ window: { start: at, end: at + HOUR_MS, durationMinutes: 61 } })).toEqual(['invalid_time_range', '/window/durationMinutes']);
    expect(refusal({ window: { start: at, end: at + HOUR_MS, durationMinutes: 0 } })).toEqual(['invalid_time_range', '/window/durationMinutes']);
    expect(refusal({ window: { start: NOW - HOUR_MS, end: NOW } })).toEqual(['time_in_past', '/window']);
    expect(refusal({ window: { start: NOW - HOUR_MS, end: NOW + 20 * MINUTE_MS, durationMinutes: 30 } })).toEqual(['time_in_past', '/window']);
    expect(refusal({ window: { start: NOW - HOUR_MS, end: NOW + 30 * MINUTE_MS, durationMinutes: 30 } })).toBeUndefined();
  });

  it('SRC-42 SRC-50 refuses sorts for which something is missing', () => {
    expect(refusal({ sort: 'distance' })).toEqual(['invalid_request', '/sort']);
    expect(refusal({ sort: 'distance', area: polygon(SQUARE) })).toEqual(['invalid_request', '/sort']);
    expect(refusal({ sort: 'distance', area: polygon(SQUARE), origin: { latitude: 0, longitude: 0 } })).toBeUndefined();
    expect(refusal({ sort: 'detour', area: circle() })).toEqual(['invalid_request', '/sort']);
    expect(refusal({ sort: 'free_time', area: circle() })).toEqual(['invalid_request', '/sort']);
  });

  it('SRC-41 refuses cursors that are none, or of another sort', () => {
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of ['', 'x', 'null', encoded(null), encoded([]), encoded(['name', 0, 0, '']), encoded(['power', 0, 0, '', 'loc']), encoded(['name', '0', 0, '', 'loc'])]) {
      expect(refusal({ cursor }), cursor).toEqual(['invalid_request', '/cursor']);
    }
    expect(refusal({ cursor: encoded(['name', 0, 0, '', 'loc']) })).toBeUndefined();
  });
});
