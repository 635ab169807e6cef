import type { EpochMs } from '../../platform/clock/index.ts';

/** A stretch of time in which a zone's clock runs evenly: local reading = instant + `offsetMs`. */
export interface OffsetSegment {
  start: EpochMs;
  end: EpochMs;
  offsetMs: number;
}

// About 4.4 years: the changes of a zone are looked up once per block, since Temporal takes microseconds for each.
const BLOCK_MS = 2 ** 37;
const LAST_INSTANT_MS = 8.64e15;
const ZONES_KEPT = 1_024;
const BLOCKS_KEPT_PER_ZONE = 64;

const blocksByZone = new Map<string, Map<number, OffsetSegment[]>>();

/**
 * The segments of even clock of an IANA zone that [from, to) touches, in order and without gaps; they may begin before
 * `from` and end after `to`. Every change of the zone's offset, for daylight saving or by decree, begins a new one.
 * Throws RangeError for an unknown zone.
 */
export function offsetSegments(timeZone: string, from: EpochMs, to: EpochMs): OffsetSegment[] {
  const first = Math.floor(from / BLOCK_MS);
  const last = Math.max(first, Math.ceil(to / BLOCK_MS) - 1);
  const found: OffsetSegment[] = [];
  for (let block = first; block <= last; block++) {
    for (const segment of segmentsOfBlock(timeZone, block)) {
      if (segment.end > from && segment.start < to) found.push(segment);
    }
  }
  return found;
}

function segmentsOfBlock(timeZone: string, block: number): OffsetSegment[] {
  const blocks = remembered(blocksByZone, timeZone, ZONES_KEPT, () => new Map<number, OffsetSegment[]>());
  return remembered(blocks, block, BLOCKS_KEPT_PER_ZONE, () => readSegments(timeZone, block));
}

/** The value of a key, made if need be; a full map is emptied, which is rare and costs only time. */
function remembered<K, V>(map: Map<K, V>, key: K, limit: number, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (map.size >= limit) map.clear();
  map.set(key, made);
  return made;
}

function readSegments(timeZone: string, block: number): OffsetSegment[] {
  const blockStart = Math.max(block * BLOCK_MS, -LAST_INSTANT_MS);
  const blockEnd = Math.min((block + 1) * BLOCK_MS, LAST_INSTANT_MS);
  const segments: OffsetSegment[] = [];
  let local = Temporal.Instant.fromEpochMilliseconds(blockStart).toZonedDateTimeISO(timeZone);
  for (let start = blockStart; start < blockEnd; ) {
    const next = local.getTimeZoneTransition('next');
    const end = next === null ? blockEnd : Math.min(next.epochMilliseconds, blockEnd);
    segments.push({ start, end, offsetMs: local.offsetNanoseconds / 1e6 });
    if (next === null) break;
    local = next;
    start = end;
  }
  return segments;
}
