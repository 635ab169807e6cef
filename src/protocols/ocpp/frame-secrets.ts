/** Frames as they may be kept: without passwords. */
import { SECRET_KEY, WITH_PASSWORD } from '../../domain/chargers/index.ts';
import { storable } from './message.ts';

/** Longer ones are kept without what they say. */
const LONGEST = 16_000;
const SECRET_NAME = /password$|^simPin$/i;
/** Of a setting that is a password: in ChangeConfiguration and GetConfiguration, SetVariables and GetVariables, NotifyReport. */
const VALUES = new Set(['value', 'attributeValue', 'variableAttribute', 'actualValue']);

/** What of a frame is written down. */
export function keepableFrame(text: string): string {
  if (text.length > LONGEST) return `(${text.length} characters: too long to be kept)`;
  try {
    return JSON.stringify(storable(blanked(JSON.parse(text))));
  } catch {
    return SECRET_KEY.test(text) ? `(${text.length} characters that can't be read and may hold a password)` : text.replaceAll('\0', '').toWellFormed();
  }
}

function blanked(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(WITH_PASSWORD, '$1:@');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(blanked);
  const isSecret = holdsSecret(value);
  const isVpn = 'server' in value && 'user' in value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]: [string, unknown]) => (
    [name, SECRET_NAME.test(name) || (isVpn && name === 'key') ? '' : isSecret && VALUES.has(name) ? emptied(inner) : blanked(inner)])));
}

function holdsSecret(value: object): boolean {
  const { key, variable } = value as { key?: unknown; variable?: { name?: unknown } };
  const name = key ?? variable?.name;
  return typeof name === 'string' && SECRET_KEY.test(name);
}

/** A value, or the attributes of a variable with one each. */
function emptied(value: unknown): unknown {
  return Array.isArray(value) ? value.map((attribute: object) => ({ ...attribute, value: '' })) : '';
}
