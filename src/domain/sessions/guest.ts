/**
 * Sessions of guests: of whoever scans the code at a connector, and is nobody's driver (SES-33, SES-36). The operator serves them itself. By the secret that
 * they are given they follow their session, stop it, and have its receipt; only its hash is kept.
 */
import { randomBytes } from 'node:crypto';
import { MINUTE_MS, SECOND_MS } from '../../platform/clock/index.ts';
import type { Queryable, Transaction } from '../../platform/database/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { protocolOf } from '../chargers/index.ts';
import { createDriver } from '../drivers/index.ts';
import { listInvoices, type Invoice } from '../invoices/index.ts';
import { setContact } from '../notices/index.ts';
import { inContext, openContext, requireAccess, type Context, type Runtime } from '../organisations/index.ts';
import { paymentsOf, type Payment } from '../payments/index.ts';
import { stopSession } from './control.ts';
import { takeScan, type Scan } from './dynamic-codes.ts';
import { orderPaymentNotice } from './orders.ts';
import { isRunning, type Session } from './session.ts';
import { startWalkIn } from './start.ts';
import * as store from './store.ts';
import { hashOf, readTracked, type TrackedSession } from './tracking.ts';
import { estimateWalkIn, walkInOffer, type WalkInEstimate, type WalkInWish } from './walk-in-offer.ts';

/** A guest has the page before them: whoever comes next is not kept waiting for longer. */
const PAY_MS = 5 * MINUTE_MS;

export interface GuestInput {
  connectorId: string;
  wish: WalkInWish;
  /** told what becomes of it, and what it came to */
  email?: string;
  phone?: string;
  /** BCP 47 */
  languages?: string[];
  /** what they have scanned on the station's screen */
  scan?: Scan;
  /** where the payment page leads to; it gets the guest's secret */
  returnUrl(token: string): string;
}

export interface GuestStart {
  session: Session;
  /** undefined where nothing is to be paid */
  payment: Payment | undefined;
  estimate: WalkInEstimate;
  /** shown this once */
  token: string;
}

/** Asks for a payment, after which its station is told to charge; at once where nothing is to be paid. Throws what stands against it, as `startSession` does. */
export async function startAsGuest(ctx: Context, { connectorId, wish, email, phone, languages, scan = {}, returnUrl }: GuestInput): Promise<GuestStart> {
  requireAccess(ctx, 'session.start_as_guest');
  const offer = await walkInOffer(ctx, connectorId);
  if (offer.obstacle === 'out_of_order') throw new DomainError('evse_not_bookable', 'Nothing can be charged there now.', { evse_status: offer.evse.status });
  const estimate = estimateWalkIn(ctx, offer, wish);
  const system = ctx.as({ actor: { kind: 'system' } });
  const { operatorId } = offer.location;
  await takeScan(system, offer.evse.id, scan);
  const token = randomBytes(32).toString('base64url');
  const driverId = email === undefined && phone === undefined ? undefined : await knownAs(system, operatorId, { email, phone, languages });
  const session = await startWalkIn(system, {
    type: 'qr', connectorId, driverId, targets: estimate.targets ?? undefined, guestHash: hashOf(token), payWithinMs: PAY_MS,
    ...(estimate.holdMinor === 0n ? {} : { payment: { method: 'payment_link', amountMinor: estimate.holdMinor, returnUrl: returnUrl(token) } }),
  }, offer.location, operatorId);
  if (session.paymentId !== null) await tellStation(system, session);
  return { session, payment: await paymentOf(system, session), estimate, token };
}

/** SES-40: a station of 2.1 is told that somebody pays for it, so that its screen says so. Nothing depends on its answer. */
async function tellStation(ctx: Context, session: Session): Promise<void> {
  if ((await protocolOf(ctx, session.stationId!)) === 'ocpp2.1') await orderPaymentNotice(ctx, session, PAY_MS / SECOND_MS);
}

/** Who wants to be told something is the operator's driver from then on: with an address, and no name. */
async function knownAs(ctx: Context, operatorId: string, { email, phone, languages = [] }: Pick<GuestInput, 'email' | 'phone' | 'languages'>): Promise<string> {
  const { id } = await createDriver(ctx, {}, operatorId);
  await setContact(ctx, id, { email: email ?? null, phone: phone ?? null, languages });
  return id;
}

async function paymentOf(ctx: Context, { id, paymentId }: Session): Promise<Payment | undefined> {
  return (await paymentsOf(ctx, id)).find((payment) => payment.id === paymentId);
}

/** What a guest sees of their session. */
export interface GuestSession extends TrackedSession {
  payment: Payment | undefined;
  /** what it came to, once it is written */
  invoice: Invoice | undefined;
}

const SYSTEM = { kind: 'system' } as const;

/** Throws `not_found` for a secret that is not, or no longer, valid. */
export async function readGuestSession(runtime: Runtime, token: string): Promise<GuestSession> {
  const { networkId, id } = await findGuest(runtime.database, token);
  const tracked = await readTracked(runtime, token);
  return inContext(runtime, { networkId, actor: SYSTEM }, async (ctx) => ({ ...tracked, ...await paidFor(ctx, id, tracked.live.session) }));
}

async function paidFor(ctx: Context, id: string, session: Session): Promise<Pick<GuestSession, 'payment' | 'invoice'>> {
  return { payment: await paymentOf(ctx, session), invoice: (await listInvoices(ctx, { objectId: id }, { limit: 1 }))[0] };
}

/**
 * SES-36: ends it, or takes it back while it has not begun, in the caller's transaction. Once it is over nothing happens. Throws `stop_not_offered` where
 * parking costs.
 */
export async function stopAsGuest(runtime: Runtime, tx: Transaction, token: string): Promise<{ session: Session } & Pick<GuestSession, 'payment' | 'invoice'>> {
  const { networkId, id } = await findGuest(tx, token);
  const ctx = await openContext(runtime, { networkId, actor: SYSTEM }, tx);
  const found = (await store.findSession(tx, id))!;
  const session = found.status === 'created' || isRunning(found) ? await stopSession(ctx, id) : found;
  return { session, ...await paidFor(ctx, id, session) };
}

async function findGuest(db: Queryable, token: string): Promise<Session> {
  const session = await store.findByGuest(db, hashOf(token));
  if (!session) throw notFound('session', '…');
  return session;
}
