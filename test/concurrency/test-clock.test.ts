/** A test clock that is moved while others work: what they are at keeps nothing else from its time, and is done as well. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startRuntime } from '../../src/app/runtime.ts';
import { assignAll } from '../../src/domain/reservations/index.ts';
import { claim } from '../../src/domain/reservations/flexible/leases.ts';
import { loadNeighbourhoods } from '../../src/domain/reservations/flexible/neighbourhood.ts';
import { readConfig } from '../../src/platform/config/index.ts';
import { openPostgres, sql, type Sql } from '../../src/platform/database/index.ts';
import type { Json } from '../support/api.ts';
import { openTestPostgres, testDatabases } from '../support/databases.ts';
import { deadlocksOnceGone, PROBED } from '../support/deadlocks.ts';
import { iso, MINUTE, must, openWorld, type Place, type World } from '../support/world.ts';

/** When the last event of an object was, and which. */
async function lastOf(w: World, id: string): Promise<[string, string]> {
  const { type, created: at } = (await w.eventsOf(id)).at(-1);
  return [type, at];
}

async function wishAt(w: World, place: Place, begin: string): Promise<Json> {
  return must(await w.provider.api.post('/v1/reservations', {
    location: { ...place.coordinates, radius: 500 }, ideal_start: iso(place.at(begin)), duration_minutes: 30, latest_end: iso(place.at(begin) + 90 * MINUTE),
  }));
}

describe.each(testDatabases())('a test clock that is moved while somebody assigns ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  it('DUE-2 RSV-F9 takes the neighbourhood over: all is decided at its own time, and nothing by who had it', async () => {
    const [place, other] = [await w.place(), await w.place()];
    const [wish, later] = [await wishAt(w, place, '10:00'), await wishAt(w, other, '12:00')];
    const held = must(await w.provider.api.post('/v1/reservations', { ...other.slot('15:00', '15:30') }));
    await w.leapTo(place.at('09:00'));
    const caller = { networkId: w.network.id, actor: { kind: 'system' } } as const;
    const [part] = await w.asSystem((ctx) => loadNeighbourhoods(ctx, [{ id: wish.id, earliestStart: place.at('10:00'), latestEnd: place.at('11:30') }], () => true));
    const lease = (await claim(w.app.runtime, caller, part!, 'somebody'))!;
    expect(await w.asSystem(lease.isHeld)).toBe(true);
    await w.advanceTo(place.at('14:00'));
    expect(await lastOf(w, wish.id)).toEqual(['reservation.expired', iso(place.at('10:15'))]); // decided at 9:30, and not used
    expect((await w.eventsOf(wish.id)).at(-2)).toMatchObject({ type: 'reservation.confirmed', created: iso(place.at('09:30')) });
    expect((await w.eventsOf(later.id)).at(-2)).toMatchObject({ type: 'reservation.confirmed', created: iso(other.at('11:30')) });
    expect((await lastOf(w, held.id))[0]).toBe('reservation.failed');
    expect(await w.asSystem(lease.isHeld)).toBe(false);
    await lease.release();
  });

  it('RSV-F9 whose lease has ended and is another one\'s decides nothing', async () => {
    const place = await w.place();
    const wish = await wishAt(w, place, '10:00');
    const caller = { networkId: w.network.id, actor: { kind: 'system' } } as const;
    const [part] = await w.asSystem((ctx) => loadNeighbourhoods(ctx, [{ id: wish.id, earliestStart: place.at('10:00'), latestEnd: place.at('11:30') }], () => true));
    const lease = (await claim(w.app.runtime, caller, part!, 'first'))!;
    expect(await claim(w.app.runtime, caller, part!, 'second')).toBeUndefined();
    await w.db.database.query(sql`UPDATE assignment_leases SET expires_at = clock_timestamp()`);
    expect(await w.asSystem(lease.isHeld)).toBe(true);
    const next = (await claim(w.app.runtime, caller, part!, 'second'))!;
    expect([await w.asSystem(lease.isHeld), await w.asSystem(next.isHeld)]).toEqual([false, true]);
    await lease.release();
    expect(await w.asSystem(next.isHeld)).toBe(true);
    await next.release();
  });
});

describe.runIf(inject('postgresUrl') !== '')('a neighbourhood in which somebody decides', () => {
  it('RSV-F9 RSV-F7 is waited for by nobody who confirms: who decides may want that reservation', async () => {
    const w = await openWorld(async () => openTestPostgres());
    const place = await w.place();
    const wish = await wishAt(w, place, '10:00');
    const caller = { networkId: w.network.id, actor: { kind: 'system' } } as const;
    const [part] = await w.asSystem((ctx) => loadNeighbourhoods(ctx, [{ id: wish.id, earliestStart: place.at('10:00'), latestEnd: place.at('11:30') }], () => true));
    const lease = (await claim(w.app.runtime, caller, part!, 'somebody'))!;
    const answered = await w.asSystem(async (ctx) => {
      expect(await lease.isHeld(ctx)).toBe(true);
      return w.provider.api.post(`/v1/reservations/${wish.id}/confirm`);
    });
    expect(must(answered)).toMatchObject({ status: 'pending' });
    await w.close();
  });
});

