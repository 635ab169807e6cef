/** Webhooks from the event to the receiver, with the queue between, on both databases. */
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventWorker } from '../src/platform/events/index.ts';
import { MAX_ENDPOINTS } from '../src/protocols/rest/webhooks/endpoint.ts';
import { fanOutBatch } from '../src/protocols/rest/webhooks/fan-out.ts';
import {
  createEndpoint, deleteEndpoint, listDeliveries, listEndpoints, readDelivery, readEndpoint, replayDelivery, rotateSecret, startWebhookDelivery,
  startWebhookFanOut, testFire, updateEndpoint, type WebhookDelivery,
} from '../src/protocols/rest/webhooks/index.ts';
import { testDatabases } from './support/databases.ts';
import { encodeForTest, openReceiver, openWebhookBed, type Receiver, type WebhookBed } from './support/webhook-bed.ts';

const OPEN = { allowPrivate: true };
const verified = (secret: string, { body, headers }: Receiver['received'][number]) =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

describe.each(testDatabases())('webhooks on $kind', ({ open }) => {
  let bed: WebhookBed;
  let receiver: Receiver;
  let fanOuts: EventWorker[] = [];
  beforeAll(async () => {
    bed = await openWebhookBed(open);
    await startWebhookDelivery(bed.runtime, { outbound: bed.outbound, retryDelaysMs: Array.from({ length: 9 }, () => 10) });
  });
  afterAll(() => bed.close());
  beforeEach(async () => {
    receiver = await openReceiver();
    await bed.clear();
  });
  afterEach(async () => {
    for (const fanOut of fanOuts) await fanOut.stop();
    fanOuts = [];
    await receiver.close();
  });

  const onError = (error: Error) => void bed.errors.push(error);
  const startFanOuts = async (count: number) => {
    for (let i = 0; i < count; i++) fanOuts.push(await startWebhookFanOut(bed.runtime, { encodeEvent: encodeForTest, onError, pollMs: 200 }));
  };
  const create = (organisationId = bed.ours) => bed.as(organisationId, (ctx) => createEndpoint(ctx, OPEN, { url: receiver.url, eventTypes: ['*'] }));
  const deliveriesOf = (endpointId: string, status?: WebhookDelivery['status']) =>
    bed.as(bed.ours, (ctx) => listDeliveries(ctx, endpointId, { limit: 1_000, ...(status ? { status } : {}) }));
  const until = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 90_000, interval: 50 });

  it('WHK-6, WHK-9: every event reaches the receiver once, signed, after retries where it failed', async () => {
    const { endpoint, secret } = await create();
    receiver.answer = { status: 503 };
    await startFanOuts(1);
    await bed.happen({ audience: [bed.ours], type: 'reservation.pending' }, { audience: [bed.ours], type: 'reservation.confirmed' });
    await until(() => expect(receiver.received.length).toBeGreaterThanOrEqual(2));
    receiver.answer = { status: 200 };
    await until(async () => expect(await deliveriesOf(endpoint.id, 'succeeded')).toHaveLength(2));
    for (const delivery of await deliveriesOf(endpoint.id)) {
      expect(delivery.log.at(-1)).toMatchObject({ status: 200, attempt: delivery.attempts });
      const copies = receiver.received.filter(({ headers }) => headers['webhook-id'] === delivery.eventId);
      expect(copies).toHaveLength(delivery.attempts);
      for (const copy of copies) expect(verified(secret, copy)).toMatchObject({ type: delivery.eventType });
    }
    expect(bed.errors).toEqual([]);
  }, 120_000);

  it('WHK-6: several readers at once share the work', async () => {
    const { endpoint } = await create();
    await bed.happen(...Array.from({ length: 250 }, () => ({ audience: [bed.ours] })));
    const readers = Array.from({ length: 4 }, async () => {
      while (await fanOutBatch(bed.runtime, { encodeEvent: encodeForTest, onError }));
    });
    await startFanOuts(2);
    await Promise.all(readers);
    await until(async () => expect(await deliveriesOf(endpoint.id)).toHaveLength(250));
    expect(new Set((await deliveriesOf(endpoint.id)).map(({ eventId }) => eventId)).size).toBe(250);
    expect(new Set(bed.enqueued.map(({ options }) => options.key)).size).toBe(bed.enqueued.length);
    expect(bed.errors).toEqual([]);
  });

  it('WHK-6: an endpoint gets everything that happens after it was made, while others are made and events pour in', async () => {
    await startFanOuts(2);
    const ends = await Promise.all(Array.from({ length: 5 }, async (_, i) => {
      const { endpoint } = await create();
      const type = `made.after_${i}`;
      await bed.happen({ audience: [bed.ours], type }, { audience: [bed.ours], type });
      return { id: endpoint.id, type };
    }));
    for (const { id, type } of ends) {
      await until(async () => expect((await deliveriesOf(id)).filter(({ eventType }) => eventType === type)).toHaveLength(2));
    }
    expect(bed.errors).toEqual([]);
  });

  it('WHK-20: an organisation gets 20 endpoints at most, also when they are made at the same time', async () => {
    const results = await Promise.allSettled(Array.from({ length: MAX_ENDPOINTS + 3 }, () => create()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_ENDPOINTS);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'invalid_state' });
    await create(bed.theirs);
    const [newest] = await bed.as(bed.ours, (ctx) => listEndpoints(ctx, { limit: 1 }));
    await bed.as(bed.ours, (ctx) => deleteEndpoint(ctx, newest!.id));
    await create();
  });

  it('an endpoint lives: test fire, rotation, 410, enabled again, replay, deleted', async () => {
    const { endpoint: { id }, secret: old } = await create();
    const sent = async (delivery: WebhookDelivery) => {
      await until(async () => expect((await bed.as(bed.ours, (ctx) => readDelivery(ctx, delivery.id))).status).not.toBe('pending'));
      return receiver.received.at(-1)!;
    };
    const { secret } = await bed.as(bed.ours, (ctx) => rotateSecret(ctx, id));
    const tested = await sent(await bed.as(bed.ours, (ctx) => testFire(ctx, encodeForTest, id)));
    for (const live of [old, secret]) expect(verified(live, tested)).toMatchObject({ type: 'webhook.test' });

    receiver.answer = { status: 410 };
    await startFanOuts(1);
    await bed.happen({ audience: [bed.ours] });
    const endpoint = () => bed.as(bed.ours, (ctx) => readEndpoint(ctx, id));
    await until(async () => expect(await endpoint()).toMatchObject({ status: 'disabled', disabledReason: 'gone' }));
    receiver.answer = { status: 200 };
    await bed.as(bed.ours, (ctx) => updateEndpoint(ctx, OPEN, id, { status: 'enabled', description: 'mended' }));
    const [gone] = await deliveriesOf(id, 'failed');
    const replayed = await sent(await bed.as(bed.ours, (ctx) => replayDelivery(ctx, encodeForTest, gone!.id)));
    expect(replayed.headers['webhook-id']).toBe(gone!.eventId);
    await bed.as(bed.ours, (ctx) => deleteEndpoint(ctx, id));
    expect(await bed.as(bed.ours, (ctx) => listEndpoints(ctx, { limit: 10 }))).toEqual([]);
    expect(bed.errors).toEqual([]);
  });
});
