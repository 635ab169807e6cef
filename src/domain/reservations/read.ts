import { DomainError, notFound } from '../../platform/errors/index.ts';
import { actingOrganisation, may, requireAccess, rolesOf, type Context } from '../organisations/index.ts';
import { LIFE_CYCLE, type LifeCycleEvent, type Reservation, type Status } from './reservation.ts';
import * as store from './store.ts';

export async function getReservation(ctx: Context, id: string): Promise<Reservation> {
  return requireVisible(ctx, id, await store.findReservation(ctx.tx, id));
}

/** The reservation, locked until the end of the transaction, when the caller may change it. */
export async function lockForChange(ctx: Context, id: string): Promise<Reservation> {
  const reservation = requireVisible(ctx, id, await store.lockReservation(ctx.tx, id));
  requireAccess(ctx, 'reservation.change', reservation);
  return reservation;
}

function requireVisible(ctx: Context, id: string, reservation: Reservation | undefined): Reservation {
  if (reservation?.networkId === ctx.network.id && may(ctx, 'reservation.read', reservation)) return reservation;
  if (ctx.actor.kind === 'public') throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  throw notFound('reservation', id);
}

/** Whether the caller stands on the driver's side of a reservation: the system, its maker, its driver. */
export function isOnDriverSide(ctx: Pick<Context, 'actor'>, { organisationId, driverId }: Pick<Reservation, 'organisationId' | 'driverId'>): boolean {
  if (ctx.actor.kind !== 'key') return ctx.actor.kind === 'system';
  return ctx.actor.driverId === undefined ? ctx.actor.organisationId === organisationId : ctx.actor.driverId === driverId;
}

/** ORG-5: what is between a driver and its provider (vehicle, payment, metadata) the operator neither sees nor changes. */
export function requireDriverSide(ctx: Context, reservation: Reservation): void {
  if (!isOnDriverSide(ctx, reservation)) throw new DomainError('forbidden', 'That is between the driver and its provider.');
}

/** Throws `invalid_state` when the event is refused in the reservation's state (the table in SPEC.md). */
export function requirePossible(reservation: Reservation, event: LifeCycleEvent): void {
  if (LIFE_CYCLE[reservation.status][event] !== 'refused') return;
  throw new DomainError('invalid_state', `A reservation that is ${reservation.status} can not do that ("${event}").`, { status: reservation.status });
}

export interface ReservationQuery {
  driverId?: string;
  vehicleId?: string;
  stationId?: string;
  evseId?: string;
  locationId?: string;
  status?: Status;
  after?: string;
  before?: string;
  limit: number;
}

/** What the caller may see of the network's reservations, newest first. */
export async function listReservations(ctx: Context, query: ReservationQuery): Promise<Reservation[]> {
  const own = actingOrganisation(ctx);
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  requireAccess(ctx, 'reservation.read', { operatorId: own, organisationId: own, driverId: ownDriverId });
  if (ownDriverId !== undefined && query.driverId !== undefined && query.driverId !== ownDriverId) return [];
  const roles = rolesOf(ctx.actor);
  const scope = ownDriverId !== undefined ? { driverId: ownDriverId }
    : roles.includes('operator') && roles.includes('provider') ? { partyId: own }
    : roles.includes('operator') ? { operatorId: own } : { organisationId: own };
  return store.listReservations(ctx.tx, { ...query, ...scope, networkId: ctx.network.id });
}

/** The reservation that a driver who is at an EVSE can mean: their next one there that is not used yet. */
export function findToStart(ctx: Context, { evseId, driverId }: { evseId: string; driverId: string }): Promise<Reservation | undefined> {
  return store.findUnused(ctx.tx, evseId, driverId, ctx.now);
}
