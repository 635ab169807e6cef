/** Terms of an order: what is given back when, how it is paid, and what has been. */
import type { EpochMs } from '../../../../platform/clock/index.ts';
import type { Payment, PaymentWithRefunds, Method, ObjectBill } from '../../../../domain/payments/index.ts';
import type { BookingPolicy } from '../../../../domain/reservations/index.ts';
import { isPaid, settledBy } from '../../provider/index.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import type { Services } from '../../catalogue.ts';
import { shortAmount } from './price.ts';
import { amountOf } from './words.ts';

const METHOD_WORDS: Partial<Record<Method, string>> = {
  payment_link: 'PAYMENT-LINK', upi_transfer: 'UPI-TRANSFER', bank_transfer: 'BANK-TRANSFER', saved_method: 'SAVED-METHOD', wallet: 'WALLET', terminal: 'TERMINAL',
};
const DESCRIPTIONS: Record<string, string> = {
  'PAYMENT-LINK': 'Pay on the page at payment-url', 'UPI-TRANSFER': 'Pay by a UPI request to your address', 'BANK-TRANSFER': 'Pay by transferring to a bank account',
};
export const methodOf = (word: string | undefined): Method | undefined => (Object.keys(METHOD_WORDS) as Method[]).find((method) => METHOD_WORDS[method] === word);

export const TIMING_WORDS = { pre_order: 'PRE-ORDER', pre_fulfillment: 'PRE-FULFILLMENT', post_fulfillment: 'POST-FULFILLMENT' } as const;

/** How soon what is given back is on its way. */
const REFUND_WITHIN = 'PT2H';

/** BKB-9: by the policy that was promised. `agreedMinor` is what tiers are a part of. */
export function refundTerms({ refundTiers, cancelUntilMinutes }: BookingPolicy, agreedMinor: number, currency: string): Fields[] {
  const tiers = [...refundTiers].filter(({ refundPercent }) => refundPercent > 0).sort((a, b) => b.minMinutesBeforeStart - a.minMinutesBeforeStart);
  const confirmed = { name: 'Order Confirmed', code: 'CONFIRMED' };
  const eligible = tiers.map(({ refundPercent, minMinutesBeforeStart }) => ({
    'fulfillment-state': {
      ...confirmed,
      description: `${refundPercent}% refund available if cancelled at least ${inWords(Math.max(minMinutesBeforeStart, cancelUntilMinutes))} before the scheduled charging time`,
    },
    'refund-eligible': true, 'refund-within': REFUND_WITHIN, 'refund-amount': { currency, value: String(amountOf(Math.floor((agreedMinor * refundPercent) / 100), currency)) },
  }));
  const none = { 'fulfillment-state': { ...confirmed, description: 'No refund once the order is confirmed' }, 'refund-eligible': false };
  return [...(eligible.length > 0 ? eligible : [none]), { 'fulfillment-state': { name: 'Charging Active', code: 'ACTIVE' }, 'refund-eligible': false }];
}

const inWords = (minutes: number): string => (minutes === 0 ? '0 minutes' : minutes % 60 === 0 ? `${minutes / 60} hour${minutes === 60 ? '' : 's'}` : `${minutes} minutes`);

/** Ways to pay that are offered, and where to: for the app to choose from. */
export function waysToPay({ ways, bank }: { ways: readonly string[]; bank: Services['bank'] }): Fields {
  return {
    ...(bank.account !== undefined ? { 'bank-details': { 'bank-code': bank.code, 'bank-account-number': bank.account } } : {}),
    'payment-methods': ways.map((code) => ({ code, description: DESCRIPTIONS[code] ?? code })),
  };
}

export interface PaymentWords {
  orderId: string;
  payment: Payment | undefined;
  /** what is to be paid where nobody has begun to */
  due: { minor: bigint; currency: string; timing: keyof typeof TIMING_WORDS };
  at: EpochMs;
  attributes: Fields;
  /** the page on which it was begun to be paid, which is told of as long as the order is */
  page?: { paymentId: string; url: string };
}

export function paymentDetails({ orderId, payment, due, at, attributes, page }: PaymentWords): Fields {
  if (!payment) {
    return {
      'beckn:id': `payment-of-${orderId}`, 'beckn:status': 'NOT-PAID', 'beckn:amount': { currency: due.currency, value: amountOf(due.minor, due.currency) },
      'collected-by': 'BPP', 'payment-type': TIMING_WORDS[due.timing], timestamp: formatMoment(at), 'beckn:paymentAttributes': attributes,
    };
  }
  const { id, method, currency, amountMinor, status, details, timing, reference, providerRef, updatedAt } = payment;
  const url = details.url ?? (page?.paymentId === id ? page.url : undefined);
  return {
    'beckn:id': id, 'beckn:method': METHOD_WORDS[method], 'beckn:status': isPaid(payment) ? 'PAID' : status === 'pending' ? 'NOT-PAID' : status.toUpperCase(),
    'beckn:amount': { currency, value: amountOf(amountMinor, currency) }, 'beckn:txnRef': providerRef ?? reference, 'collected-by': 'BPP',
    ...(url === undefined ? {} : { 'payment-url': url }), 'payment-type': TIMING_WORDS[timing], timestamp: formatMoment(updatedAt),
    'beckn:paymentAttributes': { ...attributes, 'payment-reference': reference },
  };
}

/** BKB-15: what is given back of what was paid, or still owed, in the end. */
export function settlementDetails(payments: readonly PaymentWithRefunds[], bill: ObjectBill): Fields[] {
  const { id, currency } = bill;
  const { backMinor, outstandingMinor, isSettled } = settledBy(bill, payments);
  const entry = (method: string, minor: bigint, status: string, attributes: Fields): Fields => ({
    'beckn:id': `${method.toLowerCase()}-${id}`, 'beckn:method': method, 'beckn:status': status, 'beckn:amount': { currency, value: amountOf(minor, currency) },
    'payment-type': 'POST-FULFILLMENT', 'beckn:paymentAttributes': attributes,
  });
  return [
    ...(backMinor > 0n ? [entry('REFUND', backMinor, isSettled ? 'PAID' : 'NOT-PAID', { 'refund-type': 'OVERCHARGE_REFUND',
      'refund-amount': shortAmount(backMinor, currency) })] : []),
    ...(outstandingMinor > 0n ? [entry('OUTSTANDING', outstandingMinor, 'NOT-PAID', { 'outstanding-amount': shortAmount(outstandingMinor, currency) })] : []),
  ];
}
