/** What is listed and what can be booked are the same, on random calendars; and what is offered instead of a taken slot can be had. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBlock, startOutage } from '../../src/domain/calendar/index.ts';
import { gridStarts } from '../../src/domain/calendar/grid.ts';
import { inContext, SCOPES, type Actor, type Context, type Organisation } from '../../src/domain/organisations/index.ts';
import { createReservation, listFreeSlots, type ReservationInput } from '../../src/domain/reservations/index.ts';
import { DomainError } from '../../src/platform/errors/index.ts';
import { DAY, HOUR, iso, MINUTE, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

const SPAN = 7 * 60;
const RUNS = Number(process.env.TEST_RUNS ?? 12);

interface Fact {
  kind: 'booking' | 'hold' | 'block' | 'outage';
  evse: number;
  start: number;
  minutes: number;
}

/** Minutes count from the beginning of the window. */
const facts = fc.array(
  fc.record({
    kind: fc.constantFrom<Fact['kind']>('booking', 'hold', 'block', 'outage'), evse: fc.nat(2), start: fc.integer({ min: -60, max: SPAN }),
    minutes: fc.integer({ min: 15, max: 150 }),
  }),
  { maxLength: 7 },
);
const policies = fc.record({
  grid: fc.constantFrom(15, 20, 25, 30, 60), buffer: fc.constantFrom(0, 5, 10, 30), share: fc.constantFrom(0, 0, 34, 50),
  shortest: fc.constantFrom(15, 30), longest: fc.constantFrom(60, 120),
});

