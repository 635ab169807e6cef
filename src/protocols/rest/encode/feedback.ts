/** Ratings, and cases of support, between REST's words and the domain's. */
import type { Static } from 'typebox';
import { RATING_CATEGORIES, type Mark, type Rating, type RatingCategory, type RatingSummary } from '../../../domain/feedback/index.ts';
import { may, type Context, type SupportContact } from '../../../domain/organisations/index.ts';
import type { Ticket, TicketMessage, Troubled } from '../../../domain/support/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { SupportContactIn, TicketIn } from '../schemas/feedback.ts';
import type { Encoding } from './encoding.ts';

/** Whose it was is told to both sides only. */
export function encodeRating(viewer: Pick<Context, 'actor'>, r: Rating, { time, timeOrNull }: Encoding) {
  const isOwn = may(viewer, 'rating.list', r);
  return {
    id: r.id, object: 'rating', location_id: r.locationId, evse: r.evseId, connector: r.connectorId, reservation: isOwn ? r.reservationId : null,
    session: isOwn ? r.sessionId : null, driver: isOwn ? r.driverId : null,
    ratings: RATING_CATEGORIES.flatMap((category) => encodeMark(category, r.marks[category])), answer: r.answer, answered_at: timeOrNull(r.answeredAt), version: r.version,
    created: time(r.createdAt), updated: time(r.updatedAt),
  };
}

const encodeMark = (category: RatingCategory, mark: Mark | undefined) => (mark ? [{ category, ...mark }] : []);

export function encodeCategories(categories: Partial<Record<RatingCategory, RatingSummary>>) {
  return RATING_CATEGORIES.flatMap((category) => (categories[category] ? [{ category, ...categories[category] }] : []));
}

export function encodeTicket(t: Ticket, encoding: Encoding) {
  const { time, timeOrNull } = encoding;
  return {
    id: t.id, object: 'support_ticket', reference: t.reference, organisation_id: t.organisationId, operator_id: t.operatorId, driver: t.driverId, reservation: t.reservationId,
    session: t.sessionId, location_id: t.locationId, connector: t.connectorId, category: t.category, status: t.status,
    requester: t.requester && { name: t.requester.name ?? null, phone: t.requester.phone ?? null, email: t.requester.email ?? null }, contact: t.contact,
    newest_message: encodeMessage(t.message, encoding), message_count: t.messageCount, version: t.version, created: time(t.createdAt), updated: time(t.updatedAt),
    resolved_at: timeOrNull(t.resolvedAt),
  };
}

export function encodeMessage(m: TicketMessage, { time }: Encoding) {
  return { id: m.id, object: 'support_message', ticket: m.ticketId, author: m.author, text: m.text, created: time(m.createdAt) };
}

/** Throws `invalid_request` for a case about nothing, or about two things. */
export function decodeTroubled({ reservation, session, connector }: Static<typeof TicketIn>): Troubled {
  const named = [
    ...(reservation === undefined ? [] : [{ reservationId: reservation }]), ...(session === undefined ? [] : [{ sessionId: session }]),
    ...(connector === undefined ? [] : [{ connectorId: connector }]),
  ];
  const [one, ...others] = named;
  if (one && others.length === 0) return one;
  const message = one ? 'goes without the other' : 'is required, or session, or connector';
  throw new DomainError('invalid_request', 'A case is about one reservation, session or connector.', { errors: [{ pointer: '/reservation', message }] });
}

export function decodeSupportContact({ phone = null, email = null, url = null, hours = null }: Static<typeof SupportContactIn>): SupportContact {
  return { phone, email, url, hours };
}
