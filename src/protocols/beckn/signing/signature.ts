/** Signing and verifying bodies: BLAKE2b-512 over the raw bytes, Ed25519 over the lines of the signing string. */
import { createHash, sign as signBytes, verify as verifyBytes, type KeyObject } from 'node:crypto';
import { SECOND_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { Refused } from '../refusal.ts';
import { FOUR_LINES, formatSignatureHeader, THREE_LINES, type Line, type SignatureHeader } from './header.ts';

/** Base64 of BLAKE2b-512 of the very bytes that are sent. */
export function digestOf(body: Uint8Array): string {
  return createHash('blake2b512').update(body).digest('base64');
}

export interface SignedLines {
  digest: string;
  created: number;
  expires: number;
  lines: readonly Line[];
  /** of the request that a callback or an acknowledgement belongs to: its signature, bare */
  requestSignature?: string;
}

/** Lines with LF between and none behind. */
export function signingString({ digest, created, expires, lines, requestSignature = '' }: SignedLines): string {
  const text: Record<Line, string> = {
    '(created)': `(created): ${created}`, '(expires)': `(expires): ${expires}`, digest: `digest: BLAKE-512=${digest}`,
      'request-signature': `request-signature: ${requestSignature}`,
  };
  return lines.map((line) => text[line]).join('\n');
}

export interface SigningIdentity {
  subscriberId: string;
  keyId: string;
  key: KeyObject;
}

/** How long our signatures live; what ONIX does. */
const LIFETIME_SECONDS = 300;

export interface SignOptions {
  now: EpochMs;
  lifetimeSeconds?: number;
  /** signs the fourth line too */
  requestSignature?: string;
}

/** The value of the header for a body. */
export function signBody(body: Uint8Array, { subscriberId, keyId, key }: SigningIdentity, { now, lifetimeSeconds = LIFETIME_SECONDS, requestSignature }: SignOptions): string {
  const created = Math.floor(now / SECOND_MS);
  const expires = created + lifetimeSeconds;
  const lines = requestSignature === undefined ? THREE_LINES : FOUR_LINES;
  const text = signingString({ digest: digestOf(body), created, expires, lines, requestSignature });
  const signature = signBytes(null, Buffer.from(text), key).toString('base64');
  return formatSignatureHeader({ subscriberId, keyId, created, expires, lines, signature });
}

/** Whether the signature is that key's, of these bytes. */
export function isSignedBy(body: Uint8Array, header: SignatureHeader, key: KeyObject, requestSignature?: string): boolean {
  const text = signingString({ digest: digestOf(body), created: header.created, expires: header.expires, lines: header.lines, requestSignature });
  return verifyBytes(null, Buffer.from(text), key, Buffer.from(header.signature, 'base64'));
}

/** A signature that lives longer than this could be replayed after it was forgotten. */
const LONGEST_LIFETIME_SECONDS = 86_400;

/**
 * Throws unless the signature is in force: `created` may lie ahead of our clock by the skew, `expires` has no tolerance, and
 * nothing lives longer than a day.
 */
export function requireInForce({ created, expires }: SignatureHeader, now: EpochMs, skewSeconds: number): void {
  const seconds = now / SECOND_MS;
  if (created > seconds + skewSeconds) throw new Refused('signature_early', `The signature was created at ${created}, which lies ahead of ${Math.floor(seconds)}.`);
  if (seconds >= expires) throw new Refused('signature_expired', `The signature expired at ${expires}; it is ${Math.floor(seconds)}.`);
  if (expires <= created || expires - created > LONGEST_LIFETIME_SECONDS) throw new Refused('signature_malformed', 'The signature must expire after it was created, within a day.');
}
