import type { Area } from './area.ts';
import { edgeLengthBoundM } from './corridor.ts';

/** How large an area may be (GEO-4). */
export const AREA_LIMITS = {
  radiusM: 500_000,
  widthM: 100_000,
  lineM: 5_000_000,
  vertices: 20_000,
} as const;

export type ReportFault = (pointer: string, message: string) => void;

/** Reports what is wrong with an area, the first thing of its shape; `pointer` is the area's own (GEO-4). */
export function checkArea(area: Area, pointer: string, report: ReportFault): void {
  switch (area.type) {
    case 'circle':
      checkPosition([area.longitude, area.latitude], 180, pointer, report);
      return checkLength(area.radiusM, AREA_LIMITS.radiusM, `${pointer}/radiusM`, report);
    case 'polygon':
      return checkPolygon(area.polygon.coordinates, `${pointer}/polygon/coordinates`, report);
    case 'corridor':
      checkLine(area.line.coordinates, `${pointer}/line/coordinates`, report);
      return checkLength(area.widthM, AREA_LIMITS.widthM, `${pointer}/widthM`, report);
    default:
      return report(`${pointer}/type`, 'An area is a circle, a polygon or a corridor.');
  }
}

function checkLength(metres: number, max: number, pointer: string, report: ReportFault): void {
  if (!(metres > 0 && metres <= max)) report(pointer, `This must be more than 0 and at most ${max} (metres).`);
}

/** Whether a position is fine; reports it when not. */
export function checkPosition(position: readonly number[], maxLongitude: number, pointer: string, report: ReportFault): boolean {
  const [longitude, latitude] = position;
  if (Math.abs(latitude!) <= 90 && Math.abs(longitude!) <= maxLongitude) return true;
  report(pointer, `A position has a latitude from -90 to 90 and a longitude from -${maxLongitude} to ${maxLongitude} (GeoJSON: longitude first).`);
  return false;
}

/** Whether all positions, and the edges between them, are fine; the first that is not is reported. */
function checkPositions(positions: readonly (readonly number[])[], pointer: string, report: ReportFault): boolean {
  return positions.every((position, i) => {
    if (!checkPosition(position, 360, `${pointer}/${i}`, report)) return false;
    if (i === 0 || Math.abs(position[0]! - positions[i - 1]![0]!) <= 180) return true;
    report(`${pointer}/${i}`, 'An edge spans more than 180 degrees of longitude. Across the antimeridian, go on beyond 180 (or -180).');
    return false;
  });
}

function checkCount(count: number, pointer: string, report: ReportFault): boolean {
  if (count <= AREA_LIMITS.vertices) return true;
  report(pointer, `A shape has at most ${AREA_LIMITS.vertices} positions; this one has ${count}.`);
  return false;
}

function checkPolygon(rings: readonly (readonly (readonly number[])[])[], pointer: string, report: ReportFault): void {
  if (rings.length === 0) return report(pointer, 'A polygon has at least one ring.');
  if (!checkCount(rings.reduce((sum, ring) => sum + ring.length, 0), pointer, report)) return;
  for (const [i, ring] of rings.entries()) {
    const [first, last] = [ring[0], ring.at(-1)];
    if (ring.length < 4 || first![0] !== last![0] || first![1] !== last![1]) {
      return report(`${pointer}/${i}`, 'A ring has at least four positions, and the last is the first again.');
    }
    if (!checkPositions(ring, `${pointer}/${i}`, report)) return;
  }
  const longitudes = rings[0]!.map(([longitude]) => longitude!);
  const spanned = longitudes.reduce((a, b) => Math.max(a, b)) - longitudes.reduce((a, b) => Math.min(a, b));
  if (spanned > 360) report(`${pointer}/0`, 'A ring spans at most 360 degrees of longitude.');
}

function checkLine(line: readonly (readonly number[])[], pointer: string, report: ReportFault): void {
  if (line.length < 2) return report(pointer, 'A line has at least two positions.');
  if (!checkCount(line.length, pointer, report) || !checkPositions(line, pointer, report)) return;
  const lengthM = line.reduce((sum, position, i) => sum + (i === 0 ? 0 : edgeLengthBoundM(line[i - 1]!, position)), 0);
  // The bound counts a slanting edge by its two sides, which is at most 1.42 times its length.
  if (lengthM > AREA_LIMITS.lineM * Math.SQRT2) report(pointer, `A line is at most ${AREA_LIMITS.lineM / 1_000} km long.`);
}
