/** The table of SPEC.md: equal to the constant, and walked whole: every event in every state, through the use cases. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIFE_CYCLE, LIFE_CYCLE_EVENTS, STATUSES, type LifeCycleEvent, type Status } from '../../src/domain/reservations/reservation.ts';
import { expireWaiting, failWaiting, giveSlot, type Planned } from '../../src/domain/reservations/flexible/decide.ts';
import type { Context } from '../../src/domain/organisations/index.ts';
import { completeReservation, loseEvse } from '../../src/domain/reservations/index.ts';
import type { Answer, Json } from '../support/api.ts';
import { HOUR, iso, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

const SPEC = readFileSync(new URL('../../src/domain/reservations/SPEC.md', import.meta.url), 'utf8');

/** The table that begins with the column `Event`: by event, by state. */
function printedTable(): Record<string, Record<string, string>> {
  const cells = (line: string) => line.split('|').slice(1, -1).map((cell) => cell.trim());
  const lines = SPEC.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| Event |'));
  const [, ...states] = cells(lines[first]!);
  const rows = lines.slice(first + 2, lines.indexOf('', first)).map(cells);
  return Object.fromEntries(rows.map(([event, ...outcomes]) => [event!, Object.fromEntries(states.map((state, i) => [state, outcomes[i]!]))]));
}

const TRIED = { evsesInArea: 1, evsesFitting: 1, evsesOffering: 1, evsesFree: 1, options: 1 };

describe('the life cycle', () => {
  it('RSV-2 is printed in SPEC.md as it is', () => {
    const table = Object.fromEntries(
      LIFE_CYCLE_EVENTS.map((event) => [event, Object.fromEntries(STATUSES.map((status) => [status, LIFE_CYCLE[status][event]]))]),
    );
    expect(printedTable()).toEqual(table);
    expect([STATUSES.length, LIFE_CYCLE_EVENTS.length]).toEqual([6, 16]);
  });
});

