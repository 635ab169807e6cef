/**
 * What the best plan could be, by HiGHS, an exact solver that knows nothing of ours. Identical connectors of a station are one pool:
 * a variable for each request, pool and start, a row for each request, and a row for each pool and slot. Slots of a plan for pools
 * can always be parted among their connectors, since no slot has more of them than there are.
 */
import loadHighs, { type Highs, type ModelData } from 'highs';
import { areaShape } from '../../src/domain/geography/index.ts';
import type { AssignmentEvse, AssignmentProblem, AssignmentResult } from '../../src/domain/reservations/assignment/index.ts';
import { durationOf, MINUTE_MS, SLOT_MINUTES } from './draw.ts';

/** One more request with a slot is worth this many minutes of displacement in all. */
const WORTH_MINUTES = 2_000;
const SLOT_MS = SLOT_MINUTES * MINUTE_MS;

export interface Exact {
  accepted: number;
  meanMinutes: number;
  isProven: boolean;
}

interface Pool {
  evse: AssignmentEvse;
  size: number;
}

interface Choice {
  request: number;
  pool: number;
  slot: number;
  slots: number;
  displacementMinutes: number;
}

/** Its types tell of the CommonJS build, where the loader is not the module itself. */
export const loadSolver = loadHighs as unknown as typeof loadHighs.default;

/** The optimum of the LP relaxation: no plan has more requests than this, rounded down. */
export function bestBound(highs: Highs, problem: AssignmentProblem): number {
  const model = highs.createModel(modelOf(highs, problem, choicesOf(problem), () => 1));
  try {
    model.options.set({ output_flag: false, solver: 'ipm' });
    model.run();
    if (model.getModelStatus() !== highs.constants.modelStatus.optimal) throw new Error('the relaxation was not solved');
    return Math.floor(model.getObjectiveValue() + 1e-6);
  } finally {
    model.dispose();
  }
}

/**
 * The best plan that the solver finds within so many seconds of processor time, beginning with a plan that is known: first the most
 * requests, then the least displacement.
 */
export function solveExactly(highs: Highs, problem: AssignmentProblem, known: readonly AssignmentResult[], seconds: number): Exact {
  const choices = choicesOf(problem);
  const data = modelOf(highs, problem, choices, ({ displacementMinutes }) => WORTH_MINUTES - displacementMinutes);
  const model = highs.createModel({ ...data, integrality: new Int32Array(choices.length).fill(highs.constants.variableType.integer) });
  const began = process.cpuUsage();
  const isOver = (): boolean => {
    const { user, system } = process.cpuUsage(began);
    return user + system > seconds * 1e6;
  };
  try {
    model.options.set({ output_flag: false, mip_rel_gap: 1e-5 });
    model.setSolution({ colValue: valuesOf(problem, choices, known) });
    model.run({ [highs.constants.callbackType.mipInterrupt]: (event) => void (isOver() && event.interrupt()) });
    const { colValue } = model.getSolution();
    const taken = choices.filter((_, i) => colValue[i]! > 0.5);
    const displacement = taken.reduce((sum, { displacementMinutes }) => sum + displacementMinutes, 0);
    return { accepted: taken.length, meanMinutes: displacement / taken.length, isProven: model.getModelStatus() === highs.constants.modelStatus.optimal };
  } finally {
    model.dispose();
  }
}

/** A plan as values of the variables. */
function valuesOf({ evses, requests, grids: [grid] }: AssignmentProblem, choices: readonly Choice[], known: readonly AssignmentResult[]): Float64Array {
  const poolOf = new Map(evses.map((evse) => [evse.id, poolName(evse)]));
  const place = new Map([...new Set(evses.map(poolName))].map((name, pool) => [name, pool]));
  const requestOf = new Map(requests.map(({ id }, r) => [id, r]));
  const taken = new Set(known.flatMap((result) => (
    result.outcome === 'assigned' ? [`${requestOf.get(result.requestId)!} ${place.get(poolOf.get(result.evseId)!)!} ${(result.start - grid![0]!) / SLOT_MS}`] : [])));
  return Float64Array.from(choices, ({ request, pool, slot }) => (taken.has(`${request} ${pool} ${slot}`) ? 1 : 0));
}

/** The least mean displacement, in minutes, that the relaxation allows a plan with so many requests: no such plan has less. */
export function leastDisplacement(highs: Highs, problem: AssignmentProblem, accepted: number): number {
  const choices = choicesOf(problem);
  const model = highs.createModel(modelOf(highs, problem, choices, ({ displacementMinutes }) => -displacementMinutes));
  try {
    model.options.set({ output_flag: false, solver: 'ipm' });
    model.addRow(accepted, highs.infinity, { indices: Int32Array.from(choices.keys()), values: new Float64Array(choices.length).fill(1) });
    model.run();
    if (model.getModelStatus() !== highs.constants.modelStatus.optimal) throw new Error('the relaxation was not solved');
    return -model.getObjectiveValue() / accepted;
  } finally {
    model.dispose();
  }
}

function poolName({ locationId, connectors }: AssignmentEvse): string {
  return `${locationId} ${connectors[0]!.standard}`;
}

function poolsOf(evses: readonly AssignmentEvse[]): Pool[] {
  return [...Map.groupBy(evses, poolName).values()].map((same) => ({ evse: same[0]!, size: same.length }));
}

function choicesOf({ evses, requests, grids: [grid] }: AssignmentProblem): Choice[] {
  const pools = poolsOf(evses);
  return requests.flatMap((request, r) => {
    const { distanceM } = areaShape(request.area);
    const slots = durationOf(request) / SLOT_MS;
    const first = (request.earliestStart - grid![0]!) / SLOT_MS;
    const starts = Array.from({ length: (request.latestEnd - request.earliestStart) / SLOT_MS - slots + 1 }, (_, i) => first + i);
    const near = pools.flatMap(({ evse }, pool) => (
      request.connectorStandards.includes(evse.connectors[0]!.standard) && distanceM(evse.latitude, evse.longitude) !== undefined ? [pool] : []));
    return near.flatMap((pool) => starts.map((slot): Choice => (
      { request: r, pool, slot, slots, displacementMinutes: Math.abs(grid![slot]! - request.idealStart) / MINUTE_MS })));
  });
}

function modelOf(highs: Highs, { evses, requests, grids: [grid] }: AssignmentProblem, choices: readonly Choice[], worth: (choice: Choice) => number): ModelData {
  const pools = poolsOf(evses);
  const slotsOfDay = grid!.length - 1;
  const numRows = requests.length + pools.length * slotsOfDay;
  const starts = new Int32Array(choices.length + 1);
  const indices: number[] = [];
  for (const [i, { request, pool, slot, slots }] of choices.entries()) {
    indices.push(request, ...Array.from({ length: slots }, (_, k) => requests.length + pool * slotsOfDay + slot + k));
    starts[i + 1] = indices.length;
  }
  return {
    numCols: choices.length, numRows, sense: highs.constants.objectiveSense.maximize, colCost: choices.map(worth),
    colLower: new Float64Array(choices.length), colUpper: new Float64Array(choices.length).fill(1), rowLower: new Float64Array(numRows).fill(-highs.infinity),
    rowUpper: Float64Array.from({ length: numRows }, (_, row) => (row < requests.length ? 1 : pools[Math.floor((row - requests.length) / slotsOfDay)]!.size)),
    matrix: { format: 'csc', numRows, numCols: choices.length, starts, indices: Int32Array.from(indices), values: new Float64Array(indices.length).fill(1) },
  };
}
