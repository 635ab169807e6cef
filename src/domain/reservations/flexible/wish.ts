/** What a driver asks for who says "somewhere here, about then" (seed 004), and what is said of it while it waits and afterwards. */
import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError, type ErrorCode, type FieldError } from '../../../platform/errors/index.ts';
import { checkArea, type Area } from '../../geography/index.ts';
import type { Alternatives } from '../free-slot.ts';
import type { Assigned, KeptFrom, Tried, UnassignedReason } from '../assignment/index.ts';

export interface FlexibleWish {
  area: Area;
  /** how long; null where the energy says it */
  durationMinutes: number | null;
  energyWh: number | null;
  /** of the connector, in watts */
  minPowerW: number | null;
}

/** What the newest plan says of a reservation that waits. */
export interface Outlook {
  /** from 0 to 1: of all that were told this, about so many got a slot */
  likelihood: number;
  /** the plan has a slot for it; which one may change until it is decided */
  isPlanned: boolean;
  plannedAt: EpochMs;
  tried: Tried;
}

/** Why a decided reservation got what it got, or what was tried in vain. */
export interface AssignmentNote {
  decidedAt: EpochMs;
  tried: Tried;
  /** without a slot: why */
  reason: UnassignedReason | null;
  /** with a slot: what its plan says of it */
  got: Pick<Assigned, 'displacementMs' | 'distanceM'> & { rank: number; time: Kept | null; place: Kept | null } | null;
  alternatives: Alternatives | null;
}

/** Of what would have been better, how much was not to be had, and how much others got. */
export type Kept = Omit<KeptFrom, 'by'>;

/** When: as it was asked for, and how far it may move. */
export interface FlexibleTimes {
  idealStart: EpochMs;
  earliestStart: EpochMs;
  latestEnd: EpochMs;
}

export const FLEXIBLE_LIMITS = {
  /** from the earliest start to the latest end */
  windowMs: 48 * HOUR_MS,
  /** EVSEs that can be booked in the area */
  evses: 2_000,
  /** of one organisation, waiting at a time */
  waiting: 20_000,
} as const;

/** RSV-F2: throws `invalid_request` that names what is wrong with the shape of an area. */
export function requireSoundArea(area: Area): void {
  const errors: FieldError[] = [];
  checkArea(area, areaPointer(area), (pointer, message) => void errors.push({ pointer, message }));
  if (errors.length > 0) throw new DomainError('invalid_request', `The area can not be used: ${errors[0]!.message}`, { errors });
}

/** A circle is sent as the seed has it, in `location`. */
export const areaPointer = (area: Area): string => (area.type === 'circle' ? '/location' : '/area');

/** RSV-F2: throws for a window that no slot of the shortest duration fits in, or that is over or too long. */
export function requireSoundWindow({ idealStart, earliestStart, latestEnd }: FlexibleTimes, shortestMs: number, now: EpochMs): void {
  const must = (holds: boolean, code: ErrorCode, pointer: string, message: string): void => {
    if (!holds) throw new DomainError(code, `The window can not be used: ${pointer.slice(1)} ${message}.`, { errors: [{ pointer, message }] });
  };
  must(earliestStart >= now, 'time_in_past', '/earliest_start', 'must not lie in the past');
  must(earliestStart <= idealStart, 'invalid_time_range', '/earliest_start', 'must not come after ideal_start');
  must(idealStart < latestEnd, 'invalid_time_range', '/latest_end', 'must come after ideal_start');
  must(latestEnd - earliestStart <= FLEXIBLE_LIMITS.windowMs, 'invalid_time_range', '/latest_end', 'must lie within 48 hours of earliest_start');
  const minutes = Math.ceil(shortestMs / MINUTE_MS);
  must(latestEnd - earliestStart >= shortestMs, 'invalid_time_range', '/latest_end', `must leave room for ${minutes} minutes after earliest_start`);
  must(idealStart + shortestMs <= latestEnd, 'invalid_time_range', '/ideal_start', `must leave room for ${minutes} minutes before latest_end`);
}
