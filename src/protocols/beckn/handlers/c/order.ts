/** An order as it is now, as the candidate writes it. Encodes only: what it says was decided by the network. */
import type { Context } from '../../../../domain/organisations/index.ts';
import { liveOf, type LiveSession } from '../../../../domain/sessions/index.ts';
import { priceAt, type Item } from '../../catalogue.ts';
import type { Answer } from '../../exchange/index.ts';
import { fieldsOf, paidMinor, settledBy, stateOf, sumOf, textOf, type Cancellation, type Details, type OrderNow, type OrderState, type Shown } from '../../provider/index.ts';
import { formatMoment, isFields, type Fields } from '../../wire/index.ts';
import { rateId } from './catalog.ts';
import { paymentFields } from './payment.ts';
import { orderValue } from './price.ts';
import { cancellationTerms } from './terms.ts';
import { amountOf, CORE, itemName, plugOf, powerKwOf, SESSION, unitPriceOf } from './words.ts';

const STATES: Record<OrderState, string> = {
  INITIALIZED: 'CREATED', PENDING: 'PENDING', CONFIRMED: 'CONFIRMED', ACTIVE: 'INPROGRESS', COMPLETED: 'COMPLETED', CANCELLED: 'CANCELLED',
};

export async function show(acting: Context, now: OrderNow, shown: Shown): Promise<Answer> {
  const { isInitialised = false, isTokenAsked = false, cancellation } = shown;
  const { details: { loyalty = [] } } = now;
  return { body: { message: {
    order: await orderFields(acting, now, shown),
    // The order's schema is closed: what it has no field for stands beside it, as UBC's `feedback` does.
    ...(isInitialised ? { cancellationTerms: cancellationTerms(now, acting.now) } : {}), ...(isTokenAsked ? { authorization: { type: 'OTP' } } : {}),
    ...(isInitialised && loyalty.length > 0 ? { loyalty: loyalty.map(({ id, name, kind, status }) => ({ programmeId: id, name, type: kind.toUpperCase(),
      status: status.toUpperCase() })) } : {}),
    ...(cancellation ? { cancellation: cancellationFields(cancellation) } : {}),
  } } };
}

async function orderFields(acting: Context, now: OrderNow, { services, state = stateOf(now), cancellation }: Shown): Promise<Fields> {
  const { details, reservation, payments, bill, item } = now;
  const sum = await sumOf(acting, now);
  const paid = bill ? { paidMinor: paidMinor(payments), backMinor: settledBy(bill, payments).backMinor } : undefined;
  return {
    '@context': CORE, '@type': 'beckn:Order', 'beckn:id': reservation.id, 'beckn:orderStatus': STATES[state], 'beckn:seller': item.operator.id,
    'beckn:buyer': buyerFields(details, reservation.id), 'beckn:orderItems': [await lineOf(acting, item, details, reservation.reservedStart!)],
    ...(sum ? { 'beckn:orderValue': orderValue(sum, paid) } : {}), 'beckn:payment': paymentFields(acting, now, services, cancellation),
    'beckn:fulfillment': await fulfillmentFields(acting, now, state), ...(bill?.invoiceId == null ? {} : { 'beckn:invoice': bill.invoiceId }),
    'beckn:orderAttributes': sessionPreferences(details, { start: reservation.reservedStart!, end: reservation.reservedEnd! }),
  };
}

const BUYER_TEXTS = ['beckn:id', 'beckn:displayName', 'beckn:telephone', 'beckn:taxID'] as const;
const ROLES = ['BUYER', 'SELLER', 'INTERMEDIARY', 'PAYER', 'PAYEE', 'FULFILLER'];
const EMAIL = /^[\w.+-]{1,64}@[a-z\d-]+(\.[a-z\d-]+)+$/i;

/** As it was told, but for what the schema has no place for. */
export function buyerFields({ buyer }: Details, fallbackId: string): Fields {
  const told = fieldsOf(buyer);
  const texts: Fields = Object.fromEntries(BUYER_TEXTS.flatMap((name) => (textOf(told[name]) === undefined ? [] : [[name, textOf(told[name])]])));
  const [role, email, attributes] = [textOf(told['beckn:role']), textOf(told['beckn:email']), told['beckn:buyerAttributes']];
  const vpa = isFields(attributes) ? textOf(attributes['vpa']) : undefined;
  return {
    '@context': CORE, '@type': 'beckn:Buyer', 'beckn:id': fallbackId, ...texts, ...(role !== undefined && ROLES.includes(role) ? { 'beckn:role': role } : {}),
    ...(email !== undefined && EMAIL.test(email) ? { 'beckn:email': email } : {}),
    ...(vpa === undefined || !isFields(attributes) || !URL.canParse(textOf(attributes['@context']) ?? '') ? {} : { 'beckn:buyerAttributes': {
      '@context': attributes['@context'], '@type': textOf(attributes['@type']) ?? 'BuyerUPI', vpa } }),
  };
}

