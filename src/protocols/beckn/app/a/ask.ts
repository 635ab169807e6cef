/** Our questions in the words of Beckn 1.1. */
import type { Customer, ExternalQuery, ExternalReservation, Question } from '../../../../domain/external/index.ts';
import { DomainError } from '../../../../platform/errors/index.ts';
import { plugOf } from '../../handlers/b/index.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import { wantedOf, wholeOf } from '../money.ts';
import type { NetworkSettings } from '../settings.ts';
import type { Saying } from '../translation.ts';

export function search({ text, circle, connectorStandards, window }: ExternalQuery, settings: NetworkSettings): Saying {
  const place = circle ? { location: { circle: { gps: `${circle.latitude},${circle.longitude}`, radius: { value: String(circle.radiusM / 1_000), unit: 'km' } } } } : {};
  const time = window ? { time: { range: { start: formatMoment(window.start), end: formatMoment(window.end) } } } : {};
  const plugs = connectorStandards ? { tags: [{ list: [{ descriptor: { code: 'connector-type' }, value: connectorStandards.map(plugOf).join(',') }] }] } : {};
  return { action: 'search', body: { message: { intent: {
    descriptor: { name: text ?? 'EV charger' }, item: { descriptor: { code: 'CHARGER' } },
    fulfillment: { type: 'CHARGING', ...(circle ?? window ? { stops: [{ type: 'START-CHARGING', ...place, ...time }] } : {}), ...plugs }, ...finderFee(settings),
  } } } };
}

const finderFee = ({ finder_fee_percent: percent }: NetworkSettings): Fields => (percent === undefined ? {} : { tags: [{
  descriptor: { code: 'buyer-finder-fee' }, list: [{ descriptor: { code: 'type' }, value: 'PERCENTAGE' }, { descriptor: { code: 'value' }, value: percent }],
}] });

export function ask(reservation: ExternalReservation, question: Question, settings: NetworkSettings): Saying {
  const orderOf = (more: Fields, token?: string, customer?: Customer): Fields => ({ message: { order: {
    provider: { id: reservation.place.operator.ref }, items: [itemOf(reservation)], fulfillments: [fulfillmentOf(reservation, token, customer)], ...finderFee(settings), ...more,
  } } });
  const { operation } = question;
  switch (operation) {
    case 'quote': return { action: 'select', body: orderOf({}) };
    case 'hold': return { action: 'init', body: orderOf({ billing: billingOf(question.customer) }, undefined, question.customer) };
    case 'confirm': return {
      action: 'confirm', body: orderOf({ billing: billingOf(question.customer), payments: [paymentOf(reservation)] }, question.otp, question.customer),
    };
    case 'start': return { action: 'update', body: changeTo(reservation, 'start-charging', question.otp) };
    case 'stop': return { action: 'update', body: changeTo(reservation, 'stop-charging') };
    case 'cancel': return { action: 'cancel', body: { message: { order_id: idOf(reservation), cancellation_reason_id: '001', ...(question.reason === undefined ? {}
      : { descriptor: { short_desc: question.reason } }) } } };
    case 'status': case 'track': return { action: operation, body: { message: { order_id: idOf(reservation) } } };
    case 'rate': return { action: 'rating', body: { message: { ratings: [{ id: idOf(reservation), rating_category: question.category, value: String(question.value) }] } } };
    case 'support': return { action: 'support', body: { message: { support: { ref_id: idOf(reservation) } } } };
    case 'cancel_quote': throw new DomainError('not_supported', 'Providers of this network tell what cancelling costs with their terms only.');
  }
}

/** Orders have an id once they are confirmed. */
function idOf({ facts: { orderRef } }: ExternalReservation): string {
  if (orderRef === undefined) throw new DomainError('not_supported', 'In this network that can be asked for once the order is confirmed; what is not confirmed ends by itself.');
  return orderRef;
}

function itemOf({ connector, wish }: ExternalReservation): Fields {
  const wanted = wantedOf(wish);
  return { id: connector.itemId, ...(wanted ? { quantity: { selected: { measure: { type: 'CONSTANT', ...wanted } } } } : {}) };
}

/** The slot that was quoted; before, the one that is wished for. */
function fulfillmentOf({ connector, wish, facts: { slot }, vehicle }: ExternalReservation, token?: string, customer?: Customer): Fields {
  const [start, end] = [slot?.start ?? wish.start, slot?.end ?? wish.end];
  const time = (at: number | null): Fields => (at === null ? {} : { time: { timestamp: formatMoment(at) } });
  return {
    id: connector.evseKey, type: 'CHARGING',
    stops: [{ type: 'START', ...time(start), ...(token === undefined ? {} : { authorization: { type: 'OTP', token } }) }, ...(end === null ? [] : [{ type: 'STOP',
      ...time(end) }])],
    ...(vehicle ? { vehicle: { make: vehicle.make, model: vehicle.model, registration: vehicle.licensePlate } } : {}),
    ...(customer ? { customer: { person: { name: customer.name ?? undefined }, contact: { phone: customer.phone ?? undefined, email: customer.email ?? undefined } } } : {}),
  };
}

const billingOf = ({ name, phone, email, taxId, organisation }: Customer): Fields => ({
  ...(name === null ? {} : { name }), ...(phone === null ? {} : { phone }), ...(email === null ? {} : { email }), ...(taxId === undefined ? {} : { tax_id: taxId }),
  ...(organisation === undefined ? {} : { organization: { descriptor: { name: organisation } } }),
});

/** What we were told of it: the provider looks at its own books, whatever we say. */
function paymentOf({ facts: { payment } }: ExternalReservation): Fields {
  if (!payment) return { collected_by: 'BPP', status: 'NOT-PAID' };
  const { isPaid, amountMinor, currency, reference, url, timing } = payment;
  return {
    collected_by: 'BPP', status: isPaid ? 'PAID' : 'NOT-PAID', ...(timing === null ? {} : { type: timing }), ...(url === null ? {} : { url }),
    params: { amount: wholeOf(amountMinor, currency), currency, ...(reference === null ? {} : { transaction_id: reference }) },
  };
}

function changeTo(reservation: ExternalReservation, code: string, token?: string): Fields {
  const stops = token === undefined ? {} : { stops: [{ type: 'START', authorization: { type: 'OTP', token } }] };
  return { message: { update_target: 'order.fulfillments[0].state', order: {
    id: idOf(reservation), fulfillments: [{ id: reservation.connector.evseKey, type: 'CHARGING', state: { descriptor: { code } }, ...stops }],
  } } };
}
