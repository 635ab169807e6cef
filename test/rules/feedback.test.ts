/** What drivers think of charges, over HTTP and on both databases. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ratingsOf, RATING_CATEGORIES, type RatingCategory } from '../../src/domain/feedback/index.ts';
import type { Api, Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { CHARGE_AT_ONCE, chargingIn, type Charged } from '../support/feedback-bed.ts';
import { must, openWorld, outcome, type Place, type World } from '../support/world.ts';

describe.each(testDatabases())('ratings ($kind)', ({ open }) => {
  let w: World;
  let place: Place;
  let driver: { id: string; api: Api };
  let charge: (driver?: string, evse?: string) => Promise<Charged>;
  beforeAll(async () => {
    w = await openWorld(open);
    place = await w.place({ evses: 2, policy: CHARGE_AT_ONCE });
    driver = await w.driver();
    charge = chargingIn(w, place);
  });
  afterAll(() => w.close());

  const rate = (id: string, ratings: object[], api: Api = w.provider.api) => api.post(`/v1/reservations/${id}/ratings`, { ratings });
  const ofPlace = async (id = place.id): Promise<Json> => must(await w.anybody.get(`/v1/locations/${id}/ratings?limit=100`));
  const newPlace = async () => {
    const other = await w.place({ policy: CHARGE_AT_ONCE });
    return { other, chargeThere: chargingIn(w, other) };
  };

  it('FBK-1 FBK-2 FBK-7 a charge that has ended is rated, by category, once; again, it is changed', async () => {
    const { reservation, session, evse } = await charge(driver.id);
    const rating = must(await rate(reservation, [{ category: 'overall', stars: 4, comment: 'Clean', tags: ['fast'] }, { category: 'amenities', stars: 2 }], driver.api));
    expect(rating).toMatchObject({ object: 'rating', reservation, session, evse, location_id: place.id, driver: driver.id, version: 1, answer: null });
    expect(rating.ratings).toEqual([
      { category: 'overall', stars: 4, comment: 'Clean', tags: ['fast'] }, { category: 'amenities', stars: 2, comment: null, tags: [] },
    ]);
    const again = must(await w.provider.api.post(`/v1/sessions/${session}/ratings`, { ratings: [{ category: 'overall', stars: 5 }, { category: 'staff', stars: 3 }] }));
    expect([again.id, again.version, again.ratings.map(({ stars, comment }: Json) => [stars, comment])]).toEqual([rating.id, 2, [[5, 'Clean'], [2, null], [3, null]]]);
    expect(must(await rate(reservation, [{ category: 'staff', stars: 3 }])).version).toBe(2); // nothing new
    expect(must(await rate(reservation, [{ category: 'overall', stars: 5, comment: '' }])).ratings[0].comment).toBeNull();
    const types = async (as = w.provider) => (await w.eventsOf(rating.id, as)).map(({ type, object_version: version }) => [type, version]);
    expect(await types()).toEqual([['rating.created', 1], ['rating.updated', 2], ['rating.updated', 3]]);
    expect(await types(w.operator)).toEqual(await types());
    expect(await types(w.otherProvider)).toEqual([]);
  });

  it('FBK-1 nobody rates what has not ended, what is not theirs, or out of range', async () => {
    const slot = place.slot('10:00', '10:15', { confirm: true, driver: driver.id });
    const { id: booked } = must(await w.provider.api.post('/v1/reservations', slot));
    const stars = (value: unknown, more: object = {}) => [{ category: 'overall', stars: value, ...more }];
    expect(outcome(await rate(booked, stars(5)))).toBe('invalid_state');
    const { reservation } = await charge(driver.id);
    for (const wrong of [0, 6, 4.5, '5', null]) expect(outcome(await rate(reservation, stars(wrong)))).toBe('invalid_request');
    expect(outcome(await rate(reservation, [...stars(5), ...stars(4)]))).toBe('invalid_request');
    expect(outcome(await rate(reservation, [{ category: 'weather', stars: 5 }]))).toBe('invalid_request');
    expect(outcome(await rate(reservation, []))).toBe('invalid_request');
    expect(outcome(await rate(reservation, stars(5, { comment: 'x'.repeat(2_001) })))).toBe('invalid_request');
    expect(outcome(await rate(reservation, stars(5), w.otherProvider.api))).toBe('not_found');
    expect(outcome(await rate(reservation, stars(5), (await w.driver()).api))).toBe('not_found');
    expect(outcome(await rate(reservation, stars(5), w.operator.api))).toBe('forbidden');
    expect(outcome(await rate(reservation, stars(5), w.anybody))).toBe('unauthenticated');
    expect(outcome(await rate('res_01hzzzzzzzzzzzzzzzzzzzzzzz', stars(5)))).toBe('not_found');
  });

  it('FBK-3 FBK-4 FBK-5 SRC-62 locations, EVSEs, connectors and searches tell average and count; who gave them is told to both sides only', async () => {
    const { other, chargeThere } = await newPlace();
    expect(await ofPlace(other.id)).toMatchObject({ rating: null, categories: [], data: [] });
    expect(must(await w.anybody.get(`/v1/locations/${other.id}`)).rating).toBeUndefined();
    const [first, second] = [await chargeThere(driver.id), await chargeThere(driver.id)];
    must(await rate(first.reservation, [{ category: 'overall', stars: 4, comment: 'Good' }]));
    must(await rate(second.reservation, [{ category: 'charging', stars: 5 }, { category: 'amenities', stars: 2 }])); // 3.5, since nothing is said of all of it
    const rating = { average: 3.75, count: 2 };
    const location = must(await w.anybody.get(`/v1/locations/${other.id}`));
    const [evse] = location.charging_stations[0].evses;
    expect([location.rating, evse.rating, evse.connectors[0].rating]).toEqual([rating, rating, rating]);
    expect(must(await w.anybody.get(`/v1/evses/${other.evse}`)).rating).toEqual(rating);
    expect(must(await w.anybody.get(`/v1/connectors/${other.connector}`)).rating).toEqual(rating);
    const around = `latitude=${other.coordinates.latitude}&longitude=${other.coordinates.longitude}&radius=100`;
    const searched = async (more: string) => {
      await w.app.runtime.events.settled();
      return must(await w.anybody.get(`/v1/search?${around}&${more}`)).data.map((hit: Json) => [hit.location_id, hit.rating]);
    };
    for (const more of ['sort=rating', 'min_rating=3.75']) expect(await searched(more)).toEqual([[other.id, rating]]);
    expect(await searched('min_rating=3.8')).toEqual([]);
    const list = await ofPlace(other.id);
    expect(list).toMatchObject({ rating, categories: [
      { category: 'overall', average: 4, count: 1 }, { category: 'charging', average: 5, count: 1 }, { category: 'amenities', average: 2, count: 1 },
    ] });
    expect(list.data.map(({ reservation, session, driver: whose }: Json) => [reservation, session, whose])).toEqual([[null, null, null], [null, null, null]]);
    expect(must(await w.operator.api.get(`/v1/ratings?location_id=${other.id}`)).data.map((one: Json) => one.reservation)).toEqual([second.reservation, first.reservation]);
    expect(must(await driver.api.get(`/v1/ratings?reservation=${first.reservation}`)).data).toHaveLength(1);
    expect(must(await w.otherOperator.api.get(`/v1/ratings?location_id=${other.id}`)).data).toEqual([]);
  });

  it('FBK-6 its operator answers, and nobody else', async () => {
    const { other, chargeThere } = await newPlace();
    const { id } = must(await rate((await chargeThere()).reservation, [{ category: 'overall', stars: 1, comment: 'Broken' }]));
    const answer = (api: Api, text: string | null) => api.put(`/v1/ratings/${id}/answer`, { answer: text });
    expect(must(await answer(w.operator.api, 'Repaired'))).toMatchObject({ answer: 'Repaired', version: 2 });
    expect((await ofPlace(other.id)).data[0]).toMatchObject({ answer: 'Repaired', ratings: [{ comment: 'Broken' }] });
    expect(outcome(await answer(w.provider.api, 'No'))).toBe('forbidden');
    expect(outcome(await answer(w.otherOperator.api, 'No'))).toBe('not_found');
    expect(must(await answer(w.operator.api, null))).toMatchObject({ answer: null, answered_at: null });
    expect((await w.eventsOf(id)).map(({ type }) => type)).toEqual(['rating.created', 'rating.answered', 'rating.answered']);
    expect((await ofPlace(other.id)).rating).toEqual({ average: 1, count: 1 });
  });

  it('FBK-3 average and count are those of the rows, whatever was rated and changed, also at once', async () => {
    const charged = [await charge(), await charge(undefined, place.evses[1]), await charge(driver.id), await charge(driver.id, place.evses[1])];
    const mark = fc.record({ category: fc.constantFrom(...RATING_CATEGORIES), stars: fc.integer({ min: 1, max: 5 }) });
    const step = fc.record({ of: fc.nat(charged.length - 1), marks: fc.uniqueArray(mark, { minLength: 1, maxLength: 4, selector: ({ category }) => category }) });
    await fc.assert(fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }), async (rounds) => {
      for (const round of rounds) {
        const answers = await Promise.all(round.map(({ of, marks }) => rate(charged[of]!.reservation, marks)));
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      }
      const rows: Json[] = must(await w.provider.api.get('/v1/ratings?limit=100')).data;
      const votes = rows.map(({ location_id: location, evse, connector, ratings }) => ({ places: [location, evse, connector] as string[], stars: voteByRule(ratings) }));
      const placeIds = [...new Set(votes.flatMap(({ places }) => places))];
      const expected = Object.fromEntries(placeIds.map((id) => [id, summary(votes.filter(({ places }) => places.includes(id)).map(({ stars }) => stars))]));
      expect(Object.fromEntries(await w.asSystem((ctx) => ratingsOf(ctx.tx, placeIds)))).toEqual(expected);
      const { categories } = await ofPlace();
      for (const category of RATING_CATEGORIES) {
        const stars = rows.filter((row) => row.location_id === place.id).flatMap((row) => starsOf(row, category));
        const told = categories.find((one: Json) => one.category === category);
        expect(told ?? null).toEqual(stars.length === 0 ? null : { category, ...summary(stars) });
      }
    }), { numRuns: 15 });
  }, 120_000);
});

const starsOf = (row: Json, category: RatingCategory): number[] => row.ratings.filter((one: Json) => one.category === category).map((one: Json) => one.stars);

/** FBK-4, as it is written down. */
function voteByRule(ratings: { category: string; stars: number }[]): number {
  const overall = ratings.find(({ category }) => category === 'overall');
  return overall?.stars ?? Math.round((ratings.reduce((sum, { stars }) => sum + stars, 0) / ratings.length) * 100) / 100;
}

function summary(stars: readonly number[]): { average: number; count: number } {
  const hundredths = stars.reduce((sum, one) => sum + Math.round(one * 100), 0);
  return { average: Math.round(hundredths / stars.length) / 100, count: stars.length };
}
