/** What a plan decides about one waiting reservation: its slot, or that there is none. Each looks again at what the plan saw, since time has passed. */
import { MINUTE_MS } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { countLoss, loadVehicle, lockDriver } from '../../drivers/index.ts';
import type { Context } from '../../organisations/index.ts';
import { getLocationOf } from '../../stations/index.ts';
import type { Assigned, Tried, Unassigned } from '../assignment/index.ts';
import { saveChange } from '../events.ts';
import { policyInForce } from '../policies.ts';
import { mustPayFirst, reservationFeeMinor, type BookingPolicy } from '../policy.ts';
import { isWaiting, noShowDeadline, type Reservation } from '../reservation.ts';
import { countActiveOfDriver, lockReservation } from '../store.ts';
import { lookAt, takeSlot } from '../take-slot.ts';
import { findCandidates } from '../target.ts';
import { requireOfferedSlot } from '../times.ts';
import { requireWalkInShare } from '../walk-in-share.ts';
import { alternativesInArea } from './alternatives-in-area.ts';
import type { AssignmentNote, Kept } from './wish.ts';

/** How long after it was due a reservation waits for a plan whose slot is really to be had. */
export const PATIENCE_WITH_PLANS_MS = MINUTE_MS;

/** Which reservation a plan has decided about, as it was then. */
export type Planned = Pick<Reservation, 'id' | 'version'>;

/** `gone`: it does not wait any more, or not for what it was planned for. `taken`: it still waits, but that slot is not to be had; another plan has to find one. */
export type Decided = Reservation | 'gone' | 'taken';

/** RSV-F4: the slot becomes a firm booking, or a hold where something has to be paid first. */
export async function giveSlot(ctx: Context, planned: Planned, assigned: Assigned): Promise<Decided> {
  const reservation = await lockAsPlanned(ctx, planned);
  if (!reservation) return 'gone';
  const driver = reservation.driverId === null ? undefined : await lockDriver(ctx.tx, reservation.driverId);
  const taken = await slotOf(ctx, reservation, assigned);
  if (!taken) return ctx.now < reservation.assignAt! + PATIENCE_WITH_PLANS_MS ? 'taken' : endWaiting(ctx, reservation, { reason: 'no_free_slot', tried: assigned.why.tried });
  if (driver) await countLoss(ctx, driver, true);
  return saveChange(ctx, reservation, taken, taken.status === 'confirmed' ? 'reservation.confirmed' : 'reservation.assigned');
}

/** RSV-F9: locks a waiting reservation; undefined when it has been changed since it was planned: another plan then sees what it asks for now. */
async function lockAsPlanned(ctx: Context, { id, version }: Planned): Promise<Reservation | undefined> {
  const reservation = await lockReservation(ctx.tx, id);
  return reservation && isWaiting(reservation) && reservation.version === version ? reservation : undefined;
}

/** The slot that a plan has for a reservation, taken: what changes about the reservation with it. Undefined when it is not to be had any more. */
export async function slotOf(ctx: Context, reservation: Reservation, assigned: Assigned): Promise<Partial<Reservation> | undefined> {
  try {
    return await take(ctx, reservation, assigned);
  } catch (error) {
    if (error instanceof DomainError) return undefined; // a rule stands against it that the plan did not see
    throw error;
  }
}

