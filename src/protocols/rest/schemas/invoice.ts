import Type from 'typebox';
import { INVOICE_KINDS } from '../../../domain/invoices/index.ts';
import { Currency, Id, InstantOut, Nullable, Strict } from './common.ts';

const Text = (maxLength: number, description?: string) => Type.String({ minLength: 1, maxLength, ...(description === undefined ? {} : { description }) });
const Minor = (description: string) => Type.Integer({ description: `${description}, in minor units` });
const OptionalMinor = (description: string) => Nullable(Minor(description));

const AddressFields = { line: Text(200), city: Text(100), postal_code: Text(20), state: Text(100, 'in India by its GST code, by ISO 3166-2 or by its name') };
const Country = Type.String({ pattern: '^[A-Za-z]{2}$', description: 'ISO 3166-1' });

export const LegalProfileIn = Strict({
  legal_name: Text(200),
  address: Strict({
    line: AddressFields.line, city: AddressFields.city, postal_code: Type.Optional(AddressFields.postal_code), state: Type.Optional(AddressFields.state), country: Country,
  }),
  gstins: Type.Optional(Type.Array(Text(20), { maxItems: 38, description: 'registrations for GST, one per state; the first is used where none is of the place of supply' })),
  vat_id: Type.Optional(Text(20, 'with its country before it')), registration_number: Type.Optional(Text(50, 'in a register of companies')),
  sac_code: Type.Optional(Text(8, 'of what is sold, in India; 998714 unless told')),
  invoice_prefix: Type.Optional(Text(4, 'what the numbers of invoices begin with: A–Z, 0–9, / and -; INV unless told')),
  credit_note_prefix: Type.Optional(Text(4, 'the same of credit notes; CN unless told')),
  time_zone: Type.Optional(Text(60, "where its days and years begin; UTC unless told, and Asia/Kolkata in India")), small_print: Type.Optional(Text(1_000)),
});

export const LegalProfileOut = Type.Object({
  object: Type.Literal('legal_profile'), organisation: Id('organisation'), version: Type.Integer(), legal_name: Type.String(),
  address: Type.Object({
    line: Type.String(), city: Type.String(), postal_code: Nullable(Type.String()), state: Nullable(Type.String({ description: 'GST code in India' })), country: Type.String(),
  }),
  gstins: Type.Array(Type.String()), vat_id: Nullable(Type.String()), registration_number: Nullable(Type.String()), sac_code: Type.String(),
  invoice_prefix: Type.String(), credit_note_prefix: Type.String(), time_zone: Type.String(), small_print: Nullable(Type.String()), created: InstantOut,
});

export const CreditNoteIn = Strict({
  reason: Text(200), lines: Type.Optional(Type.Array(Strict({
    line: Type.Integer({ minimum: 1, maximum: 1_000, description: 'its number on the invoice' }),
    amount: Type.Integer({ minimum: -1_000_000_000_000, maximum: 1_000_000_000_000, description: 'how much of it, tax included, in minor units; below zero for a discount' }),
  }), { minItems: 1, maxItems: 1_000, description: 'all that is left, without them' })),
});

const TaxOut = Type.Object({
  category: Type.Enum(['standard', 'zero', 'exempt', 'reverse_charge']), percent: Type.String(), excl_tax: Minor('what is taxed'), tax: Minor('the tax of it'),
  components: Type.Array(Type.Object({ name: Type.Enum(['cgst', 'sgst', 'utgst', 'igst']), percent: Type.String(), tax: Minor('its share') })),
});

export const InvoiceOut = Type.Object({
  id: Id('invoice'), object: Type.Literal('invoice'), kind: Type.Enum([...INVOICE_KINDS]), number: Type.String(), issued: InstantOut,
  issue_date: Type.String({ format: 'date', description: 'where the seller is' }),
  organisation: Id('organisation', 'the seller'), provider: Nullable(Id('organisation', "the driver's")),
  driver: Nullable(Id('driver')), about: Type.Object({ object: Type.String(), id: Type.String() }),
  credits: Nullable(Type.Object({ id: Id('invoice'), number: Type.String(), reason: Type.String() })),
  seller: Type.Object({
    name: Type.String(), gstin: Nullable(Type.String()), vat_id: Nullable(Type.String()), registration_number: Nullable(Type.String()),
    address: Nullable(LegalProfileOut.properties.address), sac_code: Nullable(Type.String()), small_print: Nullable(Type.String()),
  }),
  buyer: Type.Object({
    name: Nullable(Type.String()), email: Nullable(Type.String()), tax_id: Nullable(Type.String()), address: Nullable(Type.String()), country: Nullable(Type.String()),
    state: Nullable(Type.String()),
  }),
  place_of_supply: Nullable(Type.String({ description: 'GST state code, or a country' })), reverse_charge: Type.Boolean(), supplied_from: InstantOut,
  supplied_until: Nullable(InstantOut), currency: Currency,
  lines: Type.Array(Type.Object({
    line: Type.Integer(), kind: Type.String(), name: Nullable(Type.String()), quantity: Type.String(), unit: Type.String(), unit_price: Type.String({ description: 'before tax' }),
    tax_percent: Nullable(Type.String()),
    excl_tax: OptionalMinor('before tax; null on receipts'), tax: OptionalMinor('the tax; null on receipts'), amount: Minor('both together'),
  })),
  taxes: Type.Array(TaxOut, { description: 'by rate; none on receipts' }), excl_tax: OptionalMinor('before tax; null on receipts'), tax: OptionalMinor('all tax; null on receipts'),
  total: Minor('both together'), payments: Type.Array(Type.Object({ method: Type.String(), amount: Minor('what was paid'), paid: InstantOut })),
  amount_due: Minor('what is not paid yet'),
});

export const PDF = 'application/pdf';
export const UBL = 'application/xml';
export const Bytes = Type.String({ format: 'binary' });

export const InvoiceLinkOut = Type.Object({
  object: Type.Literal('invoice_link'), invoice: Id('invoice'), created: InstantOut,
  secret_url: Type.String({ description: 'for whoever is to have the invoice; whoever has it reads it. Shown this once' }),
});
