/** What a driver does with a reservation between making it and using it. Each is one use case in one transaction. */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { expectDeparture, findBooking, lockEvses, releaseBooking, replacePromise, type Booking } from '../calendar/index.ts';
import { getVehicle, loadVehicle, mergeMetadata } from '../drivers/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { audit, may, type Context } from '../organisations/index.ts';
import { loadLocation, type Location } from '../stations/index.ts';
import { alternativesFor } from './alternatives.ts';
import { cancelObstacle, cancelQuote, type CancelQuote } from './cancel-quote.ts';
import { saveChange } from './events.ts';
import { assignNow } from './flexible/assign-now.ts';
import { changedWish, type WishChange } from './flexible/change-wish.ts';
import { confirmHeld, coverMore, paymentDue, payReservation, requireWayToPay, takePayment, wayToPay } from './pay.ts';
import { mustPayFirst, reservationFeeMinor } from './policy.ts';
import { getReservation, lockForChange, requireDriverSide, requirePossible } from './read.ts';
import { isWaiting, noShowDeadline, type Reservation } from './reservation.ts';
import { retakeSlot } from './take-slot.ts';
import { findCandidates } from './target.ts';
import { requireOfferedSlot, requireSlotOfSameStart, slotEnd, type Wish } from './times.ts';
import { requireWalkInShare } from './walk-in-share.ts';

/** Turns a hold into a firm booking; by a saved method, once that has paid. Fails with `payment_required` while something has to be paid first. */
export async function confirmReservation(ctx: Context, id: string, input: { paymentMethod?: string } = {}): Promise<Reservation> {
  const reservation = await lockForChange(ctx, id);
  requirePossible(reservation, 'confirm');
  if (input.paymentMethod !== undefined) requireDriverSide(ctx, reservation);
  await requireWayToPay(ctx, reservation.driverId, input.paymentMethod);
  if (isWaiting(reservation)) return assignNow(ctx, await withPaymentMethod(ctx, reservation, input.paymentMethod));
  if (reservation.holdExpiresAt! <= ctx.now) throw new DomainError('invalid_state', 'The hold has expired.', { status: reservation.status });
  const paymentMethod = input.paymentMethod ?? reservation.paymentMethod;
  if (!mustPayFirst(reservation.policy, reservation.reservedEnd! - reservation.reservedStart!)) return confirmHeld(ctx, reservation, { paymentMethod });
  const { dueMinor, coveredMinor, currency } = await paymentDue(ctx, reservation);
  if (coveredMinor >= dueMinor) return takePayment(ctx, await withPaymentMethod(ctx, reservation, input.paymentMethod));
  const way = wayToPay(paymentMethod);
  if (way) {
    if (paymentMethod !== reservation.paymentMethod) await withPaymentMethod(ctx, reservation, input.paymentMethod);
    return (await payReservation(ctx, id, way)).reservation;
  }
  throw new DomainError('payment_required', 'The reservation has to be paid first.', { amount_due: Number(dueMinor - coveredMinor), currency: currency.toLowerCase() });
}

async function withPaymentMethod(ctx: Context, reservation: Reservation, paymentMethod: string | undefined): Promise<Reservation> {
  return paymentMethod === undefined ? reservation : saveChange(ctx, reservation, { paymentMethod }, 'reservation.updated');
}

export interface ReservationUpdate {
  metadata?: Record<string, string>;
  vehicleId?: string | null;
  paymentMethod?: string | null;
  /** of a flexible one that waits: what it asks for */
  wish?: WishChange;
}

/**
 * Changes what a pending reservation says besides its slot (seed 004: refused once it is confirmed or final), and what a flexible
 * one that waits asks for. Metadata is merged; an empty value removes its key.
 */
export async function updateReservation(ctx: Context, id: string, input: ReservationUpdate): Promise<Reservation> {
  const reservation = await lockForChange(ctx, id);
  requirePossible(reservation, 'update');
  requireDriverSide(ctx, reservation);
  const { vehicleId = reservation.vehicleId, paymentMethod = reservation.paymentMethod } = input;
  await requireWayToPay(ctx, reservation.driverId, input.paymentMethod);
  const vehicle = vehicleId === null ? undefined : await getVehicle(ctx, vehicleId);
  if (vehicle && vehicle.driverId !== reservation.driverId) throw notFound('vehicle', vehicleId!);
  const metadata = mergeMetadata(reservation.metadata, input.metadata);
  const asked = input.wish === undefined ? {} : await changedWish(ctx, reservation, input.wish, vehicle);
  return saveChange(ctx, reservation, { ...asked, metadata, vehicleId, paymentMethod }, 'reservation.updated');
}

