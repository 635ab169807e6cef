/** What payments lead to once they have changed, and what reservations lead to once they are over. One at a time, each in a transaction of its own. */
import { DomainError } from '../../platform/errors/index.ts';
import { actorFor, type Context } from '../organisations/index.ts';
import { findUntoldPayment, followOutstanding, heldMinor, lockPaymentsOf, markTold, movePayments, settleObject, type Payment } from '../payments/index.ts';
import { releaseBooking } from '../calendar/index.ts';
import { billReservation } from './bill.ts';
import { createReservation } from './create.ts';
import { saveChange } from './events.ts';
import { failReservation } from './fail.ts';
import { payReservation, takePayment, wayToPay } from './pay.ts';
import { isFinal, type Reservation } from './reservation.ts';
import * as store from './store.ts';

/** Lets what is paid for look at a payment that has changed since (PAY-29). Gives how many. */
export async function followPayment(ctx: Context): Promise<number> {
  const payment = await findUntoldPayment(ctx);
  if (!payment) return 0;
  const reservation = payment.object === 'reservation' ? await store.lockReservation(ctx.tx, payment.objectId) : undefined;
  const payments = await lockPaymentsOf(ctx, payment.objectId); // after what they are for: whatever changes from now on is told again
  if (reservation) await followForReservation(ctx, reservation, payments);
  else if (payment.object === 'session') await settleObject(ctx, 'session', payment.objectId);
  else if (payment.object === 'outstanding') await followOutstanding(ctx, payment);
  await markTold(ctx, payments);
  return 1;
}

async function followForReservation(ctx: Context, r: Reservation, payments: readonly Payment[]): Promise<void> {
  if (!isFinal(r.status)) return void (await takePayment(ctx, r));
  if (r.money === 'to_bill') return; // it is billed next, which looks at its payments too
  if (await isBookedAgain(ctx, r, payments)) return;
  await settleObject(ctx, 'reservation', r.id);
}

/**
 * Does what is to be done about the money of one reservation: pays one that was assigned and has a way to pay, bills one that is over (RSV-M4).
 *
 * @returns how many
 */
export async function doMoney(ctx: Context): Promise<number> {
  const r = await store.lockWithMoneyToDo(ctx.tx, ctx.network.id);
  if (!r) return 0;
  if (r.money === 'to_pay') await payByItself(ctx, r);
  else await billOne(ctx, r);
  return 1;
}

async function billOne(ctx: Context, r: Reservation): Promise<void> {
  const payments = await lockPaymentsOf(ctx, r.id);
  const isAgain = await isBookedAgain(ctx, r, payments);
  if (!isAgain) await billReservation(ctx, r);
  store.setMoney(ctx.tx, r.id, isAgain ? null : 'billed');
}

/** RSV-M6: money that arrives after the hold has gone books the slot again, if it is still free. */
async function isBookedAgain(ctx: Context, r: Reservation, payments: readonly Payment[]): Promise<boolean> {
  const isWanted = r.status === 'failed' && r.failedReason === 'payment_failed' && r.reservedStart! > ctx.now;
  if (!isWanted || !payments.some((payment) => heldMinor(payment) > 0n || payment.capturedMinor > payment.refundedMinor)) return false;
  const acting = ctx.as({ actor: await actorFor(ctx, r.organisationId, r.id) });
  try {
    await ctx.tx.savepoint(async () => {
      const again = await createReservation(acting, {
        evseId: r.evseId!, connectorId: r.connectorId!, connectorStandards: r.connectorStandards, start: r.reservedStart!, end: r.reservedEnd!, confirm: false,
        ...(r.driverId === null ? {} : { driverId: r.driverId }), ...(r.vehicleId === null ? {} : { vehicleId: r.vehicleId }),
        ...(r.paymentMethod === null ? {} : { paymentMethod: r.paymentMethod }), metadata: { ...r.metadata, replaces: r.id },
      });
      await movePayments(ctx, payments, again.id);
      await takePayment(ctx, await saveChange(ctx, again, { quoteId: r.quoteId ?? null, money: 'open' }, 'reservation.updated'));
    });
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/** RSV-M7: one that was assigned is paid the way that its driver has said; when that is refused it fails. */
async function payByItself(ctx: Context, r: Reservation): Promise<void> {
  const open = await saveChange(ctx, r, { money: null }, 'reservation.updated');
  const way = wayToPay(r.paymentMethod);
  if (!way || r.status !== 'pending' || r.holdExpiresAt! <= ctx.now) return;
  try {
    await ctx.tx.savepoint(() => payReservation(ctx, r.id, way));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await releaseBooking(ctx.tx, open.locationId!, open.bookingId!, ctx.now);
    await failReservation(ctx, open, 'payment_refused');
  }
}
