import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';

/** Instants outside these years are typing errors; the database and the calendar are not asked about them. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * An instant as callers write it: RFC 3339, or UNIX seconds. Anything else, a time without an offset, and a day that does not
 * exist are `invalid_request`. Fractions are cut to milliseconds. In a query string a `+` that nobody escaped has become a space;
 * before an offset it can't be anything else.
 */
export function parseInstant(value: string | number, pointer: string): EpochMs {
  const ms = typeof value === 'number' ? value * 1000 : parseText(pointer.startsWith('?') ? value.replace(/ (?=\d{2}:\d{2}$)/, '+') : value);
  if (ms === undefined || !Number.isSafeInteger(ms)) throw invalid(pointer, 'must be a time in RFC 3339 with its offset, or UNIX seconds');
  if (ms < EARLIEST || ms >= LATEST) throw invalid(pointer, 'must lie between the years 2000 and 2100');
  return ms;
}

export function parseOptionalInstant(value: string | number | undefined, pointer: string): EpochMs | undefined {
  return value === undefined ? undefined : parseInstant(value, pointer);
}

function parseText(text: string): EpochMs | undefined {
  return /^\d{1,12}$/.test(text) ? Number(text) * 1000 : parseRfc3339(text);
}

function parseRfc3339(text: string): EpochMs | undefined {
  if (!RFC3339.test(text)) return undefined;
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return undefined;
  }
}

function invalid(pointer: string, message: string): DomainError {
  return new DomainError('invalid_request', 'A time is not valid.', { errors: [{ pointer, message }] });
}
