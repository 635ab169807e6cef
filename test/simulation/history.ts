/** Random histories: drivers book, change their minds, come, come late or not at all, and others come without asking. All over HTTP, with the test clock. */
import type { Json } from '../support/api.ts';
import type { Random } from '../support/random.ts';
import { iso, MINUTE, must, type Party, type Place, type World } from '../support/world.ts';

export interface History {
  places: Place[];
  /** the network's time before the first request, and after all was over */
  from: number;
  to: number;
  /** ids of reservations that were made */
  made: string[];
  /** codes of requests that were refused */
  refused: string[];
}

interface Actors {
  w: World;
  provider: Party;
  random: Random;
  places: Place[];
  /** another operator's */
  elsewhere: Place;
  drivers: (string | undefined)[];
  history: History;
  live: Json[];
  sessions: string[];
  /** reservations that are or were used */
  arrived: Set<string>;
  blocks: string[];
  outages: string[];
}

const QUARTER = 15 * MINUTE;

/** Lets so many things happen, minutes apart, and then time pass until all of it is over. */
export async function makeHistory(w: World, random: Random, policy: Record<string, unknown>, steps: number): Promise<History> {
  const provider = await w.addOrganisation({ slug: `drivers-${steps}-${random.below(1e9)}` });
  const places = [await w.place({ evses: 3, policy }), await w.place({ evses: 1, policy: { ...policy, walk_in_share_percent: 0 } })];
  const elsewhere = await w.place({ by: w.otherOperator, evses: 4 });
  const drivers = [undefined, ...await Promise.all([1, 2, 3, 4].map(async () => (await w.driver(provider)).id))];
  const history: History = { places, from: await w.now(), to: 0, made: [], refused: [] };
  const actors: Actors = { w, provider, random, places, elsewhere, drivers, history, live: [], sessions: [], arrived: new Set(), blocks: [], outages: [] };
  for (let step = 0; step < steps; step++) {
    await w.advance((1 + random.below(random.percent(10) ? 40 : 5)) * MINUTE);
    await act(actors);
  }
  await w.advance(12 * 60 * MINUTE);
  history.to = await w.now();
  return history;
}

async function act(actors: Actors): Promise<void> {
  const { random } = actors;
  const doings: [weight: number, act: (actors: Actors) => Promise<void>][] = [
    [40, reserve], [10, change], [6, confirm], [5, cancel], [6, late], [5, leave], [36, arrive], [5, walkIn], [7, endSession], [3, block], [2, outage],
  ];
  let left = random.below(doings.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, doing] of doings) {
    left -= weight;
    if (left < 0) return doing(actors);
  }
}

async function reserve({ w, provider, random, places, elsewhere, drivers, history, live }: Actors): Promise<void> {
  const place = random.percent(20) ? elsewhere : random.pick(places);
  const start = Math.ceil((await w.now()) / QUARTER) * QUARTER + random.below(random.percent(10) ? 40 : 10) * QUARTER + (random.percent(4) ? 3 * MINUTE : 0);
  const where = random.percent(60) ? { location_id: place.id } : { evse: random.pick(place.evses) };
  const wishes = [{ ideal_end: iso(start + (1 + random.below(6)) * QUARTER) }, { duration_minutes: 5 + random.below(80) }, { energy_wh: 1000 + random.below(60_000) }, {}];
  const driver = random.pick(drivers);
  const answer = await provider.api.post('/v1/reservations', {
    ...where, ideal_start: iso(start), ...random.pick(wishes), confirm: random.percent(70), ...(driver === undefined ? {} : { driver }),
  });
  if (answer.status === 201) live.push(answer.body);
  if (place === elsewhere) return;
  if (answer.status === 201) history.made.push(answer.body.id);
  else history.refused.push(answer.body.code);
}

