import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../platform/errors/index.ts';
import { comparePlaces, decodeCursor, encodeCursor, firstMatches, sortedPart, type Place } from './order.ts';

const place: fc.Arbitrary<Place> = fc.record({
  primary: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  secondary: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  text: fc.string({ unit: 'grapheme', maxLength: 5 }),
  locationId: fc.string({ maxLength: 5 }),
});

describe('order and cursors', () => {
  it('SRC-40 picks the first of many as sorting all would', () => {
    const match = fc.record({ row: fc.nat(1_000), primary: fc.integer({ min: 0, max: 20 }), secondary: fc.integer({ min: 0, max: 3 }) });
    fc.assert(fc.property(fc.uniqueArray(match, { selector: ({ row }) => row, maxLength: 200 }), fc.integer({ min: 1, max: 60 }), (matches, limit) => {
      const compare = (a: (typeof matches)[0], b: (typeof matches)[0]): number => a.primary - b.primary || a.secondary - b.secondary || a.row - b.row;
      expect(firstMatches(matches, limit, compare)).toEqual(matches.toSorted(compare).slice(0, limit));
    }));
  });

  it('SRC-41 brings a place back from a cursor exactly', () => {
    fc.assert(fc.property(place, (wanted) => {
      const back = decodeCursor('power', encodeCursor('power', wanted));
      expect(comparePlaces(back, wanted)).toBe(0);
      expect(back.locationId).toBe(wanted.locationId);
    }));
  });

  it('SRC-41 keeps cursors short, however long names are', () => {
    const longest = { primary: -1.234567890123456e-300, secondary: -1.234567890123456e-300, text: sortedPart('字'.repeat(5_000)), locationId: `loc_${'0'.repeat(26)}` };
    expect(encodeCursor('free_time', longest).length).toBeLessThan(500);
  });

  it('SRC-41 refuses any string that is no cursor of the sort, and fails in no other way', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), place.map((one) => encodeCursor('name', one)), fc.json().map((text) => Buffer.from(text).toString('base64url'))), (cursor) => {
      expect(() => decodeCursor('power', cursor)).toThrow(DomainError);
    }));
  });
});
