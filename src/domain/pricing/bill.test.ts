import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceSession, type Bill, type PriceRules, type SessionCase } from './bill.ts';
import { exact } from './decimal.ts';
import type { Offer } from './offer.ts';
import { quoteSession, type QuoteCase } from './quote.ts';
import { sessionArbitrary, tariffArbitrary, zoneArbitrary } from './samples.ts';
import type { Surcharge } from './surcharge.ts';
import type { Tariff } from './tariff.ts';

const rupees = (prices: Partial<Record<'ENERGY' | 'FLAT', string>>, taxPercent?: string): Tariff => ({
  currency: 'INR',
  elements: [{
    components: Object.entries(prices).map(([type, price]) => ({ type: type as 'ENERGY', price, stepSize: 1, ...(taxPercent === undefined ? {} : { taxPercent }) })),
  }],
});
const rulesOf = (tariff: Tariff, more: Partial<PriceRules> = {}): PriceRules => ({ tariff, surcharges: [], offers: [], ...more });
/** From 18:25 to 18:55 in India. */
const evening = (kWh: number, more: Partial<SessionCase> = {}): SessionCase => {
  const start = Date.parse('2026-11-21T12:55:00Z');
  return { timeZone: 'Asia/Kolkata', start, intervals: [{ start, end: start + 1_800_000, state: 'charging', energyWh: exact(Math.round(kWh * 1_000)) }], ...more };
};
const congestion: Surcharge = { id: 'sur_1', name: 'Congestion fee', price: { type: 'ENERGY', amount: '1' }, restrictions: { startTime: '18:00', endTime: '21:00' } };
const twentyOff: Offer = { id: 'off_1', name: '₹20 off above 5 kWh', discount: { amount: '20' }, minEnergyWh: 5_000, isCombinable: false };
const amounts = ({ lines }: Bill) => lines.map(({ kind, exclTaxMinor, taxMinor }) => [kind, Number(exclTaxMinor + taxMinor)]);

describe("the seed's own sums", () => {
  it('PRC-12 5.2 kWh at ₹16 and ₹1 of congestion fee are ₹88.40; 3.4 kWh on the way are ₹57.80', () => {
    const rules = rulesOf(rupees({ ENERGY: '16' }), { surcharges: [congestion] });
    const bill = priceSession(rules, evening(5.2));
    expect([amounts(bill), bill.totalMinor]).toEqual([[['energy', 8_320], ['surcharge', 520]], 8_840n]);
    // the seed prints 58.00, and 54.4 + 3.4 beside it
    expect(priceSession(rules, evening(3.4)).totalMinor).toBe(5_780n);
    expect(quoteSession(rules, { ...evening(0), wanted: { energyWh: 5_000 }, powerW: 30_000 }).bill.totalMinor).toBe(8_500n);
  });

  it('PRC-15 5 kWh at ₹18 and ₹10 of service fee are ₹100', () => {
    const bill = priceSession(rulesOf(rupees({ ENERGY: '18' }), { serviceFee: { price: { amount: '10' } } }), evening(5));
    expect([amounts(bill), bill.totalMinor]).toEqual([[['energy', 9_000], ['service_fee', 1_000]], 10_000n]);
    expect(priceSession(rulesOf(rupees({ ENERGY: '18' }), { serviceFee: { price: { amount: '10' } } }), evening(3.7)).totalMinor).toBe(7_660n);
  });

  it('PRC-13 ₹20 off from 5 kWh on; at 3.2 kWh it says that 1.8 are missing', () => {
    const rules = rulesOf(rupees({ ENERGY: '12' }), { offers: [twentyOff] });
    expect(amounts(priceSession(rules, evening(5)))).toEqual([['energy', 6_000], ['offer', -2_000]]);
    const { totalMinor, offers } = priceSession(rules, evening(3.2));
    expect([totalMinor, offers]).toEqual([3_840n, [{ offer: twentyOff, discountMinor: 0n, missing: { energyWh: 1_800 } }]]);
  });

  it('PRC-17 of ₹500 with a tenth for overage, ₹550 are set aside', () => {
    const wanted = { ...evening(0), wanted: { energyWh: 25_000 }, powerW: 50_000, overagePercent: '10' };
    const { holdMinor, overageProvisionMinor } = quoteSession(rulesOf(rupees({ ENERGY: '20' })), wanted);
    expect([holdMinor, overageProvisionMinor]).toEqual([55_000n, 5_000n]);
  });
});

