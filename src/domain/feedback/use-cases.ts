/** Drivers rate, operators answer, everybody reads. */
import type { Queryable } from '../../platform/database/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, may, requireAccess, rolesOf, type Context } from '../organisations/index.ts';
import { getReservation } from '../reservations/index.ts';
import { getSession, type Session } from '../sessions/index.ts';
import { getLocation } from '../stations/index.ts';
import {
  changeOfTotals, LEAST_STARS, MOST_STARS, RATING_CATEGORIES, RATING_LIMITS, summaryOf, type Mark, type Marks, type Rating, type RatingCategory, type RatingSummary,
} from './rating.ts';
import * as store from './store.ts';

export interface MarkInput {
  category: RatingCategory;
  stars: number;
  /** left out: the one before stays; null or empty: none */
  comment?: string | null;
  tags?: string[];
}

/** What is rated, by the id of either. */
export type Rated = { reservationId: string } | { sessionId: string };

/**
 * FBK-1, FBK-2: rates a charge that has ended; what was rated before in the same category is changed. Throws `not_found` for what the caller may
 * not see, `invalid_state` before charging has ended, `invalid_request` for marks that can't be.
 */
export async function rate(ctx: Context, rated: Rated, marks: readonly MarkInput[]): Promise<Rating> {
  const session = await sessionOf(ctx, rated);
  requireAccess(ctx, 'rating.write', session);
  if (session.status !== 'ended') throw tooEarly();
  requireSound(marks);
  const fresh: Rating = {
    id: newId('rating'), networkId: session.networkId, organisationId: session.organisationId, operatorId: session.operatorId, driverId: session.driverId, sessionId: session.id,
    reservationId: session.reservationId, locationId: session.locationId, evseId: session.evseId, connectorId: session.connectorId, marks: merged({}, marks), answer: null,
    answeredAt: null, version: 1, createdAt: ctx.now, updatedAt: ctx.now,
  };
  if (await store.insertRating(ctx.tx, fresh)) return save(ctx, 'rating.created', fresh, {});
  const before = (await store.lockRatingOf(ctx.tx, session.id))!;
  const changed: Rating = { ...before, marks: merged(before.marks, marks), version: before.version + 1, updatedAt: ctx.now };
  if (sameMarks(before.marks, changed.marks)) return before;
  await store.updateRating(ctx.tx, changed);
  return save(ctx, 'rating.updated', changed, before.marks);
}

async function sessionOf(ctx: Context, rated: Rated): Promise<Session> {
  if ('sessionId' in rated) return getSession(ctx, rated.sessionId);
  const reservation = await getReservation(ctx, rated.reservationId);
  requireAccess(ctx, 'rating.write', reservation);
  if (reservation.sessionId === null) throw tooEarly();
  return getSession(ctx, reservation.sessionId);
}

const tooEarly = (): DomainError => new DomainError('invalid_state', 'It is rated once charging has ended.');

function requireSound(marks: readonly MarkInput[]): void {
  const errors = marks.flatMap(({ category, stars, comment, tags = [] }, i) => {
    const wrong = (field: string, message: string) => ({ pointer: `/ratings/${i}/${field}`, message });
    return [
      ...(RATING_CATEGORIES.includes(category) ? [] : [wrong('category', `must be one of ${RATING_CATEGORIES.join(', ')}`)]),
      ...(stars >= LEAST_STARS && stars <= MOST_STARS && Math.round(stars * 10) / 10 === stars ? [] : [wrong('stars', `must be from ${LEAST_STARS} to ${MOST_STARS}, in tenths`)]),
      ...((comment?.length ?? 0) <= RATING_LIMITS.comment ? [] : [wrong('comment', `has at most ${RATING_LIMITS.comment} characters`)]),
      ...(tags.length <= RATING_LIMITS.tags && tags.every((tag) => tag.length <= RATING_LIMITS.tag) ? [] : [wrong('tags', `are at most ${RATING_LIMITS.tags}, and short`)]),
      ...(marks.findIndex((other) => other.category === category) === i ? [] : [wrong('category', 'is rated twice')]),
    ];
  });
  if (marks.length === 0) errors.push({ pointer: '/ratings', message: 'must have one at least' });
  if (errors.length > 0) throw new DomainError('invalid_request', 'It can not be rated so.', { errors });
}

function merged(before: Marks, given: readonly MarkInput[]): Marks {
  const markOf = ({ category, stars, comment, tags }: MarkInput): Mark => {
    const old = before[category];
    return { stars, comment: comment === undefined ? old?.comment ?? null : comment?.trim() || null, tags: tags ?? old?.tags ?? [] };
  };
  return { ...before, ...Object.fromEntries(given.map((mark) => [mark.category, markOf(mark)])) };
}

