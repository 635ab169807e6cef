/** Tax ids: their form and their check digits. Whether somebody bears one, only its register knows. */
import { checkVAT, type Country } from 'jsvat';
import * as jsvat from 'jsvat';
import { gstStateCode } from './gst-states.ts';

const GSTIN = /^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const VAT_ID = /^[A-Z]{2}[0-9A-Z+*]{2,14}$/;

/** Those whose check digits are known. */
const COUNTRIES = Object.values(jsvat).filter((found): found is Country => typeof found === 'object' && 'calcFn' in found);
const COUNTRY_CODES = new Set(COUNTRIES.flatMap(({ codes }) => codes.slice(0, 1)));
/** Prefixes that are no ISO 3166-1 code of the country they stand for. */
const COUNTRY_OF_PREFIX: Record<string, string> = { EL: 'GR', XI: 'GB' };

export type TaxIdKind = 'gstin' | 'vat';

export interface TaxId {
  kind: TaxIdKind;
  /** without spaces, in capitals */
  id: string;
  /** ISO 3166-1 alpha-2 */
  country: string;
}

/** Reads a GSTIN of India or a VAT id with its country before it; undefined when it is neither, or a check digit is wrong. */
export function readTaxId(text: string): TaxId | undefined {
  const id = text.replaceAll(/[\s.-]/g, '').toUpperCase();
  if (/^[0-9]/.test(id)) return isGstin(id) ? { kind: 'gstin', id, country: 'IN' } : undefined;
  if (!VAT_ID.test(id)) return undefined;
  const prefix = id.slice(0, 2);
  const country = COUNTRY_OF_PREFIX[prefix] ?? prefix;
  const isKnown = COUNTRY_CODES.has(country) && prefix !== 'XI';
  return !isKnown || checkVAT(id, COUNTRIES).isValid ? { kind: 'vat', id, country } : undefined;
}

/** The state of a GSTIN: its first two digits. */
export function stateOfGstin(gstin: string): string {
  return gstin.slice(0, 2);
}

function isGstin(id: string): boolean {
  return GSTIN.test(id) && gstStateCode(stateOfGstin(id)) !== undefined && id.at(-1) === checkDigit(id.slice(0, -1));
}

/** Of modulus 36: each character's value times 1 and 2 in turns, the digits of the product in base 36 added up. */
function checkDigit(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i += 1) {
    const product = ALPHABET.indexOf(body[i]!) * (i % 2 === 0 ? 1 : 2);
    sum += Math.floor(product / 36) + (product % 36);
  }
  return ALPHABET[(36 - (sum % 36)) % 36]!;
}
