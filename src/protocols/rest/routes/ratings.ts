/** What drivers think of charges, and what operators answer. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { answerRating, getRating, listRatings, listRatingsOfLocation, rate, readTotals } from '../../../domain/feedback/index.ts';
import { encodeCategories, encodeRating } from '../encode/feedback.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import { AnswerIn, PlaceRatingsOut, RatingIn, RatingOut } from '../schemas/feedback.ts';

const tag = 'Ratings';
const description = 'Once charging has ended. Rated again, a category takes the place of what it was; the others stay.';

export function addRatingRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id/ratings', operationId: 'rateReservation', tag, summary: 'Rate what a reservation led to', description,
    params: Strict({ id: Id('reservation') }), body: RatingIn, reply: RatingOut,
    handle: async (ctx, { params, body, encoding }) => encodeRating(ctx, await rate(ctx, { reservationId: params.id }, body.ratings), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/sessions/:id/ratings', operationId: 'rateSession', tag, summary: 'Rate a session', description, params: Strict({ id: Id('session') }),
    body: RatingIn, reply: RatingOut,
    handle: async (ctx, { params, body, encoding }) => encodeRating(ctx, await rate(ctx, { sessionId: params.id }, body.ratings), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/locations/:id/ratings', operationId: 'listLocationRatings', tag, summary: 'List what drivers think of a location, newest first', isPublic: true,
    params: Strict({ id: Id('location') }), query: Strict(pageOf('rating')), reply: PlaceRatingsOut,
    handle: async (ctx, { params, query, request, encoding }) => {
      const page = toPage(query);
      const list = toList(request, page, await listRatingsOfLocation(ctx, params.id, page), (rating) => encodeRating(ctx, rating, encoding));
      const totals = await readTotals(ctx, params.id);
      return { ...list, rating: totals?.total ?? null, categories: encodeCategories(totals?.categories ?? {}) };
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/ratings', operationId: 'listRatings', tag, reply: List(RatingOut),
    summary: 'List ratings of your stations, of your drivers, or your own, newest first',
    query: Strict({
      ...pageOf('rating'), location_id: Type.Optional(Id('location')), evse: Type.Optional(Id('evse')), reservation: Type.Optional(Id('reservation')),
      session: Type.Optional(Id('session')),
    }),
    handle: async (ctx, { query: { location_id: locationId, evse: evseId, reservation: reservationId, session: sessionId, ...query }, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listRatings(ctx, { ...page, locationId, evseId, reservationId, sessionId }), (rating) => encodeRating(ctx, rating, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/ratings/:id', operationId: 'getRating', tag, summary: 'Read a rating', params: Strict({ id: Id('rating') }), reply: RatingOut,
    handle: async (ctx, { params, encoding }) => encodeRating(ctx, await getRating(ctx, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'PUT', url: '/v1/ratings/:id/answer', operationId: 'answerRating', tag, summary: 'Answer a rating, as the operator', params: Strict({ id: Id('rating') }),
    body: AnswerIn, reply: RatingOut,
    handle: async (ctx, { params, body, encoding }) => encodeRating(ctx, await answerRating(ctx, params.id, body.answer), encoding),
  });
}
