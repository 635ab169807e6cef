import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, neighbourhoods, solveNeighbourhood, type AssignmentProblem } from './index.ts';
import { plainProblem, townArbitrary } from './samples.ts';

const RUNS = { numRuns: 200 };

const byRequest = (problem: AssignmentProblem) => assign(problem).results.sort((a, b) => (a.requestId < b.requestId ? -1 : 1));

describe('the answer to a problem', () => {
  it('ASG-6 does not depend on the order of the lists', () => {
    const shuffled = townArbitrary(5, 10).chain(({ problem }) => fc.record({
      problem: fc.constant(problem),
      evses: fc.shuffledSubarray([...problem.evses], { minLength: problem.evses.length }),
      requests: fc.shuffledSubarray([...problem.requests], { minLength: problem.requests.length }),
    }));
    fc.assert(fc.property(shuffled, ({ problem, evses, requests }) => {
      const turned = evses.map((evse) => ({ ...evse, connectors: [...evse.connectors].reverse(), busy: [...evse.busy].reverse() }));
      expect(byRequest({ ...problem, evses: turned, requests })).toEqual(byRequest(problem));
      expect(byRequest(problem)).toEqual(byRequest(problem));
    }), RUNS);
  });

  it('ASG-7 is that of its neighbourhoods, which share no EVSE that anybody could use', () => {
    fc.assert(fc.property(townArbitrary(6, 10), ({ problem }) => {
      const parts = neighbourhoods(problem);
      expect(parts.flatMap(({ requests }) => requests.map(({ id }) => id)).sort()).toEqual(problem.requests.map(({ id }) => id).sort());
      const together = parts.flatMap((part) => solveNeighbourhood(part)).sort((a, b) => (a.requestId < b.requestId ? -1 : 1));
      expect(together).toEqual(byRequest(problem));
      const usable = parts.map(({ evses, requests }) => new Set(evses.filter((evse) => requests.some((request) => (
        assign({ ...problem, evses: [evse], requests: [request] }).results.some((result) => result.outcome === 'assigned')))).map(({ id }) => id)));
      for (const [i, one] of usable.entries()) for (const other of usable.slice(i + 1)) expect([...one].filter((id) => other.has(id))).toEqual([]);
    }), { numRuns: 100 });
  });

  it('ASG-8 gives the slot to the earlier request, and of two at once to the first id', () => {
    const asked = { ideal: 60, long: 60 };
    const winner = (...requests: { id: string; createdAt: number }[]) => {
      const results = assign(plainProblem(1, requests.map((request) => ({ ...asked, ...request })))).results;
      return results.filter(({ outcome }) => outcome === 'assigned').map(({ requestId }) => requestId);
    };
    expect(winner({ id: 'a', createdAt: 2 }, { id: 'b', createdAt: 1 })).toEqual(['b']);
    expect(winner({ id: 'b', createdAt: 1 }, { id: 'a', createdAt: 1 })).toEqual(['a']);
  });

  it('ASG-4 leaves nobody out for the sake of lower priorities', () => {
    fc.assert(fc.property(townArbitrary(3, 12), ({ problem }) => {
      const { results } = assign(problem);
      for (const [i, result] of results.entries()) {
        if (result.outcome === 'assigned') continue;
        const request = problem.requests[i]!;
        const held = problem.evses.map((evse) => ({ ...evse, busy: [...evse.busy, ...results.flatMap((other, j) => (
          other.outcome === 'assigned' && other.evseId === evse.id && problem.requests[j]!.priority >= request.priority
            ? [{ start: other.start, end: other.end + evse.bufferMs }] : []))] }));
        expect(assign({ ...problem, evses: held, requests: [request] }).assigned).toBe(0);
      }
    }), RUNS);
  });
});
