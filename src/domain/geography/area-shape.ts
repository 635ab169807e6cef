import { corridorShape, nearestOnLine } from './corridor.ts';
import type { Area } from './area.ts';
import { haversineM, widenBox, wrapBox, type Box } from './geometry.ts';
import { polygonContains, polygonShape } from './polygon.ts';
import { workBudget } from './work-budget.ts';

/** An area, prepared for questions about many places. */
export interface AreaShape {
  /** together they hold everything that lies inside; they may overlap */
  boxes: Box[];
  /**
   * Metres from the middle: the circle's centre, the middle of the polygon's box, the corridor's line. Undefined outside.
   * Throws `invalid_request` for a shape that is slow by design (GEO-4).
   */
  distanceM(latitude: number, longitude: number): number | undefined;
}

/** Prepares an area that `checkArea` found nothing wrong with. */
export function areaShape(area: Area): AreaShape {
  switch (area.type) {
    case 'circle': return circle(area);
    case 'polygon': return polygon(area);
    case 'corridor': return corridor(area);
  }
}

function circle({ latitude, longitude, radiusM }: Extract<Area, { type: 'circle' }>): AreaShape {
  const point: Box = { minLatitude: latitude, maxLatitude: latitude, minLongitude: longitude, maxLongitude: longitude };
  return {
    boxes: wrapBox(widenBox(point, radiusM)),
    distanceM: (atLatitude, atLongitude) => {
      const metres = haversineM(latitude, longitude, atLatitude, atLongitude);
      return metres <= radiusM ? metres : undefined;
    },
  };
}

function polygon({ polygon: given }: Extract<Area, { type: 'polygon' }>): AreaShape {
  const shape = polygonShape(given);
  const budget = workBudget();
  const { minLatitude, maxLatitude, minLongitude, maxLongitude } = shape.box;
  return {
    boxes: wrapBox(shape.box),
    distanceM: (latitude, longitude) => (polygonContains(shape, latitude, longitude, budget)
      ? haversineM((minLatitude + maxLatitude) / 2, (minLongitude + maxLongitude) / 2, latitude, longitude) : undefined),
  };
}

function corridor({ line, widthM }: Extract<Area, { type: 'corridor' }>): AreaShape {
  const shape = corridorShape(line, widthM);
  const budget = workBudget();
  return {
    boxes: shape.boxes.flatMap(wrapBox),
    distanceM: (latitude, longitude) => nearestOnLine(shape, latitude, longitude, budget)?.distanceM,
  };
}
