/** What an invoice is written as: PDF, UBL, and the addresses under which both are read. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convert } from 'xmlbuilder2';
import { issueCreditNote, type Invoice, type InvoiceInput } from '../../src/domain/invoices/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { encodePdf } from '../../src/protocols/rest/encode/invoice/pdf.ts';
import { encodeUbl } from '../../src/protocols/rest/encode/invoice/ubl.ts';
import { GERMANY, INDIA, issue, openSeller } from '../support/invoice-bed.ts';
import { must, openWorld, outcome, type Party, type World } from '../support/world.ts';

// What is read of a document is looked at element by element.
// oxlint-disable-next-line no-explicit-any
type Xml = any;

let w: World;
let indian: Party;
let german: Party;
beforeAll(async () => {
  w = await openWorld();
  [indian, german] = [await openSeller(w, INDIA), await openSeller(w, GERMANY)];
});
afterAll(() => w.close());

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : [value].flat() as T[]);
/** An amount in cents, whether it has attributes or not. */
const cents = (value: Xml): number => Math.round(Number(value?.['#'] ?? value ?? 0) * 100);
const total = (values: Xml[]): number => values.reduce<number>((sum, value) => sum + cents(value), 0);
const read = (i: Invoice): Xml => (convert(encodeUbl(i), { format: 'object' }) as Xml)[i.kind === 'credit_note' ? 'CreditNote' : 'Invoice'];
const sumsOf = (lines: InvoiceInput['lines']): Partial<InvoiceInput> => {
  const exclTaxMinor = lines.reduce((sum, line) => sum + line.exclTaxMinor, 0n);
  const taxMinor = lines.reduce((sum, line) => sum + line.taxMinor, 0n);
  return { lines, exclTaxMinor, taxMinor, totalMinor: exclTaxMinor + taxMinor, currency: 'EUR' };
};
const line = (kind: string, exclTaxMinor: bigint, taxMinor: bigint, more: object = {}): InvoiceInput['lines'][number] => (
  { kind, quantity: '1', unit: 'once', unitPrice: (Number(exclTaxMinor) / 100).toFixed(2), exclTaxMinor, taxMinor, ...more });

/** The calculation rules of EN 16931-1, 6.4.2; which of them do not hold. */
function brokenRules(i: Invoice, doc: Xml): string[] {
  const sums = doc['cac:LegalMonetaryTotal'];
  const lines = list<Xml>(doc['cac:InvoiceLine'] ?? doc['cac:CreditNoteLine']);
  const allowances = list<Xml>(doc['cac:AllowanceCharge']);
  const subtotals = list<Xml>(doc['cac:TaxTotal']['cac:TaxSubtotal']);
  const [net, allowed, taxable, tax] = ['LineExtensionAmount', 'AllowanceTotalAmount', 'TaxExclusiveAmount', 'TaxInclusiveAmount'].map((name) => cents(sums[`cbc:${name}`])) as
    [number, number, number, number];
  const taxTotal = cents(doc['cac:TaxTotal']['cbc:TaxAmount']);
  const ofRate = (items: Xml[], sub: Xml, key: (item: Xml) => Xml, of: string): number => total(items.filter((item) => (
    key(item)['cbc:ID'] === sub['cac:TaxCategory']['cbc:ID'] && key(item)['cbc:Percent'] === sub['cac:TaxCategory']['cbc:Percent'])).map((item) => item[of]));
  const rules: Record<string, boolean> = {
    'BR-CO-10': net === total(lines.map((one) => one['cbc:LineExtensionAmount'])),
    'BR-CO-11': allowed === total(allowances.map((one) => one['cbc:Amount'])),
    'BR-CO-12': sums['cbc:ChargeTotalAmount'] === undefined,
    'BR-CO-13': taxable === net - allowed,
    'BR-CO-14': taxTotal === total(subtotals.map((one) => one['cbc:TaxAmount'])),
    'BR-CO-15': tax === taxable + taxTotal,
    'BR-CO-16': cents(sums['cbc:PayableAmount']) === tax - cents(sums['cbc:PrepaidAmount']),
    // a bill is rounded by line, so that its tax may be some cents off the rounded product; the standard's own check allows for a whole unit
    'BR-CO-17': subtotals.every((sub) => (
      Math.abs(cents(sub['cbc:TaxableAmount']) * Number(sub['cac:TaxCategory']['cbc:Percent']) / 100 - cents(sub['cbc:TaxAmount'])) <= lines.length + 1)),
    'BR-S-08': subtotals.every((sub) => cents(sub['cbc:TaxableAmount']) === ofRate(lines, sub, (one) => one['cac:Item']['cac:ClassifiedTaxCategory'], 'cbc:LineExtensionAmount')
      - ofRate(allowances, sub, (one) => one['cac:TaxCategory'], 'cbc:Amount')),
    'BR-27': lines.every((one) => cents(one['cac:Price']['cbc:PriceAmount']) >= 0),
    'ours: the sums of the invoice': tax === Number(i.totalMinor) && taxTotal === Number(i.taxMinor),
  };
  return Object.keys(rules).filter((name) => !rules[name]);
}

