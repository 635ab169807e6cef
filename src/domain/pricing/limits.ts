import { exact, type Fraction } from './decimal.ts';
import type { PriceLimit, Tariff } from './tariff.ts';

export interface Amounts {
  exclTax: Fraction;
  inclTax: Fraction;
}

/** PRC-9: a session costs what the tariff asks at least, and at most; with and without tax each by its own limit. */
export function limitTotals({ minPrice, maxPrice }: Pick<Tariff, 'minPrice' | 'maxPrice'>, sum: Amounts): Amounts {
  const raised = limited(sum, minPrice, (amount, limit) => (amount.compare(limit) < 0 ? limit : amount));
  return limited(raised, maxPrice, (amount, limit) => (amount.compare(limit) > 0 ? limit : amount));
}

/** Where only the limit without tax is given, the tax follows in proportion. */
function limited(amounts: Amounts, limit: PriceLimit | undefined, bound: (amount: Fraction, limit: Fraction) => Fraction): Amounts {
  if (!limit) return amounts;
  const exclTax = bound(amounts.exclTax, exact(limit.exclTax));
  if (limit.inclTax !== undefined) return { exclTax, inclTax: bound(amounts.inclTax, exact(limit.inclTax)) };
  const isChanged = exclTax !== amounts.exclTax;
  if (!isChanged) return amounts;
  return { exclTax, inclTax: amounts.exclTax.equals(0) ? exclTax : amounts.inclTax.mul(exclTax).div(amounts.exclTax) };
}
