/** Amounts and links of other people's messages: what is none is undefined. */
import { isCurrency, minorDigits } from '../../../domain/pricing/index.ts';

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
