import { describe, expect, it } from 'vitest';
import { curlLines } from './demo.ts';

describe('the calls that a start prints', () => {
  it('are about lunch time in India on the day after the sandbox\'s, whatever the day is elsewhere', () => {
    const lines = curlLines('http://x', { secret: 'pt_sk_test_x', locationId: 'loc_x', now: Date.UTC(2027, 4, 30, 20) }); // 31 May there
    for (const line of lines) expect(line).toContain('2027-06-01T07:15:00Z');
    for (const line of lines) expect(line).toContain('2027-06-01T08:00:00Z');
  });
});
