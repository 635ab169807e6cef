/** The wall clock, SQL and the width of lines. */
import { describe, expect, it } from 'vitest';
import { clockReadings, strayingSql, wideLines, WIDEST_LINE } from './source-rules.ts';
import { isTypeScript, productionFiles, readTree, requireEnough } from './tree.ts';

/** Files that may read the wall clock, and why. */
const MAY_READ_CLOCK: Record<string, string> = {
  'src/platform/clock/index.ts': 'it is the clock',
};
const pathOf = (violation: string): string => violation.slice(0, violation.indexOf(':'));

describe('the source', () => {
  const production = productionFiles(readTree());
  requireEnough('production files', production.length, 150);

  it('reads the wall clock in the clock only', () => {
    const found = production.flatMap(clockReadings);
    expect(found.filter((violation) => !(pathOf(violation) in MAY_READ_CLOCK))).toEqual([]);
    expect(Object.keys(MAY_READ_CLOCK).filter((path) => !found.map(pathOf).includes(path))).toEqual([]);
  });

  it('holds SQL in stores only', () => {
    expect(production.flatMap(strayingSql)).toEqual([]);
  });

  it(`has no line of more than ${WIDEST_LINE} characters`, () => {
    expect(readTree().filter((file) => isTypeScript(file) || /\.(js|sql)$/.test(file.path)).flatMap(wideLines)).toEqual([]);
  });
});

describe('the checks of the source', () => {
  const file = (text: string, path = 'src/domain/drivers/a.ts') => ({ path, text });

  it.each(['Date.now()', 'new Date()', 'Date()', 'Temporal.Now.instant()', 'Date["now"]()', '[1].map(Date.now)'])('see that %s reads the clock', (code) => {
    expect(clockReadings(file(`export const a = 1;\nexport const b = ${code};`))).toEqual([expect.stringMatching(/^src\/domain\/drivers\/a\.ts:2 reads /)]);
  });

  it.each(['new Date(0)', 'new Date(at).toISOString()', 'Temporal.Instant.from(a)', '"Date.now()"', 'performance.now()'])('see that %s reads none', (code) => {
    expect(clockReadings(file(`export const b = ${code};`))).toEqual([]);
  });

  it('see SQL outside a store', () => {
    expect(strayingSql(file('export const a = sql`SELECT 1`;'))).toHaveLength(1);
    expect(strayingSql(file("export const a = tx.raw('SELECT 1');"))).toHaveLength(1);
    expect(strayingSql(file('export const a = sql`SELECT 1`;', 'src/domain/drivers/store.ts'))).toEqual([]);
    expect(strayingSql(file('export const a = sql`SELECT 1`;', 'src/domain/drivers/store-tokens.ts'))).toEqual([]);
    expect(strayingSql(file('export const a = sql`SELECT 1`;', 'src/platform/events/read.ts'))).toEqual([]);
  });

  it('see a wide line', () => {
    expect(wideLines(file(`a\n${'b'.repeat(WIDEST_LINE + 1)}`))).toEqual([`src/domain/drivers/a.ts:2 has ${WIDEST_LINE + 1} characters`]);
    expect(wideLines(file('b'.repeat(WIDEST_LINE)))).toEqual([]);
  });
});
