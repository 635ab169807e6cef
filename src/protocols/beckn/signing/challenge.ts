/** The challenge of a registry (`/on_subscribe`): AES-256 in ECB with PKCS #7 padding, under the X25519 secret of both, as registries and ONIX have it. */
import { createCipheriv, createDecipheriv, diffieHellman, type KeyObject } from 'node:crypto';
import { Refused } from '../refusal.ts';

export interface Parties {
  own: KeyObject;
  other: KeyObject;
}

const secretOf = ({ own, other }: Parties): Buffer => diffieHellman({ privateKey: own, publicKey: other });

export function encryptChallenge(text: string, parties: Parties): string {
  const cipher = createCipheriv('aes-256-ecb', secretOf(parties), null);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

/** Throws `message_invalid` for what was encrypted for somebody else, or not at all. */
export function decryptChallenge(challenge: string, parties: Parties): string {
  try {
    const decipher = createDecipheriv('aes-256-ecb', secretOf(parties), null);
    return Buffer.concat([decipher.update(challenge, 'base64'), decipher.final()]).toString('utf8');
  } catch {
    throw new Refused('message_invalid', 'The challenge can not be decrypted with our key and the registry\'s.', '/challenge');
  }
}
