import { AFTER_NAME } from './text.ts';

/** Which rows hold which word: the words in order, and behind each its rows, so that the rows of a prefix lie side by side. */
export interface WordList {
  words: string[];
  /** where the rows of each word begin; one more than there are words */
  offsets: Uint32Array;
  rows: Uint32Array;
}

/** @param texts searchable texts by row; only those of `rows` are read. */
export function buildWordList(texts: readonly string[], rows: readonly number[]): WordList {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  const wordOfEntry: number[] = [];
  const rowOfEntry: number[] = [];
  for (const row of rows) {
    for (const word of texts[row]!.split(' ')) {
      if (word === '' || word === AFTER_NAME) continue;
      let number = numbers.get(word);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(word, number);
        counts.push(0);
      }
      counts[number]!++;
      wordOfEntry.push(number);
      rowOfEntry.push(row);
    }
  }
  const words = [...numbers.keys()].sort();
  const offsets = new Uint32Array(words.length + 1);
  const next = new Uint32Array(words.length);
  for (const [place, word] of words.entries()) {
    const number = numbers.get(word)!;
    next[number] = offsets[place]!;
    offsets[place + 1] = offsets[place]! + counts[number]!;
  }
  const sorted = new Uint32Array(rowOfEntry.length);
  for (let entry = 0; entry < rowOfEntry.length; entry++) sorted[next[wordOfEntry[entry]!]!++] = rowOfEntry[entry]!;
  return { words, offsets, rows: sorted };
}

/** The rows that hold a word with this prefix, as often as they do. */
export function rowsOfPrefix({ words, offsets, rows }: WordList, prefix: string): Uint32Array {
  // No character sorts after U+FFFF, so this is the end of all that begin with the prefix.
  return rows.subarray(offsets[placeOf(words, prefix)], offsets[placeOf(words, `${prefix}\uffff`)]);
}

function placeOf(words: readonly string[], wanted: string): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
