/** What numbers begin with: each series counts by itself (INV-3). */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { InvoiceKind, Seller } from './invoice.ts';
import { RECEIPT_PREFIXES } from './legal-profile.ts';

export interface Series {
  /** the registration that has series of its own (a GSTIN), or `` for the organisation as such */
  entity: string;
  /** what stands before the number, the year within: `HC2627-` */
  stem: string;
}

/** The series of what is issued now. In India it is of a GSTIN and a financial year (CGST Rules, 46(b)), elsewhere of the organisation and a calendar year. */
export function seriesFor(kind: InvoiceKind, { gstin, vatId, numberPrefixes, timeZone }: Seller, now: EpochMs): Series {
  const isCredit = kind === 'credit_note';
  if (gstin === undefined && vatId === undefined) {
    return { entity: '', stem: `${isCredit ? RECEIPT_PREFIXES.creditNote : RECEIPT_PREFIXES.receipt}${localDate(now, timeZone).year}-` };
  }
  const prefix = isCredit ? numberPrefixes.creditNote : numberPrefixes.invoice;
  return gstin === undefined ? { entity: '', stem: `${prefix}${localDate(now, timeZone).year}-` } : { entity: gstin, stem: `${prefix}${financialYear(now, timeZone)}-` };
}

const FIRST_MONTH = 4;

/** India's, from April to March: 2026-27 is `2627`. */
function financialYear(at: EpochMs, timeZone: string): string {
  const { year, month } = localDate(at, timeZone);
  const first = month >= FIRST_MONTH ? year : year - 1;
  return [first, first + 1].map((one) => String(one % 100).padStart(2, '0')).join('');
}

export function localDate(at: EpochMs, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
}
