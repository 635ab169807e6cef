import { describe, expect, it } from 'vitest';
import { matches, parseFilter, requirementsOf } from '../../../src/protocols/beckn/provider/filter.ts';

const item = {
  'beckn:itemAttributes': { 'ev:connectorType': 'CCS2', 'ev:maxPowerKW': 60, 'ev:amenities': ['HOTEL', 'CAFE'] },
  'beckn:availableAt': [{ 'beckn:gps': { 'schema:latitude': 12.9, 'schema:longitude': 77.6 } }],
  'beckn:availabilityWindow': [{ 'schema:startTime': '2026-01-01T10:00:00Z', 'schema:endTime': '2026-01-01T11:00:00Z' }],
};
const fits = (filter: string): boolean => matches(parseFilter(filter), item);

describe('filters of discovery', () => {
  it.each([
    ["$[?(@.itemAttributes.connector-type == 'CCS2' && @.availableAt[*].gps.latitude >= 12.0 && @.availableAt[*].gps.latitude <= 13.0)]", true],
    ["$[?(@.itemAttributes.connector-type == 'CHAdeMO')]", false],
    ["$[?(@.beckn:itemAttributes.ev:maxPowerKW >= 50)]", true],
    ["$[?@['beckn:itemAttributes']['ev:maxPowerKW'] > 60]", false],
    ["$.catalogs[*].beckn:items[?(@.beckn:itemAttributes.connectorType == 'ccs 2' || @.x == 1)]", true],
    ["$[?(@.beckn:availabilityWindow[?(@.schema:startTime <= '2026-01-01T15:40:00+05:30' && @.schema:endTime >= '2026-01-01T10:30:00Z')])]", true],
    ["$[?(@.beckn:availabilityWindow[?(@.schema:startTime <= '2026-01-01T09:00:00Z')])]", false],
    ["$[?(@.itemAttributes.amenities[*] == 'CAFE' && !(@.itemAttributes.amenities == 'PARK'))]", true],
    ['$[?(@.beckn:availableAt[0].gps)]', true],
    ['$[?(@.beckn:availableAt[1].gps)]', false],
    ["$[?(@.itemAttributes.connectorType != 'CCS2')]", false],
    ["$.catalogs[*].beckn:items[*] ? (@.itemAttributes.connectorType == 'CCS2')", true],
    ["$[?(@.beckn:availabilityWindow.schema:startTime <= '10:30:00' && @.beckn:availabilityWindow.schema:endTime >= '10:45:00')]", true],
    ["$[?(@.beckn:availabilityWindow.schema:startTime <= '09:30:00')]", false],
  ])('BKB-3, check 42: %s', (filter, is) => expect(fits(filter)).toBe(is));

  it.each([
    '', '$', '$[?(@.a == )]', "$[?(@.a == 'x]", '$[?(1)]', '$[?(@.a == 1)] ; DROP', '$[?(@..a)]', '@.a', `$[?(${'('.repeat(50)}@.a${')'.repeat(50)})]`,
      `$[?(${'!'.repeat(50)}@.a)]`,
    `$[?(@.a == '${'x'.repeat(3_000)}')]`, '$[?(@.a[b])]', '$ ? @.a == 1',
  ])('BKB-3, check 42: refuses %s', (filter) => expect(() => parseFilter(filter)).toThrow(/can not be read/));

  it('BKB-3: what every item must have is looked for first', () => {
    expect(requirementsOf(parseFilter("$[?(@.a.connector-type == 'CCS2' && (@.b == 1 || @.c == 2) && @.gps.latitude >= 12)]")))
      .toEqual([{ name: 'connectortype', op: '==', value: 'CCS2' }, { name: 'latitude', op: '>=', value: 12 }]);
  });
});
