/** NTC-2: the outbox of a sandbox. What would be sent lies there to be read, one-time passwords among it, so it exists in a sandbox only. */
import { DAY_MS } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import type { Notice } from './notice.ts';
import * as store from './store.ts';

const KEPT_MS = 30 * DAY_MS;
const PURGED_AT_ONCE = 5_000;

/** What the drivers of the calling provider would have been sent, newest first. Throws `test_mode_only` in a live network. */
export async function listSandboxNotices(ctx: Context, page: { after?: string; before?: string; driverId?: string; limit: number }): Promise<Notice[]> {
  const owners = ownersOfCaller(ctx);
  requireAccess(ctx, 'notice.read', owners);
  if (ctx.network.mode !== 'sandbox') throw new DomainError('test_mode_only', 'Messages can be read in a sandbox network only.');
  return store.listOutbox(ctx.tx, owners.organisationId!, page);
}

/** Removes messages of the network that are a month old, and what is known of who was told what. */
export async function purgeNotices(ctx: Context): Promise<number> {
  const before = ctx.now - KEPT_MS;
  return (await store.deleteNoticesBefore(ctx.tx, ctx.network.id, before, PURGED_AT_ONCE)) + (await store.deleteToldBefore(ctx.tx, ctx.network.id, before, PURGED_AT_ONCE));
}
