import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../platform/clock/index.ts';
import {
  createSearchIndex, prepareSearch, pruneBusy, putBusy, putLocation, putStatus, removeLocation, search, sizeOf, type SearchIndex, type SearchQuery,
} from './index.ts';
import { expectedHits, type Known } from './search-oracle.ts';
import { busyTimes, entryOf, NOW, plainEntry, plainEvse, queryIn, REGIONS, samplePrice, sampleRating } from './search-samples.ts';

const CIRCLE: SearchQuery = { networkId: 'net', area: { type: 'circle', latitude: 12.58, longitude: 77.05, radiusM: 1_000 } };
const slot = { start: NOW - (NOW % HOUR_MS) + 24 * HOUR_MS, end: NOW - (NOW % HOUR_MS) + 25 * HOUR_MS };
const found = (index: SearchIndex, query: SearchQuery = CIRCLE): string[] => search(index, query, NOW).items.map(({ locationId }) => locationId);

function filled(...entries: Parameters<typeof plainEntry>[0][]): SearchIndex {
  const index = createSearchIndex();
  for (const entry of entries) putLocation(index, plainEntry(entry));
  return index;
}

describe('changes to the index', () => {
  it('SRC-2 shows a new, moved, renamed or removed location to the next search, prepared or not', () => {
    for (const prepare of [() => undefined, prepareSearch]) {
      const index = filled({});
      prepare(index);
      expect(found(index)).toEqual(['loc-1']);
      putLocation(index, plainEntry({ latitude: 13 }));
      expect(found(index)).toEqual([]);
      putLocation(index, plainEntry({ name: 'Channapatna' }));
      expect(found(index)).toEqual(['loc-1']);
      expect(found(index, { networkId: 'net', text: 'channa' })).toEqual(['loc-1']);
      expect(found(index, { networkId: 'net', text: 'plaza' })).toEqual([]);
      putLocation(index, plainEntry({ locationId: 'loc-2' }));
      expect(found(index)).toEqual(['loc-1', 'loc-2']);
      removeLocation(index, 'loc-1');
      expect(found(index)).toEqual(['loc-2']);
      expect(found(index, { networkId: 'net', text: 'channa' })).toEqual([]);
    }
  });

  it('SRC-3 comes to the same when a change is told twice, or busy times before their location', () => {
    const once = filled({});
    putBusy(once, 'loc-1-evse', [slot]);
    putStatus(once, 'loc-1-evse', 'CHARGING');
    const twice = createSearchIndex();
    for (let i = 0; i < 2; i++) putBusy(twice, 'loc-1-evse', [slot]);
    for (let i = 0; i < 2; i++) putLocation(twice, plainEntry());
    for (let i = 0; i < 2; i++) putStatus(twice, 'loc-1-evse', 'CHARGING');
    for (const query of [CIRCLE, { ...CIRCLE, window: slot }, { ...CIRCLE, availableNow: true }]) {
      expect(search(twice, query, NOW)).toEqual(search(once, query, NOW));
    }
    expect(found(once, { ...CIRCLE, window: slot })).toEqual([]);
    expect(sizeOf(twice)).toEqual(sizeOf(once));
    for (let i = 0; i < 2; i++) removeLocation(twice, 'loc-1');
    expect(sizeOf(twice)).toEqual({ networks: 0, locations: 0, evses: 0, connectors: 0, busyEvses: 0 });
  });

  it('SRC-3 knows the busy times of a location that was taken out and comes back', () => {
    const index = filled({});
    putBusy(index, 'loc-1-evse', [slot]);
    removeLocation(index, 'loc-1');
    putLocation(index, plainEntry());
    expect(found(index, { ...CIRCLE, window: slot })).toEqual([]);
    putBusy(index, 'loc-1-evse', []);
    removeLocation(index, 'loc-1');
    putLocation(index, plainEntry());
    expect(found(index, { ...CIRCLE, window: slot })).toEqual(['loc-1']);
  });

  it('SRC-3 tells whether the EVSE of a status is known', () => {
    const index = filled({});
    expect(putStatus(index, 'loc-1-evse', 'OUTOFORDER')).toBe(true);
    expect(putStatus(index, 'evse-nowhere', 'OUTOFORDER')).toBe(false);
    expect(search(index, CIRCLE, NOW).items[0]!.evses[0]!.status).toBe('OUTOFORDER');
  });

  it('SRC-4 gives an EVSE to the location that named it last, with its busy times', () => {
    const moving = plainEvse('evse-moving');
    const index = filled({ locationId: 'loc-1', evses: [moving] });
    putBusy(index, 'evse-moving', [slot]);
    putLocation(index, plainEntry({ locationId: 'loc-2', evses: [moving] }));
    expect(found(index)).toEqual(['loc-2']);
    expect(found(index, { ...CIRCLE, window: slot })).toEqual([]);
    putLocation(index, plainEntry({ locationId: 'loc-1', evses: [] }));
    putBusy(index, 'evse-moving', []);
    expect(found(index, { ...CIRCLE, window: slot })).toEqual(['loc-2']);
    removeLocation(index, 'loc-1');
    expect(putStatus(index, 'evse-moving', 'CHARGING')).toBe(true);
    expect(found(index, { ...CIRCLE, availableNow: true })).toEqual([]);
  });

  it('SRC-5 keeps networks apart, also when a row goes from one to the other', () => {
    const index = filled({ locationId: 'loc-a', networkId: 'net' }, { locationId: 'loc-b', networkId: 'net' });
    prepareSearch(index);
    removeLocation(index, 'loc-a');
    putLocation(index, plainEntry({ locationId: 'loc-c', networkId: 'other', name: 'Maddur Plaza' }));
    prepareSearch(index);
    expect(found(index)).toEqual(['loc-b']);
    expect(found(index, { ...CIRCLE, networkId: 'other' })).toEqual(['loc-c']);
    expect(found(index, { networkId: 'net', text: 'plaza' })).toEqual(['loc-b']);
    putLocation(index, plainEntry({ locationId: 'loc-b', networkId: 'other' }));
    expect(found(index)).toEqual([]);
    expect(found(index, { ...CIRCLE, networkId: 'other' })).toEqual(['loc-b', 'loc-c']);
    expect(sizeOf(index).networks).toBe(1);
    expect(found(index, { ...CIRCLE, networkId: 'nowhere' })).toEqual([]);
  });

  it('SRC-6 refuses what a location can not have, and changes nothing', () => {
    const index = filled({});
    const before = search(index, CIRCLE, NOW);
    const bad: Parameters<typeof plainEntry>[0][] = [
      { latitude: Number.NaN }, { latitude: 91 }, { longitude: -181 }, { timeZone: 'Mars/Olympus' },
      { bookable: { ...plainEntry().bookable, gridMinutes: 0 } }, { facilities: ['POOL' as 'CAFE'] },
      { openingTimes: { ...plainEntry().openingTimes, twentyFourSeven: false, regularHours: [{ weekday: 8, periodBegin: '08:00', periodEnd: '09:00' }] } },
      { evses: [plainEvse('evse', { status: 'ASLEEP' as 'AVAILABLE' })] }, { evses: [plainEvse('evse', { capabilities: ['FLY' as 'RESERVABLE'] })] },
      { evses: [plainEvse('evse', { connectors: [{ ...plainEvse('evse').connectors[0]!, standard: 'PLUG' as 'CHADEMO' }] })] },
      { evses: [plainEvse('evse', { connectors: [{ ...plainEvse('evse').connectors[0]!, maxPowerW: -1 }] })] },
    ];
    for (const changes of bad) expect(() => putLocation(index, plainEntry({ name: 'Bad', ...changes })), JSON.stringify(changes)).toThrow(RangeError);
    expect(search(index, CIRCLE, NOW)).toEqual(before);
    expect(found(index, { networkId: 'net', text: 'bad' })).toEqual([]);
  });

  it('SRC-8 forgets the past when told to, and nothing else', () => {
    const index = filled({ evses: [plainEvse('a'), plainEvse('b')] });
    putBusy(index, 'a', [{ start: NOW - 2 * HOUR_MS, end: NOW }, slot]);
    putBusy(index, 'b', [{ start: NOW - 2 * HOUR_MS, end: NOW }]);
    putBusy(index, 'stray', [{ start: NOW - 2 * HOUR_MS, end: NOW }]);
    putBusy(index, 'stray-too', [{ start: NOW - 2 * HOUR_MS, end: NOW + 1 }]);
    const before = search(index, { ...CIRCLE, window: slot }, NOW);
    pruneBusy(index, NOW);
    expect(sizeOf(index).busyEvses).toBe(1);
    expect(index.busy).toMatchObject({ length: 2, unused: 0 });
    expect([...index.strayBusy.keys()]).toEqual(['stray-too']);
    expect(search(index, { ...CIRCLE, window: slot }, NOW)).toEqual(before);
  });
});