describe('surcharges', () => {
  it('PRC-12 count only while they hold, and as a share of the price with its tax', () => {
    const start = Date.parse('2026-11-21T12:00:00Z'); // 17:30 to 18:30
    const around = { ...evening(10), start, intervals: [{ start, end: start + 3_600_000, state: 'charging' as const, energyWh: exact(10_000) }] };
    const share: Surcharge = { id: 'sur_2', name: 'Rush', price: { percent: '20' }, restrictions: congestion.restrictions! };
    const once: Surcharge = { id: 'sur_3', name: 'Evening', price: { type: 'FLAT', amount: '7.5' }, restrictions: congestion.restrictions!, taxPercent: '18' };
    const bill = priceSession(rulesOf(rupees({ ENERGY: '10' }, '18'), { surcharges: [congestion, share, once] }), around);
    expect(bill.lines.map(({ id, quantity, unitPrice, exclTaxMinor, taxMinor }) => [id, quantity, unitPrice, exclTaxMinor, taxMinor])).toEqual([
      [undefined, '10.000000', '10', 10_000n, 1_800n], ['sur_3', '1.000000', '7.5', 750n, 135n], ['sur_1', '5.000000', '1', 500n, 0n],
      ['sur_2', '5.000000', '2', 1_000n, 180n],
    ]);
  });
});

describe('offers', () => {
  const ten: Offer = { id: 'ten', name: '10 % off', discount: { percent: '10' }, isCombinable: true };
  const free: Offer = { id: 'free', name: 'First 2 kWh free', discount: { freeEnergyWh: 2_000 }, isCombinable: true };
  const worth = (offers: Offer[], more: Partial<SessionCase> = {}, tariff = rupees({ ENERGY: '10', FLAT: '5' })) => (
    priceSession(rulesOf(tariff, { offers }), evening(10, more)).offers.map(({ offer, discountMinor }) => [offer.id, Number(discountMinor)]));

  it('PRC-14 that may be combined are had together, else the best', () => {
    expect(worth([ten, free])).toEqual([['ten', 1_050], ['free', 2_000]]);
    expect(worth([ten, twentyOff, { ...free, isCombinable: false }])).toEqual([['ten', 0], ['off_1', 2_000], ['free', 0]]);
    expect(worth([ten, free, { ...twentyOff, discount: { amount: '31' } }])).toEqual([['ten', 0], ['free', 0], ['off_1', 3_100]]);
    expect(worth([{ ...twentyOff, discount: { amount: '5000' } }])).toEqual([['off_1', 10_500]]);
    expect(worth([{ ...ten, discount: { percent: '50', most: '12.50' } }])).toEqual([['ten', 1_250]]);
  });

  it('PRC-14 take off the tax that lies in them', () => {
    const bill = priceSession(rulesOf(rupees({ ENERGY: '10' }, '18'), { offers: [twentyOff] }), evening(10));
    expect([bill.exclTaxMinor, bill.taxMinor, bill.totalMinor]).toEqual([8_305n, 1_495n, 9_800n]);
  });

  it('PRC-13 are open by time, place and membership', () => {
    const only = (change: Partial<Offer>, more: Partial<SessionCase> = {}) => priceSession(
      rulesOf(rupees({ ENERGY: '10' }), { offers: [{ ...ten, ...change }] }), evening(10, more),
    ).offers.some(({ join }) => !join);
    expect(only({ when: { startTime: '18:00', endTime: '19:00', daysOfWeek: ['SATURDAY'] } })).toBe(true);
    expect(only({ when: { startTime: '19:00', endTime: '20:00' } })).toBe(false);
    expect([only({ validUntil: Date.parse('2026-11-21T12:55:00Z') }), only({ validFrom: Date.parse('2026-11-21T12:55:00Z') })]).toEqual([false, true]);
    expect([only({ locationIds: ['a'] }), only({ locationIds: ['a'] }, { locationId: 'a' }), only({ connectorIds: ['c'] }, { connectorId: 'd' })]).toEqual([false, true, false]);
    expect([only({ programmeIds: ['gold'] }), only({ programmeIds: ['gold', 'fleet'] }, { programmeIds: ['fleet'] })]).toEqual([false, true]);
  });

  it('PRC-25 for members only say which programme opened them, or would have to be joined, and are had by nobody else', () => {
    const offer: Offer = { ...ten, programmeIds: ['gold', 'fleet'], minEnergyWh: 11_000 };
    const outcomes = (more: Partial<SessionCase>, kWh = 12) => priceSession(rulesOf(rupees({ ENERGY: '10' }), { offers: [offer] }), evening(kWh, more)).offers;
    expect(outcomes({ programmeIds: ['fleet', 'other'] })).toEqual([{ offer, discountMinor: 1_200n, programmeId: 'fleet' }]);
    expect(outcomes({ programmeIds: ['other'] })).toEqual([{ offer, discountMinor: 0n, join: ['gold', 'fleet'] }]);
    expect(outcomes({}, 10)).toEqual([{ offer, discountMinor: 0n, join: ['gold', 'fleet'], missing: { energyWh: 1_000 } }]);
  });

  it('PRC-13 say how much is missing of energy and of amount', () => {
    const [outcome] = priceSession(rulesOf(rupees({ ENERGY: '10' }), { offers: [{ ...ten, minAmount: '120', minEnergyWh: 11_000 }] }), evening(10)).offers;
    expect(outcome).toMatchObject({ discountMinor: 0n, missing: { energyWh: 1_000, amountMinor: 2_000n } });
  });
});

