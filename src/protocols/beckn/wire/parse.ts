/** From bytes to a message that can be looked at without danger. */
import { isUtf8 } from 'node:buffer';
import { Refused } from '../refusal.ts';
import { isFields, type Fields } from './generation.ts';

/** Published examples lie up to 18 deep; what lies deeper exhausts the stack of whoever walks through it. */
const MOST_LEVELS = 40;

/** Throws `body_malformed` or `body_too_deep`. */
export function parseBody(bytes: Uint8Array): Fields {
  if (!isUtf8(bytes)) throw new Refused('body_malformed', 'The body is not UTF-8.');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (isDeeperThan(text, MOST_LEVELS)) throw new Refused('body_too_deep', `The body is nested deeper than ${MOST_LEVELS} levels.`);
  const body = parseJson(text);
  if (!isFields(body)) throw new Refused('body_malformed', 'The body must be a JSON object.');
  requireStorable(body, '');
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused('body_malformed', 'The body is not JSON.');
  }
}

/** Looks at the text, since what is nested without end should not be parsed at all. */
function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isInString) {
      if (code === BACKSLASH) i += 1;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) isInString = true;
    else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      depth += 1;
      if (depth > most) return true;
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/** What the database can't keep, and names that change what objects are. */
function requireStorable(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) throw new Refused('body_malformed', `${path || '/'} has a character that can not be kept.`, path);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__') throw new Refused('body_malformed', `${path}/${name} is no name of a field.`, path);
    requireStorable(name, path);
    requireStorable(inner, `${path}/${name}`);
  }
}
