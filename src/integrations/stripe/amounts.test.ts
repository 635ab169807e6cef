import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minorDigits } from '../../domain/pricing/index.ts';
import { fromStripeAmount, toStripeAmount } from './amounts.ts';

/** An amount in whole units and its decimals, as it is written, in our minor units. */
const minor = (amount: string, currency: string): bigint => {
  const [whole = '', decimals = ''] = amount.split('.');
  return BigInt(`${whole}${decimals.padEnd(minorDigits(currency), '0').slice(0, minorDigits(currency))}`);
};

describe("Stripe's amounts", () => {
  it.each([
    ['USD', '10.00', 1000], ['EUR', '0.01', 1], ['INR', '88.40', 8840], ['HUF', '10.45', 1045], ['TWD', '800.45', 80045], // zero decimals in payouts only
    ['JPY', '500', 500], ['KRW', '500', 500], ['CLP', '500', 500], ['VND', '500', 500], ['PYG', '500', 500], ['RWF', '500', 500], ['XAF', '500', 500], ['XPF', '500', 500],
    ['BIF', '500', 500], ['DJF', '500', 500], ['GNF', '500', 500], ['KMF', '500', 500], ['VUV', '500', 500], ['XOF', '500', 500], ['MGA', '500.00', 500],
    ['ISK', '5', 500], ['UGX', '5', 500], // two decimals that are always 00
    ['KWD', '5.120', 5120], ['BHD', '5.120', 5120], ['JOD', '1.000', 1000], ['OMR', '1.010', 1010], ['TND', '1.990', 1990],
    ['IDR', '5000.00', 500000],
  ])('%s %s is %i there', (currency, amount, there) => {
    expect(toStripeAmount(minor(amount, currency), currency)).toBe(there);
    expect(fromStripeAmount(there, currency)).toBe(minor(amount, currency));
  });

  it.each([['KWD', 5124n], ['TND', 1n], ['CLF', 10_001n], ['MGA', 50_020n]])('refuses what Stripe can\'t take exactly: %s %i', (currency, amountMinor) => {
    expect(() => toStripeAmount(amountMinor, currency)).toThrow(expect.objectContaining({ name: 'ProviderRefusal', code: 'amount_not_chargeable' }));
  });

  it('comes back as it went, whatever the currency', () => {
    fc.assert(fc.property(fc.constantFrom(...Intl.supportedValuesOf('currency')), fc.bigInt({ min: 1n, max: 10n ** 12n }), (currency, amountMinor) => {
      let there: number;
      try {
        there = toStripeAmount(amountMinor, currency);
      } catch {
        return; // refused: nothing was rounded
      }
      expect(fromStripeAmount(there, currency)).toBe(amountMinor);
    }));
  });
});
