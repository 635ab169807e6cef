/** What failed in a run of the tests: `files` lists the files to run again; `summary` names what failed or passed only alone, and counts all in one closing line. */
const { existsSync, readFileSync } = require('node:fs');
const { relative } = require('node:path');

const [what, target, status] = process.argv.slice(2);
const resultsOf = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).testResults : []);
/** A file that did not load, or whose hooks failed, has failed without any test of its own that did. */
const failedFiles = (results) => results.filter(({ status: of }) => of === 'failed').map(({ name }) => relative(process.cwd(), name));

function namesOfFailed(results) {
  return results.filter(({ status: of }) => of === 'failed').flatMap(({ name, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === 'failed').map(({ fullName }) => `${relative(process.cwd(), name)}: ${fullName}`);
    return failed.length > 0 ? failed : [`${relative(process.cwd(), name)}: the file as a whole`];
  });
}

function summary(log) {
  const first = resultsOf(`${log}/first.json`);
  const second = resultsOf(`${log}/second.json`);
  const stillFailed = namesOfFailed(second);
  for (const name of namesOfFailed(first)) if (!stillFailed.includes(name)) console.log(`passed only when it ran again alone: ${name}`);
  for (const name of stillFailed) console.log(`failed: ${name}`);
  const again = new Set(failedFiles(first));
  const counted = [...first.filter(({ name }) => !again.has(relative(process.cwd(), name))), ...second];
  const passedTests = counted.flatMap(({ assertionResults }) => assertionResults).filter((one) => one.status === 'passed').length;
  const conformance = readFileSync(`${log}/conformance`, 'utf8').match(/(\d+) passed, (\d+) failed\s*$/);
  const passed = passedTests + Number(conformance?.[1] ?? 0);
  const failed = stillFailed.length + Number(conformance?.[2] ?? 1);
  console.log(`${passed} passed, ${status !== '0' && failed === 0 ? 1 : failed} failed`); // a type error, a lint error or a crash
}

if (what === 'files') for (const file of failedFiles(resultsOf(target))) console.log(file);
else summary(target);
