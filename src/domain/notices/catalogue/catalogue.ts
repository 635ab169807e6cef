/** The texts of notices, by language. */
import type { NoticeKind, NoticeText, NoticeValues } from '../notice.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { formatOf } from './format.ts';
import { hi } from './hi.ts';
import { kn } from './kn.ts';
import type { Catalogue } from './texts.ts';

const CATALOGUES: Record<string, Catalogue> = { en, hi, kn, de };
const FALLBACK = 'en';

/** NTC-6: the text in the first of the driver's languages (BCP 47) that there is one in, else in English. */
export function compose<K extends NoticeKind>(kind: K, values: NoticeValues[K], languages: readonly string[]): NoticeText {
  const language = languages.find((tag) => baseOf(tag) in CATALOGUES) ?? FALLBACK;
  return { language, ...CATALOGUES[baseOf(language)]![kind](values, formatOf(language)) };
}

function baseOf(tag: string): string {
  return new Intl.Locale(tag).language;
}
