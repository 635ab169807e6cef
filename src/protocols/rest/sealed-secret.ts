/**
 * Secrets in stored answers. An answer that holds a fresh secret (a key, a signing secret) is kept for its Idempotency-Key like any
 * other, but the secret in it only sealed with the API key that asked for it, which itself is not stored: who reads the database
 * reads no secret, and who asks again with the same key gets the same answer.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { DomainError } from '../../platform/errors/index.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Fields that hold a secret; an answer has one of them at most. */
const SECRETS = ['secret', 'secret_url'];
const SEALED = 'sealed_';

/** The body as it may be stored. */
export function sealSecret(body: unknown, apiKey: string): unknown {
  const name = SECRETS.find((candidate) => textIn(body, candidate) !== undefined);
  if (name === undefined) return body;
  const { [name]: secret, ...rest } = body as Record<string, string>;
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyFrom(apiKey), iv);
  const sealed = Buffer.concat([iv, cipher.update(secret!, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { ...rest, [`${SEALED}${name}`]: sealed.toString('base64') };
}

/** The body as it was answered. Throws `idempotency_key_reused` when another API key asks for it. */
export function openSecret(body: unknown, apiKey: string): unknown {
  const name = SECRETS.find((candidate) => textIn(body, `${SEALED}${candidate}`) !== undefined);
  if (name === undefined) return body;
  const { [`${SEALED}${name}`]: text, ...rest } = body as Record<string, string>;
  const sealed = Buffer.from(text!, 'base64');
  const decipher = createDecipheriv(CIPHER, keyFrom(apiKey), sealed.subarray(0, IV_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const secret = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
    return { ...rest, [name]: secret };
  } catch {
    throw new DomainError('idempotency_key_reused', 'That answer holds a secret; only the API key that asked for it is given it again.');
  }
}

function textIn(body: unknown, name: string): string | undefined {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function keyFrom(apiKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', apiKey, '', 'plugtime idempotent answer', 32));
}
