/** From a request that is accepted to many that must not be, by what the document says of each field. */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { branches, schemasAt, type Schema } from './openapi.ts';

export interface Mutation {
  /** what was done to the valid request */
  what: string;
  value: unknown;
}

type Path = readonly (string | number)[];

const ABSENT = Symbol('absent');

/** What no field at all, or hardly one, may be. */
const STRANGERS: readonly [string, unknown][] = [
  ['null', null], ['true', true], ['zero', 0], ['minus one', -1], ['a fraction', 0.5], ['a huge number', 1e300], ['a huge integer', Number.MAX_SAFE_INTEGER], ['an empty text', ''],
  ['another text', 'no-such-value'], ['a number as text', '12'], ['a long text', 'x'.repeat(5_000)], ['an empty list', []], ['a list of null', [null]],
  ['a list in a list', [[]]],
  ['an empty object', {}], ['another object', { unknown: 1 }],
];

/** Text that can't be stored, so that it is refused also where any text is welcome. */
const UNSTORABLE: readonly [string, string][] = [['a NUL', 'a\0b'], ['the first half of a pair', 'a\ud83d'], ['the second half of a pair', '\udc00b']];

/** What is no instant, though it fits the schema of one: no such day, no offset, too long ago, too far ahead, no whole second. */
export const NO_INSTANTS: readonly [string, string | number][] = [
  ['a day that does not exist', '2027-02-30T10:00:00Z'], ['a month that does not exist', '2027-13-01T10:00:00Z'], ['an hour that does not exist', '2027-03-01T25:00:00Z'],
  ['without an offset', '2027-03-01T10:00:00'], ['a day', '2027-03-01'], ['a time of day', '10:00'], ['of an impossible offset', '2027-03-01T10:00:00+25:00'],
  ['a word', 'tomorrow'], ['a duration', 'PT1H'], ['a week', '2027-W09-1T10:00:00Z'], ['with its zone', '2027-03-01T10:00:00Z[UTC]'], ['in other digits', '２０２７-03-01T10:00:00Z'],
  ['with a space before it', ' 2027-03-01T10:00:00Z'], ['before 2000', '1999-12-31T23:59:59Z'], ['after 2099', '2100-01-01T00:00:00Z'],
  ['in the year 9999', '9999-12-31T23:59:59Z'],
  ['in a negative year', '-002027-03-01T10:00:00Z'], ['the first second', 0], ['the first second as text', '0'], ['the last second', 99_999_999_999],
  ['seconds without end', '999999999999'],
  ['a power of ten', '1e9'], ['hexadecimal', '0x6b49d200'], ['milliseconds as text', '1803895200000'],
];

/** About as many zeros as a body may hold. */
const MANY = 100_000;
const LARGEST_BODY = 900_000;

/** Every way in which a body breaks its schema, field by field. `validate` decides what does; what does not is left out. */
export function mutateBody(valid: unknown, schema: Schema, validate: ValidateFunction): Mutation[] {
  const mutations: Mutation[] = [];
  let isHugeAlready = false; // once in a body is enough
  const add = (what: string, path: Path, replacement: unknown, isAlwaysWrong = false): void => {
    const value = replaced(valid, path, replacement);
    if (isAlwaysWrong || !validate(value)) mutations.push({ what: `${show(path)} ${what}`, value });
  };
  for (const [path, value] of pathsOf(valid)) {
    const nodes = schemasAt(schema, path).flatMap(branches);
    for (const [what, stranger] of STRANGERS) add(`is ${what}`, path, stranger);
    for (const [what, number] of beyondBounds(nodes)) add(`is ${what}`, path, number);
    if (nodes.some(isInstant)) NO_INSTANTS.forEach(([what, instant]) => add(`is ${what}`, path, instant, true));
    if (path.length > 0) add('is missing', path, ABSENT);
    if (typeof value === 'string') {
      for (const [what, text] of UNSTORABLE) add(`has ${what}`, path, text, true);
      for (const [what, text] of beyondLengths(nodes)) add(`is ${what}`, path, text);
    } else if (Array.isArray(value)) {
      const item: unknown = value[0] ?? 0;
      const most = nodes.find((node) => node.maxItems !== undefined)?.maxItems ?? MANY;
      const copies = Math.min(most + 1, Math.floor(LARGEST_BODY / (JSON.stringify(item).length + 1)));
      add(`has ${copies} items`, path, Array.from({ length: copies }, () => item), copies > most);
      if (!isHugeAlready) add(`has ${MANY} zeros`, path, Array.from({ length: MANY }, () => 0), true);
      isHugeAlready = true;
    } else if (typeof value === 'object' && value !== null) {
      add('has an unknown field', [...path, 'no_such_field'], 1);
      add('has a field named constructor', [...path, 'constructor'], { name: 'x' });
      add('has a field with NUL in its name', [...path, 'a\0b'], 'x', true);
    }
  }
  return mutations;
}

