import type { Context } from '../../organisations/index.ts';
import type { WaitlistEntry } from './entry.ts';
import * as store from './store-waitlist.ts';

/** Writes a changed entry as its next version and appends the event that tells of it. The row must be locked. */
export async function saveEntry(ctx: Context, before: WaitlistEntry, change: Partial<WaitlistEntry>, eventType: string): Promise<WaitlistEntry> {
  const after: WaitlistEntry = { ...before, ...change, version: before.version + 1, updatedAt: ctx.now };
  await store.updateEntry(ctx.tx, after);
  await emitEntry(ctx, eventType, after);
  return after;
}

/** WTL-12: for its maker alone; the operator learns of an offer by the hold at its EVSE. */
export async function emitEntry(ctx: Context, type: string, entry: WaitlistEntry): Promise<void> {
  await ctx.emit({
    type, object: 'waitlist_entry', objectId: entry.id, objectVersion: entry.version, isPublic: false, audience: [entry.organisationId], touches: [], data: entry,
  });
}
