/** What of an invoice's data is wrong in itself (INV-8). */
import { DomainError, type FieldError } from '../../platform/errors/index.ts';
import { isCurrency, isDecimal } from '../pricing/index.ts';
import { gstStateCode } from './gst-states.ts';
import type { Buyer, InvoiceInput } from './invoice.ts';
import { isCountry } from './legal-profile.ts';
import { offBy } from './tax.ts';
import { readTaxId } from './tax-id.ts';

const MOST_LINES = 1_000;
const MOST_MINOR = 10n ** 15n;

/** Throws `invalid_request` that names all that is wrong. */
export function checkInvoice(input: InvoiceInput): void {
  const errors: FieldError[] = [];
  const wrong = (pointer: string, message: string) => void errors.push({ pointer, message });
  const { currency, lines, exclTaxMinor, taxMinor, totalMinor, payments = [], suppliedAt, suppliedUntil } = input;
  if (!isCurrency(currency)) wrong('/currency', 'must be a currency of ISO 4217');
  if (lines.length === 0 || lines.length > MOST_LINES) wrong('/lines', `must be 1 to ${MOST_LINES}`);
  if (exclTaxMinor !== sum(lines, 'exclTaxMinor')) wrong('/exclTaxMinor', `must be the sum of the lines, which is ${sum(lines, 'exclTaxMinor')}`);
  if (taxMinor !== sum(lines, 'taxMinor')) wrong('/taxMinor', `must be the sum of the lines, which is ${sum(lines, 'taxMinor')}`);
  if (totalMinor !== exclTaxMinor + taxMinor) wrong('/totalMinor', `must be ${exclTaxMinor + taxMinor}`);
  if (totalMinor < 0n || totalMinor > MOST_MINOR) wrong('/totalMinor', 'must be 0 to 10^15: a credit note takes back');
  checkLines(input, wrong);
  payments.forEach(({ amountMinor }, i) => void (amountMinor <= 0n && wrong(`/payments/${i}/amountMinor`, 'must be more than 0')));
  if (sum(payments, 'amountMinor') > totalMinor) wrong('/payments', 'must not be more than the total');
  if (suppliedUntil !== undefined && suppliedUntil < suppliedAt) wrong('/suppliedUntil', 'must not be before suppliedAt');
  if (input.reverseCharge && input.buyer.taxId === undefined) wrong('/buyer/taxId', 'is required: who owes the tax must be known to owe it');
  checkBuyer(input.buyer, wrong);
  if (errors.length > 0) throw new DomainError('invalid_request', 'That can not be invoiced as it is.', { errors });
}

function checkLines({ lines, reverseCharge = false }: InvoiceInput, wrong: (pointer: string, message: string) => void): void {
  lines.forEach(({ quantity, unitPrice, taxPercent, exclTaxMinor, taxMinor }, i) => {
    if (!isDecimal(quantity)) wrong(`/lines/${i}/quantity`, 'must be a decimal number');
    if (!isDecimal(unitPrice)) wrong(`/lines/${i}/unitPrice`, 'must be a decimal number');
    if (reverseCharge && taxMinor !== 0n) wrong(`/lines/${i}/taxMinor`, 'must be 0 where the buyer owes the tax');
    if (taxPercent === undefined || reverseCharge) return;
    if (!isDecimal(taxPercent) || Number(taxPercent) < 0 || Number(taxPercent) > 100) wrong(`/lines/${i}/taxPercent`, 'must be 0 to 100');
    else if (offBy(exclTaxMinor, taxMinor, taxPercent) > 1n) wrong(`/lines/${i}/taxMinor`, `is not ${taxPercent} % of ${exclTaxMinor}`);
  });
}

function checkBuyer({ name, email, taxId, address, country, state }: Buyer, wrong: (pointer: string, message: string) => void): void {
  const limits = { name: [name, 200], email: [email, 200], address: [address, 500], state: [state, 100] } as const;
  for (const [field, [text, most]] of Object.entries(limits)) if (text !== undefined && text.length > most) wrong(`/buyer/${field}`, `must have ${most} characters at most`);
  if (country !== undefined && !isCountry(country)) wrong('/buyer/country', 'must be a country of ISO 3166-1 in two letters');
  if (country === 'IN' && state !== undefined && gstStateCode(state) === undefined) wrong('/buyer/state', 'must be a state of India');
  if (taxId === undefined) return;
  const read = readTaxId(taxId);
  if (!read) wrong('/buyer/taxId', 'is no GSTIN, and no VAT id with its country before it: its form or its check digit is wrong');
  else if (country !== undefined && read.country !== country) wrong('/buyer/taxId', `is of ${read.country}, and the buyer is in ${country}`);
}

export function sum<K extends string>(items: readonly Record<K, bigint>[], key: K): bigint {
  return items.reduce((all, item) => all + item[key], 0n);
}
