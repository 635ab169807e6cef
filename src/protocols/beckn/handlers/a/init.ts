/** init → on_init: the slot is held, what it costs and how it is paid is told. */
import { MINUTE_MS } from '../../../../platform/clock/index.ts';
import { newId } from '../../../../platform/ids/index.ts';
import { spotOf, tellDriver } from '../../../../domain/notices/index.ts';
import { issueOtp } from '../../../../domain/otps/index.ts';
import type { Context } from '../../../../domain/organisations/index.ts';
import { getQuote, type BuyerFinderFee } from '../../../../domain/pricing/index.ts';
import { cancelReservation, createReservation, getReservation, payReservation, paymentDue, type Reservation } from '../../../../domain/reservations/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage, Handler } from '../../exchange/index.ts';
import type { BecknOrder } from '../../order.ts';
import { beginOrder, driverOf, saveOrder } from '../../orders.ts';
import { BusinessError, type Fields } from '../../wire/index.ts';
import { detailsOf, withDetails, type Details } from './details.ts';
import { quoteFor } from './price.ts';
import { askedOrder, fieldsOf, textOf, timesOf, type AskedOrder } from './read.ts';
import { itemAsked, nearestSlot, OrderMessage, wishOf } from './select.ts';
import { knownOf, wholeOrder } from './whole.ts';

/** What the confirmation brings back. */
export const CONFIRM_PURPOSE = 'order_confirm';

export const initHandler = (services: Services): Handler => ({
  schema: OrderMessage,
  handle: async (ctx, message) => answerInit(ctx, services, message),
});

async function answerInit(ctx: Context, services: Services, message: BecknMessage): Promise<Answer | undefined> {
  const { acting, order: begun } = await beginOrder(ctx, message);
  const asked = askedOrder(message.body);
  const order = await withoutOld(acting, begun);
  const held = await hold(acting, order, asked);
  const { reservation } = held;
  const wantsToken = services.wantsConfirmOtp && await sendToken(acting, reservation);
  const due = await paymentDue(acting, reservation);
  const isDue = due.dueMinor > due.coveredMinor;
  if (isDue) await payReservation(acting, reservation.id, { method: 'payment_link', metadata: { beckn_transaction: order.transactionId } });
  const ready = withDetails({ ...order, reservationId: reservation.id, told: null }, { ...held.details, wantsToken, waitingInit: isDue ? order.asked : undefined });
  await saveOrder(ctx, ready);
  // The page to pay at is made by the payment provider: on_init is sent once it is there (see tell.ts).
  return isDue ? undefined : { body: { message: { order: await initialised(acting, services, ready) } } };
}

/** A hold of before, which a new init takes the place of. What is booked stays. */
async function withoutOld(acting: Context, order: BecknOrder): Promise<BecknOrder> {
  if (order.reservationId === null) return order;
  const old = await getReservation(acting, order.reservationId);
  if (old.status === 'confirmed' || old.status === 'completed') throw new BusinessError('business', 'This order is booked already.', '/context/transaction_id');
  if (old.status === 'pending') await cancelReservation(acting, old.id, { reason: 'initialised anew' });
  const { itemId, billing, customer, vehicle } = detailsOf(order);
  const kept = { ...(itemId ? { itemId } : {}), ...(billing ? { billing } : {}), ...(customer ? { customer } : {}), ...(vehicle ? { vehicle } : {}) };
  return { ...order, reservationId: null, details: kept };
}

