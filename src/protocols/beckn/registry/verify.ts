/** Whose a message is: its signature held against the keys of its signer. */
import type { KeyObject } from 'node:crypto';
import type { EpochMs } from '../../../platform/clock/index.ts';
import { Refused } from '../refusal.ts';
import { isSignedBy, parseSignatureHeader, publicKey, requireInForce, type SignatureHeader } from '../signing/index.ts';
import type { Directory } from './directory.ts';
import { isInForce, type Subscriber } from './subscriber.ts';

export interface Verified {
  signer: Subscriber;
  header: SignatureHeader;
}

export interface VerifyOptions {
  now: EpochMs;
  skewSeconds: number;
  /** of the request that a callback says it belongs to; asked for only where the signature covers it */
  requestSignature?(): Promise<string | undefined>;
}

/** Throws why the signature does not stand. One that fails by the keys that are kept is tried once more with those of a fresh look-up, since keys rotate. */
export async function verifySignature(directory: Directory, body: Uint8Array, text: string | undefined, options: VerifyOptions): Promise<Verified> {
  const header = parseSignatureHeader(text);
  requireInForce(header, options.now, options.skewSeconds);
  const requestSignature = header.lines.includes('request-signature') ? await options.requestSignature?.() : undefined;
  if (header.lines.includes('request-signature') && requestSignature === undefined) throw new Refused('signature_invalid',
    'The signature covers a request that is not known here.');
  const judge = async (isFresh: boolean): Promise<Verified | Refused> => {
    const found = await directory.find(header.subscriberId, header.keyId, isFresh);
    if (found.length === 0) return new Refused('signer_unknown', `No registry knows the key ${header.subscriberId}|${header.keyId}.`);
    const live = found.filter((one) => isInForce(one, options.now));
    if (live.length === 0) return new Refused('key_expired', `The key ${header.subscriberId}|${header.keyId} is not in force.`);
    const signer = live.find((one) => matches(one, body, header, requestSignature));
    return signer ? { signer, header } : new Refused('signature_invalid', 'The signature is not that key\'s, of this body.');
  };
  const first = await judge(false);
  const outcome = first instanceof Refused ? await judge(true) : first;
  if (outcome instanceof Refused) throw outcome;
  return outcome;
}

/** Keys as they are used, as long as what the registry said is kept. */
const keys = new WeakMap<Subscriber, KeyObject>();

function keyOf(subscriber: Subscriber): KeyObject {
  const key = keys.get(subscriber) ?? publicKey('ed25519', subscriber.signingPublicKey);
  keys.set(subscriber, key);
  return key;
}

function matches(subscriber: Subscriber, body: Uint8Array, header: SignatureHeader, requestSignature: string | undefined): boolean {
  try {
    return isSignedBy(body, header, keyOf(subscriber), requestSignature);
  } catch {
    return false; // a key that is none
  }
}
