import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTaken, nextAttemptAt, RETRY_DELAYS_MS } from './delivery.ts';

describe('the schedule (WHK-9)', () => {
  it('is that of Standard Webhooks', () => {
    const seconds = RETRY_DELAYS_MS.map((delay) => delay / 1000);
    expect(seconds).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  });

  it('counts from the failed attempt, adds a tenth at most, and ends after the tenth attempt', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const next = nextAttemptAt(attempt, 1_000_000, random);
      const delay = RETRY_DELAYS_MS[attempt - 1];
      if (delay === undefined) expect(next).toBeUndefined();
      else expect(next! - 1_000_000 >= delay && next! - 1_000_000 <= delay * 1.1).toBe(true);
    }));
    expect(nextAttemptAt(9, 0, 0)).toBe(86_400_000);
    expect(nextAttemptAt(10, 0, 0)).toBeUndefined();
  });

  it('spreads what failed together', () => {
    expect(nextAttemptAt(2, 0, 0.5)! - nextAttemptAt(2, 0, 0)!).toBe(15_000);
  });
});

describe('isTaken (WHK-8)', () => {
  it('is so for 2xx and for nothing else', () => {
    for (const status of [200, 204, 299]) expect(isTaken(status), String(status)).toBe(true);
    for (const status of [null, 199, 300, 302, 410, 500]) expect(isTaken(status), String(status)).toBe(false);
  });
});
