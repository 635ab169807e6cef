import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toE164 } from './phone.ts';

it('PGM-8 reads numbers with their country code, however they are written, and nothing else', () => {
  expect(['+91 98450 12345', '+91-98450-12345', ' +91 (98450) 12345', '+49 1512 3456789', '+290 23456'].map(toE164)).toEqual([
    '+919845012345', '+919845012345', '+919845012345', '+4915123456789', '+29023456',
  ]);
  expect(['98450 12345', '0091 98450 12345', '+', '+0 123', '+49 12', 'call +91 98450 12345', '+91 98450 12345 ext. 7 or so', ''].map(toE164)).toEqual([
    undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
  ]);
});

it('PGM-8 what it reads is E.164, as the database wants it', () => {
  fc.assert(fc.property(fc.constantFrom('+49', '+91', '+1', '+290', '+690', '+43', '+7', '+358', '+'), fc.stringMatching(/^\d{1,18}$/), (code, digits) => {
    const phone = toE164(code + digits);
    if (phone !== undefined) expect(phone).toMatch(/^\+[1-9][0-9]{6,14}$/);
  }), { numRuns: 3_000 });
});
