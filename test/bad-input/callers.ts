/** Who calls, and how: keys that open nothing, methods that are not offered, and bytes that are hardly HTTP. */
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { ErrorCode } from '../../src/platform/errors/index.ts';
import { requestOf } from './cases.ts';
import { wrongs } from './checks.ts';
import { EXAMPLES } from './examples.ts';
import { changedTables } from './fingerprint.ts';
import { inTurns, sendRaw, type Sent } from './http.ts';
import { refuseAll, type Odd } from './odd-values.ts';
import type { World } from './world.ts';

const UNKNOWN_KEY = `pt_sk_test_${'0'.repeat(40)}`;

export function oddCallers(world: () => World): void {
  it('lets nobody in without a key that is live, to any operation', async () => {
    expect(await strangers(world())).toEqual([]);
  });
  it('lets no key do what it may not', async () => {
    const { keys } = world();
    expect(await refuseAll(world(), beyondScope(world()), keys.narrow)).toEqual([]);
    expect(await refuseAll(world(), await beyondDriver(world()), keys.driver)).toEqual([]);
    expect(await refuseAll(world(), beyondRole(world()), keys.operatorOnly)).toEqual([]);
  });
  it('answers 405 and what is allowed to every other method of every path', async () => {
    expect(await otherMethods(world())).toEqual([]);
  });
  it('finds nothing on paths that are not there', async () => {
    const paths = [
      '/v1', '/v1/', '/v2/locations', '/v1/nothing', '/v1/locations/x/y/z', '//v1/locations', '/V1/locations', '/v1/locations/../../etc/passwd',
      '/v1/%2e%2e/x', '/__proto__', '/v1/*',
    ];
    const found = await inTurns(paths, async (path) => world().checker.refusal(await world().send({ method: 'GET', path }), { code: 'not_found' }));
    expect(wrongs(found)).toEqual([]);
  });
  it('answers bytes that are no HTTP with a problem', async () => {
    expect(await brokenHttp(world())).toEqual([]);
  });
  it('takes bodies as HTTP allows them to be sent', async () => {
    expect(await bodiesInHttp(world())).toEqual([]);
  });
}

async function strangers(world: World): Promise<string[]> {
  const { keys, checker, send } = world;
  const authorizations: Record<string, string>[] = [
    `Bearer ${keys.revoked}`, `Bearer ${UNKNOWN_KEY}`, 'Bearer nonsense', 'Bearer', 'Bearer  ', `Basic ${Buffer.from('a:b').toString('base64')}`, keys.ours, `Token ${keys.ours}`,
    `Bearer ${keys.ours}, Bearer ${keys.ours}`, `Bearer ${keys.ours} ${keys.ours}`, `Bearer ${keys.ours.slice(0, -1)}`,
    `Bearer ${keys.ours.toUpperCase()}`, `Bearer ${'x'.repeat(3000)}`,
    "Bearer ' OR 1=1",
  ].map((authorization) => ({ authorization }));
  const found: (string | undefined)[] = [];
  const asked: { id: string; sent: Sent }[] = [];
  for (const operation of checker.operations) {
    const [example] = await EXAMPLES[operation.id]!(world);
    const request = requestOf(operation, example!, undefined);
    const isPublic = world.document.paths[operation.path][operation.method.toLowerCase()].security.some((needed: object) => Object.keys(needed).length === 0);
    asked.push(...[...authorizations, ...(isPublic ? [] : [{}])].map((headers) => ({ id: operation.id, sent: { ...request, headers: { ...request.headers, ...headers } } })));
  }
  const changed = await changedTables(world, async () => {
    found.push(...await inTurns(asked, async ({ id, sent }) => {
      const wrong = checker.refusal(await send(sent), { code: 'unauthenticated' });
      return wrong === undefined ? undefined : `${id} with ${sent.headers?.authorization ?? 'no key'}: ${wrong}`;
    }));
  });
  return [...wrongs(found), ...changed.map((table) => `${table} has changed`)];
}

