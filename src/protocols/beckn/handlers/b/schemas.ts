/** What messages of the draft must look like before they are acknowledged: their frame. What is in it is read field by field. */
import Type from 'typebox';

const Any = Type.Object({});
const Order = Type.Object({
  'beckn:id': Type.Optional(Type.String({ maxLength: 255 })), 'beckn:seller': Type.Optional(Type.String({ maxLength: 255 })),
  'beckn:buyer': Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Any])), 'beckn:orderItems': Type.Optional(Type.Array(Any, { maxItems: 20 })),
  'beckn:orderAttributes': Type.Optional(Any),
});

export const ORDER = Type.Object({ message: Type.Object({ order: Type.Optional(Order), order_id: Type.Optional(Type.String({ maxLength: 255 })) }) });
export const RATING = Type.Object({ message: Type.Object({ order: Type.Optional(Order), ratings: Type.Optional(Type.Array(Any, { maxItems: 20 })) }) });
export const DISCOVERY = Type.Object({
  text_search: Type.Optional(Type.String({ maxLength: 500 })), filters: Type.Optional(Type.Union([Type.String({ maxLength: 5_000 }), Any])),
  spatial: Type.Optional(Type.Union([Type.Array(Any, { maxItems: 10 }), Any])), pagination: Type.Optional(Any), message: Type.Optional(Any),
});
