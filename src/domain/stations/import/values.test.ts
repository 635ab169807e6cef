import { describe, expect, it } from 'vitest';
import { countryCodeOf } from './country.ts';
import { isTimeZone } from './time-zone.ts';
import { asBoolean, asNumber, asPositive, asUrl, cleanText, lookUp, manyOf, oneOf, shorten } from './values.ts';

describe('single values', () => {
  it('looks up own keys only', () => {
    const table = { a: 1 };
    expect([lookUp(table, 'a'), lookUp(table, 'constructor'), lookUp(table, '__proto__'), lookUp(table, undefined)]).toEqual([
      1,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('tells missing numbers from wrong ones', () => {
    expect(['12.5', ' -3 ', '.5', '1e3', 7].map((value) => asNumber(value))).toEqual([12.5, -3, 0.5, 1_000, 7]);
    expect(['', undefined, null, {}].map((value) => asNumber(value))).toEqual([undefined, undefined, undefined, undefined]);
    expect(['12,5', '0x10', 'abc', '1 2', '--1'].map((value) => asNumber(value))).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(asNumber('12,5', true)).toBe(12.5);
    expect([asPositive('0'), asPositive('-1'), asPositive('1e999'), asPositive('3')]).toEqual([undefined, undefined, undefined, 3]);
  });

  it('reads words of closed lists in any case', () => {
    expect([oneOf(['ON_STREET'], 'on street'), oneOf(['ON_STREET'], 'On-Street'), oneOf(['ON_STREET'], 'street'), oneOf(['ON_STREET'], 7)]).toEqual([
      'ON_STREET',
      'ON_STREET',
      undefined,
      undefined,
    ]);
    const warnings: string[] = [];
    expect(manyOf(['WIFI', 'CAFE'], ['wifi', 'WIFI', 'casino', null, ''], 'facilities', warnings)).toEqual(['WIFI']);
    expect(warnings).toEqual(['value_unknown: facilities has no member "casino"']);
    expect([asBoolean('True'), asBoolean('0'), asBoolean('maybe')]).toEqual([true, false, undefined]);
  });

  it('cleans and cuts text', () => {
    const warnings: string[] = [];
    expect(cleanText(' a\u0000\u00a0\n b\ud800 ', 255, 'name', warnings)).toBe('a b\ufffd');
    expect(cleanText('\u0000 \t', 255, 'name', warnings)).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(shorten('ab😀', 3)).toBe('ab');
  });

  it('takes web addresses only', () => {
    expect(
      ['https://a.example.com/x', 'a.example.com', 'javascript:alert(1)', 'file:///etc/passwd', 'http://localhost', 'not a url', ''].map(asUrl),
    ).toEqual(['https://a.example.com/x', 'https://a.example.com/', undefined, undefined, undefined, undefined, undefined]);
  });

  it('IMP-4: knows countries by code and name', () => {
    expect(['IN', 'ind', 'India', 'UK', 'Türkiye', 'XK', 'United States'].map(countryCodeOf)).toEqual([
      'IND',
      'IND',
      'IND',
      'GBR',
      'TUR',
      'XKX',
      'USA',
    ]);
    expect(['XX', 'ZZZ', 'Atlantis', '', undefined, 'constructor'].map(countryCodeOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('IMP-7: knows time zones', () => {
    expect(['Asia/Kolkata', 'UTC', 'Mars/Phobos', '+05:30', ''].map(isTimeZone)).toEqual([true, true, false, false, false]);
  });
});
