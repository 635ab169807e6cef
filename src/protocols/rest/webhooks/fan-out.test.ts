import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeForTest, openWebhookBed, type WebhookBed } from '../../../../test/support/webhook-bed.ts';
import { sql } from '../../../platform/database/index.ts';
import { appendEvents, lastPosition, moveReader } from '../../../platform/events/index.ts';
import { replayDelivery } from './delivery-use-cases.ts';
import type { WebhookDelivery } from './delivery.ts';
import type { EncodeEvent } from './encode.ts';
import { fanOutBatch, startWebhookFanOut } from './fan-out.ts';
import { READER } from './store-deliveries.ts';
import { createEndpoint, deleteEndpoint, updateEndpoint } from './use-cases.ts';

let bed: WebhookBed;
beforeAll(async () => { bed = await openWebhookBed(); });
afterAll(() => bed.close());
beforeEach(() => bed.clear());

const options = { encodeEvent: encodeForTest, onError: (error: Error) => { throw error; } };
const endpoint = async (eventTypes: string[], organisationId = bed.ours) =>
  (await bed.as(organisationId, (ctx) => createEndpoint(ctx, { allowPrivate: false }, { url: 'https://example.com/', eventTypes }))).endpoint.id;
const deliveries = () => bed.runtime.database.query<WebhookDelivery>(sql`
  SELECT endpoint_id AS "endpointId", event_id AS "eventId", event_type AS "eventType", status, body, log, attempts
  FROM webhook_deliveries ORDER BY id`);
const drain = async (): Promise<void> => {
  while (await fanOutBatch(bed.runtime, options));
};
const position = async () => Number((await bed.runtime.database.query<{ position: bigint }>(sql`SELECT position FROM event_readers WHERE name = 'webhooks'`))[0]!.position);

describe('who is told (WHK-5)', () => {
  it('the audience, or everybody of a public event; by type', async () => {
    const all = await endpoint(['*']);
    const family = await endpoint(['reservation.*']);
    const theirs = await endpoint(['*'], bed.theirs);
    await bed.happen(
      { type: 'reservation.confirmed', audience: [bed.ours] },
      { type: 'location.updated', isPublic: true },
      { type: 'session.started', audience: [bed.theirs] },
      { type: 'driver.created', audience: [] },
    );
    await drain();
    const told = (await deliveries()).map(({ endpointId, eventType }) => `${eventType} ${endpointId}`).sort();
    expect(told).toEqual([
      `location.updated ${all}`, `location.updated ${theirs}`, `reservation.confirmed ${all}`, `reservation.confirmed ${family}`,
      `session.started ${theirs}`,
    ].sort());
    expect(bed.enqueued).toHaveLength(5);
  });

  it('no endpoint that is disabled or deleted, and each of its own network only', async () => {
    const disabled = await endpoint(['*']);
    await bed.as(bed.ours, (ctx) => updateEndpoint(ctx, { allowPrivate: false }, disabled, { status: 'disabled' }));
    const deleted = await endpoint(['*']);
    await bed.as(bed.ours, (ctx) => deleteEndpoint(ctx, deleted));
    const elsewhere = await endpoint(['*']);
    await bed.runtime.database.query(sql`UPDATE webhook_endpoints SET network_id = 'net_other' WHERE id = ${elsewhere}`);
    const listening = await endpoint(['*']);
    const about = { object: 'location', objectId: 'loc_1', objectVersion: 1, touches: [], data: {} };
    const event = { ...about, isPublic: true, audience: [bed.ours], occurredAt: Date.now() };
    await bed.runtime.database.transaction(async (tx) => appendEvents(tx, [
      { ...event, networkId: 'net_other', type: 'there.happened' }, { ...event, networkId: bed.networkId, type: 'here.happened' },
    ]));
    await bed.runtime.events.settled();
    await drain();
    const told = (await deliveries()).map(({ endpointId, eventType }) => [endpointId, eventType]);
    expect(told).toEqual([[elsewhere, 'there.happened'], [listening, 'here.happened']]);
  });

  it('with the body as the encoder writes it for that organisation, to the letter; nothing where it has nothing to see', async () => {
    const ours = await endpoint(['*']);
    await endpoint(['*'], bed.theirs);
    await bed.happen({ isPublic: true, data: { z: 1, a: 'ü😀' } });
    const encodeEvent: EncodeEvent = ({ type, data }, viewer) => (viewer.organisationId === bed.ours ? { type, data, b: 1, a: 2 } : undefined);
    await fanOutBatch(bed.runtime, { ...options, encodeEvent });
    const body = '{"type":"reservation.confirmed","data":{"a":"ü😀","z":1},"b":1,"a":2}';
    expect(await deliveries()).toMatchObject([{ endpointId: ours, status: 'pending', attempts: 0, body }]);
  });
});

