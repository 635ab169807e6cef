/** init → on_init: the slot is held, and what is to be paid begins to be (BKB-8). */
import { DomainError } from '../../../platform/errors/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { getQuote } from '../../../domain/pricing/index.ts';
import { cancelReservation, createReservation, getReservation, paymentDue, payReservation, type Reservation } from '../../../domain/reservations/index.ts';
import type { Services } from '../catalogue.ts';
import type { Answer, BecknMessage } from '../exchange/index.ts';
import type { BecknOrder } from '../order.ts';
import { beginOrder, driverOf, saveOrder } from '../orders.ts';
import { BusinessError } from '../wire/index.ts';
import { noteOrder, type Asked } from './asked.ts';
import type { StopTimes } from './wanted.ts';
import { askToken } from './confirm-token.ts';
import { detailsOf, withDetails, type Details, type WayToPay } from './details.ts';
import type { Dialect } from './dialect.ts';
import { offerFor, type OfferWish } from './offer.ts';
import { askedMinor, isPaid, orderNow } from './order-now.ts';
import { recognise } from './recognise.ts';
import { requireLine } from './select.ts';

export const init = (services: Services, dialect: Dialect) => async (ctx: Context, message: BecknMessage): Promise<Answer | undefined> => {
  const asked = dialect.read(message.body);
  const begun = await beginOrder(ctx, message);
  const { acting } = begun;
  const driver = await driverOf(acting, asked.customer);
  const loyalty = driver ? await recognise(acting, driver.id, asked) : { told: [] };
  if ('refused' in loyalty) return loyalty.refused;
  const line = requireLine(asked);
  const stops = wantedStops(begun.order, asked);
  const noted = withDetails(noteOrder(begun.order, asked), { line, loyalty: loyalty.told, asked: { start: stops.start ?? null, end: stops.end ?? null } });
  const kept = await stillHeld(acting, begun.order, line.itemId, stops);
  if (!kept) await requireStanding(acting, detailsOf(begun.order), line.itemId);
  const reservation = kept ?? await hold(acting, noted, { seller: asked.seller, stops, driverId: driver?.id, takesNearest: dialect.offersNearest });
  const order: BecknOrder = { ...withDetails(noted, { quoteId: reservation.quoteId ?? undefined }), reservationId: reservation.id };
  const isWaiting = await beginToPay(acting, reservation, asked.payment);
  const waiting = withDetails(order, { wantsToken: services.wantsConfirmOtp && reservation.driverId !== null, waiting: isWaiting ? { for: 'page', asked: order.asked }
    : undefined });
  await saveOrder(ctx, waiting);
  return isWaiting ? undefined : onInit(acting, services, dialect, waiting);
};

/** The times of init; where it says none, and names no other item, those that were selected. */
function wantedStops({ details }: BecknOrder, asked: Asked): StopTimes {
  const [stops, { stops: selected }] = [asked.stops(), detailsOf({ details })];
  return stops.start === undefined && stops.end === undefined && selected ? selected : stops;
}

/** The answer; where the order is confirmed with a password, its driver is sent that now. */
export async function onInit(acting: Context, services: Services, dialect: Dialect, order: BecknOrder): Promise<Answer> {
  const isTokenAsked = await askToken(acting, order);
  return dialect.show(acting, await orderNow(acting, order), { services, state: 'INITIALIZED', isTokenAsked, isInitialised: true });
}

/** The hold of an init before this one, where it is of the same plug and time; another one is given back. */
async function stillHeld(acting: Context, { reservationId, details }: BecknOrder, itemId: string, stops: StopTimes): Promise<Reservation | undefined> {
  if (reservationId === null) return undefined;
  const reservation = await getReservation(acting, reservationId);
  const before = detailsOf({ details });
  if (reservation.status === 'confirmed' || reservation.status === 'completed') throw new BusinessError('business', 'That order is confirmed already.', '/message/order');
  if (reservation.status !== 'pending') return undefined;
  const isSame = [reservation.connectorId, reservation.evseId, before.line?.itemId].includes(itemId)
    && (before.asked?.start ?? null) === (stops.start ?? null) && (before.asked?.end ?? null) === (stops.end ?? null);
  const isOfAnswer = stops.start === reservation.reservedStart && (stops.end ?? reservation.reservedEnd) === reservation.reservedEnd;
  if (isSame || isOfAnswer) return reservation;
  await cancelReservation(acting, reservationId, { reason: 'changed' });
  return undefined;
}

/** BKB-20: what was quoted is not taken at another price without a word. */
async function requireStanding(acting: Context, { quoteId, line }: Details, itemId: string): Promise<void> {
  if (quoteId === undefined || line?.itemId !== itemId) return;
  const { expiresAt } = await getQuote(acting, quoteId);
  if (expiresAt <= acting.now) throw new BusinessError('quote_changed', 'That quote has expired: select again.', '/message/order');
}

async function hold(acting: Context, order: BecknOrder, wish: Omit<OfferWish, 'line' | 'finderFee'>): Promise<Reservation> {
  const { line, finderFee } = detailsOf(order);
  const { item, slot, quote, energyWh } = await offerFor(acting, { ...wish, line: line!, finderFee });
  return createReservation(acting, {
    evseId: item.evse.id, connectorId: item.connector.id, start: slot.start, end: slot.end, confirm: false, quoteId: quote.id,
      metadata: { beckn_transaction: order.transactionId.slice(0, 200) },
    ...(energyWh === null ? {} : { energyWh }), ...(wish.driverId === undefined ? {} : { driverId: wish.driverId }),
  });
}

/** Whether the answer has to wait for the page on which it is paid. */
export async function beginToPay(acting: Context, reservation: Reservation, { method, upiAddress, buyer }: WayToPay): Promise<boolean> {
  const due = await paymentDue(acting, reservation);
  const wantedMinor = askedMinor({ due });
  if (wantedMinor <= due.coveredMinor) return false;
  const isUpi = method === 'upi_transfer' && upiAddress !== undefined;
  try {
    const { payment } = await acting.tx.savepoint(() => payReservation(acting, reservation.id, {
      method: isUpi ? 'upi_transfer' : method === 'bank_transfer' ? 'bank_transfer' : 'payment_link', amountMinor: wantedMinor - due.coveredMinor,
        metadata: buyer, ...(isUpi ? { details: { upiAddress } } : {}),
    }));
    return payment.method === 'payment_link' && !isPaid(payment);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid_state') return false; // one is under way since an init before this one
    throw error;
  }
}
