/** Splitting and solving off the event loop: thousands of requests take seconds, in which everybody else wants to be answered. */
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../../platform/errors/index.ts';
import { assign } from './assign.ts';
import { neighbourhoods } from './neighbourhoods.ts';
import type { Assignment, AssignmentOptions, AssignmentProblem } from './problem.ts';
import type { Task, TaskReply, TaskRequest } from './worker.ts';

/** Pairs of a request and an EVSE; fewer are done before a thread would have been told of them. */
const WORTH_A_THREAD = 3_000;
const WORTH_A_THREAD_THOROUGHLY = 300;

interface Waiting {
  resolve(done: Assignment | AssignmentProblem[]): void;
  reject(error: Error): void;
}

const waiting = new Map<number, Waiting>();
let lastId = 0;
let running: Worker | undefined;

/** What `assign` answers, without keeping the event loop. */
export async function assignInWorker(problem: AssignmentProblem, options: AssignmentOptions = {}): Promise<Assignment> {
  const isSmall = sizeOf(problem) < (options.effort === 'thorough' ? WORTH_A_THREAD_THOROUGHLY : WORTH_A_THREAD);
  return isSmall ? assign(problem, options) : (await ask({ kind: 'solve', problem, options })) as Assignment;
}

/** What `neighbourhoods` answers, without keeping the event loop. */
export async function neighbourhoodsInWorker(problem: AssignmentProblem): Promise<AssignmentProblem[]> {
  return sizeOf(problem) < WORTH_A_THREAD ? neighbourhoods(problem) : (await ask({ kind: 'split', problem })) as AssignmentProblem[];
}

function sizeOf({ requests, evses }: AssignmentProblem): number {
  return requests.length * evses.length;
}

async function ask(task: Task): Promise<Assignment | AssignmentProblem[]> {
  const worker = (running ??= start());
  const id = ++lastId;
  worker.ref(); // the process stays as long as somebody waits
  try {
    return await new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ ...task, id } satisfies TaskRequest);
    });
  } finally {
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
  }
}

/** One thread does, since a process has other work for its processors; the next one is started when it dies. */
function start(): Worker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  const lose = (error: Error): void => {
    if (running === worker) running = undefined;
    for (const { reject } of waiting.values()) reject(error);
  };
  worker.on('message', (reply: TaskReply) => {
    const one = waiting.get(reply.id);
    if ('done' in reply) one?.resolve(reply.done);
    else if ('refused' in reply) one?.reject(new DomainError(reply.refused.code, reply.refused.message, { ...reply.refused.details }));
    else one?.reject(new Error(reply.failed));
  });
  worker.on('error', lose);
  worker.on('exit', () => lose(new Error('the thread that assigns has ended')));
  return worker;
}
