import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSearchIndex, prepareSearch, putLocation, search } from './index.ts';
import { NOW, plainEntry } from './search-samples.ts';
import { foldText } from './text.ts';
import { buildWordList, rowsOfPrefix } from './word-list.ts';

describe('text', () => {
  it('SRC-15 does not count case, accents, apostrophes and punctuation', () => {
    expect(foldText("  McDonald's – Café “São Paulo”, GROẞE Straße 7a/b ")).toBe('mcdonalds cafe sao paulo grosse strasse 7a b');
    expect(foldText('İstanbul ILICA ılıca Ærø Łódź ΟΔΟΣ')).toBe('istanbul ilica ilica aero lodz οδοσ');
    expect(foldText('ＥＶ①')).toBe('ev1');
    expect(foldText('ಬೆಂಗಳೂರು ಪ್ಲಾಜಾ').split(' ')).toHaveLength(2);
    expect(foldText('!?')).toBe('');
  });

  it('SRC-15 finds a location when each word begins one of its words', () => {
    const index = createSearchIndex();
    putLocation(index, plainEntry({ locationId: 'a', name: 'Café São Paulo', address: 'Mysuru Road 12', city: 'Maddur', operatorName: 'Volt & Söhne' }));
    putLocation(index, plainEntry({ locationId: 'b', name: 'ಮದ್ದೂರು ಪ್ಲಾಜಾ', address: '', city: 'Maddur', operatorName: 'Volt' }));
    const found = (text: string): string => search(index, { networkId: 'net', text }, NOW).items.map(({ locationId }) => locationId).join('');
    for (const prepare of [() => undefined, prepareSearch]) {
      prepare(index);
      expect([found('cafe'), found('SAO mysu'), found('paulo, cafe!'), found('sohn'), found('volt')]).toEqual(['a', 'a', 'a', 'a', 'ab']);
      expect([found('afe'), found('cafe mandya'), found('caffe'), found('12 13'), found('ಮದ್ದೂರು')]).toEqual(['', '', '', '', 'b']);
      expect([found(''), found(' - ')]).toEqual(['ab', 'ab']);
    }
  });

  it('SRC-15 lists the rows of a prefix as a look at all words would', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ß', '😀', '字'), minLength: 1, maxLength: 4 });
    const text = fc.array(word, { maxLength: 5 }).map((words) => ` ${words.join(' ')}`);
    fc.assert(fc.property(fc.array(text, { maxLength: 20 }), word, (texts, prefix) => {
      const rows = [...texts.keys()].filter((row) => row % 3 !== 1);
      const found = [...new Set(rowsOfPrefix(buildWordList(texts, rows), prefix))].sort((a, b) => a - b);
      expect(found).toEqual(rows.filter((row) => texts[row]!.includes(` ${prefix}`)));
    }));
  });

  it('SRC-40 sorts by name, a shorter one first', () => {
    const index = createSearchIndex();
    for (const [i, name] of ['Plaza', 'bp pulse', 'BP', 'Éclair', 'bp', 'aa'].entries()) putLocation(index, plainEntry({ locationId: `loc-${i}`, name, address: `Zebra ${i}` }));
    expect(search(index, { networkId: 'net' }, NOW).items.map(({ locationId }) => locationId)).toEqual(['loc-5', 'loc-2', 'loc-4', 'loc-1', 'loc-3', 'loc-0']);
    for (const [i, end] of ['y', 'x'].entries()) putLocation(index, plainEntry({ locationId: `loc-long-${i}`, name: 'a '.repeat(40) + end }));
    expect(search(index, { networkId: 'net', limit: 2 }, NOW).items.map(({ locationId }) => locationId)).toEqual(['loc-long-0', 'loc-long-1']);
  });
});
