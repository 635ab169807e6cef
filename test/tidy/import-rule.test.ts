/** The import rule holds, and the check that says so would see if it did not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importViolations, ROOMS, type Packages } from './import-rule.ts';
import { parseFile } from './syntax.ts';
import { isTypeScript, readTree, requireEnough, ROOT } from './tree.ts';

const LEAST_FILES = 200;
const LEAST_IMPORTS = 1_000;

describe('the import rule', () => {
  it('holds in every file of src/', () => {
    const paths = new Set(readTree().map(({ path }) => path));
    const files = readTree().filter((file) => isTypeScript(file) && file.path.startsWith('src/')).map(parseFile);
    requireEnough('files of src/', files.length, LEAST_FILES);
    requireEnough('imports', files.reduce((sum, { imports }) => sum + imports.length, 0), LEAST_IMPORTS);
    for (const folder of ['platform', 'domain', 'protocols', 'app', 'commands']) {
      requireEnough(`files of ${folder}`, files.filter(({ path }) => path.startsWith(`src/${folder}/`)).length, 3);
    }
    const packages = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Packages;
    expect(importViolations(files, (path) => paths.has(path), packages)).toEqual([]);
  });

  it('has a door in every room of the domain', () => {
    const paths = readTree().map(({ path }) => path);
    const rooms = new Set(paths.filter((path) => /^src\/domain\/[^/]+\//.test(path)).map((path) => path.split('/')[2]!));
    expect([...rooms].filter((room) => !ROOMS.includes(room) || !paths.includes(`src/domain/${room}/index.ts`))).toEqual([]);
  });
});

/** Files that are not there, each importing one thing. */
function violationsOf(path: string, code: string, others: string[] = []): string[] {
  const there = new Set([path, ...others]);
  const packages = { dependencies: { pg: '1.0.0', fastify: '1.0.0', '@scope/a': '1.0.0' }, devDependencies: { 'fast-check': '1.0.0' } };
  return importViolations([parseFile({ path, text: code })], (candidate) => there.has(candidate), packages);
}

