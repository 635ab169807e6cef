/** Currencies of ISO 4217, as the runtime knows them, and the digits of their minor units. */
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
/**
 * Those that have not two digits, by ISO 4217 (list one). The runtime's digits are how amounts are usually shown: none for HUF and IDR, and
 * others with another version of it, while amounts in minor units are stored.
 */
const DIGITS: Record<string, number> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4,
};

export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** How many decimals an amount of the currency has: 2 for EUR and INR, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  return DIGITS[currency] ?? 2;
}
