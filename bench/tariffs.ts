/**
 * The price engine: `node bench/tariffs.ts [sessions]` (10,000 when not given). Random tariffs price random sessions, which must
 * not throw. Beside it, in the same run, the bare limit: quantities times prices of the same periods in binary fractions,
 * without rules, rounding or reasons. The ratio is what counts.
 */
import fc from 'fast-check';
import { priceSession } from '../src/domain/pricing/bill.ts';
import type { Period } from '../src/domain/pricing/period.ts';
import { preparedTariff, pricePeriods, type PreparedTariff } from '../src/domain/pricing/price-periods.ts';
import { sessionArbitrary, tariffArbitrary, zoneArbitrary } from '../src/domain/pricing/samples.ts';
import { splitPeriods, type MeteredInterval } from '../src/domain/pricing/split.ts';
import { median, printTable } from './http/print.ts';

const [SEED, ROUNDS] = [1, 5];
const count = Number(process.argv[2] ?? 10_000);

interface Sample {
  prepared: PreparedTariff;
  session: MeteredInterval[];
  zone: string;
  periods: Period[];
  /** of each period, as plain numbers: quantity and price of what it is charged at */
  plain: Float64Array;
}

const samples = fc.sample(fc.tuple(tariffArbitrary, sessionArbitrary, zoneArbitrary), { numRuns: count, seed: SEED }).map(([tariff, session, zone]): Sample => {
  const prepared = preparedTariff(tariff);
  const periods = splitPeriods([prepared], session, zone);
  const price = Number(tariff.elements[0]!.components[0]!.price);
  const plain = Float64Array.from(periods.flatMap(({ energyWh, chargingS, parkingS }) => [energyWh, chargingS, parkingS].map((quantity) => (quantity?.valueOf() ?? 0) * price)));
  return { prepared, session, zone, periods, plain };
});

const works: { name: string; run: () => number }[] = [
  { name: 'plain multiplication over the same periods', run: () => samples.reduce((sum, { plain }) => plain.reduce((all, quantity) => all + quantity * 1.1, sum), 0) },
  { name: 'periods priced', run: () => samples.reduce((sum, { prepared, periods, zone }) => sum + pricePeriods(prepared, periods, zone).lines.length, 0) },
  {
    name: 'sessions split, priced and billed',
    run: () => samples.reduce((sum, { prepared, session, zone }) => (
      sum + priceSession({ tariff: prepared.tariff, surcharges: [], offers: [] }, { timeZone: zone, start: session[0]!.start, intervals: session }).lines.length), 0),
  },
];

const seconds = works.map(() => [] as number[]);
for (let round = 0; round <= ROUNDS; round++) {
  works.forEach(({ run }, i) => {
    const started = performance.now();
    if (!Number.isFinite(run())) throw new Error('a price is no number');
    if (round > 0) seconds[i]!.push((performance.now() - started) / 1_000);
  });
}
const periods = samples.reduce((sum, sample) => sum + sample.periods.length, 0);
console.log(`${count.toLocaleString('en')} random tariffs and sessions, ${periods.toLocaleString('en')} periods; none threw\n`);
const rates = seconds.map((list) => count / median(list));
printTable(['median of the rounds', 'sessions/s', 'µs each', 'of plain'], works.map(({ name }, i) => [
  name, Math.round(rates[i]!).toLocaleString('en'), (1e6 / rates[i]!).toFixed(1), (rates[i]! / rates[0]!).toPrecision(2),
]));
