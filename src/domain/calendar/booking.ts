import type { EpochMs } from '../../platform/clock/index.ts';

/**
 * A promise in the calendar of an EVSE. `hold`: for a driver who has yet to confirm, with a deadline. `booked`: confirmed.
 * `block`: by the operator, for maintenance say.
 */
export interface Booking {
  id: string;
  locationId: string;
  evseId: string;
  kind: 'hold' | 'booked' | 'block';
  reservationId: string | null;
  startsAt: EpochMs;
  endsAt: EpochMs;
  /** `endsAt` plus the buffer of its policy: nobody else's promise begins before */
  keptUntil: EpochMs;
  holdExpiresAt: EpochMs | null;
  reason: string | null;
  createdAt: EpochMs;
}

/** A vehicle that is there, whatever was promised. */
export interface Occupancy {
  id: string;
  locationId: string;
  evseId: string;
  sessionId: string | null;
  reservationId: string | null;
  startsAt: EpochMs;
  expectedEndAt: EpochMs | null;
  endsAt: EpochMs | null;
}

/** An EVSE that does not work, whatever was promised. */
export interface Outage {
  id: string;
  networkId: string;
  locationId: string;
  evseId: string;
  reason: string;
  /** because the EVSE was taken out of the network: it ends when that comes back */
  isRetirement: boolean;
  /** because its charging station says so: it ends when that says that it works again */
  isReported: boolean;
  startsAt: EpochMs;
  expectedEndAt: EpochMs | null;
  endsAt: EpochMs | null;
  version: number;
  createdAt: EpochMs;
}

/** A promise, an outage or a vehicle, as far as it makes its EVSE busy. */
export interface BusyTime {
  id: string;
  evseId: string;
  kind: Booking['kind'] | 'outage' | 'occupancy';
  startsAt: EpochMs;
  /** of a promise, the end of its slot */
  endsAt: EpochMs | null;
  /** of a promise, with its buffer */
  keptUntil: EpochMs | null;
  holdExpiresAt: EpochMs | null;
  expectedEndAt: EpochMs | null;
}

/** A fact and a promise that collide. */
export interface Conflict {
  id: string;
  networkId: string;
  operatorId: string;
  locationId: string;
  evseId: string;
  bookingId: string;
  reservationId: string | null;
  cause: 'outage' | 'occupancy';
  causeId: string;
  status: 'open' | 'resolved';
  /** how it was resolved: `cancelled`, `moved`, `cause_ended`, or the operator's own words */
  resolution: string | null;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** A fact without a known end is taken to last this long from now (CAL-8), so that nobody is sent to it meanwhile. */
export const ASSUMED_OCCUPANCY_MS = 60 * 60_000;
/** A car whose departure nobody knows, and that is still there so long before somebody's slot, is taken to stay into it (CAL-8). */
export const OVERSTAY_NOTICE_MS = 5 * 60_000;
/** A fact that outlasts its expected end is taken to last this much longer (CAL-8). */
export const ASSUMED_OVERRUN_MS = 15 * 60_000;
/** An outage without an expected end is taken to last (CAL-8). */
export const FAR_FUTURE: EpochMs = Date.UTC(2200, 0, 1);

/** Until when an occupancy is taken to last, as far as anybody can know at `now`. */
export function occupancyEnd(occupancy: Pick<Occupancy, 'endsAt' | 'expectedEndAt'>, now: EpochMs): EpochMs {
  if (occupancy.endsAt !== null) return occupancy.endsAt;
  if (occupancy.expectedEndAt === null) return now + ASSUMED_OCCUPANCY_MS;
  return Math.max(occupancy.expectedEndAt, now + ASSUMED_OVERRUN_MS);
}

/** Until when an outage is taken to last, as far as anybody can know at `now`. */
export function outageEnd(outage: Pick<Outage, 'endsAt' | 'expectedEndAt'>, now: EpochMs): EpochMs {
  if (outage.endsAt !== null) return outage.endsAt;
  if (outage.expectedEndAt === null) return FAR_FUTURE;
  return Math.max(outage.expectedEndAt, now + ASSUMED_OVERRUN_MS);
}
