import { describe, expect, it } from 'vitest';
import { assign, likelihoodOf, type AssignmentResult } from './index.ts';
import { plainProblem } from './samples.ts';

const HOUR_MS = 3_600_000;
const resultOf = (evses: number, flexible: number): AssignmentResult => assign(plainProblem(evses, [{ id: 'a', ideal: 120, long: 60, flexible }])).results[0]!;

describe('the likelihood of a slot', () => {
  it('ASG-12 is certain once it is decided', () => {
    const [won, lost] = assign(plainProblem(1, [{ id: 'a', ideal: 0, long: 60 }, { id: 'b', ideal: 0, long: 60 }])).results;
    expect([likelihoodOf(won!, 0), likelihoodOf(lost!, 0)]).toEqual([1, 0]);
    expect(likelihoodOf(won!, HOUR_MS)).toBeGreaterThan(0.8);
    expect(likelihoodOf(lost!, HOUR_MS)).toBeLessThan(0.1);
  });

  it('ASG-12 grows with what is open, falls with the time that is left to others, and is none where nothing fits', () => {
    const open = [1, 2, 4, 8].map((evses) => likelihoodOf(resultOf(evses, 60), 2 * HOUR_MS));
    expect(open).toEqual([...open].sort((a, b) => a - b));
    const late = [0.5, 2, 6, 24].map((hours) => likelihoodOf(resultOf(2, 30), hours * HOUR_MS));
    expect(late).toEqual([...late].sort((a, b) => b - a));
    const nothing = assign({ ...plainProblem(0, [{ id: 'a', ideal: 0, long: 60 }]) }).results[0]!;
    expect(likelihoodOf(nothing, HOUR_MS)).toBe(0);
    for (const hours of [0.01, 1, 10, 1_000]) expect(likelihoodOf(resultOf(1, 0), hours * HOUR_MS)).toBeGreaterThan(0);
  });
});
