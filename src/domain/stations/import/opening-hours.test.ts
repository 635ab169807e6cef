import { describe, expect, it } from 'vitest';
import { openingHoursFromAmerican, parseOpeningHours } from './opening-hours.ts';

const spans = (text: string, read = parseOpeningHours) =>
  read(text)?.regularHours.map((span) => `${span.weekday} ${span.periodBegin}-${span.periodEnd}`);

describe('opening hours of OpenStreetMap', () => {
  it.each(['24/7', '24 hours', 'True', 'Mo-Su 00:00-24:00', '00:00-24:00', 'Mo-Su 00:00-00:00'])('knows %s as always open', (text) => {
    expect(parseOpeningHours(text)).toMatchObject({ twentyFourSeven: true, regularHours: [] });
  });

  it('reads days, ranges, several spans, later rules and days off', () => {
    expect(spans('Mo-We,Fr 08:00-12:00,13:00-18:00; We off; PH off')).toEqual([
      '1 08:00-12:00',
      '1 13:00-18:00',
      '2 08:00-12:00',
      '2 13:00-18:00',
      '5 08:00-12:00',
      '5 13:00-18:00',
    ]);
    expect(spans('Sa-Mo 6:00-22:00')).toEqual(['1 06:00-22:00', '6 06:00-22:00', '7 06:00-22:00']);
    expect(spans('Mo 08:00-12:00; PH,Tu 09:00-10:00')).toEqual(['1 08:00-12:00', '2 09:00-10:00']);
  });

  it('carries hours past midnight into the next day', () => {
    expect(spans('Su 20:00-02:00')).toEqual(['1 00:00-02:00', '7 20:00-24:00']);
  });

  it.each([
    '',
    'False',
    'sunrise-sunset',
    'Mo-Fr',
    'Mo-Xx 08:00-10:00',
    'Mo 25:00-26:00',
    'Mo 8-18',
    'Apr-Oct: Mo 08:00-10:00',
    'off',
    `${'- '.repeat(190)}!`,
  ])('IMP-15: does not guess at %s', (text) => {
    expect(parseOpeningHours(text)).toBeUndefined();
  });
});

describe('opening hours as Americans write them', () => {
  it('reads the common forms', () => {
    expect(openingHoursFromAmerican('24 hours daily; pay lot')).toMatchObject({ twentyFourSeven: true });
    expect(spans('MON: 7:00am-6:00pm | TUE: 24 hours | SUN: 12:00pm-12:00am', openingHoursFromAmerican)).toEqual([
      '1 07:00-18:00',
      '2 00:00-24:00',
      '7 12:00-24:00',
    ]);
    expect(spans('Mon-Fri 8am-5pm; Sat 9:30 a.m.-1 p.m.', openingHoursFromAmerican)).toHaveLength(6);
    expect(spans('6am-10pm daily', openingHoursFromAmerican)).toBeUndefined();
  });

  it('IMP-15: does not guess at prose', () => {
    expect(openingHoursFromAmerican('Dealership business hours')).toBeUndefined();
    expect(openingHoursFromAmerican(undefined)).toBeUndefined();
  });
});
