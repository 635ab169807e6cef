/**
 * The header that carries a signature (BECKN-006):
 * `Signature keyId="{subscriber}|{key}|ed25519",algorithm="ed25519",created="…",expires="…",headers="(created) (expires) digest",signature="…"`.
 */
import { Refused } from '../refusal.ts';

export type Line = '(created)' | '(expires)' | 'digest' | 'request-signature';

export interface SignatureHeader {
  subscriberId: string;
  /** the unique id of the key within its subscriber */
  keyId: string;
  /** seconds since 1970 */
  created: number;
  expires: number;
  /** the lines that are signed, in their order */
  lines: readonly Line[];
  /** base64, 64 bytes */
  signature: string;
}

export const THREE_LINES: readonly Line[] = ['(created)', '(expires)', 'digest'];
/** with the signature of the request that this belongs to */
export const FOUR_LINES: readonly Line[] = [...THREE_LINES, 'request-signature'];

/** A name, `=`, and a value in quotes or bare; commas within quotes belong to the value, `=` may end one. */
const PARAMETER = /\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^",\s]*))\s*(?:,|$)/y;

/** Throws `signature_missing` for none, `signature_malformed` for what can't be read. */
export function parseSignatureHeader(header: string | undefined): SignatureHeader {
  if (header === undefined || header.trim() === '') throw new Refused('signature_missing', 'The message is not signed.');
  const scheme = /^\s*Signature\s+/i.exec(header);
  if (!scheme) throw malformed('must begin with "Signature"');
  const given = parametersOf(header.slice(scheme[0].length).trimEnd());
  const [subscriberId = '', keyId = '', algorithm = '', ...more] = (given.get('keyid') ?? '').split('|').map((part) => part.trim());
  if (subscriberId === '' || keyId === '' || algorithm === '' || more.length > 0) throw malformed('must have a keyId of three parts, subscriber|key|ed25519');
  for (const named of [algorithm, given.get('algorithm') ?? algorithm]) if (named.toLowerCase() !== 'ed25519') throw malformed('must be by ed25519');
  const signature = given.get('signature') ?? '';
  if (signature === '') throw new Refused('signature_missing', 'The header has no signature.');
  if (!/^[A-Za-z0-9+/]{86}==$/.test(signature)) throw malformed('must be 64 bytes in base64');
  return { subscriberId, keyId, created: secondsOf(given.get('created'), 'created'), expires: secondsOf(given.get('expires'), 'expires'), lines: linesOf(given.get('headers')),
    signature };
}

function parametersOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < text.length) {
    const match = PARAMETER.exec(text);
    if (!match) throw malformed('must be parameters with commas between');
    const name = match[1]!.toLowerCase();
    if (found.has(name)) throw malformed(`says ${match[1]!} twice`);
    found.set(name, (match[2] ?? match[3]!).trim());
  }
  return found;
}

function secondsOf(text: string | undefined, name: string): number {
  if (text === undefined || !/^\d{1,12}$/.test(text)) throw malformed(`must say when it was ${name === 'created' ? 'created' : 'to expire'}, in seconds`);
  return Number(text);
}

/** Without a list, it is the usual three. A line that is not known can't be rebuilt, so it can't be verified. */
function linesOf(text: string | undefined): readonly Line[] {
  if (text === undefined) return THREE_LINES;
  const names = text.toLowerCase().split(/\s+/).filter((name) => name !== '');
  const isKnown = (name: string): name is Line => (FOUR_LINES as readonly string[]).includes(name);
  if (!names.every(isKnown) || new Set(names).size !== names.length) throw malformed(`signs lines that are not known: ${text.slice(0, 100)}`);
  if (!THREE_LINES.every((line) => names.includes(line))) throw malformed('must sign (created), (expires) and digest');
  return names;
}

function malformed(why: string): Refused {
  return new Refused('signature_malformed', `The signature ${why}.`);
}

export function formatSignatureHeader({ subscriberId, keyId, created, expires, lines, signature }: SignatureHeader): string {
  return `Signature keyId="${subscriberId}|${keyId}|ed25519",algorithm="ed25519",created="${created}",expires="${expires}",`
    + `headers="${lines.join(' ')}",signature="${signature}"`;
}
