import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../platform/errors/index.ts';
import { mergeMetadata, MOST_METADATA } from './metadata.ts';

const keys = (from: number, count: number, value = 'x') => Object.fromEntries(Array.from({ length: count }, (_item, i) => [`key ${from + i}`, value]));

describe('metadata', () => {
  it('DRV-6 is merged, and an empty value removes its key', () => {
    expect(mergeMetadata({ a: '1', b: '2' }, { b: '', c: '3' })).toEqual({ a: '1', c: '3' });
    expect(mergeMetadata({ a: '1' })).toEqual({ a: '1' });
  });

  it('DRV-6 never grows beyond its limit, however it is filled', () => {
    expect(() => mergeMetadata(keys(0, MOST_METADATA), keys(MOST_METADATA, 1))).toThrow(DomainError);
    expect(Object.keys(mergeMetadata(keys(0, MOST_METADATA), { ...keys(0, 1, ''), ...keys(MOST_METADATA, 1) }))).toHaveLength(MOST_METADATA);
    fc.assert(fc.property(fc.array(fc.dictionary(fc.string(), fc.string(), { maxKeys: 30 })), (changes) => {
      let metadata: Record<string, string> = {};
      for (const change of changes) {
        try {
          metadata = mergeMetadata(metadata, change);
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
        }
        expect(Object.keys(metadata).length).toBeLessThanOrEqual(MOST_METADATA);
      }
    }));
  });
});
