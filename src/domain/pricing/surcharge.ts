import { exact, percentOf, toDecimal, type Decimal } from './decimal.ts';
import type { PriceComponent, PriceComponentType, TariffRestrictions } from './tariff.ts';

/**
 * PRC-12: a price on top of the tariff's while its restrictions hold (seed 001: "Congestion Fee: ₹1/kWh between 6 PM and 9 PM").
 * It knows no steps: what was used counts. A session's reservation has none.
 */
export interface Surcharge {
  id: string;
  /** as drivers read it */
  name: string;
  /** an amount for each kWh or hour, or once; or a share of all that the tariff asks then */
  price: { type: PriceComponentType; amount: Decimal } | { percent: Decimal };
  /** of the amount; of a share it is the tariff's own */
  taxPercent?: Decimal;
  restrictions?: TariffRestrictions;
}

const DECIMALS = 12;

/** A share of a price of the tariff, with its tax (PRC-12); to twelve decimals. */
export function shareOf(base: PriceComponent, percent: Decimal): Pick<PriceComponent, 'price' | 'taxPercent' | 'stepSize'> {
  const price = toDecimal(percentOf(exact(base.price), percent), DECIMALS).replace(/\.?0+$/, '');
  return { price, stepSize: 0, ...(base.taxPercent === undefined ? {} : { taxPercent: base.taxPercent }) };
}
