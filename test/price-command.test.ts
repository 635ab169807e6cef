/** `plugtime price`, as somebody calls it who holds it against another engine. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/plugtime.js', import.meta.url));
const example = (name: string): string => fileURLToPath(new URL(`../docs/examples/price/${name}.jsonl`, import.meta.url));
const linesOf = (text: string): Record<string, unknown>[] => text.trim().split('\n').map((line) => JSON.parse(line));

function price(args: string[], input = ''): { lines: Record<string, unknown>[]; status: number | null; stderr: string } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [BIN, 'price', ...args], { input, encoding: 'utf8' });
  return { lines: stdout === '' ? [] : linesOf(stdout), status, stderr };
}

describe('plugtime price', () => {
  it('prices the example as docs/prices.md says', () => {
    expect(price([example('sessions')])).toMatchObject({ status: 0, lines: linesOf(readFileSync(example('reports'), 'utf8')) });
  });

  it('answers each line of standard input, says what is wrong with it in its own words, and goes on', () => {
    const [evening] = linesOf(readFileSync(example('sessions'), 'utf8'));
    const bad = [
      { ...evening, tz: 'Mars/Base' }, { ...evening, cdr: { charging_periods: [] } }, { ...evening, cdr: { ...(evening!.cdr as object), currency: 'EUR' } },
      { ...evening, tariff: { currency: 'INR', elements: [{ price_components: [{ type: 'ENERGY', price: -1, step_size: 0.5 }] }] } },
      { ...evening, tariff: { currency: 'INR', elements: [{ price_components: [{ type: 'ENERGY', price: 1, step_size: 1 }], restrictions: { start_time: '25:00' } }] } },
    ];
    const { lines, status, stderr } = price(['-'], [...bad.map((line) => JSON.stringify(line)), '{', '', JSON.stringify(evening)].join('\n'));
    const pointers = lines.map(({ errors }) => (errors as { pointer: string }[] | undefined)?.map(({ pointer }) => pointer));
    expect(pointers).toEqual([
      ['/tz'], ['/cdr', '/cdr/charging_periods'], ['/cdr/currency'], ['/tariff/elements/0/price_components/0/price', '/tariff/elements/0/price_components/0/step_size'],
      ['/tariff/elements/0/restrictions/start_time'], undefined, undefined,
    ]);
    expect(lines.at(-1)).toMatchObject({ id: 'evening', total_cost: { excl_vat: 88.4 } });
    expect([status, stderr]).toEqual([3, expect.stringContaining('6 of 7 could not be priced')]);
  });

  it('ends with 2 for a file that can not be read', () => {
    expect(price(['nothing-there.jsonl'])).toMatchObject({ status: 2, lines: [] });
  });
});
