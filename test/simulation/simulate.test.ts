/** The simulation as an operator meets it: over HTTP and on the command line. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/commands/registry.ts';
import { readConfig } from '../../src/platform/config/index.ts';
import { json, sql } from '../../src/platform/database/index.ts';
import type { Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { DAY, HOUR, iso, MINUTE, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

describe.each(testDatabases())('the simulation of policies ($kind)', ({ open }) => {
  let w: World;
  let place: Place;
  let quiet: Place;
  beforeAll(async () => {
    w = await openWorld(open);
    place = await w.place({ policy: { no_show_fee: 5000, fee: { currency: 'inr', fixed: 0, per_minute: 0, deposit: 0, credited: false } } });
    quiet = await w.place();
    await aDay();
  });
  afterAll(() => w.close());

  const book = async (begin: string, end: string, driver: string): Promise<Json> => must(
    await w.provider.api.post('/v1/reservations', place.slot(begin, end, { driver, confirm: true })));
  const start = async (id: string): Promise<string> => must(await w.provider.api.post('/v1/sandbox/sessions', { reservation: id })).id;
  /** One comes ten minutes late, one not at all; one is refused and finds the same time taken again; somebody walks in. */
  const aDay = async (): Promise<void> => {
    const [a, b, c] = [await w.driver(), await w.driver(), await w.driver()];
    const late = await book('10:00', '11:00', a.id);
    const absent = await book('12:00', '13:00', b.id);
    for (let i = 0; i < 2; i++) expect(outcome(await w.provider.api.post('/v1/reservations', place.slot('12:30', '13:30', { driver: c.id })))).toBe('slot_unavailable');
    await w.advanceTo(place.at('10:10'));
    const session = await start(late.id);
    await w.advanceTo(place.at('11:00'));
    await w.provider.api.post(`/v1/sandbox/sessions/${session}/end`);
    await w.advanceTo(place.at('14:00'));
    const walkIn = must(await w.operator.api.post('/v1/sandbox/sessions', { evse: place.evse })).id;
    await w.advance(30 * MINUTE);
    await w.operator.api.post(`/v1/sandbox/sessions/${walkIn}/end`);
    expect(must(await w.provider.api.get(`/v1/reservations/${absent.id}`))).toMatchObject({ status: 'expired', ended_detail: 'no_show' });
  };
  const simulate = (body: object, as = w.operator) => as.api.post('/v1/policies/simulate', body);

  it('SIM-1 tells what was, what the policy in force makes of it, and what another one would have', async () => {
    const answer = must(await simulate({ location_id: place.id, policy: { no_show_minutes: 5, grace_minutes: 5 } }));
    expect(answer).toMatchObject({
      object: 'policy_simulation',
      recorded: { requests: 3, retries: 1, accepted: 2, refused: { slot_unavailable: 1 }, used: 1, no_shows: 1 },
      in_force: {
        requests: 3, accepted: 2, refused: { slot_unavailable: 1 }, used: 1, no_shows: 1, assumed: 0, booked_minutes: 75, used_minutes: 50, walk_ins: 1, walk_in_minutes: 30,
        income: [{ currency: 'inr', reservation_fees: 0, cancellation_fees: 0, no_show_fees: 5000 }],
      },
      proposed: { used: 0, no_shows: 2, booked_minutes: 10, used_minutes: 0, income: [{ currency: 'inr', no_show_fees: 10_000 }] },
      difference: { accepted: 0, used: -1, no_shows: 1, booked_minutes: -65, used_minutes: -50, income: [{ currency: 'inr', no_show_fees: 5000 }] },
    });
    expect(Date.parse(answer.end) - Date.parse(answer.start)).toBe(30 * DAY);
    expect(answer.in_force.open_minutes).toBe(30 * 24 * 60);
    expect(answer.in_force.used_percent).toBe(0.1);
    expect(answer.assumptions.length).toBeGreaterThan(3);
  });

  it('SIM-5 counts who was refused in fact and would not have been', async () => {
    const { proposed, difference } = must(await simulate({ location_id: place.id, policy: { max_active_per_driver: 1, no_show_ban: null, min_lead_minutes: 10_000 } }));
    expect(proposed).toMatchObject({ accepted: 0, refused: { lead_time_not_allowed: 3 }, booked_minutes: 0 });
    expect(difference.refused).toEqual({ slot_unavailable: -1, lead_time_not_allowed: 3 });
  });

  it('takes all locations of the operator, each by its own policy, or one, and the period that is asked for', async () => {
    const all = must(await simulate({ policy: { hold_minutes: 5 } }));
    expect(all.locations.map((one: Json) => [one.location_id, one.in_force.requests])).toEqual([[place.id, 3], [quiet.id, 0]]);
    expect(all.in_force).toMatchObject({ requests: 3, open_minutes: 2 * 30 * 24 * 60 });
    const now = await w.now();
    const before = must(await simulate({ policy: { hold_minutes: 5 }, start: iso(now - 2 * DAY), end: Math.floor((now - 30 * HOUR) / 1000) }));
    expect(before.in_force).toMatchObject({ requests: 0, booked_minutes: 0 });
  });

  it('SIM-1 changes nothing, whatever it finds', async () => {
    const count = async () => w.db.database.query(sql`SELECT (SELECT count(*) FROM events)::int AS events, (SELECT count(*) FROM booking_policies)::int AS policies`);
    const before = await count();
    must(await simulate({ policy: { mode: 'walk_in_only' } }));
    expect(await count()).toEqual(before);
    expect(must(await w.anybody.get(`/v1/locations/${place.id}/policy`))).toMatchObject({ mode: 'mixed' });
  });

  it('SIM-1 refuses what is too long ago, ahead, or the wrong way round, and a policy that contradicts itself', async () => {
    const now = await w.now();
    const policy = { hold_minutes: 5 };
    expect(outcome(await simulate({ policy, start: iso(now - 93 * DAY) }))).toBe('invalid_time_range');
    expect(outcome(await simulate({ policy, end: iso(now + HOUR) }))).toBe('invalid_time_range');
    expect(outcome(await simulate({ policy, start: iso(now - HOUR), end: iso(now - 2 * HOUR) }))).toBe('invalid_time_range');
    expect(await simulate({ policy: { no_show_minutes: 500 } })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/grace_minutes' }] } });
    expect(outcome(await simulate({ policy: {} }))).toBe('invalid_request');
    expect(outcome(await simulate({ policy, location_id: place.id }, w.otherOperator))).toBe('forbidden');
    expect(outcome(await simulate({ policy }, w.provider))).toBe('forbidden');
  });

  it('SIM-1 refuses more than it can replay in seconds, and more at once than the machine should bear', async () => {
    const lot = await w.place({ by: w.otherOperator });
    const asked = { evseId: lot.evse, start: lot.at('10:00'), end: lot.at('11:00') };
    await w.db.database.query(sql`
      INSERT INTO refusals (network_id, operator_id, location_id, code, asked_at, asked)
      SELECT ${w.network.id}, ${w.otherOperator.organisation.id}, ${lot.id}, 'slot_unavailable', ${iso((await w.now()) - HOUR)}::timestamptz, ${json(asked)}::jsonb
      FROM generate_series(1, 50000)`);
    const many = () => simulate({ policy: { hold_minutes: 5 } }, w.otherOperator);
    const outcomes = (await Promise.all([many(), many(), many(), many()])).map(outcome);
    expect(new Set(outcomes)).toEqual(new Set([200, 'rate_limited']));
    const answer = must(await many());
    expect(answer.in_force).toMatchObject({ requests: 50_000, accepted: 1 });
    await w.db.database.query(sql`INSERT INTO refusals (network_id, operator_id, location_id, code, asked_at, asked)
      SELECT network_id, operator_id, location_id, code, asked_at, asked FROM refusals WHERE location_id = ${lot.id} LIMIT 1`);
    expect(await many()).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ pointer: '/start' }] } });
  });

  it('is a command, too, with the same words', async () => {
    const lines: string[] = [];
    const run = async (args: object) => {
      lines.length = 0;
      const io = { out: (line: string) => void lines.push(line), note: (line: string) => void lines.push(line), progress: () => undefined };
      return runCommand('simulate-policy', w.app.runtime, { operator: 'operator', mode: 'sandbox', ...args }, io, readConfig({}));
    };
    expect(await run({ set: ['no_show_minutes=5', 'grace_minutes=5', 'walk_in_into_slot=refuse', 'no_show_ban=null'], location: place.id })).toBe(0);
    expect(JSON.parse(lines.join('\n'))).toMatchObject({ object: 'policy_simulation', difference: { used: -1, no_shows: 1 } });
    expect(await run({ set: ['no_show_minutes=soon', 'patience=5'] })).toBe(1);
    expect(lines.join('\n')).toMatch(/patience: is not known here\n.*no_show_minutes: must be integer/);
    expect(await run({ operator: 'nobody', set: ['hold_minutes=5'] })).toBe(1);
    expect(await run({ operator: 'other-operator', set: ['hold_minutes=5'], location: place.id })).toBe(1);
    expect(lines.join()).toContain('No location has the id');
  });
});
