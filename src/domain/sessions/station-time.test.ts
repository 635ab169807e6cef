import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockOffset, happenedAt } from './station-time.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('what the times of stations are worth', () => {
  it('SES-12 what is told of the past is believed of a station whose clock is right', () => {
    expect(clockOffset(NOW - 5 * HOUR, NOW, { skewMs: 2_000 })).toBe(0);
  });

  it('SES-12 a clock that is known to be wrong is put right, also for what is told of the past', () => {
    expect(clockOffset(NOW - 5 * HOUR, NOW, { skewMs: -5 * HOUR })).toBe(5 * HOUR);
    expect(clockOffset(NOW - 8 * HOUR, NOW, { skewMs: -5 * HOUR })).toBe(5 * HOUR);
    expect(clockOffset(NOW + 2 * HOUR, NOW, { skewMs: 2 * HOUR })).toBe(-2 * HOUR);
  });

  it('SES-12 what can not be is now: 1970, the future, and before somebody has asked for it', () => {
    for (const said of [10_000, NOW + HOUR]) expect(said + clockOffset(said, NOW, {})).toBe(NOW);
    const said = NOW - HOUR;
    expect(said + clockOffset(said, NOW, { notBefore: NOW - MINUTE })).toBe(NOW);
    expect(clockOffset(undefined, NOW, {})).toBe(0);
  });

  it('SES-12 nothing happens before its transaction began, or later than now', () => {
    fc.assert(fc.property(fc.option(fc.integer({ min: 0, max: 2 * NOW }), { nil: undefined }), fc.integer({ min: -NOW, max: NOW }), fc.integer({ min: 0, max: 100 * HOUR }), (
      said, clockOffsetMs, sinceMs,
    ) => {
      const at = happenedAt(said, NOW, { clockOffsetMs, startedAt: NOW - sinceMs });
      expect(at).toBeGreaterThanOrEqual(NOW - sinceMs);
      expect(at).toBeLessThanOrEqual(NOW);
    }));
  });
});
