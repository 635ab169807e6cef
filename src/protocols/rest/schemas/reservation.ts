/** The reservation of seed 004, with the names of its published reference, and what an exact one adds. */
import Type from 'typebox';
import { ENFORCEMENTS, FAILED_REASONS, STATUSES, UNASSIGNED_REASONS } from '../../../domain/reservations/index.ts';
import { CONNECTOR_STANDARDS } from '../../../domain/stations/index.ts';
import { AreaIn, Latitude, Longitude, Radius } from './area.ts';
import { AmountMinor, Currency, Id, InstantIn, InstantOut, Metadata, Nullable, Strict } from './common.ts';

const optional = Type.Optional;
const minutes = (description: string) => Type.Integer({ minimum: 1, maximum: 525_600, description });
export const ConnectorTypes = Type.Array(
  Type.String({ minLength: 1, maxLength: 40 }),
  { minItems: 1, maxItems: 20, description: 'OCPI connector standards, or what people call them: CCS2, Type 2' },
);
const Energy = Type.Integer({ minimum: 1, maximum: 2_000_000, description: 'Wh; the duration follows from the power, rounded up to the grid' });
const Amount = Strict({
  amount: AmountMinor('what may be spent'),
  price_per_kwh: Type.String({
    pattern: '^[0-9]{1,6}(\\.[0-9]{1,6})?$',
    description: 'what a kWh costs, in the same minor units, as a decimal: "1800" is ₹18.00. Until tariffs exist, the caller says it.',
  }),
}, { description: 'the energy is what the amount buys, the duration what that takes' });

export const wish = {
  duration_minutes: optional(minutes('rounded up to the grid')), energy_wh: optional(Energy), spend: optional(Amount),
};

const Circle = Strict({ latitude: Latitude, longitude: Longitude, radius: Radius }, { description: 'a circle: a flexible reservation, assigned to an EVSE in it near its time' });
export const flexible = {
  location: optional(Circle), area: optional(AreaIn), min_power: optional(Type.Integer({ minimum: 0, maximum: 4_000_000, description: 'W, of the connector' })),
  earliest_start: optional(InstantIn('flexible: it may begin from then; ideal_start when not given')),
  latest_end: optional(InstantIn('flexible: it ends until then; the ideal end when not given')),
};

export const ReservationIn = Strict({
  evse: optional(Id('evse', 'this very EVSE')), charging_station: optional(Id('station', 'any EVSE of this charging station')),
  location_id: optional(Id('location', 'any EVSE of this location')), connector: optional(Id('connector')), connector_type: optional(ConnectorTypes),
  ideal_start: InstantIn('when the slot begins'), ideal_end: optional(InstantIn('when it ends')), ...wish,
  ...flexible,
  driver: optional(Id('driver')), vehicle: optional(Id('vehicle')), metadata: optional(Metadata), payment_method: optional(Type.String({ minLength: 1, maxLength: 100 })),
  quote: optional(Id('quote', 'exact only: whose prices hold for it; once')),
  confirm: optional(Type.Boolean({ default: false, description: 'confirm at once where nothing has to be paid; else the slot is held' })),
});

export const ReservationPatch = Type.Partial(Strict({
  metadata: Metadata, vehicle: Nullable(Id('vehicle')), payment_method: Nullable(Type.String({ minLength: 1, maxLength: 100 })),
  ideal_start: InstantIn('of a flexible one that waits: what it asks for'), ideal_end: InstantIn('see creating one'), connector_type: ConnectorTypes, ...wish, ...flexible,
}), { additionalProperties: false, minProperties: 1, description: 'refused once the reservation is confirmed or final' });
export const ConfirmIn = Type.Partial(Strict({ payment_method: Type.String({ minLength: 1, maxLength: 100 }) }), { additionalProperties: false });
export const CancelIn = Type.Partial(Strict({ reason: Type.String({ minLength: 1, maxLength: 500, description: 'required of an operator' }) }), { additionalProperties: false });
export const ExtendIn = Type.Partial(
  Strict({ end: InstantIn('the new end'), by_minutes: minutes('or how much later') }),
  { additionalProperties: false, minProperties: 1, maxProperties: 1 },
);
export const MoveIn = Type.Partial(Strict({ evse: Id('evse'), start: InstantIn('the new start'), end: InstantIn('the new end'), ...wish }), {
  additionalProperties: false, minProperties: 1, description: 'what is not said stays: the EVSE, the start, the duration',
});
export const LateIn = Strict({ expected_arrival: InstantIn('when the driver will be there') });
export const EmptyIn = Nullable(Type.Object({}, { additionalProperties: false }));

