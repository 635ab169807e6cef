/** Clients that do at random what drivers and operators do, at a few EVSEs, so that they get into each other's way. */
import type { Answer, Api, Json } from './api.ts';
import type { Random } from './random.ts';

export interface Stage {
  /** one of them is taken for each call */
  apis: readonly Api[];
  locationId: string;
  evses: readonly string[];
  drivers: readonly string[];
  /** reservations that were made and not given up; every client may change any of them */
  reservations: string[];
  sessions: string[];
  outages: string[];
  blocks: string[];
  /** the network's time as far as the clients know */
  now: number;
}

const MINUTE = 60_000;
const GRID = 15 * MINUTE;
/** Times are chosen in so many grid steps from now. */
const STEPS_AHEAD = 16;

interface Action {
  /** how often it is chosen, among the others */
  weight: number;
  /** undefined when there is nothing yet to do it to */
  call(stage: Stage, api: Api, random: Random): Promise<Answer<Json>> | undefined;
  /** takes note of a success */
  done?(stage: Stage, body: Json): void;
  /** the refusals that its documentation allows, besides success */
  refusals: string[];
}

const iso = (at: number): string => new Date(at).toISOString();
/** A start on the grid: every third is at once, so that reservations are used and missed as well. */
function startOf(stage: Stage, random: Random): number {
  return Math.ceil(stage.now / GRID) * GRID + (random.percent(33) ? 0 : random.below(STEPS_AHEAD)) * GRID;
}
const minutes = (random: Random): number => 15 * (1 + random.below(4));
/** Some calls are made under a key of their own, as careful clients do. */
const headers = (random: Random): Record<string, string> => (random.percent(30) ? { 'idempotency-key': `k${random.below(2 ** 31)}-${random.below(2 ** 31)}` } : {});

/** A POST about one of the newest of some objects. */
const onNewest = (
  list: 'reservations' | 'sessions' | 'outages', most: number, path: (id: string) => string, body: (stage: Stage, random: Random, id: string) => unknown = () => undefined,
): Action['call'] => (stage, api, random) => {
  const newest = stage[list].slice(-most);
  if (newest.length === 0) return undefined;
  const id = random.pick(newest);
  return api.post(path(id), body(stage, random, id), headers(random));
};
const onReservation = (verb: string, body?: (stage: Stage, random: Random) => unknown): Action['call'] =>
  onNewest('reservations', 24, (id) => `/v1/reservations/${id}/${verb}`, body);

/** What is over is mostly left alone. */
function forget(stage: Stage, body: Json): void {
  const at = stage.reservations.indexOf(body.id);
  if (at !== -1) stage.reservations.splice(at, 1);
}

/** What drivers do to their reservations. */
export const DRIVERS: Record<string, Action> = {
  create: {
    weight: 30, refusals: ['slot_unavailable', 'walk_in_share_reached', 'time_in_past'],
    call: (stage, api, random) => api.post('/v1/reservations', {
      ...(random.percent(70) ? { evse: random.pick(stage.evses) } : { location_id: stage.locationId }),
      ...(random.percent(50) ? { driver: random.pick(stage.drivers) } : {}),
      ideal_start: iso(startOf(stage, random)), duration_minutes: minutes(random), confirm: random.percent(50),
    }, headers(random)),
    done: (stage, body) => void stage.reservations.push(body.id),
  },
  move: {
    weight: 25, refusals: ['slot_unavailable', 'walk_in_share_reached', 'invalid_state', 'time_in_past', 'change_cut_off_passed'],
    call: onReservation('move', (stage, random) => {
      const evse = random.percent(60) ? { evse: random.pick(stage.evses) } : {};
      if ('evse' in evse && random.percent(30)) return evse;
      return { ...evse, start: iso(startOf(stage, random)), ...(random.percent(30) ? { duration_minutes: minutes(random) } : {}) };
    }),
  },
  extend: {
    weight: 20, refusals: ['slot_unavailable', 'walk_in_share_reached', 'invalid_state', 'time_in_past', 'duration_not_allowed'],
    call: onReservation('extend', (_stage, random) => ({ by_minutes: 15 * (1 + random.below(2)) })),
  },
  confirm: { weight: 10, refusals: ['invalid_state'], call: onReservation('confirm') },
  cancel: { weight: 10, refusals: ['invalid_state', 'cancel_cut_off_passed'], call: onReservation('cancel'), done: forget },
  leave: { weight: 5, refusals: ['invalid_state', 'too_early'], call: onReservation('leave'), done: forget },
};

