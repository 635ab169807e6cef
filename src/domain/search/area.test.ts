import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../platform/errors/index.ts';
import { corridorShape, nearestOnLine } from '../geography/corridor.ts';
import { haversineM } from '../geography/geometry.ts';
import type { Area } from '../geography/index.ts';
import { createSearchIndex, prepareSearch, putLocation, search, type SearchIndex, type SearchPage } from './index.ts';
import { polygonContains, polygonShape } from '../geography/polygon.ts';
import { greatCircleM, sampledDistanceM } from './search-oracle.ts';
import { NOW, plainEntry } from './search-samples.ts';
import { workBudget } from '../geography/work-budget.ts';

type Place = [longitude: number, latitude: number];

function indexOf(...places: Place[]): SearchIndex {
  const index = createSearchIndex();
  for (const [i, [longitude, latitude]] of places.entries()) putLocation(index, plainEntry({ locationId: `loc-${i}`, longitude, latitude }));
  prepareSearch(index);
  return index;
}

const within = (index: SearchIndex, area: Area): SearchPage => search(index, { networkId: 'net', area, limit: 200 }, NOW);
const idsWithin = (index: SearchIndex, area: Area): string[] => within(index, area).items.map(({ locationId }) => locationId).sort();

describe('circle', () => {
  it('GEO-1 measures by great circle, across the antimeridian and over the pole', () => {
    const index = indexOf([179.99, -17], [-179.99, -17], [179.8, -17], [10, 89.9], [-170, 89.9], [100, 89]);
    expect(idsWithin(index, { type: 'circle', longitude: -179.995, latitude: -17, radiusM: 3_000 })).toEqual(['loc-0', 'loc-1']);
    expect(idsWithin(index, { type: 'circle', longitude: 180, latitude: -17, radiusM: 3_000 })).toEqual(['loc-0', 'loc-1']);
    expect(idsWithin(index, { type: 'circle', longitude: -80, latitude: 89.95, radiusM: 30_000 })).toEqual(['loc-3', 'loc-4']);
    const [nearest] = within(index, { type: 'circle', longitude: 179.99, latitude: -17.01, radiusM: 2_000 }).items;
    expect(nearest!.distanceM).toBeCloseTo(1_111.95, 1);
  });

  it('GEO-1 finds by tree what it finds by looking at each, all over the earth', () => {
    const place = fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true }));
    const near = fc.tuple(place, fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true }));
    fc.assert(fc.property(fc.array(place, { minLength: 1, maxLength: 40 }), near, fc.integer({ min: 1, max: 500_000 }), (places, [anchor, east, north], radiusM) => {
      const latitude = Math.max(-90, Math.min(90, anchor[1] + north));
      const longitude = ((anchor[0] + east + 540) % 360) - 180;
      const all: Place[] = [...places, anchor, [anchor[0], Math.max(-90, anchor[1] - 0.5)]];
      const expected = all.flatMap(([x, y], i) => (greatCircleM({ latitude: y, longitude: x }, { latitude, longitude }) <= radiusM ? [`loc-${i}`] : []));
      expect(idsWithin(indexOf(...all), { type: 'circle', latitude, longitude, radiusM })).toEqual(expected.sort());
    }));
  });
});