export const PolicyFields = {
  mode: Type.Enum(['mixed', 'booking_only', 'walk_in_only']),
  slot_grid_minutes: Type.Integer({ minimum: 1, maximum: 1440, description: 'slots begin and end on this grid, anchored at local midnight' }),
  min_duration_minutes: minutes('shortest slot'), max_duration_minutes: minutes('longest slot'),
  min_lead_minutes: Type.Integer({ minimum: 0, maximum: 525_600, description: 'how long before its start a slot can be booked at the latest' }),
  max_lead_minutes: minutes('and at the earliest'),
  buffer_minutes: Type.Integer({ minimum: 0, maximum: 1440, description: 'kept free after each booking' }),
  early_start_minutes: Type.Integer({ minimum: 0, maximum: 1440 }), late_stop_minutes: Type.Integer({ minimum: 0, maximum: 1440 }),
  no_show_minutes: Type.Integer({ minimum: 1, maximum: 1440, description: 'how long the slot is kept for a driver who is not there' }),
  grace_minutes: Type.Integer({ minimum: 1, maximum: 1440, description: 'how long for one who has said that they are late' }),
  hold_minutes: Type.Integer({ minimum: 1, maximum: 1440 }),
  fee: Strict({
    currency: Currency, fixed: AmountMinor('for each reservation'), per_minute: AmountMinor('for each minute'), deposit: AmountMinor('given back when the slot is used'),
    credited: Type.Boolean({ description: 'taken off the bill of the session' }),
  }),
  no_show_fee: AmountMinor('owed for not using it'),
  payment_timing: Type.Enum(['pre_order', 'pre_fulfillment', 'post_fulfillment'], {
    description: 'when the whole estimate has to be paid or held: before it is confirmed, before charging begins, or not at all; fee and deposit are paid before it is confirmed',
  }),
  compensation: AmountMinor("into the driver's wallet, besides all that was paid, when the operator cancels or the EVSE is lost"),
  refund_tiers: Type.Array(
    Strict({ min_minutes_before_start: Type.Integer({ minimum: 0, maximum: 525_600 }), refund_percent: Type.Integer({ minimum: 0, maximum: 100 }) }),
    { maxItems: 20 },
  ),
  change_until_minutes: Type.Integer({ minimum: 0, maximum: 525_600 }), cancel_until_minutes: Type.Integer({ minimum: 0, maximum: 525_600 }),
  max_active_per_driver: Type.Integer({ minimum: 1, maximum: 1000 }),
  no_show_ban: Nullable(Strict({ consecutive: Type.Integer({ minimum: 1, maximum: 100 }), ban_minutes: minutes('how long') })),
  walk_in_share_percent: Type.Integer({ minimum: 0, maximum: 100 }), walk_in_into_slot: Type.Enum(['refuse', 'limit', 'allow']),
  backup_evse_uids: Type.Array(Type.String({ minLength: 1, maxLength: 36 }), { maxItems: 50 }), on_fault: Type.Enum(['move_else_refund', 'refund']),
};
export const PolicyPatch = Type.Partial(Strict(PolicyFields), { additionalProperties: false, minProperties: 1, description: 'only what shall change' });
export const PolicyOut = Type.Object({
  id: Nullable(Id('policy')), object: Type.Literal('policy'), operator_id: Id('organisation'), location_id: Nullable(Id('location')), version: Type.Integer(),
  created: Nullable(InstantOut), ...PolicyFields,
});

export const TriedOut = Type.Object({
  evses_in_area: Type.Integer(), evses_fitting: Type.Integer({ description: 'with a connector that fits' }),
  evses_offering: Type.Integer({ description: 'that offer slots so long' }), evses_free: Type.Integer({ description: 'with a slot that nobody had' }),
  slots: Type.Integer({ description: 'that nobody had' }),
});
const OutlookOut = Type.Object({
  likelihood: Type.Number({ minimum: 0, maximum: 1, description: 'of getting a slot, as the newest plan has it' }),
  planned: Type.Boolean({ description: 'the plan has a slot for it, which may still change' }), as_of: InstantOut, tried: TriedOut,
}, { description: 'while a flexible one waits; not part of its versions' });
const KeptOut = Nullable(Type.Object({
  unavailable: Type.Integer({ description: 'booked before, closed or out of order' }), taken: Type.Integer({ description: 'had by others of the same plan' }),
}));
const AssignmentOut = Type.Object({
  decided_at: InstantOut, reason: Nullable(Type.Enum([...UNASSIGNED_REASONS])), tried: TriedOut, displacement_minutes: Nullable(Type.Number()),
  distance_m: Nullable(Type.Integer({ description: 'from the middle of the area' })), rank: Nullable(Type.Integer({ description: '1: the best of its slots' })),
  kept_from_better_time: KeptOut, kept_from_nearer_place: KeptOut, alternatives: Nullable(Type.Object({}, { additionalProperties: true })),
}, { description: 'why a flexible one got what it got, or what was tried' });

