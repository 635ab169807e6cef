import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkOcpiExamples, checkStationFiles, type FileCheck } from '../domain/stations/import/index.ts';
import { checkBeckn } from '../protocols/beckn/index.ts';
import { checkTariffs } from '../protocols/ocpi/index.ts';
import { EXIT, type ExitCode } from './command.ts';

/** What a folder may hold, and the checks that it is put through. */
const SUITES: { path: string; check(path: string): Promise<FileCheck[]> }[] = [
  { path: 'stations', check: checkStationFiles },
  { path: 'ocpi/spec-examples/2.2.1-d2', check: checkOcpiExamples },
  { path: 'ocpi/tariffs', check: checkTariffs },
  { path: 'beckn', check: checkBeckn },
];

/** Checks the program against what others made; prints a line a check and, last, `N passed, N failed`. A folder that holds nothing known is a failure. */
export async function conformance(folders: string[]): Promise<ExitCode> {
  let passed = 0;
  let failed = 0;
  const say = ({ name, passed: ok, detail }: FileCheck): void => {
    if (ok) passed += 1;
    else failed += 1;
    process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name}: ${detail}\n`);
  };
  for (const folder of folders) {
    const known = SUITES.filter(({ path }) => existsSync(join(folder, path)));
    if (known.length === 0) say({ name: folder, passed: false, detail: 'holds nothing that can be checked' });
    for (const { path, check } of known) for (const result of await check(join(folder, path))) say(result);
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}
