import type { Decimal } from '../pricing/index.ts';

/** A line as a bill has it (PRC-15); discounts are negative. */
export interface InvoiceLine {
  kind: string;
  name?: string;
  quantity: Decimal;
  unit: string;
  /** in whole units of the currency */
  unitPrice: Decimal;
  taxPercent?: Decimal;
  exclTaxMinor: bigint;
  taxMinor: bigint;
}