describe('the check of the import rule', () => {
  it.each([
    ['platform imports domain', 'src/platform/log/index.ts', "import { a } from '../../domain/drivers/index.ts';", 'src/domain/drivers/index.ts', 'platform may not import domain'],
    [
      'a type is an import too', 'src/platform/log/index.ts', "import type { A } from '../../domain/drivers/index.ts';",
      'src/domain/drivers/index.ts', 'platform may not import domain',
    ],
    ['domain imports a protocol', 'src/domain/drivers/a.ts', "export * from '../../protocols/rest/index.ts';", 'src/protocols/rest/index.ts', 'domain may not import protocols'],
    [
      'the simulator imports the domain', 'src/simulator/a.ts', "import { a } from '../domain/chargers/index.ts';",
      'src/domain/chargers/index.ts', 'simulator may not import domain',
    ],
    [
      'the simulator imports a protocol', 'src/simulator/a.ts', "import { a } from '../protocols/ocpp/index.ts';",
      'src/protocols/ocpp/index.ts', 'simulator may not import protocols',
    ],
    ['the domain imports the simulator', 'src/domain/drivers/a.ts', "import { a } from '../../simulator/index.ts';", 'src/simulator/index.ts', 'domain may not import simulator'],
    ['a protocol imports another', 'src/protocols/rest/a.ts', "import { a } from '../ocpi/index.ts';", 'src/protocols/ocpi/index.ts', 'no protocol imports another'],
    ['a protocol imports the wiring', 'src/protocols/rest/a.ts', "import { a } from '../../app/serve.ts';", 'src/app/serve.ts', 'protocols may not import wiring'],
    [
      'a room imports one below it', 'src/domain/drivers/a.ts', "import { a } from '../calendar/index.ts';", 'src/domain/calendar/index.ts',
      'drivers may only import rooms above it',
    ],
    [
      'a room is entered by its window', 'src/domain/calendar/a.ts', "import { a } from '../drivers/store.ts';", 'src/domain/drivers/store.ts',
      'the door is src/domain/drivers/index.ts',
    ],
    [
      'a folder is entered by its window', 'src/domain/stations/a.ts', "import { a } from './import/run.ts';", 'src/domain/stations/import/run.ts',
      'the door is src/domain/stations/import/index.ts',
    ],
    [
      'an import within code', 'src/domain/drivers/a.ts', "export const a = () => import('../../protocols/rest/index.ts');",
      'src/protocols/rest/index.ts', 'domain may not import protocols',
    ],
    [
      'an import within a type', 'src/domain/drivers/a.ts', "export type A = import('../../protocols/rest/index.ts').B;",
      'src/protocols/rest/index.ts', 'domain may not import protocols',
    ],
    [
      'a worker', 'src/domain/drivers/a.ts', "new Worker(new URL('../../protocols/rest/index.ts', import.meta.url));", 'src/protocols/rest/index.ts',
      'domain may not import protocols',
    ],
    ['a computed import', 'src/domain/drivers/a.ts', 'export const a = (b: string) => import(b);', 'src/domain/drivers/b.ts', 'imports what is computed'],
    ['production imports test code', 'src/domain/drivers/a.ts', "import { a } from './samples.ts';", 'src/domain/drivers/samples.ts', 'which is for tests'],
    ['an engine beside its port', 'src/domain/drivers/a.ts', "import pg from 'pg';", 'src/domain/drivers/b.ts', 'only src/platform/database knows it'],
    ['HTTP in the domain', 'src/domain/drivers/a.ts', "import Fastify from 'fastify';", 'src/domain/drivers/b.ts', 'the domain knows nothing of it'],
    ['a tool for development', 'src/domain/drivers/a.ts', "import fc from 'fast-check';", 'src/domain/drivers/b.ts', 'for development only'],
    ['an unlisted package', 'src/domain/drivers/a.ts', "import a from '@scope/b/c';", 'src/domain/drivers/b.ts', '@scope/b, which is no dependency'],
    ['an unknown room', 'src/domain/parking/a.ts', "import { a } from '../drivers/index.ts';", 'src/domain/drivers/index.ts', 'a room that the order of rooms does not have'],
    ['an unknown layer', 'src/common/a.ts', "import { a } from '../platform/log/index.ts';", 'src/platform/log/index.ts', 'belongs to no layer'],
    ['a file that is not there', 'src/domain/drivers/a.ts', "import { a } from './gone.ts';", 'src/domain/drivers/b.ts', 'is not there'],
  ])('sees that %s', (_what, path, code, other, said) => {
    const folder = other.split('/').slice(0, -1).join('/');
    const violations = violationsOf(path, code, [other, `${folder}/index.ts`]);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(said);
  });

  it.each([
    ['a room above', 'src/domain/calendar/a.ts', "import { a } from '../drivers/index.ts';", 'src/domain/drivers/index.ts'],
    ['its own files', 'src/domain/calendar/a.ts', "import { a } from './store.ts';", 'src/domain/calendar/store.ts'],
    ["a folder's files its room's", 'src/domain/stations/import/a.ts', "import { a } from '../location.ts';", 'src/domain/stations/location.ts'],
    ['the wiring everything', 'src/main.ts', "import { a } from './protocols/rest/index.ts';", 'src/protocols/rest/index.ts'],
    ['a test what it likes', 'src/domain/drivers/a.test.ts', "import { a } from '../calendar/store.ts';", 'src/domain/calendar/store.ts'],
    ['a package', 'src/domain/drivers/a.ts', "import a from '@scope/a/b.js';", 'src/domain/drivers/b.ts'],
  ])('lets import %s', (_what, path, code, other) => {
    const folder = other.split('/').slice(0, -1).join('/');
    expect(violationsOf(path, code, [other, `${folder}/index.ts`])).toEqual([]);
  });

  it('fails when it sees too little', () => {
    expect(() => requireEnough('files of src/', 3, LEAST_FILES)).toThrow('saw 3 files of src/, expected at least 200');
  });

  it('fails on what it can\'t read', () => {
    expect(() => parseFile({ path: 'src/a.ts', text: 'import { from' })).toThrow("can't be parsed");
  });
});
