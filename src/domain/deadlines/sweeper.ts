/**
 * What happens because its time has come. Deadlines are columns of the rows that they belong to; the sweeper looks for those
 * that are due and acts on them, idempotently, in whichever process it runs.
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import { withPatience } from '../../platform/database/index.ts';
import { noticeConflicts } from '../calendar/index.ts';
import { holdTestClock, inContext, listNetworks, moveTestClock, requireAdvance, type Context, type Runtime } from '../organisations/index.ts';
import {
  assignAll, assignDue, nextConflictDeadline, nextReservationDeadline, nextWaitlistDeadline, purgeRefusals, settleConflict, sweepReservations, sweepWaitlist,
} from '../reservations/index.ts';
import { nextSeriesDeadline, sweepSeries } from '../reservations/series/index.ts';
import { nextSessionDeadline, sweepSessions } from '../sessions/index.ts';
import { giveFreedTime, tellAffected } from './freed-time.ts';

const SYSTEM = { kind: 'system' } as const;
/** Reservations that one transaction sweeps. */
const BATCH = 100;
/** How long a test clock that is moved waits for somebody else's work on something that is due, before it leaves that to the sweeper. */
const PATIENCE_MS = 50;

/** Does what is due in every network, assignments among it; returns how many deadlines were acted on. */
export async function sweepAll(runtime: Runtime): Promise<number> {
  return (await sweepDeadlines(runtime)) + (await assignAll(runtime));
}

/**
 * What a sweep does in a network, in this order, each again and again until there is nothing left, in transactions of their own: one
 * that has released bookings must not wait for a driver who waits for one of them.
 */
const STEPS: readonly ((ctx: Context) => Promise<number>)[] = [
  (ctx) => sweepSessions(ctx, 1), (ctx) => sweepReservations(ctx, BATCH), (ctx) => sweepSeries(ctx, 1), (ctx) => noticeConflicts(ctx), tellAffected, settleConflict,
  giveFreedTime, (ctx) => sweepWaitlist(ctx, 1), purgeRefusals,
];

/** A step that fails keeps no other one from its work; the first failure is thrown at the end. */
async function sweepDeadlines(runtime: Runtime): Promise<number> {
  let total = 0;
  const failures: unknown[] = [];
  for (const network of await listNetworks(runtime.database)) {
    for (const step of STEPS) {
      try {
        for (let done = 1; done > 0; total += done) done = await inContext(runtime, { networkId: network.id, actor: SYSTEM }, step);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  if (failures.length > 0) throw failures[0];
  return total;
}

/** Does what is due one by one, each given up for now when somebody else is working on it. Returns how many deadlines were acted on. */
async function sweepPatiently(ctx: Context): Promise<number> {
  const sweep = async (one: typeof sweepSessions): Promise<number> => {
    let total = 0;
    for (;;) {
      const swept = await withPatience(ctx.tx, PATIENCE_MS, () => one(ctx, 1));
      if (!swept) return total;
      total += swept;
    }
  };
  const swept = (await sweep(sweepSessions)) + (await sweep(sweepReservations)) + (await sweep(sweepSeries)) + (await assignDue(ctx));
  await withPatience(ctx.tx, PATIENCE_MS, () => noticeConflicts(ctx));
  return swept + (await sweep(tellAffected)) + (await sweep(settleConflict)) + (await sweep(giveFreedTime)) + (await sweep(sweepWaitlist));
}

/**
 * Moves the test clock of the context's network, and does what becomes due on the way deadline by deadline, each at its own
 * time, as it would happen in real time. All of it is one transaction, which others may be in the way of (see `withPatience`).
 *
 * @returns the network's time afterwards
 */
export async function advanceTestClock(caller: Context, target: { to: EpochMs } | { byMs: number }): Promise<EpochMs> {
  const ctx = await holdTestClock(caller);
  const start = ctx.now;
  const to = 'to' in target ? target.to : start + target.byMs;
  requireAdvance(ctx, to);
  let at = start;
  for (;;) {
    const system = ctx.as({ now: at, actor: SYSTEM });
    const deadline = earliest(
      await nextSessionDeadline(system, to), await nextReservationDeadline(system, to), await nextConflictDeadline(system, to), await nextSeriesDeadline(system, to),
      await nextWaitlistDeadline(system, to),
    );
    if (deadline === undefined) break;
    const isNew = deadline > at;
    at = Math.max(at, deadline);
    if ((await sweepPatiently(ctx.as({ now: at, actor: SYSTEM }))) === 0 && !isNew) break; // somebody else is working on it
  }
  await moveTestClock(ctx, to);
  await withPatience(ctx.tx, PATIENCE_MS, () => noticeConflicts(ctx.as({ now: to, actor: SYSTEM })));
  return to;
}

function earliest(...instants: (EpochMs | undefined)[]): EpochMs | undefined {
  const known = instants.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Events after which there may be something to do at once: somebody waits for an assignment, or time has become free. */
const WAKING = new Set([
  'reservation.created', 'reservation.updated', 'reservation.cancelled', 'reservation.expired', 'reservation.failed', 'reservation.left', 'reservation.completed',
  'reservation.moved', 'session.ended', 'outage.started', 'outage.ended', 'block.removed',
]);

/**
 * Runs the sweeper again and again until it is stopped, and the assignment beside it, which takes longer: at intervals, and whenever
 * an event tells that there may be something to do (DUE-4). A failure is told and tried again.
 */
export function startSweeper(runtime: Runtime, options: { intervalMs: number; onSwept(count: number): void; onError(error: Error): void }): { stop(): Promise<void> } {
  const loops = [sweepDeadlines, assignAll].map((work) => startLoop(options.intervalMs, () => work(runtime).then(options.onSwept, options.onError)));
  const unfollow = runtime.events.follow((events) => {
    if (events.some(({ type }) => WAKING.has(type))) for (const loop of loops) loop.wake();
  });
  return {
    stop: async () => {
      unfollow();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/** Works until it is stopped, never twice at once; who is woken while it works works again afterwards. */
function startLoop(intervalMs: number, work: () => Promise<void>): { wake(): void; stop(): Promise<void> } {
  let stopped = false;
  let again = false;
  let resume: (() => void) | undefined;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      again = false;
      await work();
      if (stopped || again) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, intervalMs);
        resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  const wake = (): void => {
    again = true;
    resume?.();
  };
  return {
    wake,
    stop: async () => {
      stopped = true;
      wake();
      await running;
    },
  };
}