describe.runIf(inject('postgresUrl') !== '')('a test clock that is moved while others work', () => {
  let w: World;
  let place: Place;
  beforeAll(async () => {
    w = await openWorld(async () => openTestPostgres());
  });
  afterAll(() => w.close());

  /** Keeps rows locked until the returned function is called. */
  async function lock(statement: Sql): Promise<() => Promise<void>> {
    let free: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (free = resolve));
    const locked = Promise.withResolvers<void>();
    const done = w.db.database.transaction(async (tx) => {
      await tx.query(statement);
      locked.resolve();
      await gate;
    });
    await locked.promise;
    return async () => {
      free();
      await done;
    };
  }

  const confirmed = async (evse: string, begin: string, end: string, more = {}): Promise<Json> =>
    must(await w.provider.api.post('/v1/reservations', place.slot(begin, end, { evse, confirm: true, ...more })));

  it('DUE-2 does the rest at its own time, and the sweeper does what somebody else had', async () => {
    place = await w.place({ evses: 6 });
    const drivers = await Promise.all([w.driver(), w.driver()]);
    const used = [await confirmed(place.evses[0]!, '10:00', '10:30'), await confirmed(place.evses[1]!, '10:00', '10:30')];
    const absent = [
      await confirmed(place.evses[2]!, '11:00', '11:30', { driver: drivers[0].id }), await confirmed(place.evses[3]!, '11:00', '11:30', { driver: drivers[1].id }),
    ];
    const wish = await wishAt(w, await w.place(), '14:00');
    await w.advanceTo(place.at('10:00'));
    const sessions = [];
    for (const { id } of used) sessions.push(must(await w.provider.api.post('/v1/sandbox/sessions', { reservation: id })));
    // somebody has the reservation of the first session, and the driver of the first of those who do not come
    const free = [
      await lock(sql`SELECT 1 FROM reservations WHERE id = ${used[0]!.id} FOR UPDATE`), await lock(sql`SELECT 1 FROM drivers WHERE id = ${drivers[0].id} FOR UPDATE`),
    ];
    await w.advanceTo(place.at('15:00'));
    expect(await lastOf(w, sessions[1].id)).toEqual(['session.ended', iso(place.at('10:30'))]);
    expect(await lastOf(w, absent[1]!.id)).toEqual(['reservation.expired', iso(place.at('11:15'))]);
    expect((await w.eventsOf(wish.id)).map(({ type, created: at }) => [type, at]).slice(1)).toEqual([
      ['reservation.confirmed', iso(place.at('13:30'))], ['reservation.expired', iso(place.at('14:15'))],
    ]);
    expect((await lastOf(w, sessions[0].id))[0]).toBe('session.started');
    expect((await lastOf(w, absent[0]!.id))[0]).toBe('reservation.confirmed');
    for (const one of free) await one();
    await w.sweep();
    expect((await lastOf(w, sessions[0].id))[0]).toBe('session.ended');
    expect((await lastOf(w, absent[0]!.id))[0]).toBe('reservation.expired');
  });

  it('DUE-2 waits for who is done soon', async () => {
    place = await w.place({ evses: 1 });
    const hold = must(await w.provider.api.post('/v1/reservations', place.slot('20:00', '20:30')));
    const free = await lock(sql`SELECT 1 FROM reservations WHERE id = ${hold.id} FOR UPDATE`);
    const moved = w.advance(60 * MINUTE);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await free();
    await moved;
    expect(await lastOf(w, hold.id)).toEqual(['reservation.failed', hold.hold_expires_at]);
  });

  it('DUE-2 RSV-F9 decides everything at its own time, whatever other processes assign', async () => {
    const url = new URL(w.db.url!);
    url.searchParams.set('application_name', PROBED);
    const database = await openPostgres({ url: url.href, maxConnections: 4, prepare: true, onError: () => undefined });
    const other = await startRuntime(database, readConfig({ DATABASE_URL: w.db.url! }), { onError: () => undefined, onWarning: () => undefined });
    let isOver = false;
    const assigning = (async () => {
      while (!isOver) await assignAll(other);
    })();
    place = await w.place({ evses: 3 });
    const wishes: Json[] = [];
    for (let i = 0; i < 12; i++) wishes.push(await wishAt(w, place, `${10 + i}:00`));
    for (let hour = 3; hour <= 23; hour += 4) await w.advanceTo(place.at(`${String(hour).padStart(2, '0')}:00`));
    isOver = true;
    await assigning;
    for (const { id, assign_at: due } of wishes) {
      const decided = (await w.eventsOf(id)).filter(({ type }) => type === 'reservation.confirmed' || type === 'reservation.failed');
      expect(decided.map(({ created: at }) => at)).toEqual([due]);
    }
    await other.stop();
    await database.close();
    expect(await deadlocksOnceGone(w.db.url!)).toBe(0);
  });
});
