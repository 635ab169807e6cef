/** How lines, dates and amounts of an invoice are written for people. */
import { localDate, type Invoice, type InvoiceLine } from '../../../../domain/invoices/index.ts';
import { decimalOfUnits, minorDigits } from '../../../../domain/pricing/index.ts';
import type { EpochMs } from '../../../../platform/clock/index.ts';

const KINDS: Record<string, string> = {
  flat: 'Session fee', reservation_flat: 'Reservation', min_price: 'Up to the minimum price', max_price: 'Down to the maximum price', offer: 'Discount',
  reservation_fee_credit: 'Reservation fee, credited',
};

/** `Energy`, or with a name of its own `Surcharge: Evening`. */
export function wordsOfLine({ kind, name }: Pick<InvoiceLine, 'kind' | 'name'>): string {
  const words = KINDS[kind] ?? `${kind.slice(0, 1).toUpperCase()}${kind.slice(1).replaceAll('_', ' ')}`;
  return name === undefined ? words : `${words}: ${name.replaceAll(/\p{Cc}+/gu, ' ').trim()}`;
}

/** Where the seller is, as `2026-11-21`. */
export function dateOf(at: EpochMs, { seller }: Pick<Invoice, 'seller'>): string {
  return localDate(at, seller.timeZone).toString();
}

/** `109.98` */
export function decimalOf(minor: bigint, { currency }: Pick<Invoice, 'currency'>): string {
  return decimalOfUnits(minor, minorDigits(currency));
}

/** `₹1,09,000.50` */
export function moneyOf(minor: bigint, { currency }: Pick<Invoice, 'currency'>): string {
  const format = new Intl.NumberFormat(currency === 'INR' ? 'en-IN' : 'en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  return format.format(decimalOf(minor, { currency }) as Intl.StringNumericLiteral);
}
