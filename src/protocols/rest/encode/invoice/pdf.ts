/** An invoice, a receipt or a credit note on paper. The same one always gives the same bytes (INV-13). */
import { gstStateName, type Invoice, type IssuedLine } from '../../../../domain/invoices/index.ts';
import { dueMinor } from './json.ts';
import { componentsOf, placeOf } from './notes.ts';
import { block, closePage, MARGIN, openPage, pairs, paragraph, room, table, type Column, type Page } from './page.ts';
import { dateOf, moneyOf, wordsOfLine } from './words.ts';

const REGIONS = new Intl.DisplayNames('en', { type: 'region' });

export async function encodePdf(i: Invoice): Promise<Buffer> {
  const title = titleOf(i);
  const texts = JSON.stringify([i.seller, i.buyer, i.lines.map(({ name }) => name), i.payments.map(({ method }) => method), i.reason]);
  const page = openPage({ title: `${title} ${i.number}`, author: i.seller.name, at: new Date(i.issuedAt), texts });
  const half = page.width / 2;
  const seller = block(page, i.seller.name, sellerLines(i), { x: MARGIN, y: MARGIN, width: half - 20, size: 11 });
  const right = { x: MARGIN + half, width: half };
  const heading = block(page, title, [], { ...right, y: MARGIN, size: 16 }) + 6;
  const head = pairs(page, headOf(i), { ...right, y: heading });
  const buyer = block(page, i.kind === 'credit_note' ? 'To' : 'Billed to', buyerLines(i), { x: MARGIN, y: Math.max(seller, head) + 18, width: page.width });
  const lines = table(page, columnsOf(i), i.lines.map((line) => rowOf(line, i)), buyer + 18);
  const taxes = i.taxes.length === 0 ? lines : table(page, TAX_COLUMNS, i.taxes.map((tax) => taxRowOf(tax, i)), room(page, lines + 16, 60));
  const end = sums(page, i, room(page, taxes + 16, 90 + 12 * i.payments.length));
  if (i.seller.smallPrint !== undefined) paragraph(page, i.seller.smallPrint, end + 18);
  return closePage(page, `${title} ${i.number}, ${i.about.object} ${i.about.objectId}`);
}

function titleOf({ kind, regime }: Invoice): string {
  if (kind === 'credit_note') return 'Credit note';
  if (kind === 'receipt') return 'Receipt';
  return regime === 'gst' ? 'Tax invoice' : 'Invoice';
}

function sellerLines({ seller: { address, gstin, vatId, registrationNumber } }: Invoice): string[] {
  return [
    ...(address ? [
      address.line, [address.postalCode, address.city].filter((part) => part !== undefined).join(' '),
      [address.state === undefined ? undefined : stateOf(address.country, address.state), REGIONS.of(address.country)].filter((part) => part !== undefined).join(', '),
    ] : []),
    ...(gstin === undefined ? [] : [`GSTIN ${gstin}`]), ...(vatId === undefined ? [] : [`VAT id ${vatId}`]), ...(registrationNumber === undefined ? [] : [registrationNumber]),
  ];
}

function stateOf(country: string | undefined, state: string): string {
  return country === 'IN' ? `${state} ${gstStateName(state)}` : state;
}

function buyerLines({ buyer: { name, taxId, address, country, state }, driverId }: Invoice): string[] {
  return [
    name ?? driverId ?? 'Customer', ...(address?.split('\n') ?? []),
    ...(state === undefined && country === undefined ? [] : [[state && stateOf(country, state), country && REGIONS.of(country)].filter((part) => part !== undefined).join(', ')]),
    ...(taxId === undefined ? [] : [`${/^[0-9]/.test(taxId) ? 'GSTIN' : 'VAT id'} ${taxId}`]),
  ];
}

