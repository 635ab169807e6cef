/** How somebody begins who is nobody's driver, as REST says it. */
import Type from 'typebox';
import { OBSTACLES } from '../../../domain/sessions/index.ts';
import { Currency, Id, InstantOut, Nullable, Strict } from './common.ts';

const optional = Type.Optional;
const WISH = {
  amount: optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'as much as that pays for, in minor units' })),
  energy_wh: optional(Type.Integer({ minimum: 100, maximum: 1_000_000 })), duration_minutes: optional(Type.Integer({ minimum: 1, maximum: 1_440 })),
};
/** One of them; none: until the vehicle is full. */
export const WishQuery = Strict({ ...WISH });

const Decimal = Type.String({ description: 'in whole units of the currency, tax included' });
const EstimateOut = Type.Object({
  currency: Currency, energy_wh: Type.Integer(), duration_minutes: Type.Integer(), total: Type.Integer({ description: 'what it is expected to come to, in minor units' }),
  hold: Type.Integer({ description: 'what is held before; only what it comes to is taken' }),
});
const PlaceOut = Type.Object({ id: Id('location'), name: Type.String(), address: Type.String(), city: Type.String(), time_zone: Type.String() });

export const WalkInOfferOut = Type.Object({
  object: Type.Literal('walk_in_offer'), connector: Id('connector'), evse: Id('evse'), evse_name: Nullable(Type.String({ description: 'what is painted on it' })),
  evse_status: Type.String(), connector_type: Type.String(), max_power: Type.Integer({ description: 'W' }), location: PlaceOut,
  obstacle: Nullable(Type.Enum([...OBSTACLES], { description: 'why nobody can begin there now; null where somebody can' })),
  obstacle_at: Nullable(InstantOut), ends_by: Nullable(InstantOut),
  price: Nullable(Type.Object({ currency: Currency, per_kwh: Decimal, per_hour: Decimal, per_parked_hour: Decimal, per_session: Decimal }, {
    description: 'what the first kWh, hour and session cost that begin now',
  })),
  price_texts: Type.Array(Type.Object({ language: Type.String(), text: Type.String() })),
  estimate: Nullable(EstimateOut),
}, { description: 'what somebody is told who stands at a connector' });

export const GuestSessionIn = Strict({
  connector: Id('connector'), ...WISH,
  email: optional(Type.String({ minLength: 3, maxLength: 254, description: 'is told what becomes of it, and what it came to' })),
  phone: optional(Type.String({ minLength: 5, maxLength: 30, description: 'the same, by SMS' })),
  language: optional(Type.String({ minLength: 2, maxLength: 35, description: 'BCP 47' })),
  totp: optional(Type.String({ minLength: 1, maxLength: 64, description: "what the code on the station's screen says, where it shows one that changes" })),
  return_url: optional(Type.String({ format: 'uri', pattern: '^https?://', maxLength: 2000, description: 'where the payment page leads to; else our own page' })),
});

export const GuestSessionOut = Type.Object({
  object: Type.Literal('guest_session'), session: Id('session'), status: Type.Enum(['created', 'started', 'paused', 'ended', 'cancelled']),
  start_by: Nullable(InstantOut), ended_reason: Nullable(Type.String()),
  payment: Nullable(Type.Object({ status: Type.String(), currency: Currency, amount: Type.Integer(), captured_amount: Type.Integer(), url: Nullable(Type.String({
    description: 'where it is paid',
  })) })),
  cost: Nullable(Type.Object({ currency: Currency, total: Type.Integer() })), receipt_url: Nullable(Type.String({ description: 'PDF, once it is written' })),
});
export const GuestStartedOut = Type.Object({
  ...GuestSessionOut.properties, estimate: EstimateOut,
  secret_url: Type.String({ description: 'a page for people; its last part is the token of `/v1/guest_sessions/{token}` and `/v1/track/{token}`. Shown this once' }),
});
