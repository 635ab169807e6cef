/**
 * Filters of discovery, in the dialects that are about: RFC 9535's filters, with names that are not quoted (`@.connector-type`,
 * `@.beckn:itemAttributes`), with or without parentheses, and with wildcards that mean "any" (BKB-3).
 *
 *     filter  = "$" ( "." name | ".." | "[*]" )* ( "[?" expr "]" | "?" "(" expr ")" )
 *     expr    = and ( "||" and )*       and = not ( "&&" not )*       not = "!" not | "(" expr ")" | operand [ op operand ]
 *     operand = "@" step* | string | number | true | false | null
 *     step    = "." name | "[" ( string | "*" | number | "?" expr ) "]"
 */
import { BusinessError, isFields, parseMoment } from '../wire/index.ts';

type Step = { name: string } | { any: true } | { index: number } | { where: Expr };
type Operand = { path: Step[] } | { literal: string | number | boolean | null };
export type Expr =
  | { or: Expr[] } | { and: Expr[] } | { not: Expr } | { exists: Step[] } | { op: Op; left: Operand; right: Operand };
type Op = '==' | '!=' | '<=' | '>=' | '<' | '>';

/** A value that fits whatever is asked of it: for what an item says nothing of, and can't fail. */
export const ANY = Symbol('any');

const MOST_CHARS = 2_000;
const MOST_LEVELS = 20;
const TOKEN = /\s*(?:(&&|\|\||==|!=|<=|>=|[<>!()[\]?*]|\.\.|\.)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)(?![\w-])|([@$])|([A-Za-z_][\w:-]*))/uy;

interface Token {
  kind: 'sign' | 'string' | 'number' | 'root' | 'name';
  text: string;
}

function wrong(why: string): BusinessError {
  return new BusinessError('filter_invalid', `The filter can not be read: ${why}.`, '/filters');
}

function tokensOf(text: string): Token[] {
  const kinds = ['sign', 'string', 'number', 'root', 'name'] as const;
  const tokens: Token[] = [];
  const trimmed = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(trimmed);
    if (!found) throw wrong(`what begins at character ${from + 1} is not understood`);
    const nth = found.slice(1).findIndex((group) => group !== undefined);
    tokens.push({ kind: kinds[nth]!, text: found[nth + 1]! });
  }
  return tokens;
}

/** Where the reading of tokens has come. */
interface Cursor {
  next(): Token | undefined;
  /** the sign or word that comes next; a string is neither */
  peek(ahead?: number): string | undefined;
  take(sign: string): boolean;
  expect(sign: string): void;
  /** one level deeper; throws for one too many */
  nested<T>(read: () => T): T;
}

function cursorOf(tokens: readonly Token[]): Cursor {
  let [i, level] = [0, 0];
  const peek = (ahead = 0): string | undefined => (tokens[i + ahead]?.kind === 'string' ? undefined : tokens[i + ahead]?.text);
  const take = (sign: string): boolean => peek() === sign && (i += 1) > 0;
  return {
    peek, take, next: () => tokens[i++],
    expect: (sign) => {
      if (!take(sign)) throw wrong(`${sign} is missing ${tokens[i] ? `before ${tokens[i]!.text.slice(0, 20)}` : 'at the end'}`);
    },
    nested: (read) => {
      level += 1;
      if (level > MOST_LEVELS) throw wrong(`it is nested deeper than ${MOST_LEVELS} levels`);
      const found = read();
      level -= 1;
      return found;
    },
  };
}

/** Throws `filter_invalid`. */
export function parseFilter(text: string): Expr {
  if (text.length > MOST_CHARS) throw wrong(`it is longer than ${MOST_CHARS} characters`);
  const tokens = tokensOf(text);
  const cursor = cursorOf(tokens);
  cursor.expect('$');
  let toSkip = 0;
  const isAtFilter = (): boolean => (cursor.peek() === '[' && cursor.peek(1) === '?') || (cursor.peek() === '?' && cursor.peek(1) === '(');
  while (cursor.peek() !== undefined && !isAtFilter() && toSkip++ < tokens.length) cursor.next(); // each item is judged, wherever it lies
  const isBracketed = cursor.peek() !== '?'; // SQL/JSON paths have none
  if (isBracketed) cursor.expect('[');
  cursor.expect('?');
  const parsed = readExpr(cursor);
  if (isBracketed) cursor.expect(']');
  if (cursor.next()) throw wrong('something stands behind its end');
  return parsed;
}

function readList(cursor: Cursor, sign: string, read: () => Expr): Expr[] {
  const found = [read()];
  while (cursor.take(sign)) found.push(read());
  return found;
}

function readExpr(cursor: Cursor): Expr {
  const ors = cursor.nested(() => readList(cursor, '||', () => {
    const ands = readList(cursor, '&&', () => readNot(cursor));
    return ands.length === 1 ? ands[0]! : { and: ands };
  }));
  return ors.length === 1 ? ors[0]! : { or: ors };
}

function readNot(cursor: Cursor): Expr {
  if (cursor.take('!')) return cursor.nested(() => ({ not: readNot(cursor) }));
  if (!cursor.take('(')) return readComparison(cursor);
  const inner = readExpr(cursor);
  cursor.expect(')');
  return inner;
}

function readComparison(cursor: Cursor): Expr {
  const left = readOperand(cursor);
  const op = (['==', '!=', '<=', '>=', '<', '>'] as const).find((sign) => cursor.take(sign));
  if (op) return { op, left, right: readOperand(cursor) };
  if ('literal' in left) throw wrong('a value stands alone');
  return { exists: left.path };
}

const WORDS: Record<string, boolean | null> = { true: true, false: false, null: null };

