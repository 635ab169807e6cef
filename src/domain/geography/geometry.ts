/** Distances are great-circle distances on a sphere with the earth's mean radius (haversine). */

const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;
/** metres that one degree of latitude spans */
export const DEGREE_M = EARTH_RADIUS_M * RADIANS;

/** A range of coordinates in degrees; longitudes may run beyond 180. */
export interface Box {
  minLongitude: number;
  minLatitude: number;
  maxLongitude: number;
  maxLatitude: number;
}

/** The point on the unit sphere that belongs to a position. */
export function unitVector(latitude: number, longitude: number): [x: number, y: number, z: number] {
  const cosLatitude = Math.cos(latitude * RADIANS);
  return [cosLatitude * Math.cos(longitude * RADIANS), cosLatitude * Math.sin(longitude * RADIANS), Math.sin(latitude * RADIANS)];
}

/** The great-circle distance of two points whose unit vectors are the square root of `chordSquared` apart. */
export function metresOfChord(chordSquared: number): number {
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(chordSquared) / 2));
}

/** The square of the distance of two unit vectors that lie `metres` apart on the sphere. It grows with the metres. */
export function chordOfMetres(metres: number): number {
  return (2 * Math.sin(Math.min(metres / (2 * EARTH_RADIUS_M), Math.PI / 2))) ** 2;
}

export function haversineM(latitudeA: number, longitudeA: number, latitudeB: number, longitudeB: number): number {
  const sinLatitude = Math.sin(((latitudeB - latitudeA) * RADIANS) / 2);
  const sinLongitude = Math.sin(((longitudeB - longitudeA) * RADIANS) / 2);
  const h = sinLatitude ** 2 + Math.cos(latitudeA * RADIANS) * Math.cos(latitudeB * RADIANS) * sinLongitude ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

export function cosOfDegrees(degrees: number): number {
  return Math.cos(degrees * RADIANS);
}

export function sinOfDegrees(degrees: number): number {
  return Math.sin(degrees * RADIANS);
}

/** A box that holds every point within `metres` of `box`. */
export function widenBox(box: Box, metres: number): Box {
  // A hair more than is needed, so that rounding never loses a point on the edge.
  const angle = metres / EARTH_RADIUS_M + 1e-9;
  const minLatitude = box.minLatitude - angle / RADIANS;
  const maxLatitude = box.maxLatitude + angle / RADIANS;
  const nearestPole = Math.max(Math.abs(box.minLatitude), Math.abs(box.maxLatitude));
  const ratio = Math.sin(angle) / Math.cos(nearestPole * RADIANS);
  const reachesPole = minLatitude <= -90 || maxLatitude >= 90 || !(ratio < 1);
  const widened = reachesPole ? 360 : Math.asin(ratio) / RADIANS;
  return { minLatitude, maxLatitude, minLongitude: box.minLongitude - widened, maxLongitude: box.maxLongitude + widened };
}

/** The same range as boxes with longitudes from -180 to 180. */
export function wrapBox(box: Box): Box[] {
  if (box.maxLongitude - box.minLongitude >= 360) return [{ ...box, minLongitude: -180, maxLongitude: 180 }];
  const boxes: Box[] = [];
  for (const turn of [-360, 0, 360]) {
    const minLongitude = Math.max(-180, box.minLongitude + turn);
    const maxLongitude = Math.min(180, box.maxLongitude + turn);
    if (minLongitude <= maxLongitude) boxes.push({ ...box, minLongitude, maxLongitude });
  }
  return boxes;
}

/** The turns (multiples of 360 degrees) that may bring a longitude into a range; a range of up to 360 wants at most two. */
export function turnsInto(longitude: number, minLongitude: number, maxLongitude: number): number[] {
  return [0, 360, -360].filter((turn) => minLongitude <= longitude + turn && longitude + turn <= maxLongitude);
}
