/** What fits every schema and still can't be: ranges the wrong way round, times that are over, shapes that are none, ids of others. */
import { expect, it } from 'vitest';
import type { ErrorCode } from '../../src/platform/errors/index.ts';
import { wrongs } from './checks.ts';
import { MAXIMAL_LOCATION } from './example-bodies.ts';
import { changedTables } from './fingerprint.ts';
import { inTurns, type Sent } from './http.ts';
import type { World } from './world.ts';

/** what is sent, and the code that it is refused with */
export type Odd = [what: string, method: string, path: string, body: unknown, code: ErrorCode];

/** Sends them as our organisation, unless told otherwise; gives what is wrong with the answers and what they changed. */
export async function refuseAll(world: World, odd: readonly Odd[], key = world.keys.ours): Promise<string[]> {
  const found: (string | undefined)[] = [];
  const changed = await changedTables(world, async () => {
    found.push(...await inTurns(odd, async ([what, method, path, body, code]) => {
      const sent: Sent = { method, path, key, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const wrong = world.checker.refusal(await world.send(sent), { code });
      return wrong === undefined ? undefined : `${what}: ${wrong}`;
    }));
  });
  return [...wrongs(found), ...changed.map((table) => `${table} has changed`)];
}

export function oddValues(world: () => World): void {
  it('refuses times that are over, too far ahead, off the grid, or the wrong way round', async () => {
    expect(await refuseAll(world(), await oddReservations(world()))).toEqual([]);
    expect(await refuseAll(world(), oddRanges(world()))).toEqual([]);
  });
  it('refuses shapes that are none, and searches that contradict themselves', async () => {
    expect(await refuseAll(world(), oddSearches(world()))).toEqual([]);
  });
  it('refuses words that mean nothing: currencies, countries, zones, connectors, cursors', async () => {
    expect(await refuseAll(world(), await oddWords(world()))).toEqual([]);
  });
  it('shows nobody what is not theirs in a list, whatever it is filtered by', async () => {
    expect(await leaks(world())).toEqual([]);
  });
}

async function oddReservations({ make, ours }: World): Promise<Odd[]> {
  const { start, end, at } = make.slot();
  const year = new Date().getUTCFullYear();
  const res = await make.confirmed(ours);
  const { reserved_start: itsStart, reserved_end: itsEnd } = await make.call('GET', `/v1/reservations/${res}`);
  const book = (what: string, from: unknown, to: unknown, code: ErrorCode, rest: object = {}): Odd =>
    [`reserve ${what}`, 'POST', '/v1/reservations', { evse: ours.evse, ideal_start: from, ideal_end: to, ...rest }, code];
  const change = (what: string, verb: string, body: object, code: ErrorCode): Odd => [`${verb} ${what}`, 'POST', `/v1/reservations/${res}/${verb}`, body, code];
  return [
    book('in the past', '2026-01-01T10:00:00Z', '2026-01-01T10:15:00Z', 'time_in_past'), book('in UNIX seconds of the past', 1_700_000_100, 1_700_001_000, 'time_in_past'),
    book('the wrong way round', end, start, 'invalid_time_range'), book('for no time', start, start, 'invalid_time_range'),
    book('in fifty years', `${year + 50}-01-01T10:00:00Z`, `${year + 50}-01-01T10:15:00Z`, 'lead_time_not_allowed'),
    book('for a week', start, at(7 * 24 * 60), 'duration_not_allowed'),
    book('for fifty years', start, `${year + 50}-01-01T10:00:00Z`, 'duration_not_allowed'), book('off the grid', at(7), at(22), 'off_grid'),
    book('off the grid by a millisecond', start, end.replace('.000Z', '.001Z'), 'off_grid'), book('for seconds', start, start.replace(':00.000Z', ':30Z'), 'duration_not_allowed'),
    book('in two ways', start, end, 'invalid_request', { duration_minutes: 15 }), book('nowhere', start, end, 'invalid_request', { evse: undefined }),
    book('for free', start, undefined, 'invalid_request', { spend: { amount: 1000, price_per_kwh: '0.000' } }),
    book('an area', start, end, 'invalid_request', { location: { type: 'circle' } }),
    book('a plug that is not there', start, end, 'connector_incompatible', { connector_type: ['CHAdeMO'] }),
    book('for all that money buys', start, undefined, 'duration_not_allowed', { spend: { amount: 1_000_000_000, price_per_kwh: '0.000001' } }),
    book('a vehicle without its driver', start, end, 'not_found', { vehicle: ours.veh }), book('what is taken', itsStart, itsEnd, 'slot_unavailable'),
    change('to before its end', 'extend', { end: itsStart }, 'invalid_time_range'), change('for a month', 'extend', { by_minutes: 43_200 }, 'duration_not_allowed'),
    change('by a minute', 'extend', { by_minutes: 1 }, 'off_grid'), change('to yesterday', 'move', { start: '2026-01-01T10:00:00Z' }, 'time_in_past'),
    change('to the wrong way round', 'move', { start: end, end: start }, 'invalid_time_range'),
    change('to an EVSE elsewhere', 'move', { evse: 'evse_01jq8y3k5wf0xr7q1m3zs5c9tb' }, 'evse_not_bookable'),
    change('in two ways', 'move', { energy_wh: 1000, duration_minutes: 15 }, 'invalid_request'),
    change('in the past', 'late', { expected_arrival: '2026-01-01T10:00:00Z' }, 'time_in_past'),
    change('by a day', 'late', { expected_arrival: new Date(Date.parse(itsStart) + 86_400_000).toISOString() }, 'grace_exceeded'),
    change('again', 'confirm', {}, 'invalid_state'), change('before it has begun', 'leave', {}, 'too_early'),
    ['change what is confirmed', 'POST', `/v1/reservations/${res}`, { metadata: { a: 'b' } }, 'invalid_state'],
  ];
}

function oddRanges({ make, ours }: World): Odd[] {
  const { start, end, at } = make.slot();
  const block = (from: string, to: string, code: ErrorCode): Odd => [
    `block from ${from} to ${to}`, 'POST', '/v1/blocks', { evse: ours.evse, start: from, end: to, reason: 'x' }, code,
  ];
  const slots = (query: string, code: ErrorCode): Odd => [`slots of ${query}`, 'GET', `/v1/evses/${ours.evse}/slots?${query}`, undefined, code];
  const calendar = (from: string, to: string): Odd => [
    `calendar from ${from} to ${to}`, 'GET', `/v1/evses/${ours.evse}/calendar?start=${from}&end=${to}`, undefined, 'invalid_time_range',
  ];
  const hours = (period: object): Odd =>
    [`opening ${JSON.stringify(period)}`, 'PATCH', `/v1/locations/${ours.loc}`, { opening_times: { twentyfourseven: true, exceptional_closings: [period] } }, 'invalid_request'];
  const policy = (body: object): Odd => [`policy ${JSON.stringify(body)}`, 'PATCH', '/v1/policy', body, 'invalid_request'];
  return [
    block(end, start, 'invalid_time_range'), block(start, start, 'invalid_time_range'), block('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', 'time_in_past'),
    block(start, at(400 * 24 * 60), 'invalid_time_range'),
    ['outage the wrong way round', 'POST', '/v1/outages', { evse: ours.evse, reason: 'x', start: end, expected_end: start }, 'invalid_time_range'],
    ['outage that was expected to be over', 'POST', '/v1/outages', { evse: ours.evse, reason: 'x', expected_end: '2026-01-01T00:00:00Z' }, 'invalid_time_range'],
    slots(`start=${end}&end=${start}`, 'invalid_time_range'), slots('start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z', 'time_in_past'),
    slots(`start=${start}&end=${at(40 * 24 * 60)}`, 'invalid_time_range'), slots('amount=100', 'invalid_request'), slots('price_per_kwh=1', 'invalid_request'),
    slots('amount=100&price_per_kwh=0', 'invalid_request'), slots('connector_type=', 'invalid_request'), slots('connector_type=nonsense', 'invalid_request'),
    calendar(end, start), calendar(start, start), calendar('2027-01-01T00:00:00Z', '2029-01-01T00:00:00Z'),
    hours({ period_begin: end, period_end: start }), hours({ period_begin: start, period_end: start }),
    ['turn back the clock', 'POST', '/v1/test_clock/advance', { to: '2026-01-01T00:00:00Z' }, 'time_in_past'],
    ['turn the clock by years', 'POST', '/v1/test_clock/advance', { to: '2099-01-01T00:00:00Z' }, 'invalid_time_range'],
    policy({ min_duration_minutes: 500, max_duration_minutes: 100 }), policy({ slot_grid_minutes: 1440, max_duration_minutes: 60 }),
    policy({ min_lead_minutes: 500_000, max_lead_minutes: 1 }),
    policy({ grace_minutes: 5, no_show_minutes: 10 }), policy({ late_stop_minutes: 100, buffer_minutes: 10 }),
    policy({ refund_tiers: [{ min_minutes_before_start: 60, refund_percent: 100 }, { min_minutes_before_start: 60, refund_percent: 50 }] }),
  ];
}

function oddSearches({ make }: World): Odd[] {
  const { start, end, at } = make.slot();
  const area = (what: string, shape: object): Odd => [`search ${what}`, 'POST', '/v1/search', { area: shape }, 'invalid_request'];
  const polygon = (what: string, ...coordinates: number[][][]): Odd => area(`polygon ${what}`, { type: 'polygon', polygon: { type: 'Polygon', coordinates } });
  const corridor = (what: string, coordinates: number[][]): Odd => area(`corridor ${what}`, { type: 'corridor', width: 100, line: { type: 'LineString', coordinates } });
  const search = (what: string, body: object, code: ErrorCode): Odd => [`search ${what}`, 'POST', '/v1/search', body, code];
  const query = (words: string, code: ErrorCode = 'invalid_request'): Odd => [`search ?${words}`, 'GET', `/v1/search?${words}`, undefined, code];
  return [
    polygon('without a ring'), polygon('with an empty ring', []), polygon('of one point', [[13, 52]]), polygon('of a point thrice', [[13, 52], [13, 52], [13, 52]]),
    polygon('that is not closed', [[13, 52], [14, 52], [14, 53], [13, 53]]), polygon('beyond the pole', [[13, 52], [14, 52], [14, 91], [13, 52]]),
    polygon('with longitude first', [[52, 113], [53, 113], [53, 114], [52, 113]]), polygon('half around the world', [[-170, 10], [170, 10], [170, 20], [-170, 10]]),
    polygon('with an open hole', [[0, 0], [9, 0], [9, 9], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 2]]),
    corridor('of nothing', []), corridor('of one point', [[13, 52]]), corridor('beyond the pole', [[13, 52], [13, 95]]), corridor('around the world', [[-170, 0], [170, 0]]),
    corridor('of ten thousand kilometres', [[-100, 60], [-40, 60], [20, 60], [80, 60], [140, 60]]),
    area('of no kind', {}), area('beyond the pole', { type: 'circle', latitude: 91, longitude: 0, radius: 10 }),
    area('without a radius', { type: 'circle', latitude: 1, longitude: 0 }),
    area('with the radius 0', { type: 'circle', latitude: 1, longitude: 0, radius: 0 }), area('with a negative radius', { type: 'circle', latitude: 1, longitude: 0, radius: -5 }),
    area('as large as the world', { type: 'circle', latitude: 1, longitude: 0, radius: 2e7 }),
    search('the wrong way round', { window: { start: end, end: start } }, 'invalid_time_range'), search('at no time', { window: { start, end: start } }, 'invalid_time_range'),
    search('for two months', { window: { start, end: at(60 * 24 * 60) } }, 'invalid_time_range'),
    search('in the past', { window: { start: 1_700_000_000, end: 1_700_009_000 } }, 'time_in_past'),
    search('for longer than its window', { window: { start, end, duration_minutes: 16 } }, 'invalid_time_range'),
    search('by distance from nowhere', { sort: 'distance' }, 'invalid_request'),
    search('by detour without a route', { sort: 'detour' }, 'invalid_request'), search('by free time without a window', { sort: 'free_time' }, 'invalid_request'),
    search('between powers', { min_power: 2000, max_power: 1000 }, 'invalid_request'), search('from a cursor', { cursor: 'bm9uc2Vuc2U' }, 'invalid_request'),
    query('latitude=52'), query('longitude=13'), query('radius=100'), query('latitude=91&longitude=0'), query('latitude=NaN&longitude=NaN'),
    query('latitude=52&longitude=13&radius=0'),
    query(`start=${start}`), query(`end=${end}`), query(`start=${end}&end=${start}`, 'invalid_time_range'), query('cursor=x'), query('cursor=WyJuYW1lIl0'), query('sort=detour'),
    query('connector_type=nonsense'),
  ];
}