describe('fees', () => {
  const fee = (isCredited: boolean, kWh: number) => priceSession(
    rulesOf(rupees({ ENERGY: '10' }, '18')), evening(kWh, { fees: [{ kind: 'reservation_fee', amountMinor: 5_000n, taxPercent: '18', isCredited }] }));

  it('PRC-16 of a reservation count towards the session, up to what it costs', () => {
    expect(amounts(fee(false, 10))).toEqual([['energy', 11_800], ['reservation_fee', 5_900]]);
    expect(amounts(fee(true, 10))).toEqual([['energy', 11_800], ['reservation_fee', 5_900], ['reservation_fee_credit', -5_900]]);
    expect(amounts(fee(true, 1))).toEqual([['energy', 1_180], ['reservation_fee', 5_900], ['reservation_fee_credit', -1_180]]);
  });
});

describe('what a session costs besides charging', () => {
  it('PRC-11 each line has its tax, at its own rate: energy, overstay after a time of grace, a fee for not coming', () => {
    const tariff: Tariff = {
      currency: 'INR',
      elements: [
        { components: [{ type: 'PARKING_TIME', price: '120', taxPercent: '12', stepSize: 60 }], restrictions: { minDurationS: 2_400 } },
        { components: [{ type: 'ENERGY', price: '10', taxPercent: '18', stepSize: 1 }] },
      ],
    };
    const { start, intervals: [charging] } = evening(10);
    const parked = { start: charging!.end, end: charging!.end + 1_230_000, state: 'parking' as const, energyWh: exact(0) };
    const bill = priceSession(rulesOf(tariff), evening(10, { intervals: [charging!, parked] }));
    // half an hour of charging, ten minutes of grace, and 10½ minutes that count as 11
    expect(bill.lines.map(({ kind, quantity, exclTaxMinor, taxMinor, taxPercent }) => [kind, quantity, exclTaxMinor, taxMinor, taxPercent])).toEqual([
      ['energy', '10.000000', 10_000n, 1_800n, '18'], ['parking_time', '0.183333', 2_200n, 264n, '12'],
    ]);
    const absent = priceSession(rulesOf(tariff), { timeZone: 'Asia/Kolkata', start, intervals: [], fees: [{ kind: 'no_show_fee', amountMinor: 10_000n, taxPercent: '18' }] });
    expect([amounts(absent), absent.exclTaxMinor, absent.taxMinor, absent.totalMinor]).toEqual([[['no_show_fee', 11_800]], 10_000n, 1_800n, 11_800n]);
  });
});