/** The terms that EN 16931-1 wants of every invoice (BR-1 to BR-16, BR-21 to BR-26, BR-45 to BR-48). */
function missingTerms(doc: Xml): string[] {
  const [seller, buyer] = [doc['cac:AccountingSupplierParty']['cac:Party'], doc['cac:AccountingCustomerParty']['cac:Party']];
  const sums = doc['cac:LegalMonetaryTotal'];
  const terms: Record<string, unknown> = {
    'BT-24': doc['cbc:CustomizationID'], 'BT-1': doc['cbc:ID'], 'BT-2': doc['cbc:IssueDate'], 'BT-3': doc['cbc:InvoiceTypeCode'] ?? doc['cbc:CreditNoteTypeCode'],
    'BT-5': doc['cbc:DocumentCurrencyCode'], 'BT-20': doc['cac:PaymentTerms']['cbc:Note'], 'BT-27': seller['cac:PartyLegalEntity']['cbc:RegistrationName'],
    'BT-31 or BT-32': seller['cac:PartyTaxScheme']['cbc:CompanyID'], 'BT-40': seller['cac:PostalAddress']['cac:Country']['cbc:IdentificationCode'],
    'BT-44': buyer['cac:PartyLegalEntity']['cbc:RegistrationName'], 'BT-55': buyer['cac:PostalAddress']['cac:Country']['cbc:IdentificationCode'],
    'BT-106': sums['cbc:LineExtensionAmount'], 'BT-109': sums['cbc:TaxExclusiveAmount'], 'BT-110': doc['cac:TaxTotal']['cbc:TaxAmount'], 'BT-112': sums['cbc:TaxInclusiveAmount'],
    'BT-115': sums['cbc:PayableAmount'], 'BG-23': list(doc['cac:TaxTotal']['cac:TaxSubtotal'])[0], 'BG-25': list(doc['cac:InvoiceLine'] ?? doc['cac:CreditNoteLine'])[0],
  };
  const ofLines = list<Xml>(doc['cac:InvoiceLine'] ?? doc['cac:CreditNoteLine']).flatMap((one) => Object.entries({
    'BT-126': one['cbc:ID'], 'BT-129': one['cbc:InvoicedQuantity'] ?? one['cbc:CreditedQuantity'], 'BT-131': one['cbc:LineExtensionAmount'], 'BT-153': one['cac:Item']['cbc:Name'],
    'BT-146': one['cac:Price']['cbc:PriceAmount'], 'BT-151': one['cac:Item']['cac:ClassifiedTaxCategory']['cbc:ID'],
  }));
  return [...Object.entries(terms), ...ofLines].filter(([, value]) => value === undefined || value === '').map(([name]) => name);
}

