/**
 * Passwords of charging stations. Those that we make are 160 random bits, which nobody guesses, so that a fast hash will do, and ten thousand
 * stations that reconnect at once cost nothing; those that are given from outside may be weak, and are hashed slowly.
 */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** OCPP has passwords of 16 to 40 characters. */
export const SHORTEST_PASSWORD = 16;
export const LONGEST_PASSWORD = 40;

/** 40 hexadecimal digits: also an AuthorizationKey of OCPP 1.6, which is 20 bytes written so. */
export function newPassword(): string {
  return randomBytes(20).toString('hex');
}

/** The form in which a password that we made is kept. */
export function hashOwn(password: string): string {
  return `sha256$${sha256(Buffer.from(password)).toString('hex')}`;
}

/** The form in which one that was given is kept. */
export async function hashGiven(password: Uint8Array): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('hex')}$${(await slowHash(password, salt)).toString('hex')}`;
}

/**
 * Whether these bytes are the password, in constant time. A station of OCPP 1.6 may send the bytes that its key of hexadecimal digits stands for
 * (security whitepaper, 3.6.1), so those are the password, too.
 */
export async function isPassword(sent: Uint8Array, kept: string): Promise<boolean> {
  const digits = Buffer.from(Buffer.from(sent).toString('hex'));
  const [matches, matchesDigits] = [await isHashOf(sent, kept), await isHashOf(digits, kept)];
  return matches || matchesDigits;
}

async function isHashOf(sent: Uint8Array, kept: string): Promise<boolean> {
  const [kind, first = '', second = ''] = kept.split('$');
  if (kind === 'sha256') return timingSafeEqual(sha256(sent), Buffer.from(first, 'hex'));
  return timingSafeEqual(await slowHash(sent, Buffer.from(first, 'hex')), Buffer.from(second, 'hex'));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** OWASP's least for scrypt (N = 2^14 with r = 8 and p = 5 is 16 MiB). */
function slowHash(bytes: Uint8Array, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(bytes, salt, 32, { N: 2 ** 14, r: 8, p: 5 }, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}
