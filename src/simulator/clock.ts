/**
 * The simulator's time. All that a virtual station waits for goes through a clock of this kind, so that a day can be played in minutes: one that
 * runs, so many times as fast as the real one, or one that stands until it is told to go on.
 */
import { processNow, type EpochMs } from '../platform/clock/index.ts';

export interface Timer {
  cancel(): void;
}

export interface SimClock {
  now(): EpochMs;
  /** seconds of this clock in one real second; 0 for a clock that is moved by hand */
  readonly speed: number;
  after(delayMs: number, run: () => void): Timer;
  sleep(delayMs: number): Promise<void>;
  /** nothing that still waits will happen */
  stop(): void;
}

export interface SteppedClock extends SimClock {
  /** Goes on by so much, and does on the way what is due, waiting after each instant until `settled`. */
  advance(byMs: number, settled?: () => Promise<void>): Promise<void>;
}

interface Due {
  at: EpochMs;
  order: number;
  run: (() => void) | undefined;
}

/** `setTimeout` takes no longer ones. */
const LONGEST_MS = 2_000_000_000;

/** A clock that runs `speed` times as fast as the real one, from `startAt` (now). */
export function startClock({ speed = 1, startAt = processNow() }: { speed?: number; startAt?: EpochMs } = {}): SimClock {
  const agenda = createAgenda();
  const began = performance.now();
  const now = (): EpochMs => Math.floor(startAt + (performance.now() - began) * speed);
  let alarm: NodeJS.Timeout | undefined;
  let alarmAt = Infinity;
  const set = (): void => {
    const next = agenda.first()?.at ?? Infinity;
    if (next >= alarmAt) return;
    clearTimeout(alarm);
    alarmAt = next;
    alarm = setTimeout(ring, Math.min(LONGEST_MS, Math.max(0, (next - now()) / speed)));
  };
  const ring = (): void => {
    const time = now();
    for (let due = agenda.first(); due && due.at <= time; due = agenda.first()) agenda.take()?.run?.();
    alarmAt = Infinity;
    set();
  };
  return clockOf(agenda, now, speed, set, () => clearTimeout(alarm));
}

/** A clock that stands at `startAt` until it is told to advance. */
export function createSteppedClock(startAt: EpochMs): SteppedClock {
  const agenda = createAgenda();
  let time = startAt;
  const advance: SteppedClock['advance'] = async (byMs, settled = async () => undefined) => {
    const end = time + byMs;
    await settled();
    for (let due = agenda.first(); due && due.at <= end; due = agenda.first()) {
      time = Math.max(time, due.at);
      agenda.take()?.run?.();
      if ((agenda.first()?.at ?? Infinity) > time) await settled();
    }
    time = end;
    await settled();
  };
  return { ...clockOf(agenda, () => time, 0, () => undefined, () => undefined), advance };
}

function clockOf(agenda: Agenda, now: () => EpochMs, speed: number, changed: () => void, stopped: () => void): SimClock {
  const after: SimClock['after'] = (delayMs, run) => {
    const due = agenda.add(now() + Math.max(0, delayMs), run);
    changed();
    return { cancel: () => void (due.run = undefined) };
  };
  return {
    now, speed, after, sleep: (delayMs) => new Promise((resolve) => void after(delayMs, resolve)),
    stop: () => {
      agenda.clear();
      stopped();
    },
  };
}

interface Agenda {
  add(at: EpochMs, run: () => void): Due;
  /** the earliest, of those added first */
  first(): Due | undefined;
  take(): Due | undefined;
  clear(): void;
}

/** A binary heap: a thousand stations have a few thousand timers. */
function createAgenda(): Agenda {
  const heap: Due[] = [];
  let added = 0;
  const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
  const swap = (i: number, j: number): void => void ([heap[i], heap[j]] = [heap[j]!, heap[i]!]);
  const take = (): Due | undefined => {
    const [top] = heap;
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    heap[0] = last;
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let least = i;
      if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left;
      if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right;
      if (least === i) return top;
      swap(i, least);
      i = least;
    }
  };
  return {
    take,
    add: (at, run) => {
      const due: Due = { at, order: added++, run };
      heap.push(due);
      for (let i = heap.length - 1; i > 0;) {
        const parent = (i - 1) >> 1;
        if (!isBefore(heap[i]!, heap[parent]!)) break;
        swap(i, parent);
        i = parent;
      }
      return due;
    },
    first: () => {
      while (heap[0] && heap[0].run === undefined) take();
      return heap[0];
    },
    clear: () => void heap.splice(0),
  };
}
