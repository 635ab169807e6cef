/** An order as it is now, with every field that the seed's answers show. Encodes only: what it says was decided by the network. */
import type { Context } from '../../../../domain/organisations/index.ts';
import { listBills, listPayments, type ObjectBill, type PaymentWithRefunds } from '../../../../domain/payments/index.ts';
import { cancelQuote, estimateOf, getReservation, paymentDue, type PaymentDue, type Reservation } from '../../../../domain/reservations/index.ts';
import { getSession, type Session } from '../../../../domain/sessions/index.ts';
import type { EpochMs } from '../../../../platform/clock/index.ts';
import type { Interval } from '../../../../domain/calendar/index.ts';
import { priceAt, requireItem, type Item, type Services } from '../../catalogue.ts';
import type { Answer } from '../../exchange/index.ts';
import type { BecknOrder } from '../../order.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import { detailsOf, type Details } from './details.ts';
import { itemPriceOf, totalsOf, type Sum } from './price.ts';
import { paymentDetails, refundTerms, settlementDetails, waysToPay } from './terms.ts';
import { instructionsOf, itemAttributes, itemName, ORDER_CONTEXT, placeOf, providerDetails, SCHEMA_CONTEXT, unitPriceOf } from './words.ts';

/** All that is known of an order. */
export interface OrderNow {
  order: BecknOrder;
  details: Details;
  item: Item;
  reservation: Reservation;
  session: Session | undefined;
  payments: readonly PaymentWithRefunds[];
  bill: ObjectBill | undefined;
  due: PaymentDue;
}

export async function orderNow(acting: Context, order: BecknOrder): Promise<OrderNow> {
  const reservation = await getReservation(acting, order.reservationId!);
  const session = reservation.sessionId === null ? undefined : await getSession(acting, reservation.sessionId);
  const [bill] = await listBills(acting, { objectId: reservation.id, limit: 1 });
  return {
    order, details: detailsOf(order), item: await requireItem(acting, reservation.connectorId!), reservation, session, bill, due: await paymentDue(acting, reservation),
    payments: (await listPayments(acting, { objectId: reservation.id, limit: 100 })).toReversed(),
  };
}

export type DraftState = 'QUOTED' | 'INITIALIZED' | 'PENDING' | 'CONFIRMED' | 'ACTIVE' | 'COMPLETED' | 'CANCELLED';

export function stateOf({ reservation: { status }, session }: Pick<OrderNow, 'reservation' | 'session'>): DraftState {
  if (session?.status === 'ended' || status === 'completed') return 'COMPLETED';
  if (session?.status === 'started' || session?.status === 'paused') return 'ACTIVE';
  return status === 'pending' ? 'PENDING' : status === 'confirmed' ? 'CONFIRMED' : 'CANCELLED';
}

const STATE_NAMES: Record<string, string> = {
  PENDING: 'Charging Pending', ACTIVE: 'Charging in progress', COMPLETED: 'Charging completed', CANCELLED: 'Order cancelled', 'CHARGING-IN-PROGRESS': 'Charging Active',
  'CONNECTION-INTERRUPTED': 'Charging connection lost. Retrying automatically. If this continues, please check your cable',
};

/** The state of the fulfilment, which knows of interruptions. */
export function fulfillmentStateOf(now: Pick<OrderNow, 'reservation' | 'session'>): string {
  const state = stateOf(now);
  if (state === 'ACTIVE' && now.session?.isInterrupted === true) return 'CONNECTION-INTERRUPTED';
  return state === 'CONFIRMED' || state === 'INITIALIZED' || state === 'QUOTED' ? 'PENDING' : state;
}

export interface Shown {
  services: Services;
  /** in place of that which it is in */
  state?: DraftState;
  /** what the order is authorised with, where that is asked for */
  authorization?: Fields;
  /** how the start is explained, in place of how the plug is found */
  instructions?: string;
  /** besides, in the order's attributes */
  more?: Fields;
}

