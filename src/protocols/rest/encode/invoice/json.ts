import { localDate, type Invoice, type InvoiceSummary, type Seller, type StoredProfile } from '../../../../domain/invoices/index.ts';
import type { Encoding } from '../encoding.ts';

export function encodeInvoice(i: Invoice, { time, timeOrNull }: Encoding) {
  const isTaxed = i.regime !== 'none';
  const taxed = (minor: bigint): number | null => (isTaxed ? Number(minor) : null);
  const { name, email, taxId, address, country, state } = i.buyer;
  return {
    id: i.id, object: 'invoice', kind: i.kind, number: i.number, issued: time(i.issuedAt), issue_date: localDate(i.issuedAt, i.seller.timeZone).toString(),
    organisation: i.sellerId,
    provider: i.providerId, driver: i.driverId, about: { object: i.about.object, id: i.about.objectId },
    credits: i.creditedId === null ? null : { id: i.creditedId, number: i.credited!.number, reason: i.reason! },
    seller: encodeSeller(i.seller),
    buyer: {
      name: name ?? null, email: email ?? null, tax_id: taxId ?? null, address: address ?? null, country: country ?? null, state: state ?? null,
    },
    place_of_supply: i.placeOfSupply ?? null, reverse_charge: i.reverseCharge,
    supplied_from: time(i.suppliedAt), supplied_until: timeOrNull(i.suppliedUntil), currency: i.currency.toLowerCase(),
    lines: i.lines.map((line) => ({
      line: line.number, kind: line.kind, name: line.name ?? null, quantity: line.quantity, unit: line.unit, unit_price: line.unitPrice,
      tax_percent: isTaxed ? (line.taxPercent ?? null) : null, excl_tax: taxed(line.exclTaxMinor), tax: taxed(line.taxMinor), amount: Number(line.exclTaxMinor + line.taxMinor),
    })),
    taxes: i.taxes.map(({ category, percent, exclTaxMinor, taxMinor, components }) => ({
      category, percent, excl_tax: Number(exclTaxMinor), tax: Number(taxMinor),
      components: components.map((component) => ({ name: component.name, percent: component.percent, tax: Number(component.taxMinor) })),
    })),
    excl_tax: taxed(i.exclTaxMinor), tax: taxed(i.taxMinor), total: Number(i.totalMinor),
    payments: i.payments.map(({ method, amountMinor, paidAt }) => ({ method, amount: Number(amountMinor), paid: time(paidAt) })), amount_due: Number(dueMinor(i)),
  };
}

/** What is not paid yet. A credit note is not paid: what becomes of its amount is told elsewhere. */
export function dueMinor({ kind, totalMinor, payments }: Pick<Invoice, 'kind' | 'totalMinor' | 'payments'>): bigint {
  return kind === 'credit_note' ? 0n : totalMinor - payments.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

function encodeSeller({ name, gstin, vatId, registrationNumber, address, sacCode, smallPrint }: Seller) {
  return {
    name, gstin: gstin ?? null, vat_id: vatId ?? null, registration_number: registrationNumber ?? null, address: address ? encodeAddress(address) : null,
    sac_code: gstin === undefined ? null : (sacCode ?? null), small_print: smallPrint ?? null,
  };
}

function encodeAddress({ line, city, postalCode, state, country }: StoredProfile['address']) {
  return { line, city, postal_code: postalCode ?? null, state: state ?? null, country };
}

export function encodeLegalProfile(p: StoredProfile, { time }: Encoding) {
  return {
    object: 'legal_profile', organisation: p.organisationId, version: p.version, legal_name: p.legalName,
    address: encodeAddress(p.address), gstins: p.gstins, vat_id: p.vatId ?? null,
    registration_number: p.registrationNumber ?? null, sac_code: p.sacCode, invoice_prefix: p.invoicePrefix, credit_note_prefix: p.creditNotePrefix, time_zone: p.timeZone,
    small_print: p.smallPrint ?? null, created: time(p.createdAt),
  };
}

/** What events tell of it: nothing of the buyer but the driver's id. */
export function encodeInvoiceSummary(s: InvoiceSummary, { time }: Encoding) {
  return {
    id: s.id, object: 'invoice', kind: s.kind, number: s.number, issued: time(s.issuedAt), organisation: s.sellerId, provider: s.providerId, driver: s.driverId,
    about: { object: s.about.object, id: s.about.objectId }, credits: s.creditedId, currency: s.currency.toLowerCase(), total: Number(s.totalMinor),
  };
}