describe('an invoice as UBL', () => {
  const rated = fc.tuple(fc.constantFrom('energy', 'time', 'flat'), fc.bigInt({ min: 100n, max: 1_000_000n }), fc.constantFrom('19', '7', '0')).map(
    ([kind, excl, percent]) => line(kind, excl, (excl * BigInt(percent) + 50n) / 100n, { taxPercent: percent }));
  const untaxed = fc.bigInt({ min: 100n, max: 10_000n }).map((excl) => line('parking_time', excl, 0n));
  const off = fc.integer({ min: 0, max: 90 });

  it('INV-12: has the terms of EN 16931, and its sums hold, whatever is sold, taken off, paid and taken back', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(rated, untaxed), { minLength: 1, maxLength: 6 }), off, fc.boolean(), async (lines, percentOff, isPaid) => {
      const before = sumsOf(lines);
      const discount = line('offer', -before.exclTaxMinor! * BigInt(percentOff) / 100n, -before.taxMinor! * BigInt(percentOff) / 100n, { name: 'Hello' });
      const bill = sumsOf(percentOff === 0 ? lines : [...lines, discount]);
      const payments = isPaid ? [{ method: 'card', amountMinor: bill.totalMinor!, paidAt: 1_800_001_800_000 }] : [];
      const invoice = await issue(w, german.organisation.id, { ...bill, payments });
      const part = { reason: 'test', lines: [{ number: 1, amountMinor: 1n }], idempotencyKey: `part ${invoice.id}` };
      const issued = [invoice];
      if (percentOff < 50) issued.push(await w.asSystem((ctx) => issueCreditNote(ctx, invoice.id, part)));
      issued.push(await w.asSystem((ctx) => issueCreditNote(ctx, invoice.id, { reason: 'test', idempotencyKey: `rest ${invoice.id}` })));
      for (const one of issued) {
        const doc = read(one);
        expect([brokenRules(one, doc), missingTerms(doc)]).toEqual([[], []]);
      }
    }), { numRuns: 40 });
  }, 60_000);

  it('INV-12: says reverse charge, exemptions and what a credit note takes back', async () => {
    const buyer = { name: 'Flotte AG', taxId: 'FR40303265045', country: 'FR', email: 'pay@flotte.example' };
    const charged = read(await issue(w, german.organisation.id, { ...sumsOf([line('energy', 4_900n, 0n)]), buyer, reverseCharge: true }));
    expect(charged['cac:TaxTotal']['cac:TaxSubtotal']['cac:TaxCategory']).toMatchObject({ 'cbc:ID': 'AE', 'cbc:TaxExemptionReasonCode': 'VATEX-EU-AE' });
    expect(charged['cac:AccountingCustomerParty']['cac:Party']).toMatchObject({
      'cbc:EndpointID': { '@schemeID': 'EM', '#': 'pay@flotte.example' }, 'cac:PartyTaxScheme': { 'cbc:CompanyID': 'FR40303265045' },
    });
    const exempt = await issue(w, german.organisation.id, sumsOf([line('energy', 4_900n, 0n)]));
    expect(read(exempt)['cac:TaxTotal']['cac:TaxSubtotal']['cac:TaxCategory']).toMatchObject({ 'cbc:ID': 'E', 'cbc:TaxExemptionReason': expect.any(String) });
    const note = read(await w.asSystem((ctx) => issueCreditNote(ctx, exempt.id, { reason: 'broken', idempotencyKey: `note ${exempt.id}` })));
    expect(note['cbc:CreditNoteTypeCode']).toBe('381');
    expect(note['cac:BillingReference']['cac:InvoiceDocumentReference']['cbc:ID']).toBe(exempt.number);
    expect(list(note['cbc:Note'])).toContain('Reason: broken');
  });

  it('INV-12: tells GST as the one tax of the standard, and its shares in a note', async () => {
    const invoice = await issue(w, indian.organisation.id, { buyer: { name: 'Fleet', taxId: '27AAPFU0939F1ZV', state: 'MH', country: 'IN' }, placeOfSupply: '27' });
    const doc = read(invoice);
    expect([brokenRules(invoice, doc), missingTerms(doc)]).toEqual([[], []]);
    expect(doc['cac:AccountingSupplierParty']['cac:Party']['cac:PartyTaxScheme']).toEqual({ 'cbc:CompanyID': '29AAGCB7383J1Z4', 'cac:TaxScheme': { 'cbc:ID': 'GST' } });
    expect(doc['cac:AccountingCustomerParty']['cac:Party']['cac:PartyLegalEntity']['cbc:CompanyID']).toBe('27AAPFU0939F1ZV');
    expect(doc['cbc:Note']).toEqual(['Place of supply: 27 Maharashtra', 'IGST 18 % ₹16.78', 'Tax is not payable on reverse charge', 'Computer generated.']);
    expect(list<Xml>(doc['cac:InvoiceLine'])[0]['cac:Item']['cac:AdditionalItemProperty']).toEqual({ 'cbc:Name': 'SAC', 'cbc:Value': '998714' });
  });

  it('INV-12: is refused for receipts, and for currencies that the standard has no room for', async () => {
    const seller = await openSeller(w);
    const receipt = await issue(w, seller.organisation.id);
    expect(outcome(await seller.api.get(`/v1/invoices/${receipt.id}/invoice.xml`))).toBe('not_supported');
    const dinars = await issue(w, german.organisation.id, { ...sumsOf([line('energy', 4_900n, 931n, { taxPercent: '19' })]), currency: 'KWD' });
    expect(() => encodeUbl(dinars)).toThrow(/two decimals/);
  });
});