async function oddWords({ make, ours, document }: World): Promise<Odd[]> {
  const location = (fields: object): Odd => [
    `location with ${JSON.stringify(fields)}`, 'POST', '/v1/locations', { ...MAXIMAL_LOCATION, ref: make.ref(), ...fields }, 'invalid_request',
  ];
  const fee = (currency: string): Odd =>
    [`fee in ${currency}`, 'PATCH', '/v1/policy', { fee: { currency, fixed: 1, per_minute: 1, deposit: 1, credited: true } }, 'invalid_request'];
  const webhook = (fields: object, code: ErrorCode): Odd => [
    `webhook ${JSON.stringify(fields)}`, 'POST', '/v1/webhook_endpoints', { url: 'https://example.com/', event_types: ['*'], ...fields }, code,
  ];
  const connector = (fields: object): Odd =>
    [`connector with ${JSON.stringify(fields)}`, 'PATCH', `/v1/connectors/${ours.con}`, fields, 'invalid_request'];
  const twice = MAXIMAL_LOCATION.charging_stations[0]!;
  const paged = Object.entries<Record<string, { parameters?: { name: string }[] }>>(document.paths)
    .filter(([path, item]) => !path.includes('{') && item.get?.parameters?.some(({ name }) => name === 'before')).map(([path]) => path);
  expect(paged.length).toBeGreaterThan(6);
  const known = (await make.call('GET', '/v1/drivers?ref=ref-1')).data[0]?.ref ?? (await make.call('POST', '/v1/drivers', { ref: make.ref() })).ref;
  return [
    ...['ZZZ', 'zzz', 'EU€', 'XX1'].map(fee), ...['XXX', 'DE', 'deu'].map((country) => location({ country })),
    ...['Mars/Phobos', '+05:30', 'UTC+5', 'europe', 'Asia/Kolkata\n'].map((zone) => location({ time_zone: zone })),
    location({ opening_times: { twentyfourseven: false, regular_hours: [{ weekday: 1, period_begin: '24:30', period_end: '25:00' }] } }),
    location({ opening_times: { twentyfourseven: false, regular_hours: [{ weekday: 8, period_begin: '10:00', period_end: '12:00' }] } }),
    location({ charging_stations: [twice, twice] }), location({ charging_stations: [twice, { ...twice, ref: 'B' }] }),
    connector({ standard: 'nonsense' }), connector({ max_voltage: 0 }),
    ...paged.flatMap((path): Odd[] => ['x', '0', 'res_', ours.key, `${ours.res}'--`].map((cursor) => [
      `${path} after ${cursor}`, 'GET', `${path}?after=${cursor}`, undefined, 'invalid_request',
    ])),
    [`events since and after`, 'GET', `/v1/events?since=1&after=${ours.evt}`, undefined, 'invalid_request'],
    ['an event that is not there', 'GET', '/v1/events?after=evt_01jq8y3k5wf0xr7q1m3zs5c9tb', undefined, 'not_found'],
    webhook({ event_types: ['Reservation'] }, 'invalid_request'), webhook({ event_types: ['a..b'] }, 'invalid_request'), webhook({ url: 'ftp://example.com/' }, 'url_not_allowed'),
    webhook({ url: 'nonsense' }, 'url_not_allowed'), webhook({ url: 'https://user:password@example.com/' }, 'url_not_allowed'),
    ['a restricted key without scopes', 'POST', '/v1/api_keys', { name: 'x', kind: 'restricted' }, 'invalid_request'],
    ['metadata with a long key', 'POST', '/v1/drivers', { metadata: { ['k'.repeat(41)]: 'x' } }, 'invalid_request'],
    ['metadata without a key', 'POST', '/v1/drivers', { metadata: { '': 'x' } }, 'invalid_request'],
    ['metadata with a number', 'POST', '/v1/drivers', { metadata: { ['k'.repeat(41)]: 1 } }, 'invalid_request'],
    ['metadata with 51 keys', 'POST', '/v1/drivers', { metadata: Object.fromEntries(Array.from({ length: 51 }, (_item, i) => [`k${i}`, 'x'])) }, 'invalid_request'],
    ['a driver who is there', 'POST', '/v1/drivers', { ref: known }, 'already_exists'],
  ];
}

