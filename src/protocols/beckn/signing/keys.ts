/** Keys as registries and configurations write them: bytes in base64, bare or in DER. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

export type Curve = 'ed25519' | 'x25519';

/** RFC 8410: what stands before the bare bytes of a key in DER. */
const OID_BYTE: Record<Curve, string> = { ed25519: '70', x25519: '6e' };
const privateHead = (curve: Curve): Buffer => Buffer.from(`302e020100300506032b65${OID_BYTE[curve]}04220420`, 'hex');
const publicHead = (curve: Curve): Buffer => Buffer.from(`302a300506032b65${OID_BYTE[curve]}032100`, 'hex');

const BARE = 32;
/** a seed with its public key behind it, as libsodium has it */
const WITH_PUBLIC = 64;

/** A private key of 32 bytes, of 64 (with the public key behind), or in PKCS #8. Throws a TypeError without a word of the key. */
export function privateKey(curve: Curve, base64: string): KeyObject {
  const bytes = bytesOf(base64);
  const head = privateHead(curve);
  const isDer = bytes.length === head.length + BARE && bytes.subarray(0, head.length).equals(head);
  if (!isDer && bytes.length !== BARE && bytes.length !== WITH_PUBLIC) throw new TypeError(`A private ${curve} key has 32 or 64 bytes in base64.`);
  return createPrivateKey({ key: isDer ? bytes : Buffer.concat([head, bytes.subarray(0, BARE)]), format: 'der', type: 'pkcs8' });
}

/** A public key of 32 bytes, or in SPKI. Throws a TypeError. */
export function publicKey(curve: Curve, base64: string): KeyObject {
  const bytes = bytesOf(base64);
  const head = publicHead(curve);
  const isDer = bytes.length === head.length + BARE && bytes.subarray(0, head.length).equals(head);
  if (!isDer && bytes.length !== BARE) throw new TypeError(`A public ${curve} key has 32 bytes in base64.`);
  return createPublicKey({ key: isDer ? bytes : Buffer.concat([head, bytes]), format: 'der', type: 'spki' });
}

function bytesOf(base64: string): Buffer {
  const text = base64.trim();
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new TypeError('A key is written in base64.');
  return Buffer.from(text, 'base64');
}

/** The bare bytes of the public half, in base64. */
export function publicHalf(key: KeyObject): string {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return der.subarray(der.length - BARE).toString('base64');
}

/** A fresh pair, bare, in base64. */
export function newKeyPair(curve: Curve): { privateKey: string; publicKey: string } {
  const pair = curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  const der = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
  return { privateKey: der.subarray(der.length - BARE).toString('base64'), publicKey: publicHalf(pair.privateKey) };
}
