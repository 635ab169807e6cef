import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LocationInput } from '../location.ts';
import { contentHashOf, hashOf } from './content-hash.ts';
import { alwaysOpen } from './opening-hours.ts';

const connector = (ref: string) => ({
  ref,
  standard: 'CHADEMO' as const,
  format: 'CABLE' as const,
  powerType: 'DC' as const,
  maxVoltageV: 400,
  maxAmperageA: 125,
  maxPowerW: 50_000,
  tariffIds: ['A', 'B'],
});
const evse = (uid: string) => ({
  uid,
  status: 'UNKNOWN' as const,
  capabilities: ['RESERVABLE' as const, 'RFID_READER' as const],
  directions: [],
  parkingRestrictions: [],
  images: [],
  connectors: [connector('1'), connector('2')],
});
const LOCATION: LocationInput = {
  ref: 'L',
  publish: true,
  name: 'Plaza',
  address: 'Road 1',
  city: 'Mysuru',
  country: 'IND',
  coordinates: { latitude: 12.3, longitude: 76.6 },
  directions: [],
  facilities: ['CAFE', 'WIFI'],
  timeZone: 'Asia/Kolkata',
  openingTimes: alwaysOpen(),
  chargingWhenClosed: true,
  images: [],
  stations: [{ ref: 'S', evses: [evse('a'), evse('b')] }],
};

describe('the hash of a location', () => {
  it('IMP-13: is the same for the same content in another order', () => {
    const reordered: LocationInput = {
      ...(Object.fromEntries(Object.entries(LOCATION).reverse()) as unknown as LocationInput),
      facilities: ['WIFI', 'CAFE'],
      postalCode: undefined,
      stations: [
        {
          ref: 'S',
          evses: [
            evse('b'),
            { ...evse('a'), capabilities: ['RFID_READER', 'RESERVABLE'], connectors: [{ ...connector('2'), tariffIds: ['B', 'A'] }, connector('1')] },
          ],
        },
      ],
    };
    const before = JSON.stringify(reordered);
    expect(contentHashOf(reordered)).toBe(contentHashOf(LOCATION));
    expect(JSON.stringify(reordered)).toBe(before);
    expect(contentHashOf(LOCATION)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with everything that is told', () => {
    const [station] = LOCATION.stations;
    const changes: Partial<LocationInput>[] = [
      { name: 'plaza' },
      { publish: false },
      { coordinates: { latitude: 12.3, longitude: 76.61 } },
      { facilities: ['CAFE'] },
      { stations: [] },
      { operator: { name: 'X' } },
      { stations: [{ ...station!, evses: [evse('a'), { ...evse('b'), status: 'AVAILABLE' }] }] },
      { stations: [{ ...station!, evses: [evse('a'), { ...evse('b'), connectors: [connector('1'), { ...connector('2'), maxPowerW: 49_999 }] }] }] },
      { openingTimes: { ...alwaysOpen(), twentyFourSeven: false, regularHours: [{ weekday: 1, periodBegin: '08:00', periodEnd: '09:00' }] } },
    ];
    const hashes = changes.map((change) => contentHashOf({ ...LOCATION, ...change }));
    expect(new Set([...hashes, contentHashOf(LOCATION)]).size).toBe(changes.length + 1);
  });

  it('IMP-13: of plain data does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        expect(hashOf(Object.fromEntries(Object.entries(data).reverse()))).toBe(hashOf(data));
      }),
    );
  });
});
