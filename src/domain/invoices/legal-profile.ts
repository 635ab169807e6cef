/** Who an organisation is before the law: what stands at the head of its invoices, and what its numbers begin with (INV-1). */
import { DomainError, type FieldError } from '../../platform/errors/index.ts';
import { gstStateCode } from './gst-states.ts';
import { readTaxId, stateOfGstin } from './tax-id.ts';

export interface LegalProfile {
  legalName: string;
  address: {
    line: string;
    city: string;
    postalCode?: string;
    /** GST state code in India */
    state?: string;
    /** ISO 3166-1 alpha-2 */
    country: string;
  };
  /** registrations for GST, one per state; the first is used where none is of the place of supply */
  gstins: readonly string[];
  vatId?: string;
  /** in a register of companies */
  registrationNumber?: string;
  /** services accounting code of what is sold, in India */
  sacCode: string;
  /** what the numbers of invoices begin with, and those of credit notes */
  invoicePrefix: string;
  creditNotePrefix: string;
  /** where its days and years begin and end (IANA); India's is fixed */
  timeZone: string;
  /** printed at the foot */
  smallPrint?: string;
}

export type LegalProfileInput = Pick<LegalProfile, 'legalName' | 'address'> & Partial<LegalProfile>;

/** Charging an EV is a service under heading 9987, SAC 998714 (Karnataka AAR, KAR ADRG 24/2023, Chamundeswari Electricity Supply Corporation). */
const SAC_OF_CHARGING = '998714';
/** What numbers of receipts begin with, and of what takes them back; no profile has them. */
export const RECEIPT_PREFIXES = { receipt: 'RCPT', creditNote: 'RCRF' };
const PREFIX = /^[A-Z0-9/-]{1,4}$/;
const INDIA_TIME = 'Asia/Kolkata';

/** The profile as it is kept, with what was left out. Throws `invalid_request` that names all that is wrong. */
export function checkProfile(input: LegalProfileInput): LegalProfile {
  const errors: FieldError[] = [];
  const wrong = (pointer: string, message: string) => void errors.push({ pointer, message });
  const country = input.address.country.toUpperCase();
  const isIndia = country === 'IN';
  const profile: LegalProfile = {
    ...input, gstins: (input.gstins ?? []).map((gstin) => gstin.trim().toUpperCase()), sacCode: input.sacCode ?? SAC_OF_CHARGING,
    ...(input.vatId === undefined ? {} : { vatId: readTaxId(input.vatId)?.id ?? input.vatId }), address: { ...input.address, country },
    invoicePrefix: (input.invoicePrefix ?? 'INV').toUpperCase(), creditNotePrefix: (input.creditNotePrefix ?? 'CN').toUpperCase(),
    timeZone: isIndia ? INDIA_TIME : (input.timeZone ?? 'UTC'),
  };
  if (!isCountry(country)) wrong('/address/country', 'must be a country of ISO 3166-1 in two letters');
  if (!isTimeZone(profile.timeZone)) wrong('/time_zone', 'must be a time zone of IANA');
  checkPrefixes(profile, wrong);
  profile.gstins.forEach((gstin, i) => {
    if (!isIndia) wrong(`/gstins/${i}`, 'belongs to a seller in India');
    else if (readTaxId(gstin)?.kind !== 'gstin') wrong(`/gstins/${i}`, 'is no GSTIN: its form, its state or its check digit is wrong');
    else if (profile.gstins.findIndex((other) => stateOfGstin(other) === stateOfGstin(gstin)) !== i) wrong(`/gstins/${i}`, 'is the second of its state');
  });
  if (isIndia && input.address.state !== undefined) profile.address.state = gstStateCode(input.address.state) ?? void wrong('/address/state', 'must be a state of India');
  if (isIndia && input.vatId !== undefined) wrong('/vat_id', 'sellers in India have GSTINs');
  else if (profile.vatId !== undefined && readTaxId(profile.vatId)?.kind !== 'vat') wrong('/vat_id', 'is no VAT id with its country before it, or its check digit is wrong');
  if (!/^\d{4,8}$/.test(profile.sacCode)) wrong('/sac_code', 'must be 4 to 8 digits');
  if (errors.length > 0) throw new DomainError('invalid_request', 'That is no legal profile.', { errors });
  return profile;
}

function checkPrefixes({ invoicePrefix, creditNotePrefix }: LegalProfile, wrong: (pointer: string, message: string) => void): void {
  for (const [pointer, prefix] of [['/invoice_prefix', invoicePrefix], ['/credit_note_prefix', creditNotePrefix]] as const) {
    if (!PREFIX.test(prefix)) wrong(pointer, 'must be 1 to 4 of A–Z, 0–9, / and -, since a number has 16 at most');
    else if (Object.values(RECEIPT_PREFIXES).includes(prefix)) wrong(pointer, 'is that of receipts');
  }
  if (invoicePrefix === creditNotePrefix) wrong('/credit_note_prefix', 'must be another than that of invoices');
}

/** The registration under which something is supplied in a state: that of the state, or the first. Undefined without any. */
export function gstinFor({ gstins }: LegalProfile, state: string | undefined): string | undefined {
  return gstins.find((gstin) => stateOfGstin(gstin) === state) ?? gstins[0];
}

const REGIONS = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && REGIONS.of(code) !== undefined;
}

function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
