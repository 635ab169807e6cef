/** Series, while several processes do what is due of them and their drivers get into the way: each occurrence is booked once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepAll } from '../../src/domain/deadlines/index.ts';
import { actorFor } from '../../src/domain/organisations/index.ts';
import { createSeries } from '../../src/domain/reservations/series/index.ts';
import type { Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { must, openWorld, type World } from '../support/world.ts';

const COUNT = 12;

describe.each(testDatabases())('series ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const read = async (id: string): Promise<Json> => must(await w.provider.api.get(`/v1/reservation_series/${id}`));
  /** What a server that was killed right after its commit leaves behind: a series of which nothing is booked. */
  async function unsettled(policy: Record<string, unknown>, driverId?: string): Promise<{ id: string; placeId: string }> {
    const place = await w.place({ evses: 2, policy: { max_active_per_driver: 1000, ...policy } });
    const input = {
      rrule: `FREQ=DAILY;COUNT=${COUNT}`, start: new Date(place.at('08:00')).toISOString().slice(0, 19), timeZone: 'UTC', excludedDates: [],
      wish: { locationId: place.id, durationMinutes: 30, confirm: true, driverId },
    };
    const { series } = await w.asSystem(async (ctx) => {
      const actor = await actorFor(ctx, w.provider.organisation.id, 'test');
      return createSeries(ctx.as({ actor }), input);
    });
    return { id: series.id, placeId: place.id };
  }
  const reservedAt = async (placeId: string): Promise<Json[]> => must(await w.provider.api.get(`/v1/reservations?location_id=${placeId}&limit=100`)).data;

  it('SER-4 are booked once after a crash, by however many processes', async () => {
    const { id, placeId } = await unsettled({});
    expect((await read(id)).counts.scheduled).toBe(COUNT);
    const swept = await Promise.all(Array.from({ length: 4 }, () => sweepAll(w.app.runtime)));
    await sweepAll(w.app.runtime);
    expect(swept.reduce((sum, n) => sum + n)).toBeLessThanOrEqual(COUNT);
    const { counts, occurrences } = await read(id);
    expect(counts.reserved).toBe(COUNT);
    const made = new Set((await reservedAt(placeId)).map((reservation) => reservation.id));
    expect(made).toEqual(new Set(occurrences.map(({ reservation }: Json) => reservation)));
    expect(made.size).toBe(COUNT);
  });

  it('SER-6 SER-8 go on while reservations end, occurrences are skipped and tried again, and the series is cancelled', async () => {
    const driver = await w.driver();
    const { id, placeId } = await unsettled({ max_active_per_driver: 3 }, driver.id);
    const { occurrences } = await read(id);
    const act = (i: number, what: string) => driver.api.post(`/v1/reservation_series/${id}/occurrences/${occurrences[i].date}/${what}`);
    const endOne = async () => {
      const live = (await reservedAt(placeId)).filter(({ status }) => status === 'confirmed');
      return live[0] && driver.api.post(`/v1/reservations/${live[0].id}/cancel`);
    };
    for (let round = 0; round < 4; round++) {
      const answers = await Promise.all([sweepAll(w.app.runtime), endOne(), act(round, 'skip'), act(round + 4, 'retry'), sweepAll(w.app.runtime), endOne()]);
      for (const answer of answers) expect(typeof answer === 'object' ? answer.status : 200).toBeLessThan(500);
      const live = (await reservedAt(placeId)).filter(({ status }) => status === 'confirmed');
      expect(live.length).toBeLessThanOrEqual(3);
    }
    await sweepAll(w.app.runtime);
    expect((await reservedAt(placeId)).filter(({ status }) => status === 'confirmed')).toHaveLength(3);
    const [cancelled] = await Promise.all([driver.api.post(`/v1/reservation_series/${id}/cancel`), sweepAll(w.app.runtime), endOne(), sweepAll(w.app.runtime)]);
    must(cancelled);
    await sweepAll(w.app.runtime);
    expect((await reservedAt(placeId)).filter(({ status }) => status === 'confirmed')).toEqual([]);
    const { counts } = await read(id);
    expect([counts.scheduled, counts.reserved]).toEqual([0, 0]);
  });
});