/** Lists that are asked for what belongs to others: they answer nothing, or that there is nothing. */
async function leaks(world: World): Promise<string[]> {
  const { ours, neighbour, live, send, keys } = world;
  const lists = world.checker.operations.filter(({ method, path, parameters }) => method === 'GET' && !path.includes('{') && parameters.some(({ name }) => name === 'limit'));
  const asked = lists.flatMap(({ path, parameters }) => parameters.flatMap(({ name, schema }) => {
    const kind = /^\^([a-z]+)_\[/.exec(String(schema.pattern))?.[1] as keyof typeof ours | undefined;
    if (kind === undefined || name === 'after' || name === 'before') return [];
    const isPublic = ['/v1/locations', '/v1/tariffs', '/v1/surcharges', '/v1/offers', '/v1/programmes'].includes(path);
    return [live[kind], ...(isPublic ? [] : [neighbour[kind]])].map((id) => `${path}?${name}=${id}`);
  }));
  expect(asked.length).toBeGreaterThan(12);
  const found = await inTurns(asked, async (path) => {
    const got = await send({ method: 'GET', path, key: keys.ours });
    if (got.status === 200) return got.body.data.length === 0 ? undefined : `${path} shows ${got.text.slice(0, 200)}`;
    return world.checker.refusal(got, { code: 'not_found' });
  });
  return wrongs(found);
}
