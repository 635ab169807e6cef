/** Amounts, links and texts of other people's messages: what is none is undefined. And how ours are written. */
import type { ExternalReservation, Facts } from '../../../domain/external/index.ts';
import { decimalOfUnits, isCurrency, minorDigits } from '../../../domain/pricing/index.ts';
import { textOf } from '../provider/index.ts';

const MOST = 1e12;

/** Minor units of an amount in whole ones, which may be negative and may be text. */
export function minorOf(value: unknown, currency: string): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d{1,12}(\.\d{1,6})?$/.test(value.trim()) ? Number(value) : Number.NaN;
  return Number.isFinite(number) && Math.abs(number) < MOST ? Math.round(number * 10 ** minorDigits(currency)) : undefined;
}

export function currencyOf(value: unknown): string | undefined {
  const code = typeof value === 'string' ? value.trim().toUpperCase() : '';
  return /^[A-Z]{3}$/.test(code) && isCurrency(code) ? code : undefined;
}

/** A link for people: of HTTP, and nothing else that an app might open. */
export function linkOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 2_000) return undefined;
  const url = URL.parse(value.trim());
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined;
}

const MOST_CHARS = 300;
export const shortOf = (value: unknown): string | undefined => textOf(value)?.slice(0, MOST_CHARS);

/** Without those that nothing was told of. */
export const defined = (facts: Facts): Facts => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));

/** An amount in whole units. */
export const wholeOf = (minor: number, currency: string): string => decimalOfUnits(BigInt(minor), minorDigits(currency));

/** How much is wanted: energy, an amount, or time; undefined where nothing is said. */
export function wantedOf({ energyWh, amountMinor, currency, start, end }: ExternalReservation['wish']): { value: string; unit: string } | undefined {
  if (energyWh !== null) return { value: String(energyWh / 1_000), unit: 'kWh' };
  if (amountMinor !== null && currency !== null) return { value: wholeOf(amountMinor, currency), unit: currency };
  return start !== null && end !== null ? { value: String(Math.round((end - start) / 60_000)), unit: 'MIN' } : undefined;
}
