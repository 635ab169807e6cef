/** Charging sessions, as REST says them. */
import Type from 'typebox';
import { SESSION_TYPES } from '../../../domain/sessions/index.ts';
import { Currency, Id, InstantOut, Nullable, Strict } from './common.ts';

const optional = Type.Optional;
const amount = (description: string) => Nullable(Type.Integer({ description: `${description}, in minor units` }));

export const TargetsIn = Type.Partial(Strict({
  energy_wh: Type.Integer({ minimum: 100, maximum: 1_000_000 }), cost: Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'tax included, in minor units' }),
  duration_minutes: Type.Integer({ minimum: 1, maximum: 10_080 }), soc_percent: Type.Integer({ minimum: 1, maximum: 100 }),
}), { additionalProperties: false, description: 'what it stops at, whichever comes first' });

export const SessionOut = Type.Object({
  id: Id('session'), object: Type.Literal('session'), type: Type.Enum([...SESSION_TYPES]), status: Type.Enum(['created', 'started', 'paused', 'ended', 'cancelled']),
  operator_id: Id('organisation'), location_id: Id('location'), charging_station: Nullable(Id('station')), evse: Id('evse'), connector: Nullable(Id('connector')),
  driver: Nullable(Id('driver')), reservation: Nullable(Id('reservation')), started_at: InstantOut,
  start_by: Nullable(InstantOut), ends_by: Nullable(InstantOut), ended_at: Nullable(InstantOut),
  ended_reason: Nullable(Type.String({ description: 'why it was cancelled, or what ended it, as its station said' })), energy_wh: Type.Integer(),
  connection: Type.Enum(['online', 'interrupted'], { description: 'interrupted: its charger is away; it goes on, and is billed for what its meter says' }),
  interrupted_at: Nullable(InstantOut), held_back: Nullable(Type.Enum(['pausing', 'paused', 'resuming', 'limit'], { description: 'why energy does not flow' })),
  parked_since: Nullable(InstantOut), targets: Nullable(TargetsIn),
  limit: Nullable(Type.Object({
    reason: Type.String(), at: InstantOut, amount: amount('what it may come to'), foreseen: amount('what it was foreseen to come to'),
    overshoot: amount('what it came to beyond, once it is billed'),
  }, { description: 'why we have ended its energy' })),
  payment: Nullable(Id('payment')),
  cost: Nullable(Type.Object({ bill: Id('bill'), currency: Type.String(), total: Type.Integer() }, { description: 'once it has ended, where it has a price' })),
  version: Type.Integer(), created: InstantOut, updated: InstantOut,
});

/** As seed 003 has it, beside what we say. */
const WalletPaymentOut = Type.Object({
  _id: Id('payment'), session: Id('session'), currency: Type.String(), authorized_amount: Type.Number({ description: 'in major units' }), authorized_amount_minor: Type.Integer(),
  type: Type.String({ description: '`api_wallet` for a wallet' }), status: Type.String(), url: Nullable(Type.String({ description: 'where it is paid' })),
  createdAt: Type.String(), updatedAt: Type.String(),
});
export const StartedOut = Type.Object({
  ...SessionOut.properties,
  _id: Id('session'), user: Nullable(Id('driver')), chargestation: Nullable(Id('station')), payment: Nullable(WalletPaymentOut), createdAt: Type.String(), updatedAt: Type.String(),
});

export const SessionIn = Strict({
  type: Type.Enum(['wallet', 'app', 'qr', 'payment_link', 'terminal'], { description: 'wallet: all that is in the wallet is held, and what it comes to is taken from it' }),
  connector: optional(Id('connector', 'or a reservation')), reservation: optional(Id('reservation')), user: optional(Id('driver', 'the same as driver')),
  driver: optional(Id('driver')),
  otp: optional(Type.String({ pattern: String.raw`^\d{6}$`, description: "with a reservation: the password that its driver was sent, where it is not their app that starts it" })),
  targets: optional(TargetsIn),
  payment: optional(Strict({
    method: Type.Enum(['payment_link', 'saved_method', 'wallet', 'terminal'], { description: 'terminal: a payment terminal has authorised it' }),
    amount: Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'what is held, in minor units' }),
    reference: optional(Type.String({ minLength: 1, maxLength: 100, description: 'of a terminal: what it calls the payment; pays for one session' })),
    currency: optional(Currency), payment_method: optional(Id('paymentMethod')), return_url: optional(Type.String({ format: 'uri', maxLength: 2000 })),
  }, { description: 'it starts once that is held' })),
});

export const TrackingOut = Type.Object({
  object: Type.Literal('session_tracking'), session: Id('session'),
  secret_url: Type.String({ description: 'a page for people; its last part is the token of `/v1/track/{token}`. Valid until a week after the end. Shown this once' }),
});
export const TrackedOut = Type.Object({
  object: Type.Literal('tracked_session'), status: Type.String(), connection: Type.String(), energy_wh: Type.Integer(), power_w: Nullable(Type.Integer()),
  soc_percent: Nullable(Type.Integer()), charging_state: Nullable(Type.String()), cost: amount('so far, tax included'), currency: Nullable(Type.String()),
  started_at: InstantOut, ended_at: Nullable(InstantOut), estimated_end: Nullable(InstantOut), read_at: Nullable(InstantOut), valid_until: Nullable(InstantOut),
  location: Type.Object({ name: Type.String(), address: Type.String(), city: Type.String(), time_zone: Type.String(), evse: Nullable(Type.String()) }),
});

export const LiveOut = Type.Object({
  object: Type.Literal('live_session'), session: Id('session'), status: Type.String(), connection: Type.String(), energy_wh: Type.Integer(), power_w: Nullable(Type.Integer()),
  current_a: Nullable(Type.Number()), voltage_v: Nullable(Type.Number()), soc_percent: Nullable(Type.Integer()), charging_state: Nullable(Type.String()),
  read_at: Nullable(InstantOut),
  cost: amount('so far, tax included'), currency: Nullable(Type.String()), authorized: amount('held or paid for it'), remaining: amount('what of that is left'),
  estimated_refund: amount('what of that is given back if it ends as it is known now'),
  estimated_end: Nullable(InstantOut),
});
