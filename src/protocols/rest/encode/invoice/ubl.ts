/**
 * An invoice or a credit note as UBL 2.1 that conforms to EN 16931 (CEN/TS 16931-3-2). Discounts are allowances of the document, so that no line
 * is below zero. GST is told as the standard's one tax, with the GSTIN as a registration that is no VAT id (BT-32), and its shares in a note.
 */
import { create } from 'xmlbuilder2';
import type { Invoice, IssuedLine, Seller, TaxCategory, TaxedPart } from '../../../../domain/invoices/index.ts';
import { exact, minorDigits, toDecimal } from '../../../../domain/pricing/index.ts';
import { DomainError } from '../../../../platform/errors/index.ts';
import { dueMinor } from './json.ts';
import { notesOf } from './notes.ts';
import { dateOf, decimalOf, wordsOfLine } from './words.ts';

type Element = Record<string, unknown>;

const CATEGORIES: Record<TaxCategory, string> = { standard: 'S', zero: 'Z', exempt: 'E', reverse_charge: 'AE' };
const EXEMPTIONS: Partial<Record<TaxCategory, Element>> = {
  exempt: { 'cbc:TaxExemptionReason': 'No tax is due on this' },
  reverse_charge: { 'cbc:TaxExemptionReasonCode': 'VATEX-EU-AE', 'cbc:TaxExemptionReason': 'Reverse charge' },
};
/** UN/ECE recommendation 20 */
const UNITS: Record<string, string> = { kWh: 'KWH', h: 'HUR', once: 'C62' };
const OTHER_UNIT = 'C62';
const MOST_DECIMALS = 2;
const VAT = { 'cac:TaxScheme': { 'cbc:ID': 'VAT' } };

/** Throws `not_supported` for receipts, which claim no tax, and for currencies with more than two decimals (BR-DEC). */
export function encodeUbl(i: Invoice): string {
  if (i.regime === 'none') throw new DomainError('not_supported', 'A receipt has no form in EN 16931: it claims no tax. Sellers with a tax id issue invoices.');
  if (minorDigits(i.currency) > MOST_DECIMALS) throw new DomainError('not_supported', `EN 16931 has amounts of two decimals at most, and ${i.currency} has more.`);
  const isCredit = i.kind === 'credit_note';
  const name = isCredit ? 'CreditNote' : 'Invoice';
  const parts = partsOf(i);
  const root = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: ' ' }).ele(`urn:oasis:names:specification:ubl:schema:xsd:${name}-2`, name, {
    'xmlns:cac': 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2', 'xmlns:cbc': 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
  });
  root.ele({
    'cbc:CustomizationID': 'urn:cen.eu:en16931:2017', 'cbc:ID': i.number, 'cbc:IssueDate': dateOf(i.issuedAt, i),
    ...(isCredit ? { 'cbc:CreditNoteTypeCode': '381' } : { 'cbc:InvoiceTypeCode': '380' }), 'cbc:Note': notesOf(i), 'cbc:DocumentCurrencyCode': i.currency,
    'cac:InvoicePeriod': { 'cbc:StartDate': dateOf(i.suppliedAt, i), 'cbc:EndDate': dateOf(suppliedUntil(i), i) },
    ...(i.credited ? { 'cac:BillingReference': { 'cac:InvoiceDocumentReference': { 'cbc:ID': i.credited.number, 'cbc:IssueDate': dateOf(i.credited.issuedAt, i) } } } : {}),
    'cac:AccountingSupplierParty': { 'cac:Party': sellerOf(i) }, 'cac:AccountingCustomerParty': { 'cac:Party': buyerOf(i) },
    'cac:Delivery': { 'cbc:ActualDeliveryDate': dateOf(suppliedUntil(i), i) }, 'cac:PaymentTerms': { 'cbc:Note': termsOf(i) },
    'cac:AllowanceCharge': parts.filter(isAllowance).map((part) => allowanceOf(part, i)), 'cac:TaxTotal': taxTotalOf(i), 'cac:LegalMonetaryTotal': totalsOf(parts, i),
    [`cac:${name}Line`]: parts.filter((part) => !isAllowance(part)).map((part) => lineOf(part, i)),
  });
  return root.end({ prettyPrint: true });
}

interface Part extends TaxedPart {
  id: string;
  line: IssuedLine;
  isWhole: boolean;
}

/** Each of one rate: EN 16931 has no line with several. */
function partsOf({ lines }: Invoice): Part[] {
  return lines.flatMap((line) => line.parts.map((part, k) => (
    { ...part, line, isWhole: line.parts.length === 1, id: line.parts.length === 1 ? String(line.number) : `${line.number}.${k + 1}` })));
}

const isAllowance = ({ exclTaxMinor }: Part): boolean => exclTaxMinor < 0n;
const suppliedUntil = ({ suppliedAt, suppliedUntil: until }: Invoice): number => until ?? suppliedAt;
const amount = (minor: bigint, i: Invoice): Element => ({ '@currencyID': i.currency, '#': decimalOf(minor, i) });
const rateOf = ({ category, percent }: TaxedPart): Element => ({ 'cbc:ID': CATEGORIES[category], 'cbc:Percent': percent });

function sellerOf({ seller }: Invoice): Element {
  const { name, address, gstin, vatId, registrationNumber } = seller;
  return {
    ...(gstin === undefined ? {} : { 'cac:PartyIdentification': { 'cbc:ID': gstin } }), 'cac:PostalAddress': addressOf(address!),
    'cac:PartyTaxScheme': { 'cbc:CompanyID': gstin ?? vatId, 'cac:TaxScheme': { 'cbc:ID': gstin === undefined ? 'VAT' : 'GST' } },
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': name, ...(registrationNumber === undefined ? {} : { 'cbc:CompanyID': registrationNumber }) },
  };
}

