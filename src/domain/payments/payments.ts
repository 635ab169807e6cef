/** Payments for whoever may see them, and what their provider (the eMSP) may do with them by hand. */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { actingOrganisation, audit, may, ownersOfCaller, requireAccess, type Action, type Context } from '../organisations/index.ts';
import { requestCall, requestLookUp } from './calls.ts';
import { changePayment } from './change-payment.ts';
import { isGoodwill } from './goodwill.ts';
import { captureLocally, releaseLocally } from './local.ts';
import { heldMinor, isEnded, isRemote, type Payment, type Refund } from './payment.ts';
import { refundPayment } from './refund.ts';
import { findUnfinished } from './store-calls.ts';
import * as store from './store-payments.ts';

export interface PaymentWithRefunds extends Payment {
  refunds: Refund[];
  /** whether its provider is being asked for something */
  isBusy: boolean;
}

/** Throws `not_found`. */
export async function getPayment(ctx: Context, id: string): Promise<PaymentWithRefunds> {
  requireReading(ctx);
  return complete(ctx, requireReadable(ctx, id, await store.findPayment(ctx.tx, id)));
}

/** Of its own drivers, or collected by the caller itself: an operator does that for guests, and at its terminals. */
function requireReading(ctx: Context): void {
  if (!may(ctx, 'payment.read_collected', ownersOfCaller(ctx))) requireAccess(ctx, 'payment.read', ownersOfCaller(ctx));
}

function requireReadable(ctx: Context, id: string, payment: Payment | undefined): Payment {
  const isCollected = payment?.networkId === ctx.network.id && may(ctx, 'payment.read_collected', { ...payment, operatorId: payment.organisationId });
  return isCollected ? payment : requireOwn(ctx, 'payment.read', id, payment);
}

async function complete(ctx: Context, payment: Payment): Promise<PaymentWithRefunds> {
  return (await completePayments(ctx, [payment]))[0]!;
}

export async function completePayments(ctx: Context, payments: readonly Payment[]): Promise<PaymentWithRefunds[]> {
  const ids = payments.map(({ id }) => id);
  const [refunds, busy] = [await store.findRefunds(ctx.tx, ids), await findUnfinished(ctx.tx, ids)];
  return payments.map((payment) => ({
    ...payment, refunds: refunds.filter(({ paymentId }) => paymentId === payment.id), isBusy: busy.some(({ paymentId }) => paymentId === payment.id),
  }));
}

export async function listPayments(ctx: Context, query: Omit<store.PaymentListing, 'networkId' | 'organisationId'>): Promise<PaymentWithRefunds[]> {
  requireReading(ctx);
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  if (ownDriverId !== undefined && query.driverId !== undefined && query.driverId !== ownDriverId) return [];
  const found = await store.listPayments(ctx.tx, {
    ...query, networkId: ctx.network.id, organisationId: actingOrganisation(ctx), ...(ownDriverId === undefined ? {} : { driverId: ownDriverId }),
  });
  return completePayments(ctx, found);
}

function requireOwn(ctx: Context, action: Action, id: string, payment: Payment | undefined): Payment {
  if (payment?.networkId === ctx.network.id && may(ctx, action, payment)) return payment;
  throw notFound('payment', id);
}

/** Locks a payment that the caller may manage, and of which nothing is under way. */
async function lockIdle(ctx: Context, id: string): Promise<Payment> {
  requireAccess(ctx, 'payment.manage', ownersOfCaller(ctx));
  const payment = requireOwn(ctx, 'payment.manage', id, await store.lockPayment(ctx.tx, id));
  const [call] = await findUnfinished(ctx.tx, [id]);
  if (call) throw new DomainError('invalid_state', 'Its provider is being asked for something; try again.', { status: payment.status, retryAfterSeconds: 1 });
  return payment;
}

/** PAY-25: gives so much back, by hand; without an amount, all that is left of it. */
export async function refundByHand(ctx: Context, id: string, input: { amountMinor?: bigint; reason: string }): Promise<PaymentWithRefunds> {
  const payment = await lockIdle(ctx, id);
  const left = await leftOf(ctx, payment);
  const amountMinor = input.amountMinor ?? left;
  if (left === 0n) throw new DomainError('invalid_state', 'Nothing of it is left to give back.', { status: payment.status });
  if (amountMinor > left) throw new DomainError('amount_out_of_range', `Only ${left} minor units of it are left to give back.`, { errors: [{ pointer: '/amount',
    message: `must be ${left} at most` }] });
  const refund = await refundPayment(ctx, payment, amountMinor, input.reason, await isGoodwill(ctx, payment));
  await audit(ctx, 'payment.refund', 'payment', id, { refund: refund.id, amount: Number(amountMinor), reason: input.reason });
  return complete(ctx, (await store.findPayment(ctx.tx, id))!);
}

