/** Sessions that a driver asks for: by an app, a scanned code, a link, a terminal (SES-9). The station begins them. */
import { MINUTE_MS } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { lockEvses } from '../calendar/index.ts';
import { isStationOnline } from '../chargers/index.ts';
import { appTokenOf, getDriver, lockDriver, newTokenUid, type Driver } from '../drivers/index.ts';
import { actingOrganisation, ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import { beginPayment, requireStartBalance, type Method, type Payment } from '../payments/index.ts';
import { checkStartOtp, keepForStart, lockForChange, policyInForce, requireCovered, requirePossible, type Reservation } from '../reservations/index.ts';
import { findEvse, getLocationOf, type Connector, type Evse, type Location } from '../stations/index.ts';
import { holdWallet } from './authorise.ts';
import { rulesOfWalkIn } from './bill.ts';
import { emitSession, saveSession } from './events.ts';
import { addSession, endOfSlot, newSession, placeOf, requireItsTime, requireRoomToWalkIn } from './life.ts';
import { cancelCreated, makeWay } from './make-way.ts';
import { orderStart } from './orders.ts';
import type { Session, SessionType, Targets } from './session.ts';
import * as store from './store.ts';

/** Who pays on a page is given longer. */
const PAY_MS = 15 * MINUTE_MS;

export interface StartInput {
  type: Exclude<SessionType, 'sandbox' | 'rfid'>;
  connectorId?: string;
  reservationId?: string;
  driverId?: string;
  targets?: Targets;
  /** what is held before it starts; of a wallet session all that is there */
  payment?: { method: Method; amountMinor: bigint; provider?: string; paymentMethodId?: string; returnUrl?: string; terminal?: TerminalPayment };
}

/** What a payment terminal says that it has authorised. */
export interface TerminalPayment {
  /** what it calls the payment: by that it is captured there */
  reference: string;
  currency: string;
}

/** Of somebody who walks in: besides, what is kept of a guest's secret, and how long they have to pay. */
export interface WalkInStart extends StartInput {
  guestHash?: string;
  payWithinMs?: number;
}

/**
 * Asks a station to charge. The session is `created` until it does, and is cancelled when it has not by a deadline.
 *
 * Throws `station_offline`, `evse_occupied`, what stands against a walk-in or the reservation's start, and for a wallet `wallet_missing`,
 * `minimum_balance_missing` and `currency_mismatch`.
 */
export async function startSession(ctx: Context, input: StartInput): Promise<Session> {
  if (input.payment?.terminal) requireAccess(ctx, 'payment.declare', ownersOfCaller(ctx));
  return input.reservationId === undefined ? startAt(ctx, input) : startOn(ctx, input.reservationId, input);
}

/**
 * SES-30: starts a driver's reservation by the password that they were sent: at the station's own screen, or with its staff. A wrong one is told and not
 * thrown, since it counts: the caller commits, and refuses afterwards.
 */
export async function startByOtp(
  ctx: Context, otp: string, { reservationId, ...input }: StartInput & { reservationId: string },
): Promise<{ session: Session } | { refused: 'otp_wrong' | 'otp_expired'; triesLeft?: number }> {
  requireAccess(ctx, 'session.start', await lockForChange(ctx, reservationId));
  const checked = await checkStartOtp(ctx, reservationId, otp);
  return 'refused' in checked ? checked : { session: await startOn(ctx, reservationId, input) };
}

async function startOn(ctx: Context, reservationId: string, input: StartInput): Promise<Session> {
  const reservation = await lockForChange(ctx, reservationId);
  requireAccess(ctx, 'session.start', reservation);
  requirePossible(reservation, 'session_start');
  if (reservation.sessionId !== null) throw new DomainError('invalid_state', 'A session has been started on it already.', { session: reservation.sessionId });
  const driver = reservation.driverId === null ? undefined : await lockDriver(ctx.tx, reservation.driverId);
  await lockEvses(ctx.tx, [reservation.evseId!]);
  await makeWay(ctx, reservation.evseId!);
  await requireItsTime(ctx, reservation);
  await requireCovered(ctx, reservation);
  const location = await placeOf(ctx, reservation);
  const { evse, connector } = connectorOf(location, input.connectorId ?? reservation.connectorId!);
  if (evse.id !== reservation.evseId) {
    throw new DomainError('invalid_request', 'The reservation is for another EVSE.', { errors: [{ pointer: '/connector', message: `must stand at ${reservation.evseId}` }] });
  }
  await keepForStart(ctx, reservation, ctx.now + ctx.settings.startWithinMs);
  return ask(ctx, input, { location, evse, connector, driver, organisationId: reservation.organisationId, reservation, endsBy: endOfSlot(reservation) });
}

async function startAt(ctx: Context, input: StartInput): Promise<Session> {
  if (input.connectorId === undefined) throw missing('/connector', 'is required, or reservation');
  const location = await getLocationOf(ctx, 'connector', input.connectorId);
  const organisationId = actingOrganisation(ctx)!;
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  const driverId = input.driverId ?? ownDriverId;
  requireAccess(ctx, 'session.start', { operatorId: location.operatorId, organisationId, driverId });
  if (driverId !== undefined) await getDriver(ctx, driverId);
  return startWalkIn(ctx, { ...input, driverId }, location, organisationId);
}

/** Somebody begins without a reservation. Whoever calls has made sure that they may, at that place and for that driver. */
export async function startWalkIn(ctx: Context, input: WalkInStart, location: Location, organisationId: string): Promise<Session> {
  const driver = input.driverId === undefined ? undefined : await lockDriver(ctx.tx, input.driverId);
  if (input.type === 'wallet' && !driver) throw missing('/user', 'is required for a wallet');
  const { evse, connector } = connectorOf(location, input.connectorId!);
  if (input.type === 'wallet') await requireWallet(ctx, location, evse, connector, driver!);
  await lockEvses(ctx.tx, [evse.id]);
  if (input.guestHash === undefined) await makeWay(ctx, evse.id);
  const endsBy = await requireRoomToWalkIn(ctx, location, evse.id);
  await requirePaidAsAsked(ctx, location, input);
  return ask(ctx, input, { location, evse, connector, driver, organisationId, reservation: undefined, endsBy });
}

const missing = (pointer: string, message: string) => new DomainError('invalid_request', 'Something is missing to start a session.', { errors: [{ pointer, message }] });

function connectorOf(location: Location, connectorId: string): { evse: Evse; connector: Connector } {
  for (const station of location.stations) {
    for (const evse of station.evses) {
      const connector = evse.connectors.find(({ id }) => id === connectorId);
      if (connector && findEvse(location, evse.id)) return { evse, connector };
    }
  }
  throw notFound('connector', connectorId);
}

async function requireWallet(ctx: Context, location: Location, evse: Evse, connector: Connector, driver: Driver): Promise<void> {
  const inForce = await rulesOfWalkIn(ctx, { operatorId: location.operatorId, startedAt: ctx.now, evseId: evse.id, connectorId: connector.id }, location);
  if (!inForce) throw new DomainError('price_unknown', 'Nobody has set a price there, so there is nothing that a wallet could pay.');
  await requireStartBalance(ctx, driver.id, inForce.rules.tariff.currency);
}

/** Where charging has to be paid, or held, first. */
async function requirePaidAsAsked(ctx: Context, location: Location, { type, payment }: StartInput): Promise<void> {
  const { policy } = await policyInForce(ctx, location);
  const wantsFirst = policy.paymentTiming === 'pre_fulfillment' || policy.paymentTiming === 'pre_order';
  if (wantsFirst && payment === undefined && type !== 'wallet') throw new DomainError('payment_required', 'That place wants to be paid, or the money to be held, first.');
}

interface Asked {
  location: Location;
  evse: Evse;
  connector: Connector;
  driver: Driver | undefined;
  organisationId: string;
  reservation: Reservation | undefined;
  endsBy: number | null;
}

async function ask(ctx: Context, input: WalkInStart, { location, evse, connector, driver, organisationId, reservation, endsBy }: Asked): Promise<Session> {
  if (!(await isStationOnline(ctx, evse.stationId))) throw new DomainError('station_offline', 'That station is not connected now.');
  const session = newSession(ctx, location, {
    type: input.type, status: 'created', organisationId, stationId: evse.stationId, evseId: evse.id, connectorId: connector.id, driverId: driver?.id ?? null,
    reservationId: reservation?.id ?? null, endsBy, startBy: ctx.now + ctx.settings.startWithinMs,
    tokenUid: driver ? (await appTokenOf(ctx, driver)).uid : reservation?.startToken ?? newTokenUid('PTS'),
    targets: input.targets ?? null, guestHash: input.guestHash ?? null,
  });
  await addSession(ctx, session);
  await emitSession(ctx, 'session.created', session);
  const currency = (await rulesOfWalkIn(ctx, { ...session, startedAt: ctx.now }, location))?.rules.tariff.currency;
  if (input.type === 'wallet' && reservation === undefined) return begin(ctx, await holdWallet(ctx, session, currency!));
  if (!input.payment) return begin(ctx, session);
  if (currency === undefined) throw new DomainError('price_unknown', 'Nobody has set a price there, so there is nothing to pay.');
  if (input.payment.terminal) requireDeclared(ctx, session, input.payment.terminal, currency);
  return pay(ctx, session, input.payment, { currency, payBy: ctx.now + (input.payWithinMs ?? PAY_MS) });
}

/** SES-37: what a terminal has authorised is said by whoever collects it: the operator there, or a provider. */
function requireDeclared(ctx: Context, { operatorId }: Session, terminal: TerminalPayment, currency: string): void {
  requireAccess(ctx, 'payment.declare', { operatorId });
  if (terminal.currency === currency) return;
  throw new DomainError('invalid_request', `The price there is in ${currency}.`, { errors: [{ pointer: '/payment/currency', message: `must be ${currency.toLowerCase()}` }] });
}

async function pay(ctx: Context, session: Session, { amountMinor, method, provider, paymentMethodId, returnUrl, terminal }: NonNullable<StartInput['payment']>,
  { currency, payBy }: { currency: string; payBy: number }): Promise<Session> {
  const payment: Payment = await beginPayment(ctx, {
    organisationId: session.organisationId, driverId: session.driverId, object: 'session', objectId: session.id, method, timing: 'pre_fulfillment', currency, amountMinor,
    isFinal: false, provider, paymentMethodId, expiresAt: payBy, ...(returnUrl === undefined ? {} : { details: { returnUrl } }),
    ...(terminal ? { providerRef: terminal.reference } : {}),
  });
  const waiting = await saveSession(ctx, session, { paymentId: payment.id, startBy: payBy }, 'session.updated');
  return payment.status === 'pending' ? waiting : begin(ctx, waiting);
}

/** All that has to be paid is: the station is told. */
async function begin(ctx: Context, session: Session): Promise<Session> {
  const asked: Session = { ...session, remoteStartId: await store.nextRemoteStartId(ctx.tx), startBy: ctx.now + ctx.settings.startWithinMs };
  await store.setRemoteStart(ctx.tx, asked);
  await orderStart(ctx, asked);
  return asked;
}

/** A session whose payment has been authorised meanwhile begins; how many. */
export async function startPaidSession(ctx: Context): Promise<number> {
  const id = await store.findPaidUnasked(ctx.tx, ctx.network.id);
  const session = id === undefined ? undefined : await store.lockSession(ctx.tx, id);
  if (session?.status === 'created' && session.remoteStartId === null) await begin(ctx, session);
  return id === undefined ? 0 : 1;
}

/** SES-35: cancels one session whose payment was refused or withdrawn, so that nobody waits for it; how many. */
export async function cancelUnpaid(ctx: Context): Promise<number> {
  const id = await store.findUnpayable(ctx.tx, ctx.network.id);
  const session = id === undefined ? undefined : await store.lockSession(ctx.tx, id);
  if (session?.status === 'created' && session.remoteStartId === null) await cancelCreated(ctx, session, 'payment_failed');
  return id === undefined ? 0 : 1;
}

/** Cancels one session that has not started in time; how many. */
export async function cancelUnstarted(ctx: Context): Promise<number> {
  const id = await store.findUnstarted(ctx.tx, ctx.network.id, ctx.now);
  const session = id === undefined ? undefined : await store.lockSession(ctx.tx, id);
  if (session?.status === 'created' && session.startBy! <= ctx.now) await cancelCreated(ctx, session, 'not_started');
  return id === undefined ? 0 : 1;
}