function readOperand(cursor: Cursor): Operand {
  const token = cursor.next();
  if (!token) throw wrong('it ends too early');
  if (token.kind === 'string') return { literal: unquoted(token.text) };
  if (token.kind === 'number') return { literal: Number(token.text) };
  if (token.text === '@') return { path: readSteps(cursor) };
  if (token.kind === 'name' && Object.hasOwn(WORDS, token.text)) return { literal: WORDS[token.text]! };
  throw wrong(`${token.text.slice(0, 20)} stands where a value is expected`);
}

function readSteps(cursor: Cursor): Step[] {
  const path: Step[] = [];
  for (;;) {
    if (cursor.take('.')) {
      const token = cursor.next();
      if (token?.kind !== 'name' && token?.text !== '*') throw wrong('a name is missing behind a dot');
      path.push(token.kind === 'name' ? { name: token.text } : { any: true });
    } else if (cursor.take('[')) {
      path.push(readBracket(cursor));
      cursor.expect(']');
    } else return path;
  }
}

function readBracket(cursor: Cursor): Step {
  if (cursor.take('*')) return { any: true };
  if (cursor.take('?')) return { where: readExpr(cursor) };
  const token = cursor.next();
  if (token?.kind === 'string') return { name: unquoted(token.text) };
  if (token?.kind === 'number') return { index: Number(token.text) };
  throw wrong('brackets hold a name, a number, * or ?');
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll(/\\(.)/gu, '$1');

/** Names are one with and without prefix, dashes and capitals: `connector-type` is `ev:connectorType`. */
export const plainName = (name: string): string => name.replace(/^[a-z]+:/i, '').replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();

export function matches(expr: Expr, item: unknown): boolean {
  if ('or' in expr) return expr.or.some((one) => matches(one, item));
  if ('and' in expr) return expr.and.every((one) => matches(one, item));
  if ('not' in expr) return !matches(expr.not, item);
  if ('exists' in expr) return valuesAt(item, expr.exists).length > 0;
  const [left, right] = [valuesOf(item, expr.left), valuesOf(item, expr.right)];
  return left.some((a) => right.some((b) => compare(a, b, expr.op)));
}

const valuesOf = (item: unknown, operand: Operand): unknown[] => ('literal' in operand ? [operand.literal] : valuesAt(item, operand.path).flatMap(
  (value): unknown[] => (Array.isArray(value) ? value : [value])));

/** All values that a path leads to; names reach into each entry of a list. */
function valuesAt(item: unknown, path: readonly Step[]): unknown[] {
  return path.reduce<unknown[]>((values, step) => values.flatMap((value): unknown[] => {
    if (value === ANY) return [ANY];
    if ('index' in step) return Array.isArray(value) && step.index in value ? [value[step.index]] : [];
    const entries = Array.isArray(value) ? value : [value];
    if ('any' in step) return Array.isArray(value) ? value : isFields(value) ? Object.values(value) : [];
    if ('where' in step) return entries.filter((entry) => matches(step.where, entry));
    const wanted = plainName(step.name);
    return entries.flatMap((entry) => (isFields(entry) ? Object.entries(entry).filter(([name]) => plainName(name) === wanted).map(([, inner]) => inner) : []));
  }), [item]);
}

function compare(a: unknown, b: unknown, op: Op): boolean {
  if (a === ANY || b === ANY) return true;
  if (op === '==' || op === '!=') return isSame(a, b) === (op === '==');
  const [left, right] = timesOfDay(a, b) ?? numbersOf(a, b);
  if (left === undefined || right === undefined) return false;
  return op === '<' ? left < right : op === '<=' ? left <= right : op === '>' ? left > right : left >= right;
}

const isSame = (a: unknown, b: unknown): boolean => a === b || (isPlain(a) && isPlain(b) && plainText(String(a)) === plainText(String(b)));
const isPlain = (value: unknown): value is string | number | boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** `Type 2`, `type-2` and `TYPE2` are one. */
const plainText = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();

const TIME_OF_DAY = /^\d{2}:\d{2}(:\d{2})?$/;
const secondsOf = (time: string): number => time.split(':').reduce((sum, part, i) => sum + Number(part) * [3_600, 60, 1][i]!, 0);

/** The time of day of either, on the clock that it was written by; where one of both is no more than that (check 49). */
function timesOfDay(a: unknown, b: unknown): [number, number] | undefined {
  const isTime = (value: unknown): value is string => typeof value === 'string' && TIME_OF_DAY.test(value);
  const timeOf = (value: unknown): string | undefined => (isTime(value) ? value : typeof value === 'string' ? /T(\d{2}:\d{2}(:\d{2})?)/.exec(value)?.[1] : undefined);
  const [left, right] = [timeOf(a), timeOf(b)];
  return (isTime(a) || isTime(b)) && left !== undefined && right !== undefined ? [secondsOf(left), secondsOf(right)] : undefined;
}

/** Numbers, or instants: both, or neither. */
function numbersOf(a: unknown, b: unknown): [number | undefined, number | undefined] {
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
    ? Number(value) : undefined);
  const [left, right] = [number(a), number(b)];
  return left !== undefined && right !== undefined ? [left, right] : [parseMoment(a), parseMoment(b)];
}

/** What must hold of every item, as `name op value`, so that a search can look for it first. */
export function requirementsOf(expr: Expr): { name: string; op: Op; value: string | number | boolean | null }[] {
  if ('and' in expr) return expr.and.flatMap(requirementsOf);
  const last = 'exists' in expr ? expr.exists.at(-1) : undefined;
  if (last && 'where' in last) return requirementsOf(last.where);
  if (!('op' in expr) || !('path' in expr.left) || !('literal' in expr.right)) return [];
  const named = expr.left.path.at(-1);
  return named && 'name' in named ? [{ name: plainName(named.name), op: expr.op, value: expr.right.literal }] : [];
}