describe('the life cycle, walked', () => {
  let w: World;
  let place: Place;
  let day = 0;
  beforeAll(async () => {
    w = await openWorld();
    place = await w.place();
  });
  afterAll(() => w.close());

  const api = () => w.provider.api;
  const decide = async (id: string, how: (ctx: Context, planned: Planned) => Promise<unknown>): Promise<void> => {
    const { version } = must(await api().get(`/v1/reservations/${id}`));
    await w.asSystem((ctx) => how(ctx, { id, version }));
  };
  const act = (id: string, action: string, body?: unknown, as = w.provider) => as.api.post(`/v1/reservations/${id}/${action}`, body);

  /** How a reservation gets into each state. It begins at 10:00 of a day of its own and lasts half an hour; the time is an hour before. */
  async function bring(status: Status, event?: LifeCycleEvent): Promise<string> {
    day += 1;
    await w.advanceTo(place.at('09:00', day));
    if (status === 'pending' && ASSIGNMENT.includes(event!)) return waiting();
    const confirm = status !== 'pending' && status !== 'failed';
    const { id } = must(await api().post(
      '/v1/reservations', { evse: place.evse, ideal_start: iso(place.at('10:00', day)), ideal_end: iso(place.at('10:30', day)), confirm },
    ));
    if (status === 'completed') {
      await w.advanceTo(place.at('10:00', day));
      const session = must(await api().post('/v1/sandbox/sessions', { reservation: id }));
      must(await api().post(`/v1/sandbox/sessions/${session.id}/end`));
    }
    if (status === 'cancelled') must(await act(id, 'cancel'));
    if (status === 'failed') await w.advance(HOUR / 2);
    if (status === 'expired') await w.advanceTo(place.at('10:16', day));
    expect(must(await api().get(`/v1/reservations/${id}`)).status).toBe(status);
    return id;
  }

  /** Only what waits for its assignment meets these. */
  const ASSIGNMENT: LifeCycleEvent[] = ['assigned', 'not_assigned', 'window_passed'];
  const waiting = async (): Promise<string> => must(await api().post('/v1/reservations', {
    location: { ...place.coordinates, radius: 500 }, ideal_start: iso(place.at('10:00', day)), ideal_end: iso(place.at('10:30', day)),
  })).id;

  /** Each event, as it comes to the reservation; where the caller gets an answer, that is returned. */
  const EVENTS: Record<LifeCycleEvent, (id: string, status: Status) => Promise<Answer<Json> | void>> = {
    confirm: (id) => act(id, 'confirm'),
    update: (id) => api().post(`/v1/reservations/${id}`, { metadata: { a: 'b' } }),
    cancel: (id) => act(id, 'cancel'),
    operator_cancel: (id) => act(id, 'cancel', { reason: 'works' }, w.operator),
    extend: (id) => act(id, 'extend', { by_minutes: 15 }),
    move: (id) => act(id, 'move', { start: iso(place.at('12:00', day)) }),
    late: (id) => act(id, 'late', { expected_arrival: iso(place.at('10:20', day)) }),
    leave: async (id, status) => {
      if (status === 'confirmed') {
        await w.advanceTo(place.at('10:00', day));
        must(await api().post('/v1/sandbox/sessions', { reservation: id }));
      }
      return act(id, 'leave');
    },
    session_start: async (id, status) => {
      if (status === 'confirmed') await w.advanceTo(place.at('10:00', day));
      return api().post('/v1/sandbox/sessions', { reservation: id });
    },
    session_end: async (id) => void (await w.asSystem((ctx) => completeReservation(ctx, id))),
    // The next two come by themselves, when the time is over and the sweeper finds that it is.
    hold_expiry: () => w.advance(HOUR / 2),
    no_show: async (_id, status) => {
      if (status !== 'pending') return w.advanceTo(place.at('11:00', day));
      await w.leapTo(place.at('09:09', day)); // later its hold would be over
      await w.sweep();
    },
    evse_lost: async (id) => void (await w.asSystem((ctx) => loseEvse(ctx, id))),
    assigned: async (id) => void (await decide(id, (ctx, planned) => giveSlot(ctx, planned, {
      requestId: id, outcome: 'assigned', evseId: place.evse, connectorId: place.connector, start: place.at('10:00', day), end: place.at('10:30', day), displacementMs: 0,
      distanceM: 0, openOptions: 1, why: { tried: TRIED, rank: 1 },
    }))),
    not_assigned: (id) => decide(id, (ctx, planned) => failWaiting(ctx, planned, { requestId: id, outcome: 'unassigned', reason: 'no_free_slot', tried: TRIED, lostTo: [] })),
    window_passed: async (id) => void (await w.asSystem((ctx) => expireWaiting(ctx, id))),
  };

  it.each(STATUSES.flatMap((status) => LIFE_CYCLE_EVENTS.map((event) => [status, event, LIFE_CYCLE[status][event]] as const)))(
    'RSV-2 %s meets %s: %s', async (status, event, expected) => {
      const id = await bring(status, event);
      const before = must(await api().get(`/v1/reservations/${id}`));
      const answer = await EVENTS[event](id, status);
      const after = must(await api().get(`/v1/reservations/${id}`));
      const stays = expected === 'refused' || expected === 'ignored';
      expect(after.status).toBe(stays ? status : expected);
      if (answer) expect(outcome(answer)).toBe(expected === 'refused' ? 'invalid_state' : answer.status < 300 ? answer.status : 'a success');
      if (stays) {
        expect({ ...after, cancel_quote: null }).toEqual({ ...before, cancel_quote: null });
        return;
      }
      expect(after.version).toBeGreaterThan(before.version);
      const events = await w.eventsOf(id);
      expect(events.map(({ object_version: version }) => version)).toEqual(Array.from({ length: after.version }, (_, i) => i + 1));
      expect(events.at(-1).data.object.status).toBe(expected);
    });

  it.each(['pending', 'confirmed'] as const)('RSV-18: one that is %s and whose EVSE is lost fails (other), and keeps nothing of the calendar', async (status) => {
    const id = await bring(status);
    await w.asSystem((ctx) => loseEvse(ctx, id));
    const lost = must(await api().get(`/v1/reservations/${id}`));
    expect(lost).toMatchObject({ status: 'failed', failed_reason: 'other', ended_detail: 'evse_lost', hold_expires_at: null });
    const again = await api().post('/v1/reservations', { evse: place.evse, ideal_start: lost.ideal_start, ideal_end: lost.ideal_end, confirm: true });
    expect(must(again).status).toBe('confirmed');
    must(await act(again.body.id, 'cancel'));
  });
});
