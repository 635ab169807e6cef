import { turnsInto, type Box } from './geometry.ts';
import type { GeoJsonPolygon } from './area.ts';
import { spend, type WorkBudget } from './work-budget.ts';

const MAX_BANDS = 2_048;
const MAX_BAND_ENTRIES = 500_000;

/** Edges sorted into bands of latitude, so that a point is held against those of its own band only. */
interface EdgeBands {
  /** longitude and latitude of the lower end, then of the upper end, for each edge */
  edges: Float64Array;
  minLatitude: number;
  bandsPerDegree: number;
  /** where the edges of each band begin in `entries`; one more than there are bands */
  offsets: Uint32Array;
  entries: Uint32Array;
}

export interface PolygonShape {
  box: Box;
  outer: EdgeBands;
  holes: EdgeBands;
}

/** Prepares a checked polygon for many questions. Edges are straight in longitude and latitude (RFC 7946 §3.1.1). */
export function polygonShape(polygon: GeoJsonPolygon): PolygonShape {
  const [outer, ...holes] = polygon.coordinates;
  const box = { minLongitude: Infinity, minLatitude: Infinity, maxLongitude: -Infinity, maxLatitude: -Infinity };
  for (const [longitude, latitude] of outer!) {
    box.minLongitude = Math.min(box.minLongitude, longitude!);
    box.maxLongitude = Math.max(box.maxLongitude, longitude!);
    box.minLatitude = Math.min(box.minLatitude, latitude!);
    box.maxLatitude = Math.max(box.maxLatitude, latitude!);
  }
  return { box, outer: edgeBands([outer!], box), holes: edgeBands(holes, box) };
}

/** Whether a position lies in the outer ring and in no hole. A point exactly on an edge may go either way. */
export function polygonContains({ box, outer, holes }: PolygonShape, latitude: number, longitude: number, budget: WorkBudget): boolean {
  if (latitude < box.minLatitude || latitude > box.maxLatitude) return false;
  return turnsInto(longitude, box.minLongitude, box.maxLongitude).some(
    (turn) => isInside(outer, latitude, longitude + turn, budget) && !isInside(holes, latitude, longitude + turn, budget),
  );
}

function edgeBands(rings: GeoJsonPolygon['coordinates'], { minLatitude, maxLatitude }: Box): EdgeBands {
  const edges = risingEdges(rings);
  const count = edges.length / 4;
  const height = Math.max(maxLatitude - minLatitude, 1e-12);
  const bandOf = (latitude: number, bands: number): number =>
    Math.min(bands - 1, Math.max(0, Math.floor(((latitude - minLatitude) * bands) / height)));
  let bands = Math.min(MAX_BANDS, Math.max(1, count));
  while (bands > 1 && entriesFor(edges, (latitude) => bandOf(latitude, bands)) > MAX_BAND_ENTRIES) bands >>= 1;

  const offsets = new Uint32Array(bands + 1);
  const eachEntry = (visit: (band: number, edge: number) => void): void => {
    for (let edge = 0; edge < count; edge++) {
      const last = bandOf(edges[4 * edge + 3]!, bands);
      for (let band = bandOf(edges[4 * edge + 1]!, bands); band <= last; band++) visit(band, edge);
    }
  };
  eachEntry((band) => void offsets[band + 1]!++);
  for (let band = 0; band < bands; band++) offsets[band + 1]! += offsets[band]!;
  const entries = new Uint32Array(offsets[bands]!);
  const next = offsets.slice();
  eachEntry((band, edge) => void (entries[next[band]!++] = edge));
  return { edges, minLatitude, bandsPerDegree: bands / height, offsets, entries };
}

/** All edges but the level ones, which no ray along a parallel crosses, with the lower end first. */
function risingEdges(rings: GeoJsonPolygon['coordinates']): Float64Array {
  const edges: number[] = [];
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [fromLongitude, fromLatitude] = ring[i - 1]!;
      const [toLongitude, toLatitude] = ring[i]!;
      if (fromLatitude! < toLatitude!) edges.push(fromLongitude!, fromLatitude!, toLongitude!, toLatitude!);
      else if (fromLatitude! > toLatitude!) edges.push(toLongitude!, toLatitude!, fromLongitude!, fromLatitude!);
    }
  }
  return Float64Array.from(edges);
}

function entriesFor(edges: Float64Array, bandOf: (latitude: number) => number): number {
  let entries = 0;
  for (let i = 0; i < edges.length; i += 4) entries += 1 + bandOf(edges[i + 3]!) - bandOf(edges[i + 1]!);
  return entries;
}

/** Even-odd rule: how many edges lie east of the point, on its parallel. */
function isInside(shape: EdgeBands, latitude: number, longitude: number, budget: WorkBudget): boolean {
  const { edges, minLatitude, bandsPerDegree, offsets, entries } = shape;
  const band = Math.min(offsets.length - 2, Math.max(0, Math.floor((latitude - minLatitude) * bandsPerDegree)));
  const end = offsets[band + 1]!;
  spend(budget, end - offsets[band]! + 1);
  let inside = false;
  for (let i = offsets[band]!; i < end; i++) {
    const edge = 4 * entries[i]!;
    const lowLatitude = edges[edge + 1]!;
    const highLatitude = edges[edge + 3]!;
    if (latitude < lowLatitude || latitude >= highLatitude) continue;
    const along = (latitude - lowLatitude) / (highLatitude - lowLatitude);
    if (edges[edge]! + along * (edges[edge + 2]! - edges[edge]!) > longitude) inside = !inside;
  }
  return inside;
}