describe('once and only once (WHK-6)', () => {
  it('a batch that is processed twice from the same position adds nothing the second time', async () => {
    await endpoint(['*']);
    const start = await position();
    await bed.happen({ audience: [bed.ours] }, { audience: [bed.ours] });
    await drain();
    const first = await deliveries();
    expect(first).toHaveLength(2);
    await bed.runtime.database.transaction((tx) => moveReader(tx, READER, start));
    await drain();
    expect(await deliveries()).toEqual(first);
    expect(bed.enqueued).toHaveLength(2);
  });

  it('a batch that fails half-way leaves nothing behind, and is done whole the next time', async () => {
    await endpoint(['*']);
    const start = await position();
    await bed.happen({ audience: [bed.ours] }, { audience: [bed.ours] }, { audience: [bed.ours] });
    let calls = 0;
    const breaking = { ...bed.runtime, jobs: { ...bed.runtime.jobs, enqueue: (...args: Parameters<typeof bed.runtime.jobs.enqueue>) => {
      if (++calls === 2) throw new Error('killed here');
      return bed.runtime.jobs.enqueue(...args);
    } } };
    await expect(fanOutBatch(breaking, options)).rejects.toThrow('killed here');
    expect(await deliveries()).toEqual([]);
    expect(await position()).toBe(start);
    const countJobs = sql`SELECT count(*)::int AS n FROM jobs.job WHERE name = 'webhook.deliver'`;
    const jobs = async () => (await bed.runtime.database.query<{ n: number }>(countJobs))[0]!.n;
    const jobsBefore = await jobs();
    await drain();
    expect(await deliveries()).toHaveLength(3);
    expect(await jobs()).toBe(jobsBefore + 3);
  });

  it('without any endpoint the reader goes to the end, and an endpoint made then gets what follows', async () => {
    await bed.happen({ audience: [bed.ours] });
    await drain();
    expect(await position()).toBe(await lastPosition(bed.runtime.database));
    await endpoint(['*']);
    await bed.happen({ audience: [bed.ours], type: 'session.started' });
    await drain();
    expect((await deliveries()).map(({ eventType }) => eventType)).toEqual(['session.started']);
  });
});

describe('an event that can not be encoded (WHK-7)', () => {
  it('fails visibly, holds up nothing, and can be replayed once that is mended', async () => {
    await endpoint(['*']);
    await bed.happen({ audience: [bed.ours], type: 'broken.thing', data: { n: 1 } }, { audience: [bed.ours] });
    const errors: Error[] = [];
    const encodeEvent: EncodeEvent = (event, viewer) => {
      if (event.type === 'broken.thing') throw new Error('no such encoder');
      return encodeForTest(event, viewer);
    };
    await fanOutBatch(bed.runtime, { encodeEvent, onError: (error) => void errors.push(error) });
    expect(errors).toHaveLength(1);
    const [broken, next] = await deliveries();
    expect(broken).toMatchObject({ eventType: 'broken.thing', status: 'failed', body: null, log: [{ failure: 'encoding' }] });
    expect(next).toMatchObject({ status: 'pending' });
    expect(bed.enqueued).toHaveLength(1);
    const [row] = await bed.runtime.database.query<{ id: string }>(sql`SELECT id FROM webhook_deliveries WHERE event_type = 'broken.thing'`);
    const replayed = await bed.as(bed.ours, (ctx) => replayDelivery(ctx, encodeForTest, row!.id));
    expect(JSON.parse(replayed.body!)).toMatchObject({ type: 'broken.thing', data: { n: 1 } });
  });
});

describe('startWebhookFanOut', () => {
  it('takes up what waits already, and what happens later without waiting for the poll', async () => {
    await endpoint(['*']);
    await bed.happen({ audience: [bed.ours], type: 'reservation.pending' });
    const fanOut = await startWebhookFanOut(bed.runtime, { ...options, pollMs: 60_000 });
    await vi.waitFor(async () => expect(await deliveries()).toHaveLength(1), { timeout: 5_000 });
    await bed.happen({ audience: [bed.ours], type: 'reservation.confirmed' });
    await vi.waitFor(async () => expect(await deliveries()).toHaveLength(2), { timeout: 5_000 });
    await fanOut.stop();
    await bed.happen({ audience: [bed.ours] });
    expect(await deliveries()).toHaveLength(2);
  });

  it('goes on after an error at the next poll', async () => {
    await endpoint(['*']);
    await bed.happen({ audience: [bed.ours] });
    let failures = 0;
    const errors: Error[] = [];
    const database = { ...bed.runtime.database, transaction: <T>(work: Parameters<typeof bed.runtime.database.transaction<T>>[0]) => {
      if (failures++ < 2) return Promise.reject(new Error('the database is away'));
      return bed.runtime.database.transaction(work);
    } };
    const onError = (error: Error) => void errors.push(error);
    const fanOut = await startWebhookFanOut({ ...bed.runtime, database }, { encodeEvent: encodeForTest, onError, pollMs: 30 });
    await vi.waitFor(async () => expect(await deliveries()).toHaveLength(1), { timeout: 5_000 });
    await fanOut.stop();
    expect(errors.map(({ message }) => message)).toEqual(['the database is away', 'the database is away']);
  });
});