describe('free slots', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());

  const actorOf = ({ id, roles }: Organisation): Actor => ({ kind: 'key', keyId: 'key_test', organisationId: id, roles, scopes: SCOPES });
  const as = <T>(organisation: Organisation, work: (ctx: Context) => Promise<T>) => inContext(
    w.app.runtime, { networkId: w.network.id, actor: actorOf(organisation) }, work,
  );

  /** What booking would answer; nothing is kept. */
  async function tryBooking(input: ReservationInput): Promise<string> {
    class Undone extends Error {}
    return as(w.provider.organisation, async (ctx) => {
      await createReservation(ctx, input);
      throw new Undone();
    }).catch((error: unknown) => {
      if (error instanceof Undone) return 'booked';
      if (error instanceof DomainError) return error.code;
      throw error;
    });
  }

  /** As much of a random calendar as the rules let in. */
  async function fill(place: Place, from: number, grid: number, all: Fact[]): Promise<void> {
    for (const { kind, evse, start, minutes } of all) {
      const evseId = place.evses[evse % place.evses.length]!;
      const begin = from + start * MINUTE;
      const onGrid = gridStarts(begin, begin + DAY, grid, 'Europe/Berlin', 1)[0]!;
      const made = kind === 'block' ? as(
        w.operator.organisation, (ctx) => createBlock(ctx, { evseId, startsAt: begin, endsAt: begin + minutes * MINUTE, reason: 'works' }),
      )
        : kind === 'outage' ? as(
          w.operator.organisation, (ctx) => startOutage(ctx, { evseId, startsAt: begin, expectedEndAt: begin + minutes * MINUTE, reason: 'fault' }),
        )
        : as(
          w.provider.organisation, (ctx) => createReservation(ctx, { evseId, start: onGrid, durationMinutes: minutes, confirm: kind === 'booking' }),
        );
      await made.catch((error: unknown) => {
        if (!(error instanceof DomainError)) throw error;
      });
    }
  }

  it('CAL-11 RSV-7 every listed slot can be booked, and no other of that length on the grid, on any calendar, also when clocks change', async () => {
    const now = Temporal.Instant.fromEpochMilliseconds(await w.now()).toZonedDateTimeISO('Europe/Berlin');
    const change = now.getTimeZoneTransition('next')!.epochMilliseconds;
    const seen = { booked: 0, refused: 0 };
    const cases = [policies, facts, fc.constantFrom(30, 45, 60, 75), fc.boolean(), fc.integer({ min: 1, max: 3 })] as const;
    await fc.assert(fc.asyncProperty(...cases, async (policy, calendar, duration, onChange, evses) => {
      const from = onChange ? change - 3 * HOUR : (await w.now()) + DAY;
      const place = await w.place({
        timeZone: 'Europe/Berlin', evses,
        openingTimes: { twentyfourseven: true, exceptional_closings: [{ period_begin: iso(from + 5 * HOUR), period_end: iso(from + 5.5 * HOUR) }] },
        policy: {
          slot_grid_minutes: policy.grid, buffer_minutes: policy.buffer, walk_in_share_percent: policy.share, min_duration_minutes: policy.shortest,
          max_duration_minutes: policy.longest,
          max_lead_minutes: 525_600,
        },
      });
      await fill(place, from, policy.grid, calendar);
      const to = from + SPAN * MINUTE;
      const { slots } = await as(
        w.provider.organisation, (ctx) => listFreeSlots(ctx, { locationId: place.id, from, to, durationMinutes: duration, limit: 500 }),
      );
      const listed = new Set(slots.map(({ evseId, start }) => `${evseId} ${start}`));
      const lengths = new Set(slots.map(({ start, end }) => end - start));
      expect(lengths.size).toBeLessThanOrEqual(1);
      const lengthMs = slots[0] === undefined ? duration * MINUTE : slots[0].end - slots[0].start;
      for (const start of gridStarts(from, to - lengthMs + 1, policy.grid, 'Europe/Berlin')) {
        for (const evseId of place.evses) {
          const answer = await tryBooking({ evseId, start, end: start + lengthMs, confirm: false });
          const where = `${evseId} ${start}`;
          seen[answer === 'booked' ? 'booked' : 'refused'] += 1;
          expect([where, answer === 'booked' ? 'booked' : `not (${answer})`]).toEqual([
            where, listed.has(where) ? 'booked' : expect.stringContaining('not'),
          ]);
        }
      }
    }), { numRuns: RUNS });
    expect(Math.min(seen.booked, seen.refused)).toBeGreaterThan(30);
  }, 60_000 + 2_000 * RUNS);

  describe('alternatives', () => {
    const book = (body: Record<string, unknown>) => w.provider.api.post('/v1/reservations', body);
    type Slot = { evse: string; start: string; end: string; location_id: string };
    const allOf = (alternatives: Record<string, Slot[]>) => Object.values(alternatives).flat();

    it('RSV-9 the nearest times, sibling EVSEs and neighbouring locations, each of which can be booked at that moment', async () => {
      const here = { latitude: 12.5, longitude: 77.1 };
      const place = await w.place({ evses: 3, coordinates: here });
      const near = await w.place({ coordinates: { latitude: 12.51, longitude: 77.1 } });
      const nearer = await w.place({ coordinates: { latitude: 12.505, longitude: 77.1 } });
      await w.place({ coordinates: { latitude: 12.502, longitude: 77.1 }, policy: { mode: 'walk_in_only' } });
      await w.place({ coordinates: { latitude: 13.5, longitude: 77.1 } });
      must(await book(place.slot('10:00', '10:30')));
      must(await book(place.slot('10:00', '10:30', { evse: place.evses[1] })));
      const refused = await book(place.slot('10:00', '10:30'));
      const {
        nearest_times: times, sibling_evses: siblings, neighbouring_locations: neighbours,
      } = refused.body.alternatives as Record<string, Slot[]>;
      expect(times!.map(({ evse, start }) => [evse, start])).toEqual(['09:30', '10:30', '09:15'].map((clock) => [place.evse, iso(place.at(clock))]));
      expect(siblings!.map(({ evse, start, end }) => [evse, start, end])).toEqual([[place.evses[2], iso(place.at('10:00')), iso(place.at('10:30'))]]);
      expect(
        neighbours!.map(({ location_id: id, start }) => [id, start]),
      ).toEqual([[nearer.id, iso(place.at('10:00'))], [near.id, iso(place.at('10:00'))]]);
      for (const { evse, start, end } of allOf(refused.body.alternatives)) {
        const made = must(await book({ evse, ideal_start: start, ideal_end: end }));
        must(await w.provider.api.post(`/v1/reservations/${made.id}/cancel`));
      }
    });

    it('RSV-9 RSV-7 also where the share of the walk-ins stands against it', async () => {
      const place = await w.place({ evses: 2, policy: { walk_in_share_percent: 50 } });
      must(await book(place.slot('10:00', '10:30')));
      const refused = await book(place.slot('10:15', '10:45', { evse: place.evses[1] }));
      expect(refused).toMatchObject({
        status: 409, body: { code: 'walk_in_share_reached', walk_in_share_percent: 50, alternatives: { sibling_evses: [] } },
      });
      const slots = allOf(refused.body.alternatives);
      expect(slots.map(({ start }) => start)).toEqual(['10:30', '10:45', '09:30'].map((clock) => iso(place.at(clock))));
      for (const { evse, start, end } of slots.slice(0, 1)) expect(outcome(await book({ evse, ideal_start: start, ideal_end: end }))).toBe(201);
      const whole = await w.place({ policy: { walk_in_share_percent: 100 } });
      expect(outcome(await book(whole.slot('10:00', '10:30')))).toBe('walk_in_share_reached');
      expect(must(await w.anybody.get(`/v1/evses/${whole.evse}/slots`)).data).toEqual([]);
    });

    it('RSV-9 what the vehicle can not use is no alternative', async () => {
      const place = await w.place({ evses: 2 });
      const { id: driver } = await w.driver();
      const vehicle = must(await w.provider.api.post(`/v1/drivers/${driver}/vehicles`, { connector_type: ['CCS2'], max_dc_power_w: 30_000 })).id;
      must(await book(place.slot('10:00', '11:00')));
      const refused = await book({ evse: place.evse, ideal_start: iso(place.at('10:00')), energy_wh: 15_000, driver, vehicle });
      expect(allOf(refused.body.alternatives).map(({ start, end }) => (Date.parse(end) - Date.parse(start)) / MINUTE)).toEqual([30, 30, 30, 30]);
    });
  });
});
