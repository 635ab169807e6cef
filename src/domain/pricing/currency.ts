/** Currencies of ISO 4217, and the digits of their minor units, as the runtime knows them. */
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const digits = new Map<string, number>();

export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** How many decimals an amount of the currency has: 2 for EUR and INR, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  let known = digits.get(currency);
  if (known === undefined) {
    known = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digits.set(currency, known);
  }
  return known;
}
