import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeForTest, openReceiver, openWebhookBed, type Receiver, type WebhookBed } from '../../../../test/support/webhook-bed.ts';
import { DAY_MS, HOUR_MS } from '../../../platform/clock/index.ts';
import { sql } from '../../../platform/database/index.ts';
import { createOutbound } from '../../../platform/outbound/index.ts';
import { attemptDelivery, type DeliveryOptions } from './deliver.ts';
import { listDeliveries, readDelivery, replayDelivery, TEST_EVENT_TYPE, testFire } from './delivery-use-cases.ts';
import { RETRY_DELAYS_MS, type WebhookDelivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { fanOutBatch } from './fan-out.ts';
import { createEndpoint, deleteEndpoint, readEndpoint, rotateSecret, updateEndpoint } from './use-cases.ts';

const OPEN = { allowPrivate: true };

let bed: WebhookBed;
let receiver: Receiver;
beforeAll(async () => { bed = await openWebhookBed(); });
afterAll(() => bed.close());
beforeEach(async () => {
  receiver = await openReceiver();
  await bed.clear();
});
afterEach(() => receiver.close());

const create = async (url = receiver.url): Promise<{ endpoint: WebhookEndpoint; secret: string }> =>
  bed.as(bed.ours, (ctx) => createEndpoint(ctx, OPEN, { url, eventTypes: ['*'] }));
const endpointNow = (id: string) => bed.as(bed.ours, (ctx) => readEndpoint(ctx, id));
const deliveryNow = (id: string) => bed.as(bed.ours, (ctx) => readDelivery(ctx, id));
const newest = async (endpointId: string): Promise<WebhookDelivery> =>
  (await bed.as(bed.ours, (ctx) => listDeliveries(ctx, endpointId, { limit: 1 })))[0]!;

/** Something happens and becomes a delivery that waits for its first attempt. */
async function pending(endpointId: string): Promise<WebhookDelivery> {
  await bed.happen({ audience: [bed.ours] });
  await fanOutBatch(bed.runtime, { encodeEvent: encodeForTest, onError: (error) => { throw error; } });
  return newest(endpointId);
}

const attempt = (deliveryId: string, number: number, options: Partial<DeliveryOptions> = {}) =>
  attemptDelivery(bed.runtime, { outbound: bed.outbound, random: () => 0, ...options }, { deliveryId, attempt: number });
const headersOf = (index: number) => receiver.received[index]!.headers as Record<string, string>;

describe('what is sent', () => {
  it('WHK-1, WHK-2: is verified by a Standard Webhooks library, and carries the event\'s id', async () => {
    const { endpoint, secret } = await create();
    const delivery = await pending(endpoint.id);
    await attempt(delivery.id, 1);
    const { body } = receiver.received[0]!;
    expect(body).toBe(delivery.body);
    expect(new Webhook(secret).verify(body, headersOf(0))).toMatchObject({ type: 'reservation.confirmed', data: { note: 'ü😀' } });
    expect(() => new Webhook('whsec_AAAA').verify(body, headersOf(0))).toThrow();
    expect(headersOf(0)['webhook-id']).toBe(delivery.eventId);
    expect(headersOf(0)['webhook-id']).toMatch(/^evt_/);
    expect(headersOf(0)['content-type']).toBe('application/json');
    const log = [{ attempt: 1, status: 204, failure: null }];
    expect(await deliveryNow(delivery.id)).toMatchObject({ status: 'succeeded', attempts: 1, nextAttemptAt: null, log });
  });

  it('WHK-3: is signed with both secrets during a rotation, and with the new one alone after it', async () => {
    const { endpoint, secret: oldest } = await create();
    const { secret: old } = await bed.as(bed.ours, (ctx) => rotateSecret(ctx, endpoint.id));
    const { secret } = await bed.as(bed.ours, (ctx) => rotateSecret(ctx, endpoint.id, HOUR_MS));
    await attempt((await pending(endpoint.id)).id, 1);
    const during = receiver.received[0]!;
    expect(headersOf(0)['webhook-signature']!.split(' ')).toHaveLength(2);
    for (const live of [old, secret]) expect(new Webhook(live).verify(during.body, headersOf(0))).toBeTruthy();
    expect(() => new Webhook(oldest).verify(during.body, headersOf(0))).toThrow('No matching signature');

    const later = Date.now() + HOUR_MS;
    await attempt((await pending(endpoint.id)).id, 1, { now: () => later });
    expect(headersOf(1)['webhook-signature']!.split(' ')).toHaveLength(1);
    vi.useFakeTimers({ now: later, toFake: ['Date'] });
    try {
      expect(new Webhook(secret).verify(receiver.received[1]!.body, headersOf(1))).toBeTruthy();
      expect(() => new Webhook(old).verify(receiver.received[1]!.body, headersOf(1))).toThrow('No matching signature');
    } finally {
      vi.useRealTimers();
    }
  });

  it('WHK-13: goes to no private address, whatever was allowed when the endpoint was made', async () => {
    const { endpoint } = await create();
    const delivery = await pending(endpoint.id);
    const guarded = createOutbound({ allowPrivate: false, timeoutMs: 500, maxResponseBytes: 1_000 });
    await attempt(delivery.id, 1, { outbound: guarded });
    await guarded.close();
    expect(receiver.received).toEqual([]);
    expect(await deliveryNow(delivery.id)).toMatchObject({ status: 'pending', log: [{ status: null, failure: 'refused_address' }] });
  });
});

describe('the schedule', () => {
  it('WHK-9: tries ten times with the waits of Standard Webhooks, then has failed', async () => {
    receiver.answer = { status: 500, body: 'oops' };
    const { endpoint } = await create();
    const { id, eventId } = await pending(endpoint.id);
    bed.enqueued.length = 0;
    let now = Date.now();
    for (let number = 1; number <= 9; number++) {
      await attempt(id, number, { now: () => now, random: () => 0.999_999 });
      const { status, nextAttemptAt, attempts } = await deliveryNow(id);
      expect({ status, attempts }).toEqual({ status: 'pending', attempts: number });
      const job = bed.enqueued[number - 1]!;
      expect(job.payload).toEqual({ deliveryId: id, attempt: number + 1 });
      expect(job.options.runAt).toBe(nextAttemptAt);
      const delay = RETRY_DELAYS_MS[number - 1]!;
      expect((nextAttemptAt! - now) / delay).toBeCloseTo(1.1, 3);
      now = nextAttemptAt!;
    }
    await attempt(id, 10, { now: () => now });
    expect(bed.enqueued).toHaveLength(9);
    const delivery = await deliveryNow(id);
    expect(delivery).toMatchObject({ status: 'failed', attempts: 10, nextAttemptAt: null });
    const attempts = delivery.log.map((entry) => `${entry.attempt} ${entry.status} ${entry.responseStart}`);
    expect(attempts).toEqual(Array.from({ length: 10 }, (_, i) => `${i + 1} 500 oops`));
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([eventId]));
    expect((await endpointNow(endpoint.id)).status).toBe('enabled'); // the schedule is shorter than five days
  });

  it('WHK-12: takes a redirect for a failure and does not follow it', async () => {
    const elsewhere = await openReceiver();
    receiver.answer = { status: 302, headers: { location: elsewhere.url } };
    const { endpoint } = await create();
    const { id } = await pending(endpoint.id);
    await attempt(id, 1);
    expect(await deliveryNow(id)).toMatchObject({ status: 'pending', log: [{ status: 302, failure: 'redirect' }] });
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  it('tries again after a connection that fails', async () => {
    const { endpoint } = await create();
    const { id } = await pending(endpoint.id);
    await receiver.close();
    await attempt(id, 1);
    expect(await deliveryNow(id)).toMatchObject({ status: 'pending', log: [{ status: null, failure: 'connect', responseStart: null }] });
  });

  it('WHK-8: takes 2xx for success though the body is too large', async () => {
    receiver.answer = { status: 200, body: 'x'.repeat(20_000) };
    const { endpoint } = await create();
    const { id } = await pending(endpoint.id);
    await attempt(id, 1);
    expect(await deliveryNow(id)).toMatchObject({ status: 'succeeded', log: [{ status: 200, failure: 'too_large' }] });
  });

  it('WHK-15: logs the first 500 characters of any answer, also of one that is no text', async () => {
    receiver.answer = { status: 400, body: Buffer.concat([Buffer.from('a\0'), Buffer.from([0xff, 0xed, 0xa0, 0x80]), Buffer.from('😀'.repeat(600))]) };
    const { endpoint } = await create();
    const { id } = await pending(endpoint.id);
    const before = Date.now();
    await attempt(id, 1);
    const [entry] = (await deliveryNow(id)).log;
    expect(entry!.responseStart!.length).toBe(500);
    expect(entry!.responseStart!.startsWith('a\uFFFD')).toBe(true);
    expect(entry!.at).toBeGreaterThanOrEqual(before);
    expect(entry!.durationMs).toBeGreaterThanOrEqual(0);
  });
});

describe('running a job more than once (WHK-14)', () => {
  it('sends nothing for an attempt whose outcome is known', async () => {
    const { endpoint } = await create();
    const { id } = await pending(endpoint.id);
    await attempt(id, 1);
    await attempt(id, 1);
    await attempt(id, 2);
    expect(receiver.received).toHaveLength(1);
    receiver.answer = { status: 500 };
    const { id: failing } = await pending(endpoint.id);
    bed.enqueued.length = 0;
    await attempt(failing, 1);
    await attempt(failing, 1);
    await attempt(failing, 3); // a job of an attempt whose turn has not come
    expect(receiver.received).toHaveLength(2);
    expect(bed.enqueued).toHaveLength(1);
  });

  it('sends an attempt twice at most when the process dies before its outcome is written down, then goes on with the schedule', async () => {
    const { endpoint } = await create();
    const { id } = await pending(endpoint.id);
    const dying = { ...bed.runtime, database: { ...bed.runtime.database, transaction: () => Promise.reject(new Error('killed')) } };
    for (let run = 0; run < 2; run++) {
      await expect(attemptDelivery(dying, { outbound: bed.outbound }, { deliveryId: id, attempt: 1 })).rejects.toThrow('killed');
    }
    expect(receiver.received).toHaveLength(2);
    bed.enqueued.length = 0;
    await attempt(id, 1);
    expect(receiver.received).toHaveLength(2);
    expect(await deliveryNow(id)).toMatchObject({ status: 'pending', attempts: 1, log: [{ failure: 'interrupted' }] });
    expect(bed.enqueued).toHaveLength(1);
    await attempt(id, 2);
    expect(receiver.received).toHaveLength(3);
    expect(await deliveryNow(id)).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('writes one outcome down when two runs of an attempt overlap', async () => {
    receiver.answer = { status: 500 };
    const { endpoint } = await create();
    const { id } = await pending(endpoint.id);
    bed.enqueued.length = 0;
    await Promise.all([attempt(id, 1), attempt(id, 1)]);
    expect(await deliveryNow(id)).toMatchObject({ attempts: 1, log: [{ attempt: 1 }] });
    expect(bed.enqueued).toHaveLength(1);
  });
});

describe('disabling', () => {
  it('WHK-10: 410 fails the delivery and disables the endpoint', async () => {
    receiver.answer = { status: 410 };
    const { endpoint } = await create();
    const waiting = await pending(endpoint.id);
    const { id } = await pending(endpoint.id);
    await attempt(id, 1);
    expect(await deliveryNow(id)).toMatchObject({ status: 'failed', attempts: 1, nextAttemptAt: null });
    expect(await endpointNow(endpoint.id)).toMatchObject({ status: 'disabled', disabledReason: 'gone', version: 2 });
    const audit = await bed.runtime.database.query(sql`SELECT actor, action, changes FROM audit_log WHERE action = 'webhook_endpoint.disable'`);
    expect(audit).toEqual([{ actor: 'system', action: 'webhook_endpoint.disable', changes: { reason: 'gone' } }]);

    await attempt(waiting.id, 1); // WHK-18
    expect(receiver.received).toHaveLength(1);
    expect(await deliveryNow(waiting.id)).toMatchObject({ status: 'failed', log: [{ failure: 'endpoint_disabled' }] });
  });

  it('a 410 from where the endpoint led before does not disable it', async () => {
    receiver.answer = { status: 410 };
    const { endpoint } = await create();
    const { id } = await pending(endpoint.id);
    const moving = {
      ...bed.outbound,
      post: async (...call: Parameters<typeof bed.outbound.post>) => {
        const result = await bed.outbound.post(...call);
        await bed.as(bed.ours, (ctx) => updateEndpoint(ctx, OPEN, endpoint.id, { url: `${receiver.url}/new` }));
        return result;
      },
    };
    await attempt(id, 1, { outbound: moving });
    expect(await endpointNow(endpoint.id)).toMatchObject({ status: 'enabled', disabledReason: null });
  });

  /** Lets a delivery fail for good, its attempts at one instant. */
  async function failForGood(endpointId: string, at: number): Promise<void> {
    const { id } = await pending(endpointId);
    for (let number = 1; number <= 3; number++) await attempt(id, number, { now: () => at, retryDelaysMs: [1, 1] });
    expect((await deliveryNow(id)).status).toBe('failed');
  }

  it('WHK-11: nothing but failures for five days disables it, when a delivery has failed for good', async () => {
    receiver.answer = { status: 500 };
    const { endpoint } = await create();
    const start = Date.now();
    await failForGood(endpoint.id, start);
    await failForGood(endpoint.id, start + 5 * DAY_MS - 1_000);
    expect((await endpointNow(endpoint.id)).status).toBe('enabled');
    await failForGood(endpoint.id, start + 5 * DAY_MS + 1_000);
    expect(await endpointNow(endpoint.id)).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
  });

  it('WHK-11: one success in between starts the five days afresh', async () => {
    receiver.answer = { status: 500 };
    const { endpoint } = await create();
    const start = Date.now();
    await failForGood(endpoint.id, start);
    receiver.answer = { status: 200 };
    await attempt((await pending(endpoint.id)).id, 1, { now: () => start + 3 * DAY_MS });
    receiver.answer = { status: 500 };
    await failForGood(endpoint.id, start + 6 * DAY_MS);
    expect((await endpointNow(endpoint.id)).status).toBe('enabled');
  });

  it.each(['enabled again', 'led elsewhere'])('WHK-21: forgets failures when it is %s', async (how) => {
    receiver.answer = { status: 500 };
    const { endpoint } = await create();
    const start = Date.now();
    await failForGood(endpoint.id, start);
    const changes = how === 'led elsewhere' ? [{ url: `${receiver.url}/2` }] : [{ status: 'disabled' as const }, { status: 'enabled' as const }];
    for (const change of changes) await bed.as(bed.ours, (ctx) => updateEndpoint(ctx, OPEN, endpoint.id, change));
    await failForGood(endpoint.id, start + 6 * DAY_MS);
    expect((await endpointNow(endpoint.id)).status).toBe('enabled');
  });

  it('WHK-18: to a disabled or deleted endpoint nothing is sent, replayed or test-fired', async () => {
    const { endpoint } = await create();
    const sent = await pending(endpoint.id);
    await attempt(sent.id, 1);
    const waiting = await pending(endpoint.id);
    await bed.as(bed.ours, (ctx) => updateEndpoint(ctx, OPEN, endpoint.id, { status: 'disabled' }));
    await expect(bed.as(bed.ours, (ctx) => replayDelivery(ctx, encodeForTest, sent.id))).rejects.toMatchObject({ code: 'invalid_state' });
    await expect(bed.as(bed.ours, (ctx) => testFire(ctx, encodeForTest, endpoint.id))).rejects.toMatchObject({ code: 'invalid_state' });
    await bed.as(bed.ours, (ctx) => deleteEndpoint(ctx, endpoint.id));
    await attempt(waiting.id, 1);
    expect(receiver.received).toHaveLength(1);
  });
});

describe('replay and test fire', () => {
  it('WHK-16, WHK-2: a replay is a new delivery with the same body and webhook-id', async () => {
    receiver.answer = { status: 410 };
    const { endpoint, secret } = await create();
    const original = await pending(endpoint.id);
    await attempt(original.id, 1);
    receiver.answer = { status: 200 };
    await bed.as(bed.ours, (ctx) => updateEndpoint(ctx, OPEN, endpoint.id, { status: 'enabled' }));
    bed.enqueued.length = 0;
    const replay = await bed.as(bed.ours, (ctx) => replayDelivery(ctx, encodeForTest, original.id));
    const { eventId, eventType, body } = original;
    expect(replay).toMatchObject({ eventId, eventType, body, status: 'pending', attempts: 0, replayOf: original.id });
    expect(replay.id).not.toBe(original.id);
    expect(bed.enqueued.map(({ payload }) => payload)).toEqual([{ deliveryId: replay.id, attempt: 1 }]);
    await attempt(replay.id, 1);
    expect(headersOf(1)['webhook-id']).toBe(headersOf(0)['webhook-id']);
    expect(new Webhook(secret).verify(receiver.received[1]!.body, headersOf(1))).toBeTruthy();
    expect((await deliveryNow(original.id)).status).toBe('failed');
    expect((await deliveryNow(replay.id)).status).toBe('succeeded');
    const again = await bed.as(bed.ours, (ctx) => replayDelivery(ctx, encodeForTest, replay.id));
    expect(again.eventId).toBe(original.eventId);
  });

  it('WHK-17: a test fire goes to that endpoint only, whatever types it wants', async () => {
    const { endpoint, secret } = await bed.as(bed.ours, (ctx) => createEndpoint(ctx, OPEN, { url: receiver.url, eventTypes: ['nothing.ever'] }));
    const { endpoint: other } = await create();
    const delivery = await bed.as(bed.ours, (ctx) => testFire(ctx, encodeForTest, endpoint.id));
    expect(bed.enqueued.map(({ payload }) => payload)).toEqual([{ deliveryId: delivery.id, attempt: 1 }]);
    await attempt(delivery.id, 1);
    expect(new Webhook(secret).verify(receiver.received[0]!.body, headersOf(0))).toMatchObject({ type: TEST_EVENT_TYPE, data: { id: endpoint.id } });
    await bed.runtime.events.settled();
    await fanOutBatch(bed.runtime, { encodeEvent: encodeForTest, onError: (error) => { throw error; } });
    expect(await bed.as(bed.ours, (ctx) => listDeliveries(ctx, other.id, { limit: 10 }))).toEqual([]);
  });

  it('lists deliveries newest first, in pages and by status', async () => {
    const { endpoint } = await create();
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.unshift((await pending(endpoint.id)).id);
    await attempt(ids[1]!, 1);
    const list = async (page: { after?: string; before?: string; status?: 'pending' | 'succeeded' | 'failed'; limit: number }) =>
      (await bed.as(bed.ours, (ctx) => listDeliveries(ctx, endpoint.id, page))).map(({ id }) => id);
    expect(await list({ limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await list({ limit: 2, after: ids[1] })).toEqual(ids.slice(2));
    expect(await list({ limit: 2, before: ids[3] })).toEqual(ids.slice(1, 3));
    expect(await list({ limit: 9, status: 'succeeded' })).toEqual([ids[1]]);
    expect(await list({ limit: 9, status: 'pending' })).toEqual([ids[0], ids[2], ids[3]]);
    expect(await list({ limit: 9, status: 'failed' })).toEqual([]);
  });
});
