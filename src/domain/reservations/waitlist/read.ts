import { DomainError, notFound } from '../../../platform/errors/index.ts';
import { actingOrganisation, may, requireAccess, type Context } from '../../organisations/index.ts';
import { lockReservation } from '../store.ts';
import { WAITLIST_LIFE, type WaitlistEntry, type WaitlistEvent, type WaitlistStatus } from './entry.ts';
import { standingsOf, type Standing } from './standing.ts';
import * as store from './store-waitlist.ts';

/** An entry and how it stands now. */
export interface WaitlistEntryNow {
  entry: WaitlistEntry;
  standing: Standing | undefined;
}

export async function getWaitlistEntry(ctx: Context, id: string): Promise<WaitlistEntryNow> {
  return withStanding(ctx, requireVisible(ctx, id, await store.findEntry(ctx.tx, id)));
}

export async function withStanding(ctx: Context, entry: WaitlistEntry): Promise<WaitlistEntryNow> {
  return { entry, standing: (await standingsOf(ctx, [entry])).get(entry.id) };
}

/** The same of many, in their order. */
export async function withStandings(ctx: Context, entries: readonly WaitlistEntry[]): Promise<WaitlistEntryNow[]> {
  const standings = await standingsOf(ctx, entries);
  return entries.map((entry) => ({ entry, standing: standings.get(entry.id) }));
}

class ChangedMeanwhile extends Error {}

/**
 * The entry, locked until the end of the transaction, when the caller may change it. The reservation that it is offered is locked before it:
 * see `followOffer`.
 */
export async function lockForChange(ctx: Context, id: string): Promise<WaitlistEntry> {
  for (;;) { // another round is needed only when somebody else has changed the entry in between
    const seen = requireVisible(ctx, id, await store.findEntry(ctx.tx, id));
    requireAccess(ctx, 'waitlist.write', seen);
    if (seen.reservationId !== null) await lockReservation(ctx.tx, seen.reservationId);
    const entry = await lockUnchanged(ctx, seen);
    if (entry) return entry;
  }
}

/** Undefined, and not locked, when it has another reservation by now. */
async function lockUnchanged(ctx: Context, { id, reservationId }: WaitlistEntry): Promise<WaitlistEntry | undefined> {
  try {
    return await ctx.tx.savepoint(async () => {
      const entry = (await store.lockEntry(ctx.tx, id))!;
      if (entry.reservationId !== reservationId) throw new ChangedMeanwhile();
      return entry;
    });
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return undefined;
    throw error;
  }
}

/** Throws `invalid_state` when the event is refused in the entry's state (the table in SPEC.md). */
export function requirePossible({ status }: WaitlistEntry, event: WaitlistEvent): void {
  if (WAITLIST_LIFE[status][event] !== 'refused') return;
  throw new DomainError('invalid_state', `An entry of the waitlist that is ${status} can not do that ("${event}").`, { status });
}

function requireVisible(ctx: Context, id: string, entry: WaitlistEntry | undefined): WaitlistEntry {
  if (entry?.networkId === ctx.network.id && may(ctx, 'waitlist.read', entry)) return entry;
  if (ctx.actor.kind === 'public') throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  throw notFound('waitlist entry', id);
}

export interface WaitlistQuery {
  driverId?: string;
  status?: WaitlistStatus;
  after?: string;
  before?: string;
  limit: number;
}

/** The caller's own entries, newest first. */
export async function listWaitlist(ctx: Context, query: WaitlistQuery): Promise<WaitlistEntry[]> {
  const own = actingOrganisation(ctx);
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  requireAccess(ctx, 'waitlist.read', { organisationId: own, driverId: ownDriverId });
  if (ownDriverId !== undefined && query.driverId !== undefined && query.driverId !== ownDriverId) return [];
  const scope = ownDriverId === undefined ? { organisationId: own } : { driverId: ownDriverId };
  return store.listEntries(ctx.tx, { ...query, ...scope, networkId: ctx.network.id });
}