const CancelQuoteFields = {
  cancellable: Type.Boolean(), reason: Nullable(Type.String()), refund_percent: Type.Integer(), refund: Type.Integer(), cancellation_fee: Type.Integer(),
  no_show_fee: Type.Integer(),
  currency: Currency,
};
export const CancelQuoteOut = Type.Object({ object: Type.Literal('cancel_quote'), reservation: Id('reservation'), ...CancelQuoteFields });

const idOrObject = (kind: Parameters<typeof Id>[0]) => Nullable(Type.Union([Id(kind), Type.Object({}, { additionalProperties: true })]));
export const ReservationOut = Type.Object({
  id: Id('reservation'), object: Type.Literal('reservation'), mode: Type.Enum(['exact', 'flexible']), status: Type.Enum([...STATUSES]),
  failed_reason: Nullable(Type.Enum([...FAILED_REASONS])), ended_detail: Nullable(Type.String()), cancelled_by: Nullable(Type.Enum(['driver', 'operator'])),
  organisation_id: Id('organisation', 'who made it'), operator_id: Nullable(Id('organisation')), location_id: idOrObject('location'),
  charging_station: idOrObject('station'), evse: idOrObject('evse'), connector: Nullable(Id('connector')),
  connector_type: Type.Array(Type.Enum([...CONNECTOR_STANDARDS])),
  ideal_start: InstantOut, ideal_end: InstantOut, earliest_start: InstantOut, latest_end: InstantOut, reserved_start: Nullable(InstantOut), reserved_end: Nullable(InstantOut),
  time_zone: Type.String(), hold_expires_at: Nullable(InstantOut), kept_until: Nullable(InstantOut), expected_arrival: Nullable(InstantOut),
  driver: idOrObject('driver'), vehicle: idOrObject('vehicle'), session: Nullable(Id('session')),
  enforcement: Type.Enum(['none', ...ENFORCEMENTS], {
    description: 'how the slot is kept at the station, once it begins: by the station (armed), by us (soft), or not always (not_enforceable)',
  }),
  moved_because: Nullable(Type.Enum(['outage', 'occupancy'], { description: 'why it has another EVSE than it had' })),
  series: Nullable(Id('reservationSeries', 'that it is an occurrence of')), waitlist_entry: Nullable(Id('waitlistEntry', 'that it is an offer to')),
  energy_wh: Nullable(Type.Integer()),
  location: Nullable(Type.Object({ latitude: Latitude, longitude: Longitude, radius: Radius }, { description: 'of a flexible one in a circle' })),
  area: Nullable(Type.Object({}, { additionalProperties: true, description: 'of a flexible one: where' })), min_power: Nullable(Type.Integer()),
  assign_at: Nullable(InstantOut), outlook: Nullable(OutlookOut), assignment: Nullable(AssignmentOut),
  reservation_fee: Type.Integer(), currency: Currency, quote: Nullable(Id('quote')), payment_method: Nullable(Type.String()),
  no_show_fee: Type.Integer({ description: 'owed, once it was not used' }),
  cancellation_policy: Nullable(Type.Object({ type: Type.Literal('free_cancellation'), free_until_before: Type.Integer({ description: 'seconds' }) })),
  cancel_quote: Type.Object(CancelQuoteFields), policy: Type.Object({}, { additionalProperties: true, description: 'the policy as it was when the promise was made' }),
  metadata: Type.Object({}, { additionalProperties: true }), version: Type.Integer(), created: InstantOut, updated: InstantOut,
  confirmed_at: Nullable(InstantOut), ended_at: Nullable(InstantOut),
});

export const SlotPriceOut = Type.Object({
  total: Type.Integer({ description: 'minor units, tax and offers included' }), currency: Currency, energy_wh: Type.Integer(),
}, { description: 'an estimate: of energy_wh where that is asked for, else of charging all the slot at full power; null where nobody has set a price' });
export const SlotOut = Type.Object({
  object: Type.Literal('slot'), location_id: Id('location'), charging_station: Id('station'), evse: Id('evse'), connector: Id('connector'), start: InstantOut, end: InstantOut,
  power_w: Type.Integer(), reservation_fee: Type.Integer(), currency: Currency,
});

export const OtpSentOut = Type.Object({ object: Type.Literal('otp_sent'), reservation: Id('reservation'), expires_at: InstantOut });
