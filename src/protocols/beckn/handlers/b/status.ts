/** rating and support, and what answers them. */
import type { Context } from '../../../../domain/organisations/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { feedbackUrl } from '../../feedback-form.ts';
import { orderIdOf } from '../../order.ts';
import { saveOrder } from '../../orders.ts';
import { at, numberOf, orderOf, textOf, theOrder } from '../../provider/index.ts';
import { rateOrder, saidOfRating, type SaidMark } from '../../ratings.ts';
import { askForHelp, saidTrouble, troubledBy, type Help } from '../../support.ts';
import type { Fields } from '../../wire/index.ts';
import { attributesOf } from './read.ts';
import { SCHEMA_CONTEXT } from './words.ts';

/** BKB-18: what is answered is all that was rated so far. */
export const rating = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const { acting, order } = await theOrder(ctx, message);
  const given = at(message.body, 'message', 'ratings') ?? attributesOf(orderOf(message.body))['ratings'];
  const rated = await rateOrder(acting, order, (Array.isArray(given) ? given as unknown[] : []).map(markOf));
  const ratings = saidOfRating(rated).map(({ comment, ...mark }) => ({ ...mark, ...(comment === undefined ? {} : { feedback: comment }) }));
  const form = { url: await feedbackUrl(ctx, services, order), 'mime-type': 'text/html' };
  const told = { order: { 'beckn:id': orderIdOf(order) }, ratings, 'feedback-accepted': true, 'feedback-form': form };
  return { body: { message: told }, schemaContext: SCHEMA_CONTEXT };
};

function markOf(one: unknown): SaidMark {
  const feedback = textOf(at(one, 'beckn:feedback') ?? at(one, 'feedback'));
  return {
    category: textOf(at(one, 'beckn:category') ?? at(one, 'category')), value: numberOf(at(one, 'beckn:ratingValue') ?? at(one, 'value')),
    ...(feedback === undefined ? {} : { comment: feedback }),
  };
}

/** BKN-65: a case of the network's own, and who helps: its operator, or where that says nothing of itself, this provider. */
export const support = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const { acting, order } = await theOrder(ctx, message);
  await saveOrder(ctx, order);
  return showHelp(await askForHelp(acting, services, troubledBy(order), saidTrouble(message.body.message)));
};

export function showHelp({ ticket, name, phone, email, url, hours, answer }: Help): Answer {
  const told: Fields = {
    'beckn:orderId': ticket.reservationId ?? ticket.sessionId, 'beckn:ticketId': ticket.reference, 'beckn:ticketStatus': STATES[ticket.status],
    'schema:name': name, 'schema:url': url,
    ...(phone === undefined ? {} : { 'schema:telephone': phone }), ...(email === undefined ? {} : { 'schema:email': email }),
    ...(hours === undefined ? {} : { 'schema:hoursAvailable': hours }), ...(answer === undefined ? {} : { 'schema:answer': answer }),
  };
  return { body: { message: { support: told } }, schemaContext: SCHEMA_CONTEXT };
}

const STATES = { open: 'OPEN', in_progress: 'IN-PROGRESS', resolved: 'RESOLVED' } as const;
