/** Taking back what was invoiced, in whole or in part: an invoice itself is never changed (INV-9). */
import { DomainError, notFound, type FieldError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import type { Context } from '../organisations/index.ts';
import { decimalOfUnits, exact, minorDigits, toDecimal } from '../pricing/index.ts';
import { sum } from './check-invoice.ts';
import type { Invoice, InvoiceContent, IssuedLine } from './invoice.ts';
import { record, taxTotals } from './issue.ts';
import * as store from './store.ts';
import { apportion, sumParts, type TaxedPart } from './tax.ts';

export interface CreditInput {
  /** so much of these lines, tax included (below zero for a discount), each once; without it, all that is left */
  lines?: readonly { number: number; amountMinor: bigint }[];
  reason: string;
  idempotencyKey: string;
}

/**
 * Issues a credit note in the caller's transaction, for never more than is left of the invoice, line by line, by rate and together. Its
 * amounts are positive. The same again under its idempotency key is the first. Whoever calls this has made sure that it may be.
 *
 * @throws `not_found`, `invalid_state` for a credit note and for an invoice of which nothing is left, `amount_out_of_range` for more than is left
 */
export async function issueCreditNote(ctx: Context, invoiceId: string, { lines: asked, reason, idempotencyKey }: CreditInput): Promise<Invoice> {
  const invoice = await store.lockInvoice(ctx.tx, ctx.network.id, invoiceId);
  if (!invoice) throw notFound('invoice', invoiceId);
  const known = await store.findByKey(ctx.tx, ctx.network.id, idempotencyKey);
  if (known) return sameNote(known, invoiceId);
  if (invoice.kind === 'credit_note') throw new DomainError('invalid_state', 'A credit note is not taken back; issue another invoice.', { status: invoice.kind });
  const left = leftOf(invoice, await store.creditedLines(ctx.tx, invoiceId));
  if (left.length === 0) throw new DomainError('invalid_state', 'Nothing is left of that invoice.', { status: 'credited' });
  const lines = asked === undefined ? left : asked.map(({ number, amountMinor }, i) => partOfLine(left.find((line) => line.number === number), amountMinor, i, invoice.currency));
  if (asked && new Set(asked.map(({ number }) => number)).size < asked.length) throw wrong('/lines', 'must name each line once');
  const content = contentOf(invoice, lines, reason);
  const leftByRate = taxTotals(invoice.regime, left.flatMap(({ parts }) => parts), invoice.seller, invoice.placeOfSupply);
  const isOver = content.taxes.some((tax) => tax.exclTaxMinor > leftByRate.find(({ category, percent }) => category === tax.category && percent === tax.percent)!.exclTaxMinor);
  if (isOver || content.totalMinor > total(left) || content.totalMinor <= 0n) {
    const detail = `A credit note is of more than nothing; ${total(left)} minor units are left of that invoice, and of each rate no more than it has.`;
    throw new DomainError('amount_out_of_range', detail, { left: Number(total(left)) });
  }
  const { sellerId, providerId, driverId, about } = invoice;
  const issued = await record(ctx, { id: newId('invoice'), kind: 'credit_note', sellerId, providerId, driverId, about, creditedId: invoiceId, idempotencyKey, content });
  return issued ?? sameNote((await store.findByKey(ctx.tx, ctx.network.id, idempotencyKey))!, invoiceId); // that of another invoice, at the same time
}

function sameNote(first: Invoice, invoiceId: string): Invoice {
  if (first.creditedId !== invoiceId) throw new DomainError('idempotency_key_reused', 'That idempotency key belongs to something else that was issued.');
  return first;
}

const total = (lines: readonly IssuedLine[]): bigint => sum(lines, 'exclTaxMinor') + sum(lines, 'taxMinor');

/** The lines of an invoice with what is not taken back of them yet; those of which nothing is left are left out. */
export function leftOf({ lines }: Pick<Invoice, 'lines'>, credited: readonly IssuedLine[]): IssuedLine[] {
  return lines.map((line) => {
    const taken = credited.filter(({ number }) => number === line.number);
    const parts = sumParts([...line.parts, ...taken.flatMap((one) => one.parts.map((part) => ({ ...part, exclTaxMinor: -part.exclTaxMinor, taxMinor: -part.taxMinor })))]);
    const exclTaxMinor = line.exclTaxMinor - sum(taken, 'exclTaxMinor');
    return { ...line, parts, exclTaxMinor, taxMinor: line.taxMinor - sum(taken, 'taxMinor') };
  }).filter(({ exclTaxMinor, taxMinor }) => exclTaxMinor !== 0n || taxMinor !== 0n);
}

/** So much of a line, and the tax that lies in it. */
function partOfLine(line: IssuedLine | undefined, amountMinor: bigint, index: number, currency: string): IssuedLine {
  if (!line) throw wrong(`/lines/${index}/line`, 'is no line of which something is left');
  const left = total([line]);
  const [asked, most] = left < 0n ? [-amountMinor, -left] : [amountMinor, left];
  if (asked <= 0n || asked > most) {
    throw new DomainError('amount_out_of_range', `${left} minor units are left of line ${line.number}.`, {
      errors: [{ pointer: `/lines/${index}/amount`, message: `must be more than nothing, and ${left} at most` }], left: Number(left),
    });
  }
  if (asked === most) return line;
  const parts = divide(line.parts.length === 0 ? [line] : line.parts, amountMinor);
  const exclTaxMinor = sum(parts, 'exclTaxMinor');
  return {
    ...line, quantity: '1', unit: 'once', unitPrice: decimalOfUnits(exclTaxMinor, minorDigits(currency)), exclTaxMinor, taxMinor: sum(parts, 'taxMinor'),
    parts: line.parts.map((part, i) => ({ ...part, ...parts[i]! })),
  };
}

type Taxed = Pick<TaxedPart, 'exclTaxMinor' | 'taxMinor'>;

/** So much of all of them together, tax included. */
function divide(parts: readonly Taxed[], amountMinor: bigint): Taxed[] {
  const totals = parts.map(({ exclTaxMinor, taxMinor }) => exclTaxMinor + taxMinor);
  const shares = apportion(amountMinor, totals.map((one) => (amountMinor < 0n ? -one : one)));
  return parts.map(({ taxMinor }, i) => {
    const tax = shares[i] === 0n ? 0n : BigInt(toDecimal(exact(shares[i]!).mul(taxMinor).div(totals[i]!), 0));
    return { exclTaxMinor: shares[i]! - tax, taxMinor: tax };
  });
}

function contentOf(invoice: Invoice, lines: readonly IssuedLine[], reason: string): InvoiceContent {
  const { seller, buyer, currency, regime, placeOfSupply, reverseCharge, suppliedAt, suppliedUntil, number, issuedAt } = invoice;
  const [exclTaxMinor, taxMinor] = [sum(lines, 'exclTaxMinor'), sum(lines, 'taxMinor')];
  return {
    seller, buyer, currency, regime, reverseCharge, suppliedAt, ...(suppliedUntil === undefined ? {} : { suppliedUntil }),
    ...(placeOfSupply === undefined ? {} : { placeOfSupply }),
    lines: [...lines], exclTaxMinor, taxMinor, totalMinor: exclTaxMinor + taxMinor, taxes: taxTotals(regime, lines.flatMap(({ parts }) => parts), seller, placeOfSupply),
    payments: [], reason, credited: { number, issuedAt },
  };
}

function wrong(pointer: string, message: string): DomainError {
  const errors: FieldError[] = [{ pointer, message }];
  return new DomainError('invalid_request', 'That can not be taken back as it is.', { errors });
}
