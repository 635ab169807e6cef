import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** PGM-8: a phone number with its country code, however it is written, in E.164; undefined for what can't be one. */
export function toE164(text: string): string | undefined {
  const number = parsePhoneNumberFromString(text, { extract: false });
  return number?.isPossible() && text.trim().startsWith('+') ? number.number : undefined;
}

/** `KA-01 AB 1234` as `KA01AB1234`, so that it is the same however it is written. */
export function plainPlate(text: string): string {
  return text.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