export async function quoteCancellation(ctx: Context, id: string): Promise<CancelQuote> {
  const reservation = await getReservation(ctx, id);
  return cancelQuote(reservation, ctx.now);
}

/** Cancels for the driver (until the policy's cut-off, and before the start) or, with a reason, for the operator. */
export async function cancelReservation(ctx: Context, id: string, input: { reason?: string } = {}): Promise<Reservation> {
  const reservation = await lockForChange(ctx, id);
  const isMaker = may(ctx, 'reservation.change', { organisationId: reservation.organisationId, driverId: reservation.driverId }) || isOwnMaker(ctx, reservation);
  const asOperator = !isMaker && may(ctx, 'reservation.cancel_as_operator', reservation);
  requirePossible(reservation, asOperator ? 'operator_cancel' : 'cancel');
  if (asOperator) return cancelForOperator(ctx, reservation, input.reason);
  const obstacle = cancelObstacle(reservation, ctx.now);
  if (obstacle !== null) throw new DomainError(reservation.sessionId !== null ? 'invalid_state' : 'cancel_cut_off_passed', `It is too late to cancel: ${obstacle}.`);
  return endEarly(ctx, reservation, { cancelledBy: 'driver', endedDetail: input.reason ?? null });
}

/** An operator that booked for itself is the maker. */
function isOwnMaker(ctx: Context, reservation: Reservation): boolean {
  return ctx.actor.kind === 'key' && ctx.actor.driverId === undefined && ctx.actor.organisationId === reservation.organisationId;
}

async function cancelForOperator(ctx: Context, reservation: Reservation, reason: string | undefined): Promise<Reservation> {
  if (!reason) throw new DomainError('invalid_request', 'An operator says why.', { errors: [{ pointer: '/reason', message: 'is required of an operator' }] });
  if (reservation.sessionId !== null) throw new DomainError('invalid_state', 'Charging has begun.', { status: reservation.status });
  await audit(ctx, 'reservation.cancel', 'reservation', reservation.id, { reason });
  return endEarly(ctx, reservation, { cancelledBy: 'operator', endedDetail: reason });
}

async function endEarly(ctx: Context, reservation: Reservation, change: Partial<Reservation>): Promise<Reservation> {
  if (reservation.bookingId !== null) await releaseBooking(ctx.tx, reservation.locationId!, reservation.bookingId, ctx.now);
  const ended = { endedAt: ctx.now, holdExpiresAt: null, noShowAt: null, assignAt: null, outlook: null, bookingId: null };
  return saveChange(ctx, reservation, { ...change, ...ended, status: 'cancelled' }, 'reservation.cancelled');
}

export interface MoveInput extends Wish {
  evseId?: string;
  start?: EpochMs;
}

/** Moves a reservation to another time or another EVSE of its location, until the policy's cut-off; the old slot stands when the new one can't be had. */
export async function moveReservation(ctx: Context, id: string, input: MoveInput): Promise<Reservation> {
  const reservation = await lockForChange(ctx, id);
  requirePossible(reservation, 'move');
  requireSlot(reservation);
  const location = await requireLocation(ctx, reservation);
  const byOperator = may(ctx, 'reservation.cancel_as_operator', reservation);
  requireChangeable(ctx, reservation, byOperator);
  const { policy } = reservation;
  const vehicle = reservation.vehicleId === null ? undefined : await loadVehicle(ctx.tx, reservation.vehicleId);
  const target = { evseId: input.evseId ?? reservation.evseId!, connectorStandards: reservation.connectorStandards };
  const [candidate] = findCandidates(location, target, vehicle);
  const start = input.start ?? reservation.reservedStart!;
  const kept: Wish = { durationMinutes: (reservation.reservedEnd! - reservation.reservedStart!) / MINUTE_MS };
  const wish: Wish = input.end !== undefined || input.durationMinutes !== undefined || input.energyWh !== undefined || input.amount !== undefined ? input : kept;
  const slot = { start, end: slotEnd(start, wish, candidate!.powerW, policy, location.timeZone) };
  if (slot.start === reservation.reservedStart) requireSlotOfSameStart(location, policy, slot);
  else requireOfferedSlot(location, policy, slot, ctx.now);
  return retake(ctx, reservation, location, { candidate: candidate!, slot }, 'reservation.moved');
}

