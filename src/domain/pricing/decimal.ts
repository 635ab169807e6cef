/** Exact arithmetic: prices, quantities and what comes of them are fractions until money is rounded, once per line. */
import Fraction from 'fraction.js';

/** A number written in decimals, like `0.25`: exact, whatever its length. */
export type Decimal = string;

export const ZERO = new Fraction(0);
export const ONE = new Fraction(1);

const DECIMAL = /^-?\d{1,15}(\.\d{1,12})?$/;

/** Whether a text is a decimal number of at most 15 digits and 12 decimals. */
export function isDecimal(text: string): text is Decimal {
  return DECIMAL.test(text);
}

export function exact(value: Decimal | number | bigint): Fraction {
  return new Fraction(value);
}

/** `value × percent / 100` */
export function percentOf(value: Fraction, percent: Decimal): Fraction {
  return value.mul(percent).div(100);
}

/** Rounded to so many decimals, half up (away from zero), as text: 0.125 to two decimals is `0.13`, -0.125 is `-0.13`. */
export function toDecimal(value: Fraction, decimals: number): Decimal {
  return decimalOfUnits(roundHalfUp(value, decimals), decimals);
}

/** So many units of the last of these decimals: 1234 with two decimals is `12.34`. */
export function decimalOfUnits(units: bigint, decimals: number): Decimal {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return units < 0n ? `-${text}` : text;
}

/** `value × 10^decimals`, rounded half up (away from zero): what an amount comes to in minor units. */
export function roundHalfUp({ s, n, d }: Fraction, decimals: number): bigint {
  return s * ((2n * n * 10n ** BigInt(decimals) + d) / (2n * d));
}

/** The least multiple of `step` that is not less than `value`; `value` itself where there is no step (0). */
export function roundUpTo(value: Fraction, step: number): Fraction {
  return step === 0 ? value : value.div(step).ceil().mul(step);
}

export type { Fraction };
