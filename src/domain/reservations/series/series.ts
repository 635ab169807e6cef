/** A series: a rule of recurrence, and for each of its days an occurrence that becomes a reservation of its own. */
import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import type { ErrorCode, ErrorDetails } from '../../../platform/errors/index.ts';
import type { Owners } from '../../organisations/index.ts';
import type { ReservationInput } from '../create.ts';
import type { FlexibleInput } from '../flexible/create-flexible.ts';
import type { Status } from '../reservation.ts';

export const SERIES_STATUSES = ['active', 'cancelled'] as const;
export type SeriesStatus = (typeof SERIES_STATUSES)[number];

/**
 * `scheduled`: will be booked when it is due. `reserved`: has its reservation. `unavailable`: could not be had. `excepted`: left out, by
 * the rule's exceptions or by the driver. `cancelled`: with its series, or its reservation was.
 */
export const OCCURRENCE_STATUSES = ['scheduled', 'reserved', 'unavailable', 'excepted', 'cancelled'] as const;
export type OccurrenceStatus = (typeof OCCURRENCE_STATUSES)[number];

type ExactWish = Omit<ReservationInput, 'start' | 'end' | 'seriesId' | 'offer'>;
type FlexibleWish = Omit<FlexibleInput, 'start' | 'end' | 'earliestStart' | 'latestEnd' | 'seriesId'> & {
  earliestStartMinutesBefore?: number;
  latestEndMinutesAfter?: number;
};

/** What each occurrence asks for; its times are said from the occurrence's start. */
export type SeriesWish = ExactWish | FlexibleWish;

export interface Series {
  id: string;
  networkId: string;
  organisationId: string;
  driverId: string | null;
  status: SeriesStatus;
  rrule: string;
  /** the first start on the clock of the zone, without an offset: `2026-11-02T08:00:00` */
  startsLocal: string;
  /** IANA */
  timeZone: string;
  /** days without an occurrence: `2026-12-24` */
  excludedDates: string[];
  wish: SeriesWish;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
  cancelledAt: EpochMs | null;
}

/** Why an occurrence could not be had, or not yet, or could not be cancelled: as it was refused. */
export interface OccurrenceProblem {
  code: ErrorCode;
  detail: string;
  details: ErrorDetails;
}

export interface Occurrence {
  seriesId: string;
  /** the day in the zone of the series, which names it: `2026-11-09` */
  date: string;
  startsAt: EpochMs;
  status: OccurrenceStatus;
  /** scheduled: when it is booked; reserved: when its reservation is cancelled, with the series */
  dueAt: EpochMs | null;
  /** it is due, too, when its driver has room for one more reservation */
  waitsForRoom: boolean;
  reservationId: string | null;
  /** of its reservation, as it is now */
  reservationStatus: Status | null;
  problem: OccurrenceProblem | null;
}

/** To whom a series belongs: who made it, whatever its role, and the driver. The operator of the place sees the reservations alone. */
export function ownersOf({ organisationId, driverId }: Pick<Series, 'organisationId' | 'driverId'>): Owners {
  return { operatorId: organisationId, organisationId, driverId };
}

/** What its driver is told: a reservation that was cancelled by itself, or failed, leaves its occurrence cancelled, or without one. */
export function shownStatus({ status, reservationStatus }: Pick<Occurrence, 'status' | 'reservationStatus'>): OccurrenceStatus {
  if (status !== 'reserved') return status;
  return reservationStatus === 'cancelled' ? 'cancelled' : reservationStatus === 'failed' ? 'unavailable' : status;
}

/** What the occurrence that begins then asks for. A window that is open already begins now. */
export function inputAt(wish: SeriesWish, start: EpochMs, now: EpochMs): ReservationInput | FlexibleInput {
  if (!('area' in wish)) return { ...wish, start };
  const { earliestStartMinutesBefore: before, latestEndMinutesAfter: after, ...flexible } = wish;
  const earliestStart = before && Math.max(start - before * MINUTE_MS, Math.min(now, start));
  return { ...flexible, start, earliestStart, latestEnd: after && start + after * MINUTE_MS };
}
