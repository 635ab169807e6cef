/** What cancelling costs and gives back, and until when it is possible. Pure. */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { freeUntilBeforeSeconds, refundPercent } from './policy.ts';
import type { Reservation } from './reservation.ts';

/** What cancelling now would cost and give back, of what was agreed. */
export interface CancelQuote {
  cancellable: boolean;
  /** why not */
  reason: string | null;
  refundPercent: number;
  refundMinor: number;
  cancellationFeeMinor: number;
  noShowFeeMinor: number;
  currency: string;
  freeUntilBeforeSeconds: number | null;
}

/** What of a reservation the quote depends on. */
export type Cancellable = Pick<Reservation, 'policy' | 'status' | 'reservedStart' | 'reservationFeeMinor' | 'agreedMinor' | 'currency' | 'sessionId'>;

/** RSV-12: tiers by the notice that is given; a hold costs nothing. */
export function cancelQuote(reservation: Cancellable, now: EpochMs): CancelQuote {
  const { policy, status, reservedStart, currency } = reservation;
  const feeMinor = agreedMinor(reservation);
  const minutesBefore = reservedStart === null ? Infinity : (reservedStart - now) / MINUTE_MS;
  const reason = cancelObstacle(reservation, now);
  const percent = status === 'pending' ? 100 : refundPercent(policy, minutesBefore);
  const refundMinor = Math.floor((feeMinor * percent) / 100);
  return {
    cancellable: reason === null, reason, refundPercent: percent, refundMinor, cancellationFeeMinor: feeMinor - refundMinor, noShowFeeMinor: policy.noShowFeeMinor, currency,
    freeUntilBeforeSeconds: freeUntilBeforeSeconds(policy),
  };
}

/** What tiers are a part of: the fee, or, where the whole estimate was paid before, that (seed 001). */
export function agreedMinor({ reservationFeeMinor, agreedMinor: agreed }: Pick<Reservation, 'reservationFeeMinor' | 'agreedMinor'>): number {
  return agreed ?? reservationFeeMinor;
}

/** Why the driver can't cancel, or null. */
export function cancelObstacle(reservation: Cancellable, now: EpochMs): string | null {
  if (reservation.status === 'pending') return null;
  if (reservation.status !== 'confirmed') return `it is ${reservation.status}`;
  if (reservation.sessionId !== null) return 'charging has begun';
  if (now >= reservation.reservedStart!) return 'its time has begun';
  const cutOffMinutes = reservation.policy.cancelUntilMinutes;
  return now > reservation.reservedStart! - cutOffMinutes * MINUTE_MS ? `it could be cancelled until ${cutOffMinutes} minutes before its start` : null;
}
