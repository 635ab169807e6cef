import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../platform/clock/index.ts';
import { isOnGrid, nextOnGrid, slotGrid } from '../calendar/index.ts';
import { ALWAYS_OPEN } from '../stations/index.ts';
import { DEFAULT_POLICY, type BookingPolicy } from './policy.ts';
import { requireOfferedSlot, slotEnd, wantedEnergyWh, wishedDurationMs } from './times.ts';

const policy = (change: Partial<BookingPolicy>): BookingPolicy => ({ ...DEFAULT_POLICY, ...change });
const PLACE = { openingTimes: ALWAYS_OPEN, timeZone: 'Asia/Kolkata' };
const NOON = Date.UTC(2027, 2, 1, 6, 30); // 12:00 in Kolkata

describe('how long a slot is', () => {
  it('RSV-T4 an amount buys whole Wh, rounded down', () => {
    expect(wantedEnergyWh({ amount: { amountMinor: 50_000, pricePerKwhMinor: 1_800 } })).toBe(27_777);
    expect(wantedEnergyWh({ amount: { amountMinor: 1, pricePerKwhMinor: 2_000 } })).toBe(0);
    expect(wantedEnergyWh({ energyWh: 5 })).toBe(5);
    expect(wantedEnergyWh({ durationMinutes: 5 })).toBeUndefined();
  });

  it('RSV-T3 an energy takes what it takes at the power, rounded up to the grid and the shortest slot', () => {
    const minutes = (energyWh: number, powerW: number, change: Partial<BookingPolicy> = {}) =>
      (slotEnd(NOON, { energyWh }, powerW, policy(change), PLACE.timeZone) - NOON) / MINUTE_MS;
    expect([minutes(5_000, 7_400), minutes(5_000, 22_000), minutes(11_000, 22_000), minutes(11_001, 22_000)]).toEqual([45, 15, 30, 45]);
    expect(minutes(1, 350_000, { slotGridMinutes: 5, minDurationMinutes: 20 })).toBe(20);
    expect(minutes(1, 350_000, { slotGridMinutes: 15, minDurationMinutes: 20 })).toBe(30);
  });

  it('RSV-T3 every wish ends on the grid, is long enough, and not a step longer than it must be', () => {
    const wish = fc.oneof(
      fc.record({ energyWh: fc.integer({ min: 1, max: 100_000 }) }), fc.record(
        { durationMinutes: fc.integer({ min: 1, max: 600 }) },
      ), fc.constant({}),
    );
    const grid = fc.constantFrom(1, 5, 7, 15, 30, 45, 60, 90);
    fc.assert(fc.property(wish, fc.integer(
      { min: 1_000, max: 400_000 },
    ), grid, fc.integer({ min: 1, max: 120 }), fc.nat(3_000), (wanted, powerW, slotGridMinutes, minDurationMinutes, at) => {
      const offered = policy({ slotGridMinutes, minDurationMinutes, maxDurationMinutes: 10_000 });
      const steps = slotGrid(slotGridMinutes, PLACE.timeZone, NOON, NOON + 90 * 24 * HOUR_MS);
      const start = nextOnGrid(steps, NOON + at * MINUTE_MS);
      const end = slotEnd(start, wanted, powerW, offered, PLACE.timeZone);
      const needMs = Math.max(
        minDurationMinutes * MINUTE_MS,
        'energyWh' in wanted ? (wanted.energyWh / powerW) * HOUR_MS : 'durationMinutes' in wanted ? wanted.durationMinutes * MINUTE_MS : 0,
      );
      expect(isOnGrid(end, slotGridMinutes, PLACE.timeZone)).toBe(true);
      expect(end - start).toBeGreaterThanOrEqual(Math.floor(needMs));
      expect(end).toBe(nextOnGrid(steps, start + Math.ceil(needMs)));
      if (1_440 % slotGridMinutes === 0) expect(end - start).toBe(wishedDurationMs(wanted, powerW, offered));
    }), { numRuns: 300 });
  });
});

describe('what a slot must be', () => {
  const refusal = (change: Partial<BookingPolicy>, startMinutes: number, minutes: number, now = NOON) => {
    try {
      requireOfferedSlot(PLACE, policy(change), { start: NOON + startMinutes * MINUTE_MS, end: NOON + (startMinutes + minutes) * MINUTE_MS }, now);
      return undefined;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('RSV-P7 a lead time holds to the very minute', () => {
    expect(refusal({ minLeadMinutes: 30 }, 30, 15)).toBeUndefined();
    expect(refusal({ minLeadMinutes: 31 }, 30, 15)).toBe('lead_time_not_allowed');
    expect(refusal({ maxLeadMinutes: 30 }, 30, 15)).toBeUndefined();
    expect(refusal({ maxLeadMinutes: 29 }, 30, 15)).toBe('lead_time_not_allowed');
    expect(refusal({}, -15, 30)).toBe('time_in_past');
    expect(refusal({}, 0, 15)).toBeUndefined();
  });

  it('RSV-P5 RSV-P6 RSV-T2 order, duration, and grid of both ends', () => {
    expect(refusal({}, 30, 0)).toBe('invalid_time_range');
    expect(refusal({ minDurationMinutes: 30 }, 30, 15)).toBe('duration_not_allowed');
    expect(refusal({ maxDurationMinutes: 30 }, 30, 45)).toBe('duration_not_allowed');
    expect(refusal({}, 31, 15)).toBe('off_grid');
    expect(refusal({}, 30, 16)).toBe('off_grid');
  });
});
