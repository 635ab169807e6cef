import type { EpochMs } from '../../../platform/clock/index.ts';

/** Of what happens at one instant, what goes first: a deadline is over before anybody acts, and what ends makes room for what begins. */
export const RANK = { deadline: 0, end: 1, begin: 2, request: 3 } as const;
type Rank = (typeof RANK)[keyof typeof RANK];

interface Step {
  at: EpochMs;
  rank: Rank;
  /** the order of adding, for what is equal else: a replay always runs the same */
  n: number;
  run(at: EpochMs): void;
}

export interface Agenda {
  /** Adds what happens then; what lies behind already happens now. */
  add(at: EpochMs, rank: Rank, run: (at: EpochMs) => void): void;
  /** Lets everything happen that lies no later than `horizon`, in order, with what is added on the way. */
  runUntil(horizon: EpochMs): void;
}

/** A binary heap. */
export function createAgenda(): Agenda {
  const heap: Step[] = [];
  let added = 0;
  let now = -Infinity;
  const swap = (i: number, j: number): void => {
    [heap[i], heap[j]] = [heap[j]!, heap[i]!];
  };
  const takeFirst = (): Step => {
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0, child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, heap[i]!)) break;
      swap(i, child);
      i = child;
    }
    return first;
  };
  return {
    add: (at, rank, run) => {
      heap.push({ at: Math.max(at, now), rank, n: added++, run });
      for (let i = heap.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1;
        if (!isBefore(heap[i]!, heap[parent]!)) break;
        swap(i, parent);
        i = parent;
      }
    },
    runUntil: (horizon) => {
      while (heap.length > 0 && heap[0]!.at <= horizon) {
        const step = takeFirst();
        now = step.at;
        step.run(step.at);
      }
    },
  };
}

function isBefore(a: Step, b: Step): boolean {
  return a.at !== b.at ? a.at < b.at : a.rank !== b.rank ? a.rank < b.rank : a.n < b.n;
}
