/** The waitlist: what is sent, and how an entry is shown. */
import Type from 'typebox';
import { WAITLIST_STATUSES } from '../../../domain/reservations/index.ts';
import { CONNECTOR_STANDARDS } from '../../../domain/stations/index.ts';
import { Latitude, Longitude, Radius } from './area.ts';
import { Currency, Id, InstantOut, Nullable, Strict } from './common.ts';
import { ReservationIn } from './reservation.ts';

const { confirm: _confirm, connector: _connector, quote: _quote, ...asked } = ReservationIn.properties;
export const WaitlistIn = Strict(asked, { description: 'where, when and how long: the fields of a reservation' });

const OfferOut = Type.Object({
  reservation: Id('reservation', 'the hold'), location_id: Id('location'), charging_station: Id('station'), evse: Id('evse'), connector: Id('connector'), start: InstantOut,
  end: InstantOut, claim_by: InstantOut, reservation_fee: Type.Integer(), amount_due: Type.Integer({ description: 'before it can be claimed' }), currency: Currency,
}, { description: 'the slot that is held for the driver, or that was claimed' });
const ExpectedWaitOut = Type.Object({
  minutes: Nullable(Type.Integer({ description: 'until an offer: the middle of the days with one; null when there was none' })),
  days: Type.Integer({ description: 'of the last 28, on how many the place was there and the same window is over' }),
  days_with_offer: Type.Integer({ description: 'on how many of them it would have been offered a slot' }),
}, { description: 'while it waits: from what was cancelled in the last 28 days' });

export const WaitlistEntryOut = Type.Object({
  id: Id('waitlistEntry'), object: Type.Literal('waitlist_entry'), status: Type.Enum([...WAITLIST_STATUSES]), organisation_id: Id('organisation'), driver: Id('driver'),
  vehicle: Nullable(Id('vehicle')), evse: Nullable(Id('evse')), charging_station: Nullable(Id('station')), location_id: Nullable(Id('location')),
  location: Nullable(Type.Object({ latitude: Latitude, longitude: Longitude, radius: Radius }, { description: 'where, in a circle' })),
  area: Nullable(Type.Object({}, { additionalProperties: true, description: 'where, in an area' })), connector_type: Type.Array(Type.Enum([...CONNECTOR_STANDARDS])),
  min_power: Nullable(Type.Integer()), ideal_start: InstantOut, earliest_start: InstantOut, latest_end: InstantOut, duration_minutes: Nullable(Type.Integer()),
  energy_wh: Nullable(Type.Integer()), position: Nullable(Type.Integer({ description: 'while it waits; 1: nobody goes before it' })),
  expected_wait: Nullable(ExpectedWaitOut),
  offer: Nullable(OfferOut), lapses: Type.Integer({ description: 'offers that nobody answered; the second ends it' }), skips: Type.Integer(),
  payment_method: Nullable(Type.String()), metadata: Type.Object({}, { additionalProperties: true }), version: Type.Integer(), created: InstantOut, updated: InstantOut,
  ended_at: Nullable(InstantOut),
});
