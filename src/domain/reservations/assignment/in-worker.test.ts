import { describe, expect, it } from 'vitest';
import { assign, neighbourhoods, type AssignmentProblem } from './index.ts';
import { assignInWorker, neighbourhoodsInWorker } from './in-worker.ts';

const HOUR = 3_600_000;
const DAY = Date.UTC(2030, 0, 1);

/** Two towns of 40 EVSEs, and 120 who want one of them around noon. */
function twoTowns(): AssignmentProblem {
  const grid = Array.from({ length: 97 }, (_, i) => DAY + (i * HOUR) / 4);
  return {
    grids: [grid],
    evses: Array.from({ length: 80 }, (_, i) => ({
      id: `evse-${i}`, locationId: `loc-${i}`, latitude: 48 + (i % 40) / 1_000, longitude: i < 40 ? 11 : 12, grid: 0, bufferMs: 0, minDurationMs: HOUR / 4,
      maxDurationMs: 4 * HOUR, earliestStart: DAY, latestStart: DAY + 24 * HOUR, busy: [],
      connectors: [{ id: `con-${i}`, standard: 'IEC_62196_T2_COMBO' as const, powerType: 'DC' as const, maxPowerW: 50_000 }],
    })),
    requests: Array.from({ length: 120 }, (_, i) => ({
      id: `req-${i}`, area: { type: 'circle' as const, latitude: 48.02, longitude: i % 2 === 0 ? 11 : 12, radiusM: 5_000 }, connectorStandards: [], need: { durationMs: 2 * HOUR },
      idealStart: DAY + 12 * HOUR, earliestStart: DAY + 11 * HOUR, latestEnd: DAY + 15 * HOUR, priority: 0, createdAt: DAY + i, isDue: true,
    })),
  };
}

describe('the assignment in a thread of its own', () => {
  it('ASG-11 answers as it does in this one, and refuses as it does', async () => {
    const problem = twoTowns();
    expect(await neighbourhoodsInWorker(problem)).toEqual(neighbourhoods(problem));
    expect(await assignInWorker(problem, { effort: 'quick' })).toEqual(assign(problem, { effort: 'quick' }));
    const many = Array.from({ length: 10_001 }, (_, i) => [11 + Math.cos(i) / 100, 48 + Math.sin(i * 7) / 100]);
    const slow = { type: 'polygon' as const, polygon: { type: 'Polygon' as const, coordinates: [[...many, many[0]!]] } };
    const spoilt = { ...problem, requests: problem.requests.map((request) => ({ ...request, area: slow })) };
    const outcome = (run: () => Promise<unknown>) => run().then(() => 'done', (error: Error) => [error.name, error.message]);
    expect(await outcome(() => assignInWorker(spoilt))).toEqual(await outcome(() => Promise.try(() => assign(spoilt))));
  }, 60_000);
});
