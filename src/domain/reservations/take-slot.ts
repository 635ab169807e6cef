/** The step that takes a slot: the only way from a wish to a promise in the calendar. */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { newId } from '../../platform/ids/index.ts';
import {
  listExpiredHolds, lockEvses, promise, readBusy, releaseBooking, replacePromise, type Booking, type Interval,
} from '../calendar/index.ts';
import type { Context } from '../organisations/index.ts';
import type { Location } from '../stations/index.ts';
import type { Choice } from './choices.ts';
import { failReservation } from './fail.ts';
import type { BookingPolicy } from './policy.ts';
import * as store from './store.ts';

export interface SlotWish {
  location: Location;
  policy: BookingPolicy;
  reservationId: string;
  /** until when it is a hold; null for a firm booking */
  holdExpiresAt: EpochMs | null;
}

/** What makes the EVSEs of these choices busy then. */
export async function lookAt(ctx: Context, location: Location, policy: BookingPolicy, choices: readonly Choice[]): Promise<Map<string, Interval[]>> {
  const range = { start: Math.min(...choices.map(({ slot }) => slot.start)), end: Math.max(...choices.map(({ slot }) => slot.end)) + bufferMs(policy) };
  return readBusy(ctx.tx, [location.id], choices.map(({ candidate }) => candidate.evse.id), range, ctx.now);
}

/** Takes the first choice that is free. Choices come in the order of their EVSE's ids. Returns undefined when none is. */
export async function takeSlot(
  ctx: Context, wish: SlotWish, choices: readonly Choice[], busy: ReadonlyMap<string, readonly Interval[]>,
): Promise<{ booking: Booking; choice: Choice } | undefined> {
  for (const choice of choices) {
    const booking = bookingFor(ctx, wish, choice);
    const inTheWay = (busy.get(booking.evseId) ?? []).some(({ start, end }) => start < booking.keptUntil && end > booking.startsAt);
    if (inTheWay) continue; // looking first is for facts, and saves a write; only the constraint decides
    if ((await promise(ctx.tx, booking)) || (await promiseOverExpiredHolds(ctx, booking))) return { booking, choice };
  }
  return undefined;
}

/** Puts the slot of `choice` in the place of a booking; false when it is not free. The booking then still stands. */
export async function retakeSlot(ctx: Context, wish: SlotWish, old: Booking, choice: Choice): Promise<Booking | undefined> {
  const booking = bookingFor(ctx, wish, choice);
  await lockEvses(ctx.tx, [old.evseId, booking.evseId]);
  const busy = await readBusy(ctx.tx, [wish.location.id], [booking.evseId], { start: booking.startsAt, end: booking.keptUntil }, ctx.now, old.id);
  const others = (busy.get(booking.evseId) ?? []).filter(({ start, end }) => start < booking.keptUntil && end > booking.startsAt);
  if (others.length > 0 && !(await isOwnOccupancy(ctx, others, old, booking))) return undefined;
  if (await replacePromise(ctx.tx, old, booking, ctx.now)) return booking;
  await removeExpiredHolds(ctx, booking);
  return (await replacePromise(ctx.tx, old, booking, ctx.now)) ? booking : undefined;
}

/** The driver's own car at the EVSE that the slot is extended at is no obstacle: it began with, and lasts as long as, the old slot. */
async function isOwnOccupancy(ctx: Context, others: readonly Interval[], old: Booking, next: Booking): Promise<boolean> {
  if (old.evseId !== next.evseId) return false;
  const reservation = await store.findReservation(ctx.tx, old.reservationId ?? '');
  const startedAt = reservation?.sessionStartedAt;
  return startedAt != null && others.every(({ start }) => start === startedAt);
}

async function promiseOverExpiredHolds(ctx: Context, booking: Booking): Promise<boolean> {
  const expired = await listExpiredHolds(ctx.tx, booking.locationId, booking.evseId, booking.startsAt, booking.keptUntil, ctx.now);
  if (expired.length === 0) return false;
  await lockEvses(ctx.tx, [booking.evseId]);
  await removeExpiredHolds(ctx, booking);
  return promise(ctx.tx, booking);
}

/** CAL-3: an expired hold is removed by the transaction that finds it in its way. One that its own driver is just working on is left alone. */
async function removeExpiredHolds(ctx: Context, booking: Booking): Promise<void> {
  const expired = await listExpiredHolds(ctx.tx, booking.locationId, booking.evseId, booking.startsAt, booking.keptUntil, ctx.now);
  const holders = await store.lockFreeReservations(ctx.tx, expired.map((hold) => hold.reservationId!));
  for (const reservation of holders) {
    const hold = expired.find((candidate) => candidate.id === reservation.bookingId);
    if (!hold || reservation.status !== 'pending' || reservation.holdExpiresAt! > ctx.now) continue;
    await releaseBooking(ctx.tx, hold.locationId, hold.id, ctx.now);
    await failReservation(ctx, reservation, 'hold_expired');
  }
}

function bookingFor(ctx: Context, { policy, location, reservationId, holdExpiresAt }: SlotWish, { candidate, slot }: Choice): Booking {
  return {
    id: newId('booking'), locationId: location.id, evseId: candidate.evse.id, kind: holdExpiresAt === null ? 'booked' : 'hold', reservationId,
    startsAt: slot.start, endsAt: slot.end, keptUntil: slot.end + bufferMs(policy), holdExpiresAt, reason: null, createdAt: ctx.now,
  };
}

function bufferMs(policy: BookingPolicy): number {
  return policy.bufferMinutes * MINUTE_MS;
}
