import { describe, expect, it } from 'vitest';
import { MINUTE_MS, toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { createSearchIndex, putBusy, putLocation, putStatus, search, type SearchHit, type SearchIndex, type SearchQuery, type SearchWindow } from './index.ts';
import { plainEntry, plainEvse } from './search-samples.ts';

/** 20 November 2026, the time of day in India. */
const at = (clock: string): EpochMs => Date.parse(`2026-11-20T${clock}+05:30`);
const NOW = at('08:00');
const LUNCH: SearchWindow = { start: at('12:45'), end: at('13:30') };

function indexOf(changes: Parameters<typeof plainEntry>[0] = {}): SearchIndex {
  const index = createSearchIndex();
  putLocation(index, plainEntry(changes));
  return index;
}

function firstHit(index: SearchIndex, window: SearchWindow | undefined, more: Partial<SearchQuery> = {}, now: EpochMs = NOW): SearchHit | undefined {
  return search(index, { networkId: 'net', window, ...more }, now).items[0];
}

const clockOf = (instant: number): string => toRfc3339(instant + 330 * MINUTE_MS).slice(11, 16);
const slotOf = (hit: SearchHit | undefined): string | undefined => hit?.firstSlot && `${clockOf(hit.firstSlot.start)}-${clockOf(hit.firstSlot.end)}`;
const rule = plainEntry().bookable;

describe('search in a window', () => {
  it('SRC-20 SRC-22 finds the CCS2 plug near a food court for 12:45 to 13:30, until it is booked', () => {
    const index = indexOf();
    const story: Partial<SearchQuery> = {
      area: { type: 'circle', latitude: 12.58, longitude: 77.05, radiusM: 5_000 }, connectorStandards: ['IEC_62196_T2_COMBO'], facilities: { anyOf: ['RESTAURANT'] },
    };
    const hit = firstHit(index, LUNCH, story)!;
    expect(hit).toMatchObject({ locationId: 'loc-1', firstSlot: LUNCH, freeMinutes: 45, evses: [{ evseId: 'loc-1-evse', firstSlot: LUNCH, freeMinutes: 45 }] });
    expect(hit.evses[0]!.connectors).toEqual([
      { connectorId: 'loc-1-evse-con', standard: 'IEC_62196_T2_COMBO', powerType: 'DC', maxPowerW: 50_000, format: 'CABLE' },
    ]);
    putBusy(index, 'loc-1-evse', [{ start: at('13:15'), end: at('14:00') }]);
    expect(firstHit(index, LUNCH, story)).toBeUndefined();
    putBusy(index, 'loc-1-evse', []);
    expect(slotOf(firstHit(index, LUNCH, story))).toBe('12:45-13:30');
  });

  it('SRC-20 offers the first slot of the duration that is free within the window', () => {
    const index = indexOf();
    putBusy(index, 'loc-1-evse', [{ start: at('12:00'), end: at('12:50') }, { start: at('13:30'), end: at('14:10') }]);
    const window = (durationMinutes: number): SearchWindow => ({ start: at('12:05'), end: at('16:00'), durationMinutes });
    expect(slotOf(firstHit(index, window(30)))).toBe('13:00-13:30');
    expect(slotOf(firstHit(index, window(45)))).toBe('14:15-15:00');
    expect(firstHit(index, window(120))).toBeUndefined();
    expect(firstHit(index, window(30))!.freeMinutes).toBe(40 + 110);
  });

  it('SRC-21 takes only the very slot when the window is as long as the duration', () => {
    const index = indexOf();
    expect(slotOf(firstHit(index, { ...LUNCH, durationMinutes: 45 }))).toBe('12:45-13:30');
    expect(firstHit(index, { start: at('12:50'), end: at('13:35') })).toBeUndefined();
    expect(firstHit(index, { start: at('12:45'), end: at('13:25') })).toBeUndefined();
  });

  it('SRC-20 rounds a duration up to whole steps of the grid and to the shortest slot', () => {
    const index = indexOf({ bookable: { ...rule, minDurationMinutes: 30 } });
    const window = (durationMinutes: number): SearchWindow => ({ start: at('12:00'), end: at('13:00'), durationMinutes });
    expect(slotOf(firstHit(index, window(31)))).toBe('12:00-12:45');
    expect(slotOf(firstHit(index, window(10)))).toBe('12:00-12:30');
    expect(slotOf(firstHit(index, { start: at('12:00'), end: at('12:40'), durationMinutes: 40 }))).toBeUndefined();
  });

  it('SRC-20 respects durations, lead times, opening hours, the buffer and the mode', () => {
    const hours = [{ weekday: 5, periodBegin: '09:00', periodEnd: '13:30' }];
    const policy = { ...rule, minDurationMinutes: 30, maxDurationMinutes: 60, minLeadMinutes: 120, maxLeadMinutes: 300, bufferMinutes: 10 };
    const index = indexOf({ bookable: policy, openingTimes: { ...plainEntry().openingTimes, twentyFourSeven: false, regularHours: hours } });
    const day: SearchWindow = { start: at('08:30'), end: at('20:00'), durationMinutes: 30 };
    expect(slotOf(firstHit(index, day))).toBe('10:00-10:30');
    expect(firstHit(index, day)!.freeMinutes).toBe(210);
    expect(firstHit(index, { ...day, durationMinutes: 61 })).toBeUndefined();
    expect(firstHit(index, { start: at('12:00'), end: at('12:15') })).toBeUndefined();
    expect(slotOf(firstHit(index, { ...day, start: at('12:50') }))).toBe('13:00-13:30');
    expect(firstHit(index, { ...day, start: at('13:05') })).toBeUndefined();
    expect(firstHit(index, { ...day, start: at('13:00') }, {}, at('07:45'))).toBeUndefined();
    putBusy(index, 'loc-1-evse', [{ start: at('10:35'), end: at('11:00') }]);
    expect(slotOf(firstHit(index, day))).toBe('11:00-11:30');
    putLocation(index, plainEntry({ bookable: { ...rule, mode: 'walk_in_only' } }));
    expect(firstHit(index, day)).toBeUndefined();
    expect(firstHit(index, undefined)).toBeDefined();
  });

  it('SRC-23 offers no slot at an EVSE that can not be booked, whatever it reports of now', () => {
    for (const status of ['OUTOFORDER', 'CHARGING', 'INOPERATIVE', 'UNKNOWN', 'BLOCKED', 'RESERVED', 'AVAILABLE'] as const) {
      expect(firstHit(indexOf({ evses: [plainEvse('e', { status })] }), LUNCH), status).toBeDefined();
    }
    for (const status of ['REMOVED', 'PLANNED'] as const) expect(firstHit(indexOf({ evses: [plainEvse('e', { status })] }), LUNCH), status).toBeUndefined();
    expect(firstHit(indexOf({ evses: [plainEvse('e', { capabilities: ['RFID_READER'] })] }), LUNCH)).toBeUndefined();
    expect(firstHit(indexOf({ evses: [plainEvse('e', { capabilities: ['RFID_READER', 'RESERVABLE'] })] }), LUNCH)).toBeDefined();
    expect(firstHit(indexOf({ evses: [plainEvse('e', { connectors: [] })] }), LUNCH)).toBeUndefined();
  });

  it('SRC-12 wants one EVSE that fits in all ways, and one connector of it', () => {
    const [connector] = plainEvse('').connectors;
    const index = indexOf({
      evses: [
        plainEvse('slow-free', { connectors: [{ ...connector!, connectorId: 'slow', maxPowerW: 22_000 }, { ...connector!, connectorId: 'fast-chademo', standard: 'CHADEMO' }] }),
        plainEvse('fast-busy'),
      ],
    });
    putBusy(index, 'fast-busy', [LUNCH]);
    expect(firstHit(index, LUNCH, { minPowerW: 50_000, connectorStandards: ['IEC_62196_T2_COMBO'] })).toBeUndefined();
    expect(firstHit(index, undefined, { minPowerW: 50_000, connectorStandards: ['IEC_62196_T2_COMBO'] })!.evses.map(({ evseId }) => evseId)).toEqual(['fast-busy']);
    expect(firstHit(index, LUNCH, { minPowerW: 50_000 })!.evses.map(({ connectors }) => connectors.map(({ connectorId }) => connectorId))).toEqual([['fast-chademo']]);
  });
});

describe('search without a window', () => {
  it('SRC-10 SRC-11 finds no unpublished location, and one without EVSEs only when nothing is wanted of them', () => {
    expect(firstHit(indexOf({ publish: false }), undefined)).toBeUndefined();
    expect(firstHit(indexOf({ evses: [] }), undefined)).toEqual({ locationId: 'loc-1', evses: [] });
    for (const wish of [{ availableNow: true }, { capabilities: ['RESERVABLE'] }, { powerTypes: ['DC'] }, { maxPowerW: 1e6 }] satisfies Partial<SearchQuery>[]) {
      expect(firstHit(indexOf({ evses: [] }), undefined, wish)).toBeUndefined();
    }
    expect(firstHit(indexOf({ evses: [plainEvse('e', { status: 'REMOVED' })] }), undefined)).toBeUndefined();
  });

  it('SRC-13 calls available what says so and is not promised at this moment', () => {
    const index = indexOf();
    const available = (now: EpochMs): boolean => firstHit(index, undefined, { availableNow: true }, now) !== undefined;
    putBusy(index, 'loc-1-evse', [LUNCH]);
    expect([available(LUNCH.start - 1), available(LUNCH.start), available(LUNCH.end - 1), available(LUNCH.end)]).toEqual([true, false, false, true]);
    putStatus(index, 'loc-1-evse', 'CHARGING');
    expect(available(LUNCH.end)).toBe(false);
  });

  it('SRC-14 SRC-16 filters by opening hours, facilities, operator and green energy', () => {
    const closed = { ...plainEntry().openingTimes, exceptionalClosings: [{ periodBegin: LUNCH.start, periodEnd: LUNCH.end }] };
    const index = indexOf({ openingTimes: closed, facilities: ['RESTAURANT', 'WIFI'], greenEnergy: undefined });
    const finds = (query: Partial<SearchQuery>): boolean => firstHit(index, undefined, query) !== undefined;
    expect([finds({ openAt: LUNCH.start }), finds({ openAt: LUNCH.end })]).toEqual([false, true]);
    expect([finds({ facilities: { allOf: ['WIFI', 'CAFE'] } }), finds({ facilities: { allOf: ['WIFI'], anyOf: ['CAFE', 'RESTAURANT'] } })]).toEqual([false, true]);
    expect([finds({ facilities: { anyOf: ['CAFE', 'HOTEL'] } }), finds({ facilities: { anyOf: [] } })]).toEqual([false, true]);
    expect([finds({ operatorIds: ['other'] }), finds({ operatorIds: ['other', 'op'] }), finds({ operatorIds: [] })]).toEqual([false, true, true]);
    expect([finds({ greenOnly: true }), finds({ greenOnly: false })]).toEqual([false, true]);
    putLocation(index, plainEntry({ greenEnergy: true }));
    expect(finds({ greenOnly: true })).toBe(true);
  });
});

describe('sorting and pages', () => {
  it('SRC-40 SRC-43 sorts by power and then distance, and by free time and then the earliest start', () => {
    const index = createSearchIndex();
    const [connector] = plainEvse('').connectors;
    const put = (locationId: string, latitude: number, powersW: number[]): void => putLocation(index, plainEntry({
      locationId, latitude,
      evses: powersW.map((maxPowerW, i) => plainEvse(`${locationId}-${i}`, { connectors: [{ ...connector!, maxPowerW }] })),
    }));
    put('a-far-strong', 12.7, [150_000]);
    put('near-strong', 12.6, [22_000, 150_000]);
    put('here-weak', 12.58, [22_000]);
    const area = { type: 'circle', latitude: 12.58, longitude: 77.05, radiusM: 50_000 } as const;
    const ids = (query: Partial<SearchQuery>): string[] => search(index, { networkId: 'net', area, ...query }, NOW).items.map(({ locationId }) => locationId);
    expect(ids({})).toEqual(['here-weak', 'near-strong', 'a-far-strong']);
    expect(ids({ sort: 'power' })).toEqual(['near-strong', 'a-far-strong', 'here-weak']);
    const window: SearchWindow = { start: at('12:00'), end: at('14:00'), durationMinutes: 30 };
    putBusy(index, 'a-far-strong-0', [{ start: at('12:00'), end: at('12:30') }]);
    putBusy(index, 'here-weak-0', [{ start: at('13:30'), end: at('14:00') }]);
    expect(ids({ sort: 'free_time', window })).toEqual(['near-strong', 'here-weak', 'a-far-strong']);
  });

  it('SRC-41 goes on after the place of the cursor when locations come and go in between', () => {
    const index = createSearchIndex();
    for (const id of ['b', 'd', 'f', 'h']) putLocation(index, plainEntry({ locationId: id, name: id }));
    const page = (cursor?: string) => search(index, { networkId: 'net', limit: 2, cursor }, NOW);
    const first = page();
    expect(first.items.map(({ locationId }) => locationId)).toEqual(['b', 'd']);
    for (const id of ['a', 'e']) putLocation(index, plainEntry({ locationId: id, name: id }));
    putLocation(index, plainEntry({ locationId: 'd', name: 'd', publish: false }));
    const second = page(first.nextCursor);
    expect(second.items.map(({ locationId }) => locationId)).toEqual(['e', 'f']);
    const third = page(second.nextCursor);
    expect(third.items.map(({ locationId }) => locationId)).toEqual(['h']);
    expect(third.nextCursor).toBeUndefined();
  });
});
