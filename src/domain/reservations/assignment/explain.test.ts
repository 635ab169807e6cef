import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaShape } from '../../geography/index.ts';
import { assign, type AssignmentProblem, type AssignmentResult } from './index.ts';
import { plainProblem, townArbitrary } from './samples.ts';

/** What a request alone would get from some EVSEs, or would get if it wanted something else. */
const alone = (problem: AssignmentProblem, id: string, changes: Partial<Pick<AssignmentProblem, 'evses'>> = {}): AssignmentResult => (
  assign({ ...problem, ...changes, requests: problem.requests.filter((request) => request.id === id) }).results[0]!);

describe('an explanation', () => {
  it('ASG-9 counts what is there', () => {
    fc.assert(fc.property(townArbitrary(5, 8), ({ problem }) => {
      for (const [i, result] of assign(problem).results.entries()) {
        const request = problem.requests[i]!;
        const tried = result.outcome === 'assigned' ? result.why.tried : result.tried;
        const within = problem.evses.filter((evse) => areaShape(request.area).distanceM(evse.latitude, evse.longitude) !== undefined
          && !request.notAtLocationIds?.includes(evse.locationId));
        expect(tried.evsesInArea).toBe(within.length);
        expect(tried.evsesFree).toBe(within.filter((evse) => alone(problem, request.id, { evses: [evse] }).outcome === 'assigned').length);
        const empty = problem.evses.map((evse) => ({ ...evse, busy: [], open: undefined }));
        const offering = empty.filter((evse) => alone(problem, request.id, { evses: [evse] }).outcome === 'assigned');
        expect(tried.evsesOffering).toBe(offering.length);
        expect(tried.evsesFitting).toBeGreaterThanOrEqual(tried.evsesOffering);
        if (result.outcome === 'unassigned') expect(result.reason === 'taken_by_others').toBe(tried.evsesFree > 0);
      }
    }), { numRuns: 150 });
  });

  it('ASG-9 names who has the better slots: without them it would have got one', () => {
    fc.assert(fc.property(townArbitrary(3, 10), ({ problem }) => {
      const { results } = assign(problem);
      for (const [i, result] of results.entries()) {
        const request = problem.requests[i]!;
        const best = alone(problem, request.id);
        if (result.outcome === 'unassigned') {
          expect(result.lostTo.length > 0).toBe(best.outcome === 'assigned');
        } else if (best.outcome === 'assigned') {
          expect(result.why.rank === 1).toBe(best.displacementMs === result.displacementMs && best.evseId === result.evseId && best.start === result.start);
          expect((result.why.time?.taken ?? 0) > 0).toBe(best.displacementMs < result.displacementMs);
          for (const kept of [result.why.time, result.why.place]) expect((kept?.taken ?? 0) > 0).toBe((kept?.by.length ?? 0) > 0);
        }
        const named = result.outcome === 'unassigned' ? result.lostTo : [...(result.why.time?.by ?? []), ...(result.why.place?.by ?? [])];
        for (const id of named) expect(results.find(({ requestId }) => requestId === id)?.outcome).toBe('assigned');
      }
    }), { numRuns: 300 });
  });

  it('ASG-9 says first what stood first in the way', () => {
    const problem = plainProblem(1, [{ id: 'a', ideal: 60, long: 60 }]);
    const [request] = problem.requests;
    const [evse] = problem.evses;
    const reason = (changes: object, evseChanges: object = {}) => {
      const [result] = assign({ ...problem, evses: [{ ...evse!, ...evseChanges }], requests: [{ ...request!, ...changes }] }).results;
      return result!.outcome === 'unassigned' ? result!.reason : 'assigned';
    };
    expect(reason({})).toBe('assigned');
    expect(reason({ area: { type: 'circle', latitude: 0, longitude: 0, radiusM: 10 } })).toBe('no_evse_in_area');
    expect(reason({ connectorStandards: ['IEC_62196_T2'] })).toBe('no_fitting_connector');
    expect(reason({ minPowerW: 1_000_000 })).toBe('no_fitting_connector');
    expect(reason({ need: { durationMs: 90 * 60_000 } })).toBe('duration_not_offered');
    expect(reason({}, { maxDurationMs: 30 * 60_000 })).toBe('duration_not_offered');
    expect(reason({}, { busy: [{ start: 0, end: 90 * 60_000 }] })).toBe('no_free_slot');
    expect(reason({}, { open: [] })).toBe('no_free_slot');
    const both = assign(plainProblem(1, [{ id: 'a', ideal: 60, long: 60 }, { id: 'b', ideal: 60, long: 60 }])).results[1]!;
    expect(both).toMatchObject({ outcome: 'unassigned', reason: 'taken_by_others', lostTo: ['a'], tried: { evsesInArea: 1, evsesFree: 1, options: 1 } });
  });
});
