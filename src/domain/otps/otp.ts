/** One-time passwords (OTP-1). A slow hash, since a million are soon tried by who has read the database. */
import { randomBytes, randomInt, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

/** How often one may be tried. */
export const OTP_TRIES = 5;

const DIGITS = 6;
const HASH_BYTES = 32;
const COST: ScryptOptions = { N: 2 ** 14, r: 8, p: 1 };
const slowHash = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

export interface HashedOtp {
  salt: string;
  hash: string;
}

export function newOtp(): string {
  return String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
}

export async function hashOtp(otp: string): Promise<HashedOtp> {
  const salt = randomBytes(16);
  return { salt: salt.toString('base64'), hash: (await slowHash(otp, salt, HASH_BYTES, COST)).toString('base64') };
}

/** Compares in constant time. */
export async function isOtp(otp: string, { salt, hash }: HashedOtp): Promise<boolean> {
  return timingSafeEqual(await slowHash(otp, Buffer.from(salt, 'base64'), HASH_BYTES, COST), Buffer.from(hash, 'base64'));
}
