/** The table of who may do what, cell by cell: for each action and each caller a real call is made, and is allowed or refused as the table says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS, type Action } from '../../src/domain/organisations/index.ts';
import { beginPayment, openAccount } from '../../src/domain/payments/index.ts';
import { invoiceCalls, type Call, type Caller } from '../support/access-calls.ts';
import { feedbackCalls } from '../support/access-calls-of-feedback.ts';
import { externalCalls } from '../support/access-calls-of-externals.ts';
import { programmeCalls } from '../support/access-calls-of-programmes.ts';
import type { Answer, Api, Json } from '../support/api.ts';
import { payingIn } from '../support/paying.ts';
import { iso, MINUTE, must, openWorld, type Party, type Place, type World } from '../support/world.ts';

const CALLERS: Caller[] = [
  { name: 'its operator', role: 'operator', isOwn: true }, { name: 'another operator', role: 'operator', isOwn: false },
  { name: 'its provider', role: 'provider', isOwn: true }, { name: 'another provider', role: 'provider', isOwn: false },
  { name: 'its driver', role: 'driver', isOwn: true }, { name: 'another driver of its provider', role: 'driver', isOwn: false },
  { name: "another provider's driver", role: 'driver', isOwn: false }, { name: 'the public', role: 'public', isOwn: false },
];

describe('who may do what', () => {
  let w: World;
  let place: Place;
  let driver: { id: string; api: Api };
  let apis: Record<string, Api>;
  let slots = 0;
  const made = new Map<string, Promise<Json>>();

  beforeAll(async () => {
    w = await openWorld();
    place = await w.place({ evses: 2, policy: { early_start_minutes: 1440, max_active_per_driver: 1000, refund_tiers: [] } });
    driver = await w.driver();
    apis = {
      'its operator': w.operator.api, 'another operator': w.otherOperator.api, 'its provider': w.provider.api,
      'another provider': w.otherProvider.api,
      'its driver': driver.api, 'another driver of its provider': (await w.driver()).api,
      "another provider's driver": (await w.driver(w.otherProvider)).api,
      'the public': w.anybody,
    };
  });
  afterAll(() => w.close());

  /** The same object for all who only look at it. */
  const once = (name: string, make: () => Promise<Json>): Promise<Json> => {
    const known = made.get(name) ?? make();
    made.set(name, known);
    return known;
  };
  /** The organisation whose things a caller calls for: its own, or those of the one that plays its role in this story. */
  const ownerFor = ({ role }: Caller): Party => (role === 'operator' ? w.operator : w.provider);

  /** A slot of an hour, each time another one. */
  const nextSlot = () => {
    slots += 1;
    const start = place.at('00:00') + slots * 30 * MINUTE;
    return { ideal_start: iso(start), ideal_end: iso(start + 15 * MINUTE) };
  };
  const reserve = async (more: Record<string, unknown> = {}) => must(
    await w.provider.api.post('/v1/reservations', { evse: place.evse, ...nextSlot(), driver: driver.id, confirm: true, ...more }));
  const ref = () => `ref-${Math.random()}`;
  const tariff = () => once('tariff', async () => must(await w.operator.api.post('/v1/tariffs', {
    ref: 'standard', name: 'Standard', is_default: true, currency: 'EUR', elements: [{ price_components: [{ type: 'ENERGY', price: '0.5' }] }],
  })));
  const freshPlace = () => w.place();
  const stationOf = async ({ evse }: Place): Promise<string> => must(await w.operator.api.get(`/v1/evses/${evse}`)).charging_station;
  const outage = async () => must(await w.operator.api.post('/v1/outages', { evse: (await freshPlace()).evse, reason: 'fault' }));
  const conflict = async () => {
    const { evse, slot } = await freshPlace();
    const { id } = must(await w.provider.api.post('/v1/reservations', slot('10:00', '10:30', { confirm: true })));
    must(await w.operator.api.post('/v1/outages', { evse, reason: 'fault' }));
    return (must(await w.operator.api.get('/v1/conflicts?limit=100')).data as Json[]).find(({ reservation }) => reservation === id);
  };
  /** A reservation on which a session can begin now. */
  const soon = async () => {
    const { evse } = await w.place({ policy: { early_start_minutes: 1440, max_active_per_driver: 1000 } });
    const start = Math.ceil(((await w.now()) + MINUTE) / (15 * MINUTE)) * 15 * MINUTE;
    return reserve({ evse, ideal_start: iso(start), ideal_end: iso(start + 15 * MINUTE) });
  };
  const session = async () => must(await w.provider.api.post('/v1/sandbox/sessions', { reservation: (await soon()).id }));
  /** Of the driver's provider, for the driver; for an operator, of the place's own: it sees no other's. */
  const series = async (caller: Caller) => must(await ownerFor(caller).api.post('/v1/reservation_series', {
    rrule: 'FREQ=DAILY;COUNT=1', start: nextSlot().ideal_start.slice(0, 16), time_zone: 'UTC',
    reservation: { evse: place.evse, duration_minutes: 15, ...(caller.role === 'operator' ? {} : { driver: driver.id }) },
  }));
  const waitlistEntry = async () => {
    const { evse, at } = await freshPlace();
    return must(await w.provider.api.post('/v1/waitlist_entries', { evse, driver: driver.id, ideal_start: iso(at('10:00')), duration_minutes: 15 }));
  };
  const endpoint = async (of: Party) => must(await of.api.post('/v1/webhook_endpoints', { url: 'https://example.org/hook', event_types: ['*'] }));
  /** A bank transfer that is waited for. */
  const payment = async () => must(await w.provider.api.post(`/v1/reservations/${(await reserve()).id}/payments`, { method: 'bank_transfer', amount: 100 }));
  const topUpBody = () => ({ driver: driver.id, currency: 'eur', amount: 100, method: 'bank_transfer' });
  const topUp = async () => must(await w.provider.api.post('/v1/top_ups', topUpBody()));
  const statementLine = async () => must(await w.provider.api.post('/v1/bank_statements', {
    lines: [{ id: 'lost', booked_at: '2026-11-20T08:00:00Z', amount: 1, currency: 'eur', text: '' }],
  })).lines[0].line;
  const savedMethod = () => once('saved method', () => payingIn(() => w).savedBy(driver.id));
  const bill = async () => {
    const { at, ...spot } = await w.place({ policy: { no_show_fee: 100, max_active_per_driver: 1000 } });
    const reservation = must(await w.provider.api.post('/v1/reservations', { evse: spot.evse, driver: driver.id, ideal_start: iso(at('10:00')),
      ideal_end: iso(at('11:00')), confirm: true }));
    must(await w.operator.api.post(`/v1/reservations/${reservation.id}/cancel`, { reason: 'works' }));
    await w.sweep();
    return must(await w.provider.api.get(`/v1/bills?for=${reservation.id}`)).data[0];
  };
  const key = async (of: Party) => must(await of.api.post('/v1/api_keys', { name: 'one more', scopes: ['locations:read'] }));
  /** A list that does not show what was looked for is as good as "not found". */
  const collected = ({ organisation }: Party): Promise<Json> => w.asSystem((ctx) => beginPayment(ctx, {
    organisationId: organisation.id, driverId: null, object: 'session', objectId: 'ses_of_nobody', method: 'terminal', timing: 'pre_fulfillment', currency: 'INR',
    amountMinor: 100n, isFinal: false, providerRef: ref(),
  }));
  const shows = (answer: Answer<Json>, wanted: (item: Json) => boolean): Answer<Json> =>
    answer.status === 200 && !(answer.body.data as Json[]).some(wanted) ? { ...answer, status: 404 } : answer;

  const unless = (code: string, answer: Answer<Json>): Answer<Json> => (answer.body.code === code ? { ...answer, status: 200 } : answer);

  const forbidden = () => 403;
  const notFound = () => 404;

  const CALLS: Record<Action, Call[]> = {
    'location.read': [{ send: (api) => api.get(`/v1/locations/${place.id}`), refusal: forbidden }],
    'location.read_unpublished': [{
      send: async (api) => {
        const hidden = await once('hidden', async () => {
          const { id } = await freshPlace();
          return must(await w.operator.api.patch(`/v1/locations/${id}`, { publish: false }));
        });
        return api.get(`/v1/locations/${hidden.id}`);
      },
      refusal: notFound, publicRefusal: 404,
    }],
    'location.write': [{ send: (api) => api.patch(`/v1/locations/${place.id}`, { name: 'Renamed' }), refusal: forbidden }],
    'station.read': [{ send: async (api) => api.get(`/v1/charging_stations/${await stationOf(place)}/connection`), refusal: forbidden },
      { send: async (api) => api.get(`/v1/charging_stations/${await stationOf(place)}/reports`), refusal: forbidden }],
    'station.provision': [
      { send: async (api) => api.send('PUT', `/v1/charging_stations/${await stationOf(place)}/credentials`, { security_profile: 0, identity: 'S' }), refusal: forbidden },
      {
        send: async (api) => {
          const path = `/v1/charging_stations/${await stationOf(place)}/credentials`;
          must(await w.operator.api.send('PUT', path, { security_profile: 0, identity: 'S' }));
          return api.delete(path);
        },
        refusal: forbidden,
      },
    ],
    'station.command': [{
      send: async (api) => {
        const id = await stationOf(place);
        must(await w.operator.api.send('PUT', `/v1/charging_stations/${id}/credentials`, { security_profile: 0, identity: 'S' }));
        return api.post(`/v1/charging_stations/${id}/commands`, { type: 'reset' });
      },
      refusal: forbidden,
    }],
    'slots.read': [{ send: (api) => api.get(`/v1/evses/${place.evses[1]}/slots`), refusal: forbidden }],
    'policy.read': [
      { send: (api) => api.get(`/v1/locations/${place.id}/policy`), refusal: forbidden },
      { send: (api) => api.get(`/v1/policy?operator_id=${w.operator.organisation.id}`), refusal: forbidden },
    ],
    'policy.write': [{ send: (api) => api.patch(`/v1/locations/${place.id}/policy`, { hold_minutes: 10 }), refusal: forbidden }],
    'policy.simulate': [{
      send: (api) => api.post('/v1/policies/simulate', { location_id: place.id, policy: { hold_minutes: 5 } }), refusal: forbidden,
    }],
    'tariff.read': [
      { send: async (api) => api.get(`/v1/tariffs/${(await tariff()).id}`), refusal: forbidden },
      { send: (api) => api.get(`/v1/offers?operator_id=${w.operator.organisation.id}`), refusal: forbidden },
    ],
    'tariff.write': [
      { send: async (api) => api.patch(`/v1/tariffs/${(await tariff()).id}`, { name: 'Night' }), refusal: forbidden },
      {
        send: async (api) => api.delete(`/v1/surcharges/${must(await w.operator.api.post('/v1/surcharges', { ref: ref(), name: 'Rush', currency: 'EUR', percent: '5' })).id}`),
        refusal: forbidden,
      },
    ],
    ...programmeCalls(() => w, () => driver.id, once), ...externalCalls(() => w, () => driver.id, once),
    'quote.create': [{
      send: async (api, { role }) => {
        await tariff();
        return api.post('/v1/quotes', { evse: place.evse, energy_wh: 5_000, ...(role === 'driver' ? { driver: driver.id } : {}) });
      },
      refusal: ({ role }) => (role === 'driver' ? 404 : 403),
    }],
    'quote.read': [{
      send: async (api, caller) => {
        await tariff();
        const whose = caller.role === 'driver' ? driver.api : ownerFor(caller).api;
        return api.get(`/v1/quotes/${must(await whose.post('/v1/quotes', { evse: place.evse, energy_wh: 5_000 })).id}`);
      },
      refusal: notFound,
    }],
    'calendar.read': [{
      send: (api) => api.get(`/v1/evses/${place.evse}/calendar?start=${iso(place.at('00:00'))}&end=${iso(place.at('01:00'))}`), refusal: forbidden,
    }],
    'block.write': [
      {
        send: async (api) => {
          const { evse, at } = await freshPlace();
          return api.post('/v1/blocks', { evse, start: iso(at('10:00')), end: iso(at('11:00')), reason: 'works' });
        },
        refusal: forbidden,
      },
      {
        send: async (api) => {
          const { evse, at } = await freshPlace();
          const { id } = must(await w.operator.api.post('/v1/blocks', { evse, start: iso(at('10:00')), end: iso(at('11:00')), reason: 'works' }));
          return api.delete(`/v1/blocks/${id}`);
        },
        refusal: notFound,
      },
    ],
    'outage.write': [
      { send: async (api) => api.post('/v1/outages', { evse: (await freshPlace()).evse, reason: 'fault' }), refusal: forbidden },
      { send: async (api) => api.post(`/v1/outages/${(await outage()).id}/end`), refusal: notFound },
    ],
    'conflict.read': [
      { send: async (api) => api.get(`/v1/conflicts/${(await once('conflict', conflict)).id}`), refusal: notFound },
      {
        send: async (api) => {
          const { id } = await once('conflict', conflict);
          return shows(await api.get('/v1/conflicts?limit=100'), (item) => item.id === id);
        },
        refusal: ({ role }) => (role === 'operator' ? 404 : 403),
      },
    ],
    'conflict.write': [{
      send: async (api) => api.post(`/v1/conflicts/${(await conflict()).id}/resolve`, { resolution: 'called' }), refusal: notFound,
    }],
    'reservation.create': [{
      send: (api, { role }) => api.post(
        '/v1/reservations', { evse: place.evse, ...nextSlot(), ...(role === 'operator' ? {} : { driver: driver.id }) },
      ),
      refusal: ({ role }) => (role === 'provider' ? 404 : 403), // a provider books for itself; it is the driver whom it does not find
    }],
    'reservation.read': [
      { send: async (api) => api.get(`/v1/reservations/${(await once('reservation', reserve)).id}`), refusal: notFound },
      { send: async (api) => api.get(`/v1/reservations/${(await once('reservation', reserve)).id}/cancel_quote`), refusal: notFound },
      {
        send: async (api) => {
          const { id } = await once('reservation', reserve);
          return shows(await api.get(`/v1/reservations?limit=100&evse=${place.evse}`), (item) => item.id === id);
        },
        refusal: notFound,
      },
    ],
    'reservation.change': [
      { send: async (api) => api.post(`/v1/reservations/${(await reserve({ confirm: false })).id}/confirm`), refusal: notFound },
      { send: async (api) => api.post(`/v1/reservations/${(await reserve()).id}/extend`, { by_minutes: 15 }), refusal: notFound },
    ],
    'reservation.cancel_as_operator': [{
      send: async (api) => {
        await place.policy({ cancel_until_minutes: 500_000 });
        const { id } = await reserve();
        await place.policy({ cancel_until_minutes: 0 });
        return api.post(`/v1/reservations/${id}/cancel`, { reason: 'works' });
      },
      refusal: ({ isOwn }) => (isOwn ? 422 : 404), // its own side can cancel, but not after the cut-off
    }],
    'series.read': [
      { send: async (api, caller) => api.get(`/v1/reservation_series/${(await once(`series ${caller.role}`, () => series(caller))).id}`), refusal: notFound },
      {
        send: async (api, caller) => {
          const { id } = await once(`series ${caller.role}`, () => series(caller));
          return shows(await api.get('/v1/reservation_series?limit=100'), (item) => item.id === id);
        },
        refusal: notFound,
      },
    ],
    'series.change': [
      { send: async (api, caller) => api.post(`/v1/reservation_series/${(await series(caller)).id}/cancel`), refusal: notFound },
      {
        send: async (api, caller) => {
          const { id, occurrences } = await series(caller);
          return api.post(`/v1/reservation_series/${id}/occurrences/${occurrences[0].date}/skip`);
        },
        refusal: notFound,
      },
    ],
    'waitlist.read': [
      { send: async (api) => api.get(`/v1/waitlist_entries/${(await once('waitlist entry', waitlistEntry)).id}`), refusal: notFound },
      {
        send: async (api) => {
          const { id } = await once('waitlist entry', waitlistEntry);
          return shows(await api.get('/v1/waitlist_entries?limit=100'), (item) => item.id === id);
        },
        refusal: ({ role }) => (role === 'operator' ? 403 : 404),
      },
    ],
    'waitlist.write': [
      {
        send: async (api) => {
          const { evse, at } = await freshPlace();
          const answer = await api.post('/v1/waitlist_entries', { evse, driver: driver.id, ideal_start: iso(at('10:00')), duration_minutes: 15 });
          if (answer.status === 201) must(await api.post(`/v1/waitlist_entries/${answer.body.id}/leave`));
          return answer;
        },
        refusal: ({ role }) => (role === 'provider' ? 404 : 403), // it is the driver whom another provider does not find
      },
      {
        send: async (api) => {
          const { id } = await waitlistEntry();
          const answer = await api.post(`/v1/waitlist_entries/${id}/leave`);
          if (answer.status >= 300) must(await w.provider.api.post(`/v1/waitlist_entries/${id}/leave`)); // a driver waits for a few things only
          return answer;
        },
        refusal: notFound,
      },
    ],
    'session.read': [
      { send: async (api) => api.get(`/v1/sessions/${(await once('session', session)).id}`), refusal: notFound },
      {
        send: async (api) => {
          const { id } = await once('session', session);
          return shows(await api.get('/v1/sessions?limit=100'), (item) => item.id === id);
        },
        refusal: notFound,
      },
    ],
    // what is refused since no charger is connected got past the table
    'session.start': [{
      send: async (api, { role }) => unless('station_offline', await api.post('/v1/sessions', {
        type: 'app', connector: place.connector, ...(role === 'driver' ? { driver: driver.id } : {}),
      })),
      refusal: () => 403,
    }],
    'session.start_as_guest': [{
      send: async (api) => unless('price_unknown', unless('station_offline', await api.post('/v1/guest_sessions', { connector: place.connector }))), refusal: forbidden,
    }],
    'session.control': [{ send: async (api) => unless('invalid_state', await api.post(`/v1/sessions/${(await session()).id}/stop`)), refusal: notFound }],
    'session.simulate': [
      { send: async (api) => api.post('/v1/sandbox/sessions', { reservation: (await soon()).id }), refusal: ({ isOwn }) => (isOwn ? 403 : 404) },
      { send: async (api) => api.post(`/v1/sandbox/sessions/${(await session()).id}/end`), refusal: ({ isOwn }) => (isOwn ? 403 : 404) },
    ],
    'driver.read': [
      { send: (api) => api.get(`/v1/drivers/${driver.id}`), refusal: notFound },
      { send: (api) => api.get(`/v1/drivers/${driver.id}/vehicles`), refusal: notFound },
      {
        send: async (api) => shows(await api.get('/v1/drivers?limit=100'), (item) => item.id === driver.id),
        refusal: ({ role }) => (role === 'operator' ? 403 : 404),
      },
    ],
    'driver.write': [{
      send: (api) => api.patch(`/v1/drivers/${driver.id}`, { name: 'Renamed' }),
      refusal: ({ isOwn, role }) => (isOwn && role === 'driver' ? 403 : 404),
    }],
    'driver.issue_key': [
      {
        send: (api) => api.post(`/v1/drivers/${driver.id}/keys`, { name: 'app' }),
        refusal: ({ isOwn, role }) => (isOwn && role === 'driver' ? 403 : 404),
      },
    ],
    'wallet.read': ['', '/eur', '/eur/entries', '/eur/statement.csv', '/eur/statement.pdf'].map((path) => ({
      send: (api) => api.get(`/v1/drivers/${driver.id}/wallets${path}`), refusal: notFound,
    })),
    'wallet.add_test_credit': [{
      send: (api) => api.post(`/v1/drivers/${driver.id}/wallets/eur/credits`, { amount: 100 }), refusal: ({ isOwn, role }) => (isOwn && role === 'driver' ? 403 : 404),
    }],
    ...invoiceCalls({ w: () => w, driver: () => driver.id, ownerFor, once, shows }),
    ...feedbackCalls({ w: () => w, place: () => place, ownerFor, once, shows, reserve, session }),
    'payment.create': [
      { send: async (api) => api.post(`/v1/payments/${(await payment()).id}/cancel`), refusal: ({ role }) => (role === 'operator' ? 403 : 404) },
      { send: (api) => api.post('/v1/top_ups', topUpBody()), refusal: notFound },
      {
        send: async (api) => {
          const { body, ...answer } = await api.post(`/v1/drivers/${driver.id}/outstanding/usd/payments`, { method: 'wallet' });
          return body.code === 'invalid_state' ? { ...answer, status: 200, body } : { ...answer, body }; // nothing is owed
        },
        refusal: notFound,
      },
      { send: async (api) => api.patch(`/v1/drivers/${driver.id}/payment_methods/${await savedMethod()}`, { is_default: true }), refusal: notFound },
      { send: async (api) => api.put(`/v1/drivers/${driver.id}/wallets/eur/auto_top_up`, { active: false, payment_method: await savedMethod(), amount: 2, below: 1 }),
        refusal: notFound },
    ],
    'payment.read': [
      { send: async (api) => api.get(`/v1/top_ups/${(await once('top-up', topUp)).id}`), refusal: ({ role }) => (role === 'operator' ? 403 : 404) },
      {
        send: async (api) => {
          const { id } = await once('top-up', topUp);
          return shows(await api.get('/v1/top_ups?limit=100'), (item) => item.id === id);
        },
        refusal: ({ role }) => (role === 'operator' ? 403 : 404),
      },
      { send: (api) => api.get(`/v1/drivers/${driver.id}/payment_methods`), refusal: notFound },
      { send: (api) => api.get(`/v1/drivers/${driver.id}/outstanding`), refusal: notFound },
      { send: async (api) => api.get(`/v1/payments/${(await once('payment', payment)).id}`), refusal: notFound },
      { send: async (api) => api.post(`/v1/payments/${(await once('payment', payment)).id}/look_up`), refusal: ({ role }) => (role === 'operator' ? 403 : 404) },
      {
        send: async (api) => {
          const { id } = await once('payment', payment);
          return shows(await api.get('/v1/payments?limit=100'), (item) => item.id === id);
        },
        refusal: notFound,
      },
    ],
    'payment.read_collected': [{
      refusal: notFound,
      send: async (api, caller) => {
        const owner = ownerFor(caller);
        return api.get(`/v1/payments/${(await once(`collected by ${owner.organisation.id}`, () => collected(owner))).id}`);
      },
    }],
    'payment.declare': [{
      send: async (api) => unless('price_unknown', unless('station_offline', await api.post('/v1/sessions', {
        type: 'terminal', connector: place.connector, payment: { method: 'terminal', amount: 100, currency: 'inr', reference: ref() },
      }))),
      refusal: forbidden,
    }],
    'payment.manage': [{
      send: async (api) => {
        const { id } = await once('statement line', statementLine);
        return shows(await api.get('/v1/bank_statement_lines?limit=100'), (item) => item.id === id);
      },
      refusal: ({ role }) => (role === 'provider' ? 404 : 403),
    }, {
      send: async (api) => api.post(`/v1/payments/${(await payment()).id}/mark_paid`, {}), refusal: ({ role }) => (role === 'provider' ? 404 : 403),
    }],
    'bill.read': [
      { send: async (api) => api.get(`/v1/bills/${(await once('bill', bill)).id}`), refusal: notFound },
      {
        send: async (api) => {
          const { id } = await once('bill', bill);
          return shows(await api.get('/v1/bills?limit=100'), (item) => item.id === id);
        },
        refusal: notFound,
      },
    ],
    'ledger.read': [{
      ofOrganisation: true, refusal: ({ role }) => (role === 'driver' ? 403 : 404),
      send: async (api, caller) => {
        await w.asSystem((ctx) => openAccount(ctx, { kind: 'revenue', currency: 'EUR', organisationId: ownerFor(caller).organisation.id }));
        const [account] = must(await ownerFor(caller).api.get('/v1/ledger/accounts')).data as Json[];
        return shows(await api.get('/v1/ledger/accounts?limit=100'), (item) => item.id === account.id);
      },
    }, ...['', '/entries'].map((path): Call => ({
      ofOrganisation: true, refusal: ({ role }) => (role === 'driver' ? 403 : 404),
      send: async (api, caller) => {
        const organisationId = ownerFor(caller).organisation.id;
        const { id } = await w.asSystem((ctx) => openAccount(ctx, { kind: 'revenue', currency: 'EUR', organisationId }));
        return api.get(`/v1/ledger/accounts/${id}${path}`);
      },
    }))],
    'calendar_feed.write': [
      { send: (api) => api.post(`/v1/drivers/${driver.id}/calendar_feed`), refusal: notFound },
      {
        send: async (api) => {
          must(await w.provider.api.post(`/v1/drivers/${driver.id}/calendar_feed`));
          return api.delete(`/v1/drivers/${driver.id}/calendar_feed`);
        },
        refusal: notFound,
      },
    ],
    'event.read': [{
      send: async (api) => {
        const { id } = await once('event', async () => (await w.eventsOf((await reserve()).id))[0]);
        return api.get(`/v1/events/${id}`);
      },
      refusal: notFound,
    }],
    'webhook.read': [{
      ofOrganisation: true, refusal: ({ role }) => (role === 'driver' ? 403 : 404),
      send: async (api, caller) => {
        const owner = ownerFor(caller);
        return api.get(`/v1/webhook_endpoints/${(await once(`endpoint ${owner.organisation.id}`, () => endpoint(owner))).id}`);
      },
    }],
    'webhook.write': [{
      ofOrganisation: true, refusal: ({ role }) => (role === 'driver' ? 403 : 404),
      send: async (api, caller) => {
        const owner = ownerFor(caller);
        return api.patch(
          `/v1/webhook_endpoints/${(await once(`endpoint ${owner.organisation.id}`, () => endpoint(owner))).id}`, { description: 'mine' },
        );
      },
    }],
    'key.read': [{
      ofOrganisation: true, refusal: ({ role }) => (role === 'driver' ? 403 : 404),
      send: async (api, caller) => {
        const owner = ownerFor(caller);
        const { id } = await once(`key ${owner.organisation.id}`, () => key(owner));
        return shows(await api.get('/v1/api_keys'), (item) => item.id === id);
      },
    }],
    'key.write': [{
      ofOrganisation: true, refusal: ({ role }) => (role === 'driver' ? 403 : 404),
      send: async (api, caller) => api.post(`/v1/api_keys/${(await key(ownerFor(caller))).id}/revoke`),
    }],
    'audit.read': [{
      ofOrganisation: true, refusal: ({ role }) => (role === 'driver' ? 403 : 404),
      send: async (api, caller) => {
        const owner = ownerFor(caller);
        const { id } = await once(`key ${owner.organisation.id}`, () => key(owner));
        return shows(await api.get(`/v1/audit_log?object_id=${id}`), (item) => item.object_id === id);
      },
    }],
    'organisation.read': [{
      ofOrganisation: true, refusal: notFound,
      send: async (api, caller) => {
        const answer = await api.get('/v1/organisation');
        return answer.status === 200 && answer.body.id !== ownerFor(caller).organisation.id ? { ...answer, status: 404 } : answer;
      },
    }],
    'test_clock.read': [{ send: (api) => api.get('/v1/test_clock'), refusal: forbidden }],
    'test_clock.advance': [{ send: (api) => api.post('/v1/test_clock/advance', { by_seconds: 0 }), refusal: forbidden }],
  };

  it('ORG-1 has a call for every action of the table', () => {
    expect(Object.keys(CALLS).sort()).toEqual(Object.keys(ACCESS).sort());
    expect(Object.keys(ACCESS).length).toBeGreaterThanOrEqual(30);
  });

  it.each((Object.keys(ACCESS) as Action[]).flatMap(
    (action) => CALLERS.map((caller) => [action, caller.name, ACCESS[action][caller.role], caller] as const),
  ))(
    'ORG-1 ORG-2 %s by %s: %s', async (action, name, cell, caller) => {
      for (const { send, refusal, publicRefusal = 401, ofOrganisation } of CALLS[action]) {
        const sharesOrganisation = ofOrganisation && name === 'another driver of its provider';
        const isAllowed = cell === 'any' || (cell === 'own' && (caller.isOwn || sharesOrganisation));
        const { status, body } = await send(apis[name]!, caller);
        const expected = isAllowed ? [200, 201] : [caller.role === 'public' ? publicRefusal : refusal(caller)];
        expect(expected, `${status} ${JSON.stringify(body).slice(0, 300)}`).toContain(status);
        if (!isAllowed && status === 401) expect(body.code).toBe('unauthenticated');
      }
    });
});
