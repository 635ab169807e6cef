/**
 * A day as it comes: every request is submitted at some time, and decided half an hour before its window. At each step of the grid
 * all that wait are planned together, on top of what is booked, and only those that are due are decided, as the planner does it.
 */
import {
  likelihoodOf, neighbourhoods, solveNeighbourhood, type Assigned, type AssignmentProblem, type AssignmentRequest, type AssignmentResult, type Effort,
} from '../../src/domain/reservations/assignment/index.ts';
import { randomFrom } from '../../test/support/random.ts';
import { checkPlan } from './check.ts';
import { MINUTE_MS, SLOT_MINUTES, type Drawn } from './draw.ts';

const LEAD_MS = 30 * MINUTE_MS;
const MEAN_NOTICE_MS = 6 * 60 * MINUTE_MS;

/** What was said of a request while it waited, and what became of it. */
export interface Prediction {
  likelihood: number;
  got: boolean;
  /** what it was told by */
  openOptions: number;
  hours: number;
}

export interface RolledDay {
  accepted: number;
  meanMinutes: number;
  predictions: Prediction[];
  slowestStepMs: number;
  results: AssignmentResult[];
}

export function rollDay({ problem, seed }: Drawn, effort: Effort): RolledDay {
  const random = randomFrom(seed + 77);
  const decidedAt = ({ earliestStart }: AssignmentRequest): number => earliestStart - LEAD_MS;
  const submitted = new Map(problem.requests.map((request) => [request.id, decidedAt(request) + Math.log(1 - random.next()) * MEAN_NOTICE_MS]));
  const steps = [...new Set(problem.requests.map(decidedAt))].sort((a, b) => a - b);
  const decided = new Map<string, AssignmentResult>();
  const told: { requestId: string; prediction: Omit<Prediction, 'got'> }[] = [];
  let slowestStepMs = 0;
  for (let now = Math.min(...steps); now <= Math.max(...steps); now += SLOT_MINUTES * MINUTE_MS) {
    const waiting = problem.requests.filter((request) => !decided.has(request.id) && submitted.get(request.id)! <= now);
    const started = performance.now();
    const results = plan(problem, waiting, decided, now, effort);
    slowestStepMs = Math.max(slowestStepMs, performance.now() - started);
    for (const [i, result] of results.entries()) {
      const left = decidedAt(waiting[i]!) - now;
      if (left <= 0) decided.set(result.requestId, result);
      else told.push({ requestId: result.requestId, prediction: predict(result, left) });
    }
  }
  const results = problem.requests.map(({ id }) => decided.get(id)!);
  checkPlan(problem, results);
  const accepted = results.filter((result) => result.outcome === 'assigned');
  return {
    accepted: accepted.length, meanMinutes: accepted.reduce((sum, { displacementMs }) => sum + displacementMs, 0) / accepted.length / MINUTE_MS,
    predictions: told.map(({ requestId, prediction }) => ({ ...prediction, got: decided.get(requestId)!.outcome === 'assigned' })), slowestStepMs, results,
  };
}

function plan(
  problem: AssignmentProblem, waiting: readonly AssignmentRequest[], decided: ReadonlyMap<string, AssignmentResult>, now: number, effort: Effort,
): AssignmentResult[] {
  const booked = Map.groupBy([...decided.values()].filter((result): result is Assigned => result.outcome === 'assigned'), ({ evseId }) => evseId);
  const evses = problem.evses.map((evse) => ({ ...evse, earliestStart: now, busy: (booked.get(evse.id) ?? []).map(({ start, end }) => ({ start, end })) }));
  const requests = waiting.map((request) => ({ ...request, isDue: request.earliestStart - LEAD_MS <= now }));
  const results = neighbourhoods({ ...problem, evses, requests }).flatMap((part) => solveNeighbourhood(part, { effort }));
  const byId = new Map(results.map((result) => [result.requestId, result]));
  return waiting.map(({ id }) => byId.get(id)!);
}

function predict(result: AssignmentResult, msLeft: number): Omit<Prediction, 'got'> {
  return { likelihood: likelihoodOf(result, msLeft), openOptions: result.outcome === 'assigned' ? result.openOptions : 0, hours: msLeft / (60 * MINUTE_MS) };
}