async function hold(acting: Context, order: BecknOrder, asked: AskedOrder): Promise<{ reservation: Reservation; details: Partial<Details> }> {
  const before = detailsOf(order);
  const { item, itemId, isSpot } = await itemAsked(acting, asked, before.itemId);
  const contact = { ...fieldsOf(asked.billing), ...fieldsOf(asked.customer?.contact) };
  const driver = await driverOf(acting, {
    name: textOf(fieldsOf(asked.customer?.person).name) ?? textOf(asked.billing?.name), phone: textOf(contact.phone), email: textOf(contact.email),
  });
  const { policy } = item;
  const times = isSpot ? {} : timesOf(asked.fulfillment, item.location.timeZone);
  const quantity = asked.item?.quantity;
  const isAsQuoted = before.quoteId !== undefined && before.itemId === itemId && isSameMeasure(before.measure, quantity?.measure)
    && (times.start === undefined || times.start === before.start) && (times.end === undefined || times.end === before.end);
  const wish = isAsQuoted ? { energyWh: before.energyWh! } : await wishOf(acting, item, policy, times, asked.item ?? { id: itemId });
  const slot = isAsQuoted ? { start: before.start!, end: before.end! }
    : times.start === undefined ? await nearestSlot(acting, item, { durationMinutes: 60, ...wish })
      : { start: times.start, end: times.end ?? times.start + (wish as { durationMinutes: number }).durationMinutes * MINUTE_MS };
  const finderFee = asked.finderFee ?? before.finderFee;
  const isNewFee = asked.finderFee !== undefined && feeText(asked.finderFee) !== feeText(before.finderFee);
  if (isAsQuoted) await requireStanding(acting, before.quoteId!);
  const quoteId = isAsQuoted && !isNewFee && driver === undefined ? before.quoteId!
    : (await quoteFor(acting, { item, policy, ...slot, energyWh: wish.energyWh, driverId: driver?.id, finderFee })).stored.id;
  const reservation = await createReservation(acting, {
    evseId: item.evse.id, connectorId: item.connector.id, ...slot, confirm: false, quoteId, ...(wish.energyWh === null ? {} : { energyWh: wish.energyWh }),
    ...(driver ? { driverId: driver.id } : {}), metadata: { beckn_app: order.subscriberId, beckn_transaction: order.transactionId },
  });
  return { reservation, details: {
    itemId, ...slot, energyWh: wish.energyWh, quoteId, ...(quantity ? { measure: quantity.measure } : before.measure ? { measure: before.measure } : {}),
    ...(finderFee ? { finderFee } : {}), ...pick(asked, before, 'vehicle'), ...pick(asked, before, 'customer'), ...pick(asked, before, 'billing'),
  } };
}

/** Whether as much is asked for as before; nothing said is the same. */
function isSameMeasure(before: Fields | undefined, now: Fields | undefined): boolean {
  return now === undefined || (before !== undefined && before.value === now.value && before.unit === now.unit);
}

const feeText = (fee: BuyerFinderFee | undefined): string => (fee === undefined ? '' : 'percent' in fee ? `${fee.percent} %` : fee.amount);

function pick(asked: AskedOrder, before: Partial<Details>, name: 'vehicle' | 'customer' | 'billing'): Fields {
  const given = asked[name] ?? before[name];
  return given ? { [name]: given } : {};
}

/** What was quoted is not taken at another price without a word. */
async function requireStanding(acting: Context, quoteId: string): Promise<void> {
  const { expiresAt } = await getQuote(acting, quoteId);
  if (expiresAt <= acting.now) throw new BusinessError('quote_changed', 'That quote has expired: select again.', '/message/order/quote');
}

/** Sends the driver a password that the confirmation has to bring; nothing is asked of one whom nothing reaches. */
async function sendToken(acting: Context, reservation: Reservation): Promise<boolean> {
  const { driverId, holdExpiresAt } = reservation;
  if (driverId === null) return false;
  const ttlMs = Math.max(5 * MINUTE_MS, (holdExpiresAt ?? acting.now) + 5 * MINUTE_MS - acting.now);
  const { otp } = await issueOtp(acting, { driverId, purpose: CONFIRM_PURPOSE, subjectId: reservation.id, ttlMs });
  const told = await tellDriver(acting, {
    driverId, kind: 'order_otp', values: { otp, minutes: Math.round(ttlMs / MINUTE_MS), ...(await spotOf(acting, reservation))! }, dedupeKey: `order_otp:${newId('notice')}`,
    about: reservation.id, sendBefore: acting.now + ttlMs,
  });
  return told > 0;
}

/** The order as on_init has it. */
export async function initialised(acting: Context, services: Services, order: BecknOrder): Promise<Fields> {
  const { wantsToken } = detailsOf(order);
  return wholeOrder(acting, services, await knownOf(acting, order), wantsToken
    ? { authorization: { type: 'OTP' }, instructions: 'OTP will be shared to the user\'s registered number to confirm order' } : {});
}
