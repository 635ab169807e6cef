/** BKC-7: what cancelling gives back when, by the policy that was promised. */
import { cancelQuote } from '../../../../domain/reservations/index.ts';
import type { OrderNow } from '../../provider/index.ts';
import type { Fields } from '../../wire/index.ts';
import { amountOf } from './words.ts';

export function cancellationTerms({ reservation, due: { timing, totalMinor, currency } }: OrderNow, now: number): Fields[] {
  const { policy: { refundTiers, cancelUntilMinutes } } = reservation;
  const quote = cancelQuote(reservation, now);
  const agreedMinor = quote.refundMinor + quote.cancellationFeeMinor;
  const baseMinor = agreedMinor > 0 ? agreedMinor : timing === 'pre_order' ? Number(totalMinor ?? 0) : 0;
  const tiers = refundTiers.filter(({ refundPercent }) => refundPercent > 0).sort((a, b) => b.minMinutesBeforeStart - a.minMinutesBeforeStart);
  return [
    ...tiers.map(({ refundPercent, minMinutesBeforeStart }) => ({
      orderStatus: 'CONFIRMED', refundEligible: true, cancelBeforeMinutes: Math.max(minMinutesBeforeStart, cancelUntilMinutes), refundPercent,
      refundAmount: { currency, value: amountOf(Math.floor((baseMinor * refundPercent) / 100), currency) },
    })),
    ...(tiers.length > 0 ? [] : [{ orderStatus: 'CONFIRMED', refundEligible: false }]), { orderStatus: 'INPROGRESS', refundEligible: false },
  ];
}
