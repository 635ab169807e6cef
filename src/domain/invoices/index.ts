/** Invoices, receipts and credit notes, with numbers that have no gaps. */
export { INVOICE_KINDS, type Buyer, type Invoice, type InvoiceInput, type InvoicePayment, type InvoiceSummary, type IssuedLine, type Seller } from './invoice.ts';
export type { InvoiceLine } from './line.ts';
export { issueInvoice } from './issue.ts';
export { invoiceBill } from './of-bills.ts';
export { issueCreditNote, type CreditInput } from './credit-note.ts';
export { creditInvoice, getInvoice, listInvoices } from './read.ts';
export { getLegalProfile, setLegalProfile } from './profiles.ts';
export type { LegalProfileInput } from './legal-profile.ts';
export type { StoredProfile } from './store-profiles.ts';
export { localDate } from './series.ts';
export { endInvoiceLinks, INVOICE_TOKEN_PATTERN, makeInvoiceLink, readLinkedInvoice } from './links.ts';
export { readTaxId } from './tax-id.ts';
export type { TaxCategory, TaxedPart } from './tax.ts';
export { gstStateName } from './gst-states.ts';
