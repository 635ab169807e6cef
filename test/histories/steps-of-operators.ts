/** What operators do in a history, and what cars and chargers do at their places. */
import type { Random } from '../support/random.ts';
import { HOUR, MINUTE } from '../support/world.ts';
import type { Wish } from './calls.ts';
import { onGrid, type Place } from './network.ts';
import { iso, ofStatus, type Action, type Known, type Stage } from './stage.ts';

const anyEvse = ({ network, retired }: Stage, random: Random): { place: Place; id: string } => {
  const place = random.pick(network.places);
  const there = place.evses.filter(({ id }) => !retired.has(id));
  return { place, id: random.pick(there.length === 0 ? place.evses : there).id };
};
const operatorOf = ({ network }: Stage, place: Place) => network.operators[place.operator];

const onKnown = (list: (stage: Stage) => Known[], wish: (known: Known, random: Random) => Omit<Wish, 'as'>): Action['wish'] => (stage, random) => {
  const known = list(stage).slice(-20);
  if (known.length === 0) return undefined;
  const chosen = random.pick(known);
  return { as: chosen.by, ...wish(chosen, random) };
};

function outage(stage: Stage, random: Random): Wish {
  const { place, id } = anyEvse(stage, random);
  const start = random.percent(70) ? {} : { start: iso(stage.now + (1 + random.below(12)) * HOUR) };
  const from = 'start' in start ? Date.parse(start.start!) : stage.now;
  const end = random.percent(60) ? { expected_end: iso(from + (10 + random.below(600)) * MINUTE) } : {};
  return { as: operatorOf(stage, place), method: 'POST', path: '/v1/outages', body: { evse: id, reason: 'broken', ...start, ...end } };
}

function block(stage: Stage, random: Random): Wish {
  const { place, id } = anyEvse(stage, random);
  const start = onGrid(place, stage.now, random.below(40));
  const end = start + (1 + random.below(4)) * HOUR / 2;
  return { as: operatorOf(stage, place), method: 'POST', path: '/v1/blocks', body: { evse: id, start: iso(start), end: iso(end), reason: 'works' } };
}

function retire(stage: Stage, random: Random): Wish | undefined {
  const place = random.pick(stage.network.places.filter(({ keepsShare }) => !keepsShare));
  const there = place?.evses.filter(({ id }) => !stage.retired.has(id)) ?? [];
  if (!place || there.length < 2) return undefined;
  return { as: operatorOf(stage, place), method: 'DELETE', path: `/v1/evses/${random.pick(there).id}` };
}

function bringBack(stage: Stage, random: Random): Wish | undefined {
  const gone = stage.network.places.flatMap((place) => place.evses.filter(({ id }) => stage.retired.has(id)).map((evse) => ({ place, evse })));
  if (gone.length === 0) return undefined;
  const { place, evse } = random.pick(gone);
  return { as: operatorOf(stage, place), method: 'POST', path: `/v1/charging_stations/${evse.stationId}/evses`, body: evse.body };
}

/** Nothing that says where the grid lies, or how many are kept for walk-ins: those who book would not know. */
function policy(stage: Stage, random: Random): Wish {
  const place = random.pick(stage.network.places);
  const change = random.pick([
    { max_active_per_driver: 1 + random.below(5) }, { hold_minutes: 5 + random.below(20) }, { walk_in_into_slot: random.pick(['refuse', 'limit', 'allow']) },
    { buffer_minutes: 15 + random.below(10) }, { on_fault: random.pick(['refund', 'move_else_refund']) },
    { no_show_ban: { consecutive: 1 + random.below(3), ban_minutes: 300 } },
    { cancel_until_minutes: random.below(60) }, { max_duration_minutes: 240 },
  ]);
  return { as: operatorOf(stage, place), method: 'PATCH', path: `/v1/locations/${place.id}/policy`, body: change };
}

export const OF_OPERATORS: Record<string, Action> = {
  walkIn: {
    weight: 9, refusals: ['slot_unavailable', 'evse_occupied', 'walk_in_not_offered', 'not_found'], wish: (stage, random) => {
      const { place, id } = anyEvse(stage, random);
      return { as: operatorOf(stage, place), method: 'POST', path: '/v1/sandbox/sessions', body: { evse: id } };
    },
  },
  walkOut: {
    weight: 7, refusals: ['invalid_state'],
    wish: onKnown(({ sessions }) => ofStatus(sessions, 'started'), ({ shown }) => ({ method: 'POST', path: `/v1/sandbox/sessions/${shown.id}/end` })),
  },
  breakDown: { weight: 5, wish: outage, refusals: ['not_found'] },
  repair: {
    weight: 5, refusals: ['invalid_state'],
    wish: onKnown(({ outages }) => [...outages.values()].filter(({ shown }) => shown.end === null), ({ shown }) => ({
      method: 'POST', path: `/v1/outages/${shown.id}/end`,
    })),
  },
  block: { weight: 4, wish: block, refusals: ['slot_unavailable', 'time_in_past', 'not_found'] },
  unblock: {
    weight: 3, refusals: ['not_found'],
    wish: onKnown(({ blocks }) => [...blocks.values()], ({ shown }) => ({ method: 'DELETE', path: `/v1/blocks/${shown.id}` })),
  },
  retire: { weight: 2, wish: retire, refusals: ['not_found'] },
  bringBack: { weight: 2, wish: bringBack, refusals: ['already_exists'] },
  policy: { weight: 3, wish: policy, refusals: [] },
  operatorCancels: {
    weight: 3, refusals: ['invalid_state'], wish: (stage, random) => asOperator(stage, random, '/cancel', () => ({ reason: 'works at the place' })),
  },
  operatorMoves: {
    weight: 3, refusals: [
      'invalid_state', 'slot_unavailable', 'walk_in_share_reached', 'evse_not_bookable', 'connector_incompatible', 'outside_opening_hours', 'off_grid',
      'duration_not_allowed',
    ],
    wish: (stage, random) => asOperator(stage, random, '/move', (place) => ({ evse: random.pick(place.evses).id })),
  },
  seeConflicts: {
    weight: 3, refusals: [],
    wish: ({ network }, random) => ({ as: random.pick(network.operators), method: 'GET', path: '/v1/conflicts?status=open&limit=100' }),
  },
  resolve: {
    weight: 1, refusals: ['invalid_state'], wish: onKnown(({ conflicts }) => ofStatus(conflicts, 'open'), ({ shown }) => ({
      method: 'POST', path: `/v1/conflicts/${shown.id}/resolve`, body: { resolution: 'a driver was called' },
    })),
  },
};

function asOperator(stage: Stage, random: Random, verb: string, body: (place: Place) => object): Wish | undefined {
  const list = ofStatus(stage.reservations, 'confirmed', 'pending').filter(({ shown }) => shown.location_id !== null).slice(-20);
  if (list.length === 0) return undefined;
  const { shown } = random.pick(list);
  const place = stage.network.places.find(({ id }) => id === shown.location_id)!;
  return { as: operatorOf(stage, place), method: 'POST', path: `/v1/reservations/${shown.id}${verb}`, body: body(place) };
}
