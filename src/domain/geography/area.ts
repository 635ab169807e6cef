/** RFC 7946: positions are [longitude, latitude]; rings are closed; the first ring is the outer one, the others are holes. */
export interface GeoJsonPolygon {
  type: 'Polygon';
  coordinates: readonly (readonly (readonly number[])[])[];
}

export interface GeoJsonLineString {
  type: 'LineString';
  coordinates: readonly (readonly number[])[];
}

/**
 * Somewhere on the map. Longitudes of polygons and lines may lie between -360 and 360, so that a shape across the
 * antimeridian goes on beyond 180 (or -180); an edge that spans more than 180 degrees is refused, since nobody can tell
 * which way round it is meant.
 */
export type Area =
  | { type: 'circle'; latitude: number; longitude: number; radiusM: number }
  | { type: 'polygon'; polygon: GeoJsonPolygon }
  /** `widthM` to each side of the line and around its ends */
  | { type: 'corridor'; line: GeoJsonLineString; widthM: number };
