/**
 * A day of simulated stations with all that is wrong with real ones: every session is billed exactly once, for the energy that its meter says. `DAY_STATIONS=1000
 * DAY_SPEED=144 DAY_CARS=6` is a whole day of a thousand in ten minutes; unless told, a few of them live through some hours.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSweeper } from '../../src/domain/deadlines/index.ts';
import { createFleet, startClock, startTraffic } from '../../src/simulator/index.ts';
import { addDriver, addTariff } from '../support/charging-bed.ts';
import { compare, toldOf } from './compare.ts';
import { endAll, provision } from './fleet.ts';
import { testDatabases } from '../support/databases.ts';
import { HOUR, MINUTE, openWorld, type World } from '../support/world.ts';

const STATIONS = Number(process.env.DAY_STATIONS ?? 24);
const SPEED = Number(process.env.DAY_SPEED ?? 720);
const HOURS = Number(process.env.DAY_HOURS ?? (process.env.DAY_STATIONS === undefined ? 6 : 24));
/** at each of two EVSEs */
const CARS_A_DAY = Number(process.env.DAY_CARS ?? 24);
const SEED = Number(process.env.TEST_SEED ?? 7);
const CARDS = Math.max(20, STATIONS / 2);

describe(`a day of ${STATIONS} stations with faults`, () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(testDatabases().at(-1)!.open);
    await addTariff(w);
    await w.advance(48 * HOUR); // stations' times run ahead and their clocks are wrong: there was a price whenever they say that it was
  }, 60_000);
  afterAll(() => w.close());

  it(`SES-12, SES-13: bills every session once, for what its meter says (TEST_SEED=${SEED})`, { timeout: 3 * HOUR }, async () => {
    const cards: string[] = [];
    for (let i = 0; i < CARDS; i++) cards.push((await addDriver(w)).uid);
    const { stations, ids } = await provision(w.operator.api, w.app.url, STATIONS);
    const clock = startClock({ speed: SPEED });
    const fleet = createFleet({ stations, protocol: 'mix', clock, seed: SEED });
    const failures: Error[] = [];
    const sweeper = startSweeper(w.app.runtime, { intervalMs: 1_000, onSwept: () => undefined, onError: (error) => void failures.push(error) });
    await fleet.start();
    const traffic = startTraffic(fleet.stations, { seed: SEED, tags: [...cards, 'NOBODY-KNOWS-ME'], carsPerDay: CARS_A_DAY, troublesPerDay: 6, isBusyAtOnce: true });
    await clock.sleep(HOURS * HOUR);
    traffic.stop();
    await endAll(fleet.stations, clock);
    await sweeper.stop();
    await w.advance(10 * MINUTE); // what came late is priced again
    fleet.stop();
    clock.stop();
    const told = await toldOf(w.db.database);
    const { counts, wrong } = compare(fleet.stations, told, (identity) => ids.get(identity)!);
    process.stdout.write(`  day: TEST_SEED=${SEED}, ${STATIONS} stations, ${HOURS} hours, ${told.length} transactions: ${JSON.stringify(counts)}\n`);
    expect(failures.map(({ message }) => message)).toEqual([]);
    expect(wrong).toEqual([]);
    expect(counts.ok).toBeGreaterThan(STATIONS / 2);
    const sessions = told.flatMap(({ sessionId }) => sessionId ?? []);
    expect(new Set(sessions).size).toBe(sessions.length); // no session is told of by two transactions
  });
});
