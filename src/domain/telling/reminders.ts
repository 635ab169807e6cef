/** TLG-3: drivers are reminded of their slots. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { spotOf, tellDriver } from '../notices/index.ts';
import type { Context } from '../organisations/index.ts';
import { getReservation } from '../reservations/index.ts';
import * as store from './store.ts';

/** Reminds of what it is time for; returns how many reservations were looked at, of at most `limit`. */
export async function sweepReminders(ctx: Context, limit: number): Promise<number> {
  const due = await store.listToRemind(ctx.tx, ctx.network.id, ctx.now, limit);
  for (const { id, remindAt } of due) await remind(ctx, id, remindAt);
  return due.length;
}

/** The next instant after the context's time at which somebody is to be reminded. */
export async function nextReminder(ctx: Context): Promise<EpochMs | undefined> {
  return store.nextReminder(ctx.tx, ctx.network.id, ctx.now);
}

async function remind(ctx: Context, id: string, remindAt: EpochMs): Promise<void> {
  const { driverId, reservedStart, reservedEnd, confirmedAt, locationId, evseId } = await getReservation(ctx, id);
  const spot = await spotOf(ctx, { locationId, evseId });
  const slot = { ...(spot ?? { location: '', evse: null, timeZone: 'UTC' }), startsAt: reservedStart!, endsAt: reservedEnd! };
  const isOfUse = spot !== undefined && ctx.now < reservedStart! && (confirmedAt ?? 0) <= remindAt;
  const telling = { driverId: driverId!, dedupeKey: `reservation_reminder:${id}:${reservedStart!}`, about: id, sendBefore: reservedStart! };
  await tellDriver(ctx, { ...telling, kind: 'reservation_reminder', values: slot, isSilent: !isOfUse });
}
