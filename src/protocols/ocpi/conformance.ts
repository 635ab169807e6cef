/** Holds the price engine against totals that others have worked out: examples of the standard's text, and pairs priced by another engine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { priceReport, type PriceReport, type PriceRequest } from './price-report.ts';

export interface Check {
  name: string;
  passed: boolean;
  detail: string;
}

type Price = { excl_vat: number; incl_vat?: number } | null;

/** @param folder `ocpi/tariffs`; the tariffs that its examples name lie in the folder above */
export async function checkTariffs(folder: string): Promise<Check[]> {
  return [...await checkExamples(folder), ...await checkPairs(folder)];
}

interface Example extends Omit<PriceRequest, 'cdr' | 'tz'> {
  id: string;
  tariff_file: string | null;
  time_zone: string;
  start_date_time: string;
  end_date_time: string;
  charging_periods: unknown[];
  reservation_outcome?: 'USED' | 'EXPIRED';
  expected_total_cost: { excl_vat: number; incl_vat?: number };
  /** what comes out without rounding each price to cents */
  exact_excl_vat?: number;
  exact_incl_vat?: number;
}

async function checkExamples(folder: string): Promise<Check[]> {
  const { examples } = JSON.parse(await readFile(join(folder, 'worked-examples.json'), 'utf8')) as { examples: Example[] };
  return Promise.all(examples.map(async (example) => {
    const tariff = (example.tariff_file === null ? example.tariff : JSON.parse(await readFile(join(folder, '..', example.tariff_file), 'utf8'))) as object;
    const { start_date_time, end_date_time, charging_periods, time_zone: tz, reservation_outcome } = example;
    const { expected_total_cost: expected, exact_excl_vat, exact_incl_vat } = example;
    const wanted = { excl_vat: exact_excl_vat ?? expected.excl_vat, ...(expected.incl_vat === undefined ? {} : { incl_vat: exact_incl_vat ?? expected.incl_vat }) };
    return check(`ocpi/tariffs/worked-examples.json#${example.id}`, () => {
      const cdr = { start_date_time, end_date_time, charging_periods };
      const report = priceReport({ tariff: withElements(tariff), cdr, tz, ...(reservation_outcome ? { reservation_outcome } : {}) });
      return differencesOf({ total_cost: report.total_cost }, { total_cost: wanted });
    });
  }));
}

/** Some of the standard's examples are a tariff's restriction alone, in a tariff of a few fields. */
function withElements(tariff: object): object {
  return 'elements' in tariff ? { currency: 'EUR', ...tariff } : { currency: 'EUR', elements: [tariff] };
}

interface Pair {
  id: string;
  tz: string;
  tariff: unknown;
  cdr: unknown;
  expected: Record<string, unknown> & { periods: Record<string, number>[] };
}

async function checkPairs(folder: string): Promise<Check[]> {
  const lines = (await readFile(join(folder, 'golden.jsonl'), 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { id, tz, tariff, cdr, expected } = JSON.parse(line) as Pair;
    return check(`ocpi/tariffs/golden.jsonl#${id}`, () => differencesOf(priceReport({ tariff, cdr, tz }), expected));
  });
}

function check(name: string, compare: () => string[]): Check {
  try {
    const differences = compare();
    return { name, passed: differences.length === 0, detail: differences.length === 0 ? 'the same' : differences.join('; ') };
  } catch (error) {
    return { name, passed: false, detail: (error as Error).message };
  }
}

/** Names what is not as expected, to the decimals that were written. */
function differencesOf(report: Partial<PriceReport>, expected: Record<string, unknown>): string[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const got = report[name as keyof PriceReport];
    const isSame = typeof wanted === 'number' ? isClose(got as number, wanted)
      : name === 'periods' ? JSON.stringify((got as object[]).map(sortedKinds)) === JSON.stringify((wanted as object[]).map(sortedKinds))
        : isSamePrice(got as Price, wanted as Price);
    return isSame ? [] : [`${name} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
  });
}

function isSamePrice(got: Price, wanted: Price): boolean {
  if (got === null || wanted === null) return got === wanted;
  return isClose(got.excl_vat, wanted.excl_vat) && (wanted.incl_vat === undefined || isClose(got.incl_vat!, wanted.incl_vat));
}

/** A last digit may be rounded either way by who worked in binary fractions, or rounded twice. */
const isClose = (a: number, b: number): boolean => Math.abs(a - b) < 0.00015;

function sortedKinds(chosen: object): [string, unknown][] {
  return Object.entries(chosen).map(([kind, element]): [string, unknown] => [kind.replace('parking_time', 'parking'), element]).sort(([a], [b]) => (a < b ? -1 : 1));
}
