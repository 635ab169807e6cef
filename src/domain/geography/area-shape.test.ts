import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Area } from './area.ts';
import { areaShape } from './area-shape.ts';
import { haversineM } from './geometry.ts';

const place = fc.record({ latitude: fc.double({ min: 12, max: 13, noNaN: true }), longitude: fc.double({ min: 77, max: 78, noNaN: true }) });

const AREAS: Area[] = [
  { type: 'circle', latitude: 12.5, longitude: 77.5, radiusM: 30_000 },
  { type: 'polygon', polygon: { type: 'Polygon', coordinates: [[[77.2, 12.2], [77.8, 12.2], [77.8, 12.8], [77.2, 12.8], [77.2, 12.2]]] } },
  { type: 'corridor', line: { type: 'LineString', coordinates: [[77, 12.5], [78, 12.5]] }, widthM: 20_000 },
];

describe('an area as a shape', () => {
  it('GEO-1 GEO-2 GEO-3 knows what lies inside, how far from its middle, and boxes that hold all of it', () => {
    const inside = [
      (x: number, y: number) => haversineM(12.5, 77.5, y, x) <= 30_000,
      (x: number, y: number) => x >= 77.2 && x < 77.8 && y >= 12.2 && y < 12.8,
      (_: number, y: number) => haversineM(12.5, 77.5, y, 77.5) <= 20_000,
    ];
    const middle = [[12.5, 77.5], [12.5, 77.5], undefined];
    for (const [i, area] of AREAS.entries()) {
      const shape = areaShape(area);
      fc.assert(fc.property(place, ({ latitude, longitude }) => {
        const distanceM = shape.distanceM(latitude, longitude);
        expect(distanceM !== undefined).toBe(inside[i]!(longitude, latitude));
        if (distanceM === undefined) return;
        const [middleLatitude, middleLongitude] = middle[i] ?? [12.5, longitude];
        expect(Math.abs(distanceM - haversineM(middleLatitude!, middleLongitude!, latitude, longitude))).toBeLessThan(1 + distanceM / 1_000);
        const holds = shape.boxes.some((box) => box.minLatitude <= latitude && latitude <= box.maxLatitude && box.minLongitude <= longitude && longitude <= box.maxLongitude);
        expect(holds).toBe(true);
      }));
    }
  });
});
