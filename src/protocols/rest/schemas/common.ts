import Type, { type TProperties, type TSchema } from 'typebox';
import { MOST_METADATA } from '../../../domain/drivers/index.ts';
import { idPattern, type IdKind } from '../../../platform/ids/index.ts';

export const Id = (kind: IdKind, description?: string) => Type.String({ pattern: idPattern(kind), ...(description ? { description } : {}) });

/** An instant as callers send it. */
export const InstantIn = (description: string) => Type.Union(
  [Type.String({ minLength: 1, maxLength: 40 }), Type.Integer({ minimum: 0, maximum: 1e11 })],
  { description: `${description}; RFC 3339, or UNIX seconds` },
);
/** An instant in a query string. */
export const InstantQuery = (description: string) => Type.String({ minLength: 1, maxLength: 40, description: `${description}; RFC 3339, or UNIX seconds` });
/** An instant as it is answered. */
export const InstantOut = Type.Union([Type.String({ format: 'date-time' }), Type.Integer()], { description: 'RFC 3339 in UTC, or UNIX seconds when asked for' });

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const Strict = <T extends TProperties>(properties: T, options: { description?: string } = {}) => Type.Object(properties, { additionalProperties: false, ...options });

/** Written out, since a record with a pattern for its keys would let other keys have any value. */
export const Metadata = Type.Unsafe<Record<string, string>>({
  type: 'object', maxProperties: MOST_METADATA, propertyNames: { minLength: 1, maxLength: 40 }, additionalProperties: { type: 'string', maxLength: 500 },
  description: 'your own keys and values',
});

export const Currency = Type.String({ pattern: '^[A-Za-z]{3}$', description: 'ISO 4217' });
export const AmountMinor = (description: string) => Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: `${description}, in minor units` });

/** The parameters of a list whose items are of that kind. */
export const pageOf = (kind: IdKind) => ({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'how many to answer' })),
  after: Type.Optional(Id(kind, 'the last id of the page before')),
  before: Type.Optional(Id(kind, 'the first id of the page after')),
});

export const List = <T extends TSchema>(item: T) => Type.Object({
  object: Type.Literal('list'),
  url: Type.String(),
  has_more: Type.Boolean(),
  next_page_url: Nullable(Type.String()),
  data: Type.Array(item),
});

export const Deleted = Type.Object({ id: Type.String(), object: Type.String(), deleted: Type.Literal(true) });

export const ProblemSchema = Type.Object({
  type: Type.String(), title: Type.String(), status: Type.Integer(), detail: Type.String(), instance: Type.String(),
  code: Type.String({ description: 'one of the closed list of error codes' }), doc_url: Type.String(), request_id: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), message: Type.String() }))),
  alternatives: Type.Optional(Type.Object({}, { additionalProperties: true, description: 'what could be had instead' })),
  retry_after: Type.Optional(Type.Integer()),
}, { additionalProperties: true, description: 'RFC 9457 problem details' });

/** What `expand[]` may be sent as: one value or several. */
export const Expand = <T extends string>(names: readonly T[]) =>
  Type.Optional(Type.Union([Type.Enum([...names]), Type.Array(Type.Enum([...names]), { maxItems: 10 })], { description: 'ids to answer as whole objects' }));
