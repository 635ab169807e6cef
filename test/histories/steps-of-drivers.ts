/** What drivers and their providers do in a history. */
import type { Random } from '../support/random.ts';
import { DAY, HOUR, MINUTE } from '../support/world.ts';
import type { Wish } from './calls.ts';
import { onGrid, type Driver, type Place } from './network.ts';
import { iso, ofStatus, type Action, type Known, type Stage } from './stage.ts';

/** Rules of the policy that any slot may meet, whoever asks for it. */
const SLOT_RULES = ['slot_unavailable', 'walk_in_share_reached', 'time_in_past', 'lead_time_not_allowed', 'duration_not_allowed', 'outside_opening_hours', 'off_grid'];
/** What stands against one more reservation of a driver, or at a place. */
const NEW = [...SLOT_RULES, 'too_many_active_reservations', 'driver_banned', 'evse_not_bookable', 'connector_incompatible', 'not_found'];

const anyPlace = ({ network }: Stage, random: Random): Place => random.pick(network.places.slice(0, random.percent(80) ? 3 : undefined));
const anyDriver = ({ network }: Stage, random: Random): Driver => random.pick(network.drivers);
/** Mostly within hours, so that slots are used and missed in a week; now and then days ahead. */
const anySteps = (random: Random, { gridMinutes }: Place): number =>
  Math.floor((random.percent(75) ? random.below(5 * 60) : random.below(3 * DAY / MINUTE)) / gridMinutes);
const anyDuration = (random: Random, { gridMinutes }: Place): number => gridMinutes * (1 + random.below(Math.max(2, Math.floor(90 / gridMinutes))));

function newReservation(stage: Stage, random: Random): Wish {
  const place = anyPlace(stage, random);
  const driver = anyDriver(stage, random);
  const evse = random.pick(place.evses);
  const where = random.pick([{ evse: evse.id }, { evse: evse.id }, { charging_station: evse.stationId }, { location_id: place.id }]);
  return {
    as: random.pick(driver.callers), method: 'POST', path: '/v1/reservations', body: {
      ...where, ...(random.percent(90) ? { driver: driver.id } : { driver: driver.id, metadata: { trip: String(random.below(100)) } }),
      ideal_start: iso(onGrid(place, stage.now, anySteps(random, place))), duration_minutes: anyDuration(random, place), confirm: random.percent(65),
    },
  };
}

/** A wish around some time, in a circle around a place of the town or along the road between two. */
function newFlexible(stage: Stage, random: Random): Wish {
  const driver = anyDriver(stage, random);
  const [from, to] = [stage.network.places[random.below(3)]!, stage.network.places[3]!];
  const point = ({ coordinates }: Place): [number, number] => [coordinates.longitude, coordinates.latitude];
  const where = random.percent(70) ? { location: { ...from.coordinates, radius: random.pick([500, 4_000, 30_000]) } }
    : { area: { type: 'corridor', line: { type: 'LineString', coordinates: [point(from), point(to)] }, width: random.pick([500, 3_000]) } };
  return {
    as: random.pick(driver.callers), method: 'POST', path: '/v1/reservations', body: {
      ...where, driver: driver.id, ...windowOf(stage, random), ...(random.percent(50) ? { connector_type: [random.pick(['CCS2', 'Type 2'])] } : {}),
      confirm: random.percent(30),
    },
  };
}

function windowOf({ now }: Stage, random: Random): object {
  const ideal = now + 10 * MINUTE + random.below(random.percent(75) ? 8 * 60 : 48 * 60) * MINUTE;
  const duration = 15 * (1 + random.below(6));
  return {
    earliest_start: iso(Math.max(now + 5 * MINUTE, ideal - random.below(180) * MINUTE)), ideal_start: iso(ideal), duration_minutes: duration,
    latest_end: iso(ideal + (duration + 30 + random.below(240)) * MINUTE),
  };
}

function newSeries(stage: Stage, random: Random): Wish {
  const place = anyPlace(stage, random);
  const driver = anyDriver(stage, random);
  const start = onGrid(place, stage.now, Math.floor((30 + random.below(24 * 60)) / place.gridMinutes));
  const local = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(place.timeZone).toPlainDateTime();
  return {
    as: random.pick(driver.callers), method: 'POST', path: '/v1/reservation_series', body: {
      rrule: `FREQ=DAILY;INTERVAL=${1 + random.below(2)};COUNT=${2 + random.below(4)}`, start: local.toString({ smallestUnit: 'minute' }),
      reservation: { evse: random.pick(place.evses).id, driver: driver.id, duration_minutes: anyDuration(random, place) },
    },
  };
}

/** Who made it, its driver or (now and then) another key of theirs. */
function callerOf(stage: Stage, { shown, by }: Known, random: Random) {
  const driver = stage.network.drivers.find(({ id }) => id === shown.driver);
  return driver ? random.pick(driver.callers) : by;
}

const onReservation = (statuses: string[], verb: string, body: (stage: Stage, random: Random, known: Known) => unknown = () => undefined): Action['wish'] =>
  (stage, random) => {
    const list = ofStatus(stage.reservations, ...statuses).slice(-30);
    if (list.length === 0) return undefined;
    const known = random.pick(list);
    return { as: callerOf(stage, known, random), method: 'POST', path: `/v1/reservations/${known.shown.id}${verb}`, body: body(stage, random, known) };
  };

/** Reservations whose slot begins soon or has begun, as far as is known. */
const due = ({ reservations, now }: Stage): Known[] => ofStatus(reservations, 'confirmed')
  .filter(({ shown }) => shown.session === null && Date.parse(shown.reserved_start) - 10 * MINUTE <= now && Date.parse(shown.reserved_end) > now);