describe('a quote', () => {
  const rules = rulesOf(rupees({ ENERGY: '18' }), { serviceFee: { price: { amount: '10' } } });
  const quote = (more: Pick<QuoteCase, 'wanted'> & Partial<QuoteCase>) => quoteSession(rules, { ...evening(0), powerW: 30_000, ...more });

  it('PRC-17 goes by energy, time or amount, and no longer than the slot', () => {
    expect(quote({ wanted: { energyWh: 5_000 } })).toMatchObject({ durationMs: 600_000, bill: { totalMinor: 10_000n } });
    expect(quote({ wanted: { durationMs: 600_000 } })).toMatchObject({ durationMs: 600_000, bill: { totalMinor: 10_000n } });
    expect(quote({ wanted: { amountMinor: 10_000n } })).toMatchObject({ durationMs: 600_000, bill: { totalMinor: 10_000n } });
    expect(quote({ wanted: { energyWh: 5_000 }, mostMs: 300_000 })).toMatchObject({ durationMs: 300_000, bill: { totalMinor: 5_500n } });
    expect(quote({ wanted: { amountMinor: 500n } })).toMatchObject({ durationMs: 0 });
  });

  it("PRC-17 tells the buyer app's share, which the driver does not pay", () => {
    expect(quote({ wanted: { energyWh: 5_000 }, buyerFinderFee: { percent: '2.5' } })).toMatchObject({ buyerFinderFeeMinor: 250n, holdMinor: 10_000n });
    expect(quote({ wanted: { energyWh: 5_000 }, buyerFinderFee: { amount: '3' } })).toMatchObject({ buyerFinderFeeMinor: 300n, bill: { totalMinor: 10_000n } });
  });

  it('PRC-15 is the bill of the same session, however it was metered', () => {
    fc.assert(fc.property(tariffArbitrary, zoneArbitrary, fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 299 }), (tariff, timeZone, seconds, share) => {
      const late: Surcharge = { id: 's', name: 's', price: { percent: '12.5' }, restrictions: { minEnergyWh: 1_000 } };
      const all = rulesOf(tariff, { surcharges: [congestion, late], offers: [twentyOff], serviceFee: { price: { percent: '3' } } });
      const start = Date.UTC(2026, 2, 28, 22);
      const { bill } = quoteSession(all, { timeZone, start, wanted: { durationMs: seconds * 1_000 }, powerW: 36_000 });
      const at = start + Math.floor((seconds * 1_000 * share) / 300);
      const parts = [[start, at], [at, start + seconds * 1_000]].filter(([from, to]) => from! < to!).map(([from, to]) => (
        { start: from!, end: to!, state: 'charging' as const, energyWh: exact(to! - from!).div(100), minPowerW: 36_000, maxPowerW: 36_000 }));
      expect(priceSession(all, { timeZone, start, intervals: parts })).toEqual(bill);
    }), { numRuns: 300 });
  });
});

it('PRC-11 PRC-14 no bill is negative, and its lines sum to its total, whatever the rules', () => {
  fc.assert(fc.property(tariffArbitrary, sessionArbitrary, zoneArbitrary, fc.nat(3_000), (tariff, intervals, timeZone, off) => {
    const offers: Offer[] = [
      { id: 'a', name: 'a', discount: { amount: String(off / 100) }, isCombinable: true }, { id: 'b', name: 'b', discount: { percent: '60' }, isCombinable: true },
    ];
    const fees = [{ kind: 'reservation_fee' as const, amountMinor: BigInt(off), taxPercent: '7', isCredited: true }];
    const bill = priceSession(rulesOf(tariff, { offers, surcharges: [congestion], serviceFee: { price: { amount: '1' }, taxPercent: '18' } }), {
      timeZone, start: intervals[0]!.start, intervals, fees,
    });
    expect(bill.lines.reduce((sum, line) => sum + line.exclTaxMinor + line.taxMinor, 0n)).toBe(bill.totalMinor);
    expect(bill.totalMinor >= 0n).toBe(true);
  }), { numRuns: 300 });
});