function beyondScope({ ours }: World): Odd[] {
  const deny = (method: string, path: string, body?: unknown): Odd => [`${method} ${path}`, method, path, body, 'forbidden'];
  return [
    deny('GET', '/v1/reservations'), deny('GET', '/v1/drivers'), deny('GET', '/v1/events'), deny('GET', '/v1/api_keys'), deny('GET', '/v1/audit_log'),
    deny('GET', '/v1/organisation'),
    deny('GET', '/v1/conflicts'), deny('GET', '/v1/sessions'), deny('GET', '/v1/webhook_endpoints'), deny('GET', '/v1/test_clock'), deny('GET', '/v1/policy'),
    deny('GET', `/v1/evses/${ours.evse}/slots`), deny('GET', '/v1/events/stream'), deny('PATCH', `/v1/evses/${ours.evse}`, { status: 'BLOCKED' }),
    deny('DELETE', `/v1/locations/${ours.loc}`), deny('POST', '/v1/drivers', {}), deny('POST', '/v1/api_keys', { name: 'x', kind: 'secret' }),
    deny('POST', '/v1/test_clock/advance', { by_seconds: 1 }), deny('POST', `/v1/api_keys/${ours.key}/revoke`, {}),
    deny('POST', '/v1/webhook_endpoints', { url: 'https://example.com', event_types: ['*'] }),
  ];
}

/** A driver's own key sees and does what is this driver's: the rest is forbidden, or not there. */
async function beyondDriver({ make, ours, neighbour }: World): Promise<Odd[]> {
  const { drv, veh } = await make.driver();
  const another = await make.hold(ours, { driver: drv });
  const { start, end } = make.slot();
  const deny = (code: ErrorCode, method: string, path: string, body?: unknown): Odd => [`${method} ${path}`, method, path, body, code];
  return [
    deny('not_found', 'GET', `/v1/drivers/${drv}`), deny('not_found', 'GET', `/v1/drivers/${neighbour.drv}`), deny('not_found', 'GET', `/v1/vehicles/${veh}`),
    deny('not_found', 'GET', `/v1/reservations/${another}`), deny('not_found', 'GET', `/v1/reservations/${ours.res}`),
    deny('not_found', 'POST', `/v1/reservations/${another}/cancel`, {}),
    deny('forbidden', 'POST', '/v1/reservations', { evse: ours.evse, ideal_start: start, ideal_end: end, driver: drv }),
    deny('forbidden', 'PATCH', `/v1/drivers/${ours.drv}`, { name: 'x' }),
    deny('forbidden', 'POST', '/v1/drivers', {}), deny('forbidden', 'POST', '/v1/blocks', { evse: ours.evse, start, end, reason: 'x' }), deny('forbidden', 'GET', '/v1/api_keys'),
    deny('forbidden', 'POST', `/v1/drivers/${ours.drv}/keys`, { name: 'x' }), deny('forbidden', 'POST', `/v1/drivers/${ours.drv}/vehicles`, { connector_type: ['CCS2'] }),
    deny('forbidden', 'GET', '/v1/audit_log'), deny('forbidden', 'PATCH', '/v1/policy', { hold_minutes: 5 }),
    deny('forbidden', 'POST', '/v1/test_clock/advance', { by_seconds: 1 }),
    deny('forbidden', 'GET', '/v1/webhook_endpoints'), deny('forbidden', 'GET', `/v1/evses/${ours.evse}/calendar?start=${start}&end=${end}`),
  ];
}

