import { DomainError } from '../../platform/errors/index.ts';
import type { EpochMs } from '../../platform/clock/index.ts';
import { requireAccess } from './access.ts';
import { audit } from './audit.ts';
import type { Context } from './context.ts';
import { keepClock, lockClock, moveClock } from './store.ts';

/** The farthest that one call moves the clock. */
export const MAX_ADVANCE_MS = 400 * 86_400_000;

/** The network's time. */
export function readClock(ctx: Context): EpochMs {
  requireAccess(ctx, 'test_clock.read');
  return ctx.now;
}

/** The context at the network's time, which nobody else moves until the end of the transaction. Throws `forbidden` and the like when the caller may not. */
export async function holdTestClock(ctx: Context): Promise<Context> {
  requireAdvance(ctx, ctx.now);
  return ctx.as({ now: await lockClock(ctx.tx, ctx.network.id) });
}

/** Keeps everybody from moving the network's test clock until the end of the transaction; waits for who is moving it. */
export async function keepTestClock(ctx: Context): Promise<void> {
  await keepClock(ctx.tx, ctx.network.id, false);
}

/** The same without waiting: whether nobody is moving it. */
export async function tryKeepTestClock(ctx: Context): Promise<boolean> {
  return keepClock(ctx.tx, ctx.network.id, true);
}

/** Throws when the caller may not move the network's clock there. */
export function requireAdvance(ctx: Context, to: EpochMs): void {
  requireAccess(ctx, 'test_clock.advance');
  if (ctx.network.mode !== 'sandbox') throw new DomainError('test_mode_only', 'A live network has no test clock.');
  if (to < ctx.now) throw new DomainError('time_in_past', 'A clock does not go back.', { errors: [{ pointer: '/to', message: 'must not lie in the past' }] });
  if (to - ctx.now > MAX_ADVANCE_MS) throw new DomainError('invalid_time_range', 'That is farther than 400 days.', { errors: [{ pointer: '/to', message: 'lies too far ahead' }] });
}

/** Moves the clock of a sandbox network forward; it never goes back. What becomes due on the way is the caller's to do. */
export async function moveTestClock(ctx: Context, to: EpochMs): Promise<void> {
  requireAdvance(ctx, to);
  const version = await moveClock(ctx.tx, ctx.network.id, to - ctx.now);
  await ctx.emit({
    type: 'test_clock.advanced', object: 'test_clock', objectId: ctx.network.id, objectVersion: version, isPublic: true, audience: [],
    touches: [ctx.network.id], data: { now: to },
  });
  await audit(ctx, 'test_clock.advance', 'network', ctx.network.id, { to: new Date(to).toISOString() });
}
