import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../platform/clock/index.ts';
import { ALWAYS_OPEN, type Connector, type Evse, type Location } from '../../stations/index.ts';
import { DEFAULT_POLICY, type BookingPolicy } from '../policy.ts';
import { claimDeadline, nextLook } from './entry.ts';
import { nearestSlot, type Obstacles } from './nearest-slot.ts';
import type { Reach } from './reach.ts';
import { expectedWait } from './standing.ts';

const NOW = Date.UTC(2026, 10, 23);
const GRID = 15 * MINUTE_MS;
const step = (n: number): number => NOW + n * GRID;

function reachOf(policy: Partial<BookingPolicy>, evses: number): Reach {
  const location = { id: 'loc', timeZone: 'UTC', openingTimes: ALWAYS_OPEN } as unknown as Location;
  const candidates = Array.from({ length: evses }, (_, i) => ({ evse: { id: `evse${i}` } as Evse, connector: { id: 'con' } as Connector, powerW: 50_000 }));
  return { location, policy: { ...DEFAULT_POLICY, ...policy }, candidates };
}

const interval = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 12 })).map(([start, length]) => ({ start: step(start), end: step(start + length) }));
const wish = { area: null, evseId: null, stationId: null, locationId: null, connectorStandards: [], minPowerW: null, energyWh: null };

describe('the nearest slot', () => {
  it('WTL-4 WTL-8 is the one of all that are free, in the window and not skipped, whose start is nearest to the ideal one', () => {
    fc.assert(fc.property(
      fc.array(fc.array(interval, { maxLength: 8 }), { minLength: 1, maxLength: 3 }), fc.array(interval, { maxLength: 2 }), fc.array(interval, { maxLength: 2 }),
      fc.integer({ min: 0, max: 40 }), fc.integer({ min: 4, max: 24 }), fc.nat({ max: 20 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 2 }),
      (busyLists, full, skipped, from, width, ideal, length, buffer) => {
        const reach = reachOf({ bufferMinutes: 15 * buffer }, busyLists.length);
        const entry = {
          wish: { ...wish, durationMinutes: 15 * length }, idealStart: step(from + Math.min(ideal, width - 1)), earliestStart: step(from), latestEnd: step(from + width),
          skipped: skipped.map((one) => ({ ...one, locationId: 'loc' })),
        };
        const obstacles: Obstacles = { busy: new Map(busyLists.map((list, i) => [`evse${i}`, list])), full };
        const meets = (list: readonly { start: number; end: number }[], start: number, end: number) => list.some((one) => one.start < end && one.end > start);
        const distances: number[] = [];
        for (const list of busyLists) {
          for (let n = from; n + length <= from + width; n++) {
            const [start, end] = [step(n), step(n + length)];
            if (meets(list, start, end + buffer * GRID) || meets([...full, ...skipped], start, end)) continue;
            distances.push(Math.abs(start - entry.idealStart));
          }
        }
        const found = nearestSlot(entry, reach, obstacles, { start: step(0), end: step(100) }, NOW);
        expect(found && Math.abs(found.start - entry.idealStart)).toBe(distances.length === 0 ? undefined : Math.min(...distances));
        if (found) expect(meets(obstacles.busy.get(found.candidate.evse.id)!, found.start, found.end + buffer * GRID)).toBe(false);
      },
    ));
  });

  it('WTL-4 keeps to the lead times, and to durations that are sold', () => {
    const entry = { wish: { ...wish, durationMinutes: 30 }, idealStart: step(8), earliestStart: step(0), latestEnd: step(48), skipped: [] };
    const free: Obstacles = { busy: new Map(), full: [] };
    const startWith = (policy: Partial<BookingPolicy>) => nearestSlot(entry, reachOf(policy, 1), free, { start: step(0), end: step(48) }, NOW)?.start;
    expect(startWith({})).toBe(step(8));
    expect(startWith({ minLeadMinutes: 180 })).toBe(step(12));
    expect(startWith({ maxLeadMinutes: 60 })).toBe(step(4));
    expect(startWith({ maxDurationMinutes: 15 })).toBeUndefined();
  });
});

describe('the deadlines of an entry', () => {
  it('WTL-6 give ten minutes to claim, until the start, three at least, and none that the slot would not be kept', () => {
    const minutes = (toStart: number, noShow = 15) => (claimDeadline(NOW, NOW + toStart * MINUTE_MS, noShow) - NOW) / MINUTE_MS;
    expect([minutes(60), minutes(10), minutes(7), minutes(3), minutes(1), minutes(0), minutes(0, 1)]).toEqual([10, 10, 7, 3, 3, 3, 1]);
  });

  it('WTL-11 look the more often the nearer the window is', () => {
    const hours = (ahead: number) => (nextLook({ earliestStart: NOW + ahead * HOUR_MS }, NOW) - NOW) / HOUR_MS;
    expect([hours(-5), hours(0), hours(4), hours(16), hours(96), hours(500)]).toEqual([0.25, 0.25, 0.25, 1, 6, 6]);
  });
});

describe('the expected wait', () => {
  const DAY = 24 * HOUR_MS;
  const window = { earliestStart: NOW + 10 * HOUR_MS, lastStart: NOW + 11 * HOUR_MS, latestEnd: NOW + 12 * HOUR_MS };
  /** cancelled so many days and hours ago: an hour at eleven of that day */
  const cancelled = (daysAgo: number, hour: number) => {
    const day = NOW - daysAgo * DAY;
    return { at: day + hour * HOUR_MS, start: day + 10.5 * HOUR_MS, end: day + 12 * HOUR_MS };
  };

  it('WTL-10 is the middle of the days on which there would have been an offer, by position', () => {
    const history = [cancelled(1, 2), cancelled(2, 4), cancelled(3, 9), cancelled(3, 9.5)];
    expect(expectedWait({ since: 0, givenBack: history }, window, 1, NOW)).toEqual({ minutes: 240, days: 28, daysWithOffer: 3 });
    expect(expectedWait({ since: 0, givenBack: history }, window, 2, NOW)).toEqual({ minutes: 570, days: 28, daysWithOffer: 1 });
    expect(expectedWait({ since: 0, givenBack: history }, window, 3, NOW)).toEqual({ minutes: null, days: 28, daysWithOffer: 0 });
    expect(expectedWait({ since: 0, givenBack: [] }, window, 1, NOW)).toEqual({ minutes: null, days: 28, daysWithOffer: 0 });
  });

  it('WTL-10 counts no day whose window is not over, nothing that came too late or was too short', () => {
    const later = { earliestStart: window.earliestStart + 5 * DAY, lastStart: window.lastStart + 5 * DAY, latestEnd: window.latestEnd + 5 * DAY };
    expect(expectedWait({ since: 0, givenBack: [] }, later, 1, NOW)).toEqual({ minutes: null, days: 23, daysWithOffer: 0 });
    const short = { ...cancelled(1, 2), start: NOW - DAY + 11.5 * HOUR_MS };
    expect(expectedWait({ since: 0, givenBack: [short, cancelled(2, 11.5), cancelled(4, -1)] }, window, 1, NOW).daysWithOffer).toBe(0);
    expect(expectedWait({ since: NOW - 2.5 * DAY, givenBack: [cancelled(1, 2), cancelled(3, 2)] }, window, 1, NOW)).toEqual({ minutes: 120, days: 2, daysWithOffer: 1 });
  });
});