export async function orderAnswer(acting: Context, now: OrderNow, shown: Shown): Promise<Answer> {
  return { body: { message: { order: await orderFields(acting, now, shown) } }, schemaContext: SCHEMA_CONTEXT };
}

async function orderFields(acting: Context, now: OrderNow, { services, state = stateOf(now), authorization, instructions, more = {} }: Shown): Promise<Fields> {
  const { details, reservation, payments, bill, due, item } = now;
  const sum = await sumOf(acting, now);
  const payment = payments.findLast(({ status }) => status !== 'cancelled' && status !== 'expired') ?? payments.at(-1);
  const { tiers, own } = { tiers: cancelQuote(reservation, acting.now), own: reservation.id };
  const agreedMinor = tiers.refundMinor + tiers.cancellationFeeMinor;
  const base = agreedMinor > 0 ? agreedMinor : due.timing === 'pre_order' ? Number(due.totalMinor ?? 0) : 0;
  const ways = acting.settings.providers.filter(({ mode }) => mode === acting.network.mode).flatMap(({ methods }) => methods);
  const offered = ['PAYMENT-LINK', 'UPI-TRANSFER'].filter((word) => ways.includes(word.toLowerCase().replace('-', '_')));
  const attributes = waysToPay({ bank: services.bank, ways: services.bank.account === undefined ? offered : ['BANK-TRANSFER', ...offered] });
  const first = paymentDetails({
    orderId: own, payment, at: reservation.createdAt, attributes, page: details.page,
    due: { timing: due.timing, minor: due.estimateMinor !== null && due.estimateMinor > due.dueMinor ? due.estimateMinor : due.dueMinor, currency: due.currency },
  });
  const settled = bill ? settlementDetails(payments, bill) : [];
  return {
    '@context': ORDER_CONTEXT, '@type': 'beckn:Order', 'beckn:id': own, 'beckn:state': state, 'beckn:orderNumber': orderNumber(own), 'beckn:seller': item.operator.id,
    'beckn:buyer': details.buyer ?? own, 'beckn:orderItems': [await itemOf(acting, now, sum)], ...(details.billing ? { 'beckn:billing': billingId(details) } : {}),
    'beckn:payment': String(first['beckn:id']), 'beckn:fulfillment': details.fulfillmentId ?? 'fulfillment-001',
      ...(sum ? { 'beckn:totals': totalsOf(sum, item.connector.id) } : {}),
    'beckn:orderAttributes': {
      'provider-details': providerDetails(item), ...(details.billing ? { 'billing-details': { 'beckn:id': billingId(details), ...details.billing } } : {}),
      'payment-details': settled.length > 0 ? [first, ...settled] : first, 'fulfillment-details': fulfillmentFields(now, authorization, instructions),
      'refund-terms': refundTerms(reservation.policy, base, due.currency), 'fulfillment-type': 'CHARGING', ...more,
    },
  };
}

const billingId = ({ billing }: Details): string => (typeof billing?.['beckn:id'] === 'string' ? billing['beckn:id'] : 'billing-001');
export const orderNumber = (id: string): string => `ORD-${id.slice(-8).toUpperCase()}`;

/** In the end what the bill says; before, what is expected, with what is collected besides. Undefined where nobody has set a price. */
export async function sumOf(acting: Context, { reservation, bill, due }: Pick<OrderNow, 'reservation' | 'bill' | 'due'>): Promise<Sum | undefined> {
  if (bill) return { currency: bill.currency, lines: bill.content.lines, more: bill.carriedMinor > 0n ? [{ name: OWED, minor: bill.carriedMinor }] : [] };
  const estimate = await estimateOf(acting, reservation);
  if (!estimate) return undefined;
  const { policy: { fee } } = reservation;
  return {
    currency: estimate.bill.currency, lines: estimate.bill.lines,
    more: [
      ...(due.timing === 'post_fulfillment' || estimate.overageProvisionMinor === 0n ? [] : [{ name: OVERAGE, minor: estimate.overageProvisionMinor }]),
      ...(fee.depositMinor > 0 ? [{ name: DEPOSIT, minor: fee.depositMinor }] : []),
      ...(due.carriedMinor > 0n ? [{ name: OWED, minor: due.carriedMinor }] : []),
    ],
  };
}

