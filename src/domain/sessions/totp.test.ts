import { describe, expect, it } from 'vitest';
import { totpAt, totpFits } from './totp.ts';

/** Of the reference implementation of dynamic QR codes for OCPP 2.1 (github.com/OpenChargingCloud/DynamicQRCodes). */
const AT = Date.UTC(2024, 4, 23, 0, 23, 5);
const SETTINGS = { secret: 'secure!Charging!', validitySeconds: 30, length: 12 };

describe('the password on a screen', () => {
  it('SES-39: is what the reference implementation makes', () => {
    expect([-30, 0, 30].map((seconds) => totpAt(SETTINGS, AT + seconds * 1000))).toEqual(['MdPU0jCm5tXz', 'CN63y502maVh', 'dI54vnA25m2h']);
    expect(totpAt({ ...SETTINGS, length: 23 }, AT)).toBe('CN63y502maVhAsv27Sd7JlE');
  });

  it('SES-39: stands for its time and one more on either side', () => {
    expect(['MdPU0jCm5tXz', 'CN63y502maVh', 'dI54vnA25m2h'].map((code) => totpFits(SETTINGS, code, AT))).toEqual([true, true, true]);
    expect(totpFits(SETTINGS, 'CN63y502maVh', AT + 60_000)).toBe(false);
    expect(['', 'cn63y502maVh', 'CN63y502maV'].map((code) => totpFits(SETTINGS, code, AT))).toEqual([false, false, false]);
  });
});
