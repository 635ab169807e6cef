/** Paying for a reservation: what is due, and what a payment leads to (RSV-M1 to RSV-M3). */
import { MINUTE_MS } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { idPattern } from '../../platform/ids/index.ts';
import { confirmBooking, extendHold } from '../calendar/index.ts';
import type { Context } from '../organisations/index.ts';
import {
  beginPayment, debtOf, heldMinor, isEnded, lockPaymentsOf, paymentsOf, raiseHold, requirePaymentMethod, type Method, type Payment, type PaymentDetails,
} from '../payments/index.ts';
import { saveChange } from './events.ts';
import { paymentDueMinor } from './policy.ts';
import { estimateOf } from './price.ts';
import { lockForChange, requireDriverSide } from './read.ts';
import { isFinal, isWaiting, noShowDeadline, type Reservation } from './reservation.ts';

export interface PaymentDue {
  currency: string;
  /** before the next step: the confirmation, or the start of the session */
  dueMinor: bigint;
  /** what is authorised or paid already */
  coveredMinor: bigint;
  /** of the session, with what is set aside besides; null where nobody has set a price */
  estimateMinor: bigint | null;
  /** of the session, without that */
  totalMinor: bigint | null;
  /** what the driver owes from before */
  carriedMinor: bigint;
  timing: Payment['timing'];
}

/** What is to be paid for it in its state. */
export async function paymentDue(ctx: Context, r: Reservation): Promise<PaymentDue> {
  const payments = await paymentsOf(ctx, r.id);
  const coveredMinor = payments.reduce((sum, payment) => sum + heldMinor(payment) + payment.capturedMinor - payment.refundedMinor, 0n);
  const timing = r.policy.paymentTiming ?? 'post_fulfillment';
  const first = BigInt(paymentDueMinor(r.policy, r.reservedEnd! - r.reservedStart!));
  const quote = await estimateOf(ctx, r);
  const estimateMinor = quote ? quote.holdMinor + BigInt(r.policy.fee.depositMinor) : null;
  const wantsAll = timing === 'pre_order' || (timing === 'pre_fulfillment' && r.status === 'confirmed');
  const dueMinor = wantsAll && estimateMinor !== null && estimateMinor > first ? estimateMinor : first;
  const currency = first > 0n ? r.currency : (quote?.bill.currency ?? r.currency);
  const carriedMinor = await debtOf(ctx, { organisationId: r.organisationId, driverId: r.driverId, currency });
  return { currency, dueMinor, coveredMinor, estimateMinor, totalMinor: quote?.bill.totalMinor ?? null, carriedMinor, timing };
}

const SAVED_METHOD = new RegExp(idPattern('paymentMethod'));

/** How a reservation's `payment_method` pays by itself: the wallet, or a method that its driver has saved. Any other word is the caller's own, and pays nothing. */
export function wayToPay(paymentMethod: string | null): Pick<PayInput, 'method' | 'paymentMethodId'> | undefined {
  if (paymentMethod === 'wallet') return { method: 'wallet' };
  return paymentMethod !== null && SAVED_METHOD.test(paymentMethod) ? { method: 'saved_method', paymentMethodId: paymentMethod } : undefined;
}

/** RSV-M9: throws `not_found` for a saved method that is not one of the driver's. */
export async function requireWayToPay(ctx: Context, driverId: string | null, paymentMethod: string | null | undefined): Promise<void> {
  const { paymentMethodId } = wayToPay(paymentMethod ?? null) ?? {};
  if (paymentMethodId !== undefined) await requirePaymentMethod(ctx, driverId, paymentMethodId);
}

export interface PayInput {
  method: Method;
  provider?: string;
  details?: PaymentDetails;
  /** more than what is due, where the driver wants to: the whole estimate, say */
  amountMinor?: bigint;
  saves?: boolean;
  /** of a saved method: which; else the driver's default one */
  paymentMethodId?: string;
  metadata?: Record<string, string>;
}

/**
 * Begins a payment for a reservation: of what is due, or of more, together with what the driver owes from before. What a wallet pays confirms it at once.
 * Throws `invalid_state` when nothing is due, or a payment is under way already.
 */
export async function payReservation(ctx: Context, id: string, input: PayInput): Promise<{ payment: Payment; reservation: Reservation }> {
  const reservation = await lockForChange(ctx, id);
  requireDriverSide(ctx, reservation);
  if (isFinal(reservation.status) || isWaiting(reservation)) throw new DomainError('invalid_state', 'There is nothing to pay for now.', { status: reservation.status });
  const due = await paymentDue(ctx, reservation);
  const missing = due.dueMinor - due.coveredMinor;
  const amountMinor = input.amountMinor ?? (missing > 0n ? missing : (due.estimateMinor ?? 0n) - due.coveredMinor);
  if (amountMinor <= 0n) throw new DomainError('invalid_state', 'Nothing is due.', { status: reservation.status });
  if (amountMinor < missing) {
    throw new DomainError('amount_out_of_range', `${missing} minor units are due.`, { errors: [{ pointer: '/amount', message: `must be ${missing} at least` }] });
  }
  await requireNoneUnderWay(ctx, id);
  if (input.method === 'wallet' && reservation.driverId === null) throw new DomainError('payment_method_not_offered', 'Without a driver there is no wallet.');
  return begin(ctx, reservation, due, amountMinor, input);
}

