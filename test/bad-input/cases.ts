/** The generated cases of one operation: a valid request, and everything that the document says must be refused in its place. */
import type { ErrorCode } from '../../src/platform/errors/index.ts';
import type { Example } from './example.ts';
import type { Sent } from './http.ts';
import { BROKEN_JSON, isInstant, mutateBody, mutateWord, NO_INSTANTS, UNSTORABLE_WORDS } from './mutations.ts';
import { branches, type Operation, type Schema } from './openapi.ts';
import type { World } from './world.ts';

export interface Case extends Sent {
  /** what was done to the valid request */
  what: string;
  expected?: { status?: number; code?: ErrorCode };
}

const UNKNOWN_SUFFIX = '01jq8y3k5wf0xr7q1m3zs5c9tb';
const ID_PATTERN = /^\^([a-z]+)_\[0-9a-hjkmnp-tv-z\]\{26\}\$$/;

/** What is public, so that a neighbour's may be read. */
const PUBLIC = new Set(['loc', 'chst', 'evse', 'con', 'org', 'tar', 'sur', 'off', 'prg', 'xnet', 'xloc', 'xcon']);

/** The request of an example. */
export function requestOf(operation: Operation, example: Example, key: string | undefined): Sent {
  const params: Record<string, string> = { ...example.params, ...(example.id === undefined ? {} : { id: example.id }) };
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (place, name: string) => params[name] ?? place);
  const query = Object.entries(example.query ?? {}).map(([name, word]) => `${encodeURIComponent(name)}=${encodeURIComponent(word!)}`).join('&');
  return {
    method: operation.method, path: query === '' ? path : `${path}?${query}`, key, headers: example.headers ?? {},
    ...(example.body === undefined ? {} : { body: JSON.stringify(example.body) }),
  };
}

/** Every case of an operation, made from its examples. */
export function casesOf(world: World, operation: Operation, examples: readonly Example[]): Case[] {
  const cases = examples.flatMap((example) => {
    const valid = requestOf(operation, example, world.keys.ours);
    return [...fieldCases(world, operation, example, valid), ...pathCases(world, operation, example, valid), ...queryCases(world, operation, example, valid)];
  });
  const [first] = examples;
  if (!first) return cases;
  const valid = requestOf(operation, first, world.keys.ours);
  return [...cases, ...formCases(operation, valid), ...headerCases(world, operation, valid)];
}

const OTHER_TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense', 'application/vnd.api+json'];

/** Bodies that are not what a body is, whatever the operation. */
function formCases({ body }: Operation, valid: Sent): Case[] {
  if (!body) return [];
  const json = { ...valid, headers: { ...valid.headers, 'content-type': 'application/json' } };
  const invalid = { status: 400, code: 'invalid_request' as const };
  return [
    ...BROKEN_JSON.map(([what, text]) => ({ ...json, what: `the body is ${what}`, body: text, expected: invalid })),
    { ...json, what: 'the body is over the limit', body: `{"a":"${'x'.repeat(1_100_000)}"}`, expected: { status: 413, code: 'payload_too_large' } },
    ...OTHER_TYPES.map((type): Case => ({
      ...valid, what: `the body is ${type}`, headers: { ...valid.headers, 'content-type': type }, body: valid.body ?? '{}',
      expected: { status: 415, code: 'unsupported_media_type' },
    })),
    ...(body.required ? [{ ...valid, what: 'the body is missing', body: undefined, expected: invalid }] : []),
  ];
}

function fieldCases(world: World, operation: Operation, example: Example, valid: Sent): Case[] {
  if (!operation.body || example.body === undefined) return [];
  const { schema } = operation.body;
  const cases = mutateBody(example.body, schema, world.compile.exact(schema))
    .map(({ what, value }): Case => ({ ...valid, what, body: JSON.stringify(value), expected: { status: 400, code: 'invalid_request' } }));
  return [...cases, ...foreignInBody(world, schema, example.body, valid)];
}

/** Ids of objects that are not there, or not for us, where the body names one. */
function foreignInBody(world: World, schema: Schema, body: unknown, valid: Sent): Case[] {
  return Object.entries(body as Record<string, unknown>).flatMap(([name, value]): Case[] => {
    const kind = kindOf(schema, name);
    if (kind === undefined || typeof value !== 'string') return [];
    const others = strangersOf(world, kind).filter(({ isNeighbour }) => !(isNeighbour && PUBLIC.has(kind)));
    return others.map(({ what, id }) => ({ ...valid, what: `${name} is ${what}`, body: JSON.stringify({ ...(body as object), [name]: id }) }));
  });
}

function kindOf(schema: Schema, name: string): keyof World['ours'] | undefined {
  const patterns = branches(schema).flatMap((node) => (node.properties?.[name] ? branches(node.properties[name]) : [])).map((node) => String(node.pattern));
  return patterns.map((pattern) => ID_PATTERN.exec(pattern)?.[1]).find((prefix) => prefix !== undefined) as keyof World['ours'] | undefined;
}

function strangersOf(world: World, kind: keyof World['ours']): { what: string; id: string; isNeighbour: boolean }[] {
  return [
    { what: 'of nothing', id: `${kind}_${UNKNOWN_SUFFIX}`, isNeighbour: false }, { what: "another network's", id: world.live[kind], isNeighbour: false },
    { what: "the neighbour's", id: world.neighbour[kind], isNeighbour: true },
  ];
}

