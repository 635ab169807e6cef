/** What stations tell that may change what becomes of slots. It is only noted: the sweep decides, in the order of locks. */
import type { Link, StationCommand } from '../chargers/index.ts';
import type { Context } from '../organisations/index.ts';
import * as store from './store.ts';
import { beginSettings } from './settle-settings.ts';
import { lookAtSettings } from './store-settings.ts';

/** The schemas allow any whole number. */
const MOST_NUMBER = 2 ** 31 - 1;

const OF_SLOTS = new Set<StationCommand['type']>(['reserve_now', 'cancel_reservation']);
const OF_SETTINGS = new Set<StationCommand['type']>(['get_configuration', 'set_configuration', 'set_variables']);

/** A station has come, or has said what its connectors do. */
export function noteStation(ctx: Context, link: Link): void {
  store.lookAtStation(ctx.tx, link, ctx.now);
}

/** A station has booted: what it was told it may have forgotten (ARM-4), and its settings are gone through. */
export function noteBooted(ctx: Context, link: Link): void {
  noteStation(ctx, link);
  beginSettings(ctx, link);
}

/** What a station was told is over. */
export function noteArmingOutcome(ctx: Context, { type, stationId, parameters, subject }: StationCommand): void {
  if (OF_SLOTS.has(type)) store.lookAtNumber(ctx.tx, stationId, parameters.reservationNumber!, false, ctx.now);
  if (OF_SETTINGS.has(type) && subject === stationId) lookAtSettings(ctx.tx, stationId, ctx.now);
}

/** A station is there (again). */
export function noteOnline(ctx: Context, link: Link): void {
  noteStation(ctx, link);
  lookAtSettings(ctx.tx, link.stationId, ctx.now);
}

/** A station holds a reservation no more: it was used, has expired there, or was removed. */
export function noteReservationGone(ctx: Context, { stationId }: Link, number: number): void {
  if (number < 1 || number > MOST_NUMBER) return; // none of ours
  store.lookAtNumber(ctx.tx, stationId, number, true, ctx.now);
}
