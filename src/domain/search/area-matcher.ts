import {
  chordOfMetres, corridorShape, metresOfChord, nearestOnLine, polygonContains, polygonShape, unitVector, widenBox, workBudget, wrapBox, type Area, type Box, type NearestOnLine,
} from '../geography/index.ts';
import type { SearchHit } from './query.ts';
import type { LocationTable } from './tables.ts';

/** An area as questions about rows of locations. */
export interface AreaMatcher {
  /** where to look; they overlap only if so said */
  boxes: Box[];
  boxesOverlap: boolean;
  /** NaN outside; inside, a number that grows with the distance (0 where an area knows none) */
  measure(row: number): number;
  /** writes the distances of a row inside into what is told of it */
  describe(row: number, hit: SearchHit): void;
}

export function areaMatcher(locations: LocationTable, area: Area): AreaMatcher {
  switch (area.type) {
    case 'circle': return circleMatcher(locations, area);
    case 'polygon': return polygonMatcher(locations, area);
    case 'corridor': return corridorMatcher(locations, area);
  }
}

/** The square of the straight distance, through the earth, on the unit sphere: cheap, exact, and it grows with the distance. */
export function chordFrom(locations: LocationTable, latitude: number, longitude: number): (row: number) => number {
  const { x, y, z } = locations;
  const [centreX, centreY, centreZ] = unitVector(latitude, longitude);
  return (row) => (x[row]! - centreX) ** 2 + (y[row]! - centreY) ** 2 + (z[row]! - centreZ) ** 2;
}

function circleMatcher(locations: LocationTable, area: Extract<Area, { type: 'circle' }>): AreaMatcher {
  const { latitude, longitude, radiusM } = area;
  const chord = chordFrom(locations, latitude, longitude);
  const longest = chordOfMetres(radiusM);
  const point: Box = { minLatitude: latitude, maxLatitude: latitude, minLongitude: longitude, maxLongitude: longitude };
  return {
    boxes: wrapBox(widenBox(point, radiusM)),
    boxesOverlap: false,
    measure: (row) => {
      const measured = chord(row);
      return measured <= longest ? measured : Number.NaN;
    },
    describe: (row, hit) => void (hit.distanceM = metresOfChord(chord(row))),
  };
}

function polygonMatcher({ latitude, longitude }: LocationTable, area: Extract<Area, { type: 'polygon' }>): AreaMatcher {
  const shape = polygonShape(area.polygon);
  const budget = workBudget();
  return {
    boxes: wrapBox(shape.box),
    boxesOverlap: false,
    measure: (row) => (polygonContains(shape, latitude[row]!, longitude[row]!, budget) ? 0 : Number.NaN),
    describe: () => undefined,
  };
}

function corridorMatcher({ latitude, longitude }: LocationTable, area: Extract<Area, { type: 'corridor' }>): AreaMatcher {
  const shape = corridorShape(area.line, area.widthM);
  const budget = workBudget();
  const nearest = (row: number): NearestOnLine | undefined => nearestOnLine(shape, latitude[row]!, longitude[row]!, budget);
  return {
    boxes: shape.boxes.flatMap(wrapBox),
    boxesOverlap: true,
    measure: (row) => nearest(row)?.distanceM ?? Number.NaN,
    describe: (row, hit) => {
      const { distanceM, alongM } = nearest(row)!;
      Object.assign(hit, { distanceM, detourM: 2 * distanceM, alongM });
    },
  };
}
