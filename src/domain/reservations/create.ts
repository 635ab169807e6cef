import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { mergeMetadata } from '../drivers/index.ts';
import { actingOrganisation, lockOrganisation, type Context } from '../organisations/index.ts';
import { findStation, type ConnectorStandard, type Location } from '../stations/index.ts';
import { alternativesFor } from './alternatives.ts';
import { emitReservation } from './events.ts';
import { createFlexible, type FlexibleInput } from './flexible/create-flexible.ts';
import { locate } from './locate.ts';
import { requireDriverRoom, requireHoldRoom, requireParties } from './parties.ts';
import { policyInForce, type PolicyInForce } from './policies.ts';
import { noShowDeadline, type Reservation } from './reservation.ts';
import { paymentDueMinor, reservationFeeMinor } from './policy.ts';
import * as store from './store.ts';
import { takeSlot, type Choice } from './take-slot.ts';
import { findCandidates, type Candidate } from './target.ts';
import { requireOfferedSlot, requireOrder, slotEnd, wantedEnergyWh, type Wish } from './times.ts';
import { requireWalkInShare } from './walk-in-share.ts';

export interface ReservationInput extends Wish {
  /** one of these says where */
  evseId?: string;
  stationId?: string;
  locationId?: string;
  connectorId?: string;
  connectorStandards?: ConnectorStandard[];
  start: EpochMs;
  driverId?: string;
  vehicleId?: string;
  metadata?: Record<string, string>;
  paymentMethod?: string;
  /** confirm at once where nothing has to be paid; else the slot is held */
  confirm: boolean;
  /** the series that it is an occurrence of */
  seriesId?: string;
}

/**
 * Makes a reservation: a flexible one where an area is given (see `createFlexible`), else an exact one: a hold that waits for
 * its confirmation, or, with `confirm` and nothing to pay, a firm booking.
 * Fails with `slot_unavailable` and alternatives when no EVSE that was asked for is free then, and with the rule that stands
 * against it otherwise.
 */
export async function createReservation(ctx: Context, input: ReservationInput | FlexibleInput): Promise<Reservation> {
  return 'area' in input ? createFlexible(ctx, input) : createExact(ctx, input);
}

async function createExact(ctx: Context, input: ReservationInput): Promise<Reservation> {
  const location = await locate(ctx, input);
  const { driver, vehicle } = await requireParties(ctx, location.operatorId, input);
  const inForce = await policyInForce(ctx, location);
  const { policy } = inForce;
  if (policy.mode === 'walk_in_only') throw new DomainError('booking_not_offered', 'This location is open to walk-ins only.');
  const choices = choicesFor(ctx, location, inForce, input, findCandidates(location, input, vehicle));
  await requireDriverRoom(ctx, driver, policy.maxActivePerDriver);
  await requireHoldRoom(ctx);
  const widest = { start: input.start, end: Math.max(...choices.map(({ slot }) => slot.end)) };
  const alternatives = () => alternativesFor(ctx, location, inForce, input, choices[0]!, vehicle);
  await requireWalkInShare(ctx, location, policy, widest, alternatives);

  const id = newId('reservation');
  const isConfirmed = input.confirm && choices.every(({ slot }) => paymentDueMinor(policy, slot.end - slot.start) === 0);
  const holdExpiresAt = isConfirmed ? null : Math.min(ctx.now + policy.holdMinutes * MINUTE_MS, input.start + policy.noShowMinutes * MINUTE_MS);
  const taken = await takeSlot(ctx, { location, policy, reservationId: id, holdExpiresAt }, choices);
  if (!taken) throw new DomainError('slot_unavailable', 'No EVSE that fits is free then.', { alternatives: await alternatives() });
  if (!isConfirmed) {
    await lockOrganisation(ctx.tx, actingOrganisation(ctx)!); // last of all, since every hold of the organisation waits for it
    await requireHoldRoom(ctx);
  }
  const reservation = newReservation(ctx, { id, input, location, inForce, choice: taken.choice, bookingId: taken.booking.id, holdExpiresAt });
  await store.insertReservation(ctx.tx, reservation);
  await emitReservation(ctx, isConfirmed ? 'reservation.confirmed' : 'reservation.created', reservation);
  return reservation;
}

/** The slot at each candidate. Where the duration comes from the power, candidates that break a rule are left out while others keep it. */
function choicesFor(ctx: Context, location: Location, { policy }: PolicyInForce, input: ReservationInput, candidates: Candidate[]): Choice[] {
  const choices: Choice[] = [];
  let refusal: unknown;
  if (input.end !== undefined) requireOrder({ start: input.start, end: input.end });
  for (const candidate of candidates) {
    try {
      const slot = { start: input.start, end: slotEnd(input.start, input, candidate.powerW, policy, location.timeZone) };
      requireOfferedSlot(location, policy, slot, ctx.now);
      choices.push({ candidate, slot });
    } catch (error) {
      refusal ??= error;
    }
  }
  if (choices.length === 0) throw refusal;
  return choices;
}

interface Taken {
  id: string;
  input: ReservationInput;
  location: Location;
  inForce: PolicyInForce;
  choice: Choice;
  bookingId: string;
  holdExpiresAt: EpochMs | null;
}

function newReservation(ctx: Context, { id, input, location, inForce, choice, bookingId, holdExpiresAt }: Taken): Reservation {
  const { candidate, slot } = choice;
  const { policy } = inForce;
  const isConfirmed = holdExpiresAt === null;
  return {
    id, networkId: ctx.network.id, organisationId: actingOrganisation(ctx)!, operatorId: location.operatorId, mode: 'exact', status: isConfirmed ? 'confirmed' : 'pending',
    locationId: location.id, stationId: findStation(location, candidate.evse.stationId)!.id, evseId: candidate.evse.id, connectorId: candidate.connector.id, bookingId,
    driverId: input.driverId ?? null, vehicleId: input.vehicleId ?? null, reservedStart: slot.start, reservedEnd: slot.end, holdExpiresAt, assignAt: null, outlook: null,
    noShowAt: isConfirmed ? noShowDeadline(policy, slot.start, slot.end, null) : null, policyId: inForce.id, policy, metadata: mergeMetadata({}, input.metadata), version: 1,
    createdAt: ctx.now, updatedAt: ctx.now, connectorStandards: input.connectorStandards ?? [candidate.connector.standard], idealStart: slot.start, idealEnd: slot.end,
    earliestStart: slot.start, latestEnd: slot.end, timeZone: location.timeZone, energyWh: wantedEnergyWh(input) ?? null, paymentMethod: input.paymentMethod ?? null,
    reservationFeeMinor: reservationFeeMinor(policy, slot.end - slot.start), currency: policy.fee.currency, confirmedAt: isConfirmed ? ctx.now : null, endedAt: null,
    failedReason: null, endedDetail: null, cancelledBy: null, expectedArrival: null, leftAt: null, sessionId: null, sessionStartedAt: null, noShowFeeMinor: 0,
    wish: null, assignment: null, movedBecause: null, seriesId: input.seriesId ?? null,
  };
}
