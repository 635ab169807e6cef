/** Tariffs, surcharges and offers as operators keep them, and quotes as drivers get them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { HOUR, iso, MINUTE, must, openWorld, outcome, type Party, type Place, type World } from '../support/world.ts';

const energy = (price: string, more: object = {}) => ({ price_components: [{ type: 'ENERGY', price, step_size: 1 }], ...more });

describe('prices', () => {
  let w: World;
  let operator: Party;
  let place: Place;
  let refs = 0;

  beforeAll(async () => {
    w = await openWorld();
  });
  afterAll(() => w.close());
  beforeEach(async () => {
    operator = await w.addOrganisation({ roles: ['operator'], slug: `op-${++refs}` });
    place = await w.place({ by: operator, timeZone: 'Asia/Kolkata', powerW: 60_000 });
  });

  const post = async (path: string, body: object) => must(await operator.api.post(path, { ref: `r${++refs}`, currency: 'INR', name: 'A name', ...body }));
  const tariff = (more: object = {}) => post('/v1/tariffs', { is_default: true, elements: [energy('18')], ...more });
  const quote = (more: object = {}) => w.provider.api.post('/v1/quotes', { evse: place.evse, energy_wh: 5_000, ...more });
  const totals = (lines: Json[]) => lines.map(({ kind, amount, tax }) => [kind, amount + tax]);

  it('PRC-12 PRC-13 PRC-17 PRC-19 a quote has every line with its rule, and what would still be earned', async () => {
    await tariff({ service_fee: { amount: '10' } });
    const surcharge = await post('/v1/surcharges', { type: 'ENERGY', price: '1', restrictions: { start_time: '18:00', end_time: '21:00' }, name: 'Congestion fee' });
    const offer = await post('/v1/offers', { discount: { amount: '20' }, min_energy_wh: 5_000, name: '₹20 off above 5 kWh' });
    const evening = must(await quote({ start: iso(place.at('18:25')), energy_wh: 3_200 }));
    expect(totals(evening.lines)).toEqual([['energy', 5_760], ['surcharge', 320], ['service_fee', 1_000]]);
    expect(evening).toMatchObject({
      total: 7_080, overage_provision: 708, hold: 7_788, currency: 'inr', offers: [{ id: offer.id, discount: 0, missing_energy_wh: 1_800, missing_amount: null }],
    });
    expect(evening.lines[1]).toMatchObject({ rule: surcharge.id, name: 'Congestion fee', quantity: '3.200000', unit: 'kWh', unit_price: '1' });
    const noon = must(await quote({ start: iso(place.at('12:00')) }));
    expect(totals(noon.lines)).toEqual([['energy', 9_000], ['service_fee', 1_000], ['offer', -2_000]]);
    expect([noon.total, noon.end]).toEqual([8_000, iso(place.at('12:05'))]);
  });

  it("PRC-17 a quote tells the buyer app's fee beside what is set aside, and refuses one that can not be meant", async () => {
    await tariff();
    const fee = async (type: string, value: string) => must(await quote({ buyer_finder_fee: { type, value } }));
    expect(await fee('PERCENTAGE', '2')).toMatchObject({ total: 9_000, overage_provision: 900, hold: 9_900, buyer_finder_fee: { type: 'PERCENTAGE', value: '2', amount: 180 } });
    const { id, ...rest } = await fee('AMOUNT', '12.5');
    expect(rest).toMatchObject({ total: 9_000, hold: 9_900, buyer_finder_fee: { type: 'AMOUNT', value: '12.5', amount: 1_250 } });
    expect(must(await w.provider.api.get(`/v1/quotes/${id}`)).buyer_finder_fee.amount).toBe(1_250);
    expect(must(await quote()).buyer_finder_fee).toBeNull();
    for (const [type, value] of [['PERCENTAGE', '100.5'], ['AMOUNT', '0.125']]) {
      const answer = await quote({ buyer_finder_fee: { type, value } });
      expect([outcome(answer), answer.body.errors[0].pointer]).toEqual(['invalid_request', '/buyer_finder_fee/value']);
    }
  });

  it('PRC-24 DRV-8 a quote follows the power curve of the vehicle from how full it is, and says what it needs to know', async () => {
    await tariff();
    const driver = await w.driver();
    const vehicle = async (more: object) => w.provider.api.post(`/v1/drivers/${driver.id}/vehicles`, { connector_type: ['CCS2'], max_dc_power_w: 30_000, ...more });
    const curve = [{ soc_percent: 0, power_w: 50_000 }, { soc_percent: 80, power_w: 50_000 }, { soc_percent: 100, power_w: 10_000 }];
    const { id, power_curve: kept } = must(await vehicle({ battery_capacity_wh: 40_000, power_curve: curve }));
    expect(kept).toEqual(curve);
    const ask = (more: object) => quote({ energy_wh: undefined, driver: driver.id, vehicle: id, ...more });
    const full = must(await ask({ soc_percent: 40, target_soc_percent: 100 }));
    expect(full).toMatchObject({ energy_wh: 24_000, total: 43_200, soc_percent: 40, end_soc_percent: 100, power: 30_000 });
    const even = must(await ask({ energy_wh: 24_000 }));
    expect([even.total, even.soc_percent, even.end_soc_percent]).toEqual([43_200, null, null]);
    const minutesOf = ({ start, end }: Json) => Math.round((Date.parse(end) - Date.parse(start)) / MINUTE);
    // 40 minutes at 30 kW, up to 90 %, and then 400 Wh each at 29, 27, … 11 kW
    expect([minutesOf(full), minutesOf(even)]).toEqual([53, 48]);
    const { body: plain } = await vehicle({});
    const refused: [Promise<{ status: number; body: Json }>, string][] = [
      [ask({ target_soc_percent: 80 }), '/soc_percent'], [ask({ soc_percent: 80, target_soc_percent: 80 }), '/target_soc_percent'],
      [ask({ soc_percent: 80, target_soc_percent: 90, vehicle: plain.id }), '/vehicle'], [ask({ soc_percent: 80, target_soc_percent: 90, energy_wh: 5 }), '/energy_wh'],
      [vehicle({ power_curve: curve }), '/battery_capacity_wh'], [vehicle({ battery_capacity_wh: 1_000, power_curve: [curve[1], curve[0]] }), '/power_curve/1/soc_percent'],
    ];
    for (const [answer, pointer] of refused) expect([(await answer).status, (await answer).body.errors[0].pointer]).toEqual([400, pointer]);
  });

  it('PRC-25 PGM-2 an offer for members is had by members, and tells others what to join', async () => {
    await tariff();
    const club = must(await operator.api.post('/v1/programmes', { kind: 'loyalty', ref: 'club', name: 'Club' }));
    must(await operator.api.post(`/v1/programmes/${club.id}/members`, { members: [{ member_number: 'C-1' }] }));
    const offer = await post('/v1/offers', { discount: { percent: '10' }, programmes: [club.id], name: 'Club price' });
    const driver = await w.driver();
    const ask = async () => must(await driver.api.post('/v1/quotes', { evse: place.evse, energy_wh: 5_000 }));
    const join = [{ programme: club.id, kind: 'loyalty', name: 'Club' }];
    expect(await ask()).toMatchObject({ total: 9_000, offers: [{ id: offer.id, discount: 0, membership: null, join }] });
    expect(must(await quote()).offers[0].join).toEqual(join);
    const membership = must(await driver.api.post(`/v1/drivers/${driver.id}/memberships`, { programme: club.id, member_number: 'C-1' }));
    const member = await ask();
    expect(member).toMatchObject({ total: 8_100, offers: [{ id: offer.id, discount: 900, membership: membership.id, join: [] }] });
    expect(must(await driver.api.get(`/v1/quotes/${member.id}`))).toEqual(member);
    must(await operator.api.post(`/v1/programmes/${club.id}/members/remove`, { members: [{ member_number: 'C-1' }] }));
    expect((await ask()).total).toBe(9_000);
    must(await operator.api.delete(`/v1/programmes/${club.id}`));
    expect((await ask()).offers).toEqual([]);
    const answer = await operator.api.post('/v1/offers', { ref: 'x', name: 'x', currency: 'INR', discount: { amount: '1' }, programmes: [club.id] });
    expect([outcome(answer), answer.body.errors[0].pointer]).toEqual(['invalid_request', '/programmes/0']);
  });

  it('PRC-20 listed slots have their price, of the energy asked for or of all that flows in them', async () => {
    const slots = async (query: string) => must(await w.anybody.get(`/v1/evses/${place.evse}/slots?start=${iso(place.at('17:30'))}&end=${iso(place.at('19:00'))}&${query}`)).data;
    expect((await slots('duration_minutes=30')).map(({ price }: Json) => price)).toContain(null);
    await tariff();
    await post('/v1/surcharges', { type: 'ENERGY', price: '1', restrictions: { start_time: '18:00', end_time: '21:00' } });
    const [before, during] = [await slots('duration_minutes=30'), await slots('energy_wh=10000')].map((list) => list.find(({ start }: Json) => start === iso(place.at('18:00'))));
    expect([before.price, during.price]).toEqual([{ total: 57_000, currency: 'inr', energy_wh: 30_000 }, { total: 19_000, currency: 'inr', energy_wh: 10_000 }]);
    expect((await slots('energy_wh=10000'))[0].price.total).toBe(18_000);
  });

  it('SRC-60 PRC-21 search tells the price of what begins with the slot that was found, or now, and follows its changes', async () => {
    const search = async (query = '') => {
      await w.app.runtime.events.settled();
      const found = must(await w.anybody.get(`/v1/search?operator_id=${operator.organisation.id}${query}`)).data;
      return found[0].evses[0].connectors[0].price;
    };
    expect(await search()).toBeNull();
    const { id } = await tariff({
      elements: [{ price_components: [{ type: 'ENERGY', price: '10', tax_percent: '18' }, { type: 'PARKING_TIME', price: '60' }, { type: 'FLAT', price: '5' }] }],
      service_fee: { amount: '2.5' },
    });
    await post('/v1/surcharges', { type: 'ENERGY', price: '1', restrictions: { start_time: '18:00', end_time: '21:00' } });
    const at = (clock: string) => `&start=${iso(place.at(clock))}&end=${iso(place.at(clock) + HOUR)}`;
    const price = { currency: 'inr', per_kwh: '11.8', per_hour: '0', per_parked_hour: '60', per_session: '7.5' };
    expect([await search(at('12:00')), await search(at('19:00'))]).toEqual([price, { ...price, per_kwh: '12.8' }]);
    must(await operator.api.patch(`/v1/tariffs/${id}`, { elements: [energy('20')] }));
    expect(await search(at('12:00'))).toMatchObject({ per_kwh: '20', per_parked_hour: '0', per_session: '2.5' });
    must(await operator.api.patch(`/v1/connectors/${place.connector}`, { tariff_ids: [(await tariff({ is_default: false, elements: [energy('7')] })).ref] }));
    expect(await search(at('12:00'))).toMatchObject({ per_kwh: '7', per_session: '0' });
  });

  it('SRC-61 search finds what costs no more than the ceiling, the cheapest first', async () => {
    const dear = await w.place({ by: operator, timeZone: 'Asia/Kolkata' });
    const { ref } = await tariff({ is_default: false, elements: [energy('30')] });
    await tariff();
    must(await operator.api.patch(`/v1/connectors/${dear.connector}`, { tariff_ids: [ref] }));
    const found = async (query: string) => {
      await w.app.runtime.events.settled();
      return must(await w.anybody.get(`/v1/search?operator_id=${operator.organisation.id}&${query}`)).data.map((hit: Json) => hit.location_id);
    };
    expect(await found('currency=inr&sort=price')).toEqual([place.id, dear.id]);
    expect([await found('currency=INR&max_per_kwh=29.99'), await found('currency=INR&max_per_kwh=30'), await found('currency=EUR')]).toEqual([[place.id], expect.any(Array), []]);
    expect(await found('currency=INR&max_per_kwh=30')).toHaveLength(2);
    const wrong = async (query: string) => (await w.anybody.get(`/v1/search?${query}`)).body.errors[0].pointer;
    expect([await wrong('sort=price'), await wrong('max_per_kwh=1'), await wrong('currency=XXQ')]).toEqual(['?sort', '?currency', '?currency']);
    expect((await w.anybody.post('/v1/search', { price: { currency: 'XXQ' } })).body.errors[0].pointer).toBe('/price/currency');
  });

  it('PRC-17 a quote goes by energy, time or amount, one of them', async () => {
    await tariff();
    expect(must(await quote({ energy_wh: undefined, duration_minutes: 10 })).total).toBe(18_000);
    expect(must(await quote({ energy_wh: undefined, amount: 18_000 }))).toMatchObject({ total: 18_000, energy_wh: 10_000 });
    expect(outcome(await quote({ amount: 5 }))).toBe('invalid_request');
    expect(outcome(await quote({ energy_wh: undefined }))).toBe('invalid_request');
    expect(outcome(await quote({ connector: place.connector }))).toBe('invalid_request');
    expect(outcome(await quote({ start: iso((await w.now()) - HOUR) }))).toBe('time_in_past');
  });

  it('PRC-19 a connector goes by the first tariff that it names and that is valid, else by the default; without any, nothing has a price', async () => {
    expect(outcome(await quote())).toBe('price_unknown');
    const night = await tariff({ is_default: false, elements: [energy('9')], valid_until: iso(place.at('06:00')) });
    const day = await tariff({ is_default: false, elements: [energy('12')] });
    expect(outcome(await quote())).toBe('price_unknown');
    await tariff();
    expect(must(await quote()).total).toBe(9_000);
    must(await operator.api.patch(`/v1/connectors/${place.connector}`, { tariff_ids: ['unknown', night.ref, day.ref] }));
    expect(must(await quote({ start: iso(place.at('05:59')) })).total).toBe(4_500);
    expect(must(await quote({ start: iso(place.at('06:00')) })).total).toBe(6_000);
  });

  it('PRC-18 a change is a new version, told by an event, and a quote keeps the rules that it came from', async () => {
    const { id, version } = await tariff();
    const before = must(await quote());
    expect(before.tariff).toMatchObject({ id, version });
    const changed = must(await operator.api.patch(`/v1/tariffs/${id}`, { elements: [energy('20')], max_price: { excl_tax: '50' } }));
    expect(changed).toMatchObject({ version: 2, name: 'A name', max_price: { excl_tax: '50' } });
    expect(must(await quote()).total).toBe(5_000);
    expect(must(await operator.api.patch(`/v1/tariffs/${id}`, { max_price: null }))).toMatchObject({ version: 3, max_price: null });
    expect(must(await quote()).total).toBe(10_000);
    expect(must(await w.provider.api.get(`/v1/quotes/${before.id}`))).toEqual(before);
    expect((await w.eventsOf(id, operator)).map((event) => [event.type, event.object_version, event.data.object.elements[0].price_components[0].price])).toEqual([
      ['tariff.created', 1, '18'], ['tariff.updated', 2, '20'], ['tariff.updated', 3, '20'],
    ]);
  });

  it('PRC-18 a quote stands for a quarter of an hour, and is forgotten a day later', async () => {
    await tariff();
    const { id, created, expires_at: expires } = must(await quote());
    expect(Date.parse(expires) - Date.parse(created)).toBe(15 * MINUTE);
    await w.advance(24 * HOUR);
    expect(outcome(await w.provider.api.get(`/v1/quotes/${id}`))).toBe(200);
    await w.advance(HOUR);
    await w.sweep();
    expect(outcome(await w.provider.api.get(`/v1/quotes/${id}`))).toBe('not_found');
  });

  it('a ref is free again once its rule is deleted, which is asked no more and can still be read', async () => {
    const { id, ref } = await tariff();
    expect(outcome(await operator.api.post('/v1/tariffs', { ref, name: 'x', currency: 'INR', elements: [energy('1')] }))).toBe('already_exists');
    must(await operator.api.delete(`/v1/tariffs/${id}`));
    expect(outcome(await quote())).toBe('price_unknown');
    expect(must(await w.anybody.get(`/v1/tariffs/${id}`)).deleted_at).not.toBeNull();
    expect(must(await w.anybody.get(`/v1/tariffs?operator_id=${operator.organisation.id}`)).data).toEqual([]);
    expect(outcome(await operator.api.patch(`/v1/tariffs/${id}`, { name: 'y' }))).toBe('not_found');
    await tariff({ ref });
    expect(must(await quote()).total).toBe(9_000);
  });

  it.each<[string, string, object, string]>([
    ['prices that nobody reaches', 'tariffs', { elements: [energy('1'), energy('2', { restrictions: { start_time: '10:00' } })] }, '/elements/1'],
    ['bounds that cross', 'tariffs', { elements: [energy('1', { restrictions: { min_energy_wh: 5, max_energy_wh: 5 } })] }, '/elements/0/restrictions/max_energy_wh'],
    ['two prices of a kind', 'tariffs', { elements: [{ price_components: [{ type: 'TIME', price: '1' }, { type: 'TIME', price: '2' }] }] }, '/elements/0/price_components/1/type'],
    ['a price below zero', 'tariffs', { elements: [energy('-1')] }, '/elements/0/price_components/0/price'],
    ['a step below zero', 'tariffs', { elements: [{ price_components: [{ type: 'TIME', price: '1', step_size: -1 }] }] }, '/elements/0/price_components/0/step_size'],
    ['a currency that is none', 'tariffs', { currency: 'XXQ', elements: [energy('1')] }, '/currency'],
    ['limits that cross', 'tariffs', { elements: [energy('1')], min_price: { excl_tax: '2' }, max_price: { excl_tax: '1' } }, '/max_price'],
    ['a fee with more decimals than the currency', 'tariffs', { elements: [energy('1')], service_fee: { amount: '0.125' } }, '/service_fee/amount'],
    ['a fee of two kinds', 'tariffs', { elements: [energy('1')], service_fee: { amount: '1', percent: '1' } }, '/service_fee'],
    ['a language twice', 'tariffs', { elements: [energy('1')], tariff_alt_text: [{ language: 'en', text: 'a' }, { language: 'en', text: 'b' }] }, '/tariff_alt_text/1/language'],
    ['more than all energy', 'tariffs', {
      elements: [energy('1')], energy_mix: { is_green_energy: true, energy_sources: [{ source: 'WIND', percentage: 60 }, { source: 'SOLAR', percentage: 41 }] },
    }, '/energy_mix/energy_sources'],
    ['no price', 'surcharges', {}, '/percent'],
    ['a price without its type', 'surcharges', { price: '1' }, '/type'],
    ['more than all', 'surcharges', { percent: '101' }, '/percent'],
    ["somebody else's location", 'surcharges', { percent: '1', locations: ['loc_01jq8y3k5wf0xr7q1m3zs5c9tb'] }, '/locations/0'],
    ['no discount', 'offers', { discount: {} }, '/discount'],
    ['two discounts', 'offers', { discount: { amount: '1', percent: '1' } }, '/discount'],
    ['a discount of half a cent', 'offers', { discount: { amount: '0.005' } }, '/discount/amount'],
    ['an end before its beginning', 'offers', { discount: { amount: '1' }, valid_from: 1_900_000_000, valid_until: 1_800_000_000 }, '/valid_until'],
    ['a time that is none', 'offers', { discount: { amount: '1' }, when: { start_time: '24:30' } }, '/when/start_time'],
  ])('PRC-10 refuses %s, says where, and keeps nothing', async (_what, path, body, pointer) => {
    const answer = await operator.api.post(`/v1/${path}`, { ref: 'odd', name: 'Odd', currency: 'INR', ...body });
    expect([outcome(answer), answer.body.errors.map((error: Json) => error.pointer)]).toEqual(['invalid_request', [pointer]]);
    expect(must(await w.anybody.get(`/v1/${path}?operator_id=${operator.organisation.id}`)).data).toEqual([]);
  });

  it('PRC-23 a tariff has texts and an energy mix, which quotes show and no price depends on', async () => {
    const shown = {
      tariff_alt_text: [{ language: 'en', text: '₹18 a kWh' }, { language: 'kn', text: '₹18' }], tariff_alt_url: 'https://example.com/prices',
      energy_mix: { is_green_energy: true, energy_sources: [{ source: 'SOLAR', percentage: 66.7 }, { source: 'WIND', percentage: 33.4 }], supplier_name: 'BESCOM' },
    };
    const { id } = await tariff(shown);
    expect(must(await w.anybody.get(`/v1/tariffs/${id}`))).toMatchObject(shown);
    expect(must(await quote())).toMatchObject({ total: 9_000, tariff: { id, tariff_alt_text: shown.tariff_alt_text, tariff_alt_url: shown.tariff_alt_url } });
    expect(must(await operator.api.patch(`/v1/tariffs/${id}`, { tariff_alt_text: null, tariff_alt_url: null, energy_mix: null }))).toMatchObject({ energy_mix: null });
    expect(must(await quote()).tariff).toEqual({ id, version: 2, tariff_alt_text: [], tariff_alt_url: null });
  });

  it('PRC-10 refuses a change that can not be meant, and keeps what was', async () => {
    const { id } = await tariff();
    const answer = await operator.api.patch(`/v1/tariffs/${id}`, { valid_from: '2030-01-01T00:00:00Z', valid_until: '2029-01-01T00:00:00Z' });
    expect([outcome(answer), answer.body.errors[0].pointer]).toEqual(['invalid_request', '/valid_until']);
    expect(must(await w.anybody.get(`/v1/tariffs/${id}`))).toMatchObject({ version: 1, valid_from: null });
  });
});
