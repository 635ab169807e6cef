import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interval } from '../calendar/index.ts';
import { EVSE_STATUSES, type EvseStatus } from '../stations/enums.ts';
import {
  createSearchIndex, prepareSearch, putBusy, putLocation, putStatus, removeLocation, search, type SearchEntry, type SearchHit, type SearchIndex, type SearchQuery,
} from './index.ts';
import { sortOf } from './check-query.ts';
import { expectedHits, inOrder, type Expected, type Known } from './search-oracle.ts';
import { busyTimes, entryOf, evseIdOf, EVSES_MOST, NOW, queryIn, REGIONS, samplePrice, sampleRating, type Region } from './search-samples.ts';

type Step =
  | { do: 'put'; entry: SearchEntry }
  | { do: 'remove'; locationId: string }
  | { do: 'busy'; evseId: string; intervals: Interval[] }
  | { do: 'status'; evseId: string; status: EvseStatus }
  | { do: 'prepare' }
  | { do: 'search'; query: SearchQuery; limit: number };

const LOCATIONS = 24;

function stepsIn(region: Region): fc.Arbitrary<Step[]> {
  const location = fc.integer({ min: 0, max: LOCATIONS - 1 });
  const evseId = fc.tuple(location, fc.integer({ min: 0, max: EVSES_MOST - 1 })).map(([number, i]) => evseIdOf(number, i));
  const put = location.chain((number) => entryOf(region, number)).map((entry): Step => ({ do: 'put', entry }));
  const step = fc.oneof(
    { weight: 6, arbitrary: put },
    { weight: 1, arbitrary: location.map((number): Step => ({ do: 'remove', locationId: `loc-${String(number).padStart(3, '0')}` })) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('busy' as const), evseId, intervals: busyTimes }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('status' as const), evseId, status: fc.constantFrom(...EVSE_STATUSES) }) },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'prepare' }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('search' as const), query: queryIn(region), limit: fc.integer({ min: 1, max: 6 }) }) },
  );
  const start = fc.array(put, { minLength: 10, maxLength: 25 });
  return fc.tuple(start, fc.array(step, { minLength: 20, maxLength: 60 })).map(([first, rest]) => [...first, ...rest]);
}

/** Does to plain maps what the index is told to do. */
function remember(known: Known, step: Step): void {
  switch (step.do) {
    case 'put': return void known.entries.set(step.entry.locationId, step.entry);
    case 'remove': return void known.entries.delete(step.locationId);
    case 'busy': return void known.busy.set(step.evseId, step.intervals);
    case 'status':
      for (const [id, entry] of known.entries) {
        const evses = entry.evses.map((evse) => (evse.evseId === step.evseId ? { ...evse, status: step.status } : evse));
        known.entries.set(id, { ...entry, evses });
      }
      break;
    case 'prepare':
    case 'search': // change nothing
  }
}

function apply(index: SearchIndex, step: Step): void {
  switch (step.do) {
    case 'put': return putLocation(index, step.entry);
    case 'remove': return removeLocation(index, step.locationId);
    case 'busy': return putBusy(index, step.evseId, step.intervals);
    case 'status': return void putStatus(index, step.evseId, step.status);
    case 'prepare': return prepareSearch(index);
    case 'search': // is asked elsewhere
  }
}

function allPages(index: SearchIndex, query: SearchQuery, limit: number): SearchHit[] {
  const items: SearchHit[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = search(index, { ...query, limit, cursor }, NOW, samplePrice, sampleRating);
    items.push(...page.items);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    if (page.nextCursor === undefined) return items;
    expect(page.items).toHaveLength(limit);
    cursor = page.nextCursor;
  }
}

function expectSame(items: readonly SearchHit[], expected: readonly Expected[], query: SearchQuery): void {
  const byId = new Map(expected.map((one) => [one.locationId, one]));
  expect(items.map(({ locationId }) => locationId).sort()).toEqual([...byId.keys()].sort());
  const slackOf = (distanceM: number): number => (query.area?.type === 'corridor' && query.origin === undefined ? 5 + distanceM * 0.002 : 1e-3);
  for (const hit of items) {
    const { distanceM, evses } = byId.get(hit.locationId)!;
    if (distanceM === undefined) expect(hit.distanceM).toBeUndefined();
    else expect(Math.abs(hit.distanceM! - distanceM)).toBeLessThanOrEqual(slackOf(distanceM));
    expect(hit.evses.map((evse) => ({
      evseId: evse.evseId, connectorIds: evse.connectors.map(({ connectorId }) => connectorId), firstStart: evse.firstSlot?.start, freeMinutes: evse.freeMinutes ?? 0,
    }))).toEqual(evses);
    if (query.window === undefined) continue;
    expect(hit.firstSlot!.start).toBe(Math.min(...evses.map(({ firstStart }) => firstStart!)));
    expect(hit.freeMinutes).toBe(evses.reduce((sum, { freeMinutes }) => sum + freeMinutes, 0));
  }
  expectOrder(items, expected, query);
}

function expectOrder(items: readonly SearchHit[], expected: readonly Expected[], query: SearchQuery): void {
  const sort = sortOf(query);
  if (sort === 'free_time' || sort === 'name') {
    expect(items.map(({ locationId }) => locationId)).toEqual(inOrder(expected, sort).map(({ locationId }) => locationId));
    return;
  }
  const isRough = query.area?.type === 'corridor' && query.origin === undefined;
  const wanted = new Map(expected.map((one) => [one.locationId, one]));
  const keyOf = ({ locationId, distanceM, detourM }: SearchHit): number => (
    sort === 'distance' ? distanceM! : sort === 'detour' ? detourM! : sort === 'power' ? -wanted.get(locationId)!.strongestW
      : sort === 'rating' ? -(sampleRating(locationId) ?? 0) : wanted.get(locationId)!.cheapest);
  // Of what is equally strong or cheap the nearer comes first, by the distance that is told: another way to calculate it differs by nanometres.
  const nearer = (a: SearchHit, b: SearchHit): number => (
    isRough || sort === 'distance' || sort === 'detour' ? 0 : (a.distanceM ?? 0) - (b.distanceM ?? 0) || (a.locationId < b.locationId ? -1 : 1));
  expect(items).toEqual(items.toSorted((a, b) => keyOf(a) - keyOf(b) || nearer(a, b)));
}

describe('search', () => {
  it('SRC-1 SRC-2 SRC-62 SRC-40 SRC-41 SRC-42 SRC-43 finds what a look at everything finds, while everything changes', () => {
    let compared = 0;
    let found = 0;
    fc.assert(fc.property(fc.constantFrom(...REGIONS).chain(stepsIn), (steps) => {
      const index = createSearchIndex();
      const known: Known = { entries: new Map(), busy: new Map() };
      for (const step of steps) {
        if (step.do !== 'search') {
          apply(index, step);
          remember(known, step);
          continue;
        }
        const expected = expectedHits(known, step.query, NOW);
        if (expected === undefined) continue;
        const whole = search(index, { ...step.query, limit: 200 }, NOW, samplePrice, sampleRating);
        expectSame(whole.items, expected, step.query);
        expect(whole.total).toBe(expected.length);
        expect(allPages(index, step.query, step.limit)).toEqual(whole.items);
        compared++;
        found += expected.length;
      }
    }), { numRuns: 150 });
    // A test that compares nothing with nothing would prove nothing.
    expect(compared).toBeGreaterThan(1_000);
    expect(found / compared).toBeGreaterThan(1);
  }, 60_000);
});
