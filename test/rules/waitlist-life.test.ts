/** The table of the waitlist's SPEC.md: equal to the constant, and walked whole: every event in every state, through the use cases. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loseEvse } from '../../src/domain/reservations/index.ts';
import { WAITLIST_EVENTS, WAITLIST_LIFE, WAITLIST_STATUSES, type WaitlistEvent, type WaitlistStatus } from '../../src/domain/reservations/waitlist/entry.ts';
import type { Answer, Json } from '../support/api.ts';
import { DAY, iso, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

const SPEC = readFileSync(new URL('../../src/domain/reservations/waitlist/SPEC.md', import.meta.url), 'utf8');

/** The table that begins with the column `Event`: by event, by state. */
function printedTable(): Record<string, Record<string, string>> {
  const cells = (line: string) => line.split('|').slice(1, -1).map((cell) => cell.trim());
  const lines = SPEC.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| Event |'));
  const [, ...states] = cells(lines[first]!);
  const rows = lines.slice(first + 2, lines.indexOf('', first)).map(cells);
  return Object.fromEntries(rows.map(([event, ...outcomes]) => [event!, Object.fromEntries(states.map((state, i) => [state, outcomes[i]!]))]));
}

describe('the life of a place in the waitlist', () => {
  it('WTL-2 is printed in SPEC.md as it is', () => {
    const table = Object.fromEntries(WAITLIST_EVENTS.map((event) => [event, Object.fromEntries(WAITLIST_STATUSES.map((status) => [status, WAITLIST_LIFE[status][event]]))]));
    expect(printedTable()).toEqual(table);
    expect([WAITLIST_STATUSES.length, WAITLIST_EVENTS.length]).toEqual([6, 9]);
  });
});

describe('the life of a place in the waitlist, walked', () => {
  let w: World;
  let place: Place;
  let other: string;
  let day = 0;
  beforeAll(async () => {
    w = await openWorld();
    place = await w.place({ evses: 2, policy: { max_active_per_driver: 1000 } });
    other = place.evses[1]!;
  });
  afterAll(() => w.close());

  const api = () => w.provider.api;
  const read = async (id: string): Promise<Json> => must(await api().get(`/v1/waitlist_entries/${id}`));
  const act = (id: string, action: string) => api().post(`/v1/waitlist_entries/${id}/${action}`);
  const reserve = async (evse: string, begin = '10:00', end = '10:30'): Promise<string> => must(await api().post('/v1/reservations', {
    evse, ideal_start: iso(place.at(begin, day)), ideal_end: iso(place.at(end, day)), confirm: true,
  })).id;
  const free = async (reservation: string): Promise<void> => {
    must(await api().post(`/v1/reservations/${reservation}/cancel`));
    await w.sweep();
  };
  let taken: string;

  /** How an entry gets into each state, for half an hour at 10:00 of a day of its own. The time is 09:00 then; what it waits for is taken by `taken`. */
  async function bring(status: WaitlistStatus, lapses: number): Promise<string> {
    day = Math.round(((await w.now()) - place.at('00:00', 0)) / DAY) + 1;
    await w.advanceTo(place.at('08:00', day));
    taken = await reserve(place.evse);
    const { id: driver } = await w.driver();
    const { id } = must(await api().post('/v1/waitlist_entries', {
      evse: place.evse, driver, ideal_start: iso(place.at('10:00', day)), ideal_end: iso(place.at('10:30', day)),
    }));
    const lapse = async (): Promise<void> => {
      await free(taken);
      await w.leapTo(Date.parse((await read(id)).offer.claim_by));
      taken = await reserve(place.evse); // before the sweeper finds that the offer has lapsed
    };
    for (let n = 0; n < (status === 'lapsed' ? 2 : lapses); n++) await lapse();
    await w.leapTo(place.at('09:00', day));
    if (status === 'offered' || status === 'claimed') await free(taken);
    if (status === 'claimed') must(await act(id, 'claim'));
    if (status === 'left') must(await act(id, 'leave'));
    if (status === 'expired') await w.advanceTo(place.at('10:00', day));
    expect(await read(id)).toMatchObject({ status, ...(status === 'offered' || status === 'waiting' ? { lapses } : {}) });
    return id;
  }

  const offered = async (id: string): Promise<string | undefined> => (await read(id)).offer?.reservation;

  /** Each event, as it comes to the entry; where the caller gets an answer, that is returned. */
  const EVENTS: Record<WaitlistEvent, (id: string, status: WaitlistStatus) => Promise<Answer<Json> | void>> = {
    offer: async (_id, status) => {
      if (status === 'waiting') return free(taken);
      return free(status === 'expired' ? await reserve(place.evse, '10:30', '11:00') : await reserve(other)); // it does not wait
    },
    claim: (id) => act(id, 'claim'),
    skip: (id) => act(id, 'skip'),
    leave: (id) => act(id, 'leave'),
    lapse: async () => {
      await w.leapTo(place.at('09:15', day));
      await w.sweep();
    },
    last_lapse: async () => {
      await w.leapTo(place.at('09:15', day));
      await w.sweep();
    },
    withdraw: async (id) => {
      const reservation = await offered(id);
      if (reservation !== undefined) await w.asSystem((ctx) => loseEvse(ctx, reservation));
    },
    offer_moved: async (id, status) => {
      const reservation = await offered(id);
      if (reservation !== undefined && status === 'offered') must(await api().post(`/v1/reservations/${reservation}/move`, { evse: other }));
    },
    window_over: async (_id, status) => {
      if (status === 'offered') return; // its hold is over before
      return w.advanceTo(place.at('10:05', day));
    },
  };

  it.each(WAITLIST_STATUSES.flatMap((status) => WAITLIST_EVENTS.map((event) => [status, event, WAITLIST_LIFE[status][event]] as const)))(
    'WTL-2 %s meets %s: %s', async (status, event, expected) => {
      const id = await bring(status, event === 'last_lapse' && (status === 'waiting' || status === 'offered') ? 1 : 0);
      const before = await read(id);
      const answer = await EVENTS[event](id, status);
      const after = await read(id);
      const stays = expected === 'refused' || expected === 'ignored';
      // who waits again for what is free is offered it once more, behind all others
      const isOfferedAgain = event === 'lapse' && expected === 'waiting';
      expect(after.status).toBe(stays ? status : isOfferedAgain ? 'offered' : expected);
      if (answer) expect(outcome(answer)).toBe(expected === 'refused' ? 'invalid_state' : 200);
      if (stays) {
        expect({ ...after, expected_wait: null }).toEqual({ ...before, expected_wait: null });
        return;
      }
      expect(after.version).toBeGreaterThan(before.version);
      const events = await w.eventsOf(id);
      expect(events.map(({ object_version: version }) => version)).toEqual(Array.from({ length: after.version }, (_, i) => i + 1));
      expect(events.at(isOfferedAgain ? -2 : -1).data.object.status).toBe(expected);
      if (['left', 'lapsed', 'waiting'].includes(after.status)) expect(after.offer).toBeNull();
      if (after.status === 'waiting') expect([after.position, after.ended_at]).toEqual([1, null]);
      if (['claimed', 'left', 'lapsed', 'expired'].includes(after.status)) expect(after.ended_at).toBe(after.updated);
    });
});