/** What else happens at a station meanwhile: cars come and go, things break, time passes. */
export const EVERYTHING: Record<string, Action> = {
  ...DRIVERS,
  late: {
    weight: 4, refusals: ['invalid_state', 'grace_exceeded', 'time_in_past'],
    call: onReservation('late', (stage, random) => ({ expected_arrival: iso(stage.now + random.below(60) * MINUTE) })),
  },
  arrive: {
    weight: 8, refusals: ['invalid_state', 'too_early', 'evse_occupied'],
    call: onNewest('reservations', 24, () => '/v1/sandbox/sessions', (_stage, _random, reservation) => ({ reservation })),
    done: (stage, body) => void stage.sessions.push(body.id),
  },
  walkIn: {
    weight: 3, refusals: ['slot_unavailable', 'evse_occupied'],
    call: (stage, api, random) => api.post('/v1/sandbox/sessions', { evse: random.pick(stage.evses) }, headers(random)),
    done: (stage, body) => void stage.sessions.push(body.id),
  },
  depart: {
    weight: 8, refusals: ['invalid_state'],
    call: onNewest('sessions', 6, (id) => `/v1/sandbox/sessions/${id}/end`),
  },
  breakDown: {
    weight: 2, refusals: [],
    call: (stage, api, random) => api.post('/v1/outages', { evse: random.pick(stage.evses), reason: 'test', expected_end: iso(stage.now + 20 * MINUTE) }, headers(random)),
    done: (stage, body) => void stage.outages.push(body.id),
  },
  repair: {
    weight: 4, refusals: ['invalid_state'],
    call: onNewest('outages', 4, (id) => `/v1/outages/${id}/end`),
  },
  block: {
    weight: 2, refusals: ['slot_unavailable', 'time_in_past'],
    call: (stage, api, random) => {
      const start = startOf(stage, random);
      return api.post('/v1/blocks', { evse: random.pick(stage.evses), start: iso(start), end: iso(start + GRID), reason: 'test' }, headers(random));
    },
    done: (stage, body) => void stage.blocks.push(body.id),
  },
  unblock: {
    weight: 2, refusals: ['not_found'],
    call: (stage, api, random) => (stage.blocks.length === 0 ? undefined : api.delete(`/v1/blocks/${random.pick(stage.blocks.slice(-4))}`)),
  },
  reshape: {
    weight: 2, refusals: [],
    call: (stage, api, random) => api.patch(`/v1/locations/${stage.locationId}`, { name: `Storm ${random.below(1000)}` }),
  },
  report: {
    weight: 3, refusals: [],
    call: (stage, api, random) => api.patch(`/v1/evses/${random.pick(stage.evses)}`, { status: random.pick(['AVAILABLE', 'AVAILABLE', 'CHARGING']) }),
  },
  passTime: {
    weight: 4, refusals: [],
    call: (_stage, api, random) => api.post('/v1/test_clock/advance', { by_seconds: 60 + random.below(360) }, headers(random)),
    done: (stage, body) => void (stage.now = Math.max(stage.now, Date.parse(body.now))),
  },
};

export interface StormResult {
  calls: number;
  /** answers by action and outcome: `create 201`, `move slot_unavailable` */
  outcomes: Map<string, number>;
  /** answers that no documentation allows */
  surprises: string[];
}

/** Lets clients act side by side, each for so many steps. */
export async function runStorm(stage: Stage, actions: Record<string, Action>, options: { clients: number; steps: number; random: Random }): Promise<StormResult> {
  const result: StormResult = { calls: 0, outcomes: new Map(), surprises: [] };
  const deck = Object.entries(actions).flatMap(([name, { weight }]) => Array<string>(weight).fill(name));
  const client = async (random: Random): Promise<void> => {
    for (let step = 0; step < options.steps; step++) {
      const name = random.pick(deck);
      const action = actions[name]!;
      const answer = await action.call(stage, random.pick(stage.apis), random);
      if (!answer) continue;
      note(result, name, action, answer);
      if (answer.status < 300) action.done?.(stage, answer.body);
    }
  };
  await Promise.all(Array.from({ length: options.clients }, () => options.random.fork()).map(client));
  return result;
}

function note(result: StormResult, name: string, { refusals }: Action, { status, body }: Answer<Json>): void {
  const outcome = status < 300 ? String(status) : String(body.code);
  result.calls += 1;
  result.outcomes.set(`${name} ${outcome}`, (result.outcomes.get(`${name} ${outcome}`) ?? 0) + 1);
  if (status >= 300 && (status >= 500 || !refusals.includes(outcome))) result.surprises.push(`${name} answered ${status} ${JSON.stringify(body)}`);
}
