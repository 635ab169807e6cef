import { DAY_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { offsetSegments, type OffsetSegment } from './zone-offsets.ts';

/** The grid of a policy within a range of time, made once and asked often. */
export interface SlotGrid {
  gridMs: number;
  segments: readonly OffsetSegment[];
}

/**
 * The grid on which slots start: the instants at which the local clock reads midnight plus a whole number of
 * `gridMinutes` (1 to 1440). Each local day starts afresh, so where the grid does not divide the day the last step is
 * short. Readings that a change of the clock skips are not offered; those that it repeats are offered both times.
 *
 * The grid answers for instants in [from, to). Throws RangeError for other grids and unknown zones.
 */
export function slotGrid(gridMinutes: number, timeZone: string, from: EpochMs, to: EpochMs): SlotGrid {
  if (!Number.isInteger(gridMinutes) || gridMinutes < 1 || gridMinutes > 1_440) {
    throw new RangeError(`not a grid of 1 to 1440 whole minutes: ${gridMinutes}`);
  }
  return { gridMs: gridMinutes * MINUTE_MS, segments: from < to ? offsetSegments(timeZone, from, to) : [] };
}

/** The first instant of the grid that is not before `at`; Infinity when the grid's range holds none. */
export function nextOnGrid({ gridMs, segments }: SlotGrid, at: EpochMs): EpochMs {
  for (const { start, end, offsetMs } of segments) {
    if (end <= at) continue;
    const local = Math.max(at, start) + offsetMs;
    const midnight = Math.floor(local / DAY_MS) * DAY_MS;
    const reading = Math.min(midnight + Math.ceil((local - midnight) / gridMs) * gridMs, midnight + DAY_MS);
    if (reading - offsetMs < end) return reading - offsetMs;
  }
  return Infinity;
}

/** The grid's instants within [from, to), in order, at most `limit` of them; the rule is that of {@link slotGrid}. */
export function gridStarts(from: EpochMs, to: EpochMs, gridMinutes: number, timeZone: string, limit: number = Infinity): EpochMs[] {
  const grid = slotGrid(gridMinutes, timeZone, from, to);
  const starts: EpochMs[] = [];
  for (let at = nextOnGrid(grid, from); at < to && starts.length < limit; at = nextOnGrid(grid, at + 1)) starts.push(at);
  return starts;
}

/** Whether an instant lies on the grid. */
export function isOnGrid(at: EpochMs, gridMinutes: number, timeZone: string): boolean {
  return nextOnGrid(slotGrid(gridMinutes, timeZone, at, at + 1), at) === at;
}
