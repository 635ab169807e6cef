/** How a reservation's slot is kept for it at the station: found out by those who tell stations. */
import type { Context } from '../organisations/index.ts';
import { saveChange } from './events.ts';
import type { Reservation } from './reservation.ts';
import * as store from './store.ts';

/** The reservation, locked, unless somebody else is at work on it. */
export async function lockFree(ctx: Context, id: string): Promise<Reservation | undefined> {
  return (await store.lockFreeReservations(ctx.tx, [id]))[0];
}

/** Writes down how it is kept, and tells it. The row must be locked. */
export function noteEnforcement(
  ctx: Context, reservation: Reservation, change: Pick<Reservation, 'enforcement' | 'startToken'>, event: 'reservation.updated' | 'reservation.armed' | 'reservation.soft',
): Promise<Reservation> {
  return saveChange(ctx, reservation, change, event);
}
