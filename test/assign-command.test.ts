/** `plugtime assign` as scripts use it, through the real binary: the example of the guide, and what can't be read. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TSchema } from 'typebox';
import { afterAll, describe, expect, it } from 'vitest';
import { EFFORTS, STATED_LIMITS, UNASSIGNED_REASONS } from '../src/domain/reservations/index.ts';
import { AssignmentProblemIn } from '../src/protocols/rest/schemas/assignment.ts';

const BIN = fileURLToPath(new URL('../bin/plugtime.js', import.meta.url));
const example = (name: string): string => fileURLToPath(new URL(`../docs/examples/assignment/${name}.json`, import.meta.url));
const read = (path: string): string => readFileSync(path, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'plugtime-assign-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function assign(args: string[], input = ''): Promise<{ code: number | null; out: string; notes: string }> {
  const child = spawn(process.execPath, [BIN, 'assign', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [out, notes] = [[] as string[], [] as string[]];
  child.stdout.on('data', (chunk) => out.push(String(chunk)));
  child.stderr.on('data', (chunk) => notes.push(String(chunk)));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out: out.join(''), notes: notes.join('') };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('plugtime assign', () => {
  it('ASG-13 answers the example as the guide has it: from a file, from standard input, and into a file', async () => {
    const answer = read(example('answer'));
    expect(await assign([example('problem')])).toEqual({ code: 0, out: answer, notes: '' });
    expect(await assign(['-', '--effort', 'thorough', '--seed', '1'], read(example('problem')))).toEqual({ code: 0, out: answer, notes: '' });
    const out = join(folder, 'answer.json');
    expect(await assign(['--out', out], `\ufeff${read(example('problem'))}`)).toEqual({ code: 0, out: '', notes: '' });
    expect(read(out)).toBe(answer);
  }, 30_000);

  it('ASG-6 answers the same when the problem is listed the other way round', async () => {
    const problem = JSON.parse(read(example('problem')));
    problem.locations.reverse();
    problem.requests.reverse();
    const { code, out } = await assign([], JSON.stringify(problem));
    const answer = JSON.parse(read(example('answer')));
    expect({ code, answer: JSON.parse(out) }).toEqual({ code: 0, answer: { ...answer, results: [...answer.results].reverse() } });
  }, 30_000);

  it.each([
    ['a file that is not there', () => [join(folder, 'nothing.json')], ['ENOENT']],
    ['a file that breaks off', () => [file('broken.json', '{ "now": "2030-')], ['broken.json can\'t be read']],
    ['bytes that are no text', () => [example('problem').replace(/problem\.json$/, '../../images/api-reference.png')], ['can\'t be read']],
    ['a problem that is none', () => [file('wrong.json', '{ "now": "tomorrow", "locations": [], "requests": [{ "id": "" }] }')], [
      'plugtime: That is no assignment problem.\n', '  /requests/0/id: must NOT have fewer than 1 characters\n', '  /requests/0/ideal_start: is required\n',
    ]],
    ['a problem that contradicts itself', () => [file('contradiction.json', read(example('problem')).replace('"bilal"', '"anna"').replace('Europe/Berlin', 'Europe/Atlantis'))], [
      '  /locations/0/time_zone: must be an IANA time zone\n', '  /requests/1/id: is the id of another one: "anna"\n',
    ]],
    ['nothing', () => [], ['standard input can\'t be read']],
    ['an effort that there is not', () => ['--effort', 'heroic'], ['Allowed choices are greedy, quick, thorough']],
    ['a seed that is none', () => ['--seed', '1.5'], ['whole number']],
  ])('ASG-13 ends with 2 and says what is wrong: %s', async (_what, args, said) => {
    const { code, out, notes } = await assign(args());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const text of said) expect(notes).toContain(text);
  }, 30_000);
});

describe('the guide to the assignment', () => {
  const guide = read(fileURLToPath(new URL('../docs/assignment.md', import.meta.url)));
  const words = new Set([...guide.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word!));

  it('names every field of a problem and of an answer, every reason, effort and limit', () => {
    const fields = [...namesIn(AssignmentProblemIn), ...namesOf(JSON.parse(read(example('answer'))))];
    expect(fields.length).toBeGreaterThan(60);
    expect([...fields, ...UNASSIGNED_REASONS, ...EFFORTS].filter((word) => !words.has(word))).toEqual([]);
    const { spanMs, ...counts } = STATED_LIMITS;
    for (const limit of [...Object.values(counts).map((count) => count.toLocaleString('en')), `${spanMs / 86_400_000} days`]) expect(guide).toContain(limit);
  });
});

/** The names of the fields of a schema, at whatever depth; those of areas and opening hours are told where these are. */
function namesIn(schema: TSchema): string[] {
  const { properties = {}, items } = schema as { properties?: Record<string, TSchema>; items?: TSchema };
  const inner = Object.entries(properties).flatMap(([name, one]) => [name, ...(['area', 'opening_times'].includes(name) ? [] : namesIn(one))]);
  return [...inner, ...(items === undefined ? [] : namesIn(items))];
}

function namesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesOf);
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, inner]) => [name, ...namesOf(inner)]) : [];
}