function headOf(i: Invoice): [string, string][] {
  const [from, until] = [i.suppliedAt, i.suppliedUntil ?? i.suppliedAt].map((at) => dateOf(at, i)) as [string, string];
  return [
    ['Number', i.number], ['Date', dateOf(i.issuedAt, i)], ['Supplied', from === until ? from : `${from} to ${until}`],
    ...(i.credited ? [['Takes back', `${i.credited.number} of ${dateOf(i.credited.issuedAt, i)}`], ['Reason', i.reason!]] as [string, string][] : []),
    ...(i.regime === 'gst' ? [
      ['Place of supply', placeOf(i)!], ['SAC', i.seller.sacCode!], ['Tax on reverse charge', i.reverseCharge ? 'Yes' : 'No'],
    ] as [string, string][] : i.reverseCharge ? [['Reverse charge', 'The buyer owes the tax']] as [string, string][] : []),
  ];
}

const LINE_COLUMNS: readonly Column[] = [
  { title: '', share: 0.05 }, { title: 'What', share: 0.38 }, { title: 'Quantity', share: 0.15, align: 'right' }, { title: 'Unit price', share: 0.14, align: 'right' },
];
const UNITS: Record<string, string> = { once: '' };

function columnsOf({ regime }: Invoice): Column[] {
  if (regime === 'none') return [...LINE_COLUMNS, { title: 'Amount', share: 0.28, align: 'right' }];
  return [...LINE_COLUMNS, { title: 'Tax', share: 0.12, align: 'right' }, { title: 'Before tax', share: 0.16, align: 'right' }];
}

function rowOf(line: IssuedLine, i: Invoice): string[] {
  const isClaimed = i.regime !== 'none';
  const price = isClaimed || line.taxMinor === 0n ? line.unitPrice : ''; // prices are before tax, and a receipt's amounts are not
  const row = [String(line.number), wordsOfLine(line), `${line.quantity} ${UNITS[line.unit] ?? line.unit}`.trim(), price];
  if (!isClaimed) return [...row, moneyOf(line.exclTaxMinor + line.taxMinor, i)];
  return [...row, [...new Set(line.parts.map(({ percent }) => `${percent}\u00a0%`))].join(', '), moneyOf(line.exclTaxMinor, i)];
}

const TAX_COLUMNS: readonly Column[] = [
  { title: 'Tax', share: 0.2 }, { title: '', share: 0.44 }, { title: 'Before tax', share: 0.18, align: 'right' }, { title: 'Tax', share: 0.18, align: 'right' },
];
const CATEGORIES: Partial<Record<Invoice['taxes'][number]['category'], string>> = { exempt: 'No tax is due', reverse_charge: 'Reverse charge' };

function taxRowOf(tax: Invoice['taxes'][number], i: Invoice): string[] {
  return [CATEGORIES[tax.category] ?? `${tax.percent} %`, componentsOf(tax, i), moneyOf(tax.exclTaxMinor, i), moneyOf(tax.taxMinor, i)];
}

function sums(page: Page, i: Invoice, y: number): number {
  const at = { x: MARGIN + page.width / 2, width: page.width / 2, y };
  const rows: [string, string][] = i.regime === 'none' ? [] : [['Before tax', moneyOf(i.exclTaxMinor, i)], ['Tax', moneyOf(i.taxMinor, i)]];
  const total = `${i.kind === 'credit_note' ? 'Credited' : 'Total'}: ${moneyOf(i.totalMinor, i)} (${i.currency})`;
  const end = block(page, total, [], { ...at, y: pairs(page, rows, at) + 2, size: 12 }) + 6;
  const paid = i.payments.map(({ method, amountMinor, paidAt }): [string, string] => [`Paid ${dateOf(paidAt, i)}`, `${moneyOf(amountMinor, i)} by ${method.replaceAll('_', ' ')}`]);
  return pairs(page, i.kind === 'credit_note' ? [] : [...paid, ['Due', moneyOf(dueMinor(i), i)]], { ...at, y: end });
}
