/** rating and support, and what answers them (BKC-15, BKC-16). */
import type { Context } from '../../../../domain/organisations/index.ts';
import { ratingsOf } from '../../../../domain/feedback/index.ts';
import { requireItem, type Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { feedbackUrl } from '../../feedback-form.ts';
import { actingAs, requireOrder, saveOrder } from '../../orders.ts';
import { at, listOf, numberOf, textOf } from '../../provider/index.ts';
import { rateOrder, type SaidMark } from '../../ratings.ts';
import { askForHelp, saidTrouble, troubledBy, type Help } from '../../support.ts';
import type { Fields } from '../../wire/index.ts';
import { CORE, UBC } from './words.ts';

/** What is answered tells of the plug as it is rated now. Ratings name what they are of, not the order: it is that of the transaction, or the one whose id is rated. */
export const rating = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const given = listOf(at(message.body, 'message', 'ratings'));
  const { acting, order } = await requireOrder(ctx, message, given.map(({ id }) => textOf(id)).find((id) => id?.startsWith('res_')));
  const { connectorId, evseId } = await rateOrder(acting, order, given.map(markOf));
  const { average: value, count } = (await ratingsOf(ctx.tx, [connectorId ?? evseId])).get(connectorId ?? evseId)!;
  const feedbackForm = { '@context': CORE, '@type': 'beckn:Form', url: await feedbackUrl(ctx, services, order), mime_type: 'text/html' };
  return { body: { message: { received: true, aggregate: { count, value, best: 5, worst: 1 }, feedbackForm } } };
};

function markOf(one: Fields): SaidMark {
  const tags = at(one, 'feedback', 'tags');
  return {
    category: textOf(one['category']), value: numberOf(one['ratingValue']), worst: numberOf(one['worstRating']), best: numberOf(one['bestRating']),
    comment: textOf(at(one, 'feedback', 'comments')), ...(Array.isArray(tags) ? { tags: tags.filter((tag): tag is string => typeof tag === 'string') } : {}),
  };
}

/** A case about an order, or about a plug that nobody has ordered. */
export const support = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const [refId, refType] = [textOf(at(message.body, 'message', 'refId'))!, textOf(at(message.body, 'message', 'refType'))];
  const said = saidTrouble(message.body.message);
  if (refType === 'ITEM') {
    const { connector } = await requireItem(ctx, refId);
    return showHelp(await askForHelp(await actingAs(ctx, message), services, { connectorId: connector.id }, said));
  }
  const { acting, order } = await requireOrder(ctx, message, refType === 'ORDER' || refId.startsWith('res_') ? refId : undefined);
  await saveOrder(ctx, order);
  return showHelp(await askForHelp(acting, services, troubledBy(order), said));
};

/** UBC's words for where a case is; one that nobody has looked at yet is acknowledged. */
const STATES = { open: 'ACKNOWLEDGED', in_progress: 'IN_PROGRESS', resolved: 'RESOLVED' } as const;

export function showHelp({ ticket, name, phone, email, url, hours, answer }: Help): Answer {
  return { body: { message: {
    support: {
      '@context': CORE, '@type': 'beckn:SupportInfo', name, url, ...(phone === undefined ? {} : { phone }), ...(email === undefined ? {} : { email }),
      ...(hours === undefined ? {} : { hours }), channels: ['WEB', ...(phone === undefined ? [] : ['PHONE']), ...(email === undefined ? [] : ['EMAIL'])],
    },
    feedback: {
      '@context': UBC, '@type': 'SupportFeedback', comments: answer === undefined ? `Case ${ticket.reference}` : `Case ${ticket.reference}: ${answer}`,
      supportStatus: STATES[ticket.status],
    },
  } } };
}
