/** Charging in networks of others, with the names that ours have. */
import Type from 'typebox';
import { EXTERNAL_STATUSES, OPERATIONS } from '../../../domain/external/index.ts';
import { CONNECTOR_STANDARDS, EVSE_STATUSES, POWER_TYPES } from '../../../domain/stations/index.ts';
import { Latitude, Longitude } from './area.ts';
import { AmountMinor, Currency, Id, InstantIn, InstantOut, Metadata, Nullable, Strict } from './common.ts';

const optional = Type.Optional;
const Money = Type.Integer({ description: 'in minor units of the currency' });
const Text = Nullable(Type.String());
const Coordinates = Nullable(Type.Object({ latitude: Latitude, longitude: Longitude }));

export const ExternalNetworkOut = Type.Object({
  id: Id('externalNetwork'), object: Type.Literal('external_network'), name: Type.String(), kind: Type.String({ description: 'the protocol that it speaks' }), created: InstantOut,
});

const ToldPriceOut = Nullable(Type.Object({
  currency: Type.String(), per_kwh: Type.String(), per_hour: Type.String(), per_session: Type.String(),
}, { description: 'as its provider tells it, in whole units; a quote says what it comes to' }));
export const ExternalConnectorOut = Type.Object({
  id: Id('externalConnector'), object: Type.Literal('external_connector'), evse: Id('externalEvse'), name: Text, status: Type.Enum([...EVSE_STATUSES]),
  standard: Nullable(Type.Enum([...CONNECTOR_STANDARDS])), power_type: Nullable(Type.Enum([...POWER_TYPES, 'AC'])), max_electric_power: Nullable(Type.Integer()),
    price: ToldPriceOut,
  free_slots: Type.Array(Type.Object({ start: InstantOut, end: InstantOut }), { description: 'as they were told' }),
});
const placeFields = {
  network: Id('externalNetwork'), provider: Type.String({ description: 'who answers there' }), operator_name: Type.String(), name: Type.String(), address: Type.String(),
  city: Type.String(), country: Type.String(), coordinates: Coordinates, facilities: Type.Array(Type.String()), green: Nullable(Type.Boolean()), seen: InstantOut,
};
export const ExternalLocationOut = Type.Object({
  id: Id('externalLocation'), object: Type.Literal('external_location'), ...placeFields, connectors: Type.Array(ExternalConnectorOut),
});

export const ExternalReservationIn = Strict({
  connector: Id('externalConnector'), ideal_start: optional(InstantIn('when the slot begins; as soon as can be, unless told')), ideal_end: optional(InstantIn('when it ends')),
  energy_wh: optional(Type.Integer({ minimum: 1, maximum: 2_000_000, description: 'how much is wanted' })),
  spend: optional(Strict({ amount: AmountMinor('what may be spent'), currency: Currency }, { description: 'in place of `energy_wh`' })),
  driver: optional(Id('driver')), vehicle: optional(Id('vehicle')), metadata: optional(Metadata),
});
export const HoldIn = Nullable(Strict({
  tax_id: optional(Type.String({ minLength: 1, maxLength: 60, description: 'of the business that the provider is to invoice' })),
  organisation: optional(Type.String({ minLength: 1, maxLength: 200, description: 'its name' })),
}));
const Otp = Type.String({ minLength: 1, maxLength: 20, description: 'the password that the provider has sent to the driver' });
export const ConfirmExternalIn = Nullable(Strict({ otp: optional(Otp) }));
export const StartExternalIn = Nullable(Strict({ otp: optional(Otp) }));
export const CancelExternalIn = Nullable(Strict({ reason: optional(Type.String({ minLength: 1, maxLength: 500 })) }));
export const RatingIn = Strict({
  value: Type.Integer({ minimum: 1, maximum: 5 }), category: optional(Type.String({ minLength: 1, maxLength: 60, default: 'Order',
    description: 'of the words that the network has' })),
  feedback: optional(Type.String({ minLength: 1, maxLength: 1_000 })),
});

