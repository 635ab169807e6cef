/** What drivers do in a history who wait for a slot. */
import type { Random } from '../support/random.ts';
import { HOUR, MINUTE } from '../support/world.ts';
import type { Wish } from './calls.ts';
import type { Caller } from './network.ts';
import { iso, ofStatus, type Action, type Known, type Stage } from './stage.ts';

/** Mostly for the time of a reservation that is known, at its EVSE or location: it is free once that is given back. */
function join(stage: Stage, random: Random): Wish {
  const driver = random.pick(stage.network.drivers);
  const coming = ofStatus(stage.reservations, 'confirmed', 'pending').filter(({ shown }) => shown.evse !== null && Date.parse(shown.reserved_end) > stage.now);
  const wish = coming.length > 0 && random.percent(70) ? forTimeOf(random.pick(coming), random) : forAnyTime(stage, random);
  return { as: random.pick(driver.callers), method: 'POST', path: '/v1/waitlist_entries', body: { driver: driver.id, ...wish } };
}

function forTimeOf({ shown }: Known, random: Random): object {
  const [from, to] = [Date.parse(shown.reserved_start), Date.parse(shown.reserved_end)];
  const marginMs = random.below(3) * 15 * MINUTE;
  return {
    ...random.pick([{ evse: shown.evse }, { evse: shown.evse }, { location_id: shown.location_id }]), ideal_start: iso(from),
    duration_minutes: Math.max(5, (to - from) / MINUTE), earliest_start: iso(from - marginMs), latest_end: iso(to + marginMs),
  };
}

function forAnyTime({ network, now }: Stage, random: Random): object {
  const place = random.pick(network.places.slice(0, 3));
  const ideal = now + random.below(10 * 60) * MINUTE;
  const where = random.pick([{ location_id: place.id }, { location: { ...place.coordinates, radius: random.pick([500, 4_000]) } }]);
  return {
    ...where, ideal_start: iso(ideal), earliest_start: iso(ideal), duration_minutes: 15 * (1 + random.below(5)), latest_end: iso(ideal + (2 + random.below(4)) * HOUR),
  };
}

function callerOf({ network }: Stage, { shown, by }: Known, random: Random): Caller {
  const driver = network.drivers.find(({ id }) => id === shown.driver);
  return driver ? random.pick(driver.callers) : by;
}

const onEntry = (statuses: string[], verb: string): Action['wish'] => (stage, random) => {
  const list = ofStatus(stage.entries, ...statuses).slice(-20);
  if (list.length === 0) return undefined;
  const known = random.pick(list);
  return { as: callerOf(stage, known, random), method: 'POST', path: `/v1/waitlist_entries/${known.shown.id}/${verb}` };
};

/** What providers do when time has passed, beside looking at their reservations. */
export const LOOK_AT_OFFERS: Action = {
  weight: 0, refusals: [], wish: ({ network }, random) => ({ as: random.pick(network.providers), method: 'GET', path: '/v1/waitlist_entries?limit=100' }),
};

export const OF_THOSE_WHO_WAIT: Record<string, Action> = {
  join: {
    weight: 12, wish: join, refusals: [
      'waitlist_limit_reached', 'driver_banned', 'invalid_time_range', 'time_in_past', 'lead_time_not_allowed', 'duration_not_allowed', 'evse_not_bookable',
      'connector_incompatible', 'not_found',
    ],
  },
  claim: { weight: 7, wish: onEntry(['offered'], 'claim'), refusals: ['invalid_state'] },
  passOn: { weight: 4, wish: onEntry(['offered'], 'skip'), refusals: ['invalid_state'] },
  giveUp: { weight: 2, wish: onEntry(['offered', 'waiting'], 'leave'), refusals: ['invalid_state'] },
};