/** A flexible one that waits for its assignment has no slot that could be changed. */
function requireSlot(reservation: Reservation): void {
  if (isWaiting(reservation)) throw new DomainError('invalid_state', 'It has no slot yet: it waits for its assignment.', { status: reservation.status });
}

function requireChangeable(ctx: Context, reservation: Reservation, byOperator: boolean): void {
  if (reservation.sessionId !== null) throw new DomainError('invalid_state', 'Charging has begun.', { status: reservation.status });
  const cutOffMinutes = reservation.policy.changeUntilMinutes;
  if (byOperator || ctx.now <= reservation.reservedStart! - cutOffMinutes * MINUTE_MS) return;
  throw new DomainError('change_cut_off_passed', `It could be moved until ${cutOffMinutes} minutes before its start.`, { change_until_minutes: cutOffMinutes });
}

/** Lets a reservation end later, also while it is being used, if the time after it is free. */
export async function extendReservation(ctx: Context, id: string, input: { end?: EpochMs; byMinutes?: number }): Promise<Reservation> {
  const reservation = await lockForChange(ctx, id);
  requirePossible(reservation, 'extend');
  requireSlot(reservation);
  if (reservation.leftAt !== null) throw new DomainError('invalid_state', 'The driver has left.', { status: reservation.status });
  const location = await requireLocation(ctx, reservation);
  const oldEnd = reservation.reservedEnd!;
  const end = input.end ?? oldEnd + (input.byMinutes ?? 0) * MINUTE_MS;
  if (end <= oldEnd) throw new DomainError(
    'invalid_time_range', 'The new end must come after the old one.', { errors: [{ pointer: '/end', message: 'must come after the present end' }] },
  );
  if (ctx.now >= oldEnd) throw new DomainError('time_in_past', 'The reservation is over.', { errors: [{ pointer: '/end', message: 'comes too late' }] });
  const slot = { start: reservation.reservedStart!, end };
  requireSlotOfSameStart(location, reservation.policy, slot);
  const [candidate] = findCandidates(location, { evseId: reservation.evseId!, connectorId: reservation.connectorId! });
  return retake(ctx, reservation, location, { candidate: candidate!, slot }, 'reservation.extended');
}

async function retake(ctx: Context, reservation: Reservation, location: Location, choice: Parameters<typeof retakeSlot>[3], eventType: string): Promise<Reservation> {
  const { policy } = reservation;
  const { slot, candidate } = choice;
  const old = await findBooking(ctx.tx, location.id, reservation.bookingId!);
  if (!old) throw new Error(`the booking of ${reservation.id} is gone while it is ${reservation.status}`);
  const inForce = { id: reservation.policyId, version: 0, operatorId: location.operatorId, locationId: location.id, policy };
  const target = { evseId: candidate.evse.id, connectorStandards: reservation.connectorStandards };
  const alternatives = () => alternativesFor(ctx, location, inForce, target, choice, undefined, old.id);
  await requireWalkInShare(ctx, location, policy, slot, alternatives, old.id);
  const booking = await retakeSlot(ctx, { location, policy, reservationId: reservation.id, holdExpiresAt: reservation.holdExpiresAt }, old, choice);
  if (!booking) throw new DomainError('slot_unavailable', 'That EVSE is not free then; the reservation stays as it is.', { alternatives: await alternatives() });
  const expectedArrival = slot.start === reservation.reservedStart ? reservation.expectedArrival : null; // what was said of another time says nothing of this one
  const waits = reservation.status === 'confirmed' && reservation.sessionId === null;
  const changed = await saveChange(ctx, reservation, {
    bookingId: booking.id, evseId: candidate.evse.id, stationId: candidate.evse.stationId, connectorId: candidate.connector.id, reservedStart: slot.start, reservedEnd: slot.end,
    expectedArrival, noShowAt: waits ? noShowDeadline(policy, slot.start, slot.end, expectedArrival) : null,
    reservationFeeMinor: reservationFeeMinor(policy, slot.end - slot.start),
  }, eventType);
  await coverMore(ctx, changed);
  return changed;
}

