import type { Static } from 'typebox';
import Value from 'typebox/value';
import { combine, type Recorded, type Simulation, type SimulationInput, type Tally } from '../../../domain/reservations/index.ts';
import { MINUTE_MS } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { SimulationIn } from '../schemas/simulation.ts';
import { parseOptionalInstant } from '../times.ts';
import { RFC3339, type Encoding } from './encoding.ts';
import { decodePolicy } from './reservation.ts';

/** What whoever reads the figures has to know of them. */
export const ASSUMPTIONS = [
  'Drivers ask for what they asked for; a policy that invites or deters others is not foreseen.',
  'Who got a reservation does with it what they did. Who was refused in fact, and gets one here, is taken to use it from start to end ("assumed").',
  'Stations and opening hours are those of today.',
  'Whatever has to be paid is taken to be paid.',
  'Reservations made before the period, flexible ones, blocks and outages are as they were.',
];

export function decodeSimulation(sent: Static<typeof SimulationIn>): SimulationInput {
  return { change: decodePolicy(sent.policy), locationId: sent.location_id, from: parseOptionalInstant(sent.start, '/start'), to: parseOptionalInstant(sent.end, '/end') };
}

/** The same, of what somebody wrote by hand. Throws `invalid_request` for what the schema does not take. */
export function parseSimulation(written: unknown): SimulationInput {
  const errors = Value.Errors(SimulationIn, written).filter(({ keyword }) => keyword !== 'additionalProperties') // each of them is named besides
    .map(({ instancePath, keyword, message }) => ({ pointer: instancePath, message: keyword === 'boolean' ? 'is not known here' : message }));
  if (errors.length > 0) throw new DomainError('invalid_request', 'That is no simulation.', { errors });
  return decodeSimulation(written as Static<typeof SimulationIn>);
}

export function encodeSimulation({ period, recorded, inForce, proposed, locations }: Simulation, { time }: Encoding = RFC3339) {
  return {
    object: 'policy_simulation', start: time(period.start), end: time(period.end), recorded: { ...encodeOutcomes(recorded), retries: recorded.retries },
    ...compare(inForce, proposed), locations: locations.map((one) => ({ location_id: one.locationId, ...compare(one.inForce, one.proposed) })), assumptions: ASSUMPTIONS,
  };
}

function compare(inForce: Tally, proposed: Tally) {
  const [before, after] = [sharesOf(inForce), sharesOf(proposed)];
  const difference = { booked_percent: rounded(after.booked_percent - before.booked_percent), used_percent: rounded(after.used_percent - before.used_percent) };
  return {
    in_force: { ...encodeTally(inForce), ...before }, proposed: { ...encodeTally(proposed), ...after },
    difference: { ...encodeTally(combine(proposed, inForce, -1)), ...difference },
  };
}

function encodeOutcomes(o: Omit<Recorded, 'retries'>) {
  return {
    requests: o.requests, accepted: o.accepted, refused: o.refused, used: o.used, no_shows: o.noShows, cancelled_by_driver: o.cancelledByDriver,
    cancelled_by_operator: o.cancelledByOperator, holds_expired: o.holdsExpired, left_unused: o.leftUnused, evse_lost: o.lost, open: o.open,
  };
}

function encodeTally(tally: Tally) {
  const minutes = (ms: number): number => Math.round(ms / MINUTE_MS);
  return {
    ...encodeOutcomes(tally), assumed: tally.assumed, changes_refused: tally.changesRefused, cancellations_refused: tally.cancellationsRefused, walk_ins: tally.walkIns,
    walk_ins_turned_away: tally.walkInsTurnedAway, walk_ins_cut_short: tally.walkInsCutShort, walk_in_conflicts: tally.walkInConflicts, open_minutes: minutes(tally.openMs),
    booked_minutes: minutes(tally.bookedMs), used_minutes: minutes(tally.usedMs), walk_in_minutes: minutes(tally.walkInMs),
    income: Object.entries(tally.income).map(([currency, of]) => ({
      currency: currency.toLowerCase(), reservation_fees: of.reservationFeesMinor, cancellation_fees: of.cancellationFeesMinor, no_show_fees: of.noShowFeesMinor,
    })),
  };
}

/** Nothing is used of what is never open. */
function sharesOf({ openMs, bookedMs, usedMs }: Tally): { booked_percent: number; used_percent: number } {
  const share = (ms: number): number => (openMs === 0 ? 0 : rounded((100 * ms) / openMs));
  return { booked_percent: share(bookedMs), used_percent: share(usedMs) };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
