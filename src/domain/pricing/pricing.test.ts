import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceSession, type PriceRules } from './bill.ts';
import { exact, ONE, roundHalfUp, toDecimal, ZERO, type Fraction } from './decimal.ts';
import type { Period } from './period.ts';
import { preparedTariff, pricePeriods } from './price-periods.ts';
import { sessionArbitrary, tariffArbitrary, zoneArbitrary } from './samples.ts';
import { splitPeriods, type MeteredInterval } from './split.ts';
import { DAYS_OF_WEEK, type PriceComponentType, type Tariff, type TariffRestrictions } from './tariff.ts';

const RUNS = { numRuns: 500 };

const alone = (tariff: Tariff): PriceRules => ({ tariff, surcharges: [], offers: [] });

const price = (tariff: Tariff, intervals: readonly MeteredInterval[], timeZone: string) => {
  const prepared = preparedTariff(tariff);
  return pricePeriods(prepared, splitPeriods([prepared], intervals, timeZone), timeZone);
};

/** Cuts an interval in two, with its energy in proportion. */
function cutAt(intervals: readonly MeteredInterval[], which: number, share: number): MeteredInterval[] {
  return intervals.flatMap((interval, i) => {
    const at = interval.start + Math.floor((interval.end - interval.start) * share);
    if (i !== which % intervals.length || at <= interval.start || at >= interval.end) return [interval];
    const first = interval.energyWh.mul(at - interval.start).div(interval.end - interval.start);
    return [{ ...interval, end: at, energyWh: first }, { ...interval, start: at, energyWh: interval.energyWh.sub(first) }];
  });
}

describe('the price of a session', () => {
  it('PRC-3 is the same wherever the session is cut', () => {
    fc.assert(fc.property(tariffArbitrary, sessionArbitrary, zoneArbitrary, fc.nat(20), fc.double({ min: 0, max: 1, noNaN: true }), (tariff, session, zone, which, share) => {
      const whole = price(tariff, session, zone);
      const cut = price(tariff, cutAt(session, which, share), zone);
      expect(cut.total.exclTax.equals(whole.total.exclTax)).toBe(true);
      expect(cut.total.inclTax.equals(whole.total.inclTax)).toBe(true);
    }), RUNS);
  });

  it('PRC-1 PRC-2 PRC-3 is what a clock that looks each second comes to, where nothing is rounded up', () => {
    fc.assert(fc.property(tariffArbitrary, sessionArbitrary, zoneArbitrary, (drawn, session, zone) => {
      const tariff = withoutSteps(drawn);
      const even = session.filter(({ state }) => state !== 'reserved').map(withOneWhASecond);
      const { lines } = price(tariff, even, zone);
      const sum = lines.filter(({ kind }) => kind !== 'flat').reduce((total, { exclTax }) => total.add(exclTax), exact(0));
      expect(sum.sub(bySeconds(tariff, even, zone)).abs().compare('0.000001')).toBe(-1);
    }), { numRuns: 60 });
  }, 60_000);

  it('PRC-9 PRC-11 has lines that sum to it, is never negative, and lies within its limits to half a unit', () => {
    fc.assert(fc.property(tariffArbitrary, sessionArbitrary, zoneArbitrary, (tariff, session, zone) => {
      const priced = price(tariff, session, zone);
      const bill = priceSession(alone(tariff), { timeZone: zone, start: session[0]!.start, intervals: session });
      expect(bill.lines.reduce((sum, line) => sum + line.exclTaxMinor + line.taxMinor, 0n)).toBe(bill.totalMinor);
      expect(bill.exclTaxMinor >= 0n && bill.taxMinor >= 0n).toBe(true);
      const [least, most] = [tariff.minPrice?.exclTax ?? '0', tariff.maxPrice?.exclTax ?? '1000000000'];
      expect(priced.total.exclTax.compare(least) >= 0 && priced.total.exclTax.compare(most) <= 0).toBe(true);
      for (const line of priced.lines) expect(line.billed.compare(line.used) >= 0 && line.exclTax.compare(0) >= 0).toBe(true);
    }), RUNS);
  });

  it('PRC-4 rounds a total up by less than a step', () => {
    fc.assert(fc.property(tariffArbitrary, sessionArbitrary, zoneArbitrary, (tariff, session, zone) => {
      const { lines } = price(tariff, session, zone);
      for (const kind of ['energy', 'time', 'parking_time', 'reservation_time'] as const) {
        const more = lines.filter((line) => line.kind === kind).map(({ billed, used }) => billed.sub(used)).filter((added) => !added.equals(0));
        expect(more.length).toBeLessThanOrEqual(1);
        for (const added of more) expect(added.compare(1) < 0).toBe(true); // the largest step of the samples is a kWh
      }
    }), RUNS);
  });
});

function withoutSteps(tariff: Tariff): Tariff {
  return { ...tariff, elements: tariff.elements.map((element) => ({ ...element, components: element.components.map((component) => ({ ...component, stepSize: 0 })) })) };
}

