import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { mergeMetadata } from '../drivers/index.ts';
import { actingOrganisation, lockOrganisation, type Context } from '../organisations/index.ts';
import { findStation, type ConnectorStandard, type Location } from '../stations/index.ts';
import { alternativesFor } from './alternatives.ts';
import { askedFor, type AskedFor } from './asked-for.ts';
import { choicesFor, holdEnd, requireBookings, widestOf, type Choice } from './choices.ts';
import { emitReservation } from './events.ts';
import { createFlexible, type FlexibleInput } from './flexible/create-flexible.ts';
import { locate, type Located } from './locate.ts';
import { requireDriverRoom, requireHoldRoom, requireParties, type Parties } from './parties.ts';
import type { PolicyInForce } from './policies.ts';
import { noShowDeadline, type Reservation } from './reservation.ts';
import { payReservation, requireWayToPay, wayToPay } from './pay.ts';
import { pinQuote } from './price.ts';
import { mustPayFirst, reservationFeeMinor } from './policy.ts';
import { notingRefusal } from './refusals.ts';
import * as store from './store.ts';
import { lookAt, takeSlot } from './take-slot.ts';
import { findCandidates } from './target.ts';
import { wantedEnergyWh, type Wish } from './times.ts';
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
  /** whose prices hold for it */
  quoteId?: string;
  /** confirm at once where nothing has to be paid; else the slot is held */
  confirm: boolean;
  /** the series that it is an occurrence of */
  seriesId?: string;
  /** an offer to an entry of the waitlist, and until when it can be claimed */
  offer?: { entryId: string; claimBy: EpochMs };
}

/**
 * Makes a reservation, which a wallet can pay at once, and a saved method begins to: a flexible one where an area is given (see
 * `createFlexible`), else an exact one: a hold that waits for its confirmation, or, with `confirm` and nothing to pay, a firm booking.
 * Fails with `slot_unavailable` and alternatives when no EVSE that was asked for is free then, and with the rule that stands
 * against it otherwise.
 */
export async function createReservation(ctx: Context, input: ReservationInput | FlexibleInput): Promise<Reservation> {
  const isAsked = !('offer' in input) && !('seriesId' in input); // what was said long ago may not hold any more, and is refused when it is to pay
  if (isAsked) await requireWayToPay(ctx, input.driverId ?? null, input.paymentMethod);
  const made = await ('area' in input ? createFlexible(ctx, input) : createExact(ctx, input));
  const way = input.confirm && made.status === 'pending' && made.bookingId !== null ? wayToPay(made.paymentMethod) : undefined;
  return way ? (await payReservation(ctx, made.id, way)).reservation : made;
}

async function createExact(ctx: Context, input: ReservationInput): Promise<Reservation> {
  const located = await locate(ctx, input);
  const { location } = located;
  const parties = await requireParties(ctx, location.operatorId, input);
  const asked = askedFor(input, parties.vehicle);
  const take = () => takeWhatWasAskedFor(ctx, located, parties, input, asked);
  // A series asks again and again by itself; without a driver nobody could tell that it is the same wish. For an offer nobody asked.
  const isAsked = !input.offer && (input.seriesId === undefined || parties.driver !== undefined);
  return !isAsked ? take() : notingRefusal(ctx, location, parties.driver?.id, asked, take);
}

async function takeWhatWasAskedFor(ctx: Context, { location, inForce }: Located, { driver, vehicle }: Parties, input: ReservationInput, asked: AskedFor): Promise<Reservation> {
  const { policy } = inForce;
  requireBookings(policy);
  const choices = choicesFor(location, policy, input, findCandidates(location, input, vehicle), ctx.now);
  const isConfirmed = input.confirm && choices.every(({ slot }) => !mustPayFirst(policy, slot.end - slot.start));
  const [busy] = await Promise.all([
    lookAt(ctx, location, policy, choices), requireDriverRoom(ctx, driver, policy.maxActivePerDriver), isConfirmed || input.offer ? undefined : requireHoldRoom(ctx),
  ]);
  const alternatives = async () => (input.offer ? undefined : alternativesFor(ctx, location, inForce, input, choices[0]!, vehicle));
  await requireWalkInShare(ctx, location, policy, widestOf(choices), alternatives);

  const id = newId('reservation');
  const holdExpiresAt = isConfirmed ? null : (input.offer?.claimBy ?? holdEnd(policy, input.start, ctx.now));
  const taken = await takeSlot(ctx, { location, policy, reservationId: id, holdExpiresAt }, choices, busy);
  if (!taken) throw new DomainError('slot_unavailable', 'No EVSE that fits is free then.', { alternatives: await alternatives() });
  if (!isConfirmed && !input.offer) {
    await lockOrganisation(ctx.tx, actingOrganisation(ctx)!); // last of all, since every hold of the organisation waits for it
    await requireHoldRoom(ctx);
  }
  const reservation = newReservation(ctx, { id, input, asked, location, inForce, choice: taken.choice, bookingId: taken.booking.id, holdExpiresAt });
  if (input.quoteId !== undefined) await pinQuote(ctx, input.quoteId, reservation);
  store.insertReservation(ctx.tx, reservation);
  await emitReservation(ctx, isConfirmed ? 'reservation.confirmed' : 'reservation.created', reservation);
  return reservation;
}

interface Taken {
  id: string;
  input: ReservationInput;
  asked: AskedFor;
  location: Location;
  inForce: PolicyInForce;
  choice: Choice;
  bookingId: string;
  holdExpiresAt: EpochMs | null;
}

function newReservation(ctx: Context, { id, input, asked, location, inForce, choice, bookingId, holdExpiresAt }: Taken): Reservation {
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
    wish: null, assignment: null, movedBecause: null, seriesId: input.seriesId ?? null, askedFor: asked,
    waitlistEntryId: input.offer?.entryId ?? null, quoteId: input.quoteId ?? null,
  };
}
