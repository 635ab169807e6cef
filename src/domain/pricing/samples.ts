/** Random tariffs and sessions for tests. */
import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { exact } from './decimal.ts';
import type { MeteredInterval } from './split.ts';
import { DAYS_OF_WEEK, PRICE_COMPONENT_TYPES, RESERVATION_RESTRICTIONS, type PriceComponent, type Tariff, type TariffRestrictions } from './tariff.ts';

export const zoneArbitrary = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe');

const decimal = (most: number, decimals: number) => fc.integer({ min: 0, max: most * 10 ** decimals }).map((units) => (units / 10 ** decimals).toFixed(decimals));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const timeArbitrary = fc.integer({ min: 0, max: 95 }).map((quarter) => `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`);
const stepArbitrary = fc.constantFrom(0, 1, 60, 300, 900, 1_000);

const componentsArbitrary: fc.Arbitrary<PriceComponent[]> = fc.uniqueArray(
  fc.record({ type: fc.constantFrom(...PRICE_COMPONENT_TYPES), price: decimal(20, 4), taxPercent: optional(decimal(30, 1)), stepSize: stepArbitrary }).map(withoutGaps),
  { minLength: 1, maxLength: 4, selector: ({ type }) => type },
);

const rangeArbitrary = (most: number, step: number) => optional(
  fc.tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 1, max: most })).map(([from, length]) => [from * step, (from + length) * step] as const),
);

const restrictionsArbitrary: fc.Arbitrary<TariffRestrictions> = fc.record({
  startTime: optional(timeArbitrary), endTime: optional(timeArbitrary), startDate: optional(fc.constantFrom('2026-03-28', '2026-03-29', '2026-03-30')),
  endDate: optional(fc.constantFrom('2026-03-31', '2026-04-06')), energy: rangeArbitrary(20, 500), duration: rangeArbitrary(12, 600), power: rangeArbitrary(5, 11_000),
  daysOfWeek: optional(fc.uniqueArray(fc.constantFrom(...DAYS_OF_WEEK), { minLength: 1 })),
  reservation: fc.option(fc.constantFrom(...RESERVATION_RESTRICTIONS), { nil: undefined, freq: 4 }),
}).map(({ energy, duration, power, ...rest }) => withoutGaps({
  ...rest, minEnergyWh: energy?.[0], maxEnergyWh: energy?.[1], minDurationS: duration?.[0], maxDurationS: duration?.[1], minPowerW: power?.[0], maxPowerW: power?.[1],
}));

/** Of our own making: `checkTariff` may refuse some for what is never reached. */
export const tariffArbitrary: fc.Arbitrary<Tariff> = fc.record({
  currency: fc.constantFrom('EUR', 'INR', 'JPY', 'KWD'),
  elements: fc.array(fc.record({ components: componentsArbitrary, restrictions: optional(restrictionsArbitrary) }).map(withoutGaps), { minLength: 1, maxLength: 6 }),
  minPrice: optional(decimal(5, 2).map((exclTax) => ({ exclTax }))), maxPrice: optional(decimal(20, 2).map((exclTax) => ({ exclTax: (Number(exclTax) + 5).toFixed(2) }))),
}).map(withoutGaps);

/** Around the nights on which clocks are changed. */
const beginArbitrary: fc.Arbitrary<EpochMs> = fc.integer({ min: 0, max: 9 * 24 * 60 }).map((minute) => Date.UTC(2026, 2, 28) + minute * MINUTE_MS);

/** Whole seconds long, with some Wh each. */
export const sessionArbitrary: fc.Arbitrary<MeteredInterval[]> = fc.record({
  begin: beginArbitrary,
  parts: fc.array(fc.record({
    lengthMs: fc.oneof(fc.integer({ min: 1, max: 7_200 }).map((s) => s * 1_000), fc.constant(HOUR_MS)), gapMs: fc.constantFrom(0, 0, 0, 5_000),
    state: fc.constantFrom('charging', 'charging', 'parking'), wh: fc.integer({ min: 0, max: 30_000 }),
    powerW: optional(fc.integer({ min: 0, max: 60_000 })),
  }), { minLength: 1, maxLength: 6 }),
  reservedMs: optional(fc.integer({ min: 1, max: 5_400 }).map((s) => s * 1_000)),
}).map(({ begin, parts, reservedMs }) => {
  let at = begin;
  const reserved: MeteredInterval[] = reservedMs === undefined ? [] : [{ start: at, end: (at += reservedMs), state: 'reserved', energyWh: exact(0) }];
  return [...reserved, ...parts.map(({ lengthMs, gapMs, state, wh, powerW }): MeteredInterval => {
    const start = at + gapMs;
    at = start + lengthMs;
    return { start, end: at, state, energyWh: exact(state === 'charging' ? wh : 0), ...(powerW === undefined ? {} : { minPowerW: powerW, maxPowerW: powerW }) };
  })];
});

function withoutGaps<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}