/** The database gives back keys in an order of its own. */
function sameMarks(a: Marks, b: Marks): boolean {
  return RATING_CATEGORIES.every((category) => {
    const [left, right] = [a[category], b[category]];
    return left?.stars === right?.stars && left?.comment === right?.comment && JSON.stringify(left?.tags) === JSON.stringify(right?.tags);
  });
}

/** FBK-3: the totals follow in the same transaction; the row of the rating is locked, so that nothing is counted twice. */
async function save(ctx: Context, type: 'rating.created' | 'rating.updated', rating: Rating, before: Marks): Promise<Rating> {
  const changes = changeOfTotals(before, rating.marks);
  const places = [rating.locationId, rating.evseId, ...(rating.connectorId === null ? [] : [rating.connectorId])];
  if (changes.length > 0) await store.addToTotals(ctx.tx, places, changes);
  await tell(ctx, type, rating);
  return rating;
}

async function tell(ctx: Context, type: 'rating.created' | 'rating.updated' | 'rating.answered', rating: Rating): Promise<void> {
  await ctx.emit({
    type, object: 'rating', objectId: rating.id, objectVersion: rating.version, isPublic: false, audience: [...new Set([rating.organisationId, rating.operatorId])],
    touches: type === 'rating.answered' ? [] : [rating.evseId], data: rating,
  });
}

/** FBK-6: the operator's answer, which stands beside the rating; null takes it back. */
export async function answerRating(ctx: Context, id: string, answer: string | null): Promise<Rating> {
  const rating = await store.lockRating(ctx.tx, id);
  if (rating?.networkId !== ctx.network.id || !may(ctx, 'rating.list', rating)) throw hidden(ctx, id);
  requireAccess(ctx, 'rating.answer', rating);
  const changed: Rating = { ...rating, answer, answeredAt: answer === null ? null : ctx.now, version: rating.version + 1, updatedAt: ctx.now };
  await store.updateRating(ctx.tx, changed);
  await tell(ctx, 'rating.answered', changed);
  await audit(ctx, 'rating.answer', 'rating', id);
  return changed;
}

/** One of the caller's own, on either side. */
export async function getRating(ctx: Context, id: string): Promise<Rating> {
  const rating = await store.findRating(ctx.tx, id);
  if (rating?.networkId !== ctx.network.id || !may(ctx, 'rating.list', rating)) throw hidden(ctx, id);
  return rating;
}

function hidden(ctx: Context, id: string): DomainError {
  return ctx.actor.kind === 'public' ? new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".') : notFound('rating', id);
}

type Page = Pick<store.RatingListing, 'after' | 'before' | 'limit'>;

/** The caller's own, newest first: those of its stations, of its drivers, or its own as a driver. */
export async function listRatings(ctx: Context, query: Page & Pick<store.RatingListing, 'locationId' | 'evseId' | 'sessionId' | 'reservationId'>): Promise<Rating[]> {
  const own = actingOrganisation(ctx);
  const driverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  requireAccess(ctx, 'rating.list', { operatorId: own, organisationId: own, driverId });
  const scope = rolesOf(ctx.actor).includes('driver') ? { driverId } : { partyId: own };
  return store.listRatings(ctx.tx, { ...query, ...scope, networkId: ctx.network.id });
}

/** FBK-5: those of a place, for everybody who sees the place, newest first. */
export async function listRatingsOfLocation(ctx: Context, locationId: string, page: Page): Promise<Rating[]> {
  requireAccess(ctx, 'rating.read');
  const { id } = await getLocation(ctx, locationId);
  return store.listRatings(ctx.tx, { ...page, locationId: id, networkId: ctx.network.id });
}

/** What ratings of a location, an EVSE or a connector come to, and in which categories; undefined where nobody has rated it. */
export async function readTotals(ctx: Context, placeId: string): Promise<{ total: RatingSummary; categories: Partial<Record<RatingCategory, RatingSummary>> } | undefined> {
  const totals = await store.findTotals(ctx.tx, placeId);
  const total = totals.find(({ category }) => category === 'total');
  if (!total) return undefined;
  const others = totals.filter(({ category }) => category !== 'total');
  return { total: summaryOf(total), categories: Object.fromEntries(others.map((one) => [one.category, summaryOf(one)])) };
}

/** How locations, EVSEs and connectors are rated, by their ids, from totals that are kept; what nobody has rated is not in it. */
export async function ratingsOf(db: Queryable, placeIds: readonly string[] | 'all_locations'): Promise<Map<string, RatingSummary>> {
  if (placeIds !== 'all_locations' && placeIds.length === 0) return new Map();
  return new Map((await store.findVotes(db, placeIds)).map((vote) => [vote.placeId, summaryOf(vote)]));
}
