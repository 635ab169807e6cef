/** How much may be asked for: requests in a minute, and bytes in a body. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { openTestEmbedded, type TestDatabase } from '../support/databases.ts';
import { createChecker, type Checker } from './checks.ts';
import { closeConnections, send, type Got, type Sent } from './http.ts';
import { readDocument } from './openapi.ts';

const PER_KEY = 20;
const PER_ADDRESS = 30;
const BODY_BYTES = 4096;

describe('limits', () => {
  let db: TestDatabase;
  let app: TestApp;
  let checker: Checker;
  const get = (path: string, sent: Partial<Sent> = {}) => send(app.url, { method: 'GET', path, ...sent });
  beforeAll(async () => {
    db = await openTestEmbedded();
    app = await startTestApp(db, {
      PLUGTIME_RATE_LIMIT_PER_MINUTE: String(PER_KEY), PLUGTIME_PUBLIC_RATE_LIMIT_PER_MINUTE: String(PER_ADDRESS), PLUGTIME_BODY_LIMIT_BYTES: String(BODY_BYTES),
    });
    checker = createChecker(await readDocument(app.url));
  });
  afterAll(async () => {
    closeConnections();
    await app.stop();
    await db.close();
  });

  it('refuses a body that is over the configured limit before it looks at the key', async () => {
    const post = (bytes: number) => send(app.url, { method: 'POST', path: '/v1/drivers', body: JSON.stringify({ name: 'x'.repeat(bytes) }), key: 'nonsense' });
    expect(checker.refusal(await post(BODY_BYTES), { status: 413, code: 'payload_too_large' })).toBeUndefined();
    expect(checker.refusal(await post(100), { status: 401 })).toBeUndefined();
  });

  it('counts the requests of a key, says what is left, and refuses those beyond with the time to wait', async () => {
    const key = await app.keyOf('demo');
    await get('/v1/organisation', { key }); // counts for the address, since nobody knows the key yet
    const answers = [];
    for (let i = 0; i < PER_KEY + 3; i++) answers.push(await get('/v1/organisation', { key }));
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: PER_KEY }, () => 200), 429, 429, 429]);
    expect(answers[0]!.headers['ratelimit-policy']).toBe(`"key";q=${PER_KEY};w=60`);
    expect(answers.slice(0, PER_KEY).map(left)).toEqual(Array.from({ length: PER_KEY }, (_item, i) => PER_KEY - 1 - i));
    expectTooMany(answers.at(-1)!);
    const other = await app.keyOf('daari');
    expect((await get('/v1/organisation', { key: other })).status).toBe(200);
  });

  it('counts requests without a live key for their address, so that guessing keys is slow', async () => {
    const answers = [];
    for (let i = 0; i < PER_ADDRESS; i++) answers.push(await get('/v1/organisation', { key: `pt_sk_test_${String(i).padStart(40, '0')}` }));
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([401, 429]);
    expect(answers[0]!.headers['ratelimit-policy']).toBe(`"address";q=${PER_ADDRESS};w=60`);
    expectTooMany(await get('/v1/locations'));
    expectTooMany(await send(app.url, { method: 'POST', path: '/v1/search', body: '{}' }));
    expectTooMany(await get('/v1/events/stream', { key: 'nonsense' }));
  });

  function left({ headers }: Got): number {
    return Number(/;r=(\d+);/.exec(String(headers.ratelimit))?.[1]);
  }

  function expectTooMany(got: Got): void {
    expect(checker.refusal(got, { status: 429, code: 'rate_limited' })).toBeUndefined();
    expect(left(got)).toBe(0);
    const seconds = Number(got.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(got.body.retry_after).toBe(seconds);
  }
});