const inUse = ({ reservations }: Stage): Known[] => ofStatus(reservations, 'confirmed').filter(({ shown }) => shown.session !== null);

function placeOf({ network }: Stage, { shown }: Known): Place | undefined {
  return network.places.find(({ id }) => id === shown.location_id);
}

function move(stage: Stage, random: Random, known: Known): object {
  const place = placeOf(stage, known);
  if (!place) return { start: iso(stage.now + HOUR) }; // it waits, and has no place yet
  const evse = random.percent(60) ? { evse: random.pick(place.evses).id } : {};
  if ('evse' in evse && random.percent(30)) return evse;
  return { ...evse, start: iso(onGrid(place, stage.now, anySteps(random, place))), ...(random.percent(30) ? { duration_minutes: anyDuration(random, place) } : {}) };
}

function update(stage: Stage, random: Random, { shown }: Known): object {
  return shown.assign_at !== null && random.percent(60) ? windowOf(stage, random) : { metadata: { changed: String(random.below(100)) } };
}

const onOccurrence = (verb: string, statuses: string[]): Action['wish'] => (stage, random) => {
  const known = [...stage.series.values()].filter(({ shown }) => shown.occurrences !== undefined);
  const chosen = known.flatMap(({ shown, by }) => shown.occurrences.filter(({ status }: { status: string }) => statuses.includes(status))
    .map(({ date }: { date: string }) => ({ by, id: shown.id, date })));
  if (chosen.length === 0) return undefined;
  const { by, id, date } = random.pick(chosen);
  return { as: by, method: 'POST', path: `/v1/reservation_series/${id}/occurrences/${date}/${verb}` };
};

/** What providers do before anything else when time has passed. */
export const LOOK: Action = {
  weight: 0, refusals: [], wish: ({ network }, random) => ({ as: random.pick(network.providers), method: 'GET', path: '/v1/reservations?limit=100' }),
};

export const OF_DRIVERS: Record<string, Action> = {
  reserve: { weight: 26, wish: newReservation, refusals: NEW },
  wishFor: { weight: 14, wish: newFlexible, refusals: [...NEW, 'invalid_time_range'] },
  repeatedly: { weight: 3, wish: newSeries, refusals: [...NEW, 'invalid_request'] },
  skip: { weight: 2, wish: onOccurrence('skip', ['scheduled', 'reserved', 'unavailable']), refusals: ['invalid_state', 'cancel_cut_off_passed'] },
  retry: { weight: 2, wish: onOccurrence('retry', ['scheduled', 'unavailable']), refusals: ['invalid_state'] },
  cancelSeries: {
    weight: 1, refusals: ['invalid_state'], wish: ({ series }, random) => {
      const active = ofStatus(series, 'active');
      if (active.length === 0) return undefined;
      const { shown, by } = random.pick(active);
      return { as: by, method: 'POST', path: `/v1/reservation_series/${shown.id}/cancel` };
    },
  },
  confirm: { weight: 12, wish: onReservation(['pending'], '/confirm'), refusals: ['invalid_state', 'slot_unavailable'] },
  update: {
    weight: 4, wish: onReservation(['pending'], '', update),
    refusals: ['invalid_state', 'invalid_time_range', 'time_in_past', 'lead_time_not_allowed', 'duration_not_allowed'],
  },
  cancel: { weight: 7, wish: onReservation(['pending', 'confirmed'], '/cancel'), refusals: ['invalid_state', 'cancel_cut_off_passed'] },
  move: {
    weight: 10, wish: onReservation(['pending', 'confirmed'], '/move', move),
    refusals: [...SLOT_RULES, 'invalid_state', 'change_cut_off_passed', 'evse_not_bookable', 'connector_incompatible'],
  },
  extend: {
    weight: 8, refusals: [...SLOT_RULES, 'invalid_state', 'evse_not_bookable'], wish: onReservation(['pending', 'confirmed'], '/extend', (stage, random, known) => ({
      by_minutes: (placeOf(stage, known)?.gridMinutes ?? 15) * (1 + random.below(2)),
    })),
  },
  late: {
    weight: 4, refusals: ['invalid_state', 'grace_exceeded', 'time_in_past'],
    wish: onReservation(['confirmed'], '/late', (_stage, random, { shown }) => ({ expected_arrival: iso(Date.parse(shown.reserved_start) + random.below(45) * MINUTE) })),
  },
  arrive: {
    weight: 22, refusals: ['invalid_state', 'too_early', 'evse_occupied', 'evse_not_bookable'],
    wish: (stage, random) => {
      const list = due(stage);
      if (list.length === 0) return undefined;
      const known = random.pick(list);
      return { as: providerOf(stage, known), method: 'POST', path: '/v1/sandbox/sessions', body: { reservation: known.shown.id } };
    },
  },
  depart: {
    weight: 7, refusals: ['invalid_state'], wish: ({ sessions }, random) => {
      const list = ofStatus(sessions, 'started').slice(-20);
      if (list.length === 0) return undefined;
      const { shown, by } = random.pick(list);
      return { as: by, method: 'POST', path: `/v1/sandbox/sessions/${shown.id}/end`, body: { energy_wh: random.below(40_000) } };
    },
  },
  leave: {
    weight: 5, refusals: ['invalid_state', 'too_early'], wish: (stage, random) => {
      const list = [...inUse(stage), ...due(stage)];
      if (list.length === 0) return undefined;
      const known = random.pick(list);
      return { as: callerOf(stage, known, random), method: 'POST', path: `/v1/reservations/${known.shown.id}/leave` };
    },
  },
};

/** Sessions stand in for chargers, which no driver's key does. */
function providerOf({ network }: Stage, { by }: Known) {
  return network.providers.find(({ organisationId }) => organisationId === by.organisationId) ?? by;
}
