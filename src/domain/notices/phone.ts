import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** At most 15 digits (ITU-T E.164); the shortest numbers that somebody can have have 7. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** PGM-8: a phone number with its country code, however it is written, in E.164; undefined for what can't be one. */
export function toE164(text: string): string | undefined {
  const written = text.trim();
  const number = written.startsWith('+') ? parsePhoneNumberFromString(written, { extract: false }) : undefined;
  return number?.isPossible() && E164.test(number.number) ? number.number : undefined;
}
