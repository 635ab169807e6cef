import Type from 'typebox';
import { Currency, Id, InstantIn, InstantOut, Strict } from './common.ts';
import { PolicyPatch } from './reservation.ts';

export const SimulationIn = Strict({
  location_id: Type.Optional(Id('location', 'one location; else all of yours')), policy: PolicyPatch,
  start: Type.Optional(InstantIn('of the period; 30 days before its end when not given, 92 days ago at the earliest')),
  end: Type.Optional(InstantIn('now when not given')),
});

const count = (description?: string) => Type.Integer(description === undefined ? {} : { description });
const minutes = (description: string) => Type.Integer({ description });
const percent = (description: string) => Type.Number({ description: `${description}, of the open time; one decimal` });

const Outcomes = {
  requests: count('what drivers wanted; retries count once'), accepted: count(),
  refused: Type.Object({}, { additionalProperties: Type.Integer(), description: 'by error code' }),
  used: count(), no_shows: count(), cancelled_by_driver: count(), cancelled_by_operator: count(), holds_expired: count(), left_unused: count(),
  evse_lost: count('given up, since the EVSE was not to be had and no other was'),
  open: count('accepted, and neither used nor over yet'),
};

const Figures = {
  ...Outcomes, assumed: count('of the accepted, those that were refused in fact: taken to be used from start to end'),
  changes_refused: count('moves and extensions that were made in fact'), cancellations_refused: count('that were made in fact'),
  walk_ins: count(), walk_ins_turned_away: count(), walk_ins_cut_short: count(), walk_in_conflicts: count('a slot began while a walk-in was there'),
  open_minutes: minutes('opening time of all EVSEs that can be booked'), booked_minutes: minutes('kept for reservations'),
  used_minutes: minutes('of vehicles with a reservation'), walk_in_minutes: minutes('of vehicles without one'),
  booked_percent: percent('kept for reservations'), used_percent: percent('used by vehicles with a reservation'),
  income: Type.Array(Type.Object({ currency: Currency, reservation_fees: count(), cancellation_fees: count(), no_show_fees: count() }), { description: 'minor units' }),
};
const Compared = {
  in_force: Type.Object(Figures), proposed: Type.Object(Figures), difference: Type.Object(Figures, { description: 'proposed less in force' }),
};

export const SimulationOut = Type.Object({
  object: Type.Literal('policy_simulation'), start: InstantOut, end: InstantOut,
  recorded: Type.Object({ ...Outcomes, retries: count('requests that only repeated one that had been refused') }, { description: 'what happened in fact' }),
  ...Compared, locations: Type.Array(Type.Object({ location_id: Id('location'), ...Compared })),
  assumptions: Type.Array(Type.String(), { description: 'what the figures rest on' }),
});