function pathCases(world: World, operation: Operation, example: Example, valid: Sent): Case[] {
  const parameter = operation.parameters.find((candidate) => candidate.in === 'path');
  if (!parameter) return [];
  const kind = ID_PATTERN.exec(String(parameter.schema.pattern))?.[1] as keyof World['ours'] | undefined;
  const others = Object.entries(example.params ?? {}).flatMap(([name, word]) => ['x', `${word}0`, '2026-13-01', '%20', encodeURIComponent('🔌')].map((odd): Case => ({
    ...valid, what: `the ${name} is ${odd}`, path: valid.path.replace(`/${word}`, `/${odd}`), expected: { status: 400, code: 'invalid_request' },
  })));
  if (kind === undefined && others.length > 0) return others;
  if (kind === undefined || example.id === undefined) throw new Error(`${operation.id} has a path that is not understood`);
  const at = (id: string) => valid.path.replace(example.id!, id);
  const other = kind === 'loc' ? 'evse' : 'loc';
  const malformed = [
    'x', '1', 'null', '__proto__', `${kind}_`, example.id.toUpperCase(), `${example.id}x`, example.id.slice(0, -1), world.ours[other],
    `${kind}_${'x'.repeat(180)}`, `${kind}_'%20OR%201=1`,
    'a%00b', '..%2f..%2fetc', '%20', encodeURIComponent('🔌'),
  ];
  const isRead = operation.method === 'GET' && !['readCalendar', 'quoteCancellation'].includes(operation.id);
  return [
    ...others, ...malformed.map((id): Case => ({ ...valid, what: `the id is ${id}`, path: at(id), expected: { status: 400, code: 'invalid_request' } })),
    { ...valid, what: 'the id is very long', path: at('x'.repeat(5000)) },
    { ...valid, what: 'the id is no percent encoding', path: at('%zz'), expected: { status: 400, code: 'invalid_request' } },
    { ...valid, what: 'the id is half a character', path: at('%ed%a0%80'), expected: { status: 400, code: 'invalid_request' } },
    ...strangersOf(world, kind).filter(({ isNeighbour }) => !(isNeighbour && PUBLIC.has(kind) && isRead)).map(({ what, id, isNeighbour }): Case => ({
      ...valid, what: `the object is ${what}`, path: at(id), ...(isNeighbour ? {} : { expected: { status: 404, code: 'not_found' } }),
    })),
  ];
}

function queryCases(world: World, operation: Operation, example: Example, valid: Sent): Case[] {
  const [path, query = ''] = valid.path.split('?', 2) as [string, string?];
  const others = (name: string) => query.split('&').filter((part) => part !== '' && !part.startsWith(`${encodeURIComponent(name)}=`));
  const expected = { status: 400, code: 'invalid_request' as const };
  const withWord = (name: string, what: string, encoded: string): Case => ({
    ...valid, what: `?${name} is ${what}`, path: `${path}?${[...others(name), `${encodeURIComponent(name)}=${encoded}`].join('&')}`, expected,
  });
  const cases: Case[] = [withWord('no_such_parameter', 'unknown', '1'), withWord('__proto__', 'unknown', '1'), withWord('constructor', 'unknown', '1')];
  for (const { name, schema, required, description } of operation.parameters.filter((parameter) => parameter.in === 'query')) {
    if (isInstant({ description })) NO_INSTANTS.forEach(([what, instant]) => cases.push(withWord(name, what, encodeURIComponent(instant))));
    const validate = world.compile.fromText(wrapped(schema));
    for (const [what, word] of mutateWord(schema, (data: unknown) => validate(structuredClone(data)))) cases.push(withWord(name, what, encodeURIComponent(word)));
    for (const [what, encoded] of UNSTORABLE_WORDS) cases.push(withWord(name, what, encoded));
    if (!branches(schema).some((node) => node.type === 'array')) cases.push(withWord(name, 'there twice', `1&${encodeURIComponent(name)}=2`));
    if (required) cases.push({ ...valid, what: `?${name} is missing`, path: `${path}?${others(name).join('&')}`, expected });
    if (name === 'after') cases.push(withWord(
      'before', 'there with after',
      `${example.query?.before ?? example.query?.after ?? world.ours.loc}&after=${example.query?.after ?? example.query?.before ?? world.ours.loc}`,
    ));
  }
  return cases;
}

function headerCases(world: World, operation: Operation, valid: Sent): Case[] {
  return operation.parameters.filter((parameter) => parameter.in === 'header').flatMap(({ name, schema }) => {
    const validate = world.compile.fromText(wrapped(schema));
    const words = mutateWord(schema, (data: unknown) => validate(structuredClone(data)));
    return words.map(([what, word]): Case => ({
      ...valid, what: `the header ${name} is ${what}`, headers: { ...valid.headers, [name]: latin(word) }, expected: { status: 400, code: 'invalid_request' },
    }));
  });
}

const wraps = new WeakMap<Schema, Schema>();

/** Words are read as another type only where they lie in something. */
function wrapped(schema: Schema): Schema {
  const wrap = wraps.get(schema) ?? { type: 'object', properties: { value: schema } };
  wraps.set(schema, wrap);
  return wrap;
}

/** Headers are sent as bytes. */
function latin(word: string): string {
  return word.replaceAll('é', 'e');
}
