/** The calendar's own step, without anything around it that looks before it leaps: as much contention as the database can be given. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { lockEvses, promise, releaseBooking, replacePromise, type Booking } from '../../src/domain/calendar/index.ts';
import { openPostgres, sql, type Database } from '../../src/platform/database/index.ts';
import { newId } from '../../src/platform/ids/index.ts';
import { openTestPostgres, type TestDatabase } from '../support/databases.ts';
import { deadlocksOnceGone, PROBED } from '../support/deadlocks.ts';
import { brokenPromises } from '../support/promises-oracle.ts';
import { randomFrom, report, seedOf, type Random } from '../support/random.ts';

const CLIENTS = 8;
const STEPS = 250;
const EVSES = ['evse_a', 'evse_b', 'evse_c'];
const HOUR = 3_600_000;
const DAY_START = Date.UTC(2030, 0, 1);

describe.runIf(inject('postgresUrl') !== '')('promises that are made, replaced and taken back by 8 clients at once', () => {
  let db: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    db = await openTestPostgres();
    const url = new URL(db.url!);
    url.searchParams.set('application_name', PROBED);
    database = await openPostgres({ url: url.href, maxConnections: CLIENTS, prepare: true, onError: () => undefined });
    await db.database.script(`
      INSERT INTO networks (id, name, mode, created_at) VALUES ('net_a', 'test', 'sandbox', now());
      INSERT INTO organisations (id, network_id, slug, name, roles, max_active_holds, created_at) VALUES ('org_a', 'net_a', 'a', 'a', '{operator}', 1, now());
      INSERT INTO locations (id, network_id, operator_id, ref, publish, name, country, latitude, longitude, time_zone, attributes, created_at, updated_at)
        VALUES ('loc_a', 'net_a', 'org_a', 'a', true, 'a', 'IND', 0, 0, 'UTC', '{}', now(), now());
      INSERT INTO stations (id, location_id, ref, attributes) VALUES ('chst_a', 'loc_a', 'a', '{}');
      INSERT INTO evses (id, location_id, station_id, uid, status, status_at, attributes)
        SELECT id, 'loc_a', 'chst_a', id, 'AVAILABLE', now(), '{}' FROM unnest('{${EVSES.join(',')}}'::text[]) AS id`);
  });
  afterAll(() => db.close());

  it('CAL-1 CAL-4: never overlap, and nobody waits for somebody who waits', async () => {
    const random = randomFrom(seedOf('promises'));
    const started = performance.now();
    const counts = await Promise.all(Array.from({ length: CLIENTS }, () => random.fork()).map((own) => client(database, own)));
    const ms = performance.now() - started;
    const [made, replaced, refused] = [0, 1, 2].map((i) => counts.reduce((sum, count) => sum + count[i]!, 0)) as [number, number, number];
    report(`promises: ${CLIENTS * STEPS} attempts in ${Math.round(ms)} ms, ${Math.round((CLIENTS * STEPS * 1000) / ms)}/s; ${made} made, ${replaced} replaced, ${refused} refused`);
    expect(Math.min(made, replaced, refused)).toBeGreaterThan(CLIENTS);
    await database.close();
    expect(await brokenPromises(db.database)).toEqual([]);
    expect(await deadlocksOnceGone(db.url!)).toBe(0);
    expect(await db.database.query(sql`SELECT count(*)::int AS n FROM bookings WHERE released_at IS NULL`)).toEqual([{ n: counts.reduce((sum, count) => sum + count[3], 0) }]);
  });
});

/** Makes, replaces and takes back promises of its own; returns how many it made, replaced, was refused, and has left. */
async function client(database: Database, random: Random): Promise<[made: number, replaced: number, refused: number, left: number]> {
  const own: Booking[] = [];
  let [made, replaced, refused] = [0, 0, 0];
  for (let step = 0; step < STEPS; step++) {
    const next = anyBooking(random);
    const old = own.length > 0 && random.percent(60) ? random.pick(own) : undefined;
    if (old && random.percent(15)) {
      await database.transaction((tx) => releaseBooking(tx, old.locationId, old.id, DAY_START));
      own.splice(own.indexOf(old), 1);
    } else if (old) {
      const isReplaced = await database.transaction(async (tx) => {
        await lockEvses(tx, [old.evseId, next.evseId]);
        return replacePromise(tx, old, next, DAY_START);
      });
      if (isReplaced) own[own.indexOf(old)] = next;
      if (isReplaced) replaced += 1;
      else refused += 1;
    } else if (await database.transaction((tx) => promise(tx, next))) {
      own.push(next);
      made += 1;
    } else refused += 1;
  }
  return [made, replaced, refused, own.length];
}

/** Somewhere within a day, for up to three hours: there is room for a few, and never for all. */
function anyBooking(random: Random): Booking {
  const startsAt = DAY_START + random.below(24 * 4) * (HOUR / 4);
  const endsAt = startsAt + (1 + random.below(12)) * (HOUR / 4);
  return {
    id: newId('block'), locationId: 'loc_a', evseId: random.pick(EVSES), kind: 'block', reservationId: null, startsAt, endsAt, keptUntil: endsAt,
    holdExpiresAt: null, reason: 'test',
    createdAt: DAY_START,
  };
}
