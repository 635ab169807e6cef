/** Buying charging in networks of others: each step asks the provider, and what it answers moves the reservation on. */
import { randomUUID } from 'node:crypto';
import { MINUTE_MS, processNow } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { getDriver, loadVehicle, mergeMetadata } from '../drivers/index.ts';
import { getContact } from '../notices/index.ts';
import { actingOrganisation, audit, may, requireAccess, type Context } from '../organisations/index.ts';
import { emitReservation } from './events.ts';
import { getExternalNetwork, portOf } from './networks.ts';
import type { Customer, NetworkPorts, Question } from './port.ts';
import { POSSIBLE, type ExternalReservation, type ExternalWish, type Operation, type Waiting } from './reservation.ts';
import { placeOfConnector } from './searches.ts';
import * as store from './store.ts';

export interface QuoteInput extends ExternalWish {
  connectorId: string;
  driverId?: string;
  vehicleId?: string;
  metadata?: Record<string, string>;
}

/** EXT-4: asks what charging there would cost. Nothing is held. Throws `not_found`, `invalid_time_range`, `time_in_past`. */
export async function requestExternalQuote(ctx: Context, ports: NetworkPorts, input: QuoteInput): Promise<ExternalReservation> {
  const organisationId = actingOrganisation(ctx);
  const driverId = input.driverId ?? (ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined);
  requireAccess(ctx, 'external_reservation.create', { organisationId, driverId });
  if (driverId !== undefined) await getDriver(ctx, driverId);
  const { start, end, energyWh, amountMinor, currency } = input;
  if (start !== null && start < ctx.now - MINUTE_MS) throw new DomainError('time_in_past', 'The slot would begin in the past.');
  if (end !== null && (start === null || end <= start)) throw new DomainError('invalid_time_range', 'The end must come after the start.');
  const vehicle = input.vehicleId === undefined ? undefined : await loadVehicle(ctx.tx, input.vehicleId);
  if (input.vehicleId !== undefined && (vehicle === undefined || vehicle.driverId !== driverId)) throw notFound('vehicle', input.vehicleId);
  const { connectors, ...place } = await placeOfConnector(ctx, input.connectorId);
  const reservation: ExternalReservation = {
    id: newId('externalReservation'), networkId: ctx.network.id, externalNetworkId: place.externalNetworkId, organisationId: organisationId!, driverId: driverId ?? null,
    providerId: place.providerId, conversationId: randomUUID(), status: 'asked', wish: { start, end, energyWh, amountMinor, currency },
    vehicle: vehicle ? { make: vehicle.make, model: vehicle.model, licensePlate: vehicle.licensePlate } : null, place,
    connector: connectors.find(({ id }) => id === input.connectorId)!, facts: {}, ratings: [], metadata: mergeMetadata({}, input.metadata), waiting: null, problem: null,
    version: 0, createdAt: ctx.now, updatedAt: ctx.now, confirmedAt: null, endedAt: null,
  };
  await store.insertReservation(ctx.tx, reservation);
  return ask(ctx, ports, reservation, { operation: 'quote' });
}

/** What a caller can ask for; who charges is known. */
export type Wanted =
  | { operation: 'hold'; taxId?: string; organisation?: string }
  | { operation: 'confirm'; otp?: string }
  | Exclude<Question, { operation: 'quote' | 'hold' | 'confirm' }>;

/**
 * EXT-6: asks the provider for one thing at a time. Throws `not_found`; `invalid_state` where that can't be asked now, or another answer is waited for;
 * `not_supported` where its network has no words for it.
 */
export async function askExternal(ctx: Context, ports: NetworkPorts, id: string, wanted: Wanted): Promise<ExternalReservation> {
  const seen = await getExternalReservation(ctx, id);
  requireAccess(ctx, 'external_reservation.change', seen);
  const reservation = (await store.lockReservation(ctx.tx, id))!;
  const { status, waiting, facts } = reservation;
  const { operation } = wanted;
  if (waiting) throw new DomainError('invalid_state', `The provider is being asked already (${waiting.operation}).`, { status, waiting_for: waiting.operation });
  if (!POSSIBLE[operation].includes(status)) throw new DomainError('invalid_state', `That can not be asked for: the reservation is ${status}.`, { status });
  if (operation === 'hold' && facts.quoteExpiresAt !== undefined && facts.quoteExpiresAt <= ctx.now) throw new DomainError('invalid_state',
    'The quote has expired: ask for another one.');
  if (operation === 'hold') return ask(ctx, ports, reservation, { operation, customer: { ...await customerOf(ctx, reservation), ...pick(wanted) } });
  if (operation === 'confirm') return ask(ctx, ports, reservation, { ...wanted, customer: await customerOf(ctx, reservation) });
  return ask(ctx, ports, reservation, wanted);
}