async function begin(ctx: Context, reservation: Reservation, due: PaymentDue, amountMinor: bigint, input: PayInput): Promise<{ payment: Payment; reservation: Reservation }> {
  const held = await keepWhilePaying(ctx, reservation);
  const { amountMinor: _, ...given } = input;
  const payment = await beginPayment(ctx, {
    ...given, organisationId: reservation.organisationId, driverId: reservation.driverId, object: 'reservation', objectId: reservation.id, timing: due.timing,
    currency: due.currency, amountMinor: amountMinor + due.carriedMinor, carriedMinor: due.carriedMinor, isFinal: false,
    ...(held.holdExpiresAt === null ? {} : { expiresAt: held.holdExpiresAt }),
  });
  return { payment, reservation: payment.status === 'pending' ? held : await takePayment(ctx, held) };
}

async function requireNoneUnderWay(ctx: Context, id: string): Promise<void> {
  const pending = (await paymentsOf(ctx, id)).find(({ status }) => !isEnded(status) && status === 'pending');
  if (pending) throw new DomainError('invalid_state', 'A payment for it is under way: wait for it, or cancel it.', { status: pending.status, payment: pending.id });
}

/** RSV-M3: the first payment that is begun lets the hold begin anew, once. */
async function keepWhilePaying(ctx: Context, r: Reservation): Promise<Reservation> {
  if (r.money === 'open') return r;
  if (r.holdExpiresAt === null) return saveChange(ctx, r, { money: 'open' }, 'reservation.updated');
  const until = Math.max(r.holdExpiresAt, Math.min(ctx.now + r.policy.holdMinutes * MINUTE_MS, r.reservedStart! + r.policy.noShowMinutes * MINUTE_MS));
  await extendHold(ctx.tx, r.locationId!, r.bookingId!, until);
  return saveChange(ctx, r, { money: 'open', holdExpiresAt: until }, 'reservation.updated');
}

/** Confirms a reservation at once when its newest payment covers what is due, as it would be by itself soon after; gives both. */
export async function lookAtPayment(ctx: Context, id: string): Promise<{ reservation: Reservation; payment: Payment | undefined }> {
  const reservation = await takePayment(ctx, await lockForChange(ctx, id));
  return { reservation, payment: (await paymentsOf(ctx, id)).at(-1) };
}

/** Confirms a reservation, which is locked, once what is due is covered; else gives it as it is. */
export async function takePayment(ctx: Context, r: Reservation): Promise<Reservation> {
  if (r.status !== 'pending' || isWaiting(r) || r.holdExpiresAt! <= ctx.now) return r;
  const { dueMinor, coveredMinor, currency, totalMinor, timing } = await paymentDue(ctx, r);
  const agreed = timing === 'pre_order' && totalMinor !== null ? { agreedMinor: Number(totalMinor) } : {};
  if (coveredMinor < dueMinor) return r;
  return confirmHeld(ctx, r, r.reservationFeeMinor === 0 ? { currency, ...agreed } : agreed);
}

/** Turns the hold of a reservation, which is locked, into a firm booking. */
export async function confirmHeld(ctx: Context, r: Reservation, change: Partial<Reservation> = {}): Promise<Reservation> {
  if (!(await confirmBooking(ctx.tx, r.locationId!, r.bookingId!))) throw new Error(`the booking of ${r.id} is gone while it is pending`);
  return saveChange(ctx, r, {
    status: 'confirmed', confirmedAt: ctx.now, holdExpiresAt: null, noShowAt: noShowDeadline(r.policy, r.reservedStart!, r.reservedEnd!, null), ...change,
  }, 'reservation.confirmed');
}

/** RSV-M8: what has become longer, and is to be covered whole, is covered by as much more as can be held. */
export async function coverMore(ctx: Context, r: Reservation): Promise<void> {
  if (r.money !== 'open' || r.policy.paymentTiming === 'post_fulfillment') return;
  const payments = await lockPaymentsOf(ctx, r.id);
  const { estimateMinor, coveredMinor } = await paymentDue(ctx, r);
  if (estimateMinor !== null && coveredMinor > 0n && estimateMinor > coveredMinor) await raiseHold(ctx, payments, estimateMinor - coveredMinor);
}

/** RSV-M5: throws `payment_required` for one whose session may not begin before its estimate is covered. */
export async function requireCovered(ctx: Context, r: Reservation): Promise<void> {
  if (r.policy.paymentTiming !== 'pre_fulfillment') return;
  const { dueMinor, coveredMinor, currency } = await paymentDue(ctx, r);
  if (coveredMinor >= dueMinor) return;
  throw new DomainError('payment_required', 'The session has to be paid, or held, first.', { amount_due: Number(dueMinor - coveredMinor), currency: currency.toLowerCase() });
}
