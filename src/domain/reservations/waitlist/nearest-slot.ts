/** Of the free slots of a location, the one nearest to what an entry would like. Pure. */
import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { freeSlots, mergeIntervals, openIntervals, subtractIntervals, type Interval } from '../../calendar/index.ts';
import type { Candidate } from '../target.ts';
import { wishedDurationMs } from '../times.ts';
import type { WaitlistEntry } from './entry.ts';
import type { Reach } from './reach.ts';

export interface NearestSlot {
  candidate: Candidate;
  start: EpochMs;
  end: EpochMs;
}

/** What stands against slots at a location. */
export interface Obstacles {
  /** by EVSE: promises with their buffers, outages, vehicles that are there */
  busy: ReadonlyMap<string, readonly Interval[]>;
  /** when as many EVSEs are booked as may be (RSV-7) */
  full: readonly Interval[];
}

type Asker = Pick<WaitlistEntry, 'wish' | 'idealStart' | 'earliestStart' | 'latestEnd' | 'skipped'>;

/**
 * A slot that could be booked now, of the length that the entry asks for, within its window and `range`, and away from what it has
 * skipped there: the one whose start is nearest to the ideal one, the earlier of two, at the first EVSE. Undefined when there is none.
 */
export function nearestSlot(entry: Asker, reach: Reach, { busy, full }: Obstacles, range: Interval, now: EpochMs): NearestSlot | undefined {
  const { location, policy, candidates } = reach;
  const from = Math.max(range.start, entry.earliestStart, now + policy.minLeadMinutes * MINUTE_MS);
  const to = Math.min(range.end, entry.latestEnd);
  if (from >= to) return undefined;
  const taken = mergeIntervals([...full, ...entry.skipped.filter(({ locationId }) => locationId === location.id)]);
  const open = subtractIntervals(openIntervals(location.openingTimes, location.timeZone, from, to), taken);
  let best: NearestSlot | undefined;
  for (const candidate of candidates) {
    const durationMs = durationAt(entry, reach, candidate);
    if (durationMs === undefined) continue;
    const latestEnd = Math.min(to, now + policy.maxLeadMinutes * MINUTE_MS + durationMs);
    const startsIn = (begin: EpochMs, end: EpochMs, limit: number): EpochMs[] => (begin >= end ? [] : freeSlots({
      open, busy: busy.get(candidate.evse.id) ?? [], bufferMs: policy.bufferMinutes * MINUTE_MS, gridMinutes: policy.slotGridMinutes, timeZone: location.timeZone,
      durationMs, from: begin, to: Math.min(end, latestEnd), limit, endsOnGrid: true,
    }));
    const start = nearestStart(startsIn, { from, to: latestEnd }, entry.idealStart, durationMs);
    if (start === undefined) continue;
    if (best === undefined || isNearer(start, best.start, entry.idealStart)) best = { candidate, start, end: start + durationMs };
  }
  return best;
}

/** How long a slot would be there; undefined where none so long is sold. */
export function durationAt({ wish }: Pick<Asker, 'wish'>, { policy }: Pick<Reach, 'policy'>, { powerW }: Candidate): number | undefined {
  const { durationMinutes, energyWh } = wish;
  const durationMs = wishedDurationMs({ durationMinutes: durationMinutes ?? undefined, energyWh: energyWh ?? undefined }, powerW, policy);
  return durationMs > policy.maxDurationMinutes * MINUTE_MS ? undefined : durationMs;
}

/** The first start from the ideal one on, unless one before it is as near. */
function nearestStart(
  startsIn: (begin: EpochMs, end: EpochMs, limit: number) => EpochMs[], window: { from: EpochMs; to: EpochMs }, ideal: EpochMs, durationMs: number,
): EpochMs | undefined {
  const [after] = startsIn(Math.max(window.from, ideal), window.to, 1);
  if (after === ideal) return after;
  const notBefore = after === undefined ? window.from : Math.max(window.from, ideal - (after - ideal));
  const before = startsIn(notBefore, Math.min(ideal - 1 + durationMs, window.to), Infinity).at(-1);
  return before ?? after;
}

function isNearer(start: EpochMs, other: EpochMs, ideal: EpochMs): boolean {
  const nearer = Math.abs(other - ideal) - Math.abs(start - ideal);
  return nearer > 0 || (nearer === 0 && start < other);
}
