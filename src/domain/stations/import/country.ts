/** Countries however a source writes them, as ISO 3166-1 alpha-3. */
import countries from 'i18n-iso-countries/index.js';
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };
import { lookUp } from './values.ts';

countries.registerLocale(english);

/** Common spellings that the list of names does not have. */
const ALIASES = {
  UK: 'GBR', 'GREAT BRITAIN': 'GBR', ENGLAND: 'GBR', SCOTLAND: 'GBR', WALES: 'GBR', XK: 'XKX', XKX: 'XKX', KOSOVO: 'XKX',
};

/** The alpha-3 code of `IN`, `IND`, `in` or `India`; undefined for anything else. */
export function countryCodeOf(text: string | undefined): string | undefined {
  const word = text?.trim().toUpperCase();
  if (word === undefined || word === '' || word.length > 80) return undefined;
  const alias = lookUp(ALIASES, word);
  if (alias !== undefined) return alias;
  if (/^[A-Z]{3}$/.test(word)) return countries.alpha3ToAlpha2(word) === undefined ? undefined : word;
  if (/^[A-Z]{2}$/.test(word)) return countries.alpha2ToAlpha3(word);
  return countries.getAlpha3Code(word, 'en');
}
