import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceRules, SessionCase } from './bill.ts';
import { exact } from './decimal.ts';
import { priceSession, runningCost } from './index.ts';
import { sessionArbitrary, tariffArbitrary, zoneArbitrary } from './samples.ts';
import type { MeteredInterval } from './split.ts';
import type { Surcharge } from './surcharge.ts';

const late: Surcharge = { id: 's', name: 'Late', price: { percent: '12.5' }, restrictions: { minEnergyWh: 1_000 } };
const evening: Surcharge = { id: 'e', name: 'Evening', price: { type: 'ENERGY', amount: '0.1' }, restrictions: { startTime: '18:00', endTime: '21:00' } };

/** What of the intervals lies before an instant; one that it cuts has used its share. */
function until(intervals: readonly MeteredInterval[], at: number): MeteredInterval[] {
  return intervals.filter(({ start }) => start < at).map((interval) => {
    const end = Math.min(interval.end, at);
    return { ...interval, end, energyWh: interval.energyWh.mul(end - interval.start).div(interval.end - interval.start) };
  });
}

const caseOf = (intervals: readonly MeteredInterval[], timeZone: string): SessionCase => ({
  timeZone, start: intervals[0]!.start, intervals, fees: [{ kind: 'reservation_fee', amountMinor: 300n, taxPercent: '7', isCredited: true }],
});
const rulesOf = (tariff: PriceRules['tariff']): PriceRules => ({ tariff, surcharges: [late, evening], offers: [], serviceFee: { price: { percent: '3' }, taxPercent: '18' } });
const whole = ({ minPrice: _least, maxPrice: _most, ...tariff }: PriceRules['tariff']) => tariff;
const sharesArbitrary = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 })).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

describe('PRC-22 the running cost', () => {
  it('never falls while the session goes on, and is never more than its bill, where nothing is discounted or limited', () => {
    fc.assert(fc.property(tariffArbitrary, sessionArbitrary, zoneArbitrary, sharesArbitrary, (tariff, intervals, timeZone, [early, later]) => {
      const rules = rulesOf(whole(tariff));
      const { start } = intervals[0]!;
      const length = intervals.at(-1)!.end - start;
      const [first, second] = [early, later].map((share) => runningCost(rules, caseOf(until(intervals, start + Math.ceil((length * share) / 1_000)), timeZone)).totalMinor);
      const end = runningCost(rules, caseOf(intervals, timeZone)).totalMinor;
      expect(first! <= second! && second! <= end && end <= priceSession(rules, caseOf(intervals, timeZone)).totalMinor).toBe(true);
    }), { numRuns: 400 });
  });

  it('is at most the rounding of its lines more than the bill where the tariff has a least price, or a highest with its tax', () => {
    fc.assert(fc.property(tariffArbitrary, sessionArbitrary, zoneArbitrary, fc.integer({ min: 1, max: 999 }), (tariff, intervals, timeZone, share) => {
      const { maxPrice, ...rest } = tariff;
      const rules = rulesOf(maxPrice ? { ...rest, maxPrice: { exclTax: maxPrice.exclTax, inclTax: String(Number(maxPrice.exclTax) * 2) } } : rest);
      const { start } = intervals[0]!;
      const at = start + Math.ceil(((intervals.at(-1)!.end - start) * share) / 1_000);
      const { totalMinor, lines } = runningCost(rules, caseOf(until(intervals, at), timeZone));
      expect(totalMinor <= priceSession(rules, caseOf(intervals, timeZone)).totalMinor + BigInt(lines.length + 1)).toBe(true);
    }), { numRuns: 400 });
  });

  it('is the bill of the same use where the tariff has no steps and no least price', () => {
    fc.assert(fc.property(tariffArbitrary, sessionArbitrary, zoneArbitrary, ({ minPrice: _least, ...tariff }, intervals, timeZone) => {
      const rules = rulesOf({ ...tariff, elements: tariff.elements.map((one) => ({ ...one, components: one.components.map((component) => ({ ...component, stepSize: 0 })) })) });
      expect(runningCost(rules, caseOf(intervals, timeZone))).toEqual(priceSession(rules, caseOf(intervals, timeZone)));
    }), { numRuns: 200 });
  });

  it('leaves steps and the least price for the end: 250 Wh at 2 a kWh are 0.50, and 5 once it has ended', () => {
    const tariff = { currency: 'EUR', elements: [{ components: [{ type: 'ENERGY' as const, price: '2', stepSize: 1_000 }] }], minPrice: { exclTax: '5' } };
    const rules: PriceRules = { tariff, surcharges: [], offers: [] };
    const soFar = { timeZone: 'UTC', start: 0, intervals: [{ start: 0, end: 60_000, state: 'charging' as const, energyWh: exact(250) }] };
    expect([runningCost(rules, soFar).totalMinor, priceSession(rules, soFar).totalMinor]).toEqual([50n, 500n]);
  });

  it('counts a reservation as used before anything else came', () => {
    const tariff = {
      currency: 'EUR', elements: [{ components: [{ type: 'TIME' as const, price: '9', stepSize: 0 }], restrictions: { reservation: 'RESERVATION_EXPIRES' as const } }],
    };
    const reserved = { timeZone: 'UTC', start: 0, intervals: [{ start: 0, end: 3_600_000, state: 'reserved' as const, energyWh: exact(0) }] };
    const rules: PriceRules = { tariff, surcharges: [], offers: [] };
    expect([runningCost(rules, reserved).totalMinor, priceSession(rules, reserved).totalMinor]).toEqual([0n, 900n]);
  });
});
