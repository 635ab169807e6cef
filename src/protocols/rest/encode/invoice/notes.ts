import { gstStateName, type Invoice } from '../../../../domain/invoices/index.ts';
import { moneyOf } from './words.ts';

const COMPONENTS = { cgst: 'CGST', sgst: 'SGST', utgst: 'UTGST', igst: 'IGST' } as const;

/** `CGST 9 % ₹8.39, SGST 9 % ₹8.39` */
export function componentsOf({ components }: Invoice['taxes'][number], invoice: Invoice): string {
  return components.map(({ name, percent, taxMinor }) => `${COMPONENTS[name]} ${percent} % ${moneyOf(taxMinor, invoice)}`).join(', ');
}

/** `29 Karnataka`, or a country. */
export function placeOf({ regime, placeOfSupply }: Invoice): string | undefined {
  return regime === 'gst' && placeOfSupply !== undefined ? `${placeOfSupply} ${gstStateName(placeOfSupply)}` : placeOfSupply;
}

/** What the law wants said, and what its seller does. */
export function notesOf(i: Invoice): string[] {
  const gst = i.taxes.filter(({ components }) => components.length > 0).map((tax) => componentsOf(tax, i));
  return [
    ...(i.reason === undefined ? [] : [`Reason: ${i.reason}`]), ...(i.reverseCharge ? ['Reverse charge'] : []),
    ...(i.regime === 'gst' ? [`Place of supply: ${placeOf(i)}`, ...gst, ...(i.reverseCharge ? [] : ['Tax is not payable on reverse charge'])] : []),
    ...(i.seller.smallPrint === undefined ? [] : [i.seller.smallPrint]),
  ];
}
