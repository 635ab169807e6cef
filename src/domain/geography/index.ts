/** Places and areas on the map. Pure. */
export type { Area, GeoJsonLineString, GeoJsonPolygon } from './area.ts';
export { areaShape } from './area-shape.ts';
export { AREA_LIMITS, checkArea, checkPosition, type ReportFault } from './check-area.ts';
export { corridorShape, nearestOnLine, type NearestOnLine } from './corridor.ts';
export { chordOfMetres, metresOfChord, unitVector, widenBox, wrapBox, type Box } from './geometry.ts';
export { middleOf } from './middle.ts';
export { polygonContains, polygonShape } from './polygon.ts';
export { workBudget } from './work-budget.ts';
