/** Letters that Unicode does not take apart into a base letter and an accent. */
const PLAIN_LETTERS: Record<string, string> = { ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', æ: 'ae', œ: 'oe', ı: 'i', ς: 'σ' };
const SPECIAL = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'g');
const ACCENTS = /[\u0300-\u036f]/g;
const APOSTROPHES = /['’ʼ`]/g;
// Marks stay within words: in Indian scripts they are vowels.
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/u;

/** The words of a text as they are compared: lower case, without accents, apostrophes and punctuation, one space between. */
export function foldText(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(ACCENTS, '')
    .replaceAll(APOSTROPHES, '')
    .replaceAll(SPECIAL, (letter) => PLAIN_LETTERS[letter]!)
    .split(BETWEEN_WORDS)
    .filter((word) => word !== '')
    .join(' ');
}

/** Stands between the name and the rest of a searchable text. It sorts before letters, so that texts sort by name first. */
export const AFTER_NAME = '\n';

/** The form in which a text is kept: a space before each word, so that ` mys` finds a word that begins with it. */
export function searchableText(name: string, others: readonly string[]): string {
  return ` ${[foldText(name), AFTER_NAME, ...others.map(foldText)].filter((part) => part !== '').join(' ')}`;
}

/** What must be found in a searchable text, one for each different word of a query. */
export function prefixesOf(text: string): string[] {
  const folded = foldText(text);
  return folded === '' ? [] : [...new Set(folded.split(' '))].map((word) => ` ${word}`);
}