async function leftOf(ctx: Context, payment: Payment): Promise<bigint> {
  const coming = (await store.findRefunds(ctx.tx, [payment.id])).filter(({ status }) => status === 'pending');
  return payment.capturedMinor - payment.refundedMinor - coming.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

/** PAY-25: captures so much of what is held, by hand; the rest is released. */
export async function captureByHand(ctx: Context, id: string, input: { amountMinor?: bigint }): Promise<PaymentWithRefunds> {
  const payment = await lockIdle(ctx, id);
  const held = heldMinor(payment);
  if (held === 0n) throw new DomainError('invalid_state', 'Nothing of it is held.', { status: payment.status });
  const amountMinor = input.amountMinor ?? held;
  if (amountMinor > held) throw new DomainError('amount_out_of_range', `Only ${held} minor units are held.`, { errors: [{ pointer: '/amount',
    message: `must be ${held} at most` }] });
  if (isRemote(payment.method)) await requestCall(ctx, payment, 'capture', { amountMinor });
  else await captureLocally(ctx, payment, amountMinor);
  await audit(ctx, 'payment.capture', 'payment', id, { amount: Number(amountMinor) });
  return complete(ctx, (await store.findPayment(ctx.tx, id))!);
}

/** PAY-25: releases what is held, or withdraws what nobody has paid yet. A driver withdraws what they have not paid. */
export async function cancelPayment(ctx: Context, id: string): Promise<PaymentWithRefunds> {
  requireAccess(ctx, 'payment.create', ownersOfCaller(ctx));
  const payment = requireOwn(ctx, 'payment.create', id, await store.lockPayment(ctx.tx, id));
  if (payment.status !== 'pending') requireAccess(ctx, 'payment.manage', payment);
  if (isEnded(payment.status)) throw new DomainError('invalid_state', 'That payment has ended.', { status: payment.status });
  if (!isRemote(payment.method)) await releaseLocally(ctx, payment);
  else if (!(await requestCall(ctx, payment, 'cancel'))) throw new DomainError('invalid_state', 'Its provider is being asked for something; try again.',
    { status: payment.status, retryAfterSeconds: 1 });
  return complete(ctx, (await store.findPayment(ctx.tx, id))!);
}

/** PAY-26: asks its provider for the truth. What anybody declares is never believed. */
export async function lookUpPayment(ctx: Context, id: string): Promise<PaymentWithRefunds> {
  requireAccess(ctx, 'payment.read', ownersOfCaller(ctx));
  const payment = requireOwn(ctx, 'payment.read', id, await store.lockPayment(ctx.tx, id));
  if (isRemote(payment.method)) await requestLookUp(ctx, payment);
  return complete(ctx, (await store.findPayment(ctx.tx, id))!);
}

/** PAY-27: a bank transfer has come in. What is more than it was for is kept for what it pays, and given back with the rest. */
export async function markPaid(ctx: Context, id: string, input: { amountMinor?: bigint; note?: string }): Promise<PaymentWithRefunds> {
  const payment = await lockIdle(ctx, id);
  if (payment.method !== 'bank_transfer') throw new DomainError('invalid_state', 'Its provider knows whether it was paid: look it up.', { status: payment.status });
  if (payment.status === 'succeeded') throw new DomainError('invalid_state', 'It is paid already.', { status: payment.status });
  const amountMinor = input.amountMinor ?? payment.amountMinor;
  await captureLocally(ctx, payment, amountMinor);
  await audit(ctx, 'payment.mark_paid', 'payment', id, { amount: Number(amountMinor), ...(input.note === undefined ? {} : { note: input.note }) });
  return complete(ctx, (await store.findPayment(ctx.tx, id))!);
}

/** Locks all payments for an object, after the object itself. */
export function lockPaymentsOf(ctx: Context, objectId: string): Promise<Payment[]> {
  return store.lockPaymentsOf(ctx.tx, ctx.network.id, objectId);
}

/** A payment that has changed since what it is for has looked at it; the oldest. Nothing is locked. */
export function findUntoldPayment(ctx: Context): Promise<Payment | undefined> {
  return store.findUntold(ctx.tx, ctx.network.id);
}

/** What the payments are for has looked at them; they must be locked since before it did. */
export function markTold(ctx: Context, payments: readonly Payment[]): Promise<void> {
  return store.markTold(ctx.tx, payments.map(({ id }) => id));
}

/** Lets payments, which are locked, be for another object of the same kind. */
export async function movePayments(ctx: Context, payments: readonly Payment[], objectId: string): Promise<void> {
  for (const payment of payments) await changePayment(ctx, payment, { objectId, told: true }, 'payment.updated');
}

/** Payments for an object, oldest first; whoever calls has made sure that the caller may see them. */
export function paymentsOf(ctx: Context, objectId: string): Promise<Payment[]> {
  return store.findPaymentsOf(ctx.tx, ctx.network.id, objectId);
}