const pick = ({ taxId, organisation }: { taxId?: string; organisation?: string }) => ({
  ...(taxId === undefined ? {} : { taxId }), ...(organisation === undefined ? {} : { organisation }),
});

/** How long an answer is waited for: a station is given time to begin. */
const PATIENCE_MS = 2 * MINUTE_MS;

async function ask(ctx: Context, ports: NetworkPorts, reservation: ExternalReservation, question: Question): Promise<ExternalReservation> {
  const network = await getExternalNetwork(ctx, reservation.externalNetworkId);
  const ref = await portOf(ports, network).ask(ctx, network, reservation, question);
  const asked: ExternalReservation = {
    ...reservation, waiting: { operation: question.operation, ref, since: ctx.now, ...ratingOf(question) }, problem: null, version: reservation.version + 1, updatedAt: ctx.now,
  };
  await store.updateReservation(ctx.tx, asked);
  await ctx.jobs.enqueue(ctx.tx, UNANSWERED, { id: asked.id, networkId: asked.networkId, ref } satisfies UnansweredPayload, { key: ref, runAt: processNow() + PATIENCE_MS });
  await emitReservation(ctx, question.operation === 'quote' ? 'created' : 'updated', asked);
  await audit(ctx, `external_reservation.${question.operation}`, 'external_reservation', asked.id);
  return asked;
}

const ratingOf = (question: Question): Pick<Waiting, 'rating'> => (question.operation === 'rate' ? { rating: {
  category: question.category, value: question.value, feedback: question.feedback,
} } : {});

export const UNANSWERED = 'external.unanswered';
export interface UnansweredPayload {
  id: string;
  networkId: string;
  ref: string;
}
export const EXTERNAL_JOB_KINDS: readonly string[] = [UNANSWERED];

/** Of those, what may have happened although nobody has said so: its state is asked for. */
export const UNCERTAIN: readonly Operation[] = ['hold', 'confirm', 'start', 'stop', 'cancel'];

/** Asks for the state of what was not answered, as the system. */
export async function askForState(ctx: Context, ports: NetworkPorts, reservation: ExternalReservation): Promise<void> {
  if (reservation.facts.orderRef !== undefined && POSSIBLE.status.includes(reservation.status)) await ask(ctx, ports, reservation, { operation: 'status' });
}

async function customerOf(ctx: Context, { driverId }: ExternalReservation): Promise<Customer> {
  if (driverId === null) return { name: null, phone: null, email: null };
  const { name } = await getDriver(ctx, driverId);
  const { phone, email } = await getContact(ctx, driverId);
  return { name, phone, email };
}

/** Throws `not_found`, also for another's. */
export async function getExternalReservation(ctx: Context, id: string): Promise<ExternalReservation> {
  const reservation = await store.findReservation(ctx.tx, id);
  if (reservation && may(ctx, 'external_reservation.read', reservation)) return reservation;
  if (ctx.actor.kind === 'public') throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  throw notFound('external reservation', id);
}

/** The caller's own, newest first; a driver's key lists that driver's. */
export async function listExternalReservations(ctx: Context, page: store.Page & { driverId?: string; status?: string }): Promise<ExternalReservation[]> {
  const organisationId = actingOrganisation(ctx);
  const own = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  requireAccess(ctx, 'external_reservation.read', { organisationId, driverId: own });
  if (own !== undefined && page.driverId !== undefined && page.driverId !== own) return [];
  return store.listReservations(ctx.tx, { ...page, organisationId: organisationId ?? '', ...(own === undefined ? {} : { driverId: own }) });
}
