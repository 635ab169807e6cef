/** Lists of places in the waitlist: each entry of a page stands where it stands when it is read alone, at the price of few queries. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listWaitlist, withStandings, type WaitlistEntryNow } from '../../src/domain/reservations/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { testDatabases } from '../support/databases.ts';
import { randomFrom, seedOf } from '../support/random.ts';
import { waitlistBed, window } from '../support/waitlist-bed.ts';
import { HOUR, must, openWorld, type World } from '../support/world.ts';

const ENTRIES = 60;

describe.each(testDatabases())('a list of places in the waitlist ($kind)', ({ open }) => {
  let w: World;
  const { placeFor, reserve, cancel, join, newDay } = waitlistBed(() => w);
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  it('WTL-9 WTL-10 tells of each what is told of it alone, with as many queries for many as for few', async () => {
    const random = randomFrom(seedOf('waitlist-list'));
    const place = await placeFor({}, { evses: 3 });
    await newDay();
    await w.advance(HOUR); // later in the day than the entries below ask, so that there is something to tell them
    for (const evse of place.evses) await cancel(await reserve(evse, place, '10:00', '11:00'));
    await newDay();
    for (const evse of place.evses) await reserve(evse, { ...place, at: (clock) => place.at(clock, 2) }, '09:30', '13:00');
    const ahead = { ...place, at: (clock: string) => place.at(clock, 2) };
    const { id } = await join(ahead, { location_id: place.id, ...window(ahead, '10:00', '12:00') });
    const sets = Array.from({ length: ENTRIES }, () => place.evses.filter(() => random.next() < 0.6));
    const minutes = () => Array.from({ length: ENTRIES }, () => 15 * random.below(8));
    await w.db.database.query(sql`
      INSERT INTO waitlist_entries (id, network_id, organisation_id, driver_id, status, earliest_start, last_start, latest_end, lapses, reservation_id, details, metadata,
        version, created_at, updated_at, evse_ids, look_at)
      SELECT 'wle_' || lpad(i::text, 26, '0'), network_id, organisation_id, driver_id, status, earliest_start - earlier * interval '1 minute', last_start, latest_end,
        i % 2, reservation_id, details, metadata, version, created_at + younger * interval '1 minute', updated_at, string_to_array(ids, ' '), look_at
      FROM waitlist_entries, unnest(${sets.map((set) => set.join(' '))}::text[], ${minutes()}::int[], ${minutes()}::int[]) WITH ORDINALITY AS more (ids, earlier, younger, i)
      WHERE id = ${id}`);
    await w.asSystem(async (system) => {
      const key = { kind: 'key', keyId: 'test', organisationId: w.provider.organisation.id, roles: ['provider'], scopes: ['reservations:read'] } as const;
      const ctx = system.as({ actor: key });
      const entries = await listWaitlist(ctx, { limit: 100 });
      expect(entries).toHaveLength(ENTRIES + 1);
      const queriesFor = async (some: typeof entries) => {
        let queries = 0;
        const query: typeof ctx.tx.query = (statement) => {
          queries += 1;
          return ctx.tx.query(statement);
        };
        return { standings: await withStandings({ ...ctx, tx: { ...ctx.tx, query } }, some), queries: () => queries };
      };
      const page = await queriesFor(entries);
      const alone: WaitlistEntryNow[] = [];
      for (const entry of entries) alone.push(...(await withStandings(ctx, [entry])));
      expect(page.standings).toEqual(alone);
      expect(page.queries()).toBe((await queriesFor(entries.slice(0, 2))).queries());
      expect(new Set(alone.map(({ standing }) => standing!.position)).size).toBeGreaterThan(10);
      expect(alone.some(({ standing }) => standing!.expectedWait.daysWithOffer > 0)).toBe(true);
    });
    expect(must(await w.provider.api.get('/v1/waitlist_entries?limit=3')).data.map((one: { position: number }) => typeof one.position)).toEqual(['number', 'number', 'number']);
  });
});
