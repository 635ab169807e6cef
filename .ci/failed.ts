/** What failed in a run of the tests: `files` lists the files to run again; `summary` names what failed or passed only alone, and counts all in one closing line. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Of the report that Vitest writes as JSON. */
interface TestFile {
  name: string;
  status: 'passed' | 'failed';
  assertionResults: { status: string; fullName: string }[];
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const pathOf = ({ name }: TestFile): string => relative(process.cwd(), name);
const readResults = (path: string): TestFile[] => (existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { testResults: TestFile[] }).testResults : []);

/** A file that did not load, or whose hooks failed, has failed without any test of its own that did. */
function namesOfFailed(files: readonly TestFile[]): string[] {
  return files.filter(({ status }) => status === 'failed').flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => `${pathOf(file)}: ${fullName}`);
    return failed.length > 0 ? failed : [`${pathOf(file)}: the file as a whole`];
  });
}

/** @param log folder with the reports of both runs and what the conformance command printed */
function summary(log: string, hasFailed: boolean): void {
  const first = readResults(`${log}/first.json`);
  const second = readResults(`${log}/second.json`);
  const failed = namesOfFailed(second);
  for (const name of namesOfFailed(first)) if (!failed.includes(name)) print(`passed only when it ran again alone: ${name}`);
  for (const name of failed) print(`failed: ${name}`);
  const counted = [...first.filter(({ status }) => status !== 'failed'), ...second];
  const passed = counted.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed').length;
  const conformance = /(\d+) passed, (\d+) failed\s*$/.exec(readFileSync(`${log}/conformance`, 'utf8'));
  const failures = failed.length + Number(conformance?.[2] ?? 1);
  print(`${passed + Number(conformance?.[1] ?? 0)} passed, ${hasFailed && failures === 0 ? 1 : failures} failed`); // a type error, a lint error or a crash
}

const [what, target = '', status] = process.argv.slice(2);
if (what === 'files') for (const file of readResults(target)) if (file.status === 'failed') print(pathOf(file));
if (what === 'summary') summary(target, status !== '0');