describe('the index under many changes', () => {
  it('SRC-1 SRC-7 stays right and small when thousands of locations come, change and go', () => {
    const region = REGIONS[0];
    const random = fc.sample(fc.tuple(...Array.from({ length: 60 }, (_, i) => entryOf(region, i))), { numRuns: 120, seed: 7 });
    const busy = fc.sample(busyTimes, { numRuns: 2_000, seed: 7 });
    const queries = fc.sample(queryIn(region), { numRuns: 120, seed: 7 });
    const index = createSearchIndex();
    const known: Known = { entries: new Map(), busy: new Map() };
    let compared = 0;
    for (const [round, entries] of random.entries()) {
      for (const [i, entry] of entries.entries()) {
        // 1,500 locations in all, each of which changes several times.
        const number = (round % 25) * 60 + i;
        const evses = entry.evses.map((evse) => ({ ...evse, evseId: `${evse.evseId}-${number}` }));
        const own = { ...entry, locationId: `loc-${number}`, evses };
        putLocation(index, own);
        known.entries.set(own.locationId, own);
        for (const { evseId } of evses) {
          const times = busy[(round * 60 + i) % busy.length]!;
          putBusy(index, evseId, times);
          known.busy.set(evseId, times);
        }
        if (i % 7 !== 0) continue;
        removeLocation(index, `loc-${(number * 13) % 1_500}`);
        known.entries.delete(`loc-${(number * 13) % 1_500}`);
      }
      const query = queries[round]!;
      const expected = expectedHits(known, query, NOW);
      if (expected === undefined) continue;
      compared++;
      const page = search(index, { ...query, limit: 200 }, NOW, samplePrice, sampleRating);
      expect(page.total).toBe(expected.length);
      const wanted = new Set(expected.map(({ locationId }) => locationId));
      expect(page.items.filter(({ locationId }) => !wanted.has(locationId))).toEqual([]);
    }
    expect(compared).toBeGreaterThan(80);
    const size = sizeOf(index);
    expect(size.locations).toBe(known.entries.size);
    expect(size.evses).toBe([...known.entries.values()].reduce((sum, { evses }) => sum + evses.length, 0));
    expect(index.evses.length).toBeLessThan(2 * size.evses + 1_100);
    expect(index.connectors.length).toBeLessThan(2 * (size.evses + size.connectors) + 1_100);
    expect(index.busy.length).toBeLessThan(2 * (index.busy.length - index.busy.unused) + 8_200);
    for (const part of index.networks.values()) expect(part.outsideTree.size + part.treeLosses).toBeLessThan(2 * 512);
    for (const id of known.entries.keys()) removeLocation(index, id);
    expect(sizeOf(index)).toEqual({ networks: 0, locations: 0, evses: 0, connectors: 0, busyEvses: 0 });
    expect(index.schedules.numbers.size + index.operators.numbers.size).toBe(0);
  }, 60_000);
});
