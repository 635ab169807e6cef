import { describe, expect, it } from 'vitest';
import { isCurrency, minorDigits } from './currency.ts';

describe('currencies', () => {
  it.each([['EUR', 2], ['INR', 2], ['HUF', 2], ['IDR', 2], ['MGA', 2], ['TWD', 2], ['JPY', 0], ['ISK', 0], ['UGX', 0], ['KWD', 3], ['IQD', 3]])(
    '%s has %i digits of ISO 4217, whatever the runtime shows', (currency, digits) => {
      expect([isCurrency(currency), minorDigits(currency)]).toEqual([true, digits]);
    });
});
