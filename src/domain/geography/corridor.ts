import { cosOfDegrees, DEGREE_M, haversineM, sinOfDegrees, turnsInto, widenBox, type Box } from './geometry.ts';
import type { GeoJsonLineString } from './area.ts';
import { spend, type WorkBudget } from './work-budget.ts';

/** Long edges are cut into pieces of at most this length, on which the earth is as good as flat. */
const PIECE_M = 20_000;
/** One box of the search holds about this much of the line, or the corridor's width if that is more. */
const CHUNK_M = 10_000;
const NODE_SIZE = 8;

/**
 * The line as pieces (from longitude, latitude to longitude, latitude) with boxes around each eight of them, around each
 * eight of those, and so on: neighbours on a line are neighbours on the map, so this is a ready-made R-tree.
 */
export interface CorridorShape {
  widthM: number;
  pieces: Float64Array;
  /** how far along the line each piece begins, and the whole length at the end */
  alongM: Float64Array;
  /** per level, four numbers (west, south, east, north) for each node; the last level has one node */
  levels: Float64Array[];
  /** boxes that together hold everything in the corridor; they overlap */
  boxes: Box[];
}

export interface NearestOnLine {
  distanceM: number;
  alongM: number;
}

/** Prepares a checked line for many questions. Edges are straight in longitude and latitude (RFC 7946 §3.1.1). */
export function corridorShape(line: GeoJsonLineString, widthM: number): CorridorShape {
  const pieces = piecesOf(line.coordinates);
  const alongM = new Float64Array(pieces.length / 4 + 1);
  for (let i = 0; i < pieces.length / 4; i++) {
    alongM[i + 1] = alongM[i]! + haversineM(pieces[4 * i + 1]!, pieces[4 * i]!, pieces[4 * i + 3]!, pieces[4 * i + 2]!);
  }
  const leaves = Float64Array.from({ length: pieces.length }, (_, i) => {
    const [first, other] = i % 4 < 2 ? [pieces[i]!, pieces[i + 2]!] : [pieces[i - 2]!, pieces[i]!];
    return i % 4 < 2 ? Math.min(first, other) : Math.max(first, other);
  });
  const levels: Float64Array[] = [leaves];
  while (levels.at(-1)!.length > 4) levels.push(boxesAround(levels.at(-1)!));
  return { widthM, pieces, alongM, levels, boxes: chunkBoxes(leaves, alongM, widthM) };
}

/** An upper bound of an edge's length, whichever way it runs. */
export function edgeLengthBoundM(from: readonly number[], to: readonly number[]): number {
  const nearestToEquator = from[1]! * to[1]! <= 0 ? 0 : Math.min(Math.abs(from[1]!), Math.abs(to[1]!));
  return (Math.abs(to[0]! - from[0]!) * cosOfDegrees(nearestToEquator) + Math.abs(to[1]! - from[1]!)) * DEGREE_M;
}

function piecesOf(line: GeoJsonLineString['coordinates']): Float64Array {
  const pieces: number[] = [];
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1]!, line[i]!];
    const count = Math.max(1, Math.ceil(edgeLengthBoundM(from, to) / PIECE_M));
    const at = (part: number, axis: 0 | 1): number => (part === count ? to[axis]! : from[axis]! + ((to[axis]! - from[axis]!) * part) / count);
    for (let part = 0; part < count; part++) pieces.push(at(part, 0), at(part, 1), at(part + 1, 0), at(part + 1, 1));
  }
  return Float64Array.from(pieces);
}

function boxesAround(children: Float64Array): Float64Array {
  const nodes = new Float64Array(4 * Math.ceil(children.length / 4 / NODE_SIZE));
  for (let node = 0; node < nodes.length / 4; node++) {
    nodes.set(boxAround(children, node * NODE_SIZE, Math.min((node + 1) * NODE_SIZE, children.length / 4)), 4 * node);
  }
  return nodes;
}

function boxAround(boxes: Float64Array, from: number, to: number): [west: number, south: number, east: number, north: number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = from; i < to; i++) {
    west = Math.min(west, boxes[4 * i]!);
    south = Math.min(south, boxes[4 * i + 1]!);
    east = Math.max(east, boxes[4 * i + 2]!);
    north = Math.max(north, boxes[4 * i + 3]!);
  }
  return [west, south, east, north];
}

function chunkBoxes(leaves: Float64Array, alongM: Float64Array, widthM: number): Box[] {
  const chunkM = Math.max(CHUNK_M, widthM);
  const boxes: Box[] = [];
  const pieces = alongM.length - 1;
  for (let from = 0; from < pieces; ) {
    let to = from + 1;
    while (to < pieces && alongM[to + 1]! - alongM[from]! <= chunkM) to++;
    const [minLongitude, minLatitude, maxLongitude, maxLatitude] = boxAround(leaves, from, to);
    boxes.push(widenBox({ minLongitude, minLatitude, maxLongitude, maxLatitude }, widthM));
    from = to;
  }
  return boxes;
}

