/** Reading messages one field at a time: what is missing, or of another kind, is undefined. */
import { isDecimal } from '../../../domain/pricing/index.ts';
import { isFields, type Fields } from '../wire/index.ts';

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
export const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' && value.length <= 2_000 ? value.trim() : undefined);

/** The value at a path of names. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), value);
}

/** A number of 0 or more, written as one or as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && isDecimal(value.trim()) ? Number(value) : Number.NaN;
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** The order of a message. */
export const orderOf = (body: Fields): Fields => fieldsOf(at(body, 'message', 'order'));

/** A business that is to be invoiced, in the words that payments keep; some have `GSTIN` before their number. */
export function buyerOf({ taxId, name, address = [] }: { taxId?: string; name?: string; address?: readonly string[] }): Record<string, string> {
  const number = taxId?.replace(/^GSTIN\s*/i, '');
  if (number === undefined) return {};
  const told = { buyer_tax_id: number, buyer_name: name ?? '', buyer_address: address.join(', ') };
  return Object.fromEntries(Object.entries(told).map(([key, value]) => [key, value.slice(0, MOST_CHARS)]));
}

const MOST_CHARS = 200;
