/** The whole order of Beckn 1.1, as it is now: what answers and unasked callbacks of a reservation carry. */
import { BusinessError, formatMoment, type Fields } from '../../wire/index.ts';
import type { Context } from '../../../../domain/organisations/index.ts';
import { getBill, heldMinor, paymentsOf, type Payment } from '../../../../domain/payments/index.ts';
import { getReservation, paymentDue, type Reservation } from '../../../../domain/reservations/index.ts';
import { getSession, liveOf, type Session } from '../../../../domain/sessions/index.ts';
import { priceAt, requireItem, type Item, type Services } from '../../catalogue.ts';
import type { BecknOrder } from '../../order.ts';
import { detailsOf, type Details } from './details.ts';
import { priceOfReservation } from './price.ts';
import { cancellationTermsOf, itemOf, money, paymentOf, providerOf, quoteOf, refundTermsOf, stopsOf, type ShownPayment } from './show.ts';

/** All that an order's parts are made from. */
export interface Known {
  order: BecknOrder;
  details: Partial<Details>;
  item: Item;
  reservation: Reservation;
  session: Session | undefined;
  payment: Payment | undefined;
}

export async function knownOf(acting: Context, order: BecknOrder): Promise<Known> {
  const reservation = await getReservation(acting, order.reservationId!);
  const session = reservation.sessionId === null ? undefined : await getSession(acting, reservation.sessionId);
  const payments = await paymentsOf(acting, reservation.id);
  const payment = payments.findLast(isPaid) ?? payments.at(-1);
  const itemId = reservation.connectorId ?? detailsOf(order).itemId;
  if (itemId === undefined) throw new BusinessError('order_not_found', 'There is no such order.');
  return { order, details: detailsOf(order), item: await requireItem(acting, itemId), reservation, session, payment };
}

/** Whether the money is there: held, or collected. */
export const isPaid = (payment: Payment): boolean => payment.status === 'succeeded' || heldMinor(payment) > 0n;

/** The item of an order, by the id and with the measure that the app has used. */
export async function orderedItem(acting: Context, item: Item, { itemId, measure, start }: Partial<Details>, shortDesc?: string): Promise<Fields> {
  const price = await priceAt(acting, item, start ?? acting.now);
  return { ...itemOf(item, price, { id: itemId ?? item.connector.id, code: 'ev-charger', shortDesc }), ...(measure ? { quantity: { selected: { measure } } } : {}) };
}

const STATES: Record<string, string> = {
  PENDING: 'Charging Pending', ACTIVE: 'Charging Active', 'CONNECTION-INTERRUPTED': 'Connection to the charger interrupted', COMPLETED: 'Charging Completed',
  CANCELLED: 'Booking Cancelled',
};

function stateOf({ reservation: { status }, session }: Known): string {
  if (status === 'cancelled' || status === 'failed' || status === 'expired') return 'CANCELLED';
  if (session && (session.status === 'ended' || status === 'completed')) return 'COMPLETED';
  if (session && (session.status === 'started' || session.status === 'paused')) return session.isInterrupted ? 'CONNECTION-INTERRUPTED' : 'ACTIVE';
  return 'PENDING';
}

interface Shown {
  authorization?: Fields;
  instructions?: string;
}

export async function wholeOrder(acting: Context, services: Services, known: Known, shown: Shown = {}): Promise<Fields> {
  const { details, item, reservation, session } = known;
  const state = stateOf(known);
  const slot = { start: reservation.reservedStart!, end: reservation.reservedEnd! };
  const status = state === 'CANCELLED' ? 'CANCELLED' : state === 'COMPLETED' ? 'COMPLETE' : details.isConfirmed ? 'ACTIVE' : undefined;
  const priced = await pricedOf(acting, known);
  const paidMinor = BigInt(reservation.agreedMinor ?? reservation.reservationFeeMinor);
  const refundable = paidMinor > 0n ? paidMinor : priced.totalMinor;
  return {
    ...(details.isConfirmed ? { id: reservation.id } : {}), ...(status === undefined ? {} : { status }), ...(details.isConfirmed ? { type: 'DEFAULT' } : { type: 'DRAFT' }),
    provider: providerOf(item), items: [await orderedItem(acting, item, { ...details, start: slot.start })],
    fulfillments: [{
      id: item.evse.id, type: 'CHARGING',
      state: {
        descriptor: { code: state, name: STATES[state] }, updated_at: formatMoment(Math.max(reservation.updatedAt, session?.updatedAt ?? 0)), updated_by: services.subscriberId,
      },
      stops: stopsOf(item, slot, shown), tracking: session?.status === 'started' || session?.status === 'paused',
      ...(details.vehicle ? { vehicle: details.vehicle } : {}), ...(details.customer ? { customer: details.customer } : {}), ...await chargingTags(acting, session),
    }],
    quote: priced.quote, ...(details.billing ? { billing: details.billing } : {}), payments: [paymentOf(await shownPayment(acting, known), services.bank)],
    cancellation_terms: cancellationTermsOf(reservation.policy), refund_terms: refundTermsOf(reservation.policy, refundable, priced.currency),
    ...(reservation.status === 'cancelled' ? { cancellation: cancellationOf(reservation) } : {}),
    created_at: formatMoment(reservation.createdAt), updated_at: formatMoment(reservation.updatedAt),
  };
}

