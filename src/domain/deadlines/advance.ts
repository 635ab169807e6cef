/**
 * Moves a test clock, and does what becomes due on the way deadline by deadline, each at its own time, as it would happen in real time.
 *
 * All of it is one transaction, which others may be in the way of, and which may be in theirs. What somebody else is working on is tried
 * again for a while, and then left to the sweeper; it keeps nothing else from its time (DUE-2). Nobody assigns meanwhile (RSV-F9).
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import { withPatience } from '../../platform/database/index.ts';
import { nextArming, sweepArming } from '../arming/index.ts';
import { nextFault, sweepFaults } from '../chargers/index.ts';
import { hasFreedTime, noticeConflicts } from '../calendar/index.ts';
import { holdTestClock, moveTestClock, requireAdvance, type Context } from '../organisations/index.ts';
import {
  assignDue, doMoney, followPayment, nextAssignment, nextCollisionOf, nextReservationDeadline, nextSettlingOf, nextWaitlistDeadline, settleConflict, sweepReservations,
    sweepWaitlist, takeOverAll,
} from '../reservations/index.ts';
import { nextSeriesDeadline, sweepSeries } from '../reservations/series/index.ts';
import { invoiceBill } from '../invoices/index.ts';
import { expirePayments, nextPaymentExpiry } from '../payments/index.ts';
import { nextChargingDeadline, nextSandboxDeadline, sweepChargingSessions, sweepSandboxSessions } from '../sessions/index.ts';
import { nextReminder, sweepReminders } from '../telling/index.ts';
import { giveFreedTime, tellAffected } from './freed-time.ts';

const SYSTEM = { kind: 'system' } as const;
/** How long somebody else's lock is waited for at a time; and how long once too much time has been lost with that. */
const PATIENCE_MS = 50;
const LEAST_PATIENCE_MS = 1;
/** How often in one move of the clock what somebody else is working on is tried again, and after how long. */
const MOST_TRIES = 50;
const PAUSE_MS = 20;

interface Swept {
  /** deadlines that were acted on */
  done: number;
  /** what is due and could not be done, since somebody else was in the way */
  held: number;
}

/**
 * Moves the test clock of the context's network (DUE-2). Throws `forbidden`, `test_mode_only`, `time_in_past`, `invalid_time_range`.
 *
 * @returns the network's time afterwards
 */
export async function advanceTestClock(caller: Context, target: { to: EpochMs } | { byMs: number }): Promise<EpochMs> {
  const ctx = await holdTestClock(caller);
  const to = 'to' in target ? target.to : ctx.now + target.byMs;
  requireAdvance(ctx, to);
  await takeOverAll(ctx);
  let tries = MOST_TRIES;
  for (let at: EpochMs | undefined = ctx.now; at !== undefined; ) {
    const system: Context = ctx.as({ now: at, actor: SYSTEM });
    while ((await isHeldUp(system, tries > 0 ? PATIENCE_MS : LEAST_PATIENCE_MS)) && tries > 0) {
      tries -= 1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    at = await nextDeadline(system, to);
  }
  await moveTestClock(ctx, to);
  await withPatience(ctx.tx, PATIENCE_MS, () => noticeConflicts(ctx.as({ now: to, actor: SYSTEM })));
  return to;
}

const DEADLINES: readonly ((ctx: Context) => Promise<EpochMs | undefined>)[] = [
  nextSandboxDeadline, nextChargingDeadline, nextReservationDeadline, nextSettlingOf, nextSeriesDeadline, nextWaitlistDeadline, nextPaymentExpiry,
  nextReminder, nextArming, nextFault,
];

/** The next instant after the context's time, until `until`, at which something is due. */
async function nextDeadline(ctx: Context, until: EpochMs): Promise<EpochMs | undefined> {
  let next = Infinity;
  for (const find of [...DEADLINES, nextAssignment, nextCollisionOf]) next = Math.min(next, (await find(ctx)) ?? Infinity);
  return next <= until ? next : undefined;
}

/** Whether something is due that has just become so, or whose row somebody else has. (A reservation that waits may still wait for a plan.) */
async function isSomethingLeft(ctx: Context): Promise<boolean> {
  const ever = ctx.as({ now: 0 });
  for (const find of DEADLINES) if (((await find(ever)) ?? Infinity) <= ctx.now) return true;
  return hasFreedTime(ctx.tx, ctx.network.id);
}

/** Does what is due at the context's time, and what that brings about at the same time; whether somebody else was in the way of any of it. */
async function isHeldUp(ctx: Context, patienceMs: number): Promise<boolean> {
  for (;;) {
    const { done, held } = await sweepOnce(ctx, patienceMs);
    if (held === 0 && !(await isSomethingLeft(ctx))) return false;
    if (done === 0) return true;
  }
}

/** By kind, one after the other. Each does one, leaving out so many of those that are due, and returns 0 when there is none. */
const SWEEPS: readonly ((ctx: Context, past: number) => Promise<number>)[] = [
  (ctx, past) => sweepSandboxSessions(ctx, 1, past), firstOnly(sweepChargingSessions), (ctx, past) => sweepReservations(ctx, 1, past), (ctx, past) => sweepSeries(ctx, 1, { past }),
  firstOnly(sweepFaults),
];
const SWEEPS_AFTER_ASSIGNMENT: typeof SWEEPS = [
  firstOnly(tellAffected), settleConflict, firstOnly(giveFreedTime), firstOnly((ctx) => sweepWaitlist(ctx, 1)), firstOnly(expirePayments), firstOnly(followPayment),
    firstOnly(doMoney), firstOnly(invoiceBill), firstOnly((ctx) => sweepReminders(ctx, 1)), firstOnly(sweepArming),
];

/** Those behind one that somebody else is in the way of wait for it. */
function firstOnly(sweep: (ctx: Context) => Promise<number>): (typeof SWEEPS)[number] {
  return async (ctx, past) => (past === 0 ? sweep(ctx) : 0);
}

async function sweepOnce(ctx: Context, patienceMs: number): Promise<Swept> {
  const total: Swept = { done: 0, held: 0 };
  const add = ({ done, held }: Swept): void => {
    total.done += done;
    total.held += held;
  };
  for (const sweep of SWEEPS) add(await eachOf(ctx, patienceMs, sweep));
  add(await assignDue(ctx, patienceMs));
  await withPatience(ctx.tx, patienceMs, () => noticeConflicts(ctx));
  for (const sweep of SWEEPS_AFTER_ASSIGNMENT) add(await eachOf(ctx, patienceMs, sweep));
  return total;
}

/** Does one after another, past those that somebody else is in the way of. */
async function eachOf(ctx: Context, patienceMs: number, sweep: (typeof SWEEPS)[number]): Promise<Swept> {
  const swept: Swept = { done: 0, held: 0 };
  for (;;) {
    const done = await withPatience(ctx.tx, patienceMs, () => sweep(ctx, swept.held));
    if (done === undefined) swept.held += 1;
    else if (done === 0) return swept;
    else swept.done += done;
  }
}
