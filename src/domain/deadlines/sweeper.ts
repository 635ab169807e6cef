/**
 * What happens because its time has come. Deadlines are columns of the rows that they belong to; the sweeper looks for those
 * that are due and acts on them, idempotently, in whichever process it runs.
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import { noticeConflicts } from '../calendar/index.ts';
import { inContext, listNetworks, moveTestClock, readClock, requireAdvance, type Context, type Runtime } from '../organisations/index.ts';
import { nextReservationDeadline, sweepReservations } from '../reservations/index.ts';
import { nextSessionDeadline, sweepSessions } from '../sessions/index.ts';

const SYSTEM = { kind: 'system' } as const;

/** Does what is due in every network; returns how many deadlines were acted on. */
export async function sweepAll(runtime: Runtime): Promise<number> {
  let total = 0;
  for (const network of await listNetworks(runtime.database)) {
    const caller = { networkId: network.id, actor: SYSTEM };
    for (;;) {
      // Each in a transaction of its own: one that has released bookings must not wait for a driver who waits for one of them.
      const swept = (await inContext(runtime, caller, sweepSessions)) + (await inContext(runtime, caller, sweepReservations));
      total += swept;
      if (swept === 0) break;
    }
    await inContext(runtime, caller, noticeConflicts);
  }
  return total;
}

async function sweepOnce(ctx: Context): Promise<number> {
  return (await sweepSessions(ctx)) + (await sweepReservations(ctx));
}

/**
 * Moves the test clock of the context's network, and does what becomes due on the way deadline by deadline, each at its own
 * time, as it would happen in real time.
 *
 * @returns the network's time afterwards
 */
export async function advanceTestClock(ctx: Context, target: { to: EpochMs } | { byMs: number }): Promise<EpochMs> {
  const start = readClock(ctx);
  const to = 'to' in target ? target.to : start + target.byMs;
  requireAdvance(ctx, to);
  let at = start;
  for (;;) {
    const system = ctx.as({ now: at, actor: SYSTEM });
    const deadline = earliest(await nextSessionDeadline(system, to), await nextReservationDeadline(system, to));
    if (deadline === undefined) break;
    at = Math.max(at, deadline);
    const due = ctx.as({ now: at, actor: SYSTEM });
    const swept = await sweepOnce(due);
    await noticeConflicts(due);
    if (swept === 0 && deadline <= at) break; // somebody else is working on it
  }
  await moveTestClock(ctx, to);
  await noticeConflicts(ctx.as({ now: to, actor: SYSTEM }));
  return to;
}

function earliest(...instants: (EpochMs | undefined)[]): EpochMs | undefined {
  const known = instants.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Runs the sweeper again and again until it is stopped; a failure is told and tried again. */
export function startSweeper(runtime: Runtime, options: { intervalMs: number; onSwept(count: number): void; onError(error: Error): void }): { stop(): Promise<void> } {
  let stopped = false;
  let wake: (() => void) | undefined;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await sweepAll(runtime).then(options.onSwept, options.onError);
      if (!stopped) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, options.intervalMs);
        });
      }
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopped = true;
      wake?.();
      await running;
    },
  };
}