/** Whether it is a field for instants; the schemas say so in words only. */
export function isInstant({ description }: { description?: unknown }): boolean {
  return typeof description === 'string' && description.endsWith('RFC 3339, or UNIX seconds');
}

function beyondBounds(nodes: readonly Schema[]): [string, number][] {
  return nodes.flatMap((node): [string, number][] => [
    ...(node.minimum === undefined ? [] : [['below its least', node.minimum - 1] as [string, number]]),
    ...(node.exclusiveMinimum === undefined ? [] : [['its excluded least', node.exclusiveMinimum] as [string, number]]),
    ...(node.maximum === undefined ? [] : [['above its most', node.maximum + 1] as [string, number]]),
  ]);
}

function beyondLengths(nodes: readonly Schema[]): [string, string][] {
  return nodes.flatMap((node): [string, string][] => (node.maxLength === undefined ? [] : [['a character too long', 'é'.repeat(node.maxLength + 1)]]));
}

/** All places of a value; of a list, its first item only. */
function pathsOf(value: unknown, at: Path = []): [Path, unknown][] {
  if (Array.isArray(value)) return [[at, value], ...(value.length > 0 ? pathsOf(value[0], [...at, 0]) : [])];
  if (typeof value !== 'object' || value === null) return [[at, value]];
  return [[at, value], ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...at, name]))];
}

function replaced(value: unknown, path: Path, replacement: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, replacement) : item));
  const fields = { ...(value as Record<string, unknown>) };
  if (rest.length === 0 && replacement === ABSENT) delete fields[step];
  else fields[step] = replaced(fields[step], rest, replacement);
  return fields;
}

function show(path: Path): string {
  return path.length === 0 ? 'the body' : path.join('.');
}

/** Texts that are no JSON, or JSON that is never a body. */
export const BROKEN_JSON: readonly [string, string | Buffer][] = [
  ['half an object', '{"a":'], ['single quotes', "{'a':1}"], ['a trailing comma', '{"a":1,}'], ['two values', '{} {}'], ['NaN', '{"a":NaN}'],
  ['a word', 'nonsense'], ['a leading zero', '{"a":01}'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['a prototype', '{"__proto__":{"isAdmin":true}}'], ["a constructor's prototype", '{"constructor":{"prototype":{"isAdmin":true}}}'],
  ['lists in lists', `${'['.repeat(50_000)}${']'.repeat(50_000)}`], ['objects in objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
  ['a text', '"text"'], ['a number', '1e999'], ['a list', '[]'], ['true', 'true'],
];

/** What a word in a query or a header can be. */
const STRANGE_WORDS: readonly [string, string][] = [
  ['empty', ''], ['a word', 'no-such-value'], ['a negative number', '-1'], ['zero', '0'], ['a fraction', '0.5'], ['a huge number', '1e300'],
  ['endless', 'Infinity'], ['no number', 'NaN'],
  ['a thousand', '1000'], ['an object', '[object Object]'], ['a long word', 'x'.repeat(3_000)], ['a prototype', '__proto__'],
];

/** Every way in which one parameter breaks its schema, as the text that stands in its place (not yet encoded). */
export function mutateWord(schema: Schema, validate: (data: unknown) => unknown): [string, string][] {
  const nodes = branches(schema);
  const candidates = [...STRANGE_WORDS, ...beyondBounds(nodes).map(([what, number]): [string, string] => [what, String(number)]), ...beyondLengths(nodes)];
  return candidates.filter(([, word]) => !validate({ value: word }));
}

/** Encoded already: what no parameter may be, whatever its schema says. */
export const UNSTORABLE_WORDS: readonly [string, string][] = [['a NUL', 'a%00b']];