export const OVERAGE = 'Overage provision, refunded where it is not used';
export const DEPOSIT = 'Deposit, given back when the slot is used';
const OWED = 'Owed from before';

async function itemOf(acting: Context, { details, item, reservation, bill }: OrderNow, sum: Sum | undefined): Promise<Fields> {
  const { connector, evse } = item;
  const price = await priceAt(acting, item, reservation.reservedStart!);
  const { line } = details;
  const unit = price && unitPriceOf(price);
  return {
    'beckn:lineId': line?.lineId ?? 'line-001', 'beckn:orderedItem': connector.id, 'beckn:quantity': line?.quantity ?? 1, ...(sum ? { 'beckn:price': itemPriceOf(sum) } : {}),
    'beckn:orderItemAttributes': {
      ...itemAttributes(connector, evse, price),
      'item-details': {
        'schema:name': itemName(evse, connector), 'beckn:code': 'ev-charger',
        ...(unit && price ? { 'unit-price': { value: String(unit.price),
          currency: `${price.currency}/${unit.unit === 'PER_KWH' ? 'kWh' : unit.unit === 'PER_HOUR' ? 'h' : 'session'}` } } : {}),
      },
      'quantity-measure': line?.measure ?? { type: 'CONSTANT', ...measureOf(details, reservation) },
      'ev:itemAttributes': itemAttributes(connector, evse, price), ...(bill ? { 'energy-delivered': { value: String(bill.content.energyWh / 1_000), unit: 'kWh' } } : {}),
    },
  };
}

function measureOf({ line }: Details, { energyWh, reservedStart, reservedEnd }: Reservation): { value: string; unit: string } {
  const wanted = line?.wanted;
  if (wanted && 'amount' in wanted) return { value: String(wanted.amount), unit: wanted.currency };
  if (energyWh !== null) return { value: String(energyWh / 1_000), unit: 'kWh' };
  return { value: String(Math.round((reservedEnd! - reservedStart!) / 60_000)), unit: 'MIN' };
}

export function fulfillmentFields(now: OrderNow, authorization?: Fields, instructions?: string): Fields {
  const { details, item, reservation, session } = now;
  const code = fulfillmentStateOf(now);
  const isOver = code === 'COMPLETED' && session !== undefined;
  const slot: Interval = { start: session && session.status !== 'created' ? session.startedAt : reservation.reservedStart!, end: session?.endedAt ?? reservation.reservedEnd! };
  return {
    'beckn:id': details.fulfillmentId ?? 'fulfillment-001', 'beckn:mode': 'RESERVATION', 'beckn:status': code,
    state: { code, name: STATE_NAMES[code] ?? code, 'updated-at': formatMoment(updatedAt(now)), 'updated-by': item.operator.name },
    stops: stopsOf(item, slot, { authorization, instructions, isOver }), vehicle: details.vehicle ?? {}, ...(details.customer ? { customer: details.customer } : {}),
  };
}

const updatedAt = ({ session, reservation }: OrderNow): EpochMs => Math.max(session?.interruptedAt ?? 0, session?.updatedAt ?? 0, reservation.updatedAt);

export function stopsOf(item: Item, { start, end }: Interval, { authorization, instructions, isOver = false }: { authorization?: Fields; instructions?: string;
  isOver?: boolean } = {}): Fields[] {
  const { latitude, longitude } = item.location.coordinates;
  const there = { location: placeOf(item.location), instructions: { short_desc: instructions ?? instructionsOf(item.evse), 'navigation-url': `geo:${latitude},${longitude}` } };
  return [
    { type: 'START', time: { timestamp: formatMoment(start) }, ...there, ...(authorization ? { authorization } : {}) },
    { type: isOver ? 'END' : 'STOP', time: { timestamp: formatMoment(end) }, ...(isOver ? there : {}) },
  ];
}