/** The nearest point of the line, if it is within the corridor's width; of two equally near ones, either. */
export function nearestOnLine(shape: CorridorShape, latitude: number, longitude: number, budget: WorkBudget): NearestOnLine | undefined {
  const [west, , east] = shape.levels.at(-1)!;
  let nearest: NearestOnLine | undefined;
  for (const turn of turnsInto(longitude, west! - 180, east! + 180)) {
    const found = nearestPiece(shape, latitude, longitude + turn, budget);
    if (found !== undefined && (nearest === undefined || found.distanceM < nearest.distanceM)) nearest = found;
  }
  return nearest;
}

/**
 * Pieces are compared on a flat map around the point, true to scale midway between the point and the piece; the distance
 * to the winner is then measured on the sphere. What is lost is below a thousandth up to 80 degrees of latitude.
 */
function nearestPiece(shape: CorridorShape, latitude: number, longitude: number, budget: WorkBudget): NearestOnLine | undefined {
  const { widthM, pieces, alongM, levels } = shape;
  const map = flatMap(latitude, longitude);
  let bestSquared = (widthM * 1.01 + 1) ** 2;
  let bestPiece = -1;
  let bestPart = 0;
  const visit = (level: number, node: number): void => {
    spend(budget, 1);
    if (boxDistanceSquared(map, levels[level]!, node) > bestSquared) return;
    if (level > 0) {
      const last = Math.min((node + 1) * NODE_SIZE, levels[level - 1]!.length / 4);
      for (let child = node * NODE_SIZE; child < last; child++) visit(level - 1, child);
      return;
    }
    const part = nearestPart(map, pieces, node);
    const squared = partDistanceSquared(map, pieces, node, part);
    if (squared > bestSquared) return;
    bestSquared = squared;
    bestPiece = node;
    bestPart = part;
  };
  visit(levels.length - 1, 0);
  if (bestPiece < 0) return undefined;
  const nearLongitude = between(pieces[4 * bestPiece]!, pieces[4 * bestPiece + 2]!, bestPart);
  const nearLatitude = between(pieces[4 * bestPiece + 1]!, pieces[4 * bestPiece + 3]!, bestPart);
  const distanceM = haversineM(latitude, longitude, nearLatitude, nearLongitude);
  return distanceM <= widthM ? { distanceM, alongM: between(alongM[bestPiece]!, alongM[bestPiece + 1]!, bestPart) } : undefined;
}

function between(from: number, to: number, part: number): number {
  return from + (to - from) * part;
}

interface FlatMap {
  latitude: number;
  longitude: number;
  cos: number;
  /** how the cosine changes per degree of latitude, halved: the scale is wanted midway */
  halfSlope: number;
}

function flatMap(latitude: number, longitude: number): FlatMap {
  return { latitude, longitude, cos: cosOfDegrees(latitude), halfSlope: (-sinOfDegrees(latitude) * Math.PI) / 360 };
}

/** Metres per degree of longitude, midway between the map's centre and `latitude`. */
function scaleTowards(map: FlatMap, latitude: number): number {
  return DEGREE_M * Math.max(0, map.cos + map.halfSlope * (latitude - map.latitude));
}

function boxDistanceSquared(map: FlatMap, boxes: Float64Array, node: number): number {
  const south = boxes[4 * node + 1]!;
  const north = boxes[4 * node + 3]!;
  const scale = Math.min(scaleTowards(map, south), scaleTowards(map, north));
  const x = Math.max(boxes[4 * node]! - map.longitude, 0, map.longitude - boxes[4 * node + 2]!) * scale;
  const y = Math.max(south - map.latitude, 0, map.latitude - north) * DEGREE_M;
  return x * x + y * y;
}

/** The part (0 to 1) of a piece at which it is nearest to the map's centre. */
function nearestPart(map: FlatMap, pieces: Float64Array, piece: number): number {
  const scale = scaleTowards(map, (pieces[4 * piece + 1]! + pieces[4 * piece + 3]!) / 2);
  const fromX = (pieces[4 * piece]! - map.longitude) * scale;
  const fromY = (pieces[4 * piece + 1]! - map.latitude) * DEGREE_M;
  const x = (pieces[4 * piece + 2]! - pieces[4 * piece]!) * scale;
  const y = (pieces[4 * piece + 3]! - pieces[4 * piece + 1]!) * DEGREE_M;
  const lengthSquared = x * x + y * y;
  return lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, -(fromX * x + fromY * y) / lengthSquared));
}

function partDistanceSquared(map: FlatMap, pieces: Float64Array, piece: number, part: number): number {
  const latitude = between(pieces[4 * piece + 1]!, pieces[4 * piece + 3]!, part);
  const x = (between(pieces[4 * piece]!, pieces[4 * piece + 2]!, part) - map.longitude) * scaleTowards(map, latitude);
  const y = (latitude - map.latitude) * DEGREE_M;
  return x * x + y * y;
}