/** An operator without any station, which is no provider: of the others' stations it may see what is public. */
function beyondRole({ ours, make }: World): Odd[] {
  const { start, end } = make.slot();
  const deny = (code: ErrorCode, method: string, path: string, body?: unknown): Odd => [`${method} ${path}`, method, path, body, code];
  return [
    deny('forbidden', 'POST', '/v1/drivers', {}), deny('forbidden', 'POST', '/v1/blocks', { evse: ours.evse, start, end, reason: 'x' }),
    deny('forbidden', 'POST', '/v1/reservations', { evse: ours.evse, ideal_start: start, ideal_end: end }), deny('forbidden', 'PATCH', `/v1/locations/${ours.loc}`, { name: 'x' }),
    deny('forbidden', 'PATCH', `/v1/locations/${ours.loc}/policy`, { hold_minutes: 5 }), deny('forbidden', 'POST', '/v1/outages', { evse: ours.evse, reason: 'x' }),
    deny('forbidden', 'DELETE', `/v1/evses/${ours.evse}`), deny('not_found', 'GET', `/v1/conflicts/${ours.cfl}`), deny('not_found', 'DELETE', `/v1/blocks/${ours.blk}`),
    deny('not_found', 'POST', `/v1/reservations/${ours.res}/cancel`, { reason: 'x' }), deny('not_found', 'POST', `/v1/outages/${ours.out}/end`, {}),
    deny('not_found', 'GET', `/v1/webhook_deliveries/${ours.whd}`), deny('not_found', 'POST', `/v1/api_keys/${ours.key}/revoke`, {}),
  ];
}

async function otherMethods({ checker, send, ours, keys }: World): Promise<string[]> {
  const offered = Map.groupBy(checker.operations, ({ path }) => path);
  const asked = [...offered].flatMap(([path, operations]) => {
    const methods = operations.map(({ method }) => method);
    const known = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])];
    return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH'].filter((method) => !known.includes(method))
      .map((method) => ({ method, path: path.replace('{id}', ours.loc), known }));
  });
  expect(asked.length).toBeGreaterThan(300);
  return wrongs(await inTurns(asked, async ({ method, path, known }) => {
    const got = await send({ method, path, key: keys.ours });
    if (got.headers.allow !== known.toSorted().join(', ')) return `${method} ${path} allows ${String(got.headers.allow)} instead of ${known.join(', ')}`;
    if (method === 'HEAD') return got.status === 405 ? undefined : `HEAD ${path} is answered ${got.status}`; // an answer to HEAD has no body
    return checker.refusal(got, { status: 405, code: 'method_not_allowed' });
  }));
}

async function brokenHttp({ app }: World): Promise<string[]> {
  const request = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
  const host = 'Host: localhost';
  const broken: Record<string, string | Buffer> = {
    'no HTTP': 'hello\r\n\r\n', 'a TLS greeting': Buffer.from('16030100a5010000a10303', 'hex'), 'a version to come': request('GET / HTTP/9.9', host),
    'a header without a name': request('GET / HTTP/1.1', host, ': x'), 'a header with NUL': request('GET / HTTP/1.1', host, 'X-A: a\0b'),
    'a folded header': request('GET / HTTP/1.1', host, 'X-A: a', ' b'),
    'a length that is none': request('POST /v1/search HTTP/1.1', host, 'Content-Length: x'), 'a negative length': request('POST /v1/search HTTP/1.1', host, 'Content-Length: -1'),
    'two lengths': request('POST /v1/search HTTP/1.1', host, 'Content-Length: 1', 'Content-Length: 2'),
    'length and chunks': request('POST /v1/search HTTP/1.1', host, 'Content-Length: 1', 'Transfer-Encoding: chunked'),
    'chunks that are none': `${request('POST /v1/search HTTP/1.1', host, 'Content-Type: application/json', 'Transfer-Encoding: chunked')}zz\r\n{}\r\n`,
    'a header without end': request('GET / HTTP/1.1', host, `X-A: ${'a'.repeat(100_000)}`), 'a path without end': request(`GET /${'a'.repeat(100_000)} HTTP/1.1`, host),
    'a path with a space': request('GET /v1/ locations HTTP/1.1', host), 'a path with bytes': Buffer.from(request('GET /v1/\xff\xfe HTTP/1.1', host), 'latin1'),
  };
  return wrongs(await Promise.all(Object.entries(broken).map(async ([what, bytes]) => {
    const text = await sendRaw(app.url, bytes, /\r\n\r\n\{.*\}$/s);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    const isProblem = /^HTTP\/1\.1 4\d\d /.test(head) && /^content-type: application\/problem\+json/im.test(head) && /^x-request-id: req_/im.test(head);
    return isProblem && JSON.parse(body).doc_url !== undefined ? undefined : `${what}: ${text.slice(0, 300) || 'nothing was answered'}`;
  })));
}

