/** An order as it is now, with every field that the seed's answers show. Encodes only: what it says was decided by the network. */
import type { Context } from '../../../../domain/organisations/index.ts';
import { cancelQuote, type Reservation } from '../../../../domain/reservations/index.ts';
import type { EpochMs } from '../../../../platform/clock/index.ts';
import type { Interval } from '../../../../domain/calendar/index.ts';
import { priceAt, type Item } from '../../catalogue.ts';
import type { Answer } from '../../exchange/index.ts';
import { askedMinor, paymentOf, stateOf, sumOf, type Cancellation, type Details, type OrderNow, type Shown, type Sum } from '../../provider/index.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import { itemPriceOf, totalsOf } from './price.ts';
import { paymentDetails, refundTerms, settlementDetails, waysToPay } from './terms.ts';
import { amountOf, instructionsOf, itemAttributes, itemName, ORDER_CONTEXT, placeOf, providerDetails, SCHEMA_CONTEXT, unitPriceOf } from './words.ts';

const STATE_NAMES: Record<string, string> = {
  PENDING: 'Charging Pending', ACTIVE: 'Charging in progress', COMPLETED: 'Charging completed', CANCELLED: 'Order cancelled', 'CHARGING-IN-PROGRESS': 'Charging Active',
  'CONNECTION-INTERRUPTED': 'Charging connection lost. Retrying automatically. If this continues, please check your cable',
};

/** The state of the fulfilment, which knows of interruptions. */
export function fulfillmentStateOf(now: Pick<OrderNow, 'reservation' | 'session'>): string {
  const state = stateOf(now);
  if (state === 'ACTIVE' && now.session?.isInterrupted === true) return 'CONNECTION-INTERRUPTED';
  return state === 'CONFIRMED' || state === 'INITIALIZED' ? 'PENDING' : state;
}

/** An order as it is; `trackingDetails` where it is tracked. */
export async function orderAnswer(acting: Context, now: OrderNow, shown: Shown & { trackingDetails?: Fields }): Promise<Answer> {
  return { body: { message: { order: await orderFields(acting, now, shown) } }, schemaContext: SCHEMA_CONTEXT };
}

/** What stands beside what every answer has. */
function besides({ details: { loyalty = [] } }: OrderNow, { isInitialised = false, cancellation, trackingDetails }: Shown & { trackingDetails?: Fields }): Fields {
  return {
    ...(isInitialised && loyalty.length > 0 ? { loyalty: loyalty.map(({ id, name, kind, status }) => ({
      'beckn:id': id, 'schema:name': name, type: kind.toUpperCase(), status: status.toUpperCase(), ...(status === 'pending' ? { authorization: { type: 'OTP' } } : {}),
    })) } : {}),
    ...(cancellation ? { cancellation: cancellationFields(cancellation) } : {}), ...(trackingDetails ? { 'tracking-details': trackingDetails } : {}),
  };
}

/** BKB-17: what is given back, and what is kept. */
function cancellationFields({ by, at, reason, currency, refundMinor, cancellationFeeMinor, noShowFeeMinor, notCancellable }: Cancellation): Fields {
  const of = (minor: number): Fields => ({ currency, value: String(amountOf(minor, currency)) });
  return {
    'cancelled-by': by === 'driver' ? 'CONSUMER' : 'PROVIDER', ...(at === null ? {} : { time: formatMoment(at) }), ...(reason === null ? {} : { reason }),
    'refund-amount': of(refundMinor), 'cancellation-fee': of(cancellationFeeMinor), 'no-show-fee': of(noShowFeeMinor),
    ...(notCancellable === null ? {} : { 'not-cancellable': notCancellable }),
  };
}

