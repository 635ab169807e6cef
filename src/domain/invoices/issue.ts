/** Issuing invoices and receipts: whoever calls this has made sure that it may be, and calls it as the last thing of its transaction. */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { loadDriver } from '../drivers/index.ts';
import { findOrganisation, type Context, type Organisation } from '../organisations/index.ts';
import { checkInvoice } from './check-invoice.ts';
import { gstStateCode } from './gst-states.ts';
import { invoiceEvent, type Buyer, type Invoice, type InvoiceContent, type InvoiceInput, type Seller } from './invoice.ts';
import { gstinFor, isCountry, type LegalProfile } from './legal-profile.ts';
import { seriesFor } from './series.ts';
import * as store from './store.ts';
import { findProfile } from './store-profiles.ts';
import { gstTotals, sumParts, taxLines, type TaxRegime, type TaxTotal } from './tax.ts';
import { readTaxId, stateOfGstin } from './tax-id.ts';

/**
 * Issues an invoice in the caller's transaction, or a receipt where the seller has no tax id (INV-2), and gives it the next number of its
 * series, whose row stays locked until the transaction ends (INV-3). The same again under its idempotency key is the first (INV-4).
 *
 * @throws `invalid_request` for what can't be invoiced as it is, `idempotency_key_reused`, `not_found` for a seller or a driver that is not there
 */
export async function issueInvoice(ctx: Context, input: InvoiceInput): Promise<Invoice> {
  checkInvoice(input);
  const known = await store.findByKey(ctx.tx, ctx.network.id, input.idempotencyKey);
  if (known) return sameInvoice(known, input);
  const { buyer, sellerId, about } = input;
  const [organisation, profile, driver] = await Promise.all([
    findOrganisation(ctx.tx, sellerId), findProfile(ctx.tx, sellerId), buyer.driverId === undefined ? undefined : loadDriver(ctx.tx, buyer.driverId),
  ]);
  if (organisation?.networkId !== ctx.network.id) throw notFound('organisation', sellerId);
  if (buyer.driverId !== undefined && driver?.networkId !== ctx.network.id) throw notFound('driver', buyer.driverId);
  const content = contentOf(input, organisation, profile);
  const issued = await record(ctx, {
    id: newId('invoice'), kind: content.regime === 'none' ? 'receipt' : 'invoice', sellerId, about, creditedId: null, driverId: buyer.driverId ?? null,
    providerId: driver?.organisationId ?? (organisation.roles.includes('provider') ? sellerId : null), idempotencyKey: input.idempotencyKey, content,
  });
  return issued ?? sameInvoice((await store.findByKey(ctx.tx, ctx.network.id, input.idempotencyKey))!, input);
}

/** Writes it down under the next number of its series, and tells of it. Undefined where its idempotency key is taken. */
export async function record(ctx: Context, draft: Omit<store.InvoiceDraft, 'networkId'>): Promise<Invoice | undefined> {
  const { content, idempotencyKey, ...rest } = draft;
  const row = { ...draft, networkId: ctx.network.id };
  const given = await store.insertInvoice(ctx.tx, row, seriesFor(draft.kind, content.seller, ctx.now), ctx.now);
  if (!given) return undefined;
  const invoice: Invoice = { ...content, ...rest, networkId: ctx.network.id, ...given };
  await ctx.emit(invoiceEvent(invoice));
  return invoice;
}

function sameInvoice(first: Invoice, { sellerId, about, currency, totalMinor }: InvoiceInput): Invoice {
  const isSame = first.kind !== 'credit_note' && first.sellerId === sellerId && first.about.objectId === about.objectId && first.currency === currency
    && first.totalMinor === totalMinor;
  if (!isSame) throw new DomainError('idempotency_key_reused', 'That idempotency key belongs to another invoice.');
  return first;
}

function contentOf(input: InvoiceInput, organisation: Organisation, profile: LegalProfile | undefined): InvoiceContent {
  const { currency, lines, exclTaxMinor, taxMinor, totalMinor, payments = [], suppliedAt, suppliedUntil, reverseCharge = false } = input;
  const placeOfSupply = placeOf(input, profile);
  const seller = sellerOf(organisation, profile, placeOfSupply);
  const regime: TaxRegime = seller.gstin !== undefined ? 'gst' : seller.vatId !== undefined ? 'vat' : 'none';
  const parts = regime === 'none' ? lines.map(() => []) : taxLines(lines, { reverseCharge });
  const place = placeOfSupply ?? (seller.gstin === undefined ? seller.address?.country : stateOfGstin(seller.gstin));
  return {
    seller, buyer: buyerOf(input.buyer), currency, exclTaxMinor, taxMinor, totalMinor, regime, reverseCharge, suppliedAt, payments: [...payments],
    lines: lines.map(({ kind, name, quantity, unit, unitPrice, taxPercent, ...line }, i) => ({
      number: i + 1, kind, ...(name === undefined ? {} : { name }), quantity, unit, unitPrice, ...(taxPercent === undefined ? {} : { taxPercent }),
      exclTaxMinor: line.exclTaxMinor, taxMinor: line.taxMinor, parts: parts[i]!,
    })),
    taxes: taxTotals(regime, parts.flat(), seller, place), ...(place === undefined ? {} : { placeOfSupply: place }), ...(suppliedUntil === undefined ? {} : { suppliedUntil }),
  };
}

/** By rate, and for GST by whom it is owed to: what comes of the parts of an invoice or a credit note. */
export function taxTotals(regime: TaxRegime, parts: Parameters<typeof sumParts>[0], seller: Seller, placeOfSupply: string | undefined): TaxTotal[] {
  if (regime === 'gst') return gstTotals(parts, stateOfGstin(seller.gstin!), placeOfSupply!);
  return sumParts(parts).map((sum) => ({ ...sum, components: [] }));
}

function placeOf({ placeOfSupply }: InvoiceInput, profile: LegalProfile | undefined): string | undefined {
  if (placeOfSupply === undefined || !profile) return undefined;
  const isIndia = profile.address.country === 'IN';
  const place = isIndia ? gstStateCode(placeOfSupply) : placeOfSupply.toUpperCase();
  if (place !== undefined && (isIndia || isCountry(place))) return place;
  const message = isIndia ? 'must be a state of India' : 'must be a country of ISO 3166-1 in two letters';
  throw new DomainError('invalid_request', `Nothing is supplied in "${placeOfSupply}".`, { errors: [{ pointer: '/placeOfSupply', message }] });
}

function sellerOf({ name }: Organisation, profile: LegalProfile | undefined, placeOfSupply: string | undefined): Seller {
  if (!profile) return { name, numberPrefixes: { invoice: '', creditNote: '' }, timeZone: 'UTC' };
  const { legalName, gstins: _gstins, invoicePrefix, creditNotePrefix, ...rest } = profile;
  const gstin = gstinFor(profile, placeOfSupply);
  return { ...rest, name: legalName, ...(gstin === undefined ? {} : { gstin }), numberPrefixes: { invoice: invoicePrefix, creditNote: creditNotePrefix } };
}

function buyerOf(buyer: Buyer): Buyer {
  const { taxId, state } = buyer;
  return { ...buyer, ...(taxId === undefined ? {} : { taxId: readTaxId(taxId)!.id }), ...(state === undefined ? {} : { state: gstStateCode(state) ?? state }) };
}