const Cancellation = Nullable(Type.Object({
  by: Nullable(Type.Enum(['driver', 'provider'])), reason: Text, refund: Nullable(Money), fee: Nullable(Money), currency: Text,
}));
const Operation = Type.Enum([...OPERATIONS]);
export const ExternalReservationOut = Type.Object({
  id: Id('externalReservation'), object: Type.Literal('external_reservation'), network: Id('externalNetwork'), provider: Type.String(),
  status: Type.Enum([...EXTERNAL_STATUSES], { description: 'quoted: a price, and nothing is held; pending: the slot is held while it is paid' }),
  waiting_for: Nullable(Operation), problem: Nullable(Type.Object({ operation: Operation, code: Type.String({ description: "the provider's" }), message: Type.String(),
    at: InstantOut })),
  organisation_id: Id('organisation'), driver: Nullable(Id('driver')), location_id: Id('externalLocation'),
  location: Type.Object({
    name: Type.String(), address: Type.String(), city: Type.String(), country: Type.String(), coordinates: Coordinates, operator_name: Type.String(),
  }),
  evse: Id('externalEvse'), connector: Id('externalConnector'), connector_type: Type.Array(Type.Enum([...CONNECTOR_STANDARDS])),
  ideal_start: Nullable(InstantOut), ideal_end: Nullable(InstantOut), reserved_start: Nullable(InstantOut), reserved_end: Nullable(InstantOut), energy_wh: Nullable(Type.Integer()),
  quote_expires_at: Nullable(InstantOut),
  price: Nullable(Type.Object({
    currency: Type.String(), total: Money, lines: Type.Array(Type.Object({ name: Type.String(), amount: Money })),
  }, { description: 'what is expected; once it is completed, the bill' })),
  payment: Nullable(Type.Object({
    collected_by: Type.Literal('provider'), paid: Type.Boolean(), status: Type.String({ description: "the provider's word" }), amount: Money, currency: Type.String(),
    url: Nullable(Type.String({ description: 'where the driver pays the provider' })), methods: Type.Array(Type.String()), reference: Text, timing: Text,
  })),
  settlement: Type.Array(Type.Object({
    kind: Type.Enum(['refund', 'outstanding']), amount: Money, currency: Type.String(), done: Nullable(Type.Boolean({ description: 'null: its network has no word for it' })),
  }), { description: 'of what was paid, given back; or still owed' }),
  cancellation_terms: Type.Array(Type.Object({
    state: Type.String(), description: Text, refundable: Type.Boolean(), refund: Nullable(Money), currency: Text,
  })),
  cancel_quote: Cancellation, cancellation: Cancellation, confirm_otp_required: Type.Boolean({ description: 'confirming it needs a password that the driver is sent' }),
    instructions: Text,
  session: Nullable(Type.Object({
    status: Type.Enum(['started', 'ended']), connection: Type.Enum(['online', 'interrupted']), started_at: Nullable(InstantOut), ended_at: Nullable(InstantOut),
    energy_wh: Nullable(Type.Integer()), power_w: Nullable(Type.Integer()), soc_percent: Nullable(Type.Integer()), cost: Nullable(Money), currency: Text,
    estimated_end: Nullable(InstantOut), read_at: Nullable(InstantOut), tracking_url: Text,
  })),
  finder_fee: Nullable(Type.Object({ percent: Text, amount: Text }, { description: 'what of it is yours for having brought the driver, as the provider has told' })),
  support: Nullable(Type.Object({ name: Text, phone: Text, email: Text, url: Text })),
  ratings: Type.Array(Type.Object({ category: Type.String(), value: Type.Number(), feedback: Text })),
  order: Text, order_number: Text, metadata: Type.Object({}, { additionalProperties: true }), version: Type.Integer(), created: InstantOut, updated: InstantOut,
  confirmed_at: Nullable(InstantOut), ended_at: Nullable(InstantOut),
});
