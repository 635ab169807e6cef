/** rating and support, and what answers them (BKC-15, BKC-16). */
import type { Context } from '../../../../domain/organisations/index.ts';
import { DomainError } from '../../../../platform/errors/index.ts';
import { requireItem, type Item, type Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { requireOrder, saveOrder } from '../../orders.ts';
import { at, detailsOf, listOf, numberOf, orderNow, textOf, withDetails } from '../../provider/index.ts';
import { BusinessError, type Fields } from '../../wire/index.ts';
import { CORE } from './words.ts';

const CATEGORIES = ['ORDER', 'FULFILLMENT', 'ITEM', 'PROVIDER', 'AGENT', 'OTHER'];
const MOST_STARS = 5;

/** Ratings name what they are of, not the order: it is that of the transaction, or the one whose id is rated. Kept with the order, one of each category. */
export const rating = (_services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const given = listOf(at(message.body, 'message', 'ratings'));
  const orderId = given.map(({ id }) => textOf(id)).find((id) => id?.startsWith('res_'));
  const { acting, order } = await requireOrder(ctx, message, orderId);
  const { reservation } = await orderNow(acting, order);
  if (reservation.status !== 'completed') throw new DomainError('invalid_state', 'An order is rated once charging has ended.');
  const ratings = given.map(ratingOf);
  const kept = [...(detailsOf(order).ratings ?? []).filter((old) => !ratings.some((one) => one['category'] === old['category'])), ...ratings];
  await saveOrder(ctx, withDetails(order, { ratings: kept }));
  return { body: { message: { received: true } } };
};

function ratingOf(one: Fields, i: number): Fields {
  const category = (textOf(one['category']) ?? 'ORDER').toUpperCase();
  if (!CATEGORIES.includes(category)) throw new BusinessError('rating_category_unsupported', `Rate one of ${CATEGORIES.join(', ')}.`, `/message/ratings/${i}/category`);
  const [value, worst, best] = [numberOf(one['ratingValue']), numberOf(one['worstRating']) ?? 1, numberOf(one['bestRating']) ?? MOST_STARS];
  if (value === undefined || best <= worst || value < worst || value > best) {
    throw new BusinessError('rating_invalid', `A rating lies between worstRating and bestRating: 1 and ${MOST_STARS} unless told otherwise.`, `/message/ratings/${i}/ratingValue`);
  }
  const comments = textOf(at(one, 'feedback', 'comments'));
  return { category, value: 1 + ((value - worst) / (best - worst)) * (MOST_STARS - 1), id: textOf(one['id']), ...(comments === undefined ? {} : { feedback: comments }) };
}

/** Who helps: with an order, or with a plug. Tickets are not kept yet, so none is said to be. */
export const support = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const { location, operator } = await subjectOf(ctx, message);
  const { phone, email } = services.support;
  return { body: { message: { support: {
    '@context': CORE, '@type': 'beckn:SupportInfo', name: location.operator?.name ?? operator.name, url: location.operator?.website ?? services.publicUrl(),
    ...(phone === undefined ? {} : { phone }), ...(email === undefined ? {} : { email }),
    channels: ['WEB', ...(phone === undefined ? [] : ['PHONE']), ...(email === undefined ? [] : ['EMAIL'])],
  } } } };
};

async function subjectOf(ctx: Context, message: BecknMessage): Promise<Item> {
  const refId = textOf(at(message.body, 'message', 'refId'))!;
  if (textOf(at(message.body, 'message', 'refType')) === 'ITEM') return requireItem(ctx, refId);
  const { acting, order } = await requireOrder(ctx, message, refId.startsWith('res_') || textOf(at(message.body, 'message', 'refType')) === 'ORDER' ? refId : undefined);
  await saveOrder(ctx, order);
  return (await orderNow(acting, order)).item;
}