describe('polygon', () => {
  const ring = (...corners: Place[]): Place[] => [...corners, corners[0]!];
  const square = (west: number, south: number, size: number): Place[] => ring([west, south], [west + size, south], [west + size, south + size], [west, south + size]);
  const area = (...rings: Place[][]): Area => ({ type: 'polygon', polygon: { type: 'Polygon', coordinates: rings } });

  it('GEO-2 leaves out holes and goes on beyond 180 degrees', () => {
    const index = indexOf([77, 12], [77.5, 12.5], [179.5, -17], [-179.5, -17], [-178, -17]);
    expect(idsWithin(index, area(square(76.9, 11.9, 1)))).toEqual(['loc-0', 'loc-1']);
    expect(idsWithin(index, area(square(76.9, 11.9, 1), square(77.4, 12.4, 0.2)))).toEqual(['loc-0']);
    expect(idsWithin(index, area(square(179, -18, 2)))).toEqual(['loc-2', 'loc-3']);
    expect(idsWithin(index, area(square(-181, -18, 2)))).toEqual(['loc-2', 'loc-3']);
    expect(idsWithin(index, area(ring([-180, -90], [0, -90], [180, -90], [180, 90], [0, 90], [-180, 90])))).toHaveLength(5);
  });

  it('GEO-2 SRC-51 GEO-4 takes 10,000 corners in its stride: bands of latitude give what all edges give', () => {
    const corners = 10_000;
    const star = ring(...Array.from({ length: corners - 1 }, (_, i): Place => {
      const angle = (2 * Math.PI * i) / (corners - 1);
      const reach = 1 + 0.3 * Math.sin(37 * angle) + (i % 2) * 0.01;
      return [77 + reach * Math.cos(angle), 12 + reach * Math.sin(angle)];
    }));
    const shape = polygonShape({ type: 'Polygon', coordinates: [star] });
    const budget = workBudget();
    fc.assert(fc.property(fc.double({ min: 75.5, max: 78.5, noNaN: true }), fc.double({ min: 10.5, max: 13.5, noNaN: true }), (x, y) => {
      let inside = false;
      for (let i = 1; i < star.length; i++) {
        const [[ax, ay], [bx, by]] = [star[i - 1]!, star[i]!];
        if (ax > x !== bx > x && y < ay + ((x - ax) / (bx - ax)) * (by - ay)) inside = !inside;
      }
      expect(polygonContains(shape, y, x, budget)).toBe(inside);
    }), { numRuns: 500 });
    // A look at every edge would take 10,000 steps each.
    expect(workBudget().left - budget.left).toBeLessThan(500 * 200);
  });

  it('SRC-51 GEO-4 refuses a shape that is made to be slow instead of working on it', () => {
    const zigzag = Array.from({ length: 9_998 }, (_, i): Place => [77 + i * 1e-5, i % 2 === 0 ? 12 : 13]);
    const comb = area(ring([76, 12], ...zigzag, [78, 12], [78, 11], [76, 11]));
    const places = Array.from({ length: 8_000 }, (_, i): Place => [76 + (i % 200) * 0.01, 12 + Math.floor(i / 200) * 0.025]);
    const index = indexOf(...places);
    expect(() => within(index, comb)).toThrow(expect.objectContaining({ code: 'invalid_request', details: { errors: [expect.objectContaining({ pointer: '/area' })] } }));
  });
});

