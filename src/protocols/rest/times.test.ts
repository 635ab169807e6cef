import { describe, expect, it } from 'vitest';
import { DomainError } from '../../platform/errors/index.ts';
import { parseInstant } from './times.ts';

const NOON = Date.UTC(2026, 10, 22, 7, 15);

describe('instants as callers write them', () => {
  it.each(['2026-11-22T07:15:00Z', '2026-11-22t07:15:00.000000z', '2026-11-22 07:15:00Z', '2026-11-22T12:45:00+05:30', NOON / 1000, String(NOON / 1000)])('takes %j', (written) => {
    expect(parseInstant(written, '/start')).toBe(NOON);
  });

  it('takes a plus of a query string that has become a space, there only', () => {
    expect(parseInstant('2026-11-22T12:45:00 05:30', '?start')).toBe(NOON);
    expect(() => parseInstant('2026-11-22T12:45:00 05:30', '/start')).toThrow(DomainError);
  });

  it.each([
    '2026-11-22', '2026-11-22 12:45', '2026-11-22T12:45:00', '2026-02-30T00:00:00Z', '2026-11-22T25:00:00Z', '1999-12-31T23:59:59Z', '2100-01-01T00:00:00Z', '', 'tomorrow', 1e12,
  ])('refuses %j', (written) => {
    for (const pointer of ['/start', '?start']) expect(() => parseInstant(written, pointer)).toThrow(DomainError);
  });
});
