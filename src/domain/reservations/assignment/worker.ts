/** The other end of `in-worker.ts`: splits and solves problems, one at a time. */
import { parentPort } from 'node:worker_threads';
import { DomainError } from '../../../platform/errors/index.ts';
import { assign } from './assign.ts';
import { neighbourhoods } from './neighbourhoods.ts';
import type { Assignment, AssignmentOptions, AssignmentProblem } from './problem.ts';

export type Task = { kind: 'split'; problem: AssignmentProblem } | { kind: 'solve'; problem: AssignmentProblem; options: AssignmentOptions };
export type TaskRequest = Task & { id: number };
export type Outcome = { done: Assignment | AssignmentProblem[] } | { refused: { code: DomainError['code']; message: string; details: object } } | { failed: string };
export type TaskReply = { id: number } & Outcome;

parentPort!.on('message', (request: TaskRequest) => parentPort!.postMessage({ id: request.id, ...work(request) }));

function work(request: TaskRequest): Outcome {
  try {
    return { done: request.kind === 'split' ? neighbourhoods(request.problem) : assign(request.problem, request.options) };
  } catch (error) {
    if (error instanceof DomainError) return { refused: { code: error.code, message: error.message, details: error.details } };
    return { failed: (error as Error).stack ?? String(error) };
  }
}
