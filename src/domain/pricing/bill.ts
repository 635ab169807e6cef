/** PRC-11: money of exact lines. Each is rounded once, half up, and they sum to the total. */
import { minorDigits } from './currency.ts';
import { decimalOfUnits, roundHalfUp, toDecimal, type Decimal, type Fraction } from './decimal.ts';
import type { LineKind, PricedPeriods } from './price-periods.ts';

/** One line of a quote or a bill, in minor units of the currency. */
export interface BillLine {
  /** what it is for; the last two raise or lower the sum to the least or highest price of the tariff */
  kind: LineKind | 'min_price' | 'max_price';
  /** which element of the tariff, from 0 */
  element?: number;
  /** billed: kWh, hours or times, to 6 decimals */
  quantity: Decimal;
  /** of it, as used; less than what is billed where a step was rounded up */
  used: Decimal;
  /** in whole units of the currency */
  unitPrice: Decimal;
  taxPercent?: Decimal;
  exclTaxMinor: bigint;
  taxMinor: bigint;
}

export interface Bill {
  currency: string;
  lines: BillLine[];
  exclTaxMinor: bigint;
  taxMinor: bigint;
  /** both together */
  totalMinor: bigint;
}

const QUANTITY_DECIMALS = 6;

export function billOf(currency: string, { lines, sum, total }: PricedPeriods): Bill {
  const digits = minorDigits(currency);
  const minor = (amount: Fraction): bigint => roundHalfUp(amount, digits);
  const priced = lines.map(({ kind, element, used, billed, unitPrice, taxPercent, exclTax, tax }): BillLine => ({
    kind, element, quantity: toDecimal(billed, QUANTITY_DECIMALS), used: toDecimal(used, QUANTITY_DECIMALS), unitPrice, exclTaxMinor: minor(exclTax), taxMinor: minor(tax),
    ...(taxPercent === undefined ? {} : { taxPercent }),
  }));
  const isLimited = !total.exclTax.equals(sum.exclTax) || !total.inclTax.equals(sum.inclTax);
  const all = isLimited ? [...priced, limitLine(priced, minor(total.exclTax), minor(total.inclTax), digits)] : priced;
  const exclTaxMinor = all.reduce((amount, line) => amount + line.exclTaxMinor, 0n);
  const taxMinor = all.reduce((amount, line) => amount + line.taxMinor, 0n);
  return { currency, lines: all, exclTaxMinor, taxMinor, totalMinor: exclTaxMinor + taxMinor };
}

/** What brings the rounded lines to the limit, exactly. */
function limitLine(lines: readonly BillLine[], exclTaxMinor: bigint, inclTaxMinor: bigint, digits: number): BillLine {
  const difference = exclTaxMinor - lines.reduce((amount, line) => amount + line.exclTaxMinor, 0n);
  const taxDifference = inclTaxMinor - exclTaxMinor - lines.reduce((amount, line) => amount + line.taxMinor, 0n);
  return {
    kind: difference + taxDifference < 0n ? 'max_price' : 'min_price', quantity: '1', used: '1', unitPrice: decimalOfUnits(difference, digits),
    exclTaxMinor: difference, taxMinor: taxDifference,
  };
}