describe('an invoice on paper', () => {
  const pages = (pdf: Buffer): number => Number(/\/Count (\d+)/.exec(pdf.toString('latin1'))?.[1]);

  it('INV-13: is a PDF, and always the same', async () => {
    const { id } = await issue(w, indian.organisation.id, { buyer: { name: 'आशा राव' }, payments: [{ method: 'upi', amountMinor: 10_000n, paidAt: 1_800_000_000_000 }] });
    const answer = await fetch(`${w.app.url}/v1/invoices/${id}/invoice.pdf`, { headers: { authorization: `Bearer ${await keyOf(indian)}` } });
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-disposition')]).toEqual([200, 'application/pdf', 'inline; filename="invoice.pdf"']);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    const again = await fetch(`${w.app.url}/v1/invoices/${id}/invoice.pdf`, { headers: { authorization: `Bearer ${await keyOf(indian)}` } });
    expect(Buffer.from(await again.arrayBuffer()).equals(bytes)).toBe(true);
    expect(pages(bytes)).toBe(1);
  });

  it('INV-13: takes as many pages as it has lines, whoever issues it and whatever it is', async () => {
    const many = sumsOf(Array.from({ length: 200 }, (_, i) => line('energy', 100n, 19n, { taxPercent: '19', name: `Slot ${i} ${'word '.repeat(i % 30)}` })));
    const invoice = await issue(w, german.organisation.id, { ...many, buyer: { address: 'A street\nwith a name that is long'.repeat(5) } });
    expect(pages(await encodePdf(invoice))).toBeGreaterThan(6);
    const seller = await openSeller(w);
    expect(pages(await encodePdf(await issue(w, seller.organisation.id)))).toBe(1);
    await w.asSystem(async (ctx) => {
      expect(pages(await encodePdf(await issueCreditNote(ctx, invoice.id, { reason: 'x'.repeat(200), idempotencyKey: `paper ${invoice.id}` })))).toBeGreaterThan(6);
    });
  });
});

describe('the secret address of an invoice', () => {
  const link = async (party: Party, id: string): Promise<string> => {
    const { secret_url: url } = must(await party.api.post(`/v1/invoices/${id}/links`));
    expect(url).toMatch(/\/invoices\/[\w-]{43}$/);
    return url.slice(w.app.url.length);
  };

  it('INV-11: opens the invoice without a key, as PDF, JSON and UBL, until it is ended', async () => {
    const driver = await w.driver();
    const { id, number } = await issue(w, indian.organisation.id, { buyer: { driverId: driver.id } });
    const path = await link({ ...indian, api: driver.api }, id);
    const pdf = await w.anybody.get(path);
    expect([pdf.status, pdf.headers.get('content-type'), pdf.headers.get('x-robots-tag'), String(pdf.body).slice(0, 5)]).toEqual([200, 'application/pdf', 'noindex', '%PDF-']);
    expect(must(await w.anybody.get(`${path}?format=json`))).toEqual(must(await indian.api.get(`/v1/invoices/${id}`)));
    const ubl = await w.anybody.get(`${path}?format=ubl`);
    expect([ubl.headers.get('content-type'), ubl.headers.get('content-disposition')]).toEqual(['application/xml', `inline; filename="${number}.xml"`]);
    expect(ubl.body).toContain(`<cbc:ID>${number}</cbc:ID>`);
    const other = await link(indian, id);
    expect((await w.anybody.get(path)).status).toBe(200);
    must(await indian.api.delete(`/v1/invoices/${id}/links`));
    expect([outcome(await w.anybody.get(path)), outcome(await w.anybody.get(other))]).toEqual(['not_found', 'not_found']);
  });

  it('INV-11: is not found when it is guessed, and nothing that is stored opens anything', async () => {
    const { id } = await issue(w, indian.organisation.id);
    const path = await link(indian, id);
    expect(outcome(await w.anybody.get(`/invoices/${'A'.repeat(43)}`))).toBe('not_found');
    expect(outcome(await w.anybody.get('/invoices/short'))).toBe('invalid_request');
    const rows = await w.db.database.query<{ tokenSha256: string }>(sql`SELECT token_sha256 AS "tokenSha256" FROM invoice_links WHERE invoice_id = ${id}`);
    expect(rows).toHaveLength(1);
    expect(path).not.toContain(rows[0]!.tokenSha256);
    expect(outcome(await w.anybody.get(`/invoices/${rows[0]!.tokenSha256.slice(0, 43)}`))).toBe('not_found');
    expect(outcome(await w.otherOperator.api.post(`/v1/invoices/${id}/links`))).toBe('not_found');
  });

  it('INV-11: an eleventh ends the first', async () => {
    const { id } = await issue(w, indian.organisation.id);
    const paths: string[] = [];
    for (let i = 0; i < 11; i += 1) paths.push(await link(indian, id));
    const outcomes = await Promise.all(paths.map(async (path) => outcome(await w.anybody.get(`${path}?format=json`))));
    expect(outcomes).toEqual(['not_found', ...Array.from({ length: 10 }, () => 200)]);
  });
});

async function keyOf({ api }: Party): Promise<string> {
  return must(await api.post('/v1/api_keys', { name: 'reader', scopes: ['invoices:read'] })).secret;
}
