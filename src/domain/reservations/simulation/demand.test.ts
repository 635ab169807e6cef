import { describe, expect, it } from 'vitest';
import { demandsOf } from './demand.ts';
import { accepted, at, attempt } from './samples.ts';

const by = (driverId: string | null, askedAtHour: number) => ({ driverId, askedAt: at(askedAtHour) });
const sizes = (attempts: Parameters<typeof demandsOf>[0]): number[] => demandsOf(attempts).map((demand) => demand.attempts.length);

describe('SIM-4 a wish is counted once', () => {
  it('when the same start is asked for again, whenever that is', () => {
    expect(sizes([attempt(20, 21, by('a', 1)), attempt(20, 22, by('a', 15)), accepted(20, 21, {}, by('a', 19))])).toEqual([3]);
  });

  it('when another start is asked for soon after, which alternatives could have offered', () => {
    expect(sizes([attempt(20, 21, by('a', 1)), accepted(14, 15, {}, by('a', 2))])).toEqual([2]);
    expect(sizes([attempt(20, 21, by('a', 1)), accepted(13.75, 15, {}, by('a', 2))])).toEqual([1, 1]);
    expect(sizes([attempt(20, 21, by('a', 1)), accepted(19, 20, {}, by('a', 2.01))])).toEqual([1, 1]);
  });

  it('until it was accepted: what is asked for then is another wish', () => {
    expect(sizes([attempt(20, 21, by('a', 1)), accepted(20, 21, {}, by('a', 2)), accepted(20, 21, {}, by('a', 2.1)), attempt(20, 21, by('a', 2.2))])).toEqual([2, 1, 1]);
  });

  it('and not with the wishes of others', () => {
    expect(sizes([attempt(20, 21, by('a', 1)), attempt(20, 21, by('b', 1.1))])).toEqual([1, 1]);
  });

  it('but each for itself where nobody knows the driver', () => {
    expect(sizes([attempt(20, 21, by(null, 1)), attempt(20, 21, by(null, 1))])).toEqual([1, 1]);
  });
});
