import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oddMoment } from './time-samples.ts';
import { offsetSegments } from './zone-offsets.ts';

describe('offsetSegments', () => {
  it('CAL-T5 gives every instant the offset that Temporal gives it, in segments without gaps', () => {
    fc.assert(fc.property(oddMoment(), fc.integer({ min: 1, max: 8e11 }), fc.double({ min: 0, max: 1, noNaN: true }), ({ timeZone, at }, length, part) => {
      const segments = offsetSegments(timeZone, at, at + length);
      expect(segments[0]!.start).toBeLessThanOrEqual(at);
      expect(segments.at(-1)!.end).toBeGreaterThanOrEqual(at + length);
      for (const [i, { start }] of segments.entries()) if (i > 0) expect(start).toBe(segments[i - 1]!.end);
      const probes = segments.flatMap(({ start, end }) => [start, end - 1]).filter((probe) => probe >= at && probe < at + length);
      for (const probe of [...probes, at + Math.floor(part * length)]) {
        const segment = segments.find(({ start, end }) => start <= probe && probe < end)!;
        expect(segment.offsetMs).toBe(Temporal.Instant.fromEpochMilliseconds(probe).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6);
      }
    }));
  });

  it('CAL-T5 refuses unknown zones and works to the end of representable time', () => {
    expect(() => offsetSegments('Nowhere/Land', 0, 1)).toThrow(RangeError);
    expect(offsetSegments('Europe/Berlin', 8.64e15 - 1, 8.64e15).at(-1)!.end).toBe(8.64e15);
    expect(offsetSegments('+05:30', 0, 1)[0]!.offsetMs).toBe(330 * 60_000);
  });
});