interface PricedOrder {
  quote: Fields;
  currency: string;
  totalMinor: bigint;
}

/** What it comes to: by the meter once that is billed, else what was promised. */
async function pricedOf(acting: Context, { details, item, reservation, session }: Known): Promise<PricedOrder> {
  const itemId = details.itemId ?? item.connector.id;
  if (session?.cost) {
    const { currency, content: { lines }, totalMinor } = await getBill(acting, session.cost.billId);
    return { quote: quoteOf(itemId, { currency, lines }), currency, totalMinor };
  }
  const { bill, aside, totalMinor } = await priceOfReservation(acting, reservation);
  return { quote: quoteOf(itemId, bill, aside), currency: bill.currency, totalMinor };
}

async function shownPayment(acting: Context, { details, reservation, payment }: Known): Promise<ShownPayment> {
  if (payment) {
    const paid = isPaid(payment);
    const url = payment.details.url ?? details.payUrl;
    return {
      id: payment.id, timing: payment.timing, currency: payment.currency, amountMinor: payment.amountMinor, isPaid: paid, isOpen: payment.status === 'pending',
      at: paid ? payment.updatedAt : payment.expiresAt ?? payment.updatedAt, ...(url === undefined ? {} : { url }),
      ...(paid ? { transactionId: payment.providerRef ?? payment.id } : {}),
    };
  }
  const due = await paymentDue(acting, reservation);
  return {
    id: `payment-${reservation.id}`, timing: due.timing, currency: due.currency, amountMinor: due.totalMinor ?? due.dueMinor, isPaid: false, isOpen: false,
    at: reservation.reservedEnd!,
  };
}

function cancellationOf({ cancelledBy, endedAt, endedDetail }: Reservation): Fields {
  return {
    ...(endedAt === null ? {} : { time: formatMoment(endedAt) }), cancelled_by: cancelledBy === 'operator' ? 'PROVIDER' : 'CONSUMER',
    ...(endedDetail === null ? {} : { reason: { descriptor: { short_desc: endedDetail } } }),
  };
}

/** What the meter says, while it runs and afterwards. */
async function chargingTags(acting: Context, session: Session | undefined): Promise<Fields> {
  if (!session || session.status === 'created' || session.status === 'cancelled') return {};
  const live = await liveOf(acting, session);
  const tag = (code: string, name: string, value: string): Fields => ({ descriptor: { code, name }, value });
  const known: (Fields | undefined)[] = [
    tag('energy-delivered', 'Energy Delivered', `${(live.energyWh / 1_000).toFixed(3)}kWh`), tag('start-time', 'Start Time', formatMoment(session.startedAt)),
    session.endedAt === null ? undefined : tag('stop-time', 'Stop Time', formatMoment(session.endedAt)),
    live.powerW === null ? undefined : tag('power', 'Power', `${(live.powerW / 1_000).toFixed(1)}kW`),
    live.socPercent === null ? undefined : tag('soc', 'State of Charge', `${live.socPercent}%`),
    live.costMinor === null || live.currency === null ? undefined : tag('cost', 'Cost', `${money(live.costMinor, live.currency)} ${live.currency}`),
    live.estimatedEnd === null ? undefined : tag('estimated-end', 'Estimated End', formatMoment(live.estimatedEnd)),
  ];
  return { tags: [{ descriptor: { code: 'charging-details', name: 'Charging Details' }, list: known.filter((one) => one !== undefined) }] };
}