async function bodiesInHttp({ send, checker, keys, ours, app }: World): Promise<string[]> {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ limit: 1 });
  const chunks = (text: string, type = 'application/json') => sendRaw(app.url, [
    'POST /v1/search HTTP/1.1', 'Host: localhost', `Content-Type: ${type}`, 'Transfer-Encoding: chunked', 'Connection: close', '', text.length.toString(16), text, '0', '', '',
  ].join('\r\n'));
  const found: (string | undefined)[] = [
    checker.success('searchArea', await send({ method: 'POST', path: '/v1/search', body, headers: { 'content-type': 'Application/JSON; charset=UTF-8' } })),
    checker.success('searchArea', await send({ method: 'POST', path: '/v1/search/', body })),
    checker.success('getLocation', await send({ method: 'GET', path: `/v1/locations/${ours.loc}`, body: '{"ignored":', headers: json })),
    checker.success('getLocation', await send({ method: 'GET', path: `/v1/locations/${ours.loc}`, headers: { ...json, accept: 'text/html' } })),
    checker.success('getOrganisation', await send({ method: 'GET', path: '/v1/organisation', headers: { authorization: `bearer  ${keys.ours}` } })),
    checker.refusal(await send({ method: 'DELETE', path: '/v1/locations/loc_01jq8y3k5wf0xr7q1m3zs5c9tb', key: keys.ours, body: '{' }), { code: 'invalid_request' }),
    checker.refusal(await send({ method: 'POST', path: '/v1/search', body: gzipSync(body), headers: { 'content-encoding': 'gzip' } }), { code: 'invalid_request' }),
    checker.refusal(await send({ method: 'POST', path: '/v1/search', body: '', headers: json }), { code: 'invalid_request' }),
  ];
  const twoKeys = [
    'GET /v1/organisation HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${keys.ours}`, `Authorization: Bearer ${keys.neighbour}`,
    'Connection: close', '', '',
  ].join('\r\n');
  const stream = requestOf(checker.operation('streamEvents'), { query: { since: '1', type: 'reservation.created' } }, keys.ours);
  const streaming = [`GET ${stream.path} HTTP/1.1`, 'Host: localhost', `Authorization: Bearer ${keys.ours}`, 'Last-Event-ID: 12', '', ''].join('\r\n');
  const expectations: [string, Promise<string>, RegExp][] = [
    ['a stream', sendRaw(app.url, streaming, /: connected/), /^HTTP\/1\.1 200 .*content-type: text\/event-stream.*: connected/is],
    ['a body of no type', sendRaw(app.url, `POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`), /^HTTP\/1\.1 415 /],
    ['chunks', chunks(body), /^HTTP\/1\.1 200 /], ['chunks of another type', chunks(body, 'text/plain'), /^HTTP\/1\.1 415 /],
    ['chunks over the limit', chunks(`{"text":"${'x'.repeat(1_100_000)}"}`), /^HTTP\/1\.1 413 /], ['two keys', sendRaw(app.url, twoKeys), /^HTTP\/1\.1 401 /],
  ];
  for (const [what, text, pattern] of expectations) found.push(pattern.test(await text) ? undefined : `${what}: ${(await text).slice(0, 200)}`);
  return wrongs(found);
}
