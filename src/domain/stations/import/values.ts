/** Reading single values out of what strangers wrote: every function answers undefined instead of throwing. */
import { warn } from './record.ts';

export const NAME_LENGTH_MAX = 255;
export const TEXT_LENGTH_MAX = 1_000;

export type JsonObject = Record<string, unknown>;

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asObjects(value: unknown): JsonObject[] {
  return asList(value).map(asObject).filter((item) => item !== undefined);
}

/** A string or a number as a string without surrounding space; undefined if there is nothing in it. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/**
 * A number, also from a string. Undefined where there is none, NaN where there is something that is no number, so that
 * "missing" and "wrong" can be told apart.
 */
export function asNumber(value: unknown, decimalComma = false): number | undefined {
  if (typeof value === 'number') return value;
  const text = asText(value);
  if (text === undefined) return undefined;
  const plain = decimalComma ? text.replace(',', '.') : text;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}

/** A finite number above zero, or undefined: sources write 0 for "not known". */
export function asPositive(value: unknown, decimalComma = false): number | undefined {
  const number = asNumber(value, decimalComma);
  return number !== undefined && Number.isFinite(number) && number > 0 ? number : undefined;
}

const YES = new Set(['true', '1', 'yes', 'y', 'ja', 'oui']);
const NO = new Set(['false', '0', 'no', 'n', 'nein', 'non']);

export function asBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = asText(value)?.toLowerCase();
  if (word === undefined) return undefined;
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

/** A value of a table by a key that a stranger chose: `constructor` and `__proto__` are keys like any other. */
export function lookUp<T>(table: Readonly<Record<string, T>>, key: string | number | undefined): T | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** The member of a closed list that a text names (any case, spaces and hyphens as underscores). */
export function oneOf<T extends string>(list: readonly T[], value: unknown): T | undefined {
  const word = asText(value)?.toUpperCase().replaceAll(/[\s-]+/g, '_');
  return word === undefined ? undefined : list.find((member) => member.toUpperCase() === word);
}

/** The members of a closed list that are named, each once; unknown ones are left out with a warning. */
export function manyOf<T extends string>(list: readonly T[], values: readonly unknown[], field: string, warnings: string[]): T[] {
  const found = new Set<T>();
  for (const value of values) {
    const member = oneOf(list, value);
    if (member !== undefined) found.add(member);
    else if (asText(value) !== undefined) warn(warnings, 'value_unknown', `${field} has no member "${shorten(String(value), 60)}"`);
  }
  return [...found];
}

/**
 * Text for people on one line: control characters, line breaks and runs of space become one space (the database refuses
 * NUL), lone surrogates are replaced, and what is longer than the cap is cut with a warning.
 */
export function cleanText(value: string | undefined, lengthMax: number, field: string, warnings: string[]): string | undefined {
  if (value === undefined) return undefined;
  const text = value.toWellFormed().replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  if (text === '') return undefined;
  if (text.length <= lengthMax) return text;
  warn(warnings, 'text_truncated', `${field} was cut to ${lengthMax} characters`);
  return shorten(text, lengthMax);
}

/** An identity: cleaned like text, never cut, since a cut id would be another id. */
export function cleanRef(value: string | undefined): string | undefined {
  const text = value?.toWellFormed().replaceAll(/\p{Cc}+/gu, ' ').trim();
  return text === '' ? undefined : text;
}

/** The first characters of a text, never half of a surrogate pair. */
export function shorten(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : text.slice(0, lengthMax).replace(/[\uD800-\uDBFF]$/, '').trimEnd();
}

/** An absolute http(s) URL, or undefined; `example.com` gets its scheme. */
export function asUrl(value: unknown): string | undefined {
  const text = asText(value);
  if (text === undefined || text.length > TEXT_LENGTH_MAX) return undefined;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname.includes('.') ? url.href : undefined;
}
