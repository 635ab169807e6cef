/** A server that is killed while stations charge, and comes back: nothing that it has acknowledged is lost, and nothing happens twice. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createFleet, startClock, startTraffic } from '../../src/simulator/index.ts';
import { compare, toldOf } from '../day/compare.ts';
import { endAll, provision } from '../day/fleet.ts';
import { openTestPostgres, type TestDatabase } from '../support/databases.ts';
import { freePort } from '../support/free-port.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { HOUR, must } from '../support/world.ts';

const STATIONS = 13; // one with each of the faults
const SPEED = 720;
const ROUNDS = 4;
const SEED = Number(process.env.TEST_SEED ?? 11);

describe.skipIf(inject('postgresUrl') === '')('a server that is killed while stations charge (postgres)', () => {
  let db: TestDatabase;
  let settings: Record<string, string>;
  let server: ServerProcess;
  beforeAll(async () => {
    db = await openTestPostgres();
    settings = { DATABASE_URL: db.url!, PORT: String(await freePort()), PLUGTIME_OCPP_CONNECTS_PER_MINUTE: '1000000' };
    server = await startServerProcess(settings);
  }, 60_000);
  afterAll(async () => {
    await server.kill();
    await db.close();
  });

  it(`SES-12, SES-20: bills every session once, for what its meter says (TEST_SEED=${SEED})`, { timeout: 10 * 60_000 }, async () => {
    const elements = [{ price_components: [{ type: 'ENERGY', price: '0.50' }] }];
    must(await server.demo.post('/v1/tariffs', { ref: 'day', name: 'A day', is_default: true, currency: 'EUR', elements }));
    must(await server.demo.post('/v1/test_clock/advance', { by_seconds: 48 * 3600 }));
    const tags: string[] = [];
    for (let i = 0; i < 20; i++) {
      const { id } = must(await server.demo.post('/v1/drivers', {}));
      must(await server.demo.post(`/v1/drivers/${id}/tokens`, { uid: `DAY${i}` }));
      tags.push(`DAY${i}`);
    }
    const { stations, ids } = await provision(server.demo, server.url, STATIONS);
    const clock = startClock({ speed: SPEED });
    const fleet = createFleet({ stations, protocol: 'mix', clock, seed: SEED });
    await fleet.start();
    const traffic = startTraffic(fleet.stations, { seed: SEED, tags, carsPerDay: 30, troublesPerDay: 4, isBusyAtOnce: true });
    for (let round = 0; round < ROUNDS; round++) {
      await clock.sleep(HOUR);
      await server.kill();
      server = await startServerProcess(settings);
    }
    await clock.sleep(HOUR);
    traffic.stop();
    await endAll(fleet.stations, clock);
    must(await server.demo.post('/v1/test_clock/advance', { by_seconds: 600 }));
    fleet.stop();
    clock.stop();
    const told = await toldOf(db.database);
    const { counts, wrong } = compare(fleet.stations, told, (identity) => ids.get(identity)!);
    process.stdout.write(`  killed ${ROUNDS} times: TEST_SEED=${SEED}, ${told.length} transactions: ${JSON.stringify(counts)}\n`);
    expect(wrong).toEqual([]);
    expect(server.failures()).toEqual([]);
    expect(counts.ok).toBeGreaterThan(STATIONS / 2);
  });
});