/** RSV-14: a driver who says when they will arrive keeps the slot until then and a little longer, at most until the grace is over. */
export async function announceLate(ctx: Context, id: string, input: { expectedArrival: EpochMs }): Promise<Reservation> {
  const reservation = await lockForChange(ctx, id);
  requirePossible(reservation, 'late');
  const { policy, reservedStart, reservedEnd } = reservation;
  if (reservation.sessionId !== null) throw new DomainError('invalid_state', 'Charging has begun.', { status: reservation.status });
  if (reservation.noShowAt! <= ctx.now) throw new DomainError('grace_exceeded', 'The slot was not kept any longer.');
  const latest = Math.min(reservedStart! + policy.graceMinutes * MINUTE_MS, reservedEnd!);
  if (input.expectedArrival < ctx.now) throw new DomainError(
    'time_in_past', 'The arrival lies in the past.', { errors: [{ pointer: '/expected_arrival', message: 'must not lie in the past' }] },
  );
  if (input.expectedArrival > latest) {
    throw new DomainError('grace_exceeded', `The slot is kept for ${policy.graceMinutes} minutes.`, { kept_until: new Date(latest).toISOString() });
  }
  const noShowAt = Math.max(reservation.noShowAt!, noShowDeadline(policy, reservedStart!, reservedEnd!, input.expectedArrival));
  return saveChange(ctx, reservation, { expectedArrival: input.expectedArrival, noShowAt }, 'reservation.late');
}

/** The driver has gone: the rest of the slot is free for others. One that was never used expires, without a no-show. */
export async function leaveEarly(ctx: Context, id: string): Promise<Reservation> {
  const reservation = await lockForChange(ctx, id);
  requirePossible(reservation, 'leave');
  if (ctx.now < reservation.reservedStart! && reservation.sessionId === null) throw new DomainError('too_early', 'The slot has not begun yet: cancel it instead.');
  if (reservation.leftAt !== null) throw new DomainError('invalid_state', 'The driver has left already.', { status: reservation.status });
  if (reservation.sessionId === null) {
    await releaseBooking(ctx.tx, reservation.locationId!, reservation.bookingId!, ctx.now);
    return saveChange(
      ctx, reservation, { status: 'expired', endedDetail: 'left_unused', endedAt: ctx.now, leftAt: ctx.now, noShowAt: null, bookingId: null },
      'reservation.expired',
    );
  }
  const booking = await freeTheRest(ctx, reservation);
  await expectDeparture(ctx.tx, id, ctx.now);
  const end = Math.min(reservation.reservedEnd!, Math.max(ctx.now, reservation.reservedStart!));
  return saveChange(ctx, reservation, { leftAt: ctx.now, bookingId: booking?.id ?? null, reservedEnd: end }, 'reservation.left');
}

/** Shortens the booking to now (and its buffer); what had not begun is given back whole. */
export async function freeTheRest(ctx: Context, reservation: Reservation): Promise<Booking | undefined> {
  const { locationId, bookingId, policy } = reservation;
  const old = bookingId === null ? undefined : await findBooking(ctx.tx, locationId!, bookingId);
  if (!old) return undefined;
  if (ctx.now >= old.endsAt) return old;
  await lockEvses(ctx.tx, [old.evseId]);
  if (ctx.now <= old.startsAt) {
    await releaseBooking(ctx.tx, old.locationId, old.id, ctx.now);
    return undefined;
  }
  const rest: Booking = { ...old, id: newId('booking'), endsAt: ctx.now, keptUntil: Math.min(old.keptUntil, ctx.now + policy.bufferMinutes * MINUTE_MS) };
  if (!(await replacePromise(ctx.tx, old, rest, ctx.now))) throw new Error(`the booking of ${reservation.id} could not be shortened`);
  return rest;
}

async function requireLocation(ctx: Context, reservation: Reservation): Promise<Location> {
  const location = await loadLocation(ctx.tx, reservation.locationId!);
  if (!location || location.retiredAt !== undefined) throw new DomainError('evse_not_bookable', 'That location is closed for good.');
  return location;
}
