/** 200 callers want one slot at the same moment, over four processes on one PostgreSQL server, and in one on the embedded database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/database/index.ts';
import type { Answer, Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { brokenPromises } from '../support/promises-oracle.ts';
import { report } from '../support/random.ts';

const CALLERS = 200;
const HEADERS = { 'idempotency-key': 'one-for-all' };

describe.each(testDatabases())('200 callers for one slot ($kind)', ({ kind }) => {
  let fleet: Fleet;
  const locations = new Map<string, Json>();

  beforeAll(async () => {
    fleet = await startFleet(kind);
    for (const location of (await fleet.demo[0]!.get('/v1/locations?limit=100')).body.data) locations.set(location.ref, location);
  }, 120_000);
  afterAll(() => fleet.close());

  const evsesOf = (ref: string): Json[] => locations.get(ref).charging_stations.flatMap((station: Json) => station.evses);
  const slot = (clock: string, days: number) => {
    const start = Temporal.Now.zonedDateTimeISO('Asia/Kolkata').add({ days }).withPlainTime(clock);
    return { ideal_start: start.toInstant().toString(), ideal_end: start.add({ minutes: 45 }).toInstant().toString() };
  };

  /** All at once, spread over the processes. */
  async function storm(what: string, body: object | ((i: number) => object), headers?: Record<string, string>): Promise<Answer<Json>[]> {
    const started = performance.now();
    const bodyOf = (i: number): object => (typeof body === 'function' ? body(i) : body);
    const answers = await Promise.all(Array.from({ length: CALLERS }, (_, i) => fleet.demo[i % fleet.demo.length]!.post('/v1/reservations', bodyOf(i), headers)));
    const ms = performance.now() - started;
    report(`${what} (${kind}, ${fleet.demo.length} process${fleet.demo.length > 1 ? 'es' : ''}): ${Math.round(ms)} ms, ${Math.round((CALLERS * 1000) / ms)} attempts/s`);
    return answers;
  }

  function tally(answers: Answer<Json>[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, body } of answers) counts[body.code ?? status] = (counts[body.code ?? status] ?? 0) + 1;
    return counts;
  }

  function split(answers: Answer<Json>[]) {
    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    for (const { status, body } of refused) {
      expect([status, body.code]).toEqual([409, expect.stringMatching(/^(slot_unavailable|walk_in_share_reached)$/)]);
      expect(Object.values<Json[]>(body.alternatives).flat()).not.toEqual([]);
    }
    return { made: made.map(({ body }) => body), codes: new Set(refused.map(({ body }) => body.code)) };
  }

  const bookingsAt = (evseIds: string[], start: string) => fleet.database.query(sql`
    SELECT id, kind, reservation_id AS reservation FROM bookings WHERE evse_id = ANY(${evseIds}::text[]) AND starts_at = ${start}::timestamptz`);

  it('CAL-2: one holds it, and 199 are told what else there is', async () => {
    const [evse] = evsesOf('HAK-BID-01');
    const wish = { evse: evse.id, ...slot('12:45', 1) };
    const answers = await storm('one EVSE', wish);
    const { made, codes } = split(answers);
    expect(made).toEqual([expect.objectContaining({ status: 'pending', evse: evse.id })]);
    expect([...codes]).toEqual(['slot_unavailable']);
    expect(await bookingsAt([evse.id], wish.ideal_start)).toEqual([{ id: expect.any(String), kind: 'hold', reservation: made[0].id }]);
    const { nearest_times: [other] } = answers.find(({ status }) => status === 409)!.body.alternatives;
    const instead = await fleet.demo.at(-1)!.post('/v1/reservations', { evse: other.evse, ideal_start: other.start, ideal_end: other.end });
    expect(instead.status).toBe(201);
  });

  it('one has it for good, when all want to confirm at once', async () => {
    const [, evse] = evsesOf('HAK-BID-01');
    const wish = { evse: evse.id, ...slot('13:30', 2), confirm: true };
    const { made, codes } = split(await storm('one EVSE, confirmed', wish));
    expect(made).toEqual([expect.objectContaining({ status: 'confirmed', evse: evse.id })]);
    expect([...codes]).toEqual(['slot_unavailable']);
    expect(await bookingsAt([evse.id], wish.ideal_start)).toEqual([{ id: expect.any(String), kind: 'booked', reservation: made[0].id }]);
  });

  it('as many have one as the location has EVSEs that fit', async () => {
    const fitting = evsesOf('HAK-BID-01').filter((evse) => evse.bookable && evse.connectors.some((connector: Json) => connector.standard === 'IEC_62196_T2_COMBO'));
    expect(fitting.length).toBeGreaterThan(2);
    const wish = { location_id: locations.get('HAK-BID-01').id, connector_type: ['CCS2'], ...slot('12:45', 3) };
    const { made, codes } = split(await storm('any EVSE of a location', wish));
    expect(made).toHaveLength(fitting.length);
    expect(new Set(made.map(({ evse }) => evse))).toEqual(new Set(fitting.map(({ id }) => id)));
    expect([...codes]).toEqual(['slot_unavailable']);
  });

  it('as many have one as the share for walk-ins leaves', async () => {
    const location = locations.get('HAK-CPT-01');
    const evses = evsesOf('HAK-CPT-01').filter(({ bookable }) => bookable);
    const share = (await fleet.demo[0]!.get(`/v1/locations/${location.id}/policy`)).body.walk_in_share_percent;
    const most = Math.floor((evses.length * (100 - share)) / 100);
    expect(most).toBeLessThan(evses.length);
    const wish = { location_id: location.id, ...slot('12:45', 4), confirm: true };
    const { made, codes } = split(await storm('any EVSE, a share kept', wish));
    expect(made).toHaveLength(most);
    expect(new Set(made.map(({ evse }) => evse)).size).toBe(most);
    expect([...codes]).toEqual(['walk_in_share_reached']);
    expect(await bookingsAt(evses.map(({ id }) => id), wish.ideal_start)).toHaveLength(most);
  });

  it('all get the same reservation who ask with one Idempotency-Key', async () => {
    const [, , evse] = evsesOf('HAK-BID-01');
    const wish = { evse: evse.id, ...slot('15:00', 5) };
    const answers = await storm('one Idempotency-Key', wish, HEADERS);
    const [first] = answers;
    expect(first).toMatchObject({ status: 201, body: { status: 'pending', evse: evse.id } });
    for (const { status, body } of answers) expect([status, body]).toEqual([201, first!.body]);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(await bookingsAt([evse.id], wish.ideal_start)).toHaveLength(1);
    const other = await fleet.demo[0]!.post('/v1/reservations', { ...wish, confirm: true }, HEADERS);
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
  });

  it('RSV-5: a driver gets as many as the policy allows, of many slots that are free', async () => {
    const [, , , evse] = evsesOf('HAK-BID-01');
    const driver = (await fleet.demo[0]!.post('/v1/drivers', {})).body.id;
    const start = Temporal.Instant.from(slot('00:00', 6).ideal_start);
    const answers = await storm('one driver, many slots', (i) => ({ evse: evse.id, driver, ideal_start: start.add({ minutes: 15 * i }).toString(), duration_minutes: 15 }));
    expect(tally(answers)).toEqual({ 201: 3, too_many_active_reservations: CALLERS - 3 });
  });

  it('ORG-10: an organisation gets as many holds as it may have, of many slots that are free', async () => {
    const [evse] = evsesOf('HAK-MDR-01');
    const start = Temporal.Instant.from(slot('00:00', 6).ideal_start);
    const limit = (most: number) => fleet.database.query(sql`
      UPDATE organisations SET max_active_holds = ${most}::int + (SELECT count(*) FROM reservations r WHERE r.organisation_id = organisations.id AND r.status = 'pending')
      WHERE slug = 'demo'`);
    await limit(10);
    const answers = await storm('many holds', (i) => ({ evse: evse.id, ideal_start: start.add({ minutes: 15 * i }).toString(), duration_minutes: 15 }));
    expect(tally(answers)).toEqual({ 201: 10, hold_limit_reached: CALLERS - 10 });
    await limit(200);
  });

  it('left no promise broken, no failure in the log, no deadlock', async () => {
    expect(await fleet.stop()).toEqual({ failures: [], deadlocks: 0 });
    expect(await brokenPromises(fleet.database)).toEqual([]);
  });
});