/** A reservation whose start lies so many minutes away: ahead, or behind where that is less than 0. */
async function withStart({ w, random, live }: Actors, fromMinutes: number, toMinutes: number): Promise<Json> {
  const now = await w.now();
  const found = live.filter(({ ideal_start: start }) => Date.parse(start) >= now + fromMinutes * MINUTE && Date.parse(start) <= now + toMinutes * MINUTE);
  return found.length === 0 ? undefined : random.pick(found);
}
const post = async ({ provider }: Actors, path: string, body?: unknown): Promise<void> => {
  const { status } = await provider.api.post(path, body);
  if (status >= 500) throw new Error(`${path} answered ${status}`);
};

async function change(actors: Actors): Promise<void> {
  const [{ random }, reservation] = [actors, await withStart(actors, -30, 240)];
  if (!reservation) return;
  if (random.percent(40)) return post(actors, `/v1/reservations/${reservation.id}/extend`, { by_minutes: 15 });
  const place = actors.places.find(({ id }) => id === reservation.location_id);
  const start = Date.parse(reservation.ideal_start) + (random.below(9) - 4) * QUARTER;
  return post(actors, `/v1/reservations/${reservation.id}/move`, { start: iso(start), ...(place && random.percent(50) ? { evse: random.pick(place.evses) } : {}) });
}

async function confirm(actors: Actors): Promise<void> {
  const reservation = actors.live.findLast(({ status }) => status === 'pending');
  if (reservation) await post(actors, `/v1/reservations/${reservation.id}/confirm`);
}

async function cancel(actors: Actors): Promise<void> {
  const reservation = await withStart(actors, -10, 240);
  if (!reservation) return;
  const isOperator = actors.random.percent(20);
  await (isOperator ? actors.w.operator : actors.provider).api.post(`/v1/reservations/${reservation.id}/cancel`, { reason: 'plans' });
}

async function late(actors: Actors): Promise<void> {
  const reservation = await withStart(actors, -20, 15);
  if (reservation) await post(actors, `/v1/reservations/${reservation.id}/late`, { expected_arrival: iso((await actors.w.now()) + (5 + actors.random.below(20)) * MINUTE) });
}

async function leave(actors: Actors): Promise<void> {
  const reservation = await withStart(actors, -60, 5);
  if (reservation) await post(actors, `/v1/reservations/${reservation.id}/leave`);
}

/** Somebody whose time has come, if there is anybody. */
async function arrive(actors: Actors): Promise<void> {
  const due = await withStart(actors, -25, 12);
  if (!due || actors.arrived.has(due.id)) return;
  const { status, body } = await actors.provider.api.post('/v1/sandbox/sessions', { reservation: due.id });
  if (status !== 201) return;
  actors.sessions.push(body.id);
  actors.arrived.add(due.id);
}

async function walkIn(actors: Actors): Promise<void> {
  const { status, body } = await actors.w.operator.api.post('/v1/sandbox/sessions', { evse: actors.random.pick(actors.random.pick(actors.places).evses) });
  if (status === 201) actors.sessions.push(body.id);
}

async function endSession(actors: Actors): Promise<void> {
  const id = actors.sessions.pop();
  if (id !== undefined) for (const { api } of [actors.w.operator, actors.provider]) await api.post(`/v1/sandbox/sessions/${id}/end`);
}

async function block(actors: Actors): Promise<void> {
  const { w, random, blocks } = actors;
  const known = random.percent(40) ? blocks.pop() : undefined;
  if (known !== undefined) return void must(await w.operator.api.delete(`/v1/blocks/${known}`));
  const start = Math.ceil((await w.now()) / QUARTER) * QUARTER + random.below(8) * QUARTER;
  const { status, body } = await w.operator.api.post('/v1/blocks', {
    evse: random.pick(random.pick(actors.places).evses), start: iso(start), end: iso(start + 2 * QUARTER), reason: 'works',
  });
  if (status === 201) blocks.push(body.id);
}

async function outage(actors: Actors): Promise<void> {
  const { w, random, outages } = actors;
  const known = random.percent(70) ? outages.pop() : undefined;
  if (known !== undefined) return void must(await w.operator.api.post(`/v1/outages/${known}/end`));
  const { id } = must(await w.operator.api.post('/v1/outages', { evse: random.pick(random.pick(actors.places).evses), reason: 'fault' }));
  outages.push(id);
}