/** Then restrictions of energy and of time change at whole seconds. */
function withOneWhASecond(part: MeteredInterval): MeteredInterval {
  const lengthMs = Math.min(part.end - part.start, 3_000_000);
  return { ...part, end: part.start + lengthMs, energyWh: part.state === 'charging' ? exact(lengthMs / 1_000) : ZERO };
}

const tariffOf = (elements: [Partial<Record<PriceComponentType, string>>, TariffRestrictions?][], extra: Partial<Tariff> = {}): Tariff => ({
  currency: 'EUR', ...extra,
  elements: elements.map(([prices, restrictions]) => ({
    components: Object.entries(prices).map(([type, amount]) => ({ type: type as PriceComponentType, price: amount, stepSize: 0 })),
    ...(restrictions ? { restrictions } : {}),
  })),
});
const charging = (from: string, to: string, wh = 0): MeteredInterval => ({ start: Date.parse(from), end: Date.parse(to), state: 'charging', energyWh: exact(wh) });
const total = (tariff: Tariff, intervals: MeteredInterval[], zone = 'UTC') => toDecimal(price(tariff, intervals, zone).total.exclTax, 4);

describe('restrictions', () => {
  it.each([
    ['18:00', '21:00', '3.0000'], ['21:00', '18:00', '7.0000'], ['20:00', '00:00', '2.0000'], ['00:00', '00:00', '10.0000'],
    ['19:00', '19:00', '10.0000'], ['02:00', '16:00', '4.0000'],
  ])('PRC-2 from %s to %s: an end before the start is on the next day, 00:00 ends the day, equal times are all of it', (startTime, endTime, expected) => {
    const tariff = tariffOf([[{ TIME: '1' }, { startTime, endTime }], [{ TIME: '0' }]]);
    expect(total(tariff, [charging('2026-11-21T12:00:00Z', '2026-11-21T22:00:00Z')])).toBe(expected);
  });

  it('PRC-2 PRC-3 follows the clock on the wall when it is put forward and back', () => {
    const night = tariffOf([[{ TIME: '1' }, { startTime: '02:00', endTime: '03:00' }], [{ TIME: '0' }]]);
    expect(total(night, [charging('2026-03-28T23:00:00Z', '2026-03-29T04:00:00Z')], 'Europe/Berlin')).toBe('0.0000'); // that hour was not
    expect(total(night, [charging('2026-10-24T22:00:00Z', '2026-10-25T04:00:00Z')], 'Europe/Berlin')).toBe('2.0000'); // and that was twice
  });

  it('PRC-2 counts days of the week and dates where the location is, the last day not included', () => {
    const saturday = tariffOf([[{ TIME: '1' }, { daysOfWeek: ['SATURDAY'] }]]);
    expect(total(saturday, [charging('2026-11-20T18:00:00Z', '2026-11-20T19:00:00Z')], 'Asia/Kolkata')).toBe('0.5000');
    const day = tariffOf([[{ TIME: '1' }, { startDate: '2026-11-21', endDate: '2026-11-22' }]]);
    expect(total(day, [charging('2026-11-20T12:00:00Z', '2026-11-23T12:00:00Z')])).toBe('24.0000');
  });

  it('PRC-3 changes the price at the very Wh and second', () => {
    const first = tariffOf([[{ ENERGY: '0.1' }, { maxEnergyWh: 5_000 }], [{ ENERGY: '0.5' }]]);
    expect(total(first, [charging('2026-11-21T12:00:00Z', '2026-11-21T13:00:00Z', 7_300)])).toBe('1.6500');
    const late = tariffOf([[{ TIME: '1' }, { minDurationS: 3_600 }], [{ TIME: '0' }]]);
    expect(total(late, [charging('2026-11-21T12:00:00Z', '2026-11-21T13:30:00Z')])).toBe('0.5000');
  });
});

describe('reservations', () => {
  const reserved = (hours: number): Period => ({ start: 0, reservationS: exact(hours * 3_600) });
  const tariff = tariffOf([
    [{ FLAT: '4' }, { reservation: 'RESERVATION_EXPIRES' }], [{ FLAT: '2', TIME: '5' }, { reservation: 'RESERVATION' }], [{ FLAT: '0.5', ENERGY: '0.25' }],
  ]);
  const sum = (periods: Period[], outcome?: 'used' | 'expired') => toDecimal(pricePeriods(preparedTariff(tariff), periods, 'UTC', outcome).total.exclTax, 2);

  it('PRC-6 PRC-7 costs the fee of the reservation and that of the session, each once', () => {
    expect(sum([reserved(0.25), reserved(0.25), { start: 1, energyWh: exact(20_000) }, { start: 2, energyWh: exact(20_000) }])).toBe('15.00');
  });

  it('PRC-8 costs what elements for expired ones say, and what those leave open by the others; the session fee is not due', () => {
    expect(sum([reserved(0.5)])).toBe('6.50');
    expect(sum([reserved(0.5)], 'used')).toBe('4.50');
  });
});

