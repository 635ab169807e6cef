/**
 * Decides about waiting reservations whose time has come, and plans for the others. All that wait are planned together, and only
 * what is due is decided: that is what makes late decisions worth waiting for. The plan itself is made outside any
 * transaction; each decision is then a transaction of its own, in which the calendar has the last word.
 */
import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { withPatience } from '../../../platform/database/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import { inContext, listNetworks, type Caller, type Context, type Runtime } from '../../organisations/index.ts';
import { assignInWorker, type AssignmentResult } from '../assignment/index.ts';
import type { Reservation } from '../reservation.ts';
import { expireWaiting, failWaiting, giveSlot, PATIENCE_WITH_PLANS_MS, type Decided } from './decide.ts';
import { claim, type Lease } from './leases.ts';
import { loadNeighbourhoods, type Neighbourhood } from './neighbourhood.ts';
import { outlooksOf } from './outlook.ts';
import * as store from './store-flexible.ts';
import { FLEXIBLE_LIMITS } from './wish.ts';

const SYSTEM = { kind: 'system' } as const;
/** Reservations that one round looks for; what is beyond has its turn in the next. */
const SEEDS = 5_000;
/** A plan that is older says too little of what has been booked since. */
const STALE_MS = 10 * MINUTE_MS;
/** Decides what is due in every network; returns how many reservations were decided. */
export async function assignAll(runtime: Runtime): Promise<number> {
  let total = 0;
  for (const network of await listNetworks(runtime.database)) {
    const caller = { networkId: network.id, actor: SYSTEM };
    total += await inContext(runtime, caller, expirePassed);
    const tried = new Set<string>(); // each has one try: what could not be had, or is claimed by another process, has its next in the next sweep
    for (let found = true; found; ) {
      const round = await inContext(runtime, caller, (ctx) => loadRound(ctx, tried));
      total += await assignRound(runtime, caller, round);
      found = round.length > 0;
    }
  }
  return total;
}

/** Solves and decides; returns how many were decided. */
async function assignRound(runtime: Runtime, caller: Caller, parts: readonly Neighbourhood[]): Promise<number> {
  let total = 0;
  for (const part of parts) {
    const lease = await claim(runtime, caller, part, newId('request'));
    if (!lease) continue; // another process is at it
    try {
      const { results } = await assignInWorker(part.problem, { effort: 'thorough' });
      const whileHeld = whileItHolds(runtime, caller, lease);
      for (const decide of decisionsOf(part, results)) if (isDone((await whileHeld(decide)) ?? 'gone')) total += 1;
      await whileHeld((ctx) => tellOutlooks(ctx, part, results));
    } finally {
      await lease.release();
    }
  }
  return total;
}

/** Runs each step in a transaction of its own, as long as nobody has taken the neighbourhood over; undefined once somebody has. */
function whileItHolds(runtime: Runtime, caller: Caller, lease: Lease): <T>(step: (ctx: Context) => Promise<T>) => Promise<T | undefined> {
  let isHeld = true;
  return async (step) => {
    if (!isHeld) return undefined;
    return inContext(runtime, caller, async (ctx) => {
      isHeld = await lease.isHeld(ctx);
      return isHeld ? step(ctx) : undefined;
    });
  };
}

/**
 * The same for a test clock that is moved, within its transaction, which has taken over what others have claimed: what is due at the
 * context's time.
 *
 * @param patienceMs how long somebody else's work on a reservation or its slot is waited for
 * @returns how many reservations were decided, and how many are left because somebody else is working on them
 */
export async function assignDue(ctx: Context, patienceMs: number): Promise<{ done: number; held: number }> {
  let done = await expirePassed(ctx);
  let held = 0;
  for (const part of await loadRound(ctx, new Set())) {
    const { results } = await assignInWorker(part.problem, { effort: 'quick' });
    for (const decide of decisionsOf(part, results)) {
      const outcome = await withPatience(ctx.tx, patienceMs, () => decide(ctx));
      if (outcome === undefined) held += 1;
      else if (isDone(outcome)) done += 1;
    }
    await tellOutlooks(ctx, part, results);
  }
  return { done, held };
}

/** The next instant after the context's time at which a reservation is to be decided. */
export async function nextAssignment(ctx: Context): Promise<EpochMs | undefined> {
  return store.nextAssignment(ctx.tx, ctx.network.id, ctx.now, PATIENCE_WITH_PLANS_MS);
}

const isDone = (decided: Decided): boolean => decided !== 'gone' && decided !== 'taken';

/** What is due first; else what no plan has seen lately, as far as it belongs to the same time. What it takes up is added to `tried`. */
async function loadRound(ctx: Context, tried: Set<string>): Promise<Neighbourhood[]> {
  const found = (await store.listUnplanned(ctx.tx, ctx.network.id, ctx.now, ctx.now - STALE_MS, SEEDS)).filter(({ id }) => !tried.has(id));
  const due = found.filter(({ isDue }) => isDue);
  const [first] = found;
  if (!first) return [];
  const seeds = due.length > 0 ? due : found.filter(({ earliestStart }) => Math.abs(earliestStart - first.earliestStart) <= FLEXIBLE_LIMITS.windowMs);
  for (const { id } of seeds) tried.add(id);
  return loadNeighbourhoods(ctx, seeds, isDueAt(ctx.now));
}

function isDueAt(now: EpochMs): (reservation: Reservation) => boolean {
  return ({ assignAt }) => assignAt! <= now;
}

/** RSV-F6: those whose window no slot fits in any more. */
async function expirePassed(ctx: Context): Promise<number> {
  const passed = (await store.listUnplanned(ctx.tx, ctx.network.id, ctx.now, ctx.now - STALE_MS, SEEDS)).filter(({ latestEnd }) => latestEnd <= ctx.now);
  for (const { id } of passed) await expireWaiting(ctx, id);
  return passed.length;
}

/** One step for each reservation that is due, the slots first: what they take is known when the others are told what there is instead. */
function decisionsOf({ problem, waiting }: Neighbourhood, results: readonly AssignmentResult[]): ((ctx: Context) => Promise<Decided>)[] {
  const due = new Set(problem.requests.filter(({ isDue }) => isDue).map(({ id }) => id));
  const planned = new Map(waiting.map((reservation) => [reservation.id, reservation]));
  const decided = results.filter(({ requestId }) => due.has(requestId));
  const slots = decided.filter((result) => result.outcome === 'assigned').map((result) => (ctx: Context) => giveSlot(ctx, planned.get(result.requestId)!, result));
  const failures = decided.filter((result) => result.outcome === 'unassigned').map((result) => (ctx: Context) => failWaiting(ctx, planned.get(result.requestId)!, result));
  return [...slots, ...failures];
}

async function tellOutlooks(ctx: Context, part: Neighbourhood, results: readonly AssignmentResult[]): Promise<void> {
  const outlooks = outlooksOf(part, results, ctx.now);
  const told = part.waiting.flatMap(({ id, version }) => (outlooks.has(id) ? { id, version, outlook: outlooks.get(id)! } : []));
  if (told.length > 0) await store.saveOutlooks(ctx.tx, told);
}
