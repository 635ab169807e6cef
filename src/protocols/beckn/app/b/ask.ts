/** Our questions in the words of the draft. */
import type { Customer, ExternalQuery, ExternalReservation, Question } from '../../../../domain/external/index.ts';
import { ORDER_CONTEXT, plugOf } from '../../handlers/b/index.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import { wantedOf, wholeOf } from '../money.ts';
import type { NetworkSettings } from '../settings.ts';
import type { Saying } from '../translation.ts';

export function search({ text, circle, connectorStandards, limit }: ExternalQuery): Saying {
  const words = [text ?? 'EV charger', ...(connectorStandards ?? []).map(plugOf)].join(' ');
  return {
    action: 'discover', body: {
      text_search: words, pagination: { page: 1, limit },
      ...(circle ? { spatial: [{
        op: 's_dwithin', targets: "$['beckn:availableAt'][*]['geo']", distanceMeters: circle.radiusM, geometry: { type: 'Point', coordinates: [circle.longitude, circle.latitude] },
      }] } : {}),
    },
  };
}

const FULFILLMENT = 'fulfillment-001';
const BILLING = 'invoice-001';

export function ask(reservation: ExternalReservation, question: Question, settings: NetworkSettings): Saying {
  const { facts } = reservation;
  const order = (state: string, attributes: Fields, beside: Fields = {}): { message: Fields } => ({ message: { order: {
    '@context': ORDER_CONTEXT, '@type': 'beckn:Order', 'beckn:id': facts.orderRef ?? `order-${reservation.conversationId}`, 'beckn:state': state,
    'beckn:seller': reservation.place.operator.ref, 'beckn:buyer': reservation.id, ...beside, 'beckn:orderAttributes': { ...attributes, 'fulfillment-type': 'CHARGING' },
  } } });
  const wished = { 'beckn:orderItems': [lineOf(reservation)], 'beckn:fulfillment': FULFILLMENT };
  switch (question.operation) {
    case 'quote':
      return { action: 'select', body: order('DRAFT', { 'fulfillment-details': fulfillmentOf(reservation), ...finderFee(settings) }, wished) };
    case 'hold':
      return { action: 'init', body: order('INITIALIZED', {
        'billing-details': billingOf(question.customer), 'fulfillment-details': { ...fulfillmentOf(reservation), customer: customerOf(question.customer) }, ...finderFee(settings),
      }, { ...wished, 'beckn:billing': BILLING }) };
    case 'confirm':
      return { action: 'confirm', body: order('CONFIRMING', {
        'billing-details': billingOf(question.customer), 'payment-details': paymentOf(reservation),
        'fulfillment-details': { ...fulfillmentOf(reservation, question.otp), customer: customerOf(question.customer) },
      }, { ...wished, 'beckn:billing': BILLING }) };
    case 'start':
      return { action: 'update', body: order('ACTIVE', changeTo('start-charging', question.otp === undefined ? {} : { authorization: { type: 'OTP', token: question.otp } })) };
    case 'stop':
      return { action: 'update', body: order('ACTIVE', changeTo('stop-charging')) };
    case 'cancel_quote':
      return { action: 'cancel', body: order('CANCELLED', { cancellation: { type: 'SOFT' } }) };
    case 'cancel':
      return { action: 'cancel', body: order('CANCELLED', { cancellation: { type: 'HARD', ...(question.reason === undefined ? {} : { reason: question.reason }) } }) };
    case 'rate': {
      const { message } = order('COMPLETED', {});
      const feedback = question.feedback === null ? {} : { 'beckn:feedback': question.feedback };
      return { action: 'rating', body: { message: { ...message, ratings: [{ '@type': 'beckn:Rating', 'beckn:ratingValue': question.value, 'beckn:category': question.category,
        ...feedback }] } } };
    }
    case 'status': case 'support':
      return { action: question.operation, body: order('CONFIRMED', {}) };
    case 'track':
      return { action: 'track', body: order('ACTIVE', { 'track-fulfillment': true }) };
  }
}

const finderFee = ({ finder_fee_percent: percent }: NetworkSettings): Fields => (percent === undefined ? {} : { 'buyer-finder-fee': { type: 'PERCENTAGE', value: percent } });

function changeTo(code: string, more: Fields = {}): Fields {
  return {
    'update-target': 'order.fulfillments[0].state',
    'fulfillment-update': { 'beckn:id': FULFILLMENT, 'beckn:mode': 'RESERVATION', 'beckn:status': code, state: { code }, ...more },
  };
}

/** By energy, by what may be spent, or by time alone. */
function lineOf({ connector, wish }: ExternalReservation): Fields {
  const wanted = wantedOf(wish);
  const measure = wanted ? { 'beckn:orderItemAttributes': { 'quantity-measure': { type: 'CONSTANT', ...wanted } } } : {};
  return { 'beckn:lineId': 'line-001', 'beckn:orderedItem': connector.itemId, 'beckn:quantity': 1, ...measure };
}

/** The slot that was quoted; before, the one that is wished for. */
function fulfillmentOf({ wish, facts: { slot }, vehicle }: ExternalReservation, token?: string): Fields {
  const [start, end] = [slot?.start ?? wish.start, slot?.end ?? wish.end];
  const authorization = token === undefined ? {} : { authorization: { type: 'OTP', token } };
  const stops = [
    ...(start === null && token === undefined ? [] : [{ type: 'START', ...(start === null ? {} : { time: { timestamp: formatMoment(start) } }), ...authorization }]),
    ...(end === null ? [] : [{ type: 'STOP', time: { timestamp: formatMoment(end) } }]),
  ];
  return {
    'beckn:id': FULFILLMENT, ...(stops.length > 0 ? { stops } : {}),
    ...(vehicle ? { vehicle: { make: vehicle.make, model: vehicle.model, registration: vehicle.licensePlate } } : {}),
  };
}

function billingOf({ name, phone, email, taxId, organisation }: Customer): Fields {
  return {
    'beckn:id': BILLING, ...(name === null ? {} : { 'schema:name': name }), ...(email === null ? {} : { 'schema:email': email }),
      ...(phone === null ? {} : { 'schema:telephone': phone }),
    ...(taxId === undefined ? {} : { 'tax-id': taxId }), ...(organisation === undefined ? {} : { organization: { 'schema:name': organisation } }),
  };
}

const customerOf = ({ name, phone }: Customer): Fields => ({ ...(name === null ? {} : { 'schema:name': name }), ...(phone === null ? {} : { 'schema:telephone': phone }) });

/** What we were told of it: the provider looks at its own books, whatever we say. */
function paymentOf({ facts: { payment } }: ExternalReservation): Fields {
  if (!payment) return { 'beckn:status': 'NOT-PAID', 'collected-by': 'BPP' };
  const { isPaid, amountMinor, currency, reference, url } = payment;
  return {
    'beckn:status': isPaid ? 'PAID' : 'NOT-PAID', 'beckn:amount': { currency, value: Number(wholeOf(amountMinor, currency)) }, 'collected-by': 'BPP',
    ...(reference === null ? {} : { 'beckn:txnRef': reference }), ...(url === null ? {} : { 'payment-url': url }),
  };
}
