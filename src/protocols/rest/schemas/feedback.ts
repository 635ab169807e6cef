/** Ratings, and cases of support. */
import Type from 'typebox';
import { RATING_CATEGORIES, RATING_LIMITS } from '../../../domain/feedback/index.ts';
import { TICKET_CATEGORIES, TICKET_LIMITS, TICKET_STATUSES } from '../../../domain/support/index.ts';
import { Id, InstantOut, Nullable, Strict } from './common.ts';

const optional = Type.Optional;
const text = (maxLength: number, description?: string) => Type.String({ minLength: 1, maxLength, pattern: String.raw`\S`, ...(description ? { description } : {}) });
const Category = Type.Enum([...RATING_CATEGORIES]);

const MarkIn = Strict({
  category: Category, stars: Type.Integer({ minimum: 1, maximum: 5 }),
  comment: optional(Nullable(Type.String({ maxLength: RATING_LIMITS.comment, description: 'left out, the one before stays' }))),
  tags: optional(Type.Array(text(RATING_LIMITS.tag), { maxItems: RATING_LIMITS.tags, uniqueItems: true })),
});
export const RatingIn = Strict({ ratings: Type.Array(MarkIn, { minItems: 1, maxItems: RATING_CATEGORIES.length }) });
export const AnswerIn = Strict({ answer: Nullable(text(RATING_LIMITS.answer, 'null takes it back')) });

export const RatingSummaryOut = Type.Object(
  { average: Type.Number({ description: '1 to 5' }), count: Type.Integer({ description: 'of sessions' }) }, { description: 'what drivers think of it' },
);
export const RatingOut = Type.Object({
  id: Id('rating'), object: Type.Literal('rating'), location_id: Id('location'), evse: Id('evse'), connector: Nullable(Id('connector')),
  reservation: Nullable(Id('reservation')), session: Nullable(Id('session')), driver: Nullable(Id('driver')),
  ratings: Type.Array(Type.Object({
    category: Category, stars: Type.Number({ minimum: 1, maximum: 5 }), comment: Nullable(Type.String()), tags: Type.Array(Type.String()),
  })),
  answer: Nullable(Type.String()), answered_at: Nullable(InstantOut), version: Type.Integer(), created: InstantOut, updated: InstantOut,
});
export const PlaceRatingsOut = Type.Object({
  object: Type.Literal('list'), url: Type.String(), has_more: Type.Boolean(), next_page_url: Nullable(Type.String()), data: Type.Array(RatingOut),
  rating: Nullable(RatingSummaryOut),
  categories: Type.Array(Type.Object({ category: Category, average: Type.Number(), count: Type.Integer() })),
});

const Phone = Type.String({ minLength: 1, maxLength: 40 });
const Email = Type.String({ format: 'email', maxLength: 254 });
export const SupportContactIn = Type.Partial(Strict({
  phone: Nullable(Phone), email: Nullable(Email), url: Nullable(Type.String({ format: 'uri', pattern: '^https?://', maxLength: 500 })), hours: Nullable(text(200, 'in words')),
}), { additionalProperties: false, description: 'how drivers get help from you, as an operator; what is left out is none' });
export const SupportContactOut = Type.Object({
  phone: Nullable(Type.String()), email: Nullable(Type.String()), url: Nullable(Type.String()), hours: Nullable(Type.String()),
}, { description: 'how the operator is reached' });

const about = { reservation: Id('reservation'), session: Id('session'), connector: Id('connector') };
export const TicketIn = Strict({
  reservation: optional(about.reservation), session: optional(about.session), connector: optional(about.connector), category: Type.Enum([...TICKET_CATEGORIES]),
  text: text(TICKET_LIMITS.text),
  requester: optional(Type.Partial(Strict({ name: text(200), phone: Phone, email: Email }), { additionalProperties: false, description: 'how you can be called back' })),
}, { description: 'about one of reservation, session and connector' });
export const TicketPatch = Strict({ status: Type.Enum([...TICKET_STATUSES]) });
export const MessageIn = Strict({ text: text(TICKET_LIMITS.text) });
export const MessageOut = Type.Object({
  id: Id('ticketMessage'), object: Type.Literal('support_message'), ticket: Id('ticket'), author: Type.Enum(['customer', 'operator']), text: Type.String(), created: InstantOut,
});
export const TicketOut = Type.Object({
  id: Id('ticket'), object: Type.Literal('support_ticket'), reference: Type.String(), organisation_id: Id('organisation'), operator_id: Id('organisation'),
  driver: Nullable(Id('driver')), reservation: Nullable(about.reservation), session: Nullable(about.session), location_id: Nullable(Id('location')),
  connector: Nullable(about.connector), category: Type.Enum([...TICKET_CATEGORIES]), status: Type.Enum([...TICKET_STATUSES]),
  requester: Nullable(Type.Object({ name: Nullable(Type.String()), phone: Nullable(Type.String()), email: Nullable(Type.String()) })), contact: SupportContactOut,
  newest_message: MessageOut, message_count: Type.Integer(), version: Type.Integer(), created: InstantOut, updated: InstantOut, resolved_at: Nullable(InstantOut),
});