export async function lineOf(acting: Context, item: Item, { line, offerId }: Details, start: number): Promise<Fields> {
  const { connector, evse, operator } = item;
  const shown = await priceAt(acting, item, start);
  const measure = fieldsOf(line?.measure);
  const texts: Fields = Object.fromEntries(['unitText', 'unitCode'].flatMap((name) => (textOf(measure[name]) === undefined ? [] : [[name, textOf(measure[name])]])));
  const price = shown && unitPriceOf(shown).price;
  const hasQuantity = typeof measure['unitQuantity'] === 'number';
  return {
    ...(line ? { 'beckn:lineId': line.lineId } : {}), 'beckn:orderedItem': connector.id,
    ...(hasQuantity ? { 'beckn:quantity': { ...texts, unitQuantity: measure['unitQuantity'] } } : {}), ...(price ? {
      'beckn:price': price,
      'beckn:acceptedOffer': {
        '@context': CORE, '@type': 'beckn:Offer', 'beckn:id': offerId ?? rateId(connector.id), 'beckn:provider': operator.id, 'beckn:items': [connector.id], 'beckn:price': price,
        'beckn:descriptor': { '@type': 'beckn:Descriptor', 'schema:name': `Tariff of ${itemName(evse, connector)}` },
      },
    } : {}),
  };
}

export function sessionPreferences({ finderFee }: Details, { start, end }: { start: number; end: number }): Fields {
  const fee = finderFee && ('percent' in finderFee ? { feeType: 'PERCENTAGE', feeValue: Number(finderFee.percent) } : { feeType: 'AMOUNT', feeValue: Number(finderFee.amount) });
  return {
    '@context': SESSION, '@type': 'ChargingSession', ...(fee ? { buyerFinderFee: fee } : {}), preferences: { startTime: formatMoment(start), endTime: formatMoment(end) },
  };
}

const SESSION_STATES: Partial<Record<OrderState, string>> = { ACTIVE: 'ACTIVE', COMPLETED: 'COMPLETED' };

async function fulfillmentFields(acting: Context, now: OrderNow, state: OrderState): Promise<Fields> {
  const { details, item: { connector }, reservation, session, bill } = now;
  const plug = plugOf(connector.standard);
  const live = session && session.status !== 'created' && session.status !== 'cancelled' ? await liveOf(acting, session) : undefined;
  const status = state === 'ACTIVE' && session?.isInterrupted === true ? 'INTERRUPTED' : SESSION_STATES[state] ?? 'PENDING';
  return {
    '@context': CORE, '@type': 'beckn:Fulfillment', 'beckn:id': details.fulfillmentId ?? 'fulfillment-001', 'beckn:mode': 'RESERVATION',
    ...(details.trackingUrl === undefined ? {} : { trackingAction: { '@type': 'beckn:TrackAction', url: details.trackingUrl,
      target: { '@type': 'schema:EntryPoint', url: details.trackingUrl } } }),
    'beckn:deliveryAttributes': {
      '@context': SESSION, '@type': 'ChargingSession', ...(plug === undefined ? {} : { connectorType: plug }), maxPowerKW: powerKwOf(connector.maxPowerW),
      sessionStatus: status, ...(live ? {} : { connectorStatus: connectorStatusOf(now) }), reservationId: reservation.id, gracePeriodMinutes: reservation.policy.graceMinutes,
      ...(live ? telemetryOf(live, acting.now) : {}),
      ...(live?.session.endedAt == null ? {} : { meteredDurationMinutes: Math.round((live.session.endedAt - live.session.startedAt) / 6_000) / 10 }),
      ...(bill ? { totalCost: costOf(bill.content.lines, bill.currency) } : {}), lastUpdated: formatMoment(Math.max(session?.updatedAt ?? 0, reservation.updatedAt)),
    },
  };
}

/** What stations tell of the plug before charging begins: with a car at it, and no session, it is being prepared. */
function connectorStatusOf({ item: { evse: { status } } }: OrderNow): string {
  if (status === 'AVAILABLE' || status === 'RESERVED') return 'AVAILABLE';
  return status === 'CHARGING' ? 'PREPARING' : 'UNAVAILABLE';
}

function telemetryOf({ energyWh, powerW, currentA, voltageV, socPercent, readAt }: LiveSession, now: number): Fields {
  const metric = (name: string, value: number | null, unitCode: string): Fields[] => (value === null ? [] : [{ name, value, unitCode }]);
  return {
    meteredEnergyKWh: energyWh / 1_000,
    chargingTelemetry: [{
      eventTime: formatMoment(readAt ?? now),
      metrics: [
        ...metric('STATE_OF_CHARGE', socPercent, 'PERCENTAGE'), ...metric('POWER', powerW === null ? null : powerW / 1_000, 'KW'), ...metric('ENERGY', energyWh / 1_000, 'KWH'),
        ...metric('VOLTAGE', voltageV, 'VLT'), ...metric('CURRENT', currentA, 'AMP'),
      ],
    }],
  };
}

function costOf(lines: readonly { exclTaxMinor: number | bigint; taxMinor: number | bigint }[], currency: string): Fields {
  const exclMinor = lines.reduce((sum, line) => sum + BigInt(line.exclTaxMinor), 0n);
  return { exclVat: amountOf(exclMinor, currency), inclVat: amountOf(lines.reduce((sum, line) => sum + BigInt(line.taxMinor), exclMinor), currency) };
}

/** BKC-14: what is given back, and what is kept. */
function cancellationFields({ by, at, reason, currency, refundMinor, cancellationFeeMinor, noShowFeeMinor, notCancellable }: Cancellation): Fields {
  const of = (minor: number): Fields => ({ currency, value: amountOf(minor, currency) });
  return {
    cancelledBy: by === 'driver' ? 'BUYER' : 'BPP', ...(at === null ? {} : { time: formatMoment(at) }), ...(reason === null ? {} : { reason }), refundAmount: of(refundMinor),
    cancellationFee: of(cancellationFeeMinor), noShowFee: of(noShowFeeMinor), ...(notCancellable === null ? {} : { notCancellable }),
  };
}
