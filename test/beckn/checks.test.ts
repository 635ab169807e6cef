/** The table of the checks says what is true: each is named by a test where it says so, or it says why there is none. */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';

const CHECKS = 49;

/** The numbers after `check` in the names of a file's tests: `checks 2, 5 and 7 to 9`. */
function checksIn(text: string): Set<number> {
  const found = new Set<number>();
  for (const [, list] of text.matchAll(/\bchecks? (\d+(?:(?:, | and | to )\d+)*)/g)) {
    for (const [, first, last] of list!.matchAll(/(\d+)(?: to (\d+))?/g)) for (let n = Number(first); n <= Number(last ?? first); n++) found.add(n);
  }
  return found;
}

const files = [...globSync('test/beckn/**/*.test.ts'), ...globSync('src/protocols/beckn/**/*.test.ts')].filter((path) => !/\/checks\.test\.ts$|\/c\//.test(path));
const named = Map.groupBy(files, (path) => basename(path, '.test.ts'));
const isNamed = (file: string, n: number): boolean => (named.get(file) ?? []).some((path) => checksIn(readFileSync(path, 'utf8')).has(n));
const rows = [...readFileSync('docs/beckn-checks.md', 'utf8').matchAll(/^\| (\d+) \| [^|]+ \| ([^|]+) \|$/gm)].map(([, n, where]) => ({ n: Number(n), where: where! }));

describe('the 49 checks', () => {
  it('stand in the table, each once', () => expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: CHECKS }, (_, i) => i + 1)));

  it.each(rows)('check $n is where the table says: $where', ({ n, where }) => {
    if (where.startsWith('none: ')) return void expect([...named.keys()].filter((file) => isNamed(file, n))).toEqual([]);
    const told = where.split(';')[0]!.split(', ');
    expect(told.filter((file) => !isNamed(file, n))).toEqual([]);
  });
});
