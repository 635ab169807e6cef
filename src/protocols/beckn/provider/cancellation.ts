/** What an order that is cancelled gives back, by the policy that was promised. */
import { cancelQuote } from '../../../domain/reservations/index.ts';
import type { EpochMs } from '../../../platform/clock/index.ts';
import { paidMinor, type OrderNow } from './order-now.ts';

/** What is given back, and what is kept. */
export interface Cancellation {
  by: 'driver' | 'provider';
  at: EpochMs | null;
  reason: string | null;
  currency: string;
  refundMinor: number;
  cancellationFeeMinor: number;
  noShowFeeMinor: number;
  /** why it can not be cancelled */
  notCancellable: string | null;
}

export function cancellationOf({ reservation, payments }: Pick<OrderNow, 'reservation' | 'payments'>, now: EpochMs): Cancellation {
  const { refundMinor, cancellationFeeMinor, noShowFeeMinor, currency, reason } = cancelQuote({ ...reservation,
    status: reservation.confirmedAt === null ? 'pending' : 'confirmed' }, now);
  const isOperator = reservation.cancelledBy === 'operator' || (reservation.status === 'failed' && reservation.confirmedAt !== null);
  return {
    by: reservation.cancelledBy === 'driver' ? 'driver' : 'provider', at: reservation.endedAt, reason: reservation.endedDetail, currency, notCancellable: reason,
    refundMinor: isOperator ? Number(paidMinor(payments)) : refundMinor, cancellationFeeMinor: isOperator ? 0 : cancellationFeeMinor,
    noShowFeeMinor: reservation.status === 'expired' ? reservation.noShowFeeMinor || noShowFeeMinor : 0,
  };
}
