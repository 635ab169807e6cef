/** status, rating and support, and what answers them. */
import type { Context } from '../../../../domain/organisations/index.ts';
import { DomainError } from '../../../../platform/errors/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { saveOrder } from '../../orders.ts';
import { at, detailsOf, numberOf, orderNow, orderOf, textOf, theOrder, withDetails } from '../../provider/index.ts';
import { BusinessError } from '../../wire/index.ts';
import { attributesOf } from './read.ts';
import { SCHEMA_CONTEXT } from './words.ts';

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
