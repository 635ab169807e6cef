/** NTC-2: the outbox of a sandbox. What would be sent lies there to be read, one-time passwords among it, so it exists in a sandbox only. */
import { DAY_MS } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import type { NoticeSender, SandboxNotice } from './notice.ts';
import * as store from './store.ts';

const KEPT_MS = 30 * DAY_MS;
const PURGED_AT_ONCE = 5_000;

export const sandboxOutbox: NoticeSender = {
  serves: ({ mode }) => mode === 'sandbox',
  take: (ctx, notice) => store.insertNotice(ctx.tx, { ...notice, id: newId('notice'), networkId: ctx.network.id, createdAt: ctx.now }),
};

/** What the drivers of the calling provider would have been sent, newest first. Throws `test_mode_only` in a live network. */
export async function listSandboxNotices(ctx: Context, page: { after?: string; before?: string; driverId?: string; limit: number }): Promise<SandboxNotice[]> {
  const owners = ownersOfCaller(ctx);
  requireAccess(ctx, 'notice.read', owners);
  if (ctx.network.mode !== 'sandbox') throw new DomainError('test_mode_only', 'Messages can be read in a sandbox network only.');
  return store.listNotices(ctx.tx, owners.organisationId!, page);
}

/** Removes messages of the network that are a month old. */
export async function purgeNotices(ctx: Context): Promise<number> {
  return store.deleteNoticesBefore(ctx.tx, ctx.network.id, ctx.now - KEPT_MS, PURGED_AT_ONCE);
}
