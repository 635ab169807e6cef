/** Invoices, receipts and credit notes: what was sold, by whom to whom, and what tax is in it. Money is whole minor units. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { ContextEvent } from '../organisations/index.ts';
import type { LegalProfile } from './legal-profile.ts';
import type { InvoiceLine } from './line.ts';
import type { TaxedPart, TaxRegime, TaxTotal } from './tax.ts';

export const INVOICE_KINDS = ['invoice', 'receipt', 'credit_note'] as const;
export type InvoiceKind = (typeof INVOICE_KINDS)[number];

/** Who sells, as it was when the invoice was issued. Without a legal profile it is known by its name alone. */
export interface Seller extends Partial<Pick<LegalProfile, 'address' | 'registrationNumber' | 'sacCode' | 'smallPrint' | 'vatId'>> {
  name: string;
  /** the registration that this was sold under */
  gstin?: string;
  numberPrefixes: { invoice: string; creditNote: string };
  timeZone: string;
}

/** Who buys. A private customer needs no name: the driver's id stands for them. */
export interface Buyer {
  driverId?: string;
  name?: string;
  email?: string;
  /** of a business: a GSTIN, or a VAT id with its country before it */
  taxId?: string;
  address?: string;
  /** ISO 3166-1 alpha-2 */
  country?: string;
  /** in India, by its code, by ISO 3166-2 or by its name */
  state?: string;
}

export interface IssuedLine extends InvoiceLine {
  /** from 1; a credit note's is that of the line that it takes back */
  number: number;
  /** how it is taxed: more than one where a discount is of things with several rates, none where no tax is claimed */
  parts: TaxedPart[];
}

export interface InvoicePayment {
  /** `wallet`, `upi`, `card`, … */
  method: string;
  amountMinor: bigint;
  paidAt: EpochMs;
}

/** What is to be invoiced. */
export interface InvoiceInput {
  /** the organisation that sells */
  sellerId: string;
  buyer: Buyer;
  /** `session` or `reservation`, and its id */
  about: { object: string; objectId: string };
  currency: string;
  lines: readonly InvoiceLine[];
  exclTaxMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  /** what was paid already; the rest is due */
  payments?: readonly InvoicePayment[];
  suppliedAt: EpochMs;
  suppliedUntil?: EpochMs;
  /** the state, for a seller in India, by its code, by ISO 3166-2 or by its name; elsewhere a country of ISO 3166-1. Unless told, the seller's own */
  placeOfSupply?: string;
  /** the buyer owes the tax; never guessed */
  reverseCharge?: boolean;
  idempotencyKey: string;
}

export interface InvoiceContent {
  seller: Seller;
  buyer: Buyer;
  currency: string;
  lines: IssuedLine[];
  exclTaxMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  regime: TaxRegime;
  /** what is taxed by each rate; empty where no tax is claimed */
  taxes: TaxTotal[];
  /** GST state code, or a country of ISO 3166-1 */
  placeOfSupply?: string;
  /** the buyer owes the tax; only where whoever issued it said so */
  reverseCharge: boolean;
  suppliedAt: EpochMs;
  suppliedUntil?: EpochMs;
  payments: InvoicePayment[];
  /** of a credit note: why, and what it takes back */
  reason?: string;
  credited?: { number: string; issuedAt: EpochMs };
}

export interface Invoice extends InvoiceContent {
  id: string;
  networkId: string;
  kind: InvoiceKind;
  number: string;
  sellerId: string;
  /** the driver's, or the seller itself where that is a provider */
  providerId: string | null;
  driverId: string | null;
  about: { object: string; objectId: string };
  creditedId: string | null;
  issuedAt: EpochMs;
}

/** What events tell of an invoice: nothing of the buyer but the driver's id. Amounts are text, since events are JSON. */
export interface InvoiceSummary extends Pick<Invoice, 'id' | 'kind' | 'number' | 'sellerId' | 'providerId' | 'driverId' | 'about' | 'creditedId' | 'currency' | 'issuedAt'> {
  totalMinor: string;
}

export function invoiceEvent(invoice: Invoice): ContextEvent {
  const { id, kind, number, sellerId, providerId, driverId, about, creditedId, currency, issuedAt, totalMinor } = invoice;
  const data: InvoiceSummary = { id, kind, number, sellerId, providerId, driverId, about, creditedId, currency, issuedAt, totalMinor: String(totalMinor) };
  return {
    type: kind === 'credit_note' ? 'credit_note.issued' : 'invoice.issued', object: 'invoice', objectId: id, objectVersion: 1, isPublic: false,
    audience: [...new Set([sellerId, providerId].flatMap((organisation) => organisation ?? []))], touches: [], data,
  };
}