describe('corridor', () => {
  const area = (line: Place[], widthM: number): Area => ({ type: 'corridor', line: { type: 'LineString', coordinates: line }, widthM });

  it('SRC-30 GEO-3 tells distance, detour there and back, and the place along the line', () => {
    const index = indexOf([77.0, 12.51], [77.5, 12.4], [78.0, 12.5], [76.9, 12.5], [78.2, 12.5]);
    const { items } = within(index, area([[77, 12.5], [78, 12.5]], 12_000));
    expect(items.map(({ locationId }) => locationId)).toEqual(['loc-2', 'loc-0', 'loc-3', 'loc-1']);
    expect(items[1]!.distanceM).toBeCloseTo(1_111.95, 0);
    expect(items[1]!.detourM).toBeCloseTo(2_223.9, 0);
    expect(items.map(({ alongM }) => Math.round(alongM! / 1_000))).toEqual([109, 0, 0, 54]);
  });

  it('GEO-3 goes on beyond 180 degrees', () => {
    const index = indexOf([179.9, -17.01], [-179.9, -17.01], [-179, -17.01], [-177.9, -17]);
    expect(idsWithin(index, area([[179, -17], [181, -17]], 3_000))).toEqual(['loc-0', 'loc-1', 'loc-2']);
    expect(idsWithin(index, area([[-179, -17], [-181, -17]], 3_000))).toEqual(['loc-0', 'loc-1', 'loc-2']);
  });

  it('GEO-3 is within a thousandth of the haversine up to 80 degrees of latitude, whatever the width and the length of edges', () => {
    // Even over the whole range: errors are largest for long edges, wide corridors and far north, which must come often.
    const part = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((millionths) => millionths / 1e6);
    const sample = fc.record({
      start: fc.record({ longitude: part.map((x) => 150 * x), latitude: fc.oneof(part.map((x) => 79 * x), part.map((x) => 70 + 9 * x)) }),
      edges: fc.tuple(...[0.5, 20].map((scale) => fc.record({ east: part.map((x) => x * scale), north: part.map((x) => (x * scale) / 2) }))),
      swap: fc.boolean(),
      at: part.map(Math.abs),
      aside: fc.record({ east: part, north: part }),
      widthM: fc.constantFrom(5_000, 100_000),
    });
    const bounded = (latitude: number): number => Math.max(-80, Math.min(80, latitude));
    fc.assert(fc.property(sample, ({ start, edges, swap, at, aside, widthM }) => {
      const line: Place[] = [[start.longitude, start.latitude]];
      for (const { east, north } of swap ? edges.toReversed() : edges) line.push([line.at(-1)![0] + east, bounded(line.at(-1)![1] + north)]);
      const [from, to] = at < 0.5 ? [line[0]!, line[1]!] : [line[1]!, line[2]!];
      const along = (2 * at) % 1;
      const latitude = from[1] + (to[1] - from[1]) * along;
      const spread = widthM / 111_195;
      const point = {
        longitude: from[0] + (to[0] - from[0]) * along + (aside.east * spread) / Math.cos((latitude * Math.PI) / 180),
        latitude: bounded(latitude + aside.north * spread),
      };
      const exactM = sampledDistanceM(point, line, [100, 40, 40, 40, 40]);
      // the samples themselves lie apart a little.
      const slackM = exactM * 0.001 + 3;
      const found = nearestOnLine(corridorShape({ type: 'LineString', coordinates: line }, widthM), point.latitude, point.longitude, workBudget());
      if (found === undefined) expect(exactM).toBeGreaterThan(widthM - slackM);
      else expect(Math.abs(found.distanceM - exactM)).toBeLessThanOrEqual(slackM);
    }), { numRuns: 4_000 });
  });

  it('GEO-3 takes the nearer of two ends in the far north and south, where a degree of longitude shrinks within the corridor', () => {
    for (const latitude of [74, -74]) {
      const polewards = placeFrom(latitude, 20, latitude > 0 ? 45 : 135, 94_500);
      const equatorwards = placeFrom(latitude, 20, latitude > 0 ? 135 : 45, 95_000);
      const line: Place[] = [polewards, [40, latitude + Math.sign(latitude) * 5], [40, latitude - Math.sign(latitude) * 5], equatorwards];
      const found = nearestOnLine(corridorShape({ type: 'LineString', coordinates: line }, 100_000), latitude, 20, workBudget())!;
      expect(Math.abs(found.distanceM - 94_500)).toBeLessThan(95);
      expect(found.alongM).toBeLessThan(95);
    }
  });

  it('GEO-3 measures along the line by haversine, vertex by vertex', () => {
    const line: Place[] = [[77, 12], [77.3, 12.4], [77.2, 12.9], [78, 13]];
    const shape = corridorShape({ type: 'LineString', coordinates: line }, 1_000);
    let alongM = 0;
    for (const [i, [x, y]] of line.entries()) {
      if (i > 0) alongM += haversineM(line[i - 1]![1], line[i - 1]![0], y, x);
      const found = nearestOnLine(shape, y, x, workBudget())!;
      expect(found.distanceM).toBeLessThan(0.001);
      expect(Math.abs(found.alongM - alongM)).toBeLessThan(alongM * 1e-4 + 0.001);
    }
  });

  it('SRC-51 GEO-4 takes a route of 20,000 vertices over 900 km with bounded work', () => {
    const route = Array.from({ length: 20_000 }, (_, i): Place => [77 + i * 0.0004, 12 + Math.sin(i / 300) * 0.1]);
    const shape = corridorShape({ type: 'LineString', coordinates: route }, 5_000);
    const budget = workBudget();
    for (let i = 0; i < 1_000; i++) nearestOnLine(shape, 12 + Math.sin(i) * 0.12, 77 + i * 0.008, budget);
    // A look at every piece would take 20,000 steps each.
    expect(workBudget().left - budget.left).toBeLessThan(1_000 * 1_000);
  });
});

/** Where one comes to on the sphere by going that far in that direction (degrees from north). */
function placeFrom(latitude: number, longitude: number, bearing: number, distanceM: number): Place {
  const [phi, theta, delta] = [(latitude * Math.PI) / 180, (bearing * Math.PI) / 180, distanceM / 6_371_008.8];
  const phiTo = Math.asin(Math.sin(phi) * Math.cos(delta) + Math.cos(phi) * Math.sin(delta) * Math.cos(theta));
  const turned = Math.atan2(Math.sin(theta) * Math.sin(delta) * Math.cos(phi), Math.cos(delta) - Math.sin(phi) * Math.sin(phiTo));
  return [longitude + (turned * 180) / Math.PI, (phiTo * 180) / Math.PI];
}

describe('errors', () => {
  it('SRC-50 are DomainErrors', () => {
    expect(() => within(indexOf(), { type: 'circle', latitude: 100, longitude: 0, radiusM: 1 })).toThrow(DomainError);
  });
});