describe('steps and limits', () => {
  it('PRC-5 parking alone is rounded up where it has a price', () => {
    const stepped: Tariff = { currency: 'EUR', elements: [{ components: [{ type: 'TIME', price: '6', stepSize: 600 }, { type: 'PARKING_TIME', price: '6', stepSize: 600 }] }] };
    const lines = (...periods: Period[]) => pricePeriods(preparedTariff(stepped), periods, 'UTC').lines.map(({ kind, billed }) => [kind, billed.mul(60).valueOf()]);
    expect(lines({ start: 0, chargingS: exact(1_260) }, { start: 1, parkingS: exact(420) })).toEqual([['time', 21], ['parking_time', 10]]);
    expect(lines({ start: 0, chargingS: exact(1_260) })).toEqual([['time', 30]]);
  });

  it('PRC-9 takes the tax along in proportion where the limit has none, and by the limit where it has', () => {
    const elements: Tariff['elements'] = [{ components: [{ type: 'ENERGY', price: '1', taxPercent: '20', stepSize: 0 }] }];
    const taxed = (maxPrice: Tariff['maxPrice']): Tariff => ({ currency: 'EUR', elements, maxPrice });
    const of = (maxPrice: Tariff['maxPrice']) => {
      const { total: { exclTax, inclTax } } = pricePeriods(preparedTariff(taxed(maxPrice)), [{ start: 0, energyWh: exact(10_000) }], 'UTC');
      return [exclTax, inclTax].map((amount) => toDecimal(amount, 2));
    };
    expect([of({ exclTax: '5' }), of({ exclTax: '5', inclTax: '11' }), of({ exclTax: '50' })]).toEqual([['5.00', '6.00'], ['5.00', '11.00'], ['10.00', '12.00']]);
  });

  it('PRC-11 makes the limit a line of its own, which names what it took off', () => {
    const limited = tariffOf([[{ ENERGY: '0.333', FLAT: '1' }]], { maxPrice: { exclTax: '5' } });
    const bill = priceSession(alone(limited), { timeZone: 'UTC', start: 0, intervals: [charging('2026-11-21T12:00:00Z', '2026-11-21T13:00:00Z', 20_000)] });
    expect(bill.lines.map(({ kind, exclTaxMinor, unitPrice }) => [kind, exclTaxMinor, unitPrice])).toEqual([
      ['flat', 100n, '1'], ['energy', 666n, '0.333'], ['max_price', -266n, '-2.66'],
    ]);
    expect(bill.totalMinor).toBe(500n);
  });
});

it('PRC-11 rounds half up, away from zero, whatever the digits of the currency', () => {
  expect(['0.125', '0.1249', '-0.125', '2.675'].map((text) => toDecimal(exact(text), 2))).toEqual(['0.13', '0.12', '-0.13', '2.68']);
  expect([roundHalfUp(exact('12.5'), 0), roundHalfUp(ONE.div(3), 3)]).toEqual([13n, 333n]);
});

/** What each second costs by the rules alone, read another way: the time by Temporal, the elements one by one. */
function bySeconds(tariff: Tariff, intervals: readonly MeteredInterval[], timeZone: string): Fraction {
  let [wh, seconds] = [0, 0];
  const used = new Map<string, number>();
  for (const { start, end, state, minPowerW } of intervals) {
    for (let at = start; at < end; at += 1_000) {
      const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
      const isFor = (r: TariffRestrictions = {}): boolean => (
        r.reservation === undefined && isInTime(r, local) && isWithin(wh, r.minEnergyWh, r.maxEnergyWh) && isWithin(seconds, r.minDurationS, r.maxDurationS)
          && (minPowerW === undefined || isWithin(minPowerW, r.minPowerW, r.maxPowerW)));
      for (const type of state === 'charging' ? ['ENERGY', 'TIME'] : ['PARKING_TIME']) {
        const element = tariff.elements.find(({ components, restrictions }) => components.some((one) => one.type === type) && isFor(restrictions));
        const component = element?.components.find((one) => one.type === type);
        if (component) used.set(`${type} ${component.price}`, (used.get(`${type} ${component.price}`) ?? 0) + 1);
      }
      if (state === 'charging') wh += 1;
      seconds += 1;
    }
  }
  return [...used].reduce((sum, [key, count]) => sum.add(exact(count).div(key.startsWith('ENERGY') ? 1_000 : 3_600).mul(key.split(' ')[1]!)), exact(0));
}

function isInTime(r: TariffRestrictions, local: Temporal.ZonedDateTime): boolean {
  const [time, date] = [local.toPlainTime().toString({ smallestUnit: 'minute' }), local.toPlainDate().toString()];
  const [from, to] = [r.startTime ?? '00:00', r.endTime === undefined || r.endTime === '00:00' ? '24:00' : r.endTime];
  const isNow = from < to ? time >= from && time < to : from === to || time >= from || time < to;
  return isNow && (r.startDate ?? '') <= date && date < (r.endDate ?? '9') && (r.daysOfWeek?.includes(DAYS_OF_WEEK[local.dayOfWeek - 1]!) ?? true);
}

const isWithin = (value: number, least = 0, below = Infinity): boolean => value >= least && value < below;
