import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flattenIntervals } from '../calendar/index.ts';
import { busyOf, createBusyStore, pruneStore, takeBusy, writeBusy } from './busy-times.ts';
import { addRows, createEvseTable } from './tables.ts';

const EVSES = 6;
const intervals = fc.array(fc.record({ start: fc.integer({ min: 0, max: 50 }), end: fc.integer({ min: 0, max: 50 }) }), { maxLength: 6 });
const change = fc.record({ evse: fc.nat(EVSES - 1), to: fc.option(intervals, { nil: undefined, freq: 4 }), prune: fc.option(fc.nat(50), { nil: undefined, freq: 3 }) });

describe('the store of busy times', () => {
  it('SRC-3 SRC-7 SRC-8 keeps for each EVSE what was said last, and knows what is unused', () => {
    fc.assert(fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const store = createBusyStore();
      const evses = createEvseTable();
      addRows(evses, EVSES);
      const known = Array.from({ length: EVSES }, (): number[] => []);
      const held = (evse: number): number[] => {
        const { times, first, end } = busyOf(store, evses, evse);
        return Array.from(times.subarray(first, end));
      };
      for (const { evse, to, prune } of changes) {
        if (to === undefined) {
          const taken = takeBusy(store, evses, evse);
          expect([...(taken?.times ?? [])]).toEqual(known[evse]);
          known[evse] = [];
        } else {
          writeBusy(store, evses, evse, flattenIntervals(to));
          known[evse] = [...flattenIntervals(to).times];
        }
        if (prune !== undefined && prune > 25) {
          pruneStore(store, evses, prune);
          for (const [i, times] of known.entries()) known[i] = times.slice(2 * times.filter((end, at) => at % 2 === 1 && end <= prune).length);
          expect(store.unused).toBe(0);
        }
        for (const [i, times] of known.entries()) expect(held(i)).toEqual(times);
        expect(store.length - store.unused).toBe(known.flat().length);
      }
    }));
  });

  it('SRC-7 gives back room that nothing uses any more', () => {
    const store = createBusyStore();
    const evses = createEvseTable();
    addRows(evses, 1);
    const growing = Array.from({ length: 2_000 }, (_, i) => ({ start: 2 * i, end: 2 * i + 1 }));
    for (let count = 0; count < 2_000; count += 10) writeBusy(store, evses, 0, flattenIntervals(growing.slice(0, count)));
    expect(store.length).toBeLessThan(20_000);
    expect(busyOf(store, evses, 0).end - busyOf(store, evses, 0).first).toBe(3_980);
  });
});
