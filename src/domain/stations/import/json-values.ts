/**
 * The locations in a JSON file, one by one, whatever holds them: an array, an envelope `{"data": [...]}`, one object,
 * objects one after another, or JSON lines. The whole file is never in memory.
 */
import { Assembler } from 'stream-json/assembler.js';
import { jsonParser, type parser } from 'stream-json/parser.js';
import { DomainError } from '../../../platform/errors/index.ts';
import type { Refusal } from './record.ts';
import { asObject } from './values.ts';
import { utf8Chunks } from './utf8.ts';

/** A location of 1,000 EVSEs takes about 1 MiB; what is longer is not a location, and must not fill the memory. */
const RECORD_LENGTH_MAX = 16 * 1024 * 1024;
/** Small steps, because the records of a step in which the parser stumbles are lost. */
const STEP = 4 * 1024;
const PEEK_LENGTH = 64 * 1024;

export interface JsonValue {
  value?: unknown;
  refused?: Refusal;
  line?: number;
}

/**
 * Yields every value with its place. A broken line of JSON lines is refused and the next one is read; in an array nobody
 * can tell where the next element begins, so reading ends there with one refusal.
 * @throws DomainError invalid_request where not even the beginning is JSON.
 */
export async function* jsonValues(source: AsyncIterable<Uint8Array>): AsyncGenerator<JsonValue> {
  const texts = decode(source);
  let head = '';
  while (head.length < PEEK_LENGTH) {
    const next = await texts.next();
    if (next.done === true) break;
    head += next.value;
  }
  const rest = prepend(head, texts);
  yield* looksLikeLines(head) ? lineValues(rest) : treeValues(rest);
}

async function* decode(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const chunk of utf8Chunks(source)) yield chunk.toString('utf8');
}

async function* prepend(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (head !== '') yield head;
  yield* rest;
}

/** JSON lines if the first line, or the second after a broken first, is a whole object that is no envelope. */
function looksLikeLines(head: string): boolean {
  const lines = head.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const [first = '', second = ''] = lines;
  if (!first.startsWith('{') || lines.length < 2) return false;
  return isWholeObject(first) || (first.endsWith('}') && isWholeObject(second));
}

function isWholeObject(line: string): boolean {
  const object = asObject(parseLine(line).value);
  return object !== undefined && !Array.isArray(object['data']);
}

function parseLine(line: string): JsonValue {
  try {
    return { value: JSON.parse(line) };
  } catch (error) {
    return { refused: { reason: 'malformed_json', detail: error instanceof Error ? error.message : undefined } };
  }
}

async function* lineValues(texts: AsyncIterable<string>): AsyncGenerator<JsonValue> {
  let pending = '';
  let line = 0;
  let tooLong = false;
  for await (const text of texts) {
    const parts = (pending + text).split('\n');
    pending = parts.pop() ?? '';
    for (const part of parts) {
      line++;
      if (tooLong) tooLong = false;
      else if (part.trim() !== '') yield { ...parseLine(part), line };
    }
    if (pending.length > RECORD_LENGTH_MAX) {
      if (!tooLong) yield { refused: { reason: 'record_too_large' }, line: line + 1 };
      tooLong = true;
      pending = '';
    }
  }
  if (!tooLong && pending.trim() !== '') yield { ...parseLine(pending), line: line + 1 };
}

async function* treeValues(texts: AsyncIterable<string>): AsyncGenerator<JsonValue> {
  const feed = jsonParser({ packValues: true, streamValues: false, jsonStreaming: true });
  const collector = valueCollector();
  let count = 0;
  let length = 0;
  for await (const step of steps(texts)) {
    let values: unknown[];
    try {
      const tokens = feed(step);
      values = typeof tokens === 'object' && 'values' in tokens ? collector.take(tokens.values) : [];
    } catch (error) {
      yield ended(count, { reason: 'malformed_json', detail: error instanceof Error ? error.message : undefined });
      return;
    }
    length = values.length > 0 ? 0 : length + step.length;
    count += values.length;
    for (const value of values) yield { value };
    if (length > RECORD_LENGTH_MAX) {
      yield ended(count, { reason: 'record_too_large' });
      return;
    }
  }
  if (!collector.isComplete()) yield ended(count, { reason: 'malformed_json', detail: 'The file ends in the middle.' });
  else if (count === 0 && !collector.sawList()) throw notJson('There is no JSON in the file.');
}

/** A space at the end completes a number that ends the file. */
async function* steps(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) {
    for (let at = 0; at < text.length; at += STEP) yield text.slice(at, at + STEP);
  }
  yield ' ';
}

function ended(count: number, refused: Refusal): JsonValue {
  if (count === 0) throw notJson(`The file is not JSON that can be read: ${refused.detail ?? refused.reason}.`);
  return { refused: { ...refused, detail: `${refused.detail ?? 'The record is too large.'} Nothing after record ${count} was read.` } };
}

function notJson(detail: string): DomainError {
  return new DomainError('invalid_request', detail);
}

interface ValueCollector {
  take(tokens: parser.Token[]): unknown[];
  /** no value is half done */
  isComplete(): boolean;
  /** a list was opened, be it an empty one */
  sawList(): boolean;
}

/**
 * Puts tokens together to values. Depth 0 is the file, 1 what stands in its outermost brackets. Elements are handed out as
 * soon as they are whole when the outermost value is an array or the `data` of an envelope; another object is itself a value.
 */
function valueCollector(): ValueCollector {
  let depth = 0;
  let listDepth = 0; // the depth of the list whose elements are values, 0 when there is none
  let key = '';
  let envelope = false;
  let sawList = false;
  let whole = new Assembler();
  let element: Assembler | undefined;

  function takeToken(token: parser.Token, out: unknown[]): void {
    const opens = token.name === 'startObject' || token.name === 'startArray';
    const closes = token.name === 'endObject' || token.name === 'endArray';
    if (closes) depth--;
    if (listDepth > 0 && depth >= listDepth) takeElement(token, opens, closes, out);
    else if (listDepth > 0 && closes) listDepth = 0;
    else if (opens && token.name === 'startArray' && (depth === 0 || (depth === 1 && key === 'data'))) {
      envelope = depth === 1;
      sawList = true;
      listDepth = depth + 1;
    } else if (depth > 0 || opens || closes) takeWhole(token, closes, out);
    else takePlain(token, out);
    if (opens) depth++;
    if (token.name === 'keyValue' && depth === 1) key = token.value;
  }

  function takeElement(token: parser.Token, opens: boolean, closes: boolean, out: unknown[]): void {
    if (element === undefined && !opens) {
      takePlain(token, out);
      return;
    }
    element ??= new Assembler();
    element.consume(token);
    if (closes && depth === listDepth) {
      out.push(element.current);
      element = undefined;
    }
  }

  function takePlain(token: parser.Token, out: unknown[]): void {
    if ('value' in token) out.push(token.name === 'numberValue' ? Number(token.value) : token.value);
  }

  function takeWhole(token: parser.Token, closes: boolean, out: unknown[]): void {
    whole.consume(token);
    if (!closes || depth > 0) return;
    if (!envelope) out.push(whole.current);
    whole = new Assembler();
    envelope = false;
    key = '';
  }

  return {
    take(tokens) {
      const out: unknown[] = [];
      for (const token of tokens) takeToken(token, out);
      return out;
    },
    isComplete: () => depth === 0,
    sawList: () => sawList,
  };
}
