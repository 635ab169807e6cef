/** Cases of support, over HTTP and on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api, Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { DAY, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

const CONTACT = { phone: '1800 1080', email: 'help@hafenstrom.example', url: 'https://hafenstrom.example/help', hours: 'every day, all day' };

describe.each(testDatabases())('support ($kind)', ({ open }) => {
  let w: World;
  let place: Place;
  let driver: { id: string; api: Api };
  let reservation: string;
  beforeAll(async () => {
    w = await openWorld(open);
    place = await w.place();
    driver = await w.driver();
    ({ id: reservation } = must(await w.provider.api.post('/v1/reservations', place.slot('10:00', '11:00', { confirm: true, driver: driver.id }))));
    must(await w.operator.api.patch('/v1/organisation', { support_contact: CONTACT }));
  });
  afterAll(() => w.close());

  const ask = (about: object, api: Api = driver.api) => api.post('/v1/support_tickets', { category: 'hardware', text: 'The cable is stuck', ...about });
  const say = (id: string, text: string, api: Api = driver.api) => api.post(`/v1/support_tickets/${id}/messages`, { text });
  const set = (id: string, status: string, api: Api) => api.patch(`/v1/support_tickets/${id}`, { status });
  const texts = async (id: string, api: Api = driver.api) => must(await api.get(`/v1/support_tickets/${id}/messages`)).data.map(({ author, text }: Json) => [author, text]);

  it('SUP-1 SUP-2 SUP-6 a driver asks about a reservation or a plug, and is told a reference and how the operator is reached', async () => {
    const ticket = must(await ask({ reservation, requester: { name: 'Asha', phone: '+919845012345' } }));
    expect(ticket).toMatchObject({
      object: 'support_ticket', reservation, driver: driver.id, status: 'open', category: 'hardware', location_id: place.id, operator_id: w.operator.organisation.id,
      contact: CONTACT, requester: { name: 'Asha', phone: '+919845012345', email: null }, message_count: 1,
      newest_message: { author: 'customer', text: 'The cable is stuck' }, version: 1,
    });
    expect(ticket.reference).toMatch(/^SUP-\d{8}-[2-9A-Z]{5}$/);
    const other = must(await ask({ connector: place.connector }, w.provider.api));
    expect(other).toMatchObject({ connector: place.connector, reservation: null, driver: null, organisation_id: w.provider.organisation.id });
    expect(other.reference).not.toBe(ticket.reference);
    expect(must(await w.operator.api.get(`/v1/support_tickets?reference=${ticket.reference}`)).data.map(({ id }: Json) => id)).toEqual([ticket.id]);
    for (const wrong of [{}, { reservation, connector: place.connector }, { reservation, text: ' ' }, { reservation, category: 'weather' }]) {
      expect(outcome(await ask(wrong))).toBe('invalid_request');
    }
    expect(outcome(await ask({ reservation }, w.otherProvider.api))).toBe('not_found');
    expect(outcome(await ask({ reservation }, w.operator.api))).toBe('forbidden');
    expect(outcome(await ask({ reservation: 'res_01hzzzzzzzzzzzzzzzzzzzzzzz' }))).toBe('not_found');
  });

  it('SUP-3 SUP-4 SUP-5 both sides write; answers take it up, what was resolved is opened again; all of it is told', async () => {
    must(await w.provider.api.put(`/v1/drivers/${driver.id}/contact`, { phone: '+919845012345', languages: ['en'] }));
    const { id, reference } = must(await ask({ reservation, requester: { phone: '+919845099999' } }));
    expect(must(await say(id, 'We release it now', w.operator.api))).toMatchObject({ status: 'in_progress', message_count: 2, newest_message: { author: 'operator' } });
    expect(must(await say(id, 'Thank you', w.provider.api))).toMatchObject({ status: 'in_progress', newest_message: { author: 'customer' } });
    expect(outcome(await set(id, 'in_progress', driver.api))).toBe(200); // it is already
    const resolved = must(await set(id, 'resolved', w.operator.api));
    expect(resolved).toMatchObject({ status: 'resolved', resolved_at: resolved.updated });
    expect(must(await say(id, 'Stuck again'))).toMatchObject({ status: 'open', resolved_at: null });
    expect(outcome(await set(id, 'in_progress', driver.api))).toBe('forbidden');
    expect(must(await set(id, 'resolved', driver.api)).status).toBe('resolved');
    expect(await texts(id)).toEqual([['customer', 'Stuck again'], ['customer', 'Thank you'], ['operator', 'We release it now'], ['customer', 'The cable is stuck']]);
    const events = await w.eventsOf(id, w.operator);
    expect(events.map(({ type, object_version: version }) => [type, version])).toEqual([
      ['support_ticket.created', 1], ['support_ticket.answered', 2], ['support_ticket.replied', 3], ['support_ticket.resolved', 4], ['support_ticket.reopened', 5],
      ['support_ticket.resolved', 6],
    ]);
    expect(JSON.stringify(events)).not.toContain('9845099999');
    expect((await w.eventsOf(id, w.provider)).length).toBe(events.length);
    await w.tell();
    const told: Json[] = must(await w.provider.api.get(`/v1/sandbox/notices?driver=${driver.id}`)).data.filter(({ kind }: Json) => kind === 'support_answered');
    expect(told.map(({ text }) => text)).toEqual([expect.stringContaining(reference)]);
    expect(told[0]!.text).toContain('We release it now');
  });

  it('SUP-1 20 about the same are not resolved at a time', async () => {
    const { id: full } = must(await w.provider.api.post('/v1/reservations', place.slot('12:00', '13:00', { confirm: true, driver: driver.id })));
    const opened = [];
    for (let i = 0; i < 20; i++) opened.push(must(await ask({ reservation: full })).id);
    expect(outcome(await ask({ reservation: full }))).toBe('too_many_tickets');
    must(await set(opened[0], 'resolved', driver.api));
    expect(outcome(await ask({ reservation: full }))).toBe(201);
  });

  it('SUP-7 who is on neither side does not find it', async () => {
    const { id } = must(await ask({ reservation }));
    for (const api of [w.otherProvider.api, w.otherOperator.api, (await w.driver()).api]) {
      expect([outcome(await api.get(`/v1/support_tickets/${id}`)), outcome(await say(id, 'hm', api)), outcome(await set(id, 'resolved', api))]).toEqual(
        ['not_found', 'not_found', 'not_found']);
      expect((must(await api.get('/v1/support_tickets?limit=100')).data as Json[]).map((one) => one.id)).not.toContain(id);
    }
    expect(outcome(await w.anybody.get(`/v1/support_tickets/${id}`))).toBe('unauthenticated');
  });

  it('SUP-8 how the customer can be called back is forgotten 30 days after it was resolved', async () => {
    const [kept, forgotten] = [must(await ask({ reservation, requester: { name: 'Asha' } })), must(await ask({ reservation, requester: { name: 'Asha' } }))];
    must(await set(forgotten.id, 'resolved', driver.api));
    const requesters = async () => Promise.all([kept, forgotten].map(async ({ id }) => must(await driver.api.get(`/v1/support_tickets/${id}`)).requester?.name));
    await w.advance(29 * DAY);
    await w.sweep();
    expect(await requesters()).toEqual(['Asha', 'Asha']);
    await w.advance(2 * DAY);
    await w.sweep();
    expect(await requesters()).toEqual(['Asha', undefined]);
  });

  it('SUP-6 only an operator says how it is reached; without a page of its own, that of the location is told', async () => {
    expect(outcome(await w.provider.api.patch('/v1/organisation', { support_contact: CONTACT }))).toBe('forbidden');
    expect(must(await w.operator.api.patch('/v1/organisation', { support_contact: { phone: '1' } })).support_contact).toEqual({ phone: '1', email: null, url: null, hours: null });
    must(await w.operator.api.patch(`/v1/locations/${place.id}`, { operator: { name: 'Hafen', website: 'https://place.example' } }));
    expect(must(await ask({ connector: place.connector })).contact).toEqual({ phone: '1', email: null, url: 'https://place.example', hours: null });
    expect(must(await w.provider.api.patch('/v1/organisation', { minimum_balance_to_start_session: 100 })).minimum_balance_to_start_session).toBe(100);
  });
});
