/** Who the demo's operators are before the law. They don't exist: no registration has a serial number of nothing but zeros. */
import type { LegalProfileInput } from '../domain/invoices/index.ts';

const GSTINS: Record<string, string> = { 'hakki-charge': '29AAACH0000H1Z9', 'mallige-volt': '29AAACM0000M1ZT', 'beladingalu-energy': '29AAACB0000B1ZR',
  'nagara-plug': '29AAACN0000N1ZQ' };

/** Undefined for who issues receipts. */
export function legalProfileOf(slug: string, name: string): LegalProfileInput | undefined {
  const gstin = GSTINS[slug];
  return gstin === undefined ? undefined : {
    legalName: `${name} Private Limited (demo)`, address: { line: '1 Demo Road', city: 'Bengaluru', postalCode: '560001', state: '29', country: 'IN' }, gstins: [gstin],
    smallPrint: 'Made up for a demo: this is no tax invoice.',
  };
}