async function orderFields(acting: Context, now: OrderNow, shown: Shown & { trackingDetails?: Fields }): Promise<Fields> {
  const { services, state = stateOf(now), isTokenAsked = false } = shown;
  const { details, reservation, payments, bill, due, item } = now;
  const sum = await sumOf(acting, now);
  const payment = paymentOf(now);
  const { tiers, own } = { tiers: cancelQuote(reservation, acting.now), own: reservation.id };
  const agreedMinor = tiers.refundMinor + tiers.cancellationFeeMinor;
  const base = agreedMinor > 0 ? agreedMinor : due.timing === 'pre_order' ? Number(due.totalMinor ?? 0) : 0;
  const ways = acting.settings.providers.filter(({ mode }) => mode === acting.network.mode).flatMap(({ methods }) => methods);
  const offered = ['PAYMENT-LINK', 'UPI-TRANSFER'].filter((word) => ways.includes(word.toLowerCase().replace('-', '_')));
  const attributes = waysToPay({ bank: services.bank, ways: services.bank.account === undefined ? offered : ['BANK-TRANSFER', ...offered] });
  const first = paymentDetails({
    orderId: own, payment, at: reservation.createdAt, attributes, page: details.page,
    due: { timing: due.timing, minor: askedMinor(now), currency: due.currency },
  });
  const settled = bill ? settlementDetails(payments, bill) : [];
  return {
    '@context': ORDER_CONTEXT, '@type': 'beckn:Order', 'beckn:id': own, 'beckn:state': state, 'beckn:orderNumber': orderNumber(own), 'beckn:seller': item.operator.id,
    'beckn:buyer': details.buyer ?? own, 'beckn:orderItems': [await itemOf(acting, now, sum)], ...(details.billing ? { 'beckn:billing': billingId(details) } : {}),
    'beckn:payment': String(first['beckn:id']), 'beckn:fulfillment': details.fulfillmentId ?? 'fulfillment-001',
      ...(sum ? { 'beckn:totals': totalsOf(sum, item.connector.id) } : {}),
    'beckn:orderAttributes': {
      'provider-details': providerDetails(item), ...(details.billing ? { 'billing-details': { 'beckn:id': billingId(details), ...details.billing } } : {}),
      'payment-details': settled.length > 0 ? [first, ...settled] : first, 'fulfillment-details': fulfillmentFields(now, isTokenAsked),
      'refund-terms': refundTerms(reservation.policy, base, due.currency), 'fulfillment-type': 'CHARGING', ...besides(now, shown),
    },
  };
}

const billingId = ({ billing }: Details): string => (typeof billing?.['beckn:id'] === 'string' ? billing['beckn:id'] : 'billing-001');
export const orderNumber = (id: string): string => `ORD-${id.slice(-8).toUpperCase()}`;

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

export function fulfillmentFields(now: OrderNow, isTokenAsked = false): Fields {
  const { details, item, reservation, session } = now;
  const code = fulfillmentStateOf(now);
  const isOver = code === 'COMPLETED' && session !== undefined;
  const slot: Interval = { start: session && session.status !== 'created' ? session.startedAt : reservation.reservedStart!, end: session?.endedAt ?? reservation.reservedEnd! };
  return {
    'beckn:id': details.fulfillmentId ?? 'fulfillment-001', 'beckn:mode': 'RESERVATION', 'beckn:status': code,
    state: { code, name: STATE_NAMES[code] ?? code, 'updated-at': formatMoment(updatedAt(now)), 'updated-by': item.operator.name },
    stops: stopsOf(item, slot, { isTokenAsked, isOver }), vehicle: details.vehicle ?? {}, ...(details.customer ? { customer: details.customer } : {}),
  };
}

const updatedAt = ({ session, reservation }: OrderNow): EpochMs => Math.max(session?.interruptedAt ?? 0, session?.updatedAt ?? 0, reservation.updatedAt);

const TOKEN_ASKED = 'OTP will be shared to the user\'s registered number to confirm order';

export function stopsOf(item: Item, { start, end }: Interval, { isTokenAsked = false, isOver = false }: { isTokenAsked?: boolean; isOver?: boolean } = {}): Fields[] {
  const { latitude, longitude } = item.location.coordinates;
  const short = isTokenAsked ? TOKEN_ASKED : instructionsOf(item.evse);
  const there = { location: placeOf(item.location), instructions: { short_desc: short, 'navigation-url': `geo:${latitude},${longitude}` } };
  return [
    { type: 'START', time: { timestamp: formatMoment(start) }, ...there, ...(isTokenAsked ? { authorization: { type: 'OTP' } } : {}) },
    { type: isOver ? 'END' : 'STOP', time: { timestamp: formatMoment(end) }, ...(isOver ? there : {}) },
  ];
}
