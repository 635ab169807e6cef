/** What was decided in fact is decided again by a replay under the same policy, whatever happened meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policiesInForce } from '../../src/domain/reservations/policies.ts';
import { loadScenario } from '../../src/domain/reservations/simulation/load.ts';
import { recordedOf } from '../../src/domain/reservations/simulation/recorded.ts';
import { replay } from '../../src/domain/reservations/simulation/replay.ts';
import { combine, emptyTally } from '../../src/domain/reservations/simulation/tally.ts';
import { loadLocationsByIds } from '../../src/domain/stations/index.ts';
import { randomFrom, seedOf } from '../support/random.ts';
import { openWorld, type World } from '../support/world.ts';
import { makeHistory } from './history.ts';

const STEPS = 120;

const POLICIES: Record<string, Record<string, unknown>> = {
  'as it is built in': { hold_minutes: 10 },
  'with buffers and a share for walk-ins': { buffer_minutes: 10, late_stop_minutes: 5, walk_in_share_percent: 30, walk_in_into_slot: 'allow' },
  'with cut-offs and short patience': {
    no_show_minutes: 5, grace_minutes: 10, hold_minutes: 4, cancel_until_minutes: 30, change_until_minutes: 20, max_active_per_driver: 2,
    no_show_ban: { consecutive: 1, ban_minutes: 120 },
  },
  'with lead times and long slots only': {
    min_lead_minutes: 20, max_lead_minutes: 240, slot_grid_minutes: 30, min_duration_minutes: 30, max_duration_minutes: 90, walk_in_into_slot: 'refuse',
  },
};

describe('a replay under the policy that was in force', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());

  it.each(Object.entries(POLICIES))('SIM-9 %s comes to what was decided in fact', async (_name, policy) => {
    const random = randomFrom(seedOf('replay'));
    const { places, from, to, made, refused } = await makeHistory(w, random, policy, STEPS);
    await w.app.runtime.notes.settled();
    const { scenario, policies } = await w.asSystem(async (ctx) => {
      const locations = await loadLocationsByIds(ctx.tx, places.map(({ id }) => id));
      return { scenario: await loadScenario(ctx, locations, { start: from, end: to }), policies: await policiesInForce(ctx, locations) };
    });
    const attempts = scenario.demands.flatMap((demand) => demand.attempts);
    expect(attempts.filter(({ refusedWith }) => refusedWith === null)).toHaveLength(made.length);
    expect(attempts.flatMap(({ refusedWith }) => refusedWith ?? []).sort()).toEqual(refused.filter((code) => code !== 'time_in_past').sort());

    const { answers, tallies } = replay(scenario, policies);
    const expected = scenario.demands.map(({ attempts: all }) => {
      const { refusedWith } = all.at(-1)!;
      return refusedWith === null ? { acceptedAttempt: all.length - 1 } : { refusedWith };
    });
    expect(answers).toEqual(expected);
    const total = [...tallies.values()].reduce((all, one) => combine(all, one, 1), emptyTally());
    const { retries: _retries, ...recorded } = recordedOf(scenario.demands);
    expect(total).toMatchObject({ ...recorded, assumed: 0, changesRefused: 0, cancellationsRefused: 0, walkInsTurnedAway: 0, walkInsCutShort: 0 });
  }, 120_000);
});
