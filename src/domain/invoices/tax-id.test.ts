import { describe, expect, it } from 'vitest';
import { readTaxId } from './tax-id.ts';

describe('a tax id', () => {
  it.each([
    ['27AAPFU0939F1ZV', 'gstin', 'IN'], ['29aagcb7383j1z4', 'gstin', 'IN'], ['24 AAACC1206D 1ZM', 'gstin', 'IN'], ['DE143454214', 'vat', 'DE'], ['FR 40 303 265 045', 'vat', 'FR'],
    ['EL094259216', 'vat', 'GR'], ['BE0403019261', 'vat', 'BE'], ['NL004495445B01', 'vat', 'NL'], ['CHE-116.281.710 MWST', 'vat', 'CH'], ['XI123456789', 'vat', 'GB'],
  ])('INV-7: %s is one', (text, kind, country) => {
    expect(readTaxId(text)).toEqual({ kind, country, id: text.replaceAll(/[\s.-]/g, '').toUpperCase() });
  });

  it.each([
    ['a wrong check digit', '27AAPFU0939F1ZW'], ['no state of India', '28AAPFU0939F1ZV'], ['too short', '27AAPFU0939F1Z'], ['other letters', '2799PFU0939F1ZV'],
    ['a wrong check digit', 'DE143454215'], ['too short', 'DE14345421'], ['without a country', 'B12345678'], ['nothing', ''], ['a sentence', 'none yet'],
  ])('INV-7: refuses %s', (_what, text) => {
    expect(readTaxId(text)).toBeUndefined();
  });

  it('INV-7: each GSTIN has one check digit', () => {
    const digits = Array.from({ length: 36 }, (_, i) => i.toString(36));
    for (const body of ['27AAPFU0939F1Z', '29AAGCB7383J1Z', '38AAACC1206D1Z']) expect(digits.filter((digit) => readTaxId(body + digit))).toHaveLength(1);
  });
});
