/** What messages of the candidate must look like before they are acknowledged: their frame. What is in it is read field by field. */
import Type from 'typebox';

const Any = Type.Object({});
const Id = Type.String({ minLength: 1, maxLength: 255 });
const Order = Type.Object({
  'beckn:id': Type.Optional(Id), 'beckn:seller': Type.Optional(Type.String({ maxLength: 255 })), 'beckn:buyer': Type.Optional(Any),
  'beckn:orderItems': Type.Optional(Type.Array(Any, { maxItems: 20 })), 'beckn:orderAttributes': Type.Optional(Any), 'beckn:fulfillment': Type.Optional(Any),
  'beckn:payment': Type.Optional(Any),
});

export const ORDER = Type.Object({ message: Type.Object({ order: Order }) });
export const DISCOVERY = Type.Object({
  message: Type.Optional(Type.Object({
    text_search: Type.Optional(Type.String({ maxLength: 500 })), filters: Type.Optional(Type.Union([Type.String({ maxLength: 5_000 }), Any])),
    spatial: Type.Optional(Type.Union([Type.Array(Any, { maxItems: 10 }), Any])),
  })),
});
export const RATING = Type.Object({ message: Type.Object({ ratings: Type.Array(Type.Object({ id: Id }), { minItems: 1, maxItems: 20 }) }) });
export const SUPPORT = Type.Object({ message: Type.Object({ refId: Id, refType: Type.Optional(Type.String({ maxLength: 40 })) }) });
