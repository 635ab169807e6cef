/** confirm → on_confirm: what is paid is booked. What an app says of a payment is looked up, never believed. */
import { DomainError } from '../../../../platform/errors/index.ts';
import { reachableOf } from '../../../../domain/notices/index.ts';
import { checkOtp } from '../../../../domain/otps/index.ts';
import type { Context } from '../../../../domain/organisations/index.ts';
import { lookUpPayment } from '../../../../domain/payments/index.ts';
import { confirmReservation, lookAtPayment, type Reservation } from '../../../../domain/reservations/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage, Handler } from '../../exchange/index.ts';
import type { BecknOrder } from '../../order.ts';
import { requireOrder, saveOrder } from '../../orders.ts';
import { BusinessError, errorOfBusiness } from '../../wire/index.ts';
import { detailsOf, withDetails } from './details.ts';
import { CONFIRM_PURPOSE } from './init.ts';
import { askedOrder, textOf, type AskedOrder } from './read.ts';
import { OrderMessage } from './select.ts';
import { isPaid, knownOf, wholeOrder, type Known } from './whole.ts';

export const confirmHandler = (services: Services): Handler => ({
  schema: OrderMessage,
  handle: async (ctx, message) => answerConfirm(ctx, services, message),
});

async function answerConfirm(ctx: Context, services: Services, message: BecknMessage): Promise<Answer> {
  const { acting, order } = await requireOrder(ctx, message);
  const asked = askedOrder(message.body);
  const known = await knownOf(acting, order);
  const { reservation: { status } } = known;
  if (known.details.isConfirmed) return confirmed(acting, services, order); // said again: the same booking
  requireHeld(status);
  requireSame(known, asked);
  const refusal = await refusedToken(acting, known, asked.token);
  if (refusal) return { body: {}, error: errorOfBusiness('A', refusal) };
  const merged = withDetails(order, { wantsToken: false, ...(asked.billing ? { billing: asked.billing } : {}) });
  // Locked from here on: its payment may be confirming it in another transaction.
  const { reservation } = await lookAtPayment(acting, known.reservation.id);
  requireHeld(reservation.status);
  if (reservation.status === 'pending') {
    const isWaiting = await waitsForPayment(acting, await knownOf(acting, order), textOf(asked.payment.status));
    if (isWaiting) {
      const declared = withDetails(merged, { isDeclared: true });
      await saveOrder(ctx, declared);
      return { body: { message: { order: await wholeOrder(acting, services, await knownOf(acting, declared)) } } };
    }
    await confirmReservation(acting, known.reservation.id);
  }
  const booked = withDetails(merged, { isConfirmed: true, wantsStartToken: await wantsStartToken(acting, known.reservation) });
  await saveOrder(ctx, booked);
  return confirmed(acting, services, booked);
}

function requireHeld(status: Reservation['status']): void {
  if (status === 'pending' || status === 'confirmed') return;
  throw new BusinessError('fulfilment_unavailable', 'The slot is not held any more: select again.', '/message/order/items');
}

/** The order as on_confirm has it. */
async function confirmed(acting: Context, services: Services, order: BecknOrder): Promise<Answer> {
  const shown = detailsOf(order).wantsStartToken ? { authorization: { type: 'OTP' } } : {};
  return { body: { message: { order: await wholeOrder(acting, services, await knownOf(acting, order), shown) } } };
}

/** What is confirmed is what was initialised. */
function requireSame({ details, item, payment }: Known, asked: AskedOrder): void {
  if (asked.item !== undefined && asked.item.id !== details.itemId && asked.item.id !== item.connector.id) {
    throw new BusinessError('item_not_found', 'Another item was initialised.', '/message/order/items/0/id');
  }
  if (asked.providerId !== undefined && asked.providerId !== item.operator.id && asked.providerId !== item.operator.slug) {
    throw new BusinessError('provider_not_found', 'Another provider\'s item was initialised.', '/message/order/provider/id');
  }
  const paymentId = textOf(asked.payment.id);
  if (payment && paymentId !== undefined && paymentId !== payment.id) throw new BusinessError('payment_not_supported', 'There is no such payment.', '/message/order/payments/0/id');
}

/** Why the password is not the one that was sent. A wrong try counts, so it is told and not thrown. */
async function refusedToken(acting: Context, { details, reservation }: Known, token: string | undefined): Promise<BusinessError | undefined> {
  if (!details.wantsToken) return undefined;
  const path = '/message/order/fulfillments/0/stops/0/authorization/token';
  if (token === undefined) return new BusinessError('business', 'The password that the driver was sent is missing.', path);
  const checked = await checkOtp(acting, { purpose: CONFIRM_PURPOSE, subjectId: reservation.id }, token);
  if (!('refused' in checked)) return undefined;
  const why = checked.refused === 'otp_wrong' ? 'That is not the password that the driver was sent.' : 'That password stands no more: initialise again.';
  return new BusinessError('business', why, path);
}

/**
 * Whether the app says that it is paid and nobody has seen that yet: its payment provider is asked. Throws `payment_required` for what nobody says to be
 * paid.
 */
async function waitsForPayment(acting: Context, { payment, reservation }: Known, said: string | undefined): Promise<boolean> {
  if (!payment || isPaid(payment)) return false;
  if (said?.toUpperCase() !== 'PAID') {
    throw new DomainError('payment_required', 'The order has to be paid first.', { amount_due: Number(payment.amountMinor), currency: reservation.currency.toLowerCase() });
  }
  await lookUpPayment(acting, payment.id);
  return true;
}

/** Whether the start has to bring a password: one that is sent to the driver, whom messages must reach for that. */
export async function wantsStartToken(acting: Context, { driverId }: Pick<Reservation, 'driverId'>): Promise<boolean> {
  return driverId !== null && (await reachableOf(acting, [driverId])).length > 0;
}
