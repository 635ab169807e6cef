/** A driver's calendar feed: what a calendar app reads again and again, by an address that is itself the secret. */
import { createHash, randomBytes } from 'node:crypto';
import { DAY_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError, notFound } from '../../../platform/errors/index.ts';
import { getDriver, type Driver } from '../../drivers/index.ts';
import { audit, inContext, requireAccess, type Context, type Runtime } from '../../organisations/index.ts';
import { loadLocationsByIds, type Location } from '../../stations/index.ts';
import type { Reservation } from '../reservation.ts';
import { listForCalendar } from '../store.ts';
import * as store from './store.ts';

export const FEED_TOKEN_PATTERN = 'cf_[0-9a-f]{40}';
const KEPT_MS = 30 * DAY_MS;
const MOST_ENTRIES = 1_000;

/** Makes a driver's feed, or gives it another secret, which is returned this once. */
export async function makeCalendarFeed(ctx: Context, driverId: string): Promise<{ driverId: string; token: string; createdAt: EpochMs }> {
  await requireOwn(ctx, driverId);
  const token = `cf_${randomBytes(20).toString('hex')}`;
  await store.saveFeed(ctx.tx, { driverId, networkId: ctx.network.id, tokenSha256: hashOf(token), createdAt: ctx.now });
  await audit(ctx, 'calendar_feed.create', 'driver', driverId);
  return { driverId, token, createdAt: ctx.now };
}

/** Ends a driver's feed: its secret opens nothing from then on. */
export async function endCalendarFeed(ctx: Context, driverId: string): Promise<void> {
  await requireOwn(ctx, driverId);
  if (!(await store.deleteFeed(ctx.tx, driverId))) throw new DomainError('not_found', 'That driver has no calendar feed.');
  await audit(ctx, 'calendar_feed.end', 'driver', driverId);
}

/** The feed gives what it shows to whoever has its address, so that nobody makes one who may not read that (FEED-2). */
async function requireOwn(ctx: Context, driverId: string): Promise<void> {
  const { organisationId }: Driver = await getDriver(ctx, driverId);
  requireAccess(ctx, 'calendar_feed.write', { organisationId, driverId });
  requireAccess(ctx, 'reservation.read', { organisationId, driverId });
}

/** A reservation, and where it is: nowhere yet, while it waits for a place. */
export interface CalendarEntry {
  reservation: Reservation;
  location?: Location;
}

/** What the feed with that secret shows, in the order of time. Throws `not_found`. */
export async function readCalendarFeed(runtime: Runtime, token: string): Promise<CalendarEntry[]> {
  const feed = await store.findFeed(runtime.database, hashOf(token));
  if (!feed) throw notFound('calendar feed', '…');
  return inContext(runtime, { networkId: feed.networkId, actor: { kind: 'system' } }, async (ctx) => {
    const reservations = await listForCalendar(ctx.tx, feed.driverId, { since: ctx.now - KEPT_MS, now: ctx.now, limit: MOST_ENTRIES });
    const ids = [...new Set(reservations.flatMap(({ locationId }) => locationId ?? []))];
    const locations = new Map((await loadLocationsByIds(ctx.tx, ids)).map((location) => [location.id, location]));
    return reservations.map((reservation) => ({ reservation, location: locations.get(reservation.locationId ?? '') }));
  });
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
