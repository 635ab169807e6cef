/** What tax is in an invoice, and how it is told: by rate and, for GST, by whom it is owed to (INV-5, INV-6, INV-7). */
import { exact, toDecimal, type Decimal } from '../pricing/index.ts';
import { isUnionTerritory } from './gst-states.ts';
import type { InvoiceLine } from './line.ts';

/** `none`: the seller claims no tax, since it has no tax id. */
export type TaxRegime = 'gst' | 'vat' | 'none';
export type TaxCategory = 'standard' | 'zero' | 'exempt' | 'reverse_charge';

/** What of a line is taxed at a rate. */
export interface TaxedPart {
  category: TaxCategory;
  percent: Decimal;
  exclTaxMinor: bigint;
  taxMinor: bigint;
}

export interface TaxComponent {
  name: 'cgst' | 'sgst' | 'utgst' | 'igst';
  percent: Decimal;
  taxMinor: bigint;
}

export interface TaxTotal extends TaxedPart {
  /** of GST */
  components: TaxComponent[];
}

const keyOf = ({ category, percent }: Pick<TaxedPart, 'category' | 'percent'>): string => `${category} ${percent}`;

/**
 * How each line is taxed. A line with a rate is taxed by it; one without rate or tax is exempt. What takes off, or brings to a limit, has
 * tax and no rate of its own: it goes to the rate that it fits, or, being of several, to all by their shares.
 */
export function taxLines(lines: readonly InvoiceLine[], { reverseCharge }: { reverseCharge: boolean }): TaxedPart[][] {
  const own = lines.map((line) => ownPart(line, reverseCharge));
  const groups = sumParts(own.flatMap((part) => part ?? []));
  return lines.map((line, i) => (own[i] === undefined ? shareOut(line, groups) : [own[i]]));
}

function ownPart({ taxPercent, exclTaxMinor, taxMinor }: InvoiceLine, reverseCharge: boolean): TaxedPart | undefined {
  if (reverseCharge) return { category: 'reverse_charge', percent: '0', exclTaxMinor, taxMinor };
  if (taxPercent !== undefined) {
    const percent = plain(taxPercent);
    return { category: percent === '0' ? 'zero' : 'standard', percent, exclTaxMinor, taxMinor };
  }
  return taxMinor === 0n && exclTaxMinor >= 0n ? { category: 'exempt', percent: '0', exclTaxMinor, taxMinor } : undefined;
}

function shareOut({ exclTaxMinor, taxMinor }: InvoiceLine, groups: readonly TaxedPart[]): TaxedPart[] {
  const fitting = groups.map((group) => ({ group, off: offBy(exclTaxMinor, taxMinor, group.percent) })).filter(({ off }) => off <= 1n)
    .sort((a, b) => Number(a.off - b.off) || Number(b.group.exclTaxMinor - a.group.exclTaxMinor));
  if (fitting[0]) return [{ ...fitting[0].group, exclTaxMinor, taxMinor }];
  const [excl, tax] = [groups.map((group) => group.exclTaxMinor), groups.map((group) => group.taxMinor)];
  if (!hasWeight(excl) || !hasWeight(tax)) return [{ ...rateOf(exclTaxMinor, taxMinor), exclTaxMinor, taxMinor }];
  const [exclShares, taxShares] = [apportion(exclTaxMinor, excl), apportion(taxMinor, tax)];
  return groups.map((group, i) => ({ ...group, exclTaxMinor: exclShares[i]!, taxMinor: taxShares[i]! })).filter((part) => part.exclTaxMinor !== 0n || part.taxMinor !== 0n);
}

/** By how much a tax is another than that rate makes, in minor units. */
export function offBy(exclTaxMinor: bigint, taxMinor: bigint, percent: Decimal): bigint {
  const difference = taxMinor - BigInt(toDecimal(exact(exclTaxMinor).mul(percent).div(100), 0));
  return difference < 0n ? -difference : difference;
}

function rateOf(exclTaxMinor: bigint, taxMinor: bigint): Pick<TaxedPart, 'category' | 'percent'> {
  const percent = exclTaxMinor === 0n || taxMinor === 0n ? '0' : plain(toDecimal(exact(taxMinor).mul(100).div(exclTaxMinor), 2));
  return { category: percent === '0' ? 'exempt' : 'standard', percent };
}

const hasWeight = (weights: readonly bigint[]): boolean => weights.some((weight) => weight > 0n);

/** Divides an amount by shares, so that the parts sum to it; what is left over by rounding goes to the largest share. */
export function apportion(amount: bigint, weights: readonly bigint[]): bigint[] {
  const shares = weights.map((weight) => (weight > 0n ? weight : 0n));
  const sum = shares.reduce((all, share) => all + share, 0n);
  const parts = shares.map((share) => amount * share / sum);
  const largest = shares.indexOf(shares.reduce((most, share) => (share > most ? share : most), 0n));
  parts[largest]! += amount - parts.reduce((all, part) => all + part, 0n);
  return parts;
}

/** By category and rate, the highest first. */
export function sumParts(parts: readonly TaxedPart[]): TaxedPart[] {
  const sums = new Map<string, TaxedPart>();
  for (const part of parts) {
    const sum = sums.get(keyOf(part));
    sums.set(keyOf(part), { ...part, exclTaxMinor: part.exclTaxMinor + (sum?.exclTaxMinor ?? 0n), taxMinor: part.taxMinor + (sum?.taxMinor ?? 0n) });
  }
  return [...sums.values()].sort((a, b) => Number(b.percent) - Number(a.percent) || a.category.localeCompare(b.category));
}

/** Within a state half is the centre's and half the state's (CGST Act 9, SGST Acts, UTGST Act 7), between states all is integrated (IGST Act 5). */
export function gstTotals(parts: readonly TaxedPart[], sellerState: string, placeOfSupply: string): TaxTotal[] {
  return sumParts(parts).map((sum) => {
    if (sum.category !== 'standard') return { ...sum, components: [] };
    if (sellerState !== placeOfSupply) return { ...sum, components: [{ name: 'igst', percent: sum.percent, taxMinor: sum.taxMinor }] };
    const percent = plain(toDecimal(exact(sum.percent).div(2), 6));
    const central = sum.taxMinor / 2n;
    return {
      ...sum, components: [{ name: 'cgst', percent, taxMinor: central }, { name: isUnionTerritory(placeOfSupply) ? 'utgst' : 'sgst', percent, taxMinor: sum.taxMinor - central }],
    };
  });
}

/** Without zeros that say nothing: `18.00` is `18`. */
function plain(percent: Decimal): Decimal {
  return percent.includes('.') ? percent.replace(/\.?0+$/, '') : percent;
}
