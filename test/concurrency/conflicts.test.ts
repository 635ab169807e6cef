/** Conflicts that are looked for while what they are about ends: none stays open without its fact or its promise. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { cancelReservation } from '../../src/domain/reservations/index.ts';
import { endSandboxSession } from '../../src/domain/sessions/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import type { Context } from '../../src/domain/organisations/index.ts';
import type { Json } from '../support/api.ts';
import { openTestPostgres } from '../support/databases.ts';
import { must, openWorld, type World } from '../support/world.ts';

describe.runIf(inject('postgresUrl') !== '')('a conflict that is looked for while it ends', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(async () => openTestPostgres());
  });
  afterAll(() => w.close());

  /** Does something in a transaction that is not committed until the returned function is called. */
  async function begin(work: (ctx: Context) => Promise<unknown>): Promise<() => Promise<void>> {
    const [done, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const all = w.asSystem(async (ctx) => {
      await work(ctx);
      done.resolve();
      await gate.promise;
    });
    await done.promise;
    return async () => {
      gate.resolve();
      await all;
    };
  }

  const openConflicts = async (reservation: string): Promise<Json[]> => {
    const all: Json[] = must(await w.operator.api.get('/v1/conflicts?status=open&limit=100')).data;
    return all.filter((one) => one.reservation === reservation);
  };

  it('CAL-6 CAL-9 a car that leaves just then is in nobody\'s way', async () => {
    const place = await w.place({ policy: { walk_in_into_slot: 'allow', on_fault: 'refund' } });
    const { id } = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { confirm: true })));
    await w.leapTo(place.at('09:30'));
    const car = must(await w.operator.api.post('/v1/sandbox/sessions', { evse: place.evse }));
    await w.leapTo(place.at('09:58'));
    const commit = await begin((ctx) => endSandboxSession(ctx, car.id));
    await w.sweep();
    await commit();
    await w.sweep();
    expect(await openConflicts(id)).toEqual([]);
  });

  it('CAL-6 CAL-9 nor is an EVSE that breaks lost for what is cancelled just then', async () => {
    const place = await w.place({ policy: { on_fault: 'refund' } });
    const { id } = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30', { confirm: true })));
    const commit = await begin((ctx) => cancelReservation(ctx, id, { reason: 'changed plans' }));
    must(await w.operator.api.post('/v1/outages', { evse: place.evse, reason: 'broken' }));
    await commit();
    await w.sweep();
    expect(await openConflicts(id)).toEqual([]);
  });

  it('CAL-6 what could not be looked at then is noticed afterwards', async () => {
    const place = await w.place({ policy: { on_fault: 'refund' } });
    const { id } = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '10:30')));
    const commit = await begin((ctx) => ctx.tx.query(sql`SELECT 1 FROM bookings WHERE reservation_id = ${id} FOR UPDATE`));
    must(await w.operator.api.post('/v1/outages', { evse: place.evse, reason: 'broken' }));
    await commit();
    await w.sweep();
    expect(await openConflicts(id)).toHaveLength(1);
  });
});
