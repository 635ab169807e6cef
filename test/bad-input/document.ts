/** The document itself, what it says of errors and times, and the page that every problem points to. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../src/platform/errors/index.ts';
import { STATUS } from '../../src/protocols/rest/problem.ts';
import { requestOf } from './cases.ts';
import { EXAMPLES } from './examples.ts';
import { isStream } from './openapi.ts';
import type { World } from './world.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function ownDocument(world: () => World): void {
  it('is OpenAPI 3.1, by somebody else\'s judgement', async () => {
    const { document } = world();
    expect(document.openapi).toMatch(/^3\.1\./);
    const validate = (data: object) => new Validator().validate(structuredClone(data) as never);
    expect(await validate(document)).toEqual({ valid: true });
    const broken = structuredClone(document);
    broken.paths['/v1/locations'].get.parameters = 'none';
    expect(await validate(broken)).toMatchObject({ valid: false });
  });

  it('names every operation once, and says of each what a refusal is', () => {
    const { document, checker } = world();
    const ids = checker.operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, item] of Object.entries<Record<string, { responses: object; summary?: string; tags?: string[] }>>(document.paths)) {
      for (const [method, { responses, summary, tags }] of Object.entries(item)) {
        expect(Object.keys(responses), `${method} ${path}`).toContain('4XX');
        expect(summary, `${method} ${path}`).toBeTruthy();
        expect(document.tags.map(({ name }: { name: string }) => name)).toContain(tags?.[0]);
      }
    }
    expect(Object.keys(document.components.responses.Problem.content)).toEqual(['application/problem+json']);
  });

  it('has a status for every error, and a place on the page of errors', async () => {
    const { app } = world();
    expect(Object.keys(STATUS).sort()).toEqual([...codes].sort());
    const response = await fetch(`${app.url}/docs/errors`);
    const page = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    for (const code of codes) {
      expect(page).toContain(`id="${code}"`);
      expect(page).toContain(ERRORS[code].title);
      const isOurs = ERRORS[code].kind === 'bug' || ERRORS[code].kind === 'unavailable';
      expect(STATUS[code] >= 500, code).toBe(isOurs);
    }
  });

  it('answers times as UNIX seconds when asked to, everywhere, and the same times', async () => {
    const { checker, send, keys } = world();
    const failures: string[] = [];
    let instants = 0;
    for (const operation of checker.operations.filter((one) => one.method === 'GET' && !isStream(one))) {
      for (const example of await EXAMPLES[operation.id]!(world())) {
        const request = requestOf(operation, example, keys.ours);
        const compare = async () => {
          const [text, unix] = [await send(request), await send({ ...request, headers: { 'plugtime-time-format': 'unix' } })];
          const pairs = pairUp(text.body, unix.body).filter(([before]) => typeof before === 'string' && RFC3339.test(before));
          const isClock = operation.id === 'getTestClock'; // it moves on between two readings
          const differing = pairs.filter(([before, after]) => Math.floor(Date.parse(before as string) / 1000) !== after && !(isClock && typeof after === 'number'));
          return { wrong: checker.success(operation.id, unix), count: pairs.length, differing };
        };
        let { wrong, count, differing } = await compare();
        if (differing.length > 0) ({ wrong, count, differing } = await compare()); // what begins "now" may have been asked for in two seconds
        instants += count;
        if (wrong !== undefined) failures.push(wrong);
        if (differing.length > 0) failures.push(`${operation.id}: ${JSON.stringify(differing.slice(0, 3))}`);
      }
    }
    expect(failures).toEqual([]);
    expect(instants).toBeGreaterThan(500);
  });

  it('takes UNIX seconds, as numbers and as text, for the same instants', async () => {
    const { make, send, keys, ours } = world();
    const { start, end } = make.slot();
    const [from, to] = [Date.parse(start) / 1000, Date.parse(end) / 1000];
    const book = await send({
      method: 'POST', path: '/v1/reservations', key: keys.ours, headers: { 'plugtime-time-format': 'unix' },
      body: JSON.stringify({ evse: ours.evse, ideal_start: from, ideal_end: String(to) }),
    });
    expect([book.status, book.body.reserved_start, book.body.reserved_end]).toEqual([201, from, to]);
    const again = await send({
      method: 'POST', path: '/v1/reservations', key: keys.ours, headers: { 'plugtime-time-format': 'unix' },
      body: JSON.stringify({ evse: ours.evse, ideal_start: start, ideal_end: end }),
    });
    expect(again.status).toBe(409);
    for (const { start: nearest } of again.body.alternatives.nearest_times) expect(Number.isInteger(nearest)).toBe(true);
    const slots = await send({ method: 'GET', path: `/v1/evses/${ours.evse}/slots?start=${from}&end=${to}` });
    expect(slots.body.data).toEqual([]);
  });
}

/** What stands at the same place in two values. */
function pairUp(a: unknown, b: unknown): [unknown, unknown][] {
  if (Array.isArray(a) && Array.isArray(b)) return a.flatMap((item, i) => pairUp(item, b[i]));
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return [[a, b]];
  return Object.entries(a).flatMap(([name, inner]) => pairUp(inner, (b as Record<string, unknown>)[name]));
}