function addressOf({ line, city, postalCode, state, country }: NonNullable<Seller['address']>): Element {
  return {
    'cbc:StreetName': line, 'cbc:CityName': city, ...(postalCode === undefined ? {} : { 'cbc:PostalZone': postalCode }),
    ...(state === undefined ? {} : { 'cbc:CountrySubentity': state }), 'cac:Country': { 'cbc:IdentificationCode': country },
  };
}

/** A buyer without a name is told by the driver's id, one without a country is taken to be where the seller is: the standard wants both. */
function buyerOf({ buyer, driverId, seller }: Invoice): Element {
  const { name, email, taxId, address, country, state } = buyer;
  const isVatId = taxId !== undefined && /^[A-Z]/.test(taxId);
  return {
    ...(email === undefined ? {} : { 'cbc:EndpointID': { '@schemeID': 'EM', '#': email } }), ...(driverId === null ? {} : { 'cac:PartyIdentification': { 'cbc:ID': driverId } }),
    'cac:PostalAddress': {
      ...(address === undefined ? {} : { 'cbc:StreetName': address.replaceAll(/\s*\n\s*/g, ', ') }), ...(state === undefined ? {} : { 'cbc:CountrySubentity': state }),
      'cac:Country': { 'cbc:IdentificationCode': country ?? seller.address!.country },
    },
    ...(isVatId ? { 'cac:PartyTaxScheme': { 'cbc:CompanyID': taxId, ...VAT } } : {}),
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': name ?? driverId ?? 'Customer', ...(taxId === undefined || isVatId ? {} : { 'cbc:CompanyID': taxId }) },
  };
}

function termsOf(i: Invoice): string {
  if (i.kind === 'credit_note') return 'To be set off or paid back';
  const paid = i.payments.map(({ method, amountMinor, paidAt }) => `${decimalOf(amountMinor, i)} by ${method} on ${dateOf(paidAt, i)}`).join(', ');
  const due = dueMinor(i) > 0n ? 'Due on receipt' : 'Nothing is due';
  return paid === '' ? due : `Paid: ${paid}. ${due}`;
}

function allowanceOf(part: Part, i: Invoice): Element {
  return {
    'cbc:ChargeIndicator': 'false', 'cbc:AllowanceChargeReason': wordsOfLine(part.line), 'cbc:Amount': amount(-part.exclTaxMinor, i),
    'cac:TaxCategory': { ...rateOf(part), ...VAT },
  };
}

function taxTotalOf(i: Invoice): Element {
  return {
    'cbc:TaxAmount': amount(i.taxMinor, i), 'cac:TaxSubtotal': i.taxes.map((tax) => ({
      'cbc:TaxableAmount': amount(tax.exclTaxMinor, i), 'cbc:TaxAmount': amount(tax.taxMinor, i),
      'cac:TaxCategory': { ...rateOf(tax), ...EXEMPTIONS[tax.category], ...VAT },
    })),
  };
}

function totalsOf(parts: readonly Part[], i: Invoice): Element {
  const allowances = parts.filter(isAllowance).reduce((sum, { exclTaxMinor }) => sum - exclTaxMinor, 0n);
  const paid = i.payments.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return {
    'cbc:LineExtensionAmount': amount(i.exclTaxMinor + allowances, i), 'cbc:TaxExclusiveAmount': amount(i.exclTaxMinor, i), 'cbc:TaxInclusiveAmount': amount(i.totalMinor, i),
    ...(allowances === 0n ? {} : { 'cbc:AllowanceTotalAmount': amount(allowances, i) }), ...(paid === 0n ? {} : { 'cbc:PrepaidAmount': amount(paid, i) }),
    'cbc:PayableAmount': amount(i.totalMinor - paid, i),
  };
}

function lineOf(part: Part, i: Invoice): Element {
  const { line, id, exclTaxMinor } = part;
  const { quantity, unit, unitPrice } = isAsPriced(part, i) ? line : { quantity: '1', unit: 'once', unitPrice: decimalOf(exclTaxMinor, i) };
  const { gstin, sacCode } = i.seller;
  return {
    'cbc:ID': id, [i.kind === 'credit_note' ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity']: { '@unitCode': UNITS[unit] ?? OTHER_UNIT, '#': quantity },
    'cbc:LineExtensionAmount': amount(exclTaxMinor, i),
    'cac:Item': {
      'cbc:Name': wordsOfLine(line), 'cac:ClassifiedTaxCategory': { ...rateOf(part), ...VAT },
      ...(gstin === undefined ? {} : { 'cac:AdditionalItemProperty': { 'cbc:Name': 'SAC', 'cbc:Value': sacCode } }),
    },
    'cac:Price': { 'cbc:PriceAmount': { '@currencyID': i.currency, '#': unitPrice } },
  };
}

/** Whether quantity and price make the amount, as they do not where a line has steps, or is a share. */
function isAsPriced({ line, exclTaxMinor, isWhole }: Part, { currency }: Invoice): boolean {
  if (!isWhole || line.unitPrice.startsWith('-') || line.quantity.startsWith('-')) return false;
  const off = BigInt(toDecimal(exact(line.quantity).mul(line.unitPrice).mul(10 ** minorDigits(currency)), 0)) - exclTaxMinor;
  return off >= -1n && off <= 1n;
}
