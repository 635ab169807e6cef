/** status, cancel, rating and support, and what answers them. */
import type { Context } from '../../../../domain/organisations/index.ts';
import { cancelReservation, cancelQuote } from '../../../../domain/reservations/index.ts';
import { DomainError } from '../../../../platform/errors/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { saveOrder } from '../../orders.ts';
import { BusinessError, formatMoment, type Fields } from '../../wire/index.ts';
import { orderAnswer, orderNow, type OrderNow } from './answer.ts';
import { detailsOf, withDetails } from './details.ts';
import { at, attributesOf, numberOf, orderOf, textOf } from './read.ts';
import { theOrder } from './the-order.ts';
import { amountOf, SCHEMA_CONTEXT } from './words.ts';

export const status = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const { acting, order } = await theOrder(ctx, message);
  await saveOrder(ctx, order);
  return orderAnswer(acting, await orderNow(acting, order), { services });
};

/** BKB-17: what is given back, and what is kept. */
export function cancellationOf({ reservation, payments }: OrderNow, now: number): Fields {
  const { refundMinor, cancellationFeeMinor, noShowFeeMinor, currency, reason } = cancelQuote({ ...reservation,
    status: reservation.confirmedAt === null ? 'pending' : 'confirmed' }, now);
  const of = (minor: number): Fields => ({ currency, value: String(amountOf(minor, currency)) });
  const isOperator = reservation.cancelledBy === 'operator' || (reservation.status === 'failed' && reservation.confirmedAt !== null);
  const paidMinor = payments.reduce((sum, { authorizedMinor, capturedMinor }) => sum + (capturedMinor > authorizedMinor ? capturedMinor : authorizedMinor), 0n);
  return {
    'cancelled-by': reservation.cancelledBy === 'driver' ? 'CONSUMER' : 'PROVIDER', ...(reservation.endedAt === null ? {} : { time: formatMoment(reservation.endedAt) }),
    ...(reservation.endedDetail === null ? {} : { reason: reservation.endedDetail }), 'refund-amount': isOperator ? of(Number(paidMinor)) : of(refundMinor),
    'cancellation-fee': isOperator ? of(0) : of(cancellationFeeMinor), 'no-show-fee': of(reservation.status === 'expired' ? reservation.noShowFeeMinor || noShowFeeMinor : 0),
    ...(reason === null ? {} : { 'not-cancellable': reason }),
  };
}

/** `soft`: what it would cost, and nothing else. */
export const cancel = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const asked = orderOf(message.body);
  const { acting, order } = await theOrder(ctx, message);
  const wish = attributesOf(asked)['cancellation'];
  await saveOrder(ctx, order);
  const before = await orderNow(acting, order);
  if (/^soft/i.test(textOf(at(wish, 'type')) ?? '')) return orderAnswer(acting, before, { services, more: { cancellation: cancellationOf(before, acting.now) } });
  if (before.reservation.status === 'cancelled') throw new BusinessError('already_cancelled', 'That order is cancelled already.', '/message/order');
  if (before.session || before.reservation.status === 'completed') throw new BusinessError('cancellation_not_possible', 'Charging has begun: stop it instead.', '/message/order');
  const quote = cancellationOf(before, acting.now);
  const reason = textOf(at(wish, 'reason')) ?? textOf(at(wish, 'reason-code')) ?? textOf(at(message.body, 'message', 'cancellation_reason_id'));
  await cancelReservation(acting, before.reservation.id, reason === undefined ? {} : { reason: reason.slice(0, 500) });
  const after = await orderNow(acting, order);
  return orderAnswer(acting, after, { services, more: { cancellation: { ...quote, ...pick(cancellationOf(after, acting.now), ['cancelled-by', 'time', 'reason']) } } });
};

const pick = (fields: Fields, names: readonly string[]): Fields => Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));

const CATEGORIES = ['Order', 'Fulfillment', 'Provider', 'Item', 'Support', 'Amenities'];
const MOST_RATINGS = 20;

/** BKB-18: kept with the order; one of the same category takes the place of the one before. */
export const rating = (_services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const { acting, order } = await theOrder(ctx, message);
  const { reservation } = await orderNow(acting, order);
  if (reservation.status !== 'completed') throw new DomainError('invalid_state', 'An order is rated once charging has ended.');
  const given = at(message.body, 'message', 'ratings') ?? attributesOf(orderOf(message.body))['ratings'];
  const ratings = (Array.isArray(given) ? given.slice(0, MOST_RATINGS) : []).map((one: unknown, i) => ratingOf(one, i));
  if (ratings.length === 0) throw new BusinessError('rating_invalid', 'There is no rating.', '/message/ratings');
  const kept = [...(detailsOf(order).ratings ?? []).filter((old) => !ratings.some((one) => one.category === old['category'])), ...ratings];
  await saveOrder(ctx, withDetails(order, { ratings: kept }));
  return { body: { message: { order: { 'beckn:id': reservation.id }, ratings: kept, 'feedback-accepted': true } }, schemaContext: SCHEMA_CONTEXT };
};

function ratingOf(one: unknown, i: number): { category: string; value: number; feedback?: string } {
  const value = numberOf(at(one, 'beckn:ratingValue') ?? at(one, 'value'));
  const word = textOf(at(one, 'beckn:category') ?? at(one, 'category')) ?? 'Order';
  const category = CATEGORIES.find((known) => known.toLowerCase() === word.toLowerCase());
  if (category === undefined) throw new BusinessError('rating_category_unsupported', `There is no category ${word.slice(0, 60)}: ${CATEGORIES.join(', ')}.`,
    `/message/ratings/${i}`);
  if (value === undefined || value < 1 || value > 5) throw new BusinessError('rating_invalid', 'A rating is 1 to 5.', `/message/ratings/${i}`);
  const feedback = textOf(at(one, 'beckn:feedback') ?? at(one, 'feedback'));
  return { category, value, ...(feedback === undefined ? {} : { feedback }) };
}

/** BKB-19: who helps with an order: its operator's page, and the phone and address of this provider. */
export const support = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const { acting, order } = await theOrder(ctx, message);
  await saveOrder(ctx, order);
  const { item: { operator, location }, reservation } = await orderNow(acting, order);
  const { phone, email } = services.support;
  return { body: { message: { support: {
    'beckn:orderId': reservation.id, 'schema:name': location.operator?.name ?? operator.name, 'schema:url': location.operator?.website ?? services.publicUrl(),
    ...(phone === undefined ? {} : { 'schema:telephone': phone }), ...(email === undefined ? {} : { 'schema:email': email }),
  } } }, schemaContext: SCHEMA_CONTEXT };
};
