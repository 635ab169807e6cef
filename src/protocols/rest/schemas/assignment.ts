/** An assignment problem as somebody writes it down: locations, what is promised there already, and requests, all in the words of the API. */
import Type from 'typebox';
import { STATED_LIMITS } from '../../../domain/reservations/index.ts';
import { POWER_TYPES } from '../../../domain/stations/index.ts';
import { InstantIn, Strict } from './common.ts';
import { Coordinates, OpeningTimes } from './location.ts';
import { ConnectorTypes, flexible, PolicyFields, wish } from './reservation.ts';

const optional = Type.Optional;
const Name = Type.String({ minLength: 1, maxLength: 100, description: 'any text' });
const power = (description: string) => Type.Integer({ minimum: 1, maximum: 4_000_000, description });

const { slot_grid_minutes, min_duration_minutes, max_duration_minutes, min_lead_minutes, max_lead_minutes, buffer_minutes } = PolicyFields;
const Rules = Type.Partial(
  Strict({ slot_grid_minutes, min_duration_minutes, max_duration_minutes, min_lead_minutes, max_lead_minutes, buffer_minutes }),
  { additionalProperties: false },
);
const BusyTimes = Type.Array(Strict({ start: InstantIn('from then'), end: InstantIn('until then') }), { maxItems: 10_000 });

const ConnectorIn = Strict({
  id: Name, standard: Type.String({ minLength: 1, maxLength: 40 }), power_type: Type.Enum([...POWER_TYPES]), max_electric_power: power('W'),
});
const EvseIn = Strict({
  id: Name, connectors: Type.Array(ConnectorIn, { minItems: 1, maxItems: 20 }), bookings: optional(BusyTimes), outages: optional(BusyTimes),
});
const LocationIn = Strict({
  id: Name, coordinates: Coordinates, time_zone: Type.String({ minLength: 1, maxLength: 64 }), opening_times: optional(OpeningTimes(InstantIn('an instant'))),
  policy: optional(Rules), evses: Type.Array(EvseIn, { maxItems: 2_000 }),
});
const RequestIn = Strict({
  id: Name, ...flexible, connector_type: optional(ConnectorTypes), ideal_start: InstantIn('when it would begin'), ideal_end: optional(InstantIn('when it would end')), ...wish,
  vehicle: optional(Strict({ connector_type: optional(ConnectorTypes), max_ac_power_w: optional(power('W')), max_dc_power_w: optional(power('W')) })),
  priority: optional(Type.Integer({ minimum: 0, maximum: 100 })), created: optional(InstantIn('when it was made')),
  not_at_location_ids: optional(Type.Array(Name, { maxItems: 1_000 })),
});

export const AssignmentProblemIn = Strict({
  now: InstantIn('the moment at which it is decided'), policy: optional(Rules), locations: Type.Array(LocationIn, { maxItems: STATED_LIMITS.locations }),
  requests: Type.Array(RequestIn, { maxItems: STATED_LIMITS.requests }),
});