async function take(ctx: Context, reservation: Reservation, assigned: Assigned): Promise<Partial<Reservation> | undefined> {
  const location = await getLocationOf(ctx, 'evse', assigned.evseId);
  const { id: policyId, policy } = await policyInForce(ctx, location);
  const vehicle = reservation.vehicleId === null ? undefined : await loadVehicle(ctx.tx, reservation.vehicleId);
  const [candidate] = findCandidates(location, { evseId: assigned.evseId, connectorId: assigned.connectorId }, vehicle);
  const slot = { start: assigned.start, end: assigned.end };
  requireOfferedSlot(location, policy, slot, ctx.now);
  await requireDriverLimit(ctx, reservation, policy);
  await requireWalkInShare(ctx, location, policy, slot, () => Promise.resolve(undefined));
  const isPaid = reservation.status === 'confirmed' || !mustPayFirst(policy, slot.end - slot.start);
  const holdExpiresAt = isPaid ? null : Math.min(ctx.now + policy.holdMinutes * MINUTE_MS, slot.start + policy.noShowMinutes * MINUTE_MS);
  const choices = [{ candidate: candidate!, slot }];
  const found = await takeSlot(ctx, { location, policy, reservationId: reservation.id, holdExpiresAt }, choices, await lookAt(ctx, location, policy, choices));
  if (!found) return undefined;
  return {
    status: isPaid ? 'confirmed' : 'pending', operatorId: location.operatorId, locationId: location.id, stationId: candidate!.evse.stationId, evseId: assigned.evseId,
    connectorId: candidate!.connector.id, bookingId: found.booking.id, reservedStart: slot.start, reservedEnd: slot.end, holdExpiresAt, timeZone: location.timeZone,
    noShowAt: isPaid ? noShowDeadline(policy, slot.start, slot.end, null) : null, confirmedAt: isPaid ? ctx.now : null, policyId, policy, assignAt: null, outlook: null,
    reservationFeeMinor: reservationFeeMinor(policy, slot.end - slot.start), currency: policy.fee.currency, assignment: noteOf(ctx, assigned),
    ...(!isPaid && reservation.paymentMethod !== null ? { money: 'to_pay' as const } : {}),
  };
}

/** RSV-F11: the driver, whose row is locked, may have made others since the plan; this one is among those that are counted. */
async function requireDriverLimit(ctx: Context, { driverId }: Reservation, { maxActivePerDriver }: BookingPolicy): Promise<void> {
  if (driverId === null || (await countActiveOfDriver(ctx.tx, driverId)) <= maxActivePerDriver) return;
  throw new DomainError('too_many_active_reservations', `A driver may have ${maxActivePerDriver} active reservations there.`);
}

function noteOf(ctx: Context, { why, displacementMs, distanceM }: Assigned): AssignmentNote {
  const kept = (by: { unavailable: number; taken: number } | undefined): Kept | null => (by ? { unavailable: by.unavailable, taken: by.taken } : null);
  return {
    decidedAt: ctx.now, tried: why.tried, reason: null, alternatives: null,
    got: { displacementMs, distanceM, rank: why.rank, time: kept(why.time), place: kept(why.place) },
  };
}

/** RSV-F5: nothing was to be had when it was decided. The driver goes before others next time. */
export async function failWaiting(ctx: Context, planned: Planned, { reason, tried }: Unassigned): Promise<Decided> {
  const reservation = await lockAsPlanned(ctx, planned);
  if (!reservation) return 'gone';
  const driver = reservation.driverId === null ? undefined : await lockDriver(ctx.tx, reservation.driverId);
  if (driver) await countLoss(ctx, driver, false);
  return endWaiting(ctx, reservation, { reason, tried });
}

async function endWaiting(ctx: Context, reservation: Reservation, { reason, tried }: Pick<AssignmentNote, 'reason'> & { tried: Tried }): Promise<Reservation> {
  const alternatives = await alternativesInArea(ctx, reservation);
  return saveChange(ctx, reservation, {
    status: 'failed', failedReason: 'no_available_connectors', endedDetail: reason, endedAt: ctx.now, assignAt: null, outlook: null,
    assignment: { decidedAt: ctx.now, tried, reason, got: null, alternatives },
  }, 'reservation.failed');
}

/** RSV-F6: its window is over before anybody decided, since nothing ran. */
export async function expireWaiting(ctx: Context, id: string): Promise<Decided> {
  const reservation = await lockReservation(ctx.tx, id);
  if (!reservation || !isWaiting(reservation)) return 'gone';
  return saveChange(ctx, reservation, { status: 'expired', endedDetail: 'window_passed', endedAt: ctx.now, assignAt: null, outlook: null }, 'reservation.expired');
}
