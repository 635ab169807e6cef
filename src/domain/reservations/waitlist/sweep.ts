/** What is due of the waitlist. Idempotent; any process may do it. */
import { SECOND_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { busyByEvse, listBusy } from '../../calendar/index.ts';
import { inContext, type Context, type Runtime } from '../../organisations/index.ts';
import { fullTimes } from '../walk-in-share.ts';
import { nextLook, type WaitlistEntry } from './entry.ts';
import { saveEntry } from './events.ts';
import { nearestSlot, type NearestSlot } from './nearest-slot.ts';
import { offerTime } from './offer.ts';
import { evseIdsOf, reachOf, type Reach } from './reach.ts';
import * as store from './store-waitlist.ts';

/** While somebody else is in the way. */
const PAUSE_MS = 2 * SECOND_MS;

/** Ends entries of the context's network whose window is over, and looks for what others wait for, at most so many of each. Returns how many. */
export async function sweepWaitlist(ctx: Context, limit: number): Promise<number> {
  const passed = await store.lockPassed(ctx.tx, ctx.network.id, ctx.now, limit);
  for (const entry of passed) await saveEntry(ctx, entry, { status: 'expired', endedAt: ctx.now }, 'waitlist_entry.expired');
  return passed.length + (await lookForDue(ctx, limit));
}

async function lookForDue(ctx: Context, limit: number, id?: string): Promise<number> {
  const due = await store.lockDueLooks(ctx.tx, ctx.network.id, ctx.now, limit, id);
  for (const entry of due) await look(ctx, entry);
  return due.length;
}

/** The next instant after the context's time at which there will be something to sweep. */
export async function nextWaitlistDeadline(ctx: Context): Promise<EpochMs | undefined> {
  return store.nextDueEntry(ctx.tx, ctx.network.id, ctx.now);
}

/** Looks for a new entry's slot right after it was made, in a transaction of its own; when somebody else is at it, the sweeper does it. */
export async function settleWaitlist(runtime: Runtime, where: { networkId: string; requestId?: string }, id: string): Promise<void> {
  await inContext(runtime, { ...where, actor: { kind: 'system' } }, (ctx) => lookForDue(ctx, 1, id));
}

/**
 * WTL-11: whether anything is free for an entry that waits, though nobody told: an EVSE is new, opening hours or a policy have changed. What is
 * found is offered to all who want it, in their order.
 */
async function look(ctx: Context, entry: WaitlistEntry): Promise<void> {
  const reach = await reachOf(ctx, entry);
  const found = await bestOf(ctx, entry, reach);
  const { offers, missed } = found ? await offerTime(ctx, { ...found, evseId: found.candidate.evse.id, startsAt: found.start, endsAt: found.end }, entry.id) : NOTHING;
  const others = missed.filter((id) => id !== entry.id);
  if (others.length > 0) await store.lookNow(ctx.tx, others, ctx.now);
  // Where others were offered something, there may still be something for this one.
  const again = missed.includes(entry.id) ? ctx.now + PAUSE_MS : offers > 0 ? ctx.now : nextLook(entry, ctx.now);
  await store.lookLater(ctx.tx, entry.id, evseIdsOf(reach), again);
}

const NOTHING = { offers: 0, missed: [] as string[] };

async function bestOf(ctx: Context, entry: WaitlistEntry, reach: readonly Reach[]): Promise<(NearestSlot & { locationId: string }) | undefined> {
  const range = { start: Math.max(entry.earliestStart, ctx.now), end: entry.latestEnd };
  const busy = busyByEvse(await listBusy(ctx.tx, evseIdsOf(reach), range.start), ctx.now);
  let best: (NearestSlot & { locationId: string }) | undefined;
  for (const at of reach) {
    const slot = nearestSlot(entry, at, { busy, full: await fullTimes(ctx, at.location, at.policy, range) }, range, ctx.now);
    if (slot && (best === undefined || distance(slot, entry) < distance(best, entry))) best = { ...slot, locationId: at.location.id };
  }
  return best;
}

const distance = ({ start }: NearestSlot, { idealStart }: WaitlistEntry): number => Math.abs(start - idealStart);
