/** Top-ups (PAY-42 to PAY-44): what is paid gets into a driver's wallet. */
import { DAY_MS } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { getDriver, mergeMetadata } from '../drivers/index.ts';
import { actingOrganisation, may, ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import { beginPayment, type PaymentDraft } from './begin.ts';
import { isRemote } from './payment.ts';
import { completePayments, type PaymentWithRefunds } from './payments.ts';
import { findPayments } from './store-payments.ts';
import * as store from './store-top-ups.ts';
import { topUpEvent, type TopUp } from './top-up.ts';
import { requireCurrency } from './wallets.ts';

export interface TopUpWithPayment extends TopUp {
  payment: PaymentWithRefunds;
}

export interface TopUpInput extends Pick<PaymentDraft, 'method' | 'provider' | 'details' | 'paymentMethodId' | 'saves' | 'metadata'> {
  driverId: string;
  currency: string;
  amountMinor: bigint;
  /** more than is paid: a bonus, which only the provider gives */
  walletAmountMinor?: bigint;
}

/** How long a page of a payment provider can be paid on. */
const PAYABLE_MS = DAY_MS;

/** Throws `not_found`, `invalid_request`, `forbidden` for a bonus that a driver gives themselves, and what `beginPayment` does. */
export async function createTopUp(ctx: Context, input: TopUpInput): Promise<TopUpWithPayment> {
  const { driverId, currency, amountMinor, walletAmountMinor = amountMinor } = input;
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'payment.create', { organisationId, driverId });
  requireCurrency(currency, '/currency');
  const wrong = (pointer: string, message: string) => new DomainError('invalid_request', 'A wallet can not be topped up like that.', { errors: [{ pointer, message }] });
  if (amountMinor <= 0n) throw wrong('/amount', 'must be more than 0');
  if (walletAmountMinor < amountMinor) throw wrong('/wallet_amount', 'must not be less than amount');
  if (input.method === 'wallet' || input.method === 'terminal') throw wrong('/method', 'must bring money from outside');
  if (walletAmountMinor > amountMinor) requireAccess(ctx, 'payment.manage', { organisationId, driverId });
  return withPayment(ctx, await beginTopUp(ctx, { ...input, organisationId, walletAmountMinor, type: 'manual' }));
}

/** Whoever calls has made sure that it may be. */
export async function beginTopUp(ctx: Context, input: TopUpInput & Pick<TopUp, 'organisationId' | 'walletAmountMinor' | 'type'>): Promise<TopUp> {
  const { type, ...given } = input;
  const id = newId('topUp');
  const payment = await beginPayment(ctx, {
    ...given, object: 'top_up', objectId: id, timing: 'pre_fulfillment', isFinal: true, ...(isRemote(input.method) ? { expiresAt: ctx.now + PAYABLE_MS } : {}),
  });
  const { networkId, organisationId, currency, amountMinor, createdAt, updatedAt } = payment;
  const topUp: TopUp = {
    id, networkId, organisationId, driverId: input.driverId, type, currency, amountMinor, walletAmountMinor: input.walletAmountMinor, creditedMinor: 0n, status: 'pending',
    paymentId: payment.id, metadata: mergeMetadata({}, input.metadata), version: 1, createdAt, updatedAt,
  };
  await store.insertTopUp(ctx.tx, topUp);
  await ctx.emit(topUpEvent(topUp));
  return topUp;
}

/** Throws `not_found`. */
export async function getTopUp(ctx: Context, id: string): Promise<TopUpWithPayment> {
  requireAccess(ctx, 'payment.read', ownersOfCaller(ctx));
  const topUp = await store.findTopUp(ctx.tx, id);
  if (topUp?.networkId !== ctx.network.id || !may(ctx, 'payment.read', topUp)) throw notFound('top-up', id);
  return withPayment(ctx, topUp);
}

export async function listTopUps(ctx: Context, query: Omit<store.TopUpListing, 'networkId' | 'organisationId'>): Promise<TopUpWithPayment[]> {
  requireAccess(ctx, 'payment.read', ownersOfCaller(ctx));
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  if (ownDriverId !== undefined && query.driverId !== undefined && query.driverId !== ownDriverId) return [];
  const found = await store.listTopUps(ctx.tx, {
    ...query, networkId: ctx.network.id, organisationId: actingOrganisation(ctx), ...(ownDriverId === undefined ? {} : { driverId: ownDriverId }),
  });
  return withPayments(ctx, found);
}

async function withPayment(ctx: Context, topUp: TopUp): Promise<TopUpWithPayment> {
  return (await withPayments(ctx, [topUp]))[0]!;
}

async function withPayments(ctx: Context, topUps: readonly TopUp[]): Promise<TopUpWithPayment[]> {
  const payments = await completePayments(ctx, await findPayments(ctx.tx, topUps.map(({ paymentId }) => paymentId)));
  return topUps.map((topUp) => ({ ...topUp, payment: payments.find(({ id }) => id === topUp.paymentId)! }));
}
