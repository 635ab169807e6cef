import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeSlots } from '../../calendar/index.ts';
import { chargingPowerW } from '../../drivers/index.ts';
import { assign } from './index.ts';
import { faultsOf } from './rules-oracle.ts';
import { townArbitrary } from './samples.ts';

const RUNS = { numRuns: 300 };

describe('an assignment', () => {
  it('ASG-1 ASG-2 gives slots that could be booked, none of them twice', () => {
    fc.assert(fc.property(townArbitrary(6, 14), (town) => {
      const plan = assign(town.problem);
      expect(plan.results.map(({ requestId }) => requestId)).toEqual(town.problem.requests.map(({ id }) => id));
      expect(faultsOf(town, plan)).toEqual([]);
    }), RUNS);
  });

  it('ASG-2 ASG-5 finds for one request alone exactly the free slots of the calendar, and takes the best', () => {
    fc.assert(fc.property(townArbitrary(1, 1), (town) => {
      const { problem: { evses: [evse], requests: [request] }, locations, now, timeZone } = town;
      fc.pre(evse !== undefined && request !== undefined);
      const [result] = assign(town.problem).results;
      fc.pre(result!.outcome === 'assigned' || result!.tried.evsesFitting > 0);
      const { policy } = locations.find(({ id }) => id === evse.locationId)!;
      const powers = evse.connectors.filter(({ standard, maxPowerW }) => maxPowerW >= (request.minPowerW ?? 0)
        && [request.connectorStandards, request.vehicle?.connectorStandards ?? []].every((list) => list.length === 0 || list.includes(standard)))
        .map((connector) => chargingPowerW(connector, request.vehicle));
      const neededMs = 'durationMs' in request.need ? request.need.durationMs : Math.ceil((request.need.energyWh / Math.max(...powers)) * 3_600_000);
      const atLeastMs = Math.max(neededMs, evse.minDurationMs);
      const gridMs = policy.slotGridMinutes * 60_000;
      // Where all steps of the grid are as long, slots are whole steps, and the calendar's own list is the answer.
      fc.pre(town.problem.grids[evse.grid]!.every((at, i, grid) => i === 0 || gridMs === at - grid[i - 1]!));
      const durationMs = Math.ceil(atLeastMs / gridMs) * gridMs;
      const free = durationMs > evse.maxDurationMs ? [] : freeSlots({
        open: evse.open ?? [{ start: -Infinity, end: Infinity }], busy: evse.busy, bufferMs: evse.bufferMs, gridMinutes: policy.slotGridMinutes, timeZone, durationMs,
        from: Math.max(request.earliestStart, now + policy.minLeadMinutes * 60_000), to: request.latestEnd, limit: 1_000, endsOnGrid: true,
      }).filter((start) => start <= evse.latestStart);
      expect((result!.outcome === 'assigned' ? result!.why.tried : result!.tried).options).toBe(free.length);
      const best = free.reduce((least, start) => Math.min(least, Math.abs(start - request.idealStart)), Infinity);
      expect(result!.outcome === 'assigned' ? result!.displacementMs : Infinity).toBe(best);
    }), { numRuns: 1_000 });
  });
});
