/** The form behind `feedback_form`: whoever was given its link says in words what an app has rated in stars. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listRatings, rate, RATING_LIMITS, type Rating, type RatingCategory } from '../../domain/feedback/index.ts';
import { inContext, type Context } from '../../domain/organisations/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Services } from './catalogue.ts';
import type { Exchange } from './exchange/index.ts';
import { orderIdOf, type BecknOrder } from './order.ts';
import { actingFor, saveOrder } from './orders.ts';
import { lockOrderOf } from './store-orders.ts';

const PATH = '/beckn/feedback';

/** Where the words can be said; the order, which is locked, keeps what makes the link. */
export async function feedbackUrl(ctx: Context, { publicUrl }: Services, order: BecknOrder): Promise<string> {
  const { feedbackToken: known } = order.details;
  const feedbackToken = typeof known === 'string' ? known : randomBytes(18).toString('base64url');
  await saveOrder(ctx, { ...order, details: { ...order.details, feedbackToken } });
  return `${publicUrl()}${PATH}/${orderIdOf(order)!}/${feedbackToken}`;
}

export function addFeedbackForm(app: FastifyInstance, exchange: Exchange): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 20_000 }, (_request, body, parsed) => {
      parsed(null, new URLSearchParams(String(body)));
    });
    const hidden = { schema: { hide: true } };
    scope.get(`${PATH}/:orderId/:token`, hidden, async (request, reply) => {
      const found = await atLink(exchange, request, async (_acting, rating) => rating);
      return found ? send(reply, 200, page('What was it like?', form(commentOf(found)))) : send(reply, 404, NOTHING);
    });
    scope.post(`${PATH}/:orderId/:token`, hidden, async (request, reply) => {
      const comment = (request.body instanceof URLSearchParams ? request.body.get('comment') ?? '' : '').trim();
      if (comment.length > RATING_LIMITS.comment) return send(reply, 400, page('That is too long', form(comment.slice(0, RATING_LIMITS.comment))));
      const said = await atLink(exchange, request, (acting, rating) => say(acting, rating, comment));
      return said ? send(reply, 200, page('Thank you', form(comment))) : send(reply, 404, NOTHING);
    });
    done();
  });
}

/** What is done with the rating that a link is for, as the app's organisation; undefined where the link is none, or nothing is rated. */
async function atLink<T>({ runtime, settings: { networkId } }: Exchange, request: FastifyRequest, work: (acting: Context, rating: Rating) => Promise<T>): Promise<T | undefined> {
  const { orderId, token } = request.params as { orderId: string; token: string };
  return inContext(runtime, { networkId, actor: { kind: 'system' } }, async (ctx) => {
    const order = await lockOrderOf(ctx.tx, networkId, orderId);
    const expected = order?.details.feedbackToken;
    if (!order || typeof expected !== 'string' || !isSame(token, expected)) return undefined;
    const acting = await actingFor(ctx, order);
    const about = order.reservationId === null ? { sessionId: orderIdOf(order)! } : { reservationId: order.reservationId };
    const [rating] = await listRatings(acting, { ...about, limit: 1 });
    return rating && work(acting, rating);
  });
}

/** The words belong to the mark for all of it, or to the first that there is. */
const wordedOf = ({ marks }: Rating): RatingCategory => (marks.overall ? 'overall' : Object.keys(marks)[0] as RatingCategory);
const commentOf = (rating: Rating): string => rating.marks[wordedOf(rating)]?.comment ?? '';

async function say(acting: Context, rating: Rating, comment: string): Promise<Rating> {
  const category = wordedOf(rating);
  const mark = rating.marks[category];
  if (!mark) throw new DomainError('invalid_state', 'Nothing is rated.');
  return rate(acting, { sessionId: rating.sessionId }, [{ category, stars: mark.stars, comment }]);
}

function isSame(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const form = (comment: string): string => `<form method="post"><label for="comment">In your words, for the operator and other drivers</label>
<textarea id="comment" name="comment" rows="6" maxlength="${RATING_LIMITS.comment}">${escaped(comment)}</textarea><button>Send</button></form>`;

const STYLE = 'body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}textarea{display:block;width:100%;margin:.5rem 0;font:inherit}'
  + 'button{font:inherit;padding:.5rem 1rem}';

const page = (title: string, body: string): string => `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`;

const NOTHING = page('There is no such form', '<p>The link is not known here.</p>');

function send(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').headers({
    'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors *",
    'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
  }).send(html);
}
