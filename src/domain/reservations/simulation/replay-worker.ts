/** Runs in a worker thread: the replays of one simulation, which would keep the sockets waiting in the main thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BookingPolicy } from '../policy.ts';
import { replay } from './replay.ts';
import type { Tally } from './tally.ts';
import type { Scenario } from './world.ts';

export interface ReplayWork {
  scenario: Scenario;
  /** sets of policies, each by location */
  policies: Map<string, BookingPolicy>[];
}

/** By location, for each set of policies. */
export type ReplayAnswer = Map<string, Tally>[];

// A refusal is an error, and there are many; nobody looks where they were thrown.
Error.stackTraceLimit = 0;

const { scenario, policies } = workerData as ReplayWork;
parentPort!.postMessage(policies.map((set) => replay(scenario, set).tallies) satisfies ReplayAnswer);
