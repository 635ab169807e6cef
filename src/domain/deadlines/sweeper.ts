/**
 * What happens because its time has come. Deadlines are columns of the rows that they belong to; the sweeper looks for those
 * that are due and acts on them, idempotently, in whichever process it runs.
 */
import { sweepArming } from '../arming/index.ts';
import { noticeConflicts } from '../calendar/index.ts';
import { giveUpStatuses, purgeFrames, sweepCommands, sweepFaults } from '../chargers/index.ts';
import { inContext, listNetworks, type Context, type Runtime } from '../organisations/index.ts';
import { purgeNotices } from '../notices/index.ts';
import { purgeOtps } from '../otps/index.ts';
import { invoiceBill } from '../invoices/index.ts';
import { askForSilent, expirePayments, reviveCalls, topUpLowWallet } from '../payments/index.ts';
import { purgeQuotes } from '../pricing/index.ts';
import { purgeClaims } from '../programmes/index.ts';
import { assignAll, doMoney, followPayment, purgeRefusals, settleConflict, sweepReservations, sweepWaitlist } from '../reservations/index.ts';
import { sweepSeries } from '../reservations/series/index.ts';
import { sweepChargingSessions, sweepSandboxSessions } from '../sessions/index.ts';
import { forgetRequesters } from '../support/index.ts';
import { sweepReminders } from '../telling/index.ts';
import { giveFreedTime, tellAffected } from './freed-time.ts';

const SYSTEM = { kind: 'system' } as const;
/** Reservations that one transaction sweeps. */
const BATCH = 100;
/** Of reservations whose drivers one transaction reminds. */
const REMINDERS = 20;

/** Does what is due in every network, assignments among it; returns how many deadlines were acted on. */
export async function sweepAll(runtime: Runtime): Promise<number> {
  return (await sweepDeadlines(runtime)) + (await assignAll(runtime));
}

/**
 * What a sweep does in a network, in this order, each again and again until there is nothing left, in transactions of their own: one
 * that has released bookings must not wait for a driver who waits for one of them.
 */
const STEPS: readonly ((ctx: Context, onFailure: (failure: unknown) => void) => Promise<number>)[] = [
  (ctx) => sweepSandboxSessions(ctx, 1), sweepChargingSessions, (ctx) => sweepReservations(ctx, BATCH), (ctx, onFailure) => sweepSeries(ctx, 1, { onFailure }),
  sweepFaults, (ctx) => noticeConflicts(ctx), tellAffected, (ctx) => settleConflict(ctx), sweepArming, giveFreedTime, (ctx) => sweepWaitlist(ctx, 1),
  purgeRefusals, purgeQuotes, purgeClaims, purgeNotices, forgetRequesters,
  purgeOtps, expirePayments, followPayment, doMoney, invoiceBill, topUpLowWallet, askForSilent, (ctx) => sweepReminders(ctx, REMINDERS), reviveCalls, giveUpStatuses,
  sweepCommands, purgeFrames,
];

/** A step that fails keeps no other one from its work; the first failure, also one that a step got over, is thrown at the end. */
async function sweepDeadlines(runtime: Runtime): Promise<number> {
  let total = 0;
  const failures: unknown[] = [];
  const onFailure = (failure: unknown): void => void failures.push(failure);
  for (const network of await listNetworks(runtime.database)) {
    for (const step of STEPS) {
      try {
        for (let done = 1; done > 0; total += done) done = await inContext(runtime, { networkId: network.id, actor: SYSTEM }, (ctx) => step(ctx, onFailure));
      } catch (error) {
        onFailure(error);
      }
    }
  }
  if (failures.length > 0) throw failures[0];
  return total;
}

/** Events after which there may be something to do at once: somebody waits for an assignment, or time has become free. */
const WAKING = new Set([
  'reservation.created', 'reservation.updated', 'reservation.cancelled', 'reservation.expired', 'reservation.failed', 'reservation.left', 'reservation.completed',
  'reservation.moved', 'session.ended', 'outage.started', 'outage.ended', 'block.removed',
  'bill.issued', 'bill.corrected', 'payment.authorized', 'payment.captured', 'payment.failed', 'payment.cancelled', 'payment.expired', 'payment.refunded', 'payment.refund_failed',
  'wallet.updated', 'station.online', 'station.offline',
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
