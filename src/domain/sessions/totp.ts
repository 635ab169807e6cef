/**
 * The password that changes in the code on a station's screen (OCPP 2.1 C25, `WebPaymentsCtrlr` with TOTPVersion v1): the time slot of 8 bytes, most significant
 * first, is hashed with HMAC-SHA-256 under the shared secret; from the place that the last four bits name, each byte gives a sign. Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { SECOND_MS, type EpochMs } from '../../platform/clock/index.ts';

const SIGNS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

export interface TotpSettings {
  secret: string;
  /** how long one stands */
  validitySeconds: number;
  /** in signs */
  length: number;
}

export function totpAt({ secret, validitySeconds, length }: TotpSettings, at: EpochMs): string {
  const slot = Buffer.alloc(8);
  slot.writeBigUInt64BE(BigInt(Math.floor(at / (validitySeconds * SECOND_MS))));
  const hash = createHmac('sha256', secret).update(slot).digest();
  const from = hash.at(-1)! & 0x0f;
  return Array.from({ length }, (_, i) => SIGNS[hash[(from + i) % hash.length]! % SIGNS.length]).join('');
}

/** Whether a code stands now, or stood or will stand next to it: somebody has to point their phone, and a station's clock is a little off. */
export function totpFits(settings: TotpSettings, code: string, now: EpochMs): boolean {
  const given = Buffer.from(code);
  return [0, -1, 1].some((slots) => {
    const right = Buffer.from(totpAt(settings, now + slots * settings.validitySeconds * SECOND_MS));
    return given.length === right.length && timingSafeEqual(given, right);
  });
}
