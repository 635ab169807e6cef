/** Vectors of signatures that others made: each must come out of our code, and what is said to fail must. */
import { readFile } from 'node:fs/promises';
import { isSignedBy, digestOf, formatSignatureHeader, parseSignatureHeader, privateKey, publicKey, signBody, signingString, THREE_LINES,
  type SignatureHeader } from '../signing/index.ts';
import type { Check } from './check.ts';

interface Vector {
  name: string;
  body: string;
  created: number;
  expires: number;
  digestBlake2b512Base64: string;
  signingString: string;
  signature: string;
  header: string;
}

interface Vectors {
  key: { seed32Base64: string; private64Base64: string; publicBase64: string };
  blake2b512: { text: string; base64: string }[];
  vectors: Vector[];
  negative: { name: string }[];
}

export async function checkVectors(path: string): Promise<Check[]> {
  const { key, blake2b512, vectors, negative } = JSON.parse(await readFile(path, 'utf8')) as Vectors;
  const named = (name: string, passed: boolean, detail: string): Check => ({ name: `beckn/signing/vectors.json#${name}`, passed, detail: passed ? detail : `not: ${detail}` });
  return [
    ...blake2b512.map(({ text, base64 }) => named(`blake2b512 "${text}"`, digestOf(Buffer.from(text)) === base64, 'the same digest')),
    ...vectors.flatMap((vector) => ofVector(vector, key).map(([what, passed, detail]) => named(`${vector.name}, ${what}`, passed, detail))),
    ...negative.map(({ name }) => named(name, isRefused(name, vectors, key), 'refused')),
  ];
}

function ofVector({ body, created, expires, digestBlake2b512Base64: digest, signingString: text, signature, header }: Vector, key: Vectors['key']): [string, boolean, string][] {
  const bytes = Buffer.from(body);
  const parsed = parseSignatureHeader(header);
  const { subscriberId, keyId } = parsed;
  const signed = (secret: string): string => (
    signBody(bytes, { subscriberId, keyId, key: privateKey('ed25519', secret) }, { now: created * 1_000, lifetimeSeconds: expires - created }));
  return [
    ['digest', digestOf(bytes) === digest, 'the same digest'],
    ['signing string', signingString({ digest, created, expires, lines: THREE_LINES }) === text, 'the same lines'],
    ['signed by the seed', signed(key.seed32Base64) === header, 'the same header'],
    ['signed by the long key', signed(key.private64Base64) === header, 'the same header'],
    ['header', formatSignatureHeader(parsed) === header && parsed.signature === signature, 'read and written as it is'],
    ['verified', isSignedBy(bytes, parsed, publicKey('ed25519', key.publicBase64)), 'verified'],
  ];
}

/** Each of the vectors that are said to fail, tried on all bodies. One that is not known counts as not refused. */
function isRefused(name: string, vectors: readonly Vector[], key: Vectors['key']): boolean {
  const tries: Record<string, (vector: Vector) => boolean> = {
    'trailing newline in signing string': ({ signingString: text, digestBlake2b512Base64: digest, created, expires }) => `${text}\n` !== signingString({ digest, created, expires,
      lines: THREE_LINES }),
    're-serialised body': (vector) => !verifies(vector, key, JSON.stringify(JSON.parse(vector.body), null, 1)) && !verifies(vector, key, escaped(`${vector.body} `)),
    'digest prefix': ({ signingString: text, digestBlake2b512Base64: digest, created, expires }) => (
      ['BLAKE2b-512=', 'SHA-256='].every((prefix) => text.replace('BLAKE-512=', prefix) !== signingString({ digest, created, expires, lines: THREE_LINES }))),
    'request-signature': (vector) => {
      const signer = { subscriberId: 'a', keyId: 'b', key: privateKey('ed25519', key.seed32Base64) };
      const header = parseSignatureHeader(signBody(Buffer.from(vector.body), signer, { now: vector.created * 1_000, requestSignature: vector.signature }));
      const judge = (requestSignature: string): boolean => isSignedBy(Buffer.from(vector.body), header, publicKey('ed25519', key.publicBase64), requestSignature);
      return judge(vector.signature) && !judge(`"${vector.signature}"`) && !judge(`signature=${vector.signature}`);
    },
  };
  const known = Object.entries(tries).find(([start]) => name.startsWith(start));
  return known !== undefined && vectors.every((vector) => known[1](vector));
}

function verifies({ header }: Vector, key: Vectors['key'], body: string): boolean {
  const parsed: SignatureHeader = parseSignatureHeader(header);
  return isSignedBy(Buffer.from(body), parsed, publicKey('ed25519', key.publicBase64));
}

/** As some serialisers write it: beyond ASCII in escapes. */
const escaped = (text: string): string => text.replaceAll(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
