/** The linter's configuration refuses what the house style forbids: without this test, a rule that is switched off by mistake is missed by nobody. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTree, ROOT } from './tree.ts';

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `  a += ${i};`).join('\n');

/** Files that break one rule each. */
const PLANTED: Record<string, { code: string; rule: string }> = {
  'src/long-function.ts': { code: `export function long(b: number): number {\n  let a = b;\n${lines(70)}\n  return a;\n}\n`, rule: 'eslint(max-lines-per-function)' },
  'src/long-file.ts': { code: Array.from({ length: 401 }, (_, i) => `export const a${i} = ${i};`).join('\n'), rule: 'eslint(max-lines)' },
  'src/camelCase.ts': { code: 'export const a = 1;\n', rule: 'unicorn(filename-case)' },
  'src/any.ts': { code: 'export const a = (b: any): unknown => b as unknown;\n', rule: 'typescript(no-explicit-any)' },
  'src/default.ts': { code: 'export default 1;\n', rule: 'import(no-default-export)' },
  'src/console.ts': { code: "export const a = (): void => console.log('b');\n", rule: 'eslint(no-console)' },
  'src/floating.ts': { code: 'export function a(): void {\n  f();\n}\nasync function f(): Promise<void> {}\n', rule: 'typescript(no-floating-promises)' },
  'src/misused.ts': { code: 'export const a = (b: Promise<boolean>): number => (b ? 1 : 2);\n', rule: 'typescript(no-misused-promises)' },
  'src/unused.ts': { code: 'const a = 1;\nexport const b = 2;\n', rule: 'eslint(no-unused-vars)' },
  'src/value-import.ts': { code: "import { Buffer } from 'node:buffer';\nexport type A = Buffer;\n", rule: 'typescript(consistent-type-imports)' },
  'src/loose-equality.ts': { code: 'export const a = (b: number, c: number): boolean => b == c;\n', rule: 'eslint(eqeqeq)' },
  'src/switch.ts': {
    code: "export function a(b: 'c' | 'd'): number {\n  switch (b) {\n    case 'c':\n      return 1;\n  }\n  return 2;\n}\n", rule: 'typescript(switch-exhaustiveness-check)',
  },
  'src/cycle-a.ts': { code: "import type { B } from './cycle-b.ts';\nexport type A = B | 1;\n", rule: 'import(no-cycle)' },
  'src/cycle-b.ts': { code: "import type { C } from './cycle-c.ts';\nexport type B = C | 2;\n", rule: 'import(no-cycle)' },
  'src/cycle-c.ts': { code: "import type { A } from './cycle-a.ts';\nexport type C = A | 3;\n", rule: 'import(no-cycle)' },
};

describe('the linter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugtime-lint-'));
  const found = new Map<string, string[]>();

  beforeAll(() => {
    const compilerOptions = { strict: true, module: 'nodenext', target: 'esnext', types: [], allowImportingTsExtensions: true, noEmit: true };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    for (const [path, { code }] of Object.entries(PLANTED)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), code);
    }
    const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
    const { stdout } = spawnSync(process.execPath, [oxlint, '--type-aware', '--format', 'json', folder], { cwd: ROOT, encoding: 'utf8' });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] };
    for (const { filename, code } of diagnostics) {
      const path = relative(folder, resolve(ROOT, filename)).replaceAll('\\', '/');
      found.set(path, [...(found.get(path) ?? []), code]);
    }
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(Object.entries(PLANTED).map(([path, { rule }]) => [rule, path] as const))('has %s: %s', (rule, path) => {
    expect(found.get(path) ?? []).toContain(rule);
  });

  it('is switched off for single lines and named rules only, and seldom', () => {
    const files = readTree().filter(({ path }) => /\.[jt]s$/.test(path) && path !== 'test/tidy/lint.test.ts');
    const off = files.flatMap(({ path, text }) => [...text.matchAll(/lint-disable.*/g)].map(([said]) => `${path}: ${said}`));
    expect(off.filter((said) => !/lint-disable-next-line [\w/-]+$/.test(said))).toEqual([]);
    expect(off.length).toBeLessThan(10);
  });
});
