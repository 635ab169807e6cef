import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceSession, type PriceRules } from './bill.ts';
import { chargingSteps, courseOf, timeToFull, type Battery } from './charging-course.ts';
import { exact } from './decimal.ts';
import { quoteSession, type Wanted } from './quote.ts';
import { tariffArbitrary, zoneArbitrary } from './samples.ts';

const HOUR = 3_600_000;

const batteryArbitrary: fc.Arbitrary<Battery> = fc.record({
  capacityWh: fc.integer({ min: 1, max: 200_000 }), socPercent: fc.integer({ min: 0, max: 99 }),
  powerCurve: fc.uniqueArray(fc.record({ socPercent: fc.integer({ min: 0, max: 100 }), powerW: fc.integer({ min: 1, max: 400_000 }) }), {
    selector: ({ socPercent }) => socPercent, maxLength: 12,
  }).map((points) => points.sort((a, b) => a.socPercent - b.socPercent)),
});
const powerArbitrary = fc.integer({ min: 1_000, max: 400_000 });
const wantedArbitrary: fc.Arbitrary<Wanted> = fc.oneof(
  fc.record({ energyWh: fc.integer({ min: 1, max: 200_000 }) }), fc.record({ durationMs: fc.integer({ min: 1, max: 24 * HOUR }) }),
  fc.record({ socPercent: fc.integer({ min: 1, max: 100 }) }), fc.record({ amountMinor: fc.bigInt({ min: 0n, max: 10_000n }) }),
);

describe('PRC-24 charging along the power curve', () => {
  const powerCurve = [{ socPercent: 0, powerW: 50_000 }, { socPercent: 80, powerW: 50_000 }, { socPercent: 100, powerW: 10_000 }];
  const nexon: Battery = { capacityWh: 40_000, socPercent: 78, powerCurve };

  it('is at what connector and vehicle share until the curve falls below it', () => {
    expect(chargingSteps(30_000, nexon).slice(0, 3).map(({ powerW, energyWh }) => [powerW, energyWh!.valueOf()])).toEqual([[30_000, 4_800], [29_000, 400], [27_000, 400]]);
    expect(chargingSteps(30_000, { ...nexon, socPercent: 99 }).map(({ powerW }) => powerW)).toEqual([11_000]);
    expect(chargingSteps(30_000, { capacityWh: 40_000, socPercent: 10 }).map(({ powerW, energyWh }) => [powerW, energyWh!.valueOf()])).toEqual([[30_000, 36_000]]);
    expect([chargingSteps(30_000), timeToFull(chargingSteps(30_000))]).toEqual([[{ powerW: 30_000 }], Infinity]);
  });

  it('sums up to the energy that was wanted or has room, takes no less time than at full power, and never more power than is shared', () => {
    fc.assert(fc.property(batteryArbitrary, powerArbitrary, fc.integer({ min: 1, max: 250_000 }), (battery, powerW, wantedWh) => {
      const steps = chargingSteps(powerW, battery);
      const course = courseOf(0, steps, { energyWh: exact(wantedWh), mostMs: Infinity });
      const room = exact(battery.capacityWh).mul(100 - battery.socPercent).div(100);
      const energyWh = course.reduce((sum, interval) => sum.add(interval.energyWh), exact(0));
      expect(energyWh.equals(room.compare(wantedWh) < 0 ? room : exact(wantedWh))).toBe(true);
      const largestW = Math.max(...course.map(({ maxPowerW }) => maxPowerW!));
      expect(largestW).toBeLessThanOrEqual(powerW);
      expect(exact(course.at(-1)!.end).compare(energyWh.mul(HOUR).div(largestW)) >= 0).toBe(true);
      expect(course.every(({ start, end }, i) => end > start && start === (course[i - 1]?.end ?? 0))).toBe(true);
    }), { numRuns: 500 });
  });

  it('PRC-15 PRC-24 a quote along it is the bill of what it expects to be metered', () => {
    fc.assert(fc.property(tariffArbitrary, zoneArbitrary, batteryArbitrary, powerArbitrary, wantedArbitrary, (tariff, timeZone, battery, powerW, wanted) => {
      const rules: PriceRules = { tariff, surcharges: [], offers: [], serviceFee: { price: { percent: '3' } } };
      const start = Date.UTC(2026, 2, 28, 22);
      const { bill, intervals, durationMs, endSocPercent } = quoteSession(rules, { timeZone, start, powerW, battery, wanted });
      expect(priceSession(rules, { timeZone, start, intervals })).toEqual(bill);
      expect(durationMs).toBe((intervals.at(-1)?.end ?? start) - start);
      expect(endSocPercent! >= battery.socPercent && endSocPercent! <= 100).toBe(true);
      if ('socPercent' in wanted && durationMs < 24 * HOUR) expect(endSocPercent).toBe(Math.max(wanted.socPercent, battery.socPercent));
    }), { numRuns: 150 });
  });

  it('parks for the rest of the time that was wanted, and never pays for that from an amount', () => {
    const rules: PriceRules = { tariff: { currency: 'EUR', elements: [{ components: [{ type: 'ENERGY', price: '0.5', stepSize: 0 }] }] }, surcharges: [], offers: [] };
    const quote = (wanted: Wanted) => quoteSession(rules, { timeZone: 'UTC', start: 0, powerW: 40_000, battery: { capacityWh: 40_000, socPercent: 50 }, wanted });
    const { intervals, bill } = quote({ durationMs: HOUR });
    expect([intervals.map(({ state, end }) => [state, end]), bill.totalMinor]).toEqual([[['charging', HOUR / 2], ['parking', HOUR]], 1_000n]);
    expect(quote({ amountMinor: 5_000n })).toMatchObject({ durationMs: HOUR / 2, endSocPercent: 100 });
  });
});
