import type { Area } from './area.ts';

/** The middle of an area: the circle's centre, the middle of the polygon's box, the middle position of the corridor's line. */
export function middleOf(area: Area): { latitude: number; longitude: number } {
  switch (area.type) {
    case 'circle': return { latitude: area.latitude, longitude: area.longitude };
    case 'polygon': return middleOfBox(area.polygon.coordinates[0]!);
    case 'corridor': {
      const [longitude, latitude] = area.line.coordinates[Math.floor(area.line.coordinates.length / 2)]!;
      return { latitude: latitude!, longitude: wrap(longitude!) };
    }
  }
}

function middleOfBox(ring: readonly (readonly number[])[]): { latitude: number; longitude: number } {
  const [low, high] = [[Infinity, Infinity], [-Infinity, -Infinity]];
  for (const position of ring) {
    for (const axis of [0, 1] as const) {
      low[axis] = Math.min(low[axis]!, position[axis]!);
      high[axis] = Math.max(high[axis]!, position[axis]!);
    }
  }
  return { latitude: (low[1]! + high[1]!) / 2, longitude: wrap((low[0]! + high[0]!) / 2) };
}

/** A longitude from -180 to 180. */
function wrap(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}
