import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sum } from './check-invoice.ts';
import type { InvoiceLine } from './line.ts';
import { apportion, gstTotals, offBy, sumParts, taxLines } from './tax.ts';

const line = (exclTaxMinor: bigint, taxMinor: bigint, taxPercent?: string): InvoiceLine => ({
  kind: 'energy', quantity: '1', unit: 'once', unitPrice: '1', exclTaxMinor, taxMinor, ...(taxPercent === undefined ? {} : { taxPercent }),
});
const rates = (lines: readonly InvoiceLine[]) => sumParts(taxLines(lines, { reverseCharge: false }).flat()).map(({ category, percent, exclTaxMinor, taxMinor }) => (
  [category, percent, Number(exclTaxMinor), Number(taxMinor)]));

describe('the tax of an invoice', () => {
  it('INV-5: is told by rate, whatever zeros the rates have', () => {
    expect(rates([line(1000n, 180n, '18'), line(500n, 90n, '18.00'), line(200n, 10n, '5'), line(70n, 0n), line(30n, 0n, '0')])).toEqual([
      ['standard', '18', 1500, 270], ['standard', '5', 200, 10], ['exempt', '0', 70, 0], ['zero', '0', 30, 0],
    ]);
  });

  it('INV-5: what takes off goes to the rate that it fits, or to all by their shares', () => {
    expect(rates([line(1000n, 180n, '18'), line(1000n, 50n, '5'), line(-100n, -18n)])).toEqual([['standard', '18', 900, 162], ['standard', '5', 1000, 50]]);
    expect(rates([line(1000n, 180n, '18'), line(1000n, 50n, '5'), line(-200n, -23n)])).toEqual([['standard', '18', 900, 162], ['standard', '5', 900, 45]]);
    expect(rates([line(100n, 19n)])).toEqual([['standard', '19', 100, 19]]);
  });

  it('INV-5: is none where the buyer owes it', () => {
    expect(sumParts(taxLines([line(100n, 0n, '19')], { reverseCharge: true }).flat())).toEqual([{ category: 'reverse_charge', percent: '0', exclTaxMinor: 100n, taxMinor: 0n }]);
  });

  const amount = fc.bigInt({ min: 0n, max: 10_000_000n });
  const rated = fc.tuple(amount, fc.constantFrom('28', '19', '18', '7', '5', '0')).map(([excl, percent]) => line(excl, (excl * BigInt(percent) + 50n) / 100n, percent));
  const unrated = fc.tuple(fc.bigInt({ min: -10_000n, max: 10_000n }), fc.bigInt({ min: 0n, max: 2_000n })).map(([excl, tax]) => line(excl, excl < 0n ? -tax : tax));

  it('INV-5: sums to every line and to the whole, whatever the lines are', () => {
    fc.assert(fc.property(fc.array(fc.oneof(rated, unrated), { minLength: 1, maxLength: 12 }), (lines) => {
      const parts = taxLines(lines, { reverseCharge: false });
      lines.forEach((one, i) => {
        expect([sum(parts[i]!, 'exclTaxMinor'), sum(parts[i]!, 'taxMinor')]).toEqual([one.exclTaxMinor, one.taxMinor]);
      });
      const totals = sumParts(parts.flat());
      expect([sum(totals, 'exclTaxMinor'), sum(totals, 'taxMinor')]).toEqual([sum(lines, 'exclTaxMinor'), sum(lines, 'taxMinor')]);
    }));
  });

  it('INV-6: halves of GST sum to it exactly, and another state has it whole', () => {
    fc.assert(fc.property(fc.array(rated, { minLength: 1 }), fc.constantFrom('29', '04', '33'), fc.constantFrom('29', '04'), (lines, seller, place) => {
      for (const { category, taxMinor, percent, components } of gstTotals(taxLines(lines, { reverseCharge: false }).flat(), seller, place)) {
        if (category !== 'standard') { expect(components).toEqual([]); continue; }
        expect(sum(components, 'taxMinor')).toBe(taxMinor);
        expect(components.reduce((all, one) => all + Number(one.percent), 0)).toBe(Number(percent));
        expect(components.map(({ name }) => name)).toEqual(seller === place ? ['cgst', place === '04' ? 'utgst' : 'sgst'] : ['igst']);
      }
    }));
  });

  it('INV-6: an odd paisa goes to one of the halves', () => {
    const [total] = gstTotals(taxLines([line(505n, 91n, '18')], { reverseCharge: false }).flat(), '29', '29');
    expect(total!.components).toEqual([{ name: 'cgst', percent: '9', taxMinor: 45n }, { name: 'sgst', percent: '9', taxMinor: 46n }]);
    expect(gstTotals(taxLines([line(100n, 5n, '5')], { reverseCharge: false }).flat(), '29', '29')[0]!.components[0]!.percent).toBe('2.5');
  });

  it('INV-5: divides any amount without loss, and knows how far a tax is from its rate', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.array(amount, { minLength: 1 }), (whole, weights) => {
      fc.pre(weights.some((weight) => weight > 0n));
      expect(apportion(whole, weights).reduce((all, part) => all + part, 0n)).toBe(whole);
    }));
    expect([offBy(1000n, 180n, '18'), offBy(1000n, 182n, '18'), offBy(-1000n, -179n, '18')]).toEqual([0n, 2n, 1n]);
  });
});
