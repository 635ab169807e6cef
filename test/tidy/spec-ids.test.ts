/** Every rule of a SPEC.md is proven by a test that names it, and no test names a rule that is not there. */
import { describe, expect, it } from 'vitest';
import { findSpecIds } from './spec-ids.ts';
import { readTree, requireEnough } from './tree.ts';

/** Rules that no test names, and why. */
const UNPROVEN: Record<string, string> = {};

describe('the rules', () => {
  const found = findSpecIds(readTree().filter(({ path }) => !path.endsWith('/spec-ids.test.ts'))); // which plants ids

  it('are seen', () => {
    requireEnough('rules', found.rules.length, 30);
  });

  it('are listed once, and only rules that are listed are named', () => {
    expect(found.violations).toEqual([]);
  });

  it('are proven by tests that name them', () => {
    expect(found.unproven.filter((id) => !(id in UNPROVEN))).toEqual([]);
  });

  it('need no excuse once they are proven', () => {
    expect(Object.keys(UNPROVEN).filter((id) => !found.unproven.includes(id))).toEqual([]);
  });

  it('are written down for every room of the domain', () => {
    const paths = readTree().map(({ path }) => path);
    const rooms = new Set(paths.flatMap((path) => /^src\/domain\/[^/]+(?=\/)/.exec(path)?.[0] ?? []));
    requireEnough('rooms', rooms.size, 7);
    expect([...rooms].filter((room) => !paths.includes(`${room}/SPEC.md`))).toEqual([]);
  });
});

describe('the check of the rules', () => {
  const spec = { path: 'src/a/SPEC.md', text: '| ABC-1 | One. | seed |\n| ABC-2 | Two, see ABC-1. | seed |' };
  const test = (text: string) => ({ path: 'src/a/a.test.ts', text });
  const check = (...files: { path: string; text: string }[]) => findSpecIds([spec, ...files]);

  it('counts what a title, a comment or a table of cases names', () => {
    expect(check(test("it('ABC-1: does', () => {}); // ABC-2 too")).unproven).toEqual([]);
    expect(check(test("it.each([['ABC-1'], ['ABC-2']])('%s', () => {});")).unproven).toEqual([]);
    expect(check(test("describe.each(a)(`ABC-1 ${b} ABC-2`, () => {});")).unproven).toEqual([]);
  });

  it('sees a rule that no test names', () => {
    expect(check(test("it('ABC-1: does', () => {});")).unproven).toEqual(['ABC-2']);
    expect(check({ path: 'src/a/a.ts', text: '// ABC-1, ABC-2' }).unproven).toEqual(['ABC-1', 'ABC-2']);
  });

  it('sees an id that no list has', () => {
    expect(check(test("it('ABC-3: does', () => {});")).violations).toEqual(['src/a/a.test.ts names ABC-3, which no SPEC.md lists']);
    expect(check(test("describe.each(a)('XYZ-1', () => {});")).violations).toEqual(['src/a/a.test.ts names XYZ-1, which no SPEC.md lists']);
    expect(check({ path: 'src/a/a.ts', text: '/** see ABC-9 */' }).violations).toEqual(['src/a/a.ts names ABC-9, which no SPEC.md lists']);
    expect(check(test("it('reads UTF-16', () => {});")).violations).toEqual([]);
  });

  it('sees an id that is listed twice, and a prefix of two lists', () => {
    expect(check({ path: 'src/b/SPEC.md', text: '- ABC-1 again\n- ABC-3' }).violations).toEqual([
      'src/b/SPEC.md lists ABC-1, which src/a/SPEC.md lists already', 'src/b/SPEC.md lists ABC-3, but ABC belongs to src/a/SPEC.md',
    ]);
    expect(check({ path: 'src/b/SPEC.md', text: 'Nothing yet.' }).violations).toEqual(['src/b/SPEC.md lists no rule']);
  });
});
